"""Fetching with stand-ins for apt-get and dpkg-deb; the real fetch is the asterisk fixture's."""

import os
import threading
from pathlib import Path

import pytest

from ivr.errors import AsteriskError
from ivr.telephony.private_asterisk import fetcher
from ivr.telephony.private_asterisk.fetcher import PACKAGES, RECORD, cache_folder, fetch

APT = """#!/bin/sh
echo "apt $*" >> {log}
case "$*" in
  *update*) if [ -e {offline} ]; then echo "E: Failed to fetch the list" >&2; exit 100; fi;;
  *download*) shift 4; for package; do : > "${{package}}_1.0_all.deb"; done;;
esac
"""
APT_CACHE = """#!/bin/sh
for package in {} libxml2-99; do echo "$package"; echo "  Depends: libc6"; done
""".format(" ".join(name for name in PACKAGES if name != "libxml2-16"))
DPKG_DEB = """#!/bin/sh
echo "dpkg-deb $1" >> {log}
case "$1" in
  -x) if [ -e {broken} ]; then echo "dpkg-deb: error: damaged archive" >&2; exit 2; fi
      mkdir -p "$3/usr/sbin" "$3/usr/share/doc"; : > "$3/usr/sbin/asterisk";;
  -f) echo 1.0;;
esac
"""


class Machine:
    """A machine whose apt-get and dpkg-deb are shell scripts, and whose mirror is a text."""

    def __init__(self, folder: Path) -> None:
        self.log, self.offline, self.broken = (folder / n for n in ("log", "offline", "broken"))
        self.cache = folder / "cache"
        self.apt = folder / "apt"
        self.tools = folder / "bin"
        for made in (self.apt / "sources.list.d", self.tools):
            made.mkdir(parents=True)
        (self.apt / "sources.list").write_text("deb http://mirror.example/debian bookworm main\n")
        names = {"log": self.log, "offline": self.offline, "broken": self.broken}
        self.add("apt-get", APT.format(**names))
        self.add("dpkg-deb", DPKG_DEB.format(**names))
        self.add("apt-cache", APT_CACHE)
        self.add("dpkg", "#!/bin/sh\necho amd64\n")

    def add(self, name: str, script: str) -> None:
        (self.tools / name).write_text(script)
        (self.tools / name).chmod(0o755)

    @property
    def calls(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(tmp_path)
    monkeypatch.setenv("PATH", f"{made.tools}:{os.environ['PATH']}")
    monkeypatch.setattr(fetcher, "_APT_FOLDER", made.apt)
    return made


def silent(line: str) -> None:
    pass


def test_it_downloads_unpacks_trims_and_records(machine: Machine) -> None:
    said: list[str] = []
    folder = fetch(said.append, machine.cache)
    assert (folder / "usr/sbin/asterisk").is_file()
    assert not (folder / "usr/share/doc").exists()
    record = (folder / RECORD).read_text()
    assert record.count('"1.0"') == len(PACKAGES)
    assert "libxml2-99" in record, "a library is found under its number of today"
    assert [line[:3] for line in said] == ["1/3", "2/3", "3/3", "don"]
    assert sorted(path.name for path in machine.cache.iterdir()) == [
        "asterisk-22",
        "asterisk-22.lock",
    ]


def test_a_second_time_does_nothing_unless_told(machine: Machine) -> None:
    fetch(silent, machine.cache)
    before = len(machine.calls)
    fetch(silent, machine.cache)
    assert len(machine.calls) == before
    fetch(silent, machine.cache, again=True)
    assert len(machine.calls) == 2 * before


def test_a_break_leaves_no_half_folder_and_the_next_try_goes_on(machine: Machine) -> None:
    machine.broken.touch()
    with pytest.raises(AsteriskError, match="damaged archive"):
        fetch(silent, machine.cache)
    assert not (machine.cache / "asterisk-22").exists()
    assert list((machine.cache / "asterisk-22.partial" / "debs").glob("*.deb"))
    machine.broken.unlink()
    assert (fetch(silent, machine.cache) / RECORD).is_file()


def test_offline_is_said_with_apts_own_words(machine: Machine) -> None:
    machine.offline.touch()
    with pytest.raises(AsteriskError) as caught:
        fetch(silent, machine.cache)
    assert "E: Failed to fetch the list" in str(caught.value)
    assert "offline" in str(caught.value)


def test_no_mirror(machine: Machine) -> None:
    (machine.apt / "sources.list").write_text("")
    with pytest.raises(AsteriskError, match="no Debian mirror is configured"):
        fetch(silent, machine.cache)


def test_no_apt(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(machine.cache))
    with pytest.raises(AsteriskError, match="apt-get is not on this machine"):
        fetch(silent, machine.cache)


def test_two_at_once_fetch_once(machine: Machine) -> None:
    threads = [threading.Thread(target=fetch, args=(silent, machine.cache)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("update" in call for call in machine.calls) == 1


def test_where_the_cache_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_CACHE", "/own")
    assert cache_folder() == Path("/own")
    monkeypatch.delenv("IVR_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert cache_folder() == Path("/xdg/ivr")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "ivr"
