"""Fetches Asterisk 22 from Debian without root: downloads its packages and unpacks them."""

import fcntl
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ivr.errors import AsteriskError
from ivr.telephony.private_asterisk.sources import (
    SUITE,
    Mirror,
    apt_conf,
    debian_mirrors,
    present_names,
    source_stanza,
)

__all__ = ["PACKAGES", "RECORD", "Progress", "cache_folder", "fetch", "fetched_folder"]

Progress = Callable[[str], None]

PACKAGES = (
    "asterisk",
    "asterisk-modules",
    "libbsd0",
    "libc6",
    "libcap2",
    "libcrypt1",
    "libedit2",
    "libgcc-s1",
    "libgsm1",
    "libjansson4",
    "libmd0",
    "libopus0",
    "libsqlite3-0",
    "libssl3t64",
    "libstdc++6",
    "libsystemd0",
    "libtinfo6",
    "liburiparser1",
    "libuuid1",
    "libxml2-16",
    "libxslt1.1",
    "libzstd1",
    "zlib1g",
)
"""Asterisk, and every library that it and the modules we load need, down to the C library.

Libraries are found under a later number too, see `present_names`.
"""

RECORD = "packages.json"
"""Inside the fetched folder: which package came in which version. It is written last of all."""

_DEFAULT_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_APT_FOLDER = Path("/etc/apt")
_WEAK_RELATIONS = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")
_COMMAND_SECONDS = 900.0
_UNNEEDED = (
    "usr/share/doc",
    "usr/share/man",
    "usr/share/locale",
    "usr/share/lintian",
    "etc",
    "var",
)


def cache_folder() -> Path:
    """Where fetched things live: $IVR_CACHE, else $XDG_CACHE_HOME/ivr, else ~/.cache/ivr."""
    if own := os.environ.get("IVR_CACHE"):
        return Path(own).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser().absolute() / "ivr"


def fetched_folder(cache: Path | None = None) -> Path:
    """The folder `fetch` fills; it exists only when it is whole."""
    return (cache or cache_folder()) / "asterisk-22"


def fetch(progress: Progress, cache: Path | None = None, *, again: bool = False) -> Path:
    """Download and unpack Asterisk 22 (about 50 MB); give the folder it is in.

    Does nothing when it is there, unless `again`. May be interrupted at any moment: what was
    downloaded is used by the next try, and the folder appears by one rename when it is whole.
    Two processes that fetch at once wait for each other.

    Raises:
        AsteriskError: no apt here, no mirror configured, no network, or no room.
    """
    target = fetched_folder(cache)
    if (target / RECORD).is_file() and not again:
        return target
    for tool in ("apt-get", "apt-cache", "dpkg-deb", "dpkg"):
        if shutil.which(tool) is None:
            raise AsteriskError(
                f"cannot fetch Asterisk: {tool} is not on this machine (fetching needs Debian's "
                "tools). Install Asterisk 20 or newer with your own package manager, so that "
                "`asterisk` is in PATH; ivr then uses that one."
            )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _only_one(target.with_name(target.name + ".lock"), progress):
            if (target / RECORD).is_file() and not again:
                return target
            _fetch_into(target, progress)
    except OSError as error:
        raise AsteriskError(f"cannot fetch Asterisk into {target}: {error}") from error
    return target


