"""Issue: one fault or doubt about a flow or an agents file, with the place it was found."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error stops the file from being used; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding; `line` and `column` count from 1, and 0 means that the file has no such place.

    `node` names the flow node or the agent it is about, `hint` says what would put it right.
    """

    code: str
    severity: Severity
    file: str
    line: int
    column: int
    node: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}:{self.column}: {self.code} {self.message}"
        return f"{text} ({self.hint})" if self.hint else text
