"""The ears and voices of these settings, for calls on a virtual clock."""

from contextlib import AbstractContextManager
from pathlib import Path

from ivr.rehearsal.studio import Studio, open_studio
from ivr.server.settings import Settings
from ivr.speech import models
from ivr.speech.detectors import detector_maker
from ivr.speech.inline_recogniser import InlineRecogniser


def model_folders(settings: Settings) -> dict[str, Path]:
    """Language -> the folder of its model. Raises ModelError if one is missing."""
    folders = (settings.path(settings.paths.models), models.user_folder())
    return {
        language: models.find(name, folders) for language, name in settings.speech.models.items()
    }


def inline_recogniser(settings: Settings) -> InlineRecogniser:
    """A recogniser with its models loaded. Raises ModelError."""
    recogniser = InlineRecogniser(model_folders(settings))
    recogniser.load()
    return recogniser


def studio_of(settings: Settings) -> AbstractContextManager[Studio]:
    """Raises ModelError if a speech model is missing."""
    recordings = settings.path(settings.paths.prompts)
    return open_studio(
        model_folders(settings),
        recordings,
        detector_maker(settings.speech.vad, settings.speech.vad_mode),
    )
