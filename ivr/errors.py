"""Every error this package raises, as one tree.

A hang-up, silence, a busy line or a sentence nobody understands is an *event* of a call
(`ivr.dialogue.events`), never one of these.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.flow.issues import Issue

__all__ = [
    "AgiError",
    "AsteriskError",
    "AudioError",
    "AudioSocketError",
    "BackendError",
    "FlowError",
    "FlowRanAway",
    "IvrError",
    "ManagerError",
    "ModelError",
    "OrderRefused",
    "PeerError",
    "QueryError",
    "SettingsError",
    "SpeechError",
    "StoreError",
    "UnknownCallError",
    "VoiceError",
]


class IvrError(Exception):
    """Base of all errors here; its text says what is wrong, where, and what to do next."""


class SettingsError(IvrError):
    """A settings or agents file, or an option of a command, cannot be used."""


class FlowError(IvrError):
    """A flow cannot be used; `issues` holds every fault found, in file order."""

    def __init__(self, issues: "Sequence[Issue]") -> None:
        self.issues = tuple(issues)
        super().__init__("\n".join(str(issue) for issue in self.issues))


class FlowRanAway(IvrError):  # noqa: N818 - the event, as the architecture names it
    """A flow walked more nodes without waiting for the caller than any honest flow does."""


class PeerError(IvrError):
    """The other end of a connection broke its protocol, or is not there."""


class AudioSocketError(PeerError):
    """An AudioSocket peer sent what the protocol does not allow."""


class AgiError(PeerError):
    """An AGI peer sent what the protocol does not allow, or refused a command."""


class ManagerError(PeerError):
    """The Asterisk Manager Interface is unreachable, or refused an action."""


class AsteriskError(IvrError):
    """The private Asterisk could not be fetched, configured, started or stopped."""


class OrderRefused(IvrError):  # noqa: N818 - what happened
    """A supervisor's order cannot be obeyed as things stand; nothing was changed."""


class AudioError(IvrError):
    """A sound file cannot be read as speech audio."""


class SpeechError(IvrError):
    """Recognition or synthesis failed."""


class ModelError(SpeechError):
    """A speech model is missing, damaged, or does not fit."""


class VoiceError(SpeechError):
    """A voice could not speak a prompt."""


class BackendError(IvrError):
    """A bank, clinic or city system behind a lookup failed."""


class StoreError(IvrError):
    """A record could not be written or read."""


class QueryError(StoreError):
    """What was asked of the record makes no sense: an absurd page, a search for nothing."""


class UnknownCallError(QueryError):
    """The record holds no such call."""
