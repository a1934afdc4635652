"""Script reader: the YAML text of conversations -> Conversations, every fault with its place."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ivr.dialogue.engine import KEYS
from ivr.dialogue.simulator import LookupAnswer
from ivr.errors import FlowError
from ivr.flow.issues import Issue, Place, Severity
from ivr.flow.yaml_tree import Listing, Scalar, Table, Tree, read_tree
from ivr.ports import TransferOutcome
from ivr.rehearsal.script import Conversation, Expected, Keys, Speech, Step

EXPECTATIONS = (
    "text", "pattern", "absent", "node", "slots", "language", "intent", "queue", "exit",
    "transfer", "issue", "whisper", "context", "ended", "why", "within_ms",
)  # fmt: skip
"""What `expect` may name."""

SPELLINGS = {"hears": "text", "slot": "slots"}
MAPPINGS = frozenset({"slots", "context"})
LISTS = frozenset({"text", "absent", "whisper", "transfer", "exit"})
NUMBERS = ("caller", "called")
SETTINGS = ("flow", "as", "now", "language", "mock", "audio", "callbacks")
"""What a file says for all its conversations, and each of them for itself."""

TRUE = ("true", "yes", "on")
MAX_CONVERSATIONS = 5000
MAX_STEPS = 500
MAX_SECONDS = 3600.0


def read_script(text: str, file: str) -> tuple[Conversation, ...]:
    """The conversations of one file.

    Raises:
        FlowError: with every fault of the file.
    """
    reading = _Reading(file)
    tree = read_tree(text, file, reading.fault)
    found = reading.conversations(tree) if tree is not None or not reading.issues else ()
    if reading.issues:
        raise FlowError(reading.issues)
    return found


class _Reading:
    def __init__(self, file: str) -> None:
        self.file = file
        self.issues: list[Issue] = []

    def fault(self, code: str, place: Place, message: str) -> None:
        at = (place.file, place.line, place.column)
        self.issues.append(Issue(code, Severity.ERROR, *at, "", message))

    def bad(self, place: Place, message: str) -> None:
        self.fault("bad-test", place, message)

    def conversations(self, tree: Tree | None) -> tuple[Conversation, ...]:
        listing = tree.entries.get("conversations") if isinstance(tree, Table) else None
        if not isinstance(tree, Table) or not isinstance(listing, Listing):
            self.bad(Place(self.file), 'a test file is a mapping with "conversations:", a list')
            return ()
        self._only(tree, (*SETTINGS, "conversations"))
        shared = self._settings(tree)
        if len(listing.items) > MAX_CONVERSATIONS:
            self.bad(listing.place, f"more than {MAX_CONVERSATIONS} conversations in one file")
        found = tuple(
            one
            for item in listing.items[:MAX_CONVERSATIONS]
            if (one := self._conversation(item, shared)) is not None
        )
        self._names(found)
        return found

    def _names(self, found: Sequence[Conversation]) -> None:
        seen: dict[str, Place] = {}
        for one in found:
            if one.name in seen:
                self.bad(one.place, f'"{one.name}" stands already at line {seen[one.name].line}')
            seen.setdefault(one.name, one.place)

    def _settings(self, table: Table) -> dict[str, Any]:
        """What a file and a conversation may both say."""
        found: dict[str, Any] = {}
        for name in ("flow", "language", "now"):
            if (tree := table.entries.get(name)) is not None:
                found[name] = self._text(tree)
        if (tree := table.entries.get("audio")) is not None:
            found["audio"] = self._text(tree).lower() in TRUE
        if (tree := table.entries.get("callbacks")) is not None:
            found["callbacks"] = self._text(tree).lower() in TRUE
        if (tree := table.entries.get("as")) is not None:
            found |= self._caller(tree)
        if (tree := table.entries.get("mock")) is not None:
            found["mocks"] = self.mocks(tree)
        return found

    def _caller(self, tree: Tree) -> dict[str, Any]:
        """The caller's number and the one called; all else is what is known of the caller."""
        found: dict[str, Any] = {"profile": {}}
        for key, inner in self._table(tree).entries.items():
            if key in NUMBERS:
                found[key] = self._text(inner)
            elif isinstance(inner, Table):
                known = {f"{key}.{name}": _plain(one) for name, one in inner.entries.items()}
                found["profile"] |= known
            else:
                found["profile"][key] = _plain(inner)
        for key, value in found["profile"].items():
            if not isinstance(value, str | int | float | bool):
                self.bad(tree.place, f'"{key}" of a caller is a text, number or flag')
        return found

    def _conversation(self, tree: Tree, shared: Mapping[str, Any]) -> Conversation | None:
        if not isinstance(tree, Table):
            self.bad(tree.place, 'a conversation is a mapping with "name" and "steps"')
            return None
        self._only(tree, ("name", *SETTINGS, "caller", "steps"))
        name, steps = tree.entries.get("name"), tree.entries.get("steps")
        if not isinstance(name, Scalar) or not isinstance(steps, Listing):
            self.bad(tree.place, 'a conversation has a "name" and a list of "steps"')
            return None
        own = self._settings(tree)
        if (caller := tree.entries.get("caller")) is not None:
            own["caller"] = self._text(caller)
        mocks = {**shared.get("mocks", {}), **own.get("mocks", {})}
        said = {"flow": "", **shared, **own, "mocks": mocks}
        if len(steps.items) > MAX_STEPS:
            self.bad(steps.place, f"more than {MAX_STEPS} steps in one conversation")
        taken = [self._step(item) for item in steps.items[:MAX_STEPS]]
        return Conversation(
            name=name.text,
            steps=tuple(step for step in taken if step is not None),
            place=tree.place,
            **said,
        )

    def _step(self, tree: Tree) -> Step | None:
        if not isinstance(tree, Table) or len(tree.entries) != 1:
            self.bad(tree.place, f"a step is one of {', '.join(STEPS)}")
            return None
        ((kind, value),) = tree.entries.items()
        if kind not in STEPS:
            self.bad(tree.place, f'"{kind}" is no step; a step is one of {", ".join(STEPS)}')
            return None
        return Step(kind, STEPS[kind](self, value), tree.places[kind])

    # -- what the caller does ------------------------------------------------------------------

    def speech(self, tree: Tree) -> Speech:
        if isinstance(tree, Scalar):
            return Speech(tree.text)
        table = self._table(tree, ("say", "confidence", "barge_in"))
        confidence = self._number(table, "confidence", 1.0, 1.0)
        return Speech(self._needed(table, "say"), confidence, self._barge_in(table))

    def keys(self, tree: Tree) -> Keys:
        if isinstance(tree, Scalar):
            found = Keys(tree.text)
        else:
            table = self._table(tree, ("keys", "barge_in"))
            found = Keys(self._needed(table, "keys"), self._barge_in(table))
        if not set(found.keys) <= KEYS:
            self.bad(tree.place, "keys are 0-9, *, # and A-D")
        return found

    def seconds(self, tree: Tree) -> float:
        try:
            found = float(self._text(tree))
        except ValueError:
            found = -1.0
        if not 0 <= found <= MAX_SECONDS:
            self.bad(tree.place, f"silence is a number of seconds, 0 to {MAX_SECONDS:g}")
            return 0.0
        return found

    def nothing(self, tree: Tree) -> None:
        return None

    # -- what the world does -------------------------------------------------------------------

    def outcome(self, tree: Tree) -> TransferOutcome:
        try:
            return TransferOutcome(self._text(tree))
        except ValueError:
            self.bad(tree.place, f"a transfer ends as one of {', '.join(TransferOutcome)}")
            return TransferOutcome.FAILED

    def order(self, tree: Tree) -> tuple[str, str]:
        table = self._table(tree, ("goto", "transfer", "hangup"))
        if len(table.entries) != 1:
            self.bad(tree.place, "an order is one of goto, transfer, hangup")
            return "hangup", ""
        ((kind, argument),) = table.entries.items()
        return kind, self._text(argument)

    def mocks(self, tree: Tree) -> dict[str, LookupAnswer]:
        """Lookup -> its answer, or only the failure exit."""
        table = self._table(tree)
        return {name: self._mock(inner) for name, inner in table.entries.items()}

    def _mock(self, tree: Tree) -> LookupAnswer:
        if isinstance(tree, Scalar):
            return LookupAnswer(tree.text)
        table = self._table(tree, ("exit", "values", "after"))
        values = table.entries.get("values")
        answer = _plain(values) if isinstance(values, Table) else {}
        after = table.entries.get("after")
        return LookupAnswer(
            self._text(table.entries["exit"]) if "exit" in table.entries else "ok",
            answer,
            self.seconds(after) if after is not None else LookupAnswer().seconds,
        )

    # -- what is expected ----------------------------------------------------------------------

    def expected(self, tree: Tree) -> tuple[Expected, ...]:
        if isinstance(tree, Scalar):
            return (Expected("text", (tree,), {}, tree.place),)
        table = self._table(tree, (*EXPECTATIONS, *SPELLINGS))
        return tuple(
            self._expectation(SPELLINGS.get(key, key), inner, table.places[key])
            for key, inner in table.entries.items()
        )

    def _expectation(self, key: str, tree: Tree, place: Place) -> Expected:
        if key in MAPPINGS:
            inner = self._table(tree)
            entries = {name: one for name, one in inner.entries.items() if isinstance(one, Scalar)}
            if len(entries) != len(inner.entries):
                self.bad(place, f'"{key}" maps names to single values')
            return Expected(key, (), entries, place)
        items = tree.items if isinstance(tree, Listing) and key in LISTS else (tree,)
        values = tuple(item for item in items if isinstance(item, Scalar))
        if len(values) != len(items):
            self.bad(place, f'"{key}" is a text' + (" or a list of texts" if key in LISTS else ""))
        elif key == "within_ms" and not values[0].text.isdigit():
            self.bad(place, '"within_ms" is a whole number of milliseconds')
        return Expected(key, values, {}, place)

    # -- the small things ----------------------------------------------------------------------

    def _table(self, tree: Tree, known: Sequence[str] = ()) -> Table:
        if not isinstance(tree, Table):
            wanted = f" with {', '.join(known)}" if known else ""
            self.bad(tree.place, f"here stands a mapping{wanted}")
            return Table({}, {}, tree.place)
        if known:
            self._only(tree, known)
        return tree

    def _only(self, table: Table, known: Sequence[str]) -> None:
        for key in table.entries:
            if key not in known:
                self.bad(table.places[key], f'"{key}" is not known here; {", ".join(known)} are')

    def _text(self, tree: Tree) -> str:
        if isinstance(tree, Scalar):
            return tree.text
        self.bad(tree.place, "here stands a single value")
        return ""

    def _needed(self, table: Table, key: str) -> str:
        if key not in table.entries:
            self.bad(table.place, f'"{key}" is missing')
            return ""
        return self._text(table.entries[key])

    def _number(self, table: Table, key: str, default: float, most: float) -> float:
        tree = table.entries.get(key)
        if tree is None:
            return default
        try:
            found = float(self._text(tree))
        except ValueError:
            found = -1.0
        if not 0 <= found <= most:
            self.bad(tree.place, f'"{key}" is a number from 0 to {most:g}')
        return found

    def _barge_in(self, table: Table) -> float | bool:
        tree = table.entries.get("barge_in")
        if isinstance(tree, Scalar) and tree.tag == "bool":
            return tree.text.lower() in TRUE
        return self._number(table, "barge_in", 0.0, MAX_SECONDS) if tree is not None else False


STEPS: Mapping[str, Callable[[_Reading, Tree], Any]] = {
    "caller": _Reading.speech,
    "dtmf": _Reading.keys,
    "silence": _Reading.seconds,
    "hangup": _Reading.nothing,
    "transfer": _Reading.outcome,
    "order": _Reading.order,
    "mock": _Reading.mocks,
    "expect": _Reading.expected,
}
"""Each kind of step and what reads its value."""


def _plain(tree: Tree) -> Any:
    """A tree as the plain values that YAML takes it for."""
    if isinstance(tree, Table):
        return {key: _plain(inner) for key, inner in tree.entries.items()}
    if isinstance(tree, Listing):
        return [_plain(inner) for inner in tree.items]
    if tree.tag == "bool":
        return tree.text.lower() in TRUE
    if tree.tag == "null":
        return None
    if tree.tag in ("int", "float"):
        try:
            value = float(tree.text)
        except ValueError:
            return tree.text
        return int(value) if tree.tag == "int" else value
    return tree.text
