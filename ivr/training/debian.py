"""Debian packages without root: `apt-get download` and `dpkg -x` into a private folder."""

import platform
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ivr.errors import ModelError

OPENFST = ("libfst-tools", "libfst22", "libfst22-plugins-base")
FLITE = ("flite", "libflite1")
_MARK = "unpacked.txt"
_SECONDS = 300.0


def unpack(packages: Sequence[str], folder: Path) -> Path:
    """Have `packages` unpacked below `folder`; what is there already is not fetched again.

    Raises:
        ModelError: where apt is missing, or the mirror does not have the packages.
    """
    folder = folder.absolute()
    mark = folder / _MARK
    present = set(mark.read_text().split()) if mark.exists() else set()
    missing = [package for package in packages if package not in present]
    if not missing:
        return folder
    if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
        raise ModelError("building a model needs apt-get and dpkg, as Debian and Ubuntu have them")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ivr-debian-") as downloads:
        _run(["apt-get", "download", *missing], Path(downloads))
        for archive in sorted(Path(downloads).glob("*.deb")):
            _run(["dpkg", "-x", str(archive), str(folder)], Path(downloads))
    mark.write_text("\n".join(sorted(present | set(missing))) + "\n")
    return folder


def library_folder(root: Path) -> Path:
    """Where the unpacked packages keep their shared libraries.

    Raises:
        ModelError: if there is none.
    """
    machine = platform.machine()
    for folder in sorted(root.glob("usr/lib/*-linux-gnu*")):
        if folder.name.startswith(machine):
            return folder
    raise ModelError(f"{root}: no libraries for {machine}")


def _run(command: list[str], folder: Path) -> None:
    try:
        subprocess.run(
            command, cwd=folder, check=True, capture_output=True, text=True, timeout=_SECONDS
        )
    except subprocess.CalledProcessError as error:
        raise ModelError(
            f"{' '.join(command[:2])} failed: {error.stderr.strip() or error}; "
            "try `apt-get update`, then the same command again"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise ModelError(f"{' '.join(command[:2])} took over {_SECONDS:.0f} s") from error
