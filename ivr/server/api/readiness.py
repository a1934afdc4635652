"""Readiness: why callers cannot be served just now, if so."""

from collections.abc import Callable

Check = Callable[[], str]
"""Gives a reason, or nothing when all is well; must return at once."""


class Readiness:
    """Checks in the order they were added."""

    def __init__(self) -> None:
        self._checks: list[Check] = []

    def add(self, check: Check) -> None:
        self._checks.append(check)

    def expect(self, holds: Callable[[], bool], otherwise: str) -> None:
        """Add a check that gives `otherwise` where `holds` does not."""
        self.add(lambda: "" if holds() else otherwise)

    def reasons(self) -> list[str]:
        """What is wrong now, in plain sentences."""
        return [reason for check in self._checks if (reason := check())]
