"""Replay: a call against the flows it went through is the same; against others it tells where."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.call.journal import CallJournal, Record
from ivr.dialogue import events
from ivr.dialogue.actions import Listen
from ivr.dialogue.simulator import Simulator
from ivr.errors import SettingsError, StoreError
from ivr.flow.library import load_book
from ivr.flow.model import FlowBook
from ivr.ports import Utterance, Word
from ivr.rehearsal.journals import find_journals
from ivr.rehearsal.replay import Verdict, replay, tally
from ivr.store.journals import Journals, read_journal
from tests.dialogue.talks import CLINIC, ROOT
from tests.dialogue.test_exits import DOINGS, walked

SOURCE = (ROOT / "tests" / "dialogue" / "data" / "clinic.yaml").read_text(encoding="utf-8")


def journal_of(call: Simulator) -> list[Record]:
    """What the server would have written of a simulated call."""
    records: list[Record] = []
    now = 0.0
    journal = CallJournal("c1", lambda: now, records.append)
    journal.note("FlowPinned", flow="clinic", version=CLINIC.version)
    for at, what in call.log:
        now = at
        if type(what).__module__ == events.__name__:
            journal.event(what)  # type: ignore[arg-type]
        else:
            journal.action(what)  # type: ignore[arg-type]
    journal.note("CallEnded", outcome=call.state.outcome)
    return [json.loads(json.dumps(record)) for record in records]


def a_call() -> list[Record]:
    call = Simulator(CLINIC, "clinic")
    call.start()
    call.wait(12)
    call.say("挂号")
    call.press("1234")
    call.say("对")
    return journal_of(call)


def changed(tmp_path: Path, old: str, new: str) -> FlowBook:
    assert old in SOURCE
    file = tmp_path / "clinic.yaml"
    file.write_text(SOURCE.replace(old, new), encoding="utf-8")
    return load_book(file)


@settings(max_examples=60, deadline=None)
@given(st.lists(DOINGS, max_size=15))
def test_any_call_replays_as_it_went(doings: list[object]) -> None:
    records = journal_of(walked(Simulator(CLINIC, "clinic"), doings))
    found = replay(records, CLINIC, "clinic")
    assert (found.verdict, found.differences) == (Verdict.SAME, ())


def test_other_words_on_the_same_way(tmp_path: Path) -> None:
    prompt = CLINIC.flow("clinic").nodes["number"].prompt  # type: ignore[attr-defined]
    text = next(iter(prompt.statics)).text
    found = replay(a_call(), changed(tmp_path, text, "换了一句话。"), "clinic")
    assert found.verdict is Verdict.WORDS and found.first is not None
    assert found.first.now.startswith("换了一句话") and text in found.first.then
    assert found.first.event.startswith('heard "挂号"')


def test_the_first_parting_of_ways_is_told(tmp_path: Path) -> None:
    found = replay(a_call(), changed(tmp_path, "挂号", "看病"), "clinic")
    assert found.verdict is Verdict.ROUTE and found.first is not None
    assert found.first.node == "main" and found.first.then == "node number"


def test_an_ear_hears_again() -> None:
    class Deaf:
        def hear(self, began: float, ended: float, order: Listen) -> Utterance | None:
            assert 0 < began < ended and order.grammar.language == "zh"
            return Utterance((Word("[unk]", 1.0, 0.0, 0.1),), "zh")

    found = replay(a_call(), CLINIC, "clinic", Deaf())
    assert found.verdict is Verdict.ROUTE and (found.turns, found.turns_otherwise) == (1, 1)


@pytest.mark.parametrize(
    "record",
    [
        {"at": 0, "what": "event", "kind": "Sneezed", "data": {}},
        {"at": 0, "what": "event", "kind": "KeyPressed", "data": {"kay": "1"}},
        {"at": 0, "what": "event", "kind": "EnterNode", "data": {"node": "x"}},
        {"at": 0, "what": "note", "kind": "FlowPinned", "data": {"flow": "gone"}},
    ],
)
def test_a_journal_that_does_not_fit_is_told(record: Record) -> None:
    assert replay([record], CLINIC, "clinic").verdict is Verdict.UNREADABLE


def test_verdicts_are_counted() -> None:
    counts = tally([replay(a_call(), CLINIC, "clinic"), replay([], CLINIC, "clinic")])
    assert counts[Verdict.SAME] == 2


def test_journals_are_found_by_id_file_and_folder(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    folder.mkdir()
    for name in ("1.0", "2.0"):
        lines = [json.dumps(record, ensure_ascii=False) for record in a_call()]
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    journals = Journals(folder)
    for names in ([], [str(folder)], ["1.0", str(folder / "2.0.jsonl")]):
        assert [one.call for one in find_journals(names, journals)] == ["1.0", "2.0"]
    (found,) = find_journals(["2.0"], journals)
    assert replay(found.read(), CLINIC, "clinic").verdict is Verdict.SAME
    for wrong in ("3.0", "../journal/1.0", str(tmp_path), "x" * 1000, "\0"):
        with pytest.raises(SettingsError):
            find_journals([wrong], journals)
    with pytest.raises(SettingsError, match="no calls in the record yet"):
        find_journals([], Journals(tmp_path / "empty"))


def test_only_a_cut_off_last_line_is_forgiven(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    first = json.dumps(a_call()[0])
    path.write_text(f'{first}\n{{"at": 1, "wh', encoding="utf-8")
    assert len(read_journal(path)) == 1
    path.write_text(f"nonsense\n{first}\n", encoding="utf-8")
    with pytest.raises(StoreError, match=":1: no record"):
        read_journal(path)
    with pytest.raises(StoreError, match="cannot be read"):
        read_journal(tmp_path / "none.jsonl")
