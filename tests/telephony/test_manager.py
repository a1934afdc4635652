"""The manager link against a fake AMI: actions, refusals, events, and a link that breaks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest

from ivr.errors import ManagerError
from ivr.ports import SwitchBack, SwitchEvent, SwitchLost, SwitchManager, SwitchNotice
from ivr.telephony import ami_link, manager
from ivr.telephony.manager import AmiManager
from tests.fakes.ami import SECRET, FakeAmi
from tests.telephony.servers import SECONDS, until


def link(ami: FakeAmi, **options: float) -> AmiManager:
    return AmiManager("ivr", SECRET, port=ami.port, **options)  # type: ignore[arg-type]


async def following(events: asyncio.Future[SwitchNotice] | Awaitable[SwitchNotice]) -> SwitchNotice:
    async with asyncio.timeout(SECONDS):
        return await events


async def test_members() -> None:
    async with FakeAmi() as ami, link(ami) as switch:
        typed: SwitchManager = switch
        port = switch
        assert typed is port
        await port.ping()
        await port.add_member("loans", "PJSIP/ann", "安妮", 2, "PJSIP/ann")
        await port.set_penalty("loans", "PJSIP/ann", 3)
        await port.pause_member("PJSIP/ann", True, "tea")
        members = await port.queue_members()
        assert [(member["Name"], member["Penalty"]) for member in members] == [("安妮", "2")]
        assert await port.channels() == ()
        await port.redirect("PJSIP/x-1", "fallback", "s")
        await port.remove_member("loans", "PJSIP/ann")
        assert await port.queue_status() == ()
        await port.withdraw("loans", "PJSIP/x-1")
        await port.press("PJSIP/gu-2", "5")
        await port.ring("PJSIP/gu", "ChanSpy", "PJSIP/x-1,uqES", "ivr-phone-1", 15.0, "ivr listen")
        ring = next(action for action in ami.actions if action["Action"] == "Originate")
        assert (ring["Application"], ring["Data"]) == ("ChanSpy", "PJSIP/x-1,uqES")
        assert (ring["Timeout"], ring["ChannelId"], ring["Async"]) == (
            "15000",
            "ivr-phone-1",
            "true",
        )
        assert ring["CallerID"] == '"ivr listen" <>'
        withdrawn = next(a for a in ami.actions if a["Action"] == "QueueWithdrawCaller")
        assert (withdrawn["Queue"], withdrawn["Caller"]) == ("loans", "PJSIP/x-1")
        pressed = next(action for action in ami.actions if action["Action"] == "PlayDTMF")
        assert (pressed["Digit"], pressed["Receive"]) == ("5", "true")
        pause = next(action for action in ami.actions if action["Action"] == "QueuePause")
        assert (pause["Paused"], pause["Reason"]) == ("true", "tea")
        redirect = next(action for action in ami.actions if action["Action"] == "Redirect")
        assert (redirect["Context"], redirect["Exten"]) == ("fallback", "s")


@pytest.mark.parametrize("piece", [1, 2, 7])
async def test_any_chunking_keeps_every_character(piece: int) -> None:
    async with FakeAmi(piece=piece) as ami, link(ami) as switch:
        await switch.add_member("贷款", "PJSIP/1", "王小明", 0)
        (member,) = await switch.queue_members()
        assert (member["Queue"], member["Name"]) == ("贷款", "王小明")


async def test_refusals_say_what_and_why() -> None:
    async with FakeAmi() as ami, link(ami) as switch:
        await switch.add_member("loans", "PJSIP/ann", "Ann", 0)
        with pytest.raises(ManagerError, match="refused AMI QueueAdd: Already there"):
            await switch.add_member("loans", "PJSIP/ann", "Ann", 0)
        with pytest.raises(ManagerError, match="refused AMI Hangup: No such channel"):
            await switch.hang_up("PJSIP/nobody")


@pytest.mark.parametrize("bad", ["a\r\nAction: Originate", "a\n", "a\0", "\ud800"])
async def test_line_injection_is_refused_before_anything_is_sent(bad: str) -> None:
    async with FakeAmi() as ami, link(ami) as switch:
        before = len(ami.actions)
        attempts: list[Callable[[], Awaitable[object]]] = [
            lambda: switch.hang_up(bad),
            lambda: switch.add_member("q", "PJSIP/1", bad, 0),
            lambda: switch.pause_member("PJSIP/1", True, bad),
            lambda: switch.redirect("c", "context", bad),
            lambda: switch.withdraw("q", bad),
            lambda: switch.press("c", bad),
            lambda: switch.ring("PJSIP/1", "Wait", bad, "i", 1.0, "x"),
            lambda: switch.ring("PJSIP/1", "Wait", "1", "i", 1.0, bad),
        ]
        for attempt in attempts:
            with pytest.raises(ManagerError, match="cannot be sent"):
                await attempt()
        assert len(ami.actions) == before


async def test_a_wrong_secret() -> None:
    async with FakeAmi() as ami:
        with pytest.raises(ManagerError, match=r"did not log in 'ivr'.*manager\.conf"):
            async with AmiManager("ivr", "wrong", port=ami.port):
                raise AssertionError("logged in")


async def test_nobody_there() -> None:
    async with FakeAmi() as ami:
        port = ami.port
    with pytest.raises(ManagerError, match=f"cannot reach AMI at 127.0.0.1:{port}.*is Asterisk"):
        async with AmiManager("ivr", SECRET, port=port):
            raise AssertionError("connected")


async def test_an_asterisk_that_does_not_answer() -> None:
    async with FakeAmi() as ami, link(ami, action_seconds=0.1) as switch:
        ami.deaf = True
        with pytest.raises(ManagerError, match=r"no answer within 0\.1 s"):
            await switch.channels()
        assert switch._link is not None
        assert switch._link._manager.protocol.responses == {}


async def test_events_reach_every_subscriber_in_order_and_end_with_the_manager() -> None:
    async with FakeAmi() as ami:
        async with link(ami) as switch:
            first, second = switch.events(), switch.events()
            for number in range(3):
                ami.event("QueueMemberStatus", Number=str(number))
            for events in (first, second):
                for number in range(3):
                    notice = await following(anext(events))
                    assert isinstance(notice, SwitchEvent)
                    assert (notice.name, notice.fields["Number"]) == (
                        "QueueMemberStatus",
                        str(number),
                    )
        assert [notice async for notice in first] == []


async def test_a_slow_subscriber_loses_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manager, "MAX_NOTICES", 3)
    async with FakeAmi() as ami, link(ami) as switch:
        events = switch.events()
        for number in range(5):
            ami.event("E", Number=str(number))
        await until(lambda: events.dropped == 2, "two were dropped")  # type: ignore[attr-defined]
        notice = await following(anext(events))
        assert isinstance(notice, SwitchEvent)
        assert notice.fields["Number"] == "2"


async def test_after_a_break_come_snapshots() -> None:
    async with FakeAmi() as ami, link(ami, ping_seconds=0.05) as switch:
        await switch.add_member("loans", "PJSIP/ann", "Ann", 0)
        events = switch.events()
        await ami.vanish()
        assert isinstance(await following(anext(events)), SwitchLost)
        with pytest.raises(ManagerError, match="is down and being restored"):
            await switch.ping()
        assert not switch.connected
        await ami.listen()
        back = await following(anext(events))
        assert isinstance(back, SwitchBack)
        assert [fields["Location"] for fields in back.queues] == ["PJSIP/ann"]
        assert back.channels == ()
        assert switch.connected
        await switch.ping()
        assert ami.logins == 2


async def test_an_asterisk_that_hangs_counts_as_lost() -> None:
    async with FakeAmi() as ami, link(ami, ping_seconds=0.05, action_seconds=0.05) as switch:
        events = switch.events()
        ami.deaf = True
        assert isinstance(await following(anext(events)), SwitchLost)
        ami.deaf = False
        assert isinstance(await following(anext(events)), SwitchBack)


async def test_an_action_cut_off_fails_at_once_and_is_not_sent_again() -> None:
    async with FakeAmi() as ami, link(ami) as switch:
        ami.deaf = True

        async def break_it() -> None:
            await until(lambda: ami.actions[-1]["Action"] == "Hangup", "the action is there")
            await ami.vanish()
            ami.deaf = False
            await ami.listen()

        async with asyncio.TaskGroup() as group:
            group.create_task(break_it())
            with pytest.raises(ManagerError, match="broke"):
                await switch.hang_up("PJSIP/1")
        await until(lambda: switch.connected and ami.logins == 2, "the link is back")
        assert [action["Action"] for action in ami.actions].count("Hangup") == 1


async def test_an_endless_message_breaks_the_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ami_link, "MAX_MESSAGE", 1000)
    async with FakeAmi() as ami, link(ami) as switch:
        events = switch.events()
        ami.raw(b"Event: " + b"x" * 5000)
        assert isinstance(await following(anext(events)), SwitchLost)


async def test_numbers_of_callers_stay_out_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with FakeAmi() as ami, link(ami) as switch:
            events = switch.events()
            ami.event("Newchannel", CallerIDNum="13800138000")
            await following(anext(events))
    assert "13800138000" not in caplog.text
    assert SECRET not in caplog.text
