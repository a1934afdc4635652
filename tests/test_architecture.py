"""The house keeps its floors: imports point down only, and pure rooms touch no I/O."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "ivr"

FLOORS = [
    {"audio", "ports", "errors"},
    {"flow"},
    {"dialogue", "routing"},
    {"speech", "telephony", "training", "backend"},
    {"call"},
    {"store"},
    {"live", "report"},
    {"server", "rehearsal"},
    {"cli"},
]
"""From the ground up. A room may import from its own floor's same room and from any floor below."""

NEIGHBOURS = {
    ("routing", "dialogue"),
    ("training", "speech"),
    ("speech", "audio"),
    ("ports", "audio"),
    ("audio", "errors"),
}
"""Rooms on one floor of which the first may import the second, never the other way."""

IMPURE = {
    "asyncio", "socket", "selectors", "subprocess", "threading", "multiprocessing", "queue",
    "time", "random", "secrets", "uuid", "os", "io", "pathlib", "shutil", "tempfile", "sqlite3",
    "http", "urllib", "logging", "ctypes", "panoramisk", "vosk", "webrtcvad", "soundfile",
}  # fmt: skip
PURE_ROOMS = ("flow", "dialogue", "routing", "live")
RIM = {
    "dialogue/intents/encoder_file.py",
    "dialogue/intents/model_file.py",
    "dialogue/intents/student_file.py",
    "flow/library.py",
    "flow/releases.py",
    "routing/desk/absences.py",
    "routing/desk/desk.py",
    "routing/desk/presences.py",
    "routing/desk/rests.py",
    "routing/agents_file.py",
}
"""Files in pure rooms whose role is I/O."""
PURE_FILES = {
    "backend/answer.py",
    "telephony/agi.py",
    "telephony/audiosocket.py",
    "telephony/channel_names.py",
    "speech/endpointing.py",
    "speech/lexicon.py",
    "speech/loudness.py",
    "speech/media_clock.py",
    "speech/vosk_grammar.py",
    "audio/resampling.py",
}

TOP_LEVEL = {
    "ivr", "flows", "models", "audio_prompts", "tests", "asterisk_conf", "docs",
    "pyproject.toml", "README.md", "Makefile", "LICENSE", "CHANGELOG.md",
}  # fmt: skip

FILES = sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            if node.module == "ivr":
                names.update(f"ivr.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            pytest.fail(f"{path}: relative import; write it out")
    return names


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def floor(name: str) -> int | None:
    return next((level for level, rooms in enumerate(FLOORS) if name in rooms), None)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    relative = path.relative_to(PACKAGE)
    here = relative.parts[0].removesuffix(".py")
    level = floor(here)
    if level is None:
        assert here in {"__init__", "__main__"}, f"{here} stands on no floor"
        return
    for module in imports(path):
        if module.split(".")[0] != "ivr":
            continue
        there = room(module)
        other = floor(there)
        if other is None or there == here or (here, there) in NEIGHBOURS:
            continue
        if here == "errors":  # names Issue for type checkers only
            continue
        assert other < level, f"{relative} imports {module}, which is not below it"


def test_the_picture_of_the_house_shows_every_room() -> None:
    picture = (ROOT / "docs" / "house.svg").read_text(encoding="utf-8")
    shown = {name.split("/")[0] for name in re.findall(r'size="14"[^>]*>([a-z/]+)<', picture)}
    assert shown == set().union(*FLOORS)


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in FILES
        if (rel := path.relative_to(PACKAGE).as_posix()) in PURE_FILES
        or (rel.startswith(tuple(f"{name}/" for name in PURE_ROOMS)) and rel not in RIM)
    ],
    ids=lambda p: str(p.relative_to(PACKAGE)),
)
def test_pure_rooms_touch_no_io(path: Path) -> None:
    used = {module.split(".")[0] for module in imports(path)}
    assert not used & IMPURE


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_every_file_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_importing_the_package_loads_no_engine() -> None:
    import subprocess
    import sys

    code = (
        "import sys, ivr, ivr.cli.main; "
        "heavy = ('vosk', 'panoramisk', 'edge_tts', 'torch', 'sklearn', 'sqlalchemy', 'fastapi', "
        "'textual', 'matplotlib', 'pyarrow', 'uvicorn', 'numpy', 'pypinyin'); "
        "sys.exit(any(m in sys.modules for m in heavy))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_top_level_holds_only_what_was_agreed() -> None:
    tracked = subprocess_lines(["git", "ls-files"])
    if not tracked:
        pytest.skip("not a git checkout")
    tops = {line.split("/")[0] for line in tracked}
    assert {name for name in tops if not name.startswith(".")} <= TOP_LEVEL


def subprocess_lines(command: list[str]) -> list[str]:
    import subprocess

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.stdout.splitlines() if done.returncode == 0 else []
