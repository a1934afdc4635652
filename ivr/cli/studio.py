"""The studio of these settings: their models, recordings and detector, on a virtual clock."""

from contextlib import AbstractContextManager

from ivr.rehearsal.studio import Studio, open_studio
from ivr.server.settings import Settings
from ivr.speech import models
from ivr.speech.vad import WebrtcVad


def studio_of(settings: Settings) -> AbstractContextManager[Studio]:
    """Raises ModelError if a speech model is missing."""
    folders = (settings.path(settings.paths.models), models.user_folder())
    paths = {
        language: models.find(name, folders) for language, name in settings.speech.models.items()
    }
    recordings = settings.path(settings.paths.prompts)
    return open_studio(paths, recordings, lambda: WebrtcVad(settings.speech.vad_mode))
