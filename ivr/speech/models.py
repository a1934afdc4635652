"""Where speech models lie on this machine, whether they work, and how they get here."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import ModelError
from ivr.speech import model_archive, model_download
from ivr.speech.model_catalogue import LIST_URL, PublishedModel
from ivr.speech.vosk_model import VoskModel
from ivr.speech.words_file import read_words

LOAD_SECONDS = 120.0
"""A model that has not loaded by then is taken for damaged (large ones need a while)."""

_LOAD = (
    "import sys, vosk; vosk.SetLogLevel(-1); model = vosk.Model(sys.argv[1]); "
    "vosk.KaldiRecognizer(model, float(sys.argv[2])).AcceptWaveform(bytes(16000))"
)


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model folder found on this machine."""

    name: str
    folder: Path

    @property
    def megabytes(self) -> float:
        return sum(f.stat().st_size for f in self.folder.rglob("*") if f.is_file()) / 1e6


@dataclass(frozen=True, slots=True)
class Verified:
    """A model that works: its rate in Hz, its words (0 where its list is inside the graph)."""

    folder: Path
    sample_rate: int
    words: int
    grammars: bool


def user_folder() -> Path:
    """Where `ivr models install` puts models when the project's own folder is not wanted."""
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "ivr" / "models"


def installed(folders: Sequence[Path]) -> tuple[InstalledModel, ...]:
    """Every folder below `folders` that looks like a model; of one name, the first found."""
    found: dict[str, InstalledModel] = {}
    for folder in folders:
        for path in sorted(folder.glob("*/am/final.mdl")):
            model = InstalledModel(path.parents[1].name, path.parents[1])
            found.setdefault(model.name, model)
    return tuple(found.values())


def find(name: str, folders: Sequence[Path]) -> Path:
    """The folder of a model, by its name or its path.

    Raises:
        ModelError: if there is none; the message names those there are.
    """
    as_path = Path(name)
    if (as_path / "am" / "final.mdl").is_file():
        return as_path
    models = installed(folders)
    for model in models:
        if model.name == name:
            return model.folder
    names = ", ".join(model.name for model in models) or "none"
    raise ModelError(f"no model {name!r} here (installed: {names}); see `ivr models list`")


def verify(folder: Path) -> Verified:
    """Check that a model folder works, loading it in another process, which may crash.

    Raises:
        ModelError: saying what is wrong with it.
    """
    model = VoskModel(folder)
    model.check()
    rate = model.sample_rate
    try:
        subprocess.run(
            [sys.executable, "-c", _LOAD, str(folder), str(rate)],
            check=True,
            capture_output=True,
            timeout=LOAD_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise ModelError(f"{folder}: did not load in {LOAD_SECONDS:.0f} s") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        why = said[-1] if said else f"ended by signal {-error.returncode}"
        raise ModelError(f"{folder}: Vosk cannot load it ({why}); install it again") from error
    words = folder / "graph" / "words.txt"
    count = len(read_words(words)) if words.is_file() else 0
    return Verified(folder, rate, count, (folder / "graph" / "HCLr.fst").is_file())


def install(
    model: PublishedModel,
    folder: Path,
    progress: model_download.Progress | None = None,
    *,
    url: str | None = None,
    list_url: str = LIST_URL,
) -> tuple[Verified, str]:
    """Download, check, unpack and verify; also tells how the archive was checked.

    Raises:
        ModelError: if any of that fails; what was downloaded is kept where it can be used again.
    """
    archive = folder / f"{model.name}.zip"
    if not archive.exists():
        model_download.download(url or model.url, archive, progress)
    checked = _check_sum(archive, model.name, list_url)
    verified = install_archive(archive, folder / model.name)
    archive.unlink()
    return verified, checked


def install_archive(archive: Path, target: Path) -> Verified:
    """Unpack an archive as `target` and verify it.

    Raises:
        ModelError: if it is damaged or no model; nothing is left at `target` then.
    """
    if not archive.is_file():
        raise ModelError(f"{archive}: there is no such archive")
    model_archive.unpack(archive, target)
    return verify(target)


def _check_sum(archive: Path, name: str, list_url: str) -> str:
    try:
        expected = model_download.listed_md5(list_url, name)
    except ModelError:
        expected = None
    if expected is None:
        return "by the archive's own CRCs; the publisher's list of checksums was not to be had"
    if model_download.md5_of(archive) != expected:
        archive.unlink()
        raise ModelError(f"{archive}: its MD5 is not the publisher's; deleted, install it again")
    return "by the MD5 of the publisher's list and the archive's own CRCs"