def _fetch_into(target: Path, progress: Progress) -> None:
    work = target.with_name(target.name + ".partial")
    architecture = _run(["dpkg", "--print-architecture"]).strip()
    conf = _write_apt_folder(work, _choose_mirror(), architecture)
    apt = ["apt-get", "-c", str(conf), "-q"]
    progress(f"1/3 reading the package list of Debian {SUITE}")
    _run([*apt, "update", "-o", "APT::Update::Error-Mode=any"])
    packages = present_names(PACKAGES, _needed_by_asterisk(conf))
    progress(f"2/3 downloading {len(packages)} packages, about 20 MB")
    debs = work / "debs"
    debs.mkdir(exist_ok=True)
    _run([*apt, "download", *packages], cwd=debs)
    progress("3/3 unpacking")
    tree = work / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    versions = _unpack(packages, debs, tree)
    for unneeded in _UNNEEDED:
        shutil.rmtree(tree / unneeded, ignore_errors=True)
    (tree / RECORD).write_text(json.dumps(versions, indent=2, sort_keys=True) + "\n")
    if target.exists():
        shutil.rmtree(target)
    tree.rename(target)
    shutil.rmtree(work, ignore_errors=True)
    progress(f"done: Asterisk {versions['asterisk']} is in {target}")


def _write_apt_folder(work: Path, mirror: Mirror, architecture: str) -> Path:
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (work / folder).mkdir(parents=True, exist_ok=True)
    (work / "state/status").write_text("")
    keyring = _DEFAULT_KEYRING if _DEFAULT_KEYRING.is_file() else None
    (work / "debian.sources").write_text(source_stanza(mirror, keyring))
    conf = work / "apt.conf"
    conf.write_text(apt_conf(work, architecture))
    return conf


def _choose_mirror() -> Mirror:
    files = [_APT_FOLDER / "sources.list", *sorted((_APT_FOLDER / "sources.list.d").glob("*"))]
    mirrors = debian_mirrors(
        (path.name, path.read_text(errors="replace"))
        for path in files
        if path.suffix in (".list", ".sources") and path.is_file()
    )
    if not mirrors:
        raise AsteriskError(
            f"cannot fetch Asterisk: no Debian mirror is configured under {_APT_FOLDER}. Add one "
            "(see `man sources.list`), or install Asterisk 20 or newer."
        )
    return mirrors[0]


def _needed_by_asterisk(conf: Path) -> list[str]:
    hide = [f"--no-{kind}" for kind in _WEAK_RELATIONS]
    output = _run(["apt-cache", "-c", str(conf), "depends", "--recurse", *hide, *PACKAGES[:2]])
    return [line.strip() for line in output.splitlines() if line[:1].isalnum()]


def _unpack(packages: Sequence[str], debs: Path, tree: Path) -> dict[str, str]:
    """Unpack the newest file of each package; a broken-off earlier try may have left older ones."""
    tree.mkdir(parents=True)
    versions = {}
    for package in packages:
        files = sorted(debs.glob(f"{package}_*.deb"), key=lambda path: path.stat().st_mtime)
        if not files:
            raise AsteriskError(f"apt-get said it downloaded {package}, but no file came")
        _run(["dpkg-deb", "-x", str(files[-1]), str(tree)])
        versions[package] = _run(["dpkg-deb", "-f", str(files[-1]), "Version"]).strip()
    return versions


@contextmanager
def _only_one(lock: Path, progress: Progress) -> Iterator[None]:
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress("another process is fetching Asterisk; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _run(command: Sequence[str], cwd: Path | None = None) -> str:
    environment = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_COMMAND_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise AsteriskError(
            f"{command[0]} did not finish within {_COMMAND_SECONDS:.0f} s; is the mirror slow? "
            "Run the same command again: it goes on where it stopped."
        ) from None
    if done.returncode != 0:
        raise AsteriskError(_explain(command, done.stdout + done.stderr))
    return done.stdout


def _explain(command: Sequence[str], output: str) -> str:
    said = [line for line in output.splitlines() if re.match(r"(E|Err|W|dpkg-deb: error)\b", line)]
    first = said[0] if said else (output.strip().splitlines() or ["no message"])[-1]
    advice = (
        "Is the machine offline, or does its mirror not carry Debian's suite sid? "
        "An Asterisk 20 or newer in PATH is used instead of a fetched one."
    )
    return f"cannot fetch Asterisk: `{Path(command[0]).name}` failed: {first}\n{advice}"
