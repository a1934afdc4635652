"""draw_timeline: a call's journal and stereo recording as one SVG picture on a time axis.

Lanes from the top: the nodes the talk stood at, what the hotline said, what the caller said and
pressed, and the transfer. Sound is drawn as an envelope, so speech over a prompt is seen.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ivr.audio.frames import SAMPLE_RATE
from ivr.call.journal import Record
from ivr.dialogue.masking import without_digits
from ivr.dialogue.one_line import in_one_line

WIDTH = 1400
LEFT = 92
RIGHT = 24
LANES = {"node": 64, "hotline": 128, "caller": 236, "keys": 340, "queue": 384}
"""Lane name -> y of its top, in pixels."""
HEIGHT = 470
COLOURS = {
    "node": "#7c5cbf",
    "hotline": "#2f6fb3",
    "caller": "#12836f",
    "keys": "#b3552f",
    "queue": "#a37c12",
    "grid": "#e6e6ea",
    "text": "#33343a",
    "faint": "#7d7f88",
}
FONT = "font-family=\"system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif\""


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasted; seconds from the start of the call."""

    start: float
    end: float
    text: str
    cut: bool = False


@dataclass(slots=True)
class Timeline:
    """What the picture shows, read out of a journal."""

    length: float
    nodes: list[Span] = field(default_factory=list)
    prompts: list[Span] = field(default_factory=list)
    speech: list[Span] = field(default_factory=list)
    keys: list[float] = field(default_factory=list)
    queue: list[Span] = field(default_factory=list)


def read_timeline(records: Sequence[Record]) -> Timeline:
    """Collect spans out of the records of one call, in order."""
    line = Timeline(length=max((r["at"] for r in records), default=0.0))
    entered = [(r["at"], r["data"]["node"]) for r in records if r["kind"] == "EnterNode"]
    for (start, name), (end, _) in pairwise([*entered, (line.length, "")]):
        line.nodes.append(Span(start, end, name))
    prompts: dict[int, tuple[float, str]] = {}
    began = queued = 0.0
    queue = ""
    stopped = False
    for record in records:
        at, data = record["at"], record["data"]
        match record["kind"]:
            case "PlayPrompt":
                start = max([at, *(span.end for span in line.prompts[-1:])])
                text = in_one_line(s["text"] for s in data["segments"])
                private = any(s.get("private") for s in data["segments"])
                prompts[data["serial"]] = (start, without_digits(text) if private else text)
            case "StopPrompt":
                stopped = True  # a prompt that a hang-up ends was not cut off by the caller
            case "PromptEnded" if data["serial"] in prompts:
                start, text = prompts.pop(data["serial"])
                line.prompts.append(Span(min(start, at), at, text, cut=stopped))
                stopped = False
            case "SpeechBegan":
                began = at
            case "Heard":
                words = " ".join(word["text"] for word in data["utterance"]["words"])
                line.speech.append(Span(began or at, at, without_digits(words)))
            case "KeyPressed":
                line.keys.append(at)
            case "QueueChosen":
                queued, queue = at, data["queue"]
            case "AgentAnswered" if queue:
                line.queue.append(Span(queued, at, queue))
                queued, queue = at, f"agent {data['agent']}"
            case "TransferEnded" if queue:
                line.queue.append(Span(queued, at, f"{queue}: {data['outcome']}"))
    return line


def draw_timeline(
    records: Sequence[Record], hotline: NDArray[np.int16], caller: NDArray[np.int16], title: str
) -> str:
    """Give the picture as SVG text.

    `hotline` and `caller` are 8 kHz samples of each side from the start of the call; either may
    be empty, and is then left out.
    """
    line = read_timeline(records)
    line.length = max(line.length, len(hotline) / SAMPLE_RATE, len(caller) / SAMPLE_RATE, 1.0)
    scale = (WIDTH - LEFT - RIGHT) / line.length
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}"'
        f' height="{HEIGHT}" {FONT} font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fdfdfc"/>',
        _text(LEFT, 32, title, "text", size=17, weight=600),
        *_axis(line.length, scale),
        *_labels(),
        *_boxes(line.nodes, "node", 30, scale),
        *_envelope(hotline, "hotline", LANES["hotline"] + 44, scale),
        *_captions(line.prompts, "hotline", scale),
        *_envelope(caller, "caller", LANES["caller"] + 44, scale),
        *_captions(line.speech, "caller", scale),
        *_keys(line.keys, scale),
        *_boxes(line.queue, "queue", 30, scale),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _text(x: float, y: float, text: str, colour: str, *, size: int = 13, weight: int = 400) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{COLOURS[colour]}" font-size="{size}"'
        f' font-weight="{weight}">{escape(text)}</text>'
    )


