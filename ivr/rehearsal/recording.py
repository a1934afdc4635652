"""Recording: what a person did in a rehearsed call, written down as a test."""

from collections.abc import Mapping

from ivr.rehearsal.updating import written


class Notebook:
    """Collects steps; `text` is a test file with one conversation."""

    def __init__(self, flow: str, name: str = "recorded", language: str = "") -> None:
        self._head = [f"flow: {flow}"] + ([f"language: {language}"] if language else [])
        self._name = name
        self._steps: list[str] = []

    @property
    def empty(self) -> bool:
        return not self._steps

    def step(self, kind: str, value: object) -> None:
        """One step as a test writes it."""
        self._steps.append(f"      - {kind}: {_entry(value)}")

    def expect(self, values: Mapping[str, object]) -> None:
        """What is so now; nothing is written for nothing."""
        if values:
            self._steps.append(f"      - expect: {_entry(values)}")

    @property
    def text(self) -> str:
        lines = [*self._head, "conversations:", f"  - name: {written(self._name)}", "    steps:"]
        return "\n".join([*lines, *self._steps]) + "\n"


def _entry(value: object) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key}: {_entry(one)}" for key, one in value.items())
        return f"{{{inner}}}"
    return scalar(value)


def scalar(value: object) -> str:
    """A value as YAML, also inside braces."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}"
    return written(str(value))
