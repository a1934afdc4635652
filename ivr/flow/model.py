"""Flow: one menu as data, and FlowBook: all the flows a call may walk through."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.errors import FlowError
from ivr.flow.budget import Budget
from ivr.flow.calendars import Calendar
from ivr.flow.formulas import Formula
from ivr.flow.issues import Issue, Place, Severity
from ivr.flow.nodes.base import Goto, Node, Phrases, no_phrases
from ivr.flow.nodes.lookup import HttpAction
from ivr.flow.prompts import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something a caller may say or press at any question.

    `name` is repeat, back, help, main_menu, operator, or free; those that lead somewhere have a
    `goto`; those that change the language have a `language`.
    """

    name: str
    place: Place
    key: str = ""
    phrases: Phrases = field(default_factory=no_phrases)
    goto: Goto | None = None
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One menu. `languages[0]` is its default language; `start` its first node.

    `slot_types` maps each slot and variable to its type, `prompts` each prompt's name to it.
    `labels` maps a slot filled by choosing to where the choices' labels are named.
    `variables` holds first values; `parameters` are the variables a calling flow may fill.
    """

    name: str
    place: Place
    languages: tuple[str, ...]
    start: Goto
    nodes: Mapping[str, Node]
    commands: tuple[Command, ...] = ()
    slot_types: Mapping[str, str] = field(default_factory=dict)
    prompts: Mapping[str, Prompt] = field(default_factory=dict)
    variables: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    parameters: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    lookups: Mapping[str, HttpAction] = field(default_factory=dict)
    formulas: tuple[Formula, ...] = ()
    budget: Budget = field(default_factory=Budget)
    did_you_mean: Prompt
    """Asks whether an unsure choice was right; its blank is `{choice}`."""

    follow_up: Prompt
    """Offers a wish that was named beside another one; its blank is `{choice}`."""

    did_you_say: Prompt
    """Asks whether an unsure value was right; its blank is `{value}`."""

    apology: Prompt
    """Said when the flow itself failed."""

    unread: frozenset[str] = frozenset()
    """Nodes that are written but could not be read; a flow with any is never used."""

    def command(self, name: str) -> Command | None:
        return next((command for command in self.commands if command.name == name), None)


@dataclass(frozen=True, slots=True)
class IntentFile:
    """The intent model beside the flows, as it is on disk; what it says is for the dialogue."""

    file: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FlowBook:
    """Flows by name. `version` is a hash of their texts and of the intent model beside them.

    `issues` holds warnings only.
    """

    flows: Mapping[str, Flow]
    version: str
    issues: tuple[Issue, ...] = ()
    intents: IntentFile | None = None
    memo: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What the dialogue has worked out from these flows alone; it goes when the book goes."""

    def flow(self, name: str) -> Flow:
        """The flow of that name.

        Raises:
            FlowError: if there is none.
        """
        found = self.flows.get(name)
        if found is None:
            known = ", ".join(self.flows) or "none"
            message = f'there is no flow "{name}"; known: {known}'
            raise FlowError([Issue("unknown-flow", Severity.ERROR, "", 0, 0, "", message)])
        return found

    def __iter__(self) -> Iterator[Flow]:
        return iter(self.flows.values())
