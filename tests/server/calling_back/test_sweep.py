"""Sweep: many promises cost a bounded look each round, in order, and nobody is hidden."""

from collections.abc import Set

from ivr.server.calling_back.sweep import Line, Sweep
from ivr.store.callbacks import Callback, Place

MOST = 5


class Promises:
    """Those that wait, each for a queue; agents are free for `free` alone."""

    def __init__(self, *queues: str) -> None:
        self.waiting = dict(enumerate(queues, start=1))
        self.free: set[str] = set()
        self.dialled: list[int] = []
        self.looked = 0

    async def due(self, most: int, behind: Place) -> list[Callback]:
        ids = [nth for nth in self.waiting if (float(nth), nth) > behind]
        return [Callback(n, "1", float(n), {}, "waiting", 0, 0.0, "") for n in ids[:most]]

    async def attempt(self, one: Callback, ahead: Set[Line]) -> Line:
        self.looked += 1
        line = self.waiting[one.id], 10
        if line[0] in self.free and line not in ahead:
            self.dialled.append(one.id)
            del self.waiting[one.id]
        return line


async def test_few_are_all_looked_at_in_order() -> None:
    promises = Promises("a", "b", "a")
    sweep = Sweep(promises.due, MOST)
    for _ in range(3):
        await sweep.round(promises.attempt)
    assert promises.looked == 9
    promises.free = {"a"}
    await sweep.round(promises.attempt)
    assert promises.dialled == [1, 3]


async def test_many_who_wait_for_nobody_hide_nobody_and_cost_little() -> None:
    promises = Promises(*["absent"] * 48, "loans", "absent")
    promises.free = {"loans"}
    sweep = Sweep(promises.due, MOST)
    for rounds in range(1, 11):
        await sweep.round(promises.attempt)
        assert promises.looked <= rounds * 2 * MOST
    assert promises.dialled == [49]


async def test_whoever_is_further_on_goes_before_nobody() -> None:
    promises = Promises(*["absent"] * MOST, *["loans"] * 20)
    sweep = Sweep(promises.due, MOST)
    await sweep.round(promises.attempt)  # the first of those for loans have been looked at
    promises.free = {"loans"}
    for _ in range(30):
        await sweep.round(promises.attempt)
    assert promises.dialled == sorted(promises.dialled) == list(range(MOST + 1, MOST + 21))
