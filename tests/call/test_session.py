"""A call from answer to end over a fake Asterisk: every stage, every failure, nothing left."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.call import session as session_module
from ivr.call.session import INBOX_SIZE, KEYS_WAITING
from ivr.dialogue.events import KeyPressed, OrderGiven, TimerRang
from ivr.errors import AudioSocketError, IvrError
from tests.call.rig import VOICE, Rig, rig
from tests.fakes.asterisk import FakeCall
from tests.telephony.servers import until

FRAMES = 12


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Rig]:
    async with rig(tmp_path, "挂失") as made:
        yield made
    assert made.whispers == []


async def speak(call: FakeCall) -> None:
    """A turn long enough to be one, and the silence that ends it."""
    call.say(VOICE * FRAMES)
    call.silence(0.3)


async def test_speech_and_keys_to_an_agent_and_the_end(room: Rig) -> None:
    call = room.asterisk.dial("95588", caller="13800138000", paced=True)
    await room.at("main")
    await speak(call)
    await room.at("card")
    assert room.recogniser.turns[0].language == "zh"
    assert "挂失" in room.recogniser.turns[0].phrases
    call.press("6688")
    await room.at("sure")
    call.press("1")
    await call.queueing()
    call.queue_ends("CONTINUE")
    await call.ended()
    assert room.nodes == ["main", "card", "sure", "agent"]
    assert room.data("CallStarted")[0]["caller"] == "13800138000"
    assert room.data("TransferEnded")[0]["outcome"] == "answered"
    assert room.sessions[0].state.outcome == "transferred"
    assert call.hung_up
    assert room.failures == []


async def test_the_journal_is_written_before_an_action_is_obeyed(room: Rig) -> None:
    call = room.asterisk.dial()
    await room.said(1)
    kinds = room.kinds()
    assert kinds.index("PlayPrompt") < kinds.index("PromptBegan") < kinds.index("PromptEnded")
    assert [record["at"] for record in room.records] == sorted(r["at"] for r in room.records)
    call.hang_up()
    await call.ended()


@pytest.mark.parametrize("node", ["main", "card", "sure"])
async def test_hanging_up_in_a_question(room: Rig, node: str) -> None:
    call = room.asterisk.dial()
    await room.at("main")
    for key, here in (("1", "card"), ("6688", "sure")):
        if node in room.nodes:
            break
        call.press(key)
        await room.at(here)
    call.hang_up()
    await call.ended()
    assert room.kinds()[-1] == "CallerHungUp"
    assert room.sessions[0].state.outcome == "caller_hung_up"
    assert room.failures == []


async def test_hanging_up_in_mid_speech(room: Rig) -> None:
    call = room.asterisk.dial(paced=True)
    await room.at("main")
    call.say(VOICE * 30)
    await until(lambda: "SpeechBegan" in room.kinds(), "speech began")
    call.hang_up()
    await call.ended()
    assert room.recogniser.turns[0].cancelled
    assert room.failures == []


async def test_hanging_up_in_the_queue(room: Rig) -> None:
    call = room.asterisk.dial()
    await room.to_the_agent(call)
    call.hang_up()
    await call.ended()
    assert room.data("TransferEnded")[0]["outcome"] == "abandoned"
    assert room.sessions[0].state.outcome == "abandoned"
    assert room.failures == []


async def test_a_caller_who_leaves_before_there_is_audio(room: Rig) -> None:
    call = room.asterisk.dial()
    call.hang_up()
    await call.ended()
    assert room.sessions[0].state.outcome == "caller_hung_up"
    assert room.failures == []


async def test_a_timer_that_rings_when_nobody_answers(room: Rig) -> None:
    call = room.asterisk.dial(paced=True)
    await room.at("main")
    call.press("4")
    await room.at("quiet")
    await call.ended()  # noinput leads to the goodbye
    assert room.nodes == ["main", "quiet", "bye"]
    assert call.hung_up and room.failures == []
    assert "TimerRang" in room.kinds()


async def test_the_talk_goes_on_when_nobody_took_the_call(room: Rig) -> None:
    call = room.asterisk.dial()
    await room.to_the_agent(call)
    call.queue_ends("TIMEOUT")
    await room.at("nobody")
    await until(lambda: call.links == 2, "the audio is open again")
    call.press("1")
    await room.at("agent", 2)
    await call.queueing()
    call.queue_ends("FULL")
    await room.at("nobody", 2)
    call.press("3")
    await call.ended()
    assert [data["outcome"] for data in room.data("TransferEnded")] == ["no_answer", "busy"]
    first, second = room.desk.joined
    assert first is None and second is not None, "who waits on keeps the time of arrival"
    assert room.sessions[0].state.outcome == "goodbye"
    assert room.failures == []


async def test_when_no_queue_fits_the_caller_is_told_at_once(room: Rig) -> None:
    room.desk.entry = None
    call = room.asterisk.dial()
    await room.at("main")
    call.press("2")
    await room.at("nobody")
    assert call.queued == []
    assert room.data("QueueRefused") == [{"why": "because", "facts": {"free": 1}}]
    call.hang_up()
    await call.ended()


# -- failures: the channel is left to the dialplan, not marked as served ----------------------


async def failed(room: Rig, call: FakeCall, kind: type[Exception]) -> None:
    await call.ended()
    assert [type(error) for error in room.failures] == [kind]
    assert not call.served
    assert not call.hung_up


async def test_a_crash_inside_a_step(room: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    call = room.asterisk.dial()
    await room.at("main")
    monkeypatch.setattr(session_module, "step", broken)
    call.press("1")
    await failed(room, call, ZeroDivisionError)


async def test_a_crash_that_leaves_other_calls_alone(
    room: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = session_module.step

    def broken(book: object, state: object, event: object) -> object:
        if isinstance(event, KeyPressed) and event.key == "9":
            raise ZeroDivisionError
        return honest(book, state, event)  # type: ignore[arg-type]

    monkeypatch.setattr(session_module, "step", broken)
    one, other = room.asterisk.dial(), room.asterisk.dial()
    await room.at("main", 2)
    one.press("9")
    await failed(room, one, ZeroDivisionError)
    other.press("3")
    await other.ended()
    assert other.hung_up


async def test_a_crash_in_the_caller_s_ears(room: Rig) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    room.recogniser.listen = broken  # type: ignore[assignment, method-assign]
    call = room.asterisk.dial()
    await room.at("main")
    call.say(VOICE * FRAMES)
    await failed(room, call, ZeroDivisionError)


async def test_a_link_that_is_lost_while_the_caller_is_there(room: Rig) -> None:
    call = room.asterisk.dial()
    await room.said(1)
    call.loses_audio()
    await failed(room, call, AudioSocketError)


async def test_audio_that_cannot_be_connected(room: Rig) -> None:
    call = room.asterisk.dial()
    call.redirect_audio = ("127.0.0.1", 1)
    await failed(room, call, AudioSocketError)


async def test_a_voice_that_is_away_costs_words_and_not_the_call(room: Rig) -> None:
    room.prompts.failing = True
    call = room.asterisk.dial()
    await room.to_the_agent(call)
    assert call.queued[0][3] == ""  # no whisper
    assert len(room.data("WhisperLost")) == 1
    call.queue_ends("CONTINUE")
    await call.ended()
    assert room.failures == []


async def test_a_server_that_stops_leaves_its_calls_to_the_dialplan(tmp_path: Path) -> None:
    async with rig(tmp_path) as room:
        call = room.asterisk.dial()
        await room.at("main")
        # The servers close before Asterisk does.
        closing = room.sessions[0]
    assert not call.served
    assert not closing.state.ended


# -- floods and orders --------------------------------------------------------------------------


async def test_a_flood_of_keys_is_survived(room: Rig) -> None:
    call = room.asterisk.dial()
    await room.at("main")
    call.press("7" * 2000)
    call.press("#")
    call.hang_up()
    await call.ended()
    assert room.failures == []


async def test_keys_leave_room_for_everything_else(room: Rig) -> None:
    call = room.asterisk.dial()
    await room.at("main")
    session = room.sessions[0]
    for _ in range(10 * INBOX_SIZE):  # before the session has a chance to run
        session.post(KeyPressed("7"))
    for serial in range(900, 900 + INBOX_SIZE - KEYS_WAITING):
        session.post(TimerRang(serial))
    with pytest.raises(IvrError, match=f"more than {INBOX_SIZE} events"):
        session.post(TimerRang(1))
    await until(lambda: len(room.data("TimerRang")) == INBOX_SIZE - KEYS_WAITING, "all came")
    assert len(room.data("KeyPressed")) == KEYS_WAITING
    call.hang_up()
    await call.ended()
    assert room.failures == []


async def test_a_supervisor_s_orders(room: Rig) -> None:
    call = room.asterisk.dial()
    await room.at("main")
    room.sessions[0].post(OrderGiven("goto", "card"))
    await room.at("card")
    room.sessions[0].post(OrderGiven("hangup"))
    await call.ended()
    assert call.hung_up
    assert room.sessions[0].state.outcome == "ordered"


async def test_nothing_outlives_its_call(room: Rig) -> None:
    before = asyncio.all_tasks()
    calls = [room.asterisk.dial() for _ in range(5)]
    await room.at("main", 5)
    for call in calls:
        call.hang_up()
        await call.ended()
    await until(lambda: asyncio.all_tasks() == before, "the tasks are gone")


async def test_an_unknown_flow_fails_before_anything_is_said(room: Rig) -> None:
    with pytest.raises(IvrError):
        services = replace(room.services, flow="none")
        session_module.Session(None, services, None)  # type: ignore[arg-type]
