"""The note in a run folder that says which process runs there, and how to know it again."""

import contextlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import AsteriskError
from ivr.telephony.private_asterisk.plan import AsteriskPlan, plan_from_json, plan_to_json

__all__ = ["ProcessMark", "forget", "read", "write"]

_NAME = "running.json"


@dataclass(frozen=True, slots=True)
class ProcessMark:
    """A process by number and birth: numbers are used again, the pair is not.

    `birth` is the start time in clock ticks since boot (proc(5), stat, field 22); "" where there
    is no /proc.
    """

    pid: int
    birth: str

    @classmethod
    def of(cls, pid: int) -> "ProcessMark":
        return cls(pid, _birth(pid))

    @property
    def alive(self) -> bool:
        """False too when the number now belongs to somebody else, or the process is a zombie."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return False  # ours was started by us: this is another one
        return _birth(self.pid) == self.birth


def _birth(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    after_name = stat.rpartition(")")[2].split()  # the name may hold blanks and brackets
    return "" if after_name[0] == "Z" else after_name[19]


def write(plan: AsteriskPlan, mark: ProcessMark) -> None:
    """Note, for our own user's eyes only, that `mark` runs `plan`."""
    path = plan.run_folder / _NAME
    text = json.dumps({"pid": mark.pid, "birth": mark.birth, "plan": plan_to_json(plan)})
    partial = path.with_suffix(".new")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    partial.replace(path)


def read(run_folder: Path) -> tuple[AsteriskPlan, ProcessMark] | None:
    """The plan and process noted in `run_folder`, whether or not it still lives; None if no note.

    Raises:
        AsteriskError: the note cannot be read.
    """
    path = run_folder / _NAME
    try:
        raw = json.loads(path.read_text())
        return plan_from_json(raw["plan"]), ProcessMark(int(raw["pid"]), str(raw["birth"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AsteriskError) as error:
        raise AsteriskError(f"{path} cannot be read ({error}); remove that folder") from error


def forget(run_folder: Path) -> None:
    """Remove the note; harmless when there is none."""
    with contextlib.suppress(FileNotFoundError):
        (run_folder / _NAME).unlink()
