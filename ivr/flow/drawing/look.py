"""The look of pictures: sizes, colours and the shape of each kind of node."""

from collections.abc import Mapping
from dataclasses import dataclass

CARD_WIDTH = 244.0
HEADER = 30.0
TEXT_LINE = 17.0
TEXT_LINES = 2
ROW = 22.0
PADDING = 10.0
GAP_ACROSS = 92.0
GAP_DOWN = 20.0
MARGIN = 28.0
TITLE = 44.0
LEGEND = 40.0

FONT = (
    "Inter, 'Noto Sans SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', "
    "'Segoe UI', system-ui, sans-serif"
)
INK, SOFT, FAINT = "#1f2733", "#5d6877", "#98a3b1"
PAPER, SHEET, CARD, HAIRLINE = "#f4f6f9", "#fbfcfe", "#ffffff", "#d8dee7"
LINE = "#a9b6c7"
FAULTS = {"error": "#cf3d3d", "warning": "#d98a1f"}


@dataclass(frozen=True, slots=True)
class Look:
    """`shape` is round (questions), cut (decisions), pill (ends) or plain; `icon` an SVG path."""

    colour: str
    shape: str
    icon: str


_LINES = "M1 2.5H11M1 6H11M1 9.5H7"
_KEYS = "M2 2h1M6 2h1M10 2h1M2 6h1M6 6h1M10 6h1M2 10h1M6 10h1M10 10h1"
_TICK = "M1.5 6.5L4.5 9.5L10.5 2.5"
_BUBBLE = "M1 2H11V8H5.5L3 10.5V8H1Z"
_PERSON = "M6 1.5A2.2 2.2 0 1 1 5.99 1.5M1.5 11C1.8 7.5 10.2 7.5 10.5 11"
_STOP = "M2 2H10V10H2Z"
_DIAMOND = "M6 1L11 6L6 11L1 6Z"
_FORK = "M1 6H5M5 6L11 2M5 6L11 10"
_EQUALS = "M2 4H10M2 8H10"
_STORE = "M1.5 3C1.5 1 10.5 1 10.5 3V9C10.5 11 1.5 11 1.5 9ZM1.5 3C1.5 5 10.5 5 10.5 3"
_NESTED = "M1 1H8V8H1ZM4 8V11H11V4H8"
_BACK = "M11 3V7H2M5 4L2 7L5 10"
_STAR = "M6 1L7.4 4.4L11 4.7L8.3 7L9.1 10.6L6 8.7L2.9 10.6L3.7 7L1 4.7L4.6 4.4Z"
_RING = "M6 1A5 5 0 1 1 5.99 1M6 4V8M4 6H8"

LOOKS: Mapping[str, Look] = {
    "menu": Look("#4668b3", "round", _LINES),
    "collect": Look("#2c8a86", "round", _KEYS),
    "confirm": Look("#3f86ad", "round", _TICK),
    "form": Look("#2c8a86", "round", _NESTED),
    "survey": Look("#7a6fb8", "round", _STAR),
    "say": Look("#6f7c8e", "plain", _BUBBLE),
    "transfer": Look("#3b9360", "pill", _PERSON),
    "voicemail": Look("#3b9360", "pill", _BUBBLE),
    "hangup": Look("#4d5663", "pill", _STOP),
    "return": Look("#4d5663", "pill", _BACK),
    "branch": Look("#b07d22", "cut", _DIAMOND),
    "form_next": Look("#b07d22", "cut", _DIAMOND),
    "split": Look("#b07d22", "cut", _FORK),
    "set": Look("#8a7a55", "cut", _EQUALS),
    "lookup": Look("#8660b4", "plain", _STORE),
    "subflow": Look("#a35d7f", "plain", _NESTED),
    "anywhere": Look("#8793a3", "round", _RING),
}
OTHER = Look("#6f7c8e", "plain", _RING)


def look_of(kind: str) -> Look:
    return LOOKS.get(kind, OTHER)


def outline(shape: str, x: float, y: float, wide: float, high: float) -> str:
    """The path of a card's edge."""
    if shape == "cut":
        c = min(10.0, high / 3)
        return (
            f"M{x + c:g} {y:g}H{x + wide - c:g}L{x + wide:g} {y + c:g}V{y + high - c:g}"
            f"L{x + wide - c:g} {y + high:g}H{x + c:g}L{x:g} {y + high - c:g}V{y + c:g}Z"
        )
    r = min({"round": 9.0, "pill": 18.0, "plain": 3.0}[shape], wide / 2, high / 2)
    return (
        f"M{x + r:g} {y:g}H{x + wide - r:g}a{r:g} {r:g} 0 0 1 {r:g} {r:g}V{y + high - r:g}"
        f"a{r:g} {r:g} 0 0 1 {-r:g} {r:g}H{x + r:g}a{r:g} {r:g} 0 0 1 {-r:g} {-r:g}V{y + r:g}"
        f"a{r:g} {r:g} 0 0 1 {r:g} {-r:g}Z"
    )
