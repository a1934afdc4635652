"""A scripted SIP user agent for tests, the demo and measurements; pure asyncio."""

from tests.phone.agent import AgentPhone, Answer, Refuse, RingOn
from tests.phone.call import Call
from tests.phone.call_audio import Ended, Side
from tests.phone.errors import CallEnded, CallRefused, PhoneError, RegistrationFailed
from tests.phone.g711 import Law
from tests.phone.incoming import IncomingCall
from tests.phone.outgoing import OutgoingCall
from tests.phone.phone import Phone
from tests.phone.recording import Recording, save_stereo_wav

__all__ = [
    "AgentPhone",
    "Answer",
    "Call",
    "CallEnded",
    "CallRefused",
    "Ended",
    "IncomingCall",
    "Law",
    "OutgoingCall",
    "Phone",
    "PhoneError",
    "Recording",
    "Refuse",
    "RegistrationFailed",
    "RingOn",
    "Side",
    "save_stereo_wav",
]
