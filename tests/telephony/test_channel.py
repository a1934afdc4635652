"""The call channel against a fake Asterisk: audio, keys, queues, hang-ups at every stage."""

import asyncio
import logging
from contextlib import AsyncExitStack

import pytest

from ivr.audio.frames import FRAME_BYTES, AudioFrame
from ivr.errors import AgiError, AudioSocketError, IvrError
from ivr.ports import AudioLink, QueueEntry, TransferOutcome
from ivr.telephony.channel import AgiChannel, queue_arguments
from tests.fakes.asterisk import FakeAsterisk
from tests.telephony.servers import servers, until

TONE = bytes(range(256)) * 5  # four frames
ENTRY = QueueEntry("loans", priority=7, max_penalty=0, timeout=60)


async def heard_until_end(link: AudioLink) -> tuple[bytes, str]:
    pcm, keys = b"", ""
    while (item := await link.receive()) is not None:
        if isinstance(item, AudioFrame):
            pcm += item.pcm
        else:
            keys += item
    return pcm, keys


async def test_talk_and_keys_both_ways() -> None:
    heard: list[object] = []

    async def bot(channel: AgiChannel) -> None:
        link = await channel.open_audio()
        for _ in range(4):
            item = await link.receive()
            assert isinstance(item, AudioFrame)
            link.send(item)
        heard.extend([await link.receive(), await link.receive()])
        await link.close()
        heard.extend([await link.receive(), channel.gone])
        heard.extend([channel.caller, channel.called, channel.call_id, channel.channel])

    async with servers(bot) as house, FakeAsterisk(house.agi.port) as asterisk:
        call = asterisk.dial("95588", caller="13800138000")
        call.say(TONE)
        call.press("4#")
        await call.ended()
        assert heard[:4] == ["4", "#", None, False]
        assert heard[4:] == ["13800138000", "95588", call.unique_id, call.channel]
        assert bytes(call.heard) == TONE
        assert call.served


async def test_talk_queue_and_talk_again() -> None:
    outcomes: list[TransferOutcome] = []

    async def bot(channel: AgiChannel) -> None:
        await (await channel.open_audio()).close()
        entry = QueueEntry("loans", 7, 2, 60, rule="relax", announcement="/var/whisper/a b")
        outcomes.append(await channel.enqueue(entry))
        link = await channel.open_audio()
        link.send(AudioFrame(bytes(FRAME_BYTES)))
        await link.close()
        outcomes.append(await channel.enqueue(ENTRY))

    async with servers(bot) as house, FakeAsterisk(house.agi.port) as asterisk:
        call = asterisk.dial()
        call.queue_ends("TIMEOUT")
        call.queue_ends("CONTINUE")
        await call.ended()
        assert outcomes == [TransferOutcome.NO_ANSWER, TransferOutcome.ANSWERED]
        assert call.queued[0] == ["loans", "tc", "", "/var/whisper/a b", "60", "", "", "relax"]
        assert call.queued[1] == ["loans", "tc", "", "", "60"]
        assert call.variables["QUEUE_PRIO"] == "7"
        assert call.variables["QUEUE_MAX_PENALTY"] == ""  # the second entry sets no limit
        assert call.links == 2
        assert call.served


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("CONTINUE", TransferOutcome.ANSWERED),
        ("TIMEOUT", TransferOutcome.NO_ANSWER),
        ("JOINEMPTY", TransferOutcome.NO_ANSWER),
        ("LEAVEEMPTY", TransferOutcome.NO_ANSWER),
        ("JOINUNAVAIL", TransferOutcome.NO_ANSWER),
        ("LEAVEUNAVAIL", TransferOutcome.NO_ANSWER),
        ("FULL", TransferOutcome.BUSY),
        ("WITHDRAW", TransferOutcome.FAILED),
        ("UNKNOWN", TransferOutcome.FAILED),
        ("", TransferOutcome.FAILED),
    ],
)
async def test_how_queues_end(status: str, outcome: TransferOutcome) -> None:
    outcomes: list[object] = []

    async def bot(channel: AgiChannel) -> None:
        outcomes.append(await channel.enqueue(ENTRY))

    async with servers(bot) as house, FakeAsterisk(house.agi.port) as asterisk:
        call = asterisk.dial()
        call.queue_ends(status)
        await call.ended()
    assert outcomes == [outcome]


