"""One audio stream's session description: read, written, offered and answered (RFC 4566, 3264)."""

from dataclasses import dataclass, field, replace
from ipaddress import AddressValueError, IPv4Address

from tests.phone.g711 import Law

MAX_SDP = 8192
MAX_FORMATS = 32
DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
MIRRORED = {
    "sendrecv": "sendrecv",
    "sendonly": "recvonly",
    "recvonly": "sendonly",
    "inactive": "inactive",
}
EVENT_PAYLOAD_TYPE = 101


class SdpError(ValueError):
    """A session description cannot be used."""


@dataclass(frozen=True, slots=True)
class AudioDescription:
    """Where one end wants its audio, and how: laws by preference, and the events' type."""

    ip: str
    port: int
    laws: tuple[Law, ...]
    events: int | None = EVENT_PAYLOAD_TYPE
    direction: str = "sendrecv"

    @property
    def wants_audio(self) -> bool:
        """Whether this end asks to be sent audio (hold does not; port 0 refuses)."""
        return self.direction in ("sendrecv", "recvonly") and self.port > 0 and self.ip != "0.0.0.0"

    def to_bytes(self, version: int = 1) -> bytes:
        """The SDP text; `version` grows with each description of one session."""
        formats = [str(law.value) for law in self.laws]
        maps = [f"a=rtpmap:{law.value} {law.encoding}/8000" for law in self.laws]
        if self.events is not None:
            formats.append(str(self.events))
            maps.append(f"a=rtpmap:{self.events} telephone-event/8000")
            maps.append(f"a=fmtp:{self.events} 0-15")
        lines = [
            "v=0",
            f"o=phone 1 {version} IN IP4 {self.ip}",
            "s=call",
            f"c=IN IP4 {self.ip}",
            "t=0 0",
            f"m=audio {self.port} RTP/AVP {' '.join(formats)}",
            *maps,
            "a=ptime:20",
            f"a={self.direction}",
        ]
        return "".join(line + "\r\n" for line in lines).encode()


@dataclass(slots=True)
class _Draft:
    ip: str = ""
    port: int = -1
    formats: list[int] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    direction: str = "sendrecv"


def parse_sdp(body: bytes) -> AudioDescription:
    """The first audio stream of a description; other streams are passed over.

    Raises:
        SdpError: if there is none over RTP/AVP and IPv4, or its text is broken.
    """
    if len(body) > MAX_SDP:
        raise SdpError(f"a description of {len(body)} bytes")
    draft, media = _Draft(), ""
    for line in body.decode("utf-8", "replace").splitlines():
        kind, _, value = line.partition("=")
        if kind == "m":
            if draft.port >= 0:
                break
            media = value.split(" ", 1)[0]
            if media == "audio":
                _read_media(draft, value)
        elif kind == "c" and media in ("", "audio"):
            draft.ip = _ip_of(value)
        elif kind == "a" and media in ("", "audio"):
            _read_attribute(draft, value)
    if draft.port < 0 or not draft.ip:
        raise SdpError("the description has no audio stream with an address")
    return _described(draft)


def _read_media(draft: _Draft, value: str) -> None:
    parts = value.split()
    if len(parts) < 4 or parts[2] != "RTP/AVP" or len(parts) > 3 + MAX_FORMATS:
        raise SdpError("the audio stream is not plain RTP/AVP")
    draft.port = _number(parts[1].partition("/")[0], 65535)
    draft.formats = [_number(part, 127) for part in parts[3:]]


def _read_attribute(draft: _Draft, value: str) -> None:
    if value in DIRECTIONS:
        draft.direction = value
    elif value.startswith("rtpmap:"):
        number, _, name = value.removeprefix("rtpmap:").partition(" ")
        if len(draft.names) < MAX_FORMATS:
            draft.names[_number(number, 127)] = name.strip().lower()


def _described(draft: _Draft) -> AudioDescription:
    static = {law.value: f"{law.encoding.lower()}/8000" for law in Law}
    by_name = {name: law for law in Law for name in (static[law.value], static[law.value] + "/1")}
    laws: list[Law] = []
    events: int | None = None
    for number in draft.formats:
        name = draft.names.get(number, static.get(number, ""))
        # A law under a dynamic type is legal but nobody's habit: it counts as unknown here.
        if name in by_name and by_name[name].value == number:
            laws.append(by_name[name])
        elif name == "telephone-event/8000" and events is None:
            events = number
    return AudioDescription(draft.ip, draft.port, tuple(laws), events, draft.direction)


def answer_to(offer: AudioDescription, own: AudioDescription) -> AudioDescription:
    """This end's answer: the offer's first law that `own` has too, under the offer's numbers.

    Raises:
        SdpError: if they share no law (SIP answers 488).
    """
    common = next((law for law in offer.laws if law in own.laws), None)
    if common is None:
        raise SdpError("no common codec: PCMU or PCMA is needed")
    events = offer.events if own.events is not None else None
    return replace(own, laws=(common,), events=events, direction=MIRRORED[offer.direction])


def _number(text: str, largest: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5) or int(text) > largest:
        raise SdpError("a number in the description is out of range")
    return int(text)


def _ip_of(value: str) -> str:
    parts = value.split()
    if len(parts) != 3 or parts[:2] != ["IN", "IP4"]:
        raise SdpError("the connection address is not IPv4")
    try:
        return str(IPv4Address(parts[2].partition("/")[0]))
    except AddressValueError as error:
        raise SdpError("the connection address is not IPv4") from error
