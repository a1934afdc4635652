"""Every deliberately broken flow gives exactly the issues written at its end, and no others.

`python -m tests.flow.test_broken` writes them anew; read the difference before you keep it.
"""

import re
from pathlib import Path

import pytest

from ivr.flow.checks.every import check_flows
from ivr.flow.issues import Issue
from ivr.flow.library import read_texts

FOLDER = Path(__file__).parent / "broken"
FILES = sorted(FOLDER.glob("*.yaml"))
MARK = "# expect: "
LISTS = re.compile(r"(; known:|is one of) [^;]*")


def found_in(text: str) -> list[str]:
    flows, read = read_texts({"f": text})
    return [shown(issue) for issue in check_flows(flows, read)]


def shown(issue: Issue) -> str:
    hint = f" (did you mean {issue.hint}?)" if issue.hint else ""
    node = f" [{issue.node}]" if issue.node else ""
    where = f"{issue.line}:{issue.column}"
    # Lists of all that is known grow with the language and are not this test's matter.
    message = LISTS.sub(r"\1 ...", issue.message)
    return f"{where} {issue.severity} {issue.code}{node} {message}{hint}"


def cut(text: str) -> tuple[str, list[str]]:
    """The flow, and the issues expected of it."""
    lines = text.splitlines(keepends=True)
    flow = "".join(line for line in lines if not line.startswith(MARK))
    return flow, [line.removeprefix(MARK).rstrip() for line in lines if line.startswith(MARK)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_broken_flow_gives_exactly_these_issues(path: Path) -> None:
    flow, expected = cut(path.read_text(encoding="utf-8"))
    assert expected, "a broken flow has at least one issue"
    assert found_in(flow) == expected


def test_there_are_at_least_fifty() -> None:
    assert len(FILES) >= 50


def update() -> None:
    for path in FILES:
        flow, _ = cut(path.read_text(encoding="utf-8"))
        lines = "".join(f"{MARK}{line}\n" for line in found_in(flow))
        path.write_text(flow + lines, encoding="utf-8")


if __name__ == "__main__":
    update()
