"""The library: flows on disk, pinned calls, reload."""

from pathlib import Path

import pytest

from ivr.errors import FlowError
from ivr.flow.library import Library, check, load_book
from ivr.flow.statics import static_segments

FLOW = """\
flow: {name}
languages: [zh]
start: bye
nodes:
  bye: {{kind: hangup, prompt: {prompt}}}
"""


def write(folder: Path, name: str, prompt: str = "再见") -> Path:
    file = folder / f"{name}.yaml"
    file.write_text(FLOW.format(name=name, prompt=prompt), encoding="utf-8")
    return file


def test_a_folder_of_flows(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "tests").mkdir()
    write(tmp_path, "one")
    write(tmp_path / "deep", "two")
    for other in ("agents.yaml", "intents.yaml", ".hidden.yaml", "tests/calls.yaml", "notes.txt"):
        (tmp_path / other).write_text("no: flow", encoding="utf-8")
    book = load_book(tmp_path)
    assert sorted(book.flows) == ["one", "two"] and book.issues == ()


def test_the_version_is_of_the_content(tmp_path: Path) -> None:
    file = write(tmp_path, "one")
    first = load_book(file).version
    assert load_book(tmp_path).version == first
    write(tmp_path, "one", "回见")
    assert load_book(tmp_path).version != first


def test_one_error_in_one_file_stops_all_and_all_are_told(tmp_path: Path) -> None:
    write(tmp_path, "one")
    write(tmp_path, "two").write_text("flow: two\nstart: x\n", encoding="utf-8")
    with pytest.raises(FlowError) as error:
        load_book(tmp_path)
    assert [issue.code for issue in error.value.issues] == ["missing-key", "unknown-node"]
    assert error.value.issues == check(tmp_path)
    assert f"{tmp_path / 'two.yaml'}:1:1: missing-key" in str(error.value)


def test_two_flows_of_one_name(tmp_path: Path) -> None:
    write(tmp_path, "one")
    (tmp_path / "copy.yaml").write_text(FLOW.format(name="one", prompt="再见"), encoding="utf-8")
    with pytest.raises(FlowError, match=r"one.yaml:1:1: duplicate-flow"):
        load_book(tmp_path)


def test_nothing_to_read(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent.yaml"):
        with pytest.raises(FlowError, match="no-flows"):
            load_book(path)
    (tmp_path / "x.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FlowError, match="cannot be read"):
        load_book(tmp_path)


def test_a_call_keeps_its_book_through_a_reload(tmp_path: Path) -> None:
    write(tmp_path, "one")
    library = Library(tmp_path)
    first = library.pin("a")
    write(tmp_path, "one", "回见")
    second = library.reload()
    assert library.pin("a") is first and library.pin("b") is second is library.current
    assert library.versions == {first.version, second.version}
    library.release("a")
    library.release("a")
    assert library.versions == {second.version}


def test_a_faulty_reload_leaves_the_book_in_force(tmp_path: Path) -> None:
    file = write(tmp_path, "one")
    library = Library(tmp_path)
    file.write_text("flow: [", encoding="utf-8")
    before = library.current
    with pytest.raises(FlowError):
        library.reload()
    assert library.current is before


def test_static_segments_are_unique(tmp_path: Path) -> None:
    write(tmp_path, "one")
    found = list(static_segments(load_book(tmp_path)))
    names = [(segment.recording, segment.language) for segment in found]
    assert len(names) == len(set(names))
    assert ("one.bye.prompt", "zh") in names
    assert all(segment.text and segment.recording and not segment.private for segment in found)
