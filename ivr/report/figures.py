"""Report: every figure of one window, as frozen rows; rates are shares from 0 to 1."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.report.tallies import Period, Rules, Service, share
from ivr.report.window import Window

BANDS = (0, 30, 60, 120, 300, 600)
"""Where bands of announced waits begin, in seconds."""


@dataclass(frozen=True, slots=True)
class AgentFigures:
    """One agent: calls answered, and mean seconds of talk and of the wait before it."""

    agent: str
    calls: int
    talked: float
    talk: float | None
    answer: float


@dataclass(frozen=True, slots=True)
class Repeats:
    """Callers who came back. Calls without a number count nowhere here.

    `again` are calls within a day after an earlier one of the same caller.
    """

    calls: int = 0
    callers: int = 0
    repeaters: int = 0
    again: int = 0

    @property
    def repeat_rate(self) -> float | None:
        return share(self.repeaters, self.callers)

    @property
    def again_rate(self) -> float | None:
        return share(self.again, self.calls)


@dataclass(frozen=True, slots=True)
class Band:
    """Callers told a wait from `least` seconds on: how many, told and waited on average."""

    least: int
    calls: int
    told: float
    waited: float


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Announced waits against true ones, over the answered who were told a time; seconds.

    `bias` is true minus told on average: above 0, people waited longer than they were told.
    """

    calls: int = 0
    bias: float | None = None
    median_error: float | None = None
    bands: tuple[Band, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeFigures:
    """One node: `calls` that came there, `entered` as often, `ended` there.

    `left_by` are the nodes that came next with how often, most first; `median` is in seconds.
    """

    flow: str
    node: str
    calls: int
    entered: int
    ended: int
    noinputs: int
    nomatches: int
    median: float
    left_by: tuple[tuple[str, int], ...] = ()

    @property
    def nomatch_rate(self) -> float:
        """Not understood, for each time it was entered."""
        return self.nomatches / self.entered

    @property
    def noinput_rate(self) -> float:
        """Silences, for each time it was entered."""
        return self.noinputs / self.entered


@dataclass(frozen=True, slots=True)
class WaitBar:
    """Waits of one length in whole seconds."""

    seconds: int
    answered: int
    abandoned: int


@dataclass(frozen=True, slots=True)
class Report:
    """All of it. `days` go by local date and `hours` by local hour of the day, without gaps."""

    window: Window
    rules: Rules = field(default_factory=Rules)
    queue: str = ""
    total: Period = field(default_factory=Period)
    days: Mapping[str, Period] = field(default_factory=dict)
    hours: Mapping[int, Period] = field(default_factory=dict)
    queues: Mapping[str, Service] = field(default_factory=dict)
    transfers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    agents: tuple[AgentFigures, ...] = ()
    outcomes: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    repeats: Repeats = Repeats()
    accuracy: Accuracy = Accuracy()
    nodes: tuple[NodeFigures, ...] = ()
    waits: tuple[WaitBar, ...] = ()

    def worst_nodes(self, most: int = 5) -> tuple[NodeFigures, ...]:
        """The nodes in which callers were misunderstood most often."""
        failing = [node for node in self.nodes if node.nomatches]
        return tuple(sorted(failing, key=lambda node: -node.nomatches)[:most])
