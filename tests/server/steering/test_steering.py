"""Steering on its own: every order in every stage, races, and whatever may come in any order."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.dialogue import engine
from ivr.dialogue.records import event_from
from ivr.dialogue.state import Waiting
from ivr.errors import IvrError, ManagerError, OrderRefused, SettingsError, UnknownCallError
from ivr.rehearsal.virtual_loop import VirtualLoop
from ivr.server.api.client import ANSWER_SECONDS
from ivr.server.control.call_orders import CallOrders
from ivr.server.control.given import GivenOrders
from ivr.server.control.orders import Orders
from ivr.server.control.roles import ORDER_ROLES
from ivr.server.steering.order_times import (
    FREE_SECONDS,
    GRACE_SECONDS,
    ORDER_SECONDS,
    RING_SECONDS,
    TAKEOVER_SECONDS,
)
from ivr.server.steering.own_phones import new_line
from tests.call.rig import BOOK
from tests.server.steering.steered import CALL, TEAM, Steered

Script = Callable[[Steered], Awaitable[None]]


def play(script: Script) -> Steered:
    """Run `script` beside a call on a clock that jumps; the caller then leaves."""

    async def both(folder: Path) -> Steered:
        call = Steered(folder)
        async with asyncio.timeout(3600), asyncio.TaskGroup() as tasks:
            following = tasks.create_task(call.steering.follow(call.switch.notices()))
            running = tasks.create_task(call.run())
            await reaches(call, "main")
            await script(call)
            call.switch.part()
            call.channel.leave()
            session = await running
            following.cancel()
        assert session.state.ended
        assert call.channel.late == []
        assert replayed(call) == session.state
        assert call.transfers.under_way(CALL) is None
        assert call.steering._busy == set()
        return call

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        call: Steered = run(both(folder))
        assert list(folder.iterdir()) == [], "a whisper was left behind"
        return call


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(coroutine)


def replayed(call: Steered) -> object:
    """The state that the journal's events lead to."""
    state = engine.start(BOOK, "desk")
    for record in call.records:
        if record["what"] == "event":
            event = event_from({"is": record["kind"], **record["data"]})
            state, _ = engine.step(BOOK, state, event)
    return state


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - a journal rings no bell
            await asyncio.sleep(0.01)


async def reaches(call: Steered, node: str, times: int = 1) -> None:
    await until(lambda: [data["node"] for data in call.data("EnterNode")].count(node) >= times)


async def queueing(call: Steered) -> None:
    """Into the queue by the caller's own keys."""
    assert call.channel.line is not None
    call.channel.line.press("2")
    await until(lambda: call.channel.waiting is not None)


async def connected(call: Steered) -> None:
    await queueing(call)
    call.switch.answer()


async def nothing(call: Steered) -> None:
    """The bot talks."""


STAGES = pytest.mark.parametrize("stage", [nothing, queueing, connected])


@STAGES
def test_going_to_a_node(stage: Script) -> None:
    async def script(call: Steered) -> None:
        await stage(call)
        assert await call.steering.go_to(CALL, "card", "gu") == {"call": CALL, "node": "card"}
        await reaches(call, "card")
        assert call.calls[CALL].state.waiting is not Waiting.TRANSFER
        assert call.channel.waiting is None and not call.channel.agent

    call = play(script)
    assert call.data("Ordered") == [{"order": "goto", "by": "gu", "node": "card"}]
    assert len(call.data("OrderGiven")) == 1


@STAGES
def test_transferring(stage: Script) -> None:
    async def script(call: Steered) -> None:
        await stage(call)
        waiting = call.transfers.under_way(CALL)
        await call.steering.transfer(CALL, "loans", "gu")
        await until(lambda: [e.queue for e in call.channel.entries][-1:] == ["loans"])
        assert call.desk.joined[-1] == (waiting.joined if waiting else None)

    call = play(script)
    assert call.data("QueueChosen")[-1]["queue"] == "loans"


@STAGES
def test_hanging_up(stage: Script) -> None:
    async def script(call: Steered) -> None:
        await stage(call)
        await call.steering.hang_up(CALL, "gu")
        await until(lambda: CALL not in call.calls)
        with pytest.raises(UnknownCallError):
            await call.steering.hang_up(CALL, "gu")

    assert play(script).data("CallEnded") == [{"outcome": "ordered"}]


