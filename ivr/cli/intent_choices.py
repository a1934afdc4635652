"""What `ivr intents` takes where nothing is said: the backend, and the folders it reads."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.dialogue.intents.encoder_file import load_encoder
from ivr.dialogue.intents.student import NAME as STUDENT
from ivr.dialogue.intents.student import SentenceStudent
from ivr.dialogue.intents.student_file import shipped_student
from ivr.errors import SettingsError
from ivr.server.settings import load_settings, project_root
from ivr.speech.models import user_folder

if TYPE_CHECKING:
    from ivr.training.intents.examples import Example


def model_folders() -> tuple[Path, ...]:
    """Where models are: the settings' folder, the user's, the checkout's, the wheel's."""
    settings = load_settings()
    packed = Path(__file__).resolve().parents[1] / "models"
    own = settings.path(settings.paths.models)
    return own, user_folder(), project_root() / "models", packed


def chosen_backend(
    wanted: str, examples: Sequence["Example"]
) -> tuple[str, SentenceStudent | None]:
    """The backend to train with, and the student for it; "static" is the default of English.

    Without a student, "static" wants the encoder, to teach one by the examples.

    Raises:
        SettingsError: for an unknown backend.
        ModelError: if it needs the encoder and that is not installed, or a file is damaged.
    """
    from ivr.training.intents.language import are_english
    from ivr.training.intents.learning import BACKENDS

    if wanted not in ("", *BACKENDS):
        raise SettingsError(f"no backend {wanted!r}; there are {', '.join(BACKENDS)}")
    may = wanted == STUDENT or (not wanted and are_english(examples))
    student = shipped_student(model_folders()) if may else None
    backend = wanted or ("linear" if student is None else STUDENT)
    if backend != "linear" and student is None:
        load_encoder()
    return backend, student


def need_training() -> None:
    from importlib.util import find_spec

    if find_spec("sklearn") is None:
        raise SettingsError("this needs scikit-learn: pip install 'ivr[train]'")


def corpora_folder() -> Path:
    """Where the public corpora are kept beside a checkout.

    Raises:
        SettingsError: if they are not.
    """
    folder = project_root().parent / "shared" / "data" / "text"
    if not folder.is_dir():
        raise SettingsError("no ../shared/data/text here: name the corpora's folder with --data")
    return folder


def cache_folder() -> Path:
    """Where models of the public corpora are kept: $IVR_CACHE, else the user's cache."""
    base = os.environ.get("IVR_CACHE")
    if base:
        return Path(base) / "intents"
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "ivr" / "intents"
