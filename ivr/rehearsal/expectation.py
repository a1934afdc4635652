"""Expectation: compares what an `expect` names with what happened in the call."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ivr.dialogue.actions import Action, EnterNode, Explain
from ivr.dialogue.events import Event
from ivr.dialogue.exits import ExitTo
from ivr.dialogue.simulator import Line
from ivr.dialogue.state import State
from ivr.flow.issues import Place
from ivr.flow.need import Need
from ivr.flow.yaml_tree import Scalar
from ivr.rehearsal.script import Expected
from ivr.rehearsal.stage import Stage

WHY_LINES = 4
"""How many of the latest reasons `why` looks at."""

QueueOf = Callable[[Need, str], str]
"""The name of the queue that a need in a language leads to."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Something went otherwise. `scalar` is the value in the file that was not met.

    `better` is what would have been met, or None where no single value can say it.
    """

    what: str
    expected: str
    got: str
    place: Place
    scalar: Scalar | None = None
    better: str | None = None

    def __str__(self) -> str:
        where = f"{self.place.file}:{self.place.line}"
        return f"{where}: {self.what}: expected {self.expected}, got {self.got}"


@dataclass(slots=True)
class Scene:
    """What is looked at: the call, and where in it the caller's last step was.

    `since_line` and `since_log` count lines and log entries before that step; `since_time` is
    when the caller's step was over.
    """

    stage: Stage
    queue_of: QueueOf | None = None
    since_line: int = 0
    since_log: int = 0
    since_time: float = 0.0

    @property
    def heard(self) -> str:
        """What the bot has said since the caller's last step."""
        lines = self.stage.lines[self.since_line :]
        return " ".join(line.text for line in lines if line.who == "bot")

    @property
    def exits(self) -> list[ExitTo]:
        """The exits taken since then; only a `traced` book tells them."""
        recent = self.stage.log[self.since_log :]
        entered = (what.node for _, what in recent if isinstance(what, EnterNode))
        return [node for node in entered if isinstance(node, ExitTo)]


def failures(scene: Scene, expected: tuple[Expected, ...]) -> list[Failure]:
    """Everything of one `expect` that is not so; empty if all is."""
    return [failure for one in expected for failure in _CHECKS[one.key](scene, one)]


def quoted(value: object) -> str:
    return "nothing" if value is None or value == "" else f'"{value}"'


def _texts(expected: Expected, heard: str, what: str) -> Iterator[Failure]:
    for scalar in expected.values:
        if scalar.text not in heard:
            yield Failure(
                what, quoted(scalar.text), quoted(heard), scalar.place, scalar, heard or None
            )


def _text(scene: Scene, expected: Expected) -> Iterator[Failure]:
    return _texts(expected, scene.heard, "text")


def _pattern(scene: Scene, expected: Expected) -> Iterator[Failure]:
    (scalar,) = expected.values
    try:
        met = re.search(scalar.text, scene.heard)
    except re.error as error:
        yield Failure("pattern", quoted(scalar.text), f"no pattern: {error}", scalar.place)
        return
    if not met:
        yield Failure("pattern", quoted(scalar.text), quoted(scene.heard), scalar.place)


def _absent(scene: Scene, expected: Expected) -> Iterator[Failure]:
    for scalar in expected.values:
        if scalar.text in scene.heard:
            want = f"{quoted(scalar.text)} not to be said"
            yield Failure("absent", want, quoted(scene.heard), scalar.place)


def _same(what: str, of: Callable[[State], object]) -> "_Check":
    def check(scene: Scene, expected: Expected) -> Iterator[Failure]:
        (scalar,) = expected.values
        yield from _differs(what, scalar, of(scene.stage.state))

    return check


def _differs(what: str, scalar: Scalar, got: object) -> Iterator[Failure]:
    text = as_text(got)
    if scalar.text != text:
        yield Failure(what, quoted(scalar.text), quoted(text), scalar.place, scalar, text)


