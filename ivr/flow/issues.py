"""Issue: one fault of a flow, with the place where a designer can mend it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error keeps a flow from being used; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file something stands; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Issue:
    """What is wrong. `code` never changes its meaning; `hint` is what was probably meant."""

    code: str
    severity: Severity
    file: str
    line: int
    column: int
    node: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f" (did you mean {self.hint}?)" if self.hint else ""
        return f"{self.file}:{self.line}:{self.column}: {self.code} {self.message}{hint}"

    @property
    def place(self) -> Place:
        return Place(self.file, self.line, self.column)


def in_order(issues: list[Issue]) -> tuple[Issue, ...]:
    """By file, line and column; the same faults always come in the same order."""
    unique = dict.fromkeys(issues)
    return tuple(sorted(unique, key=lambda i: (i.file, i.line, i.column, i.code, i.message)))
