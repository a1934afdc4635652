"""Two phones calling one another: answer, refusal, cancelling, audio, keys, hanging up."""

import asyncio
import gc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import soundfile

from tests.phone import AgentPhone, Answer, CallEnded, CallRefused, Phone, Refuse, RingOn, Side
from tests.phone.agent import Behaviour
from tests.phone.babble import babble
from tests.phone.g711 import Law
from tests.phone.signal import contains, find, samples_of

HELLO, REPLY = babble(1.5, 11), babble(1.5, 12)


@pytest.fixture
async def phone() -> AsyncIterator[Phone]:
    async with Phone() as phone:
        yield phone


@pytest.fixture
async def agent() -> AsyncIterator[AgentPhone]:
    async with AgentPhone(behaviour=Answer(after=0.0)) as agent:
        yield agent


async def test_each_hears_the_other(phone: Phone, agent: AgentPhone, tmp_path: Path) -> None:
    call = await phone.dial(agent.uri, from_user="li")
    await call.answered
    other = await agent.next_call()
    assert other.remote == "sip:li@127.0.0.1"
    (start, end), _ = await asyncio.gather(call.speak(HELLO), other.speak(REPLY))
    await call.heard_silence(0.3, after=end)
    assert 1.4 <= end - start <= 4.0
    await call.hang_up()
    assert find(other.heard.samples, samples_of(HELLO)).share >= 0.75
    assert find(call.heard.samples, samples_of(REPLY)).share >= 0.75
    assert not contains(call.heard.samples, samples_of(HELLO))
    spoken = find(call.spoken.samples, samples_of(HELLO))
    assert spoken.start == pytest.approx(start, abs=0.3)
    call.save_stereo_wav(tmp_path / "both.wav")
    stereo, _ = soundfile.read(tmp_path / "both.wav", dtype="int16")
    assert contains(stereo[:, 0], samples_of(HELLO))
    assert contains(stereo[:, 1], samples_of(REPLY))


@pytest.mark.parametrize("law", list(Law))
async def test_one_law_only(agent: AgentPhone, law: Law) -> None:
    async with Phone(laws=(law,)) as phone:
        call = await phone.dial(agent.uri)
        await call.answered
        other = await agent.next_call()
        await call.speak(HELLO)
        match = await other.heard_audio(HELLO)
        assert match.correlation > 0.95
        assert call.law is other.law is law


async def test_onset_and_silence_are_timed(phone: Phone, agent: AgentPhone) -> None:
    call = await phone.dial(agent.uri)
    await call.answered
    other = await agent.next_call()
    await call.heard_silence(0.3)
    asked = call.now
    start, end = await other.speak(REPLY)
    shift = other.epoch - call.epoch
    heard = await call.heard_sound(after=asked)
    quiet = await call.heard_silence(0.4, after=heard)
    # A microphone's 20 ms are on the way, and this machine may be busy.
    assert 0.0 <= heard - (start + shift) <= 0.5
    assert 0.0 <= quiet - (end + shift) <= 0.5


async def test_keys_arrive_both_ways(phone: Phone, agent: AgentPhone) -> None:
    call = await phone.dial(agent.uri)
    await call.answered
    other = await agent.next_call()
    spans = await call.press("12*#0", milliseconds=60, pause=0.06)
    assert await other.heard_keys(5) == "12*#0"
    assert all(down < up for down, up in spans)
    await other.press("7")
    assert await call.heard_keys(1) == "7"
    with pytest.raises(ValueError, match="no such key"):
        await call.press("x")


async def test_keys_make_speech_wait_and_lose_none(phone: Phone, agent: AgentPhone) -> None:
    call = await phone.dial(agent.uri)
    await call.answered
    other = await agent.next_call()
    await asyncio.gather(call.speak(HELLO), call.press("42", pause=0.05))
    await other.heard_audio(HELLO, timeout=20, at_least=0.5)
    assert other.keys_heard == "42"


async def test_who_hung_up(phone: Phone, agent: AgentPhone) -> None:
    call = await phone.dial(agent.uri)
    await call.answered
    other = await agent.next_call()
    await call.hang_up()
    assert (await call.ended).by is Side.US
    assert (await other.ended).by is Side.THEM

    call = await phone.dial(agent.uri)
    await call.answered
    other = await agent.next_call()
    await other.hang_up()
    assert (await call.ended).by is Side.THEM
    assert (await other.ended).by is Side.US
    with pytest.raises(CallEnded):
        await call.speak(HELLO)
    with pytest.raises(CallEnded):
        await call.heard_sound(after=call.now)