async def test_a_caller_who_leaves_the_queue_has_abandoned() -> None:
    seen: list[object] = []

    async def bot(channel: AgiChannel) -> None:
        seen.extend([await channel.enqueue(ENTRY), channel.gone])
        seen.append(await channel.enqueue(ENTRY))

    async with servers(bot) as house, FakeAsterisk(house.agi.port) as asterisk:
        call = asterisk.dial()
        await call.queueing()
        call.hang_up()
        await call.ended()
        assert len(call.queued) == 1
    assert seen == [TransferOutcome.ABANDONED, True, TransferOutcome.ABANDONED]


async def test_when_the_audio_ends_gone_is_right_at_once() -> None:
    seen: list[object] = []

    async def bot(channel: AgiChannel) -> None:
        link = await channel.open_audio()
        seen.extend([await heard_until_end(link), channel.gone, await link.receive()])
        await channel.hang_up()  # harmless

    async with servers(bot) as house, FakeAsterisk(house.agi.port) as asterisk:
        call = asterisk.dial()
        await call.talking()
        call.press("1")
        call.hang_up()
        await call.ended()
        assert not call.served
        await until(lambda: house.audio.connections == 0, "the audio connection is gone")
        await until(lambda: house.agi.connections == 0, "the AGI connection is gone")
    assert seen == [(b"", "1"), True, None]


async def test_a_caller_who_hangs_up_between_two_commands() -> None:
    seen: list[object] = []

    async def bot(channel: AgiChannel) -> None:
        await until(lambda: channel.gone, "the hang-up is known")
        with pytest.raises(AgiError, match="ended before its audio"):
            await channel.open_audio()
        seen.append(await channel.enqueue(ENTRY))

    async with servers(bot) as house, FakeAsterisk(house.agi.port) as asterisk:
        call = asterisk.dial()
        call.hang_up()
        await call.ended()
    assert seen == [TransferOutcome.ABANDONED]


async def test_the_bot_hangs_up() -> None:
    seen: list[object] = []

    async def bot(channel: AgiChannel) -> None:
        await channel.open_audio()
        await channel.hang_up()  # closes the audio first
        seen.append(channel.gone)
        await channel.hang_up()

    async with servers(bot) as house, FakeAsterisk(house.agi.port) as asterisk:
        call = asterisk.dial()
        await call.ended()
        assert call.hung_up
        assert call.commands.count("HANGUP") == 1
    assert seen == [True]


async def test_a_crash_leaves_the_caller_to_the_fallback_and_its_words_to_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def bot(channel: AgiChannel) -> None:
        await channel.open_audio()
        raise RuntimeError(f"card {6000 + 222}")

    with caplog.at_level(logging.DEBUG):
        async with servers(bot) as house, FakeAsterisk(house.agi.port) as asterisk:
            call = asterisk.dial()
            await call.ended()
            assert not call.served
            assert not call.hung_up
    assert "RuntimeError" in caplog.text
    assert "test_channel.py" in caplog.text
    assert "6222" not in caplog.text


async def test_stopping_the_server_leaves_callers_to_the_fallback() -> None:
    async def bot(channel: AgiChannel) -> None:
        await heard_until_end(await channel.open_audio())

    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(servers(bot))
        async with FakeAsterisk(house.agi.port) as asterisk:
            call = asterisk.dial()
            await call.talking()
            await stack.aclose()
            await call.ended()
            assert not call.served
            assert not call.hung_up


async def test_stopping_the_server_leaves_queued_callers_queued() -> None:
    async def bot(channel: AgiChannel) -> None:
        await channel.enqueue(ENTRY)

    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(servers(bot))
        async with FakeAsterisk(house.agi.port) as asterisk:
            call = asterisk.dial()
            await call.queueing()
            await stack.aclose()
            assert not call.hung_up
            call.queue_ends("CONTINUE")
            await call.ended()
            assert not call.hung_up


async def test_a_crash_inside_a_task_group_names_the_inner_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def crash() -> None:
        _ = 1 // 0

    async def bot(channel: AgiChannel) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(crash())

    async with servers(bot) as house, FakeAsterisk(house.agi.port) as asterisk:
        first, second = asterisk.dial(), asterisk.dial()
        await first.ended()
        await second.ended()
    assert caplog.text.count("ZeroDivisionError\n") == 2


