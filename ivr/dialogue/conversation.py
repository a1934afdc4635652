"""Conversation: a written call (what the caller does, what is expected) run by the simulator."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ivr.dialogue import actions
from ivr.dialogue.simulator import DEFAULT_NOW, Simulator
from ivr.flow.model import FlowBook

EXPECTATIONS = (
    "node", "hears", "absent", "language", "slots", "intent", "transfer", "whisper", "issue",
    "context", "ended", "why",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Conversation:
    """One call as it should go. `steps` are single-entry mappings in their order.

    The caller's steps: `caller` (a text, or a mapping with `say`, `confidence`, `barge_in`),
    `dtmf` (keys, or a mapping with `keys`, `barge_in`), `silence` (seconds), `hangup`. The world's:
    `transfer` (an outcome), `order` (one kind and its argument). `expect` is a mapping with some of
    `EXPECTATIONS`.
    """

    name: str
    flow: str
    steps: Sequence[Mapping[str, Any]]
    caller: str = ""
    now: str = DEFAULT_NOW


@dataclass(slots=True)
class Run:
    """A conversation that has been run; no `failures` means that all went as written."""

    simulator: Simulator
    failures: list[str] = field(default_factory=list)
    heard_from: int = 0

    @property
    def heard(self) -> str:
        """What the bot has said since the caller's last step."""
        lines = self.simulator.lines[self.heard_from :]
        return " ".join(line.text for line in lines if line.who == "bot")


def conversation_of(written: Mapping[str, Any], flow: str) -> Conversation:
    """A conversation as it stands in a file.

    Raises:
        ValueError: if it is not of the described form.
    """
    unknown = written.keys() - {"name", "flow", "steps", "caller", "now"}
    if unknown or "name" not in written or not isinstance(written.get("steps"), list):
        raise ValueError(f"a conversation has name and steps; unknown: {sorted(unknown)}")
    for number, step in enumerate(written["steps"], 1):
        if not isinstance(step, Mapping) or len(step) != 1 or next(iter(step)) not in _STEPS:
            raise ValueError(f"{written['name']}: step {number} is one of {', '.join(_STEPS)}")
        expected = step.get("expect", {})
        if not isinstance(expected, Mapping) or expected.keys() - set(EXPECTATIONS):
            raise ValueError(f"{written['name']}: step {number}: expect {', '.join(EXPECTATIONS)}")
    return Conversation(
        str(written["name"]),
        str(written.get("flow", flow)),
        written["steps"],
        str(written.get("caller", "")),
        str(written.get("now", DEFAULT_NOW)),
    )


def run(book: FlowBook, conversation: Conversation) -> Run:
    """Run a conversation to its end; every expectation that fails is noted, none stops it."""
    simulator = Simulator(book, conversation.flow, caller=conversation.caller, now=conversation.now)
    done = Run(simulator)
    simulator.start()
    for number, step in enumerate(conversation.steps, 1):
        ((kind, value),) = step.items()
        if kind == "expect":
            simulator.until_turn()
            done.failures += [f"step {number}: {fault}" for fault in _faults(done, value)]
        else:
            if kind not in ("order", "transfer"):
                simulator.until_turn() if not _barges(value) else None
            done.heard_from = len(simulator.lines)
            _STEPS[kind](simulator, value)
    return done


def _barges(value: object) -> bool:
    return isinstance(value, Mapping) and bool(value.get("barge_in"))


def _say(simulator: Simulator, value: Any) -> None:
    if isinstance(value, Mapping):
        simulator.say(
            str(value["say"]),
            confidence=float(value.get("confidence", 1.0)),
            barge_in=bool(value.get("barge_in", False)),
        )
    else:
        simulator.say(str(value))


def _press(simulator: Simulator, value: Any) -> None:
    if isinstance(value, Mapping):
        simulator.press(str(value["keys"]), barge_in=bool(value.get("barge_in", False)))
    else:
        simulator.press(str(value))


def _order(simulator: Simulator, value: Any) -> None:
    ((kind, argument),) = dict(value).items()
    simulator.order(str(kind), str(argument))


_STEPS: dict[str, Callable[[Simulator, Any], None]] = {
    "caller": _say,
    "dtmf": _press,
    "silence": lambda simulator, value: simulator.wait(float(value)),
    "hangup": lambda simulator, value: simulator.hang_up(),
    "transfer": lambda simulator, value: simulator.end_transfer(str(value)),
    "order": _order,
    "expect": lambda simulator, value: None,
}


def _faults(done: Run, expected: Mapping[str, Any]) -> list[str]:
    simulator, state = done.simulator, done.simulator.state
    faults = []

    def differ(what: str, want: object, got: object) -> None:
        if want != got:
            faults.append(f"{what}: expected {want!r}, got {got!r}")

    heard = done.heard
    for text in _texts(expected.get("hears")):
        if text not in heard:
            faults.append(f"hears: {text!r} is not in {heard!r}")
    for text in _texts(expected.get("absent")):
        if text in heard:
            faults.append(f"absent: {text!r} is in {heard!r}")
    for name in ("node", "language", "intent"):
        if name in expected:
            differ(name, expected[name], getattr(state, name))
    for slot, value in expected.get("slots", {}).items():
        differ(f"slot {slot}", value, state.slots.get(slot))
    if "ended" in expected:
        differ("ended", expected["ended"], state.outcome if state.ended else "")
    if "why" in expected:
        why = [a.text for _, a in simulator.log if isinstance(a, actions.Explain)]
        if not any(expected["why"] in line for line in why[-4:]):
            faults.append(f"why: {expected['why']!r} is not in {why[-4:]!r}")
    return faults + _transfer_faults(simulator, expected)


def _transfer_faults(simulator: Simulator, expected: Mapping[str, Any]) -> list[str]:
    if not expected.keys() & {"transfer", "whisper", "issue", "context"}:
        return []
    transfer = simulator.transfer
    if transfer is None:
        return ["transfer: none is under way"]
    faults = []
    for skill in _texts(expected.get("transfer")):
        if skill not in transfer.need.skills:
            faults.append(f"transfer: no skill {skill!r} in {dict(transfer.need.skills)}")
    if expected.get("issue", transfer.need.issue) != transfer.need.issue:
        faults.append(f"issue: expected {expected['issue']!r}, got {transfer.need.issue!r}")
    whisper = " ".join(segment.text for segment in transfer.whisper)
    for text in _texts(expected.get("whisper")):
        if text not in whisper:
            faults.append(f"whisper: {text!r} is not in {whisper!r}")
    for name, value in expected.get("context", {}).items():
        if transfer.context.get(name) != value:
            got = transfer.context.get(name)
            faults.append(f"context {name}: expected {value!r}, got {got!r}")
    return faults


def _texts(value: object) -> list[str]:
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
