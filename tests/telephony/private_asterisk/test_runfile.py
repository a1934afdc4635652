import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ivr.errors import AsteriskError
from ivr.telephony.private_asterisk import runfile
from ivr.telephony.private_asterisk.plan import AsteriskPlan
from ivr.telephony.private_asterisk.runfile import ProcessMark

needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


def test_a_note_is_read_back_and_kept_private(tmp_path: Path) -> None:
    plan = AsteriskPlan(tmp_path)
    mark = ProcessMark.of(os.getpid())
    runfile.write(plan, mark)
    assert runfile.read(tmp_path) == (plan, mark)
    assert stat.S_IMODE((tmp_path / "running.json").stat().st_mode) == 0o600
    runfile.forget(tmp_path)
    runfile.forget(tmp_path)
    assert runfile.read(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"pid": "x", "birth": "", "plan": "{}"}'])
def test_a_damaged_note_says_what_to_do(tmp_path: Path, text: str) -> None:
    (tmp_path / "running.json").write_text(text)
    with pytest.raises(AsteriskError, match="remove that folder"):
        runfile.read(tmp_path)


def test_this_process_is_alive() -> None:
    assert ProcessMark.of(os.getpid()).alive


@needs_proc
def test_another_process_with_the_same_number_is_not_taken_for_ours() -> None:
    mark = ProcessMark.of(os.getpid())
    assert not ProcessMark(mark.pid, str(int(mark.birth) - 1)).alive


def test_a_process_that_ended_is_not_alive_even_before_it_is_reaped() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    mark = ProcessMark.of(child.pid)
    assert mark.alive
    assert child.stdin is not None
    child.stdin.close()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    if Path("/proc/self/stat").exists():
        assert not mark.alive, "a zombie"
    child.wait()
    assert not mark.alive
