"""Words missing: what callers are meant to say but the configured speech models cannot hear."""

from collections.abc import Iterable, Iterator

from ivr.errors import ModelError
from ivr.flow.checks.findings import finding
from ivr.flow.issues import Issue, Place
from ivr.flow.lint import understood_here
from ivr.flow.model import Flow
from ivr.flow.nodes.base import AskingNode, Phrases
from ivr.server.settings import Settings
from ivr.speech import models
from ivr.speech.lexicon import Lexicon
from ivr.speech.vosk_model import VoskModel

Heard = tuple[str, str, Place, Phrases]
"""A node (or nothing), the name of a choice or command, its place and its phrases."""


def words_missing(flows: Iterable[Flow], settings: Settings) -> list[Issue]:
    """One warning for each choice or command with words its language's model does not have.

    A language without a usable model gives one warning for the flow.
    """
    lexicons: dict[str, Lexicon | ModelError] = {}
    issues = []
    for flow in flows:
        for language in flow.languages:
            if language not in lexicons:
                lexicons[language] = _lexicon(language, settings)
            lexicon = lexicons[language]
            if isinstance(lexicon, ModelError):
                issues.append(finding("no-model", flow.place, str(lexicon)))
            else:
                issues += _of(flow, language, lexicon)
    return issues


def _lexicon(language: str, settings: Settings) -> Lexicon | ModelError:
    name = settings.speech.models.get(language)
    if name is None:
        return ModelError(f'no speech model is set for language "{language}"')
    folders = (settings.path(settings.paths.models), models.user_folder())
    try:
        return VoskModel(models.find(name, folders)).lexicon
    except ModelError as error:
        return error


def _of(flow: Flow, language: str, lexicon: Lexicon) -> Iterator[Issue]:
    for node, name, place, phrases in _heard(flow):
        missing: dict[str, None] = {}
        for phrase in phrases.get(language, ()):
            missing |= dict.fromkeys(lexicon.segment(phrase, language).missing)
        if missing:
            listed = ", ".join(missing)
            message = f'"{name}" has words the {language} model cannot hear: {listed}'
            yield finding("missing-word", place, message, node)


def _heard(flow: Flow) -> Iterator[Heard]:
    met: set[Place] = set()
    for command in flow.commands:
        yield "", command.name, command.place, command.phrases
    for node in flow.nodes.values():
        if isinstance(node, AskingNode) and node.input.speech:
            for choice in understood_here(flow, node):
                if choice.place not in met:
                    met.add(choice.place)
                    yield node.name, choice.name, choice.place, choice.phrases
