"""Board: the picture is the truth, whatever was lost, repeated or came late."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.live.board import Board
from ivr.live.changes import applied, difference
from ivr.live.picture import Stage
from ivr.ports import SwitchBack, SwitchEvent, SwitchLost
from ivr.routing.queues import overdue_name
from ivr.routing.skills import Presence
from tests.live.world import QUEUES, TEAM, Caller, World

LOANS = QUEUES[-1]
FRONT = overdue_name(LOANS)
AGENTS = tuple(agent.name for agent in TEAM.agents)

steps = st.tuples(
    st.sampled_from(
        ["arrive", "stranger", "ask", "front", "answer", "part", "expire", "leave", "crash",
         "restart"]
    ),
    st.integers(0, 5),
    st.integers(0, 2),
)  # fmt: skip


@pytest.fixture
def world() -> World:
    return World()


def take(world: World, what: str, which: int) -> None:
    """One step of the world, of one of those callers who can take it."""
    world.now += 1
    stages = {"ask": Stage.TALKING, "part": Stage.CONNECTED}
    stages |= dict.fromkeys(("answer", "expire", "front"), Stage.WAITING)
    here = [
        caller
        for caller in world.callers.values()
        if caller.stage is stages.get(what, caller.stage)
        and (caller.own or what not in ("ask", "crash", "front"))
        and (what != "crash" or caller.stage is Stage.TALKING)
        and (what != "front" or not caller.queue.endswith("-overdue"))
    ]
    queue = QUEUES[which % len(QUEUES)]
    if what == "arrive":
        world.arrive()
    elif what == "stranger":
        world.stranger(queue)
    elif what == "restart":
        world.restart()
    elif here:
        caller = here[which % len(here)]
        acts: dict[str, Callable[[Caller], None]] = {
            "ask": lambda one: world.ask(one, queue),
            "answer": lambda one: _answer(world, one, which),
            "front": world.front,
            "part": world.part,
            "expire": world.expire,
            "leave": world.leave,
            "crash": world.crash,
        }
        acts[what](caller)


def _answer(world: World, caller: Caller, which: int) -> None:
    talking = {one.agent for one in world.callers.values()}
    free = [name for name in AGENTS if name not in talking]
    if free:
        world.answer(caller, free[which % len(free)])


@given(st.lists(steps, max_size=40))
def test_what_is_told_is_seen_at_once(taken: Sequence[tuple[str, int, int]]) -> None:
    world = World()
    before = world.picture()
    for what, which, _ in taken:
        take(world, what, which)
        if not all(caller.shown for caller in world.callers.values()):
            world.reconcile()  # no event tells that a stranger hears a goodbye
        assert world.seen() == world.truth()
        after = world.picture()
        assert applied(before, difference(before, after)) == after
        before = after


@given(st.lists(steps, max_size=40))
def test_a_snapshot_heals_whatever_was_lost_or_repeated(
    taken: Sequence[tuple[str, int, int]],
) -> None:
    world = World()
    for what, which, world.tells in taken:
        take(world, what, which)
    world.reconcile()
    assert world.seen() == world.truth()
    picture = world.picture()
    busy = {caller.agent: call for call, caller in world.callers.items() if caller.agent}
    assert {row.agent: row.call for row in picture.agents if row.call} == busy
    shown = {q.queue: q.waiting for q in picture.queues}
    assert {name: shown.get(name, 0) for name in world.lines} == {
        name: len(line) for name, line in world.lines.items()
    }


@given(st.lists(steps, max_size=30), st.lists(steps, max_size=10))
def test_a_link_that_was_lost_leaves_no_ghost(
    before: Sequence[tuple[str, int, int]], meanwhile: Sequence[tuple[str, int, int]]
) -> None:
    world = World()
    for what, which, _ in before:
        take(world, what, which)
    world.board.take_notice(SwitchLost(), world.now)
    assert not world.picture().linked
    world.tells = 0
    for what, which, _ in meanwhile:
        if what != "restart":
            take(world, what, which)
    world.now += 1
    back = SwitchBack(tuple(world.channels()), tuple(world.queues()))
    world.board.take_notice(back, world.now)
    assert world.seen() == world.truth()
    assert world.picture().linked


@given(st.permutations(range(12)), st.lists(st.integers(0, 11), max_size=6))
def test_events_in_any_order_break_nothing(order: Sequence[int], again: Sequence[int]) -> None:
    names = ("QueueCallerJoin", "QueueCallerLeave", "QueueCallerAbandon", "AgentConnect",
             "AgentComplete", "Hangup")  # fmt: skip
    world = World()
    for number in (*order, *again):
        fields = {"Event": names[number % 6], "Uniqueid": f"{number // 6}.0", "Queue": LOANS}
        fields |= {"Position": str(number), "Interface": "PJSIP/agent-li", "MemberName": "li"}
        world.board.take_notice(SwitchEvent(fields), world.now)
        row = next(q for q in world.picture().queues if q.queue == LOANS)
        assert row.answered + row.abandoned <= len(order) + len(again)
    world.reconcile()
    assert world.picture().calls == ()
    assert all(row.call == "" for row in world.picture().agents)


def test_a_row_tells_of_the_talk_and_hides_the_number(world: World) -> None:
    caller = world.arrive()
    words = [{"text": "贷款", "confidence": 1.0}]
    world.record(caller, "Listen", grammar={"language": "zh"})
    world.record(caller, "Heard", utterance={"words": words})
    facts = {"node": "main", "annoyance": 0.7, "annoyed": True}
    world.record(caller, "Explain", text="", facts=facts)
    world.record(caller, "Explain", text="", facts={"node": "main", "nomatch": 1})
    world.now += 5
    world.ask(caller, LOANS)
    (row,) = world.picture().calls
    assert (row.flow, row.node, row.language, row.intent) == ("bank", "main", "zh", "loan")
    assert (row.annoyance, row.annoyed, row.nomatches, row.turns) == (0.7, True, 1, 1)
    assert row.caller == "*******5678"
    assert (row.joined, row.since, row.position) == (world.now, world.now, 1)
    assert row.began == pytest.approx(float(caller.call))


def test_the_day_is_counted_by_queue_and_begins_anew(world: World) -> None:
    world.board.begin_day("2026-11-22")
    first, second, third = world.arrive(), world.arrive(), world.arrive()
    for caller in (first, second, third):
        world.ask(caller, LOANS)
    world.now += 10
    world.answer(first, "li")
    world.now += 20
    world.answer(second, "chen")
    world.leave(third)
    row = next(q for q in world.picture().queues if q.queue == LOANS)
    assert (row.answered, row.in_time, row.abandoned, row.waited) == (2, 1, 1, 20.0)
    assert row.service_level == pytest.approx(1 / 3)
    assert [a.calls for a in world.picture().agents] == [1, 1, 0]
    world.board.begin_day("2026-11-23")
    row = next(q for q in world.picture().queues if q.queue == LOANS)
    assert (row.answered, row.in_time, row.abandoned, row.waited) == (0, 0, 0, 0.0)
    assert [a.calls for a in world.picture().agents] == [0, 0, 0]


def test_a_caller_moved_to_the_front_goes_on_waiting_and_is_counted_once(world: World) -> None:
    first, second = world.arrive(), world.arrive()
    for caller in (first, second):
        world.ask(caller, LOANS)
    begun = world.now
    world.now += 30
    for caller in (first, second):
        world.front(caller)
    rows = {row.queue: row for row in world.picture().queues}
    assert (rows[FRONT].waiting, rows[FRONT].oldest, rows[LOANS].waiting) == (2, begun, 0)
    world.reconcile()
    world.now += 15
    world.answer(first, "li")
    world.leave(second)
    rows = {row.queue: row for row in world.picture().queues}
    row = rows[LOANS]
    assert (row.answered, row.in_time, row.abandoned, row.waited) == (1, 0, 1, 46.0)
    assert FRONT not in rows
    assert [agent.calls for agent in world.picture().agents] == [0, 1, 0]


def test_presence_is_the_desk_s_and_is_kept_while_the_desk_guesses(world: World) -> None:
    world.staff.presence["li"] = Presence.PAUSED
    world.staff.absences["li"] = "meal"
    world.staff.presence["wang"] = Presence.BUSY
    chen, li, wang = world.picture().agents
    assert (chen.presence, li.presence, wang.presence) == ("ready", "paused", "busy")
    assert (li.reason, li.since, li.title) == ("meal", world.now, "Li")
    row = next(q for q in world.picture().queues if q.queue == LOANS)
    assert (row.free, row.busy, row.away) == (1, 1, 1)
    world.staff.connected = False
    world.staff.presence |= {"li": Presence.READY, "wang": Presence.READY}
    assert world.picture().agents == (chen, li, wang)


def test_what_happened_since_the_question_is_newer_than_the_answer(world: World) -> None:
    gone, stays = world.arrive(), world.arrive()
    world.ask(gone, LOANS)
    world.ask(stays, LOANS)
    asked, channels, queues = world.now + 1, world.channels(), world.queues()
    world.now += 2
    world.leave(gone)
    came = world.arrive()
    found = world.board.read(channels, queues, world.now)
    world.board.reconcile(found, asked, world.now, world.sessions())
    assert {row.call for row in world.picture().calls} == {stays.call, came.call}
    assert world.seen() == world.truth()


def test_rows_that_did_not_change_are_the_same_objects(world: World) -> None:
    caller, other = world.arrive(), world.arrive()
    before = world.picture()
    world.record(caller, "EnterNode", node="elsewhere")
    after = world.picture()
    assert after.calls[1] is before.calls[1]
    assert after.calls[1].call == other.call
    assert after.calls[0].node == "elsewhere"
    assert after.agents is before.agents
    assert all(now is then for now, then in zip(after.queues, before.queues, strict=True))


def test_callers_of_other_queues_are_not_ours(world: World) -> None:
    fields = {"Event": "QueueCallerJoin", "Uniqueid": "9.9", "Queue": "somebody-else"}
    world.board.take_notice(SwitchEvent(fields), world.now)
    assert world.picture().calls == ()


def test_a_board_begins_without_anybody() -> None:
    world = World()
    picture = Board(world.staff).picture(5.0)
    assert picture.calls == ()
    assert [row.agent for row in picture.agents] == list(AGENTS)
