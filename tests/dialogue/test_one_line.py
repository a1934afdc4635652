"""Pieces of a prompt as one line."""

import pytest

from ivr.dialogue.one_line import in_one_line


@pytest.mark.parametrize(
    ("pieces", "line"),
    [
        (["Sorry.", "For loans press 4.", "Or", "8"], "Sorry. For loans press 4. Or 8"),
        (["ending in ", "6688", ", right?"], "ending in 6688, right?"),
        (["您好。", "For English, press 8."], "您好。For English, press 8."),
        (["尾号", "6688", "的卡"], "尾号6688的卡"),
        ([], ""),
    ],
)
def test_pieces_of_english_are_kept_apart(pieces: list[str], line: str) -> None:
    assert in_one_line(pieces) == line
