"""Suite: plays every conversation of some test files and counts what they covered."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from ivr.dialogue.coverage import Coverage, FlowCoverage
from ivr.dialogue.exits import traced
from ivr.errors import FlowError
from ivr.flow.issues import Issue
from ivr.flow.library import load_book
from ivr.flow.model import FlowBook
from ivr.rehearsal.expectation import Failure, QueueOf
from ivr.rehearsal.files import TestFile
from ivr.rehearsal.performance import Performance, perform, typed_stage
from ivr.rehearsal.script import Conversation
from ivr.rehearsal.script_reader import read_script
from ivr.rehearsal.stage import Stage

StageFor = Callable[[FlowBook, Conversation], Stage]
QueuesFor = Callable[[FlowBook], QueueOf | None]


@dataclass(frozen=True, slots=True)
class Result:
    """One conversation played. `seconds` is real time, `performance` what happened."""

    file: Path
    performance: Performance
    seconds: float

    @property
    def name(self) -> str:
        return self.performance.conversation.name

    @property
    def failures(self) -> list[Failure]:
        return self.performance.failures

    @property
    def passed(self) -> bool:
        return not self.performance.failures


@dataclass(slots=True)
class Suite:
    """Everything that was played, and what it covered of each flow file or folder.

    `left_out` counts conversations that this kind of stage cannot play.
    """

    results: list[Result] = field(default_factory=list)
    coverages: dict[Path, tuple[FlowCoverage, ...]] = field(default_factory=dict)
    seconds: float = 0.0
    left_out: int = 0

    @property
    def failed(self) -> list[Result]:
        return [result for result in self.results if not result.passed]

    @property
    def covered(self) -> list[FlowCoverage]:
        return [one for found in self.coverages.values() for one in found]


def run_suite(
    files: Iterable[TestFile],
    *,
    only: str = "",
    fit: Callable[[Conversation], bool] = lambda conversation: True,
    stage_for: StageFor = typed_stage,
    queues_for: QueuesFor = lambda book: None,
    told: Callable[[Result], None] = lambda result: None,
) -> Suite:
    """Play every conversation whose name holds `only`; `told` hears of each as it is over.

    Those that do not `fit` are counted and left out.

    Raises:
        FlowError: with every fault of flows and test files, before anything is played.
        SettingsError: if a file cannot be read.
    """
    began = time.perf_counter()
    sheets = _read(list(files))
    suite = Suite()
    coverages = {sheet.flow: (sheet.book, Coverage()) for sheet in sheets}
    for sheet in sheets:
        queue_of = queues_for(sheet.book)
        for conversation in sheet.conversations:
            if only not in conversation.name:
                continue
            if not fit(conversation):
                suite.left_out += 1
                continue
            result = _play(sheet, conversation, stage_for, queue_of)
            coverages[sheet.flow][1].add(result.performance.stage.log, conversation.flow)
            suite.results.append(result)
            told(result)
    suite.coverages = {flow: covered.of(book) for flow, (book, covered) in coverages.items()}
    suite.seconds = time.perf_counter() - began
    return suite


def conversations_per_second(files: Iterable[TestFile], seconds: float = 1.0) -> float:
    """How many conversations of these files are played a second, one after another on one core.

    Reading flows and files does not count. Raises like `run_suite`.
    """
    sheets = _read(list(files))
    played, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        for sheet in sheets:
            for conversation in sheet.conversations:
                perform(conversation, typed_stage(sheet.book, conversation))
                played += 1
    return played / (time.perf_counter() - began)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One test file, read, with its flows."""

    path: Path
    flow: Path
    book: FlowBook
    conversations: tuple[Conversation, ...]


def _read(files: list[TestFile]) -> list[_Sheet]:
    issues: list[Issue] = []
    books: dict[Path, FlowBook] = {}
    for flow in dict.fromkeys(file.flow for file in files):
        try:
            books[flow] = traced(load_book(flow))
        except FlowError as error:
            issues += error.issues
    sheets = []
    for file in files:
        try:
            found = read_script(file.read(), str(file.path))
            if file.flow in books:
                sheets.append(_sheet(file, books[file.flow], found))
        except FlowError as error:
            issues += error.issues
    if issues:
        raise FlowError(issues)
    return sheets


def _sheet(file: TestFile, book: FlowBook, found: tuple[Conversation, ...]) -> _Sheet:
    """The file with the flow of each conversation filled in. Raises FlowError."""
    first = file.flow.stem if file.flow.stem in book.flows else next(iter(book.flows))
    named = tuple(replace(one, flow=one.flow or first) for one in found)
    for one in named:
        book.flow(one.flow)
    return _Sheet(file.path, file.flow, book, named)


def _play(
    sheet: _Sheet, conversation: Conversation, stage_for: StageFor, queue_of: QueueOf | None
) -> Result:
    began = time.perf_counter()
    performance = perform(conversation, stage_for(sheet.book, conversation), queue_of)
    return Result(sheet.path, performance, time.perf_counter() - began)


def by_file(results: Iterable[Result]) -> Iterator[tuple[Path, list[Result]]]:
    """Results together with the file they come from, in order."""
    grouped: dict[Path, list[Result]] = {}
    for result in results:
        grouped.setdefault(result.file, []).append(result)
    yield from grouped.items()