@STAGES
def test_taking_over(stage: Script) -> None:
    async def script(call: Steered) -> None:
        await stage(call)
        await call.steering.take_over(CALL, "gu", "gu")
        await until(lambda: bool(call.channel.joined_with))
        assert not call.channel.agent
        # While a supervisor talks with the caller, others can listen, and whisper to them.
        await call.steering.spy("whisper", CALL, "ma", "ma")
        assert call.switch.rung[-1][2].startswith(f"{call.channel.joined_with},")
        await call.switch.hang_up(call.channel.joined_with)
        await until(lambda: CALL not in call.calls)

    call = play(script)
    assert call.data("TakenOver") == [{"agent": "gu", "by": "gu"}]
    assert call.data("TransferEnded")[-1]["outcome"] == "answered"


@STAGES
def test_a_supervisor_who_does_not_answer_changes_nothing(stage: Script) -> None:
    async def script(call: Steered) -> None:
        await stage(call)
        call.switch.answers = False
        before = call.calls[CALL].state.node, call.channel.waiting, call.channel.agent
        with pytest.raises(OrderRefused, match="gu's telephone did not answer"):
            await call.steering.take_over(CALL, "gu", "gu")
        after = call.calls[CALL].state.node, call.channel.waiting, call.channel.agent
        assert after == before
        assert call.steering.phones.line("gu") is None

    call = play(script)
    assert call.data("OrderRefused")[0]["order"] == "takeover"
    assert not call.data("OrderGiven")


def test_a_supervisor_who_hangs_up_too_early_loses_nobody() -> None:
    """They answered, and were gone before the caller was there."""

    async def script(call: Steered) -> None:
        await queueing(call)
        entry = call.channel.waiting
        withdraw = call.switch.withdraw

        async def slow(queue: str, channel: str) -> None:
            for name in tuple(call.channel.lines_up):
                await call.switch.hang_up(name)
            await withdraw(queue, channel)

        call.switch.withdraw = slow  # type: ignore[method-assign]
        await call.steering.take_over(CALL, "gu", "gu")
        await until(lambda: "TakeoverFailed" in call.kinds() and call.channel.waiting is not None)
        assert call.channel.waiting is not None and entry is not None
        assert call.channel.waiting.priority == entry.priority

    play(script)


def test_a_taker_who_is_gone_leaves_the_bot_where_it_was() -> None:
    async def script(call: Steered) -> None:
        offer = call.transfers.offer

        def late(call_id: str, taken: Any) -> None:
            offer(call_id, taken)
            call.channel.lines_up.clear()

        call.transfers.offer = late  # type: ignore[method-assign]
        await call.steering.take_over(CALL, "gu", "gu")
        await reaches(call, "main", 2)

    assert play(script).data("TransferEnded")[0]["outcome"] == "returned"


def test_what_is_said_of_orders_that_make_no_sense() -> None:
    async def script(call: Steered) -> None:
        steering = call.steering
        for order, why in (
            (
                steering.go_to(CALL, "crad", "gu"),
                "no node here is called 'crad'; did you mean card",
            ),
            (steering.transfer(CALL, "lones", "gu"), "did you mean loans"),
            (steering.take_over(CALL, "guu", "gu"), "did you mean gu"),
            (steering.spy("whisper", CALL, "gu", "gu"), "nobody but the hotline"),
            (steering.spy("barge", CALL, "gu", "gu"), "nobody but the hotline"),
        ):
            with pytest.raises(OrderRefused, match=why):
                await order
        call.desk.nobody = True
        with pytest.raises(OrderRefused, match="nobody who has loans is logged in"):
            await steering.transfer(CALL, "loans", "gu")
        for order in (
            steering.go_to("8.8", "card", "gu"),
            steering.hang_up("8.8", "gu"),
            steering.spy("listen", "8.8", "gu", "gu"),
        ):
            with pytest.raises(UnknownCallError, match=r"no call '8\.8' goes on now"):
                await order

    call = play(script)
    assert len(call.data("OrderRefused")) == 6
    assert not call.data("Ordered") and not call.data("OrderGiven")