def _axis(length: float, scale: float) -> Iterator[str]:
    step = next((s for s in (1, 2, 5, 10, 20, 30, 60, 120, 300) if length / s <= 20), 600)
    for second in range(0, int(length) + 1, step):
        x = LEFT + second * scale
        yield (
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{LANES["node"] - 8}" y2="{HEIGHT - 34}"'
            f' stroke="{COLOURS["grid"]}"/>'
        )
        yield _text(x - 6, HEIGHT - 16, f"{second} s", "faint", size=12)


def _labels() -> Iterator[str]:
    offsets = {"node": 20, "hotline": 48, "caller": 48, "keys": 20, "queue": 20}
    for name, top in LANES.items():
        yield _text(16, top + offsets[name], name, name, weight=600)


def _boxes(spans: Iterable[Span], lane: str, height: int, scale: float) -> Iterator[str]:
    top = LANES[lane]
    for number, span in enumerate(spans):
        x, width = LEFT + span.start * scale, max((span.end - span.start) * scale, 2.0)
        clip = f"{lane}{number}"
        yield (
            f'<clipPath id="{clip}"><rect x="{x:.1f}" y="{top}" width="{width:.1f}"'
            f' height="{height}"/></clipPath>'
            f'<rect x="{x + 1:.1f}" y="{top}" width="{max(width - 2, 1):.1f}" height="{height}"'
            f' rx="4" fill="{COLOURS[lane]}" fill-opacity="0.14"><title>{escape(span.text)}</title>'
            f'</rect><g clip-path="url(#{clip})">{_text(x + 8, top + 20, span.text, lane)}</g>'
        )


def _captions(spans: Iterable[Span], lane: str, scale: float) -> Iterator[str]:
    """What was said, above the envelope, each on the first of two rows where it fits."""
    free = [0.0, 0.0]
    for span in spans:
        x, end = LEFT + span.start * scale, LEFT + span.end * scale
        row = next((n for n, until in enumerate(free) if until <= x), len(free) - 1)
        room = max(end - x, 90.0)
        free[row] = x + room
        y = LANES[lane] + 2 + 88 * row
        yield (
            f'<line x1="{x:.1f}" x2="{end:.1f}" y1="{LANES[lane] + 44}" y2="{LANES[lane] + 44}"'
            f' stroke="{COLOURS[lane]}" stroke-width="2" stroke-opacity="0.5"/>'
        )
        yield _text(x, y, _fitted(span.text, room), lane, size=12)
        if span.cut:
            yield (
                f'<line x1="{end:.1f}" x2="{end:.1f}" y1="{LANES[lane] + 8}"'
                f' y2="{LANES[lane] + 80}" stroke="{COLOURS["keys"]}" stroke-dasharray="3 3"/>'
            )
            yield _text(end + 4, LANES[lane] + 78, "barge-in", "keys", size=11)


def _fitted(text: str, room: float) -> str:
    """As much of the text as fits into `room` pixels at 12 px (Mandarin characters are square)."""
    used = 0.0
    for index, character in enumerate(text):
        used += 12.0 if ord(character) > 0x2E80 else 6.4
        if used > room:
            return text[: max(index - 1, 1)] + "…"
    return text


def _keys(times: Iterable[float], scale: float) -> Iterator[str]:
    for at in times:
        x = LEFT + at * scale
        yield f'<circle cx="{x:.1f}" cy="{LANES["keys"] + 15}" r="6" fill="{COLOURS["keys"]}"/>'


def _envelope(
    samples: NDArray[np.int16], lane: str, middle: float, scale: float, half: float = 30.0
) -> Iterator[str]:
    """The loudness of each two pixels as a mirrored outline, on a square-root scale."""
    if not len(samples):
        return
    step = max(int(2 / scale * SAMPLE_RATE), 1)
    count = len(samples) // step
    blocks = np.abs(samples[: count * step].astype(np.float64)).reshape(count, step)
    heights = np.sqrt(blocks.max(axis=1) / 32768.0) * half
    xs = LEFT + np.arange(count) * step / SAMPLE_RATE * scale
    upper = [f"{x:.1f},{middle - h:.1f}" for x, h in zip(xs, heights, strict=True)]
    lower = [f"{x:.1f},{middle + h:.1f}" for x, h in zip(xs, heights, strict=True)]
    points = " ".join([*upper, *reversed(lower)])
    yield f'<polygon points="{points}" fill="{COLOURS[lane]}" fill-opacity="0.45"/>'