async def test_a_hang_up_ends_speech_and_waiting(phone: Phone, agent: AgentPhone) -> None:
    call = await phone.dial(agent.uri)
    await call.answered
    other = await agent.next_call()
    results = asyncio.gather(
        call.speak(babble(20, 1)), call.heard_sound(timeout=60), return_exceptions=True
    )
    await other.heard_sound()
    await other.hang_up()
    assert [type(result) for result in await results] == [CallEnded, CallEnded]


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [(Refuse(), 486), (Refuse(603, after=0.05), 603)],
)
async def test_refusal(phone: Phone, agent: AgentPhone, behaviour: Behaviour, status: int) -> None:
    agent.behaviour = behaviour
    call = await phone.dial(agent.uri)
    with pytest.raises(CallRefused) as refused:
        await call.answered
    assert refused.value.status == status
    assert (await call.ended).by is Side.THEM


async def test_a_busy_line(phone: Phone, agent: AgentPhone) -> None:
    first = await phone.dial(agent.uri)
    await first.answered
    with pytest.raises(CallRefused, match="486"):
        await (await phone.dial(agent.uri)).answered
    assert first.is_up


async def test_nobody_answers(phone: Phone, agent: AgentPhone) -> None:
    agent.behaviour = RingOn()
    call = await phone.dial(agent.uri, timeout=0.3)
    with pytest.raises(CallRefused, match="nobody answered"):
        await call.answered
    other = await agent.next_call()
    assert (await other.ended).cause == "cancelled"


async def test_cancelling_while_it_rings(phone: Phone, agent: AgentPhone) -> None:
    agent.behaviour = RingOn()
    call = await phone.dial(agent.uri)
    other = await agent.next_call()
    await call.ringing.wait()
    await call.hang_up()
    assert (await call.ended).status == 487
    ended = await other.ended
    assert (ended.by, ended.cause) == (Side.THEM, "cancelled")


async def test_an_answer_by_hand(phone: Phone, agent: AgentPhone) -> None:
    agent.behaviour = RingOn()
    call = await phone.dial(agent.uri)
    other = await agent.next_call()
    other.answer()
    await call.answered
    assert other.is_up


async def test_waiters_may_be_cancelled(phone: Phone, agent: AgentPhone) -> None:
    agent.behaviour = RingOn()
    call = await phone.dial(agent.uri)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await call.answered
    (await agent.next_call()).answer()
    await call.answered
    with pytest.raises(TimeoutError, match="no sound"):
        await call.heard_sound(timeout=0.1)


async def test_a_phone_takes_no_calls_and_no_stray_requests(phone: Phone) -> None:
    async with Phone() as other:
        ip, port = phone.address
        with pytest.raises(CallRefused, match="480"):
            await (await other.dial(f"sip:x@{ip}:{port}")).answered


async def test_a_script_runs_for_each_answered_call(phone: Phone, agent: AgentPhone) -> None:
    async def greet(call: object) -> None:
        await (await agent.next_call()).speak(REPLY)

    agent.script = greet
    call = await phone.dial(agent.uri)
    await call.answered
    match = await call.heard_audio(REPLY)
    assert match.start < match.end


async def test_closing_hangs_up_and_leaves_nothing() -> None:
    gc.collect()
    before = len(asyncio.all_tasks())
    async with AgentPhone(behaviour=Answer(after=0.0)) as agent:
        async with Phone() as phone:
            call = await phone.dial(agent.uri)
            await call.answered
            other = await agent.next_call()
        assert (await other.ended).by is Side.THEM
        assert call.ended.done()
    assert len(asyncio.all_tasks()) == before


async def test_closing_while_a_call_rings() -> None:
    async with AgentPhone(behaviour=RingOn()) as agent:
        async with Phone() as phone:
            call = await phone.dial(agent.uri)
            await call.ringing.wait()
        assert call.ended.done()
        assert not agent.calls


async def test_fifty_calls_at_once() -> None:
    count = 50
    async with AgentPhone(behaviour=Answer(after=0.0), lines=count) as agent, Phone() as phone:
        calls = [await phone.dial(agent.uri, from_user=f"c{n}") for n in range(count)]
        await asyncio.gather(*(call.answered for call in calls))
        others = {(call := await agent.next_call()).remote: call for _ in range(count)}
        voices = {n: babble(1.2, n) for n in (0, 25, 49)}
        await asyncio.gather(*(calls[n].speak(pcm) for n, pcm in voices.items()))
        for number, pcm in voices.items():
            await others[f"sip:c{number}@127.0.0.1"].heard_audio(pcm, timeout=20)
        assert not contains(others["sip:c1@127.0.0.1"].heard.samples, samples_of(voices[0]))
        assert all(len(call.heard) for call in calls)
