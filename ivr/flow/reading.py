"""Reading: what is known while one flow is read, and what was found wrong with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from ivr.flow.formulas import Formula
from ivr.flow.holidays import Years
from ivr.flow.issues import Issue, Place, Severity
from ivr.flow.phrases import Terms
from ivr.flow.prompts import Prompt

_CLOSE_ENOUGH = 55


def nearest(word: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, or nothing."""
    found = process.extractOne(word, sorted(known), scorer=fuzz.ratio, score_cutoff=_CLOSE_ENOUGH)
    return found[0] if found else ""


@dataclass(slots=True)
class Reading:
    """What is known while one flow is read, and what was found wrong."""

    file: str
    flow: str = ""
    languages: tuple[str, ...] = ()
    terms: Terms = field(default_factory=dict)
    holidays: Mapping[str, Years] = field(default_factory=dict)
    formulas: list[Formula] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    prompts: dict[str, Prompt] = field(default_factory=dict)

    def fault(
        self,
        code: str,
        place: Place,
        message: str,
        *,
        node: str = "",
        hint: str = "",
        severity: Severity = Severity.ERROR,
    ) -> None:
        self.issues.append(
            Issue(code, severity, place.file, place.line, place.column, node, message, hint)
        )