@STAGES
@pytest.mark.parametrize("order", ["takeover", "listen"])
def test_a_call_that_ends_while_a_telephone_rings(stage: Script, order: str) -> None:
    """The ringing stops at once, and the order says why."""

    async def script(call: Steered) -> None:
        await stage(call)
        call.switch.ring_for = 14.0
        clock = asyncio.get_running_loop().time

        async def leave() -> float:
            await until(lambda: bool(call.switch.ringing))
            call.switch.part()
            call.channel.leave()
            return clock()

        async with asyncio.TaskGroup() as tasks:
            left = tasks.create_task(leave())
            with pytest.raises(OrderRefused, match="ended while gu's telephone rang"):
                await order_of(call, order, 0)
            assert clock() - left.result() < 1
        assert not call.switch.ringing and call.steering.phones.line("gu") is None

    play(script)


def test_a_telephone_does_not_ring_for_a_call_that_is_over() -> None:
    async def script(call: Steered) -> None:
        line = new_line(TEAM.supervisors[0], "8.8", "listen", "gu")
        with pytest.raises(OrderRefused, match="the call is over"):
            await call.steering.phones.ring(TEAM.supervisors[0], line, "Wait", "1")
        assert not call.switch.rung

    play(script)


def test_the_slowest_takeover_is_obeyed_within_the_time_for_an_order() -> None:
    """Whoever listens takes over: their line ends late, rings long, and the caller comes late."""

    class Trail:
        async def note(self, *entry: object) -> None:
            entries.append(entry)

    entries: list[tuple[object, ...]] = []

    async def script(call: Steered) -> None:
        await queueing(call)
        await call.steering.spy("listen", CALL, "gu", "gu")
        call.switch.ring_for = RING_SECONDS + GRACE_SECONDS - 0.5
        hang_up, withdraw = call.switch.hang_up, call.switch.withdraw
        loop = asyncio.get_running_loop()
        begun, held = loop.time(), 0.0

        async def hangs_up_late(channel: str) -> None:
            await asyncio.sleep(GRACE_SECONDS - 0.5)
            await hang_up(channel)

        async def lets_go_late(queue: str, channel: str) -> None:
            nonlocal held
            held = held or loop.time()
            if loop.time() - held > FREE_SECONDS - 1:
                await withdraw(queue, channel)

        call.switch.hang_up = hangs_up_late  # type: ignore[method-assign]
        call.switch.withdraw = lets_go_late  # type: ignore[method-assign]
        orders: Any = call
        given = GivenOrders(Orders(orders), cast(Any, Trail()))
        words = {"call": CALL, "phone": "gu"}
        await given.give("calls.takeover", CALL, words, "gu", "supervisor")
        assert TAKEOVER_SECONDS - 3 < loop.time() - begun < ORDER_SECONDS
        call.switch.hang_up = hang_up  # type: ignore[method-assign]
        await until(lambda: bool(call.channel.joined_with))
        await hang_up(call.channel.joined_with)

    call = play(script)
    assert [data["agent"] for data in call.data("TakenOver")] == ["gu"]
    assert [entry[-1] for entry in entries] == ["done"]
    assert ANSWER_SECONDS > ORDER_SECONDS


def test_two_orders_at_once() -> None:
    async def script(call: Steered) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(call.steering.take_over(CALL, "gu", "gu"))
            await asyncio.sleep(0.1)
            for order in (
                call.steering.go_to(CALL, "card", "ma"),
                call.steering.hang_up(CALL, "ma"),
            ):
                with pytest.raises(OrderRefused, match="another order about this call"):
                    await order
            with pytest.raises(OrderRefused, match="gu's telephone is in use"):
                await call.steering.spy("listen", CALL, "gu", "gu")

    play(script)


def test_modes_change_without_ringing_again() -> None:
    async def script(call: Steered) -> None:
        await connected(call)
        first = await call.steering.spy("listen", CALL, "gu", "gu")
        second = await call.steering.spy("barge", CALL, "gu", "gu")
        assert first["keys"] == second["keys"] == {"listen": "4", "whisper": "5", "barge": "6"}
        assert [key for _, key in call.switch.pressed] == ["6"]
        assert len(call.switch.rung) == 1

    call = play(script)
    assert call.switch.rung == [("PJSIP/agent-gu", "ChanSpy", "PJSIP/agent-wang-00000002,uqESd")]