def as_text(value: object) -> str:
    """A value of the call as a test writes it."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _slots(scene: Scene, expected: Expected) -> Iterator[Failure]:
    for name, scalar in expected.entries.items():
        yield from _differs(f"slot {name}", scalar, scene.stage.state.slots.get(name))


def _within(scene: Scene, expected: Expected) -> Iterator[Failure]:
    (scalar,) = expected.values
    answered = first_answer(scene)
    if answered is None:
        yield Failure("within_ms", f"an answer within {scalar.text} ms", "none", scalar.place)
        return
    took = round(1000 * (answered - scene.since_time))
    if took > int(scalar.text):
        yield Failure("within_ms", f"an answer within {scalar.text} ms", f"{took} ms", scalar.place)


def first_answer(scene: Scene) -> float | None:
    """When the bot first spoke after the caller's step."""
    lines: list[Line] = [
        line for line in scene.stage.lines[scene.since_line :] if line.who == "bot"
    ]
    return max(scene.since_time, lines[0].at) if lines else None


def _exit(scene: Scene, expected: Expected) -> Iterator[Failure]:
    taken = [(way.exit, f"{way.node}.{way.exit}") for way in scene.exits]
    for scalar in expected.values:
        if not any(scalar.text in names for names in taken):
            got = ", ".join(full for _, full in taken)
            better = taken[0][1] if taken else None
            yield Failure("exit", quoted(scalar.text), quoted(got), scalar.place, scalar, better)


def _ended(scene: Scene, expected: Expected) -> Iterator[Failure]:
    (scalar,) = expected.values
    state = scene.stage.state
    yield from _differs("ended", scalar, state.outcome if state.ended else "")


def _why(scene: Scene, expected: Expected) -> Iterator[Failure]:
    (scalar,) = expected.values
    why = reasons(scene.stage.log)[-WHY_LINES:]
    if not any(scalar.text in line for line in why):
        yield Failure("why", quoted(scalar.text), quoted("; ".join(why)), scalar.place)


def reasons(log: Iterable[tuple[float, Event | Action]]) -> list[str]:
    """Every reason the dialogue gave, in order."""
    return [what.text for _, what in log if isinstance(what, Explain)]


# -- transfers -----------------------------------------------------------------------------------


def _transfer(scene: Scene, expected: Expected) -> Iterator[Failure]:
    under_way = scene.stage.transfer
    for scalar in expected.values:
        if under_way is None:
            yield Failure("transfer", quoted(scalar.text), "no transfer", scalar.place)
        elif scalar.text not in under_way.need.skills:
            got = ", ".join(under_way.need.skills)
            first = next(iter(under_way.need.skills), None)
            yield Failure("transfer", quoted(scalar.text), quoted(got), scalar.place, scalar, first)


def _queue(scene: Scene, expected: Expected) -> Iterator[Failure]:
    (scalar,) = expected.values
    under_way = scene.stage.transfer
    if scene.queue_of is None:
        yield Failure("queue", quoted(scalar.text), "no agents file to choose by", scalar.place)
    elif under_way is None:
        yield Failure("queue", quoted(scalar.text), "no transfer", scalar.place)
    else:
        yield from _differs(
            "queue", scalar, scene.queue_of(under_way.need, scene.stage.state.language)
        )


def _issue(scene: Scene, expected: Expected) -> Iterator[Failure]:
    (scalar,) = expected.values
    under_way = scene.stage.transfer
    yield from _differs("issue", scalar, under_way.need.issue if under_way else None)


def _whisper(scene: Scene, expected: Expected) -> Iterator[Failure]:
    under_way = scene.stage.transfer
    said = " ".join(one.text for one in under_way.whisper) if under_way else ""
    return _texts(expected, said, "whisper")


def _context(scene: Scene, expected: Expected) -> Iterator[Failure]:
    under_way = scene.stage.transfer
    context: Mapping[str, str] = under_way.context if under_way else {}
    for name, scalar in expected.entries.items():
        yield from _differs(f"context {name}", scalar, context.get(name))


_Check = Callable[[Scene, Expected], Iterator[Failure]]

_CHECKS: Mapping[str, _Check] = {
    "text": _text,
    "pattern": _pattern,
    "absent": _absent,
    "node": _same("node", lambda state: state.node),
    "slots": _slots,
    "language": _same("language", lambda state: state.language),
    "intent": _same("intent", lambda state: state.intent),
    "queue": _queue,
    "exit": _exit,
    "transfer": _transfer,
    "issue": _issue,
    "whisper": _whisper,
    "context": _context,
    "ended": _ended,
    "why": _why,
    "within_ms": _within,
}

__all__ = ["Failure", "QueueOf", "Scene", "failures", "first_answer", "quoted", "reasons"]
