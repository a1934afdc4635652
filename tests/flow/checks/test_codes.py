"""docs/lint.md tells of every code that lint can give."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_every_code_is_told() -> None:
    sources = [*ROOT.glob("ivr/flow/checks/*.py"), ROOT / "ivr" / "cli" / "words_missing.py"]
    given = {
        code
        for path in sources
        for code in re.findall(r'finding\(\s*"([a-z-]+)"', path.read_text(encoding="utf-8"))
    }
    table = (ROOT / "docs" / "lint.md").read_text(encoding="utf-8")
    assert given == set(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE))
