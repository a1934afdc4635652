"""Library: flow files on disk -> FlowBook; the only room of `flow` that touches a file."""

import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePath
from threading import Lock

from ivr.errors import FlowError
from ivr.flow.issues import Issue, Severity, in_order
from ivr.flow.lint import lint_flow
from ivr.flow.lint_book import lint_book, lint_open_menus
from ivr.flow.model import Flow, FlowBook, IntentFile
from ivr.flow.read_holidays import FILE_NAMES as HOLIDAY_FILES
from ivr.flow.read_holidays import Holidays, read_holidays
from ivr.flow.reader import read_flow
from ivr.flow.terms import FILE_NAMES as TERM_FILES
from ivr.flow.terms import read_terms

MAX_FILES = 500
NOT_FLOWS = frozenset({"agents.yaml", "agents.yml", "intents.yaml", "intents.yml"})
"""Files beside the flows that other parts read."""

INTENTS = "intents.npz"
"""The intent model that `ivr intents train` writes beside the flows."""

MAX_INTENT_BYTES = 64 * 1024 * 1024

NOT_FLOW_FOLDERS = frozenset({"tests"})


def load_book(path: Path | str) -> FlowBook:
    """Read one flow file, or every flow file under a folder.

    Raises:
        FlowError: with every fault of every file, when there is at least one error.
    """
    texts = flow_texts(Path(path))
    flows, issues = read_texts(texts)
    if any(issue.severity is Severity.ERROR for issue in issues):
        raise FlowError(issues)
    intents = intent_file(Path(path))
    issues = in_order([*issues, *lint_open_menus(flows, has_model=intents is not None)])
    return FlowBook(flows, _digest(texts, intents), issues, intents)


def check(path: Path | str) -> tuple[Issue, ...]:
    """Every fault and warning of a file or folder, in file order; nothing is raised for them.

    Raises:
        FlowError: if nothing could be read at all.
    """
    return read_path(path)[1]


def read_path(path: Path | str) -> tuple[dict[str, Flow], tuple[Issue, ...]]:
    """Flows by name and every issue of a file or folder: what tools show, faults and all.

    Raises:
        FlowError: if nothing could be read at all.
    """
    flows, issues = read_texts(flow_texts(Path(path)))
    has_model = intent_file(Path(path)) is not None
    return flows, in_order([*issues, *lint_open_menus(flows, has_model=has_model)])


def read_texts(texts: dict[str, str]) -> tuple[dict[str, Flow], tuple[Issue, ...]]:
    """Flows by name and all issues of the given texts by file name; pure."""
    flows: dict[str, Flow] = {}
    issues: list[Issue] = []
    terms: dict[str, tuple[str, ...]] = {}
    holidays: Holidays = {}
    for file, text in texts.items():
        if PurePath(file).name in TERM_FILES:
            read, found = read_terms(text, file)
            terms |= read
            issues += found
        elif PurePath(file).name in HOLIDAY_FILES:
            holidays, found = read_holidays(text, file)
            issues += found
    for file, text in texts.items():
        if PurePath(file).name in TERM_FILES | HOLIDAY_FILES:
            continue
        flow, found = read_flow(text, file, terms, holidays)
        issues += found
        if flow is None:
            continue
        issues += lint_flow(flow)
        first = flows.setdefault(flow.name, flow)
        if first is not flow:
            message = f'flow "{flow.name}" is already in {first.place.file}'
            issues.append(Issue("duplicate-flow", Severity.ERROR, file, 1, 1, "", message))
    issues += lint_book(flows)
    return flows, in_order(issues)


def flow_texts(path: Path) -> dict[str, str]:
    """The text of each flow file of a file or folder, by its path. Raises FlowError."""
    texts: dict[str, str] = {}
    try:
        for file in _files(path):
            texts[str(file)] = file.read_text(encoding="utf-8")
            if len(texts) > MAX_FILES:
                raise FlowError([_unreadable(path, f"more than {MAX_FILES} flow files")])
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise FlowError([_unreadable(path, f"cannot be read: {why}")]) from error
    if not texts:
        raise FlowError([_unreadable(path, "no flow file (*.yaml) here")])
    return texts


def intent_file(path: Path) -> IntentFile | None:
    """The intent model in a folder of flows, or beside a flow file; None if there is none.

    One that cannot be read has no data: calls do without it, and it is told what is wrong.
    """
    file = (path if path.is_dir() else path.parent) / INTENTS
    try:
        if not file.is_file():
            return None
        small = file.stat().st_size <= MAX_INTENT_BYTES
        return IntentFile(str(file), file.read_bytes() if small else b"")
    except OSError:
        return IntentFile(str(file), b"")


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for file in sorted(path.rglob("*")):
        inside = file.relative_to(path)
        hidden = any(part.startswith(".") for part in inside.parts)
        if (
            file.suffix in (".yaml", ".yml")
            and not hidden
            and file.name not in NOT_FLOWS
            and not NOT_FLOW_FOLDERS & set(inside.parts[:-1])
        ):
            yield file


def _unreadable(path: Path, message: str) -> Issue:
    return Issue("no-flows", Severity.ERROR, str(path), 1, 1, "", message)


def _digest(texts: dict[str, str], intents: IntentFile | None) -> str:
    digest = hashlib.sha256()
    for text in sorted(texts.values()):
        digest.update(hashlib.sha256(text.encode()).digest())
    if intents is not None:
        digest.update(hashlib.sha256(intents.data).digest())
    return digest.hexdigest()[:16]


class Library:
    """The flows in force. A call pins the book it began with; `reload` never disturbs it."""

    def __init__(self, path: Path | str) -> None:
        """Raises FlowError like `load_book`."""
        self._path = Path(path)
        self._lock = Lock()
        self._book = load_book(self._path)
        self._pinned: dict[str, FlowBook] = {}

    @property
    def current(self) -> FlowBook:
        return self._book

    def reload(self) -> FlowBook:
        """Take what is on disk now; on FlowError the old book stays in force."""
        book = load_book(self._path)
        with self._lock:
            self._book = book
        return book

    def pin(self, call_id: str) -> FlowBook:
        """The book of this call, the same until `release`."""
        with self._lock:
            return self._pinned.setdefault(call_id, self._book)

    def release(self, call_id: str) -> None:
        with self._lock:
            self._pinned.pop(call_id, None)

    @property
    def versions(self) -> frozenset[str]:
        """Versions in use: the one in force and those of calls under way."""
        with self._lock:
            return frozenset({self._book.version, *(b.version for b in self._pinned.values())})
