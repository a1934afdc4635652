"""Absences: who takes no calls and why, as agents and supervisors say it; kept over restarts."""

from collections.abc import Callable, Iterable, Mapping

from ivr.errors import ManagerError
from ivr.routing.membership import LOGGED_OUT


class Absences:
    """Agent name -> reason, `LOGGED_OUT` being one. `keep` is called with all after each change."""

    def __init__(self, known: Mapping[str, str], keep: Callable[[Mapping[str, str]], None]) -> None:
        self._reasons = dict(known)
        self._said: set[str] = set()
        self._keep = keep

    @property
    def reasons(self) -> Mapping[str, str]:
        """A copy of all there are."""
        return dict(self._reasons)

    def set(self, name: str, reason: str | None) -> None:
        """Take note; None for one who takes calls. Raises what `keep` does; the note holds."""
        before = dict(self._reasons)
        self._said.add(name)
        self._reasons.pop(name, None)
        if reason is not None:
            self._reasons[name] = reason
        if self._reasons != before:
            self._keep(self._reasons)

    def take_up(self, known: Mapping[str, str]) -> None:
        """Add what was kept and could not be read before; what was said since then counts more."""
        for name, reason in known.items():
            if name not in self._said:
                self._reasons[name] = reason
        if self._reasons != dict(known):
            self._keep(self._reasons)

    def check_logged_in(self, name: str) -> None:
        """Raises ManagerError for an agent who went home."""
        if self._reasons.get(name) == LOGGED_OUT:
            raise ManagerError(f"agent {name} is logged out: log in first")

    def unknown_to(self, seen: Iterable[tuple[str, str | None]]) -> list[tuple[str, str]]:
        """Absences that Asterisk, which tells (agent, reason of the pause), does not know of.

        It was restarted, or members are new.
        """
        wrong = {name for name, reason in seen if reason != self._reasons.get(name)}
        return [(name, why) for name, why in self._reasons.items() if name in wrong]
