"""Agent calls: what an agent's own phone dials to log in or out, to pause or to resume."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from ivr.errors import IvrError
from ivr.ports import Voice
from ivr.routing.skills import Team
from ivr.server.control.given import Obeying
from ivr.speech.prompt_render import Sound, render_sounds
from ivr.telephony.channel import AgiChannel
from ivr.telephony.channel_names import interface_of

ARGUMENT = "agents"
"""AGI's argument by which the dialplan tells these calls from those of callers."""

REASONS: Mapping[str, str] = MappingProxyType(
    {"": "pause", "1": "break", "2": "meal", "3": "meeting", "4": "training"}
)
"""The digit after *47 -> the reason of the pause."""

_ORDERS: Mapping[str, str] = MappingProxyType(
    {"*45": "login", "*46": "logout", "*47": "pause", "*48": "resume"}
)
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "login": "您已上线。",
        "logout": "您已下线。",
        "pause": "您已暂停接听。",
        "resume": "您已恢复接听。",
        "refused": "操作没有成功,请联系主管。",
    }
)

log = logging.getLogger(__name__)


class AgentCalls:
    """Answers star codes. The phone proved who it is by its SIP account, so nothing is asked."""

    def __init__(self, orders: Obeying, team: Callable[[], Team], sounds: Path) -> None:
        self._orders = orders
        self._team = team
        self._sounds = sounds

    async def prepare(self, voice: Voice) -> None:
        """Render what agents hear.

        Raises:
            VoiceError: if the voice cannot speak.
        """
        sounds = [Sound(self._path(name), text, "zh") for name, text in _WORDS.items()]
        await render_sounds(voice, sounds)

    async def serve(self, channel: AgiChannel) -> None:
        """Obey one code; the dialplan then plays the sound named in IVR_SAY."""
        said = await self._obey(channel)
        await channel.set_variables({"IVR_SAY": str(self._path(said).with_suffix(""))})

    async def _obey(self, channel: AgiChannel) -> str:
        code = channel.environment.get("extension")
        order, digit = _ORDERS.get(code[:3], ""), code[3:]
        interface = interface_of(channel.channel)
        agent = next((a for a in self._team().agents if a.interface == interface), None)
        if not order or agent is None or digit not in REASONS:
            log.warning("a star code was refused: unknown code or telephone")
            return "refused"
        words = {"name": agent.name, "reason": REASONS[digit]}
        try:
            await self._orders.obey(f"agents.{order}", words)
        except IvrError as error:
            log.warning("agent %s: %s refused: %s", agent.name, order, error)
            return "refused"
        return order

    def _path(self, name: str) -> Path:
        return self._sounds / f"agent-{name}.wav"


Handler = Callable[[AgiChannel], Awaitable[None]]


def by_argument(callers: Handler, others: Mapping[str, Handler]) -> Handler:
    """Tells callers from those for whom the dialplan gave AGI an argument."""

    async def serve(channel: AgiChannel) -> None:
        await others.get(channel.environment.get("arg_1"), callers)(channel)

    return serve