def test_without_a_link_nothing_is_done() -> None:
    async def script(call: Steered) -> None:
        await connected(call)
        call.switch.connected = False
        for order in (
            call.steering.go_to(CALL, "card", "gu"),
            call.steering.take_over(CALL, "gu", "gu"),
            call.steering.spy("listen", CALL, "gu", "gu"),
            call.steering.hang_up(CALL, "gu"),
        ):
            with pytest.raises(ManagerError):
                await order
        transfer = call.transfers.under_way(CALL)
        assert transfer is not None and transfer.turn is None and call.channel.agent
        call.switch.connected = True

    play(script)


async def test_words_are_checked() -> None:
    class NoHouse:
        steering = None

    orders = CallOrders(NoHouse())
    with pytest.raises(OrderRefused, match="only starting"):
        await orders.hang_up({"call": CALL})


@pytest.mark.parametrize("words", [{}, {"call": " "}, {"call": "x\ny"}, {"call": "x" * 200}])
def test_words_that_are_none(words: dict[str, str], tmp_path: Path) -> None:
    async def ask() -> None:
        with pytest.raises(SettingsError, match="call"):
            await CallOrders(Steered(tmp_path)).hang_up(words)

    run(ask())


def test_every_order_has_a_role(tmp_path: Path) -> None:
    async def names() -> set[str]:
        call: Any = Steered(tmp_path)
        return set(Orders(call).names)

    assert run(names()) == set(ORDER_ROLES)


ORDERS = ("goto", "transfer", "takeover", "hangup", "listen", "whisper", "barge")
steps = st.tuples(
    st.sampled_from(
        ["goto", "goto", "transfer", "takeover", "listen", "whisper", "barge", "hangup",
         "key", "key", "key", "answer", "part", "expire", "leave", "deaf", "hears", "unlink",
         "link", "phones"]
    ),
    st.integers(0, 3),
    st.sampled_from([0.0, 0.0, 0.05, 0.4, 1.0, 6.0]),
)  # fmt: skip


def order_of(call: Steered, what: str, which: int) -> Coroutine[Any, Any, Any]:
    steering, phone = call.steering, ("gu", "ma", "wang", "x")[which]
    match what:
        case "goto":
            return steering.go_to(CALL, ("card", "main", "nobody", "x")[which], "gu")
        case "transfer":
            return steering.transfer(CALL, ("loans", "general", "loans", "x")[which], "gu")
        case "takeover":
            return steering.take_over(CALL, phone, "gu")
        case "hangup":
            return steering.hang_up(CALL, "gu")
    return steering.spy(what, CALL, phone, "gu")


async def happen(call: Steered, what: str, which: int) -> None:
    switch, channel = call.switch, call.channel
    match what:
        case "key":
            if channel.line is not None:
                channel.line.press("1268"[which])
        case "answer":
            switch.answer()
        case "part":
            switch.part()
        case "expire":
            switch.expire()
        case "leave":
            switch.part()
            channel.leave()
        case "deaf" | "hears":
            switch.answers = what == "hears"
        case "unlink" | "link":
            switch.connected = what == "link"
        case "phones":
            for name in tuple(channel.lines_up):
                await switch.hang_up(name)


@settings(max_examples=120, deadline=None)
@given(st.lists(steps, max_size=14))
def test_orders_at_any_moment(happenings: list[tuple[str, int, float]]) -> None:
    """No session crashes, nothing is done after the end, and the journal leads to the same."""

    async def obey(call: Steered, what: str, which: int) -> None:
        with suppress(IvrError):
            async with asyncio.timeout(60):
                assert isinstance(await order_of(call, what, which), dict)

    async def script(call: Steered) -> None:
        async with asyncio.TaskGroup() as given:
            for what, which, wait in happenings:
                await asyncio.sleep(wait)
                if what in ORDERS:
                    given.create_task(obey(call, what, which))
                else:
                    await happen(call, what, which)
            call.switch.connected = True

    play(script)
