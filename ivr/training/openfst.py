"""OpenFst's command-line tools, 1.7, whose files the Vosk wheel reads."""

import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import ModelError
from ivr.training import debian

_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Arc:
    """One arc in OpenFst's text form; a label of 0 is epsilon, `cost` a tropical weight."""

    source: int
    target: int
    input: int
    output: int
    cost: float = 0.0

    def line(self) -> str:
        weight = f" {self.cost:.4f}" if self.cost else ""
        return f"{self.source} {self.target} {self.input} {self.output}{weight}"


def text_of(arcs: Iterable[Arc], final: int) -> str:
    """A transducer in text form; the first arc's source is its start."""
    return "\n".join(arc.line() for arc in arcs) + f"\n{final}\n"


class OpenFst:
    """Runs the tools from a folder of unpacked packages (see `debian.unpack`)."""

    def __init__(self, root: Path) -> None:
        self._programs = root / "usr/bin"
        libraries = debian.library_folder(root)
        folders = f"{libraries}:{libraries / 'fst' / '22'}"
        self._environment = os.environ | {"LD_LIBRARY_PATH": folders}

    def run(self, tool: str, *arguments: str, data: bytes = b"") -> bytes:
        """Give `data` to a tool and return what it prints.

        Raises:
            ModelError: if the tool fails.
        """
        try:
            done = subprocess.run(
                [str(self._programs / tool), *arguments],
                input=data,
                env=self._environment,
                check=True,
                capture_output=True,
                timeout=_SECONDS,
            )
        except FileNotFoundError as error:
            raise ModelError(f"{tool} is not in {self._programs}") from error
        except subprocess.SubprocessError as error:
            said = getattr(error, "stderr", b"") or b""
            raise ModelError(f"{tool} failed: {said.decode(errors='replace').strip()}") from error
        return done.stdout