async def test_audio_that_cannot_connect() -> None:
    seen: list[object] = []

    async def bot(channel: AgiChannel) -> None:
        try:
            await channel.open_audio()
        except AudioSocketError as error:
            seen.append(str(error))
        seen.append(len(channel._rendezvous))

    async with servers(bot) as house, FakeAsterisk(house.agi.port) as asterisk:
        call = asterisk.dial()
        call.redirect_audio = ("127.0.0.1", 1)
        await call.ended()
    assert "could not connect the audio" in str(seen[0])
    assert seen[1] == 0


async def test_one_audio_link_at_a_time_and_none_while_queueing() -> None:
    errors: list[str] = []

    async def bot(channel: AgiChannel) -> None:
        await channel.open_audio()
        for attempt in (channel.open_audio, lambda: channel.enqueue(ENTRY)):
            with pytest.raises(AgiError) as error:
                await attempt()
            errors.append(str(error.value))

    async with servers(bot) as house, FakeAsterisk(house.agi.port) as asterisk:
        call = asterisk.dial()
        await call.ended()
        assert call.served
    assert ["open" in error for error in errors] == [True, True]


async def test_variables() -> None:
    errors: list[object] = []

    async def bot(channel: AgiChannel) -> None:
        await channel.set_variables({"INTENT": '查询"余额"\\', "__TIER": "vip"})
        for bad in ({"A B": "1"}, {"CALLERID(num)": "1"}, {"A": "1\nHANGUP"}):
            with pytest.raises(AgiError) as error:
                await channel.set_variables(bad)
            errors.append(error.value)

    async with servers(bot) as house, FakeAsterisk(house.agi.port) as asterisk:
        call = asterisk.dial()
        await call.ended()
        assert call.variables["INTENT"] == '查询"余额"\\'
        assert call.variables["__TIER"] == "vip"
    assert len(errors) == 3


async def test_a_cancelled_wait_does_not_mix_up_answers() -> None:
    seen: list[object] = []

    async def bot(channel: AgiChannel) -> None:
        try:
            async with asyncio.timeout(0.05):
                await channel.enqueue(ENTRY)
        except TimeoutError:
            seen.append("timeout")
        call.queue_ends("TIMEOUT")
        await channel.set_variables({"AFTER": "1"})
        seen.append(await channel._get("AFTER"))

    async with servers(bot) as house, FakeAsterisk(house.agi.port) as asterisk:
        call = asterisk.dial()
        await call.ended()
    assert seen == ["timeout", "1"]


@pytest.mark.parametrize(
    "entry",
    [
        QueueEntry("", 0, 0, 60),
        QueueEntry("a,b", 0, 0, 60),
        QueueEntry("a", 0, 0, 60, rule="x\ny"),
        QueueEntry("a", 0, 0, 60, announcement="a&b"),
        QueueEntry("a(1)", 0, 0, 60),
    ],
)
def test_queue_arguments_refused(entry: QueueEntry) -> None:
    with pytest.raises(IvrError):
        queue_arguments(entry, "22.10.1")


def test_the_rule_stands_one_later_before_asterisk_21() -> None:
    entry = QueueEntry("a", 0, 0, 0, rule="relax")
    assert queue_arguments(entry, "22.10.1+dfsg").split(",").index("relax") == 7
    assert queue_arguments(entry, "20.9.3").split(",").index("relax") == 8
    assert queue_arguments(entry, "GIT-master").split(",").index("relax") == 7


async def test_a_caller_is_joined_with_a_telephone_that_waits() -> None:
    results: list[bool] = []
    other = "PJSIP/agent-gu-00000003"

    async def bot(channel: AgiChannel) -> None:
        results.append(await channel.join("PJSIP/agent-gu-00000009"))
        results.append(await channel.join(other))
        for bad in ("", "a,b", "a\nb", "a(b)"):
            with pytest.raises(AgiError):
                await channel.join(bad)
        results.append(channel.gone)
        link = await channel.open_audio()
        with pytest.raises(AgiError, match="audio of this call is open"):
            await channel.join(other)
        await link.close()

    async with servers(bot) as house, FakeAsterisk(house.agi.port) as asterisk:
        call = asterisk.dial()
        call.others.add(other)
        await call.queueing()
        call.queue_ends("")
        await call.ended()
    assert results == [False, True, False]
    assert [line for line in call.commands if "Bridge" in line] == [
        'EXEC Bridge "PJSIP/agent-gu-00000009,x"',
        f'EXEC Bridge "{other},x"',
    ]
