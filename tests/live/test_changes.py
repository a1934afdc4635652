"""Changes: whoever applies them has the new picture exactly, and unchanged rows are not sent."""

import json
from dataclasses import replace

from hypothesis import given

from ivr.live.changes import SECTIONS, applied, difference
from ivr.live.picture import CallRow, Picture, Stage, from_record
from tests.live.pictures import pictures


@given(pictures, pictures)
def test_the_difference_applied_gives_the_picture_after(before: Picture, after: Picture) -> None:
    sent = json.loads(json.dumps(difference(before, after)))
    assert applied(before, sent) == after


@given(pictures)
def test_any_other_order_arrives_too(before: Picture) -> None:
    mixed = {name: tuple(reversed(getattr(before, name))) for name in SECTIONS}
    after = replace(before, **mixed)  # type: ignore[arg-type]
    assert applied(before, json.loads(json.dumps(difference(before, after)))) == after


@given(pictures)
def test_nothing_is_sent_of_what_has_not_changed(picture: Picture) -> None:
    later = replace(picture, at=picture.at + 1)
    assert difference(picture, later) == {"at": later.at, "linked": later.linked}
    equal = from_record(json.loads(json.dumps(picture.record())))
    assert difference(picture, equal) == {"at": picture.at, "linked": picture.linked}


def test_only_the_row_that_changed_is_sent() -> None:
    rows = tuple(CallRow(f"1.{n}", n, Stage.TALKING, n) for n in range(200))
    before = Picture(1.0, calls=rows)
    moved = replace(rows[7], stage=Stage.WAITING, queue="zh")
    new = CallRow("1.200", 200, Stage.TALKING, 200)
    after = Picture(2.0, calls=(*rows[:7], moved, *rows[8:199], new))
    changes = difference(before, after)
    assert [row["call"] for row in changes["calls"]["changed"]] == ["1.7", "1.200"]
    assert changes["calls"]["removed"] == ["1.199"]
    assert "order" not in changes["calls"]
