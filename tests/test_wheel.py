"""The wheel: all that the program reads beside its modules is inside."""

import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.skipif(find_spec("hatchling") is None, reason="hatchling is not installed")
def test_what_is_read_at_work_is_in_the_wheel(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT, check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as inside:
        names = set(inside.namelist())
    read = [
        path
        for folder in (ROOT / "ivr", ROOT / "asterisk_conf", ROOT / "models" / "sentences-en")
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    ]
    wanted = {path.relative_to(ROOT) for path in read}
    places = {str(path) if path.parts[0] == "ivr" else str(Path("ivr") / path) for path in wanted}
    assert places <= names
    assert {
        "ivr/asterisk_conf/extensions.conf",
        "ivr/store/migrations/versions/0001_first_tables.py",
        "ivr/models/sentences-en/student.npz",
        "ivr/report/page.css",
        "ivr/cli/starter/flow.yaml",
    } <= names
