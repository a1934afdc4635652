"""Lint: faults of a flow as a whole."""

from ivr.flow.issues import Severity
from ivr.flow.library import read_texts

HEAD = "flow: f\nlanguages: [zh]\nstart: a\n"


def lint(nodes: str, head: str = HEAD) -> list[tuple[str, str, str]]:
    issues = read_texts({"f.yaml": f"{head}nodes:\n{nodes}"})[1]
    return [(issue.code, issue.node, str(issue.severity)) for issue in issues]


def menu(*choices: str, name: str = "a", more: str = "") -> str:
    lines = "".join(f"      {choice}\n" for choice in choices)
    return f"  {name}:\n    kind: menu\n    prompt: 请选择\n{more}    choices:\n{lines}"


END = "  z: {kind: hangup}\n"
OPERATOR = HEAD + "commands: {operator: {goto: z}}\n"


def test_two_choices_with_one_key() -> None:
    text = menu("x: {key: 1, goto: z}", "y: {key: 1, goto: z}") + END
    assert lint(text, OPERATOR) == [("key-clash", "a", "error")]


def test_a_choice_that_hides_a_command() -> None:
    assert lint(menu("x: {key: 9, goto: z}") + END, OPERATOR) == [
        ("key-hides-command", "a", "warning")
    ]


def test_one_phrase_for_two_choices() -> None:
    text = menu("x: {phrases: 查, goto: z}", "y: {phrases: [查], goto: a}") + END
    assert lint(text, OPERATOR) == [("phrase-clash", "a", "error")]


def test_the_same_phrase_for_the_same_node_in_an_also_menu_is_no_clash() -> None:
    text = menu("x: {phrases: 查, goto: z}", more="    also: b\n")
    text += menu("y: {phrases: 查, goto: z}", name="b") + END
    assert lint(text, OPERATOR) == []


def test_also_names_menus_only() -> None:
    text = menu("x: {key: 1, goto: z}", more="    also: z\n") + END
    assert lint(text, OPERATOR) == [("not-a-menu", "a", "error")]


def test_a_ladder_without_an_end() -> None:
    assert lint(menu("x: {key: 1, goto: z}") + END) == [
        ("no-escape", "a", "warning"),
        ("no-escape", "a", "warning"),
    ]


def test_a_choice_nobody_can_make() -> None:
    assert lint(menu("x: {goto: z}") + END, OPERATOR) == [("bad-choice", "a", "error")]


def test_unreachable() -> None:
    text = menu("x: {key: 1, goto: z}") + END + "  lost: {kind: say, prompt: 唉, goto: z}\n"
    assert lint(text, OPERATOR) == [("unreachable", "lost", "warning")]


def test_missing_translations_are_warnings() -> None:
    head = OPERATOR.replace("[zh]", "[zh, en]")
    found = lint(menu("x: {key: 1, goto: z}") + END, head)
    assert ("missing-translation", "a", str(Severity.WARNING)) in found
