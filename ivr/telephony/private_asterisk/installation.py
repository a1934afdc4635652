"""Finds an Asterisk to run: one that the machine has, else the fetched one."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import AsteriskError
from ivr.telephony.private_asterisk.fetcher import Progress, fetch, fetched_folder

__all__ = ["OLDEST", "Installation", "find", "find_or_fetch", "from_folder"]

OLDEST = 20
"""The oldest major version that is used; the fetched one is 22, the long-term release."""

_MODULE_FOLDERS = (
    "/usr/lib/*/asterisk/modules",
    "/usr/lib64/asterisk/modules",
    "/usr/lib/asterisk/modules",
    "/usr/local/lib/asterisk/modules",
)
_NEEDED_MODULES = ("app_audiosocket.so", "res_agi.so", "app_queue.so", "chan_pjsip.so")


@dataclass(frozen=True, slots=True)
class Installation:
    """An Asterisk on disk. `command` starts it; `version` is as `asterisk -V` says it."""

    command: tuple[str, ...]
    module_folder: Path
    data_folder: Path | None
    version: str

    @property
    def major(self) -> int:
        match = re.match(r"(\d+)", self.version)
        return int(match[1]) if match else 0


def find(cache: Path | None = None) -> Installation | None:
    """The machine's own Asterisk if it is new enough and whole, else a fetched one, else None."""
    return _installed() or _fetched(fetched_folder(cache))


def find_or_fetch(progress: Progress, cache: Path | None = None) -> Installation:
    """An Asterisk to run, fetched if need be.

    Raises:
        AsteriskError: there is none, and none can be fetched.
    """
    return find(cache) or from_folder(fetch(progress, cache))


def from_folder(folder: Path) -> Installation:
    """The Asterisk that `fetch` put into `folder`; raises AsteriskError if it does not run."""
    if (installation := _fetched(folder)) is None:
        raise AsteriskError(
            f"the Asterisk in {folder} does not run. Fetch it anew: ivr asterisk fetch --again"
        )
    return installation


def _installed() -> Installation | None:
    program = shutil.which("asterisk") or shutil.which("/usr/sbin/asterisk")
    if program is None:
        return None
    version = _version((program,))
    for pattern in _MODULE_FOLDERS:
        for modules in sorted(Path("/").glob(pattern.lstrip("/"))):
            if all((modules / name).is_file() for name in _NEEDED_MODULES):
                data = Path("/usr/share/asterisk")
                found = Installation((program,), modules, data if data.is_dir() else None, version)
                return found if found.major >= OLDEST else None
    return None


def _fetched(folder: Path) -> Installation | None:
    """Run through the C library that came along: the machine's own may be older."""
    for libraries in sorted((folder / "usr" / "lib").glob("*-linux-gnu*")):
        loaders = sorted(libraries.glob("ld-linux*.so.*")) or sorted(libraries.glob("ld64.so.*"))
        modules = libraries / "asterisk" / "modules"
        if not loaders or not modules.is_dir():
            continue
        command = (
            str(loaders[0]),
            "--library-path",
            str(libraries),
            str(folder / "usr" / "sbin" / "asterisk"),
        )
        if version := _version(command):
            return Installation(command, modules, folder / "usr" / "share" / "asterisk", version)
    return None


def _version(command: tuple[str, ...]) -> str:
    """Empty if the program does not run."""
    try:
        done = subprocess.run(
            [*command, "-V"], capture_output=True, text=True, errors="replace", timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    match = re.search(r"Asterisk\s+(\S+)", done.stdout)
    return match[1] if match else ""
