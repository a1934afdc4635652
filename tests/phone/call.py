"""One call as its script sees it: speak, press, wait for what is heard, hang up."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.phone.dialog import Dialog
from tests.phone.errors import CallEnded, CallRefused
from tests.phone.g711 import Law
from tests.phone.line import Line
from tests.phone.media import STEP, Media
from tests.phone.outcome import Outcome
from tests.phone.recording import Recording, save_stereo_wav
from tests.phone.sdp import AudioDescription, SdpError, answer_to, parse_sdp
from tests.phone.signal import SOUND_RMS, Match, find, first_sound_after, samples_of, silent_from
from tests.phone.sip import Request, Response, SipError, parameter, response_to

BYE_WAIT = 4.0
"""Seconds to wait for the other end's word on our BYE."""

LAWS = (Law.MU, Law.A)
PASSED = ("OPTIONS", "INFO", "NOTIFY")
"""Requests inside a call that are answered 200 and otherwise passed over."""


class Side(StrEnum):
    """Who ended a call."""

    US = "us"
    THEM = "them"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a call ended; `at` is in seconds of the call, `status` 200 after a BYE."""

    by: Side
    cause: str
    status: int
    at: float


class Call:
    """A call of either direction. All times are seconds since it began, on the monotonic clock.

    `answered` completes when the call is, or raises `CallRefused`. `ended` completes in any case.
    What waits raises `CallEnded` once the call is over, and `TimeoutError` when its time is up.
    """

    def __init__(self, line: Line, dialog: Dialog, laws: tuple[Law, ...] = LAWS) -> None:
        loop = asyncio.get_running_loop()
        self.epoch = loop.time()
        self.answered: Outcome[None] = Outcome()
        self.ended: Outcome[Ended] = Outcome()
        self.answered_at: float | None = None
        self.law: Law | None = None
        self._loop = loop
        self._line = line
        self._dialog = dialog
        self._laws = laws
        self._media = Media(self.epoch)
        self._descriptions = 0
        line.calls[dialog.call_id, dialog.local_tag] = self

    # -- what a script reads -------------------------------------------------------------

    @property
    def now(self) -> float:
        """The call's clock."""
        return self._loop.time() - self.epoch

    @property
    def call_id(self) -> str:
        return self._dialog.call_id

    @property
    def remote(self) -> str:
        """The other end's URI, as From or To gave it."""
        return self._dialog.remote

    @property
    def is_up(self) -> bool:
        return self.answered_at is not None and not self.ended.done()

    @property
    def heard(self) -> Recording:
        return self._media.heard

    @property
    def spoken(self) -> Recording:
        return self._media.spoken

    @property
    def keys(self) -> list[tuple[float, str]]:
        """The keys that the other end pressed, each with its time."""
        return self._media.keys

    @property
    def keys_heard(self) -> str:
        return "".join(key for _, key in self._media.keys)

    # -- what a script does --------------------------------------------------------------

    async def speak(self, pcm: bytes) -> tuple[float, float]:
        """Say 16-bit little-endian 8 kHz PCM in real time; returns when it began and ended."""
        return await self._media.speak(pcm)

    async def press(
        self, keys: str, *, milliseconds: int = 100, pause: float = 0.1
    ) -> list[tuple[float, float]]:
        """Press keys (RFC 4733), `pause` seconds apart; returns (down, up) of each."""
        spans: list[tuple[float, float]] = []
        for key in keys:
            spans.append(await self._media.press(key, milliseconds))
            await asyncio.sleep(pause)
        return spans

    async def heard_sound(
        self, after: float = 0.0, timeout: float = 10.0, *, level: float = SOUND_RMS
    ) -> float:
        """Wait for sound at or after `after`; returns when it began (`after` if it went on)."""
        deadline, loud = self.now + timeout, 0
        index = self.heard.index_at(after)
        while True:
            while index < len(self.heard):
                loud = loud + 1 if self.heard.level(index) >= level else 0
                index += 1
                if loud >= 3:
                    begun = first_sound_after(self.heard.samples, after, level=level)
                    if begun is not None:
                        return begun
            await self._news(deadline, f"no sound after {after:.2f} s of the call")

    async def heard_silence(
        self,
        seconds: float,
        after: float = 0.0,
        timeout: float = 30.0,
        *,
        level: float = SOUND_RMS,
    ) -> float:
        """Wait until nothing sounds for `seconds`; returns when the silence began.

        It may have begun at `after` itself: to wait for the end of a prompt, first wait for it
        with `heard_sound`. Audio that does not come is silence too.
        """
        deadline, quiet = self.now + timeout, after
        index = self.heard.index_at(after)
        while True:
            while index < len(self.heard):
                if self.heard.level(index) >= level:
                    quiet = max(quiet, self.heard.arrival(index) + STEP)
                index += 1
            left = quiet + seconds - self.now
            if left <= 0:
                placed = silent_from(self.heard.samples, after, seconds, level=level)
                return quiet if placed is None else placed
            await self._news(deadline, f"never silent for {seconds} s", left)

    async def heard_audio(
        self, pcm: bytes, after: float = 0.0, timeout: float = 30.0, *, at_least: float = 0.6
    ) -> Match:
        """Wait until the recording after `after` holds this share of an audio (by signal)."""
        deadline, audio = self.now + timeout, samples_of(pcm)
        while True:
            match = find(self.heard.between(after), audio)
            if match.share >= at_least:
                return Match(match.share, match.correlation, match.start + after, match.end + after)
            await self._news(deadline, "the audio was not heard")
            await asyncio.sleep(0.25)

    async def heard_keys(self, count: int, timeout: float = 10.0) -> str:
        """Wait for `count` keys since the beginning; returns all."""
        deadline = self.now + timeout
        while len(self.keys) < count:
            await self._news(deadline, f"{len(self.keys)} of {count} keys came")
        return self.keys_heard

    async def hang_up(self) -> None:
        """End the call as its state needs it (BYE here; CANCEL or a refusal before the answer)."""
        if self.ended.done():
            return
        bye = self._dialog.request("BYE")
        self._finish(Side.US, "hung up", 200)
        await self._completed(bye)

    def save_wav(self, path: Path) -> None:
        """Write what was heard, mono, 8 kHz."""
        self.heard.save_wav(path)

    def save_stereo_wav(self, path: Path) -> None:
        """Write both voices: left is this end's, right is what it heard."""
        save_stereo_wav(path, self.spoken, self.heard)

    # -- what the phone does -------------------------------------------------------------

    def abandon(self) -> None:
        """End a call that would not end otherwise; tells nobody."""
        self._finish(Side.NETWORK, "given up", 408)

    async def wait_closed(self) -> None:
        """Wait until the audio port of an ended call is free."""
        await self._media.wait_closed()

    def handle(self, request: Request) -> None:
        """Take a request inside the dialog (RFC 3261 section 12.2.2)."""
        if request.method == "ACK":
            if request.body:
                self._take_answer(request.body)
            return
        if not self._dialog.in_order(request):
            self._respond(request, 500)
        elif request.method == "BYE":
            self._respond(request, 200)
            reason = parameter(request.headers.get("reason"), "text").strip('"')
            self._finish(Side.THEM, reason or "hung up", 200)
        elif request.method in ("INVITE", "UPDATE"):
            self._renegotiate(request)
        else:
            self._respond(request, 200 if request.method in PASSED else 405)

    def unacknowledged(self) -> None:
        """Nobody acknowledged our answer: leave (section 13.3.1.4)."""
        if not self.ended.done():
            bye = self._dialog.request("BYE")
            self._finish(Side.NETWORK, "no ACK came", 408)
            self._line.tasks.start(self._completed(bye))

    async def _completed(self, request: Request) -> None:
        try:
            transaction = self._line.endpoint.request(request, self._dialog.next_hop)
            async with asyncio.timeout(BYE_WAIT):
                await transaction.final()
        except TimeoutError:
            pass  # The call is over here whatever the other end says.

    async def _news(self, deadline: float, complaint: str, wake_in: float = 60.0) -> None:
        if self.ended.done():
            raise CallEnded(f"{complaint}, and the call is over: {self.ended.result().cause}")
        left = deadline - self.now
        if left <= 0:
            raise TimeoutError(complaint)
        await self._media.news(min(left, wake_in))

    def _respond(self, request: Request, status: int, body: bytes = b"") -> None:
        response = response_to(request, status, self._dialog.local_tag)
        if request.method in ("INVITE", "UPDATE", "OPTIONS"):
            self._dialog.describe(response.headers, body)
        response.body = body
        self._line.endpoint.respond(request, response)

    def _renegotiate(self, request: Request) -> None:
        self._dialog.retarget(request)
        try:
            body = self._answer_of(request) if request.body else b""
        except SdpError:
            self._respond(request, 488)
            return
        if request.method == "INVITE" and not body:
            body = self._offer()
        self._respond(request, 200, body)

    def _own_audio(self) -> AudioDescription:
        return AudioDescription(self._media.ip, self._media.port, self._laws)

    def _offer(self) -> bytes:
        self._descriptions += 1
        return self._own_audio().to_bytes(self._descriptions)

    def _answer_of(self, message: Request) -> bytes:
        """Accept an offer and give our answer to it; raises SdpError if we cannot."""
        offer = parse_sdp(message.body)
        answer = answer_to(offer, self._own_audio())
        self._descriptions += 1
        self._connect(offer, answer.laws[0])
        return answer.to_bytes(self._descriptions)

    def _take_answer(self, body: bytes) -> None:
        try:
            answer = parse_sdp(body)
        except SdpError:
            return
        law = next((law for law in answer.laws if law in self._laws), None)
        if law is not None:
            self._connect(answer, law)

    def _connect(self, remote: AudioDescription, law: Law) -> None:
        self.law = law
        self._media.connect(remote, law, remote.events)

    def _established(self) -> None:
        if not self.answered.done():
            self.answered_at = self.now
            self.answered.set_result(None)
            self._line.pacer.add(self._media)

    def _finish(self, by: Side, cause: str, status: int) -> None:
        if self.ended.done():
            return
        self.ended.set_result(Ended(by, cause, status, self.now))
        if not self.answered.done():
            self.answered.set_exception(CallRefused(status, cause))
        self._line.pacer.remove(self._media)
        self._media.close()
        self._line.calls.pop((self._dialog.call_id, self._dialog.local_tag), None)
        if self._line.on_end is not None:
            self._line.on_end(self)


def follow(dialog: Dialog, response: Response) -> bool:
    """Take the caller's dialog from a 2xx; False if its Contact cannot be used."""
    try:
        dialog.learn(response, as_caller=True)
    except SipError:
        return False
    return True
