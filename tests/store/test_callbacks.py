"""Promised calls: kept once, moved by one only, over restarts and hostile texts."""

import threading

import pytest
from sqlalchemy import Engine, select

from ivr.errors import StoreError
from ivr.store.callbacks import CLOSED, DIALLING, DONE, TALKING, WAITING, CallbackStore
from ivr.store.database import reading
from ivr.store.tables import callbacks


def test_a_promise_is_made_once(record_engine: Engine) -> None:
    store = CallbackStore(record_engine)
    first = store.add("13812345678", 5.0, {"transfer": {"language": "zh"}})
    assert store.add("13812345678", 9.0, {}) == first
    assert first.story == {"transfer": {"language": "zh"}} and first.state == WAITING
    second = store.add("13812345679", 3.0, {"odd": "\ud800\0"})
    assert second.story == {"odd": "\ud800\0"}
    assert [one.id for one in CallbackStore(record_engine).open()] == [second.id, first.id]


def test_its_way(record_engine: Engine) -> None:
    store = CallbackStore(record_engine)
    number = store.add("1", 5.0, {}).id
    assert store.move(number, WAITING, DIALLING) and not store.move(number, WAITING, DIALLING)
    store.postpone(number, 60.0, "busy\0")
    one = store.get(number)
    assert (one.state, one.attempts, one.due, one.reason) == (WAITING, 1, 60.0, "busy\ufffd")
    store.postpone(number, 99.0, "not dialled: nothing changes")
    assert store.get(number).due == 60.0
    assert store.move(number, WAITING, DIALLING) and store.move(number, DIALLING, TALKING)
    assert store.move(number, TALKING, DONE, "answered")
    assert store.open() == [] and store.get(number).attempts == 2
    with pytest.raises(StoreError, match="no callback 77"):
        store.get(77)


def test_the_latest_and_hurrying(record_engine: Engine) -> None:
    store = CallbackStore(record_engine)
    first, second = (store.add(number, 5.0, {}).id for number in ("1", "2"))
    assert store.move(first, WAITING, DIALLING)
    assert not store.hurry(first), "it is being dialled"
    store.postpone(first, 60.0, "busy")
    assert store.hurry(first) and store.get(first).due == 0.0
    assert store.move(second, WAITING, CLOSED, "cancelled by gu")
    assert [one.id for one in store.open()] == [first]
    assert [one.id for one in store.latest(5)] == [first, second]
    assert [one.id for one in store.latest(1)] == [second]
    assert store.find(99) is None


def test_only_those_that_are_due_are_read_so_many_at_a_time(record_engine: Engine) -> None:
    store = CallbackStore(record_engine)
    first, second, dialled, later, last = (
        store.add(str(nth), joined, {}) for nth, joined in enumerate((5.0, 5.0, 4.0, 3.0, 9.0))
    )
    for one in (dialled, later):
        assert store.move(one.id, WAITING, DIALLING)
    store.postpone(later.id, 60.0, "busy")
    assert [one.id for one in store.dialling()] == [dialled.id]
    assert [one.id for one in store.due(10.0, 2)] == [first.id, second.id]
    assert [one.id for one in store.due(10.0, 2, first.place)] == [second.id, last.id]
    assert store.due(10.0, 2, last.place) == []
    assert [one.id for one in store.due(60.0, 1)] == [later.id]


def test_numbers_are_never_given_twice(record_engine: Engine) -> None:
    store = CallbackStore(record_engine)
    first = store.add("1", 5.0, {}).id
    store.move(first, WAITING, CLOSED)
    with record_engine.begin() as db:
        db.execute(callbacks.delete())
    assert store.add("2", 5.0, {}).id > first
    with reading(record_engine) as db:
        assert len(db.execute(select(callbacks)).all()) == 1


def test_only_one_of_many_takes_it(record_engine: Engine) -> None:
    number = CallbackStore(record_engine).add("1", 5.0, {}).id
    taken: list[bool] = []

    def take() -> None:
        taken.append(CallbackStore(record_engine).move(number, WAITING, DIALLING))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 7 + [True]
    assert CallbackStore(record_engine).get(number).attempts == 1
