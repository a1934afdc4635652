"""Recordings: raw becomes wav once the call is over, never before."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from ivr.audio.wav import read_pcm
from ivr.errors import AudioError, ManagerError
from ivr.server import recordings
from ivr.server.beside import beside
from ivr.server.recordings import finish_recordings, keep_recordings
from tests.telephony.servers import until

SECOND = b"\1\0\2\0" * 8000


class Manager:
    """Says which channels live."""

    def __init__(self) -> None:
        self.live: list[str] = []
        self.asked = 0
        self.failing = False

    async def channels(self) -> tuple[dict[str, str], ...]:
        self.asked += 1
        if self.failing:
            raise ManagerError("no link")
        return tuple({"Uniqueid": name} for name in self.live)


def raw(folder: Path, name: str, age: float = 60.0) -> Path:
    path = folder / f"{name}.raw"
    path.write_bytes(SECOND)
    os.utime(path, (time.time() - age, time.time() - age))
    return path


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordings, "SWEEP_SECONDS", 0.01)


async def test_calls_that_are_over_become_wav(tmp_path: Path) -> None:
    manager = Manager()
    manager.live = ["2.0"]
    over, live, fresh = raw(tmp_path, "1.0"), raw(tmp_path, "2.0"), raw(tmp_path, "3.0", age=0.0)
    async with asyncio.TaskGroup() as group:
        sweeping = group.create_task(keep_recordings(tmp_path, manager))  # type: ignore[arg-type]
        await until(lambda: (tmp_path / "1.0.wav").exists(), "a wav is there")
        seen = manager.asked
        await until(lambda: manager.asked > seen + 2, "more sweeps")
        assert not over.exists() and live.exists() and fresh.exists()
        manager.live = []
        await until(lambda: not live.exists(), "the other is done")
        sweeping.cancel()
    assert len(read_pcm(tmp_path / "1.0.wav")) == len(SECOND) // 2


async def test_without_a_link_nothing_is_touched(tmp_path: Path) -> None:
    manager = Manager()
    manager.failing = True
    path = raw(tmp_path, "1.0")
    async with asyncio.TaskGroup() as group:
        sweeping = group.create_task(keep_recordings(tmp_path, manager))  # type: ignore[arg-type]
        await until(lambda: manager.asked > 2, "sweeps")
        assert path.exists()
        manager.failing = False
        await until(lambda: not path.exists(), "the link is back")
        sweeping.cancel()


@pytest.mark.parametrize("fault", [AudioError("spoilt"), PermissionError("read-only")])
async def test_one_that_cannot_be_made_stops_no_sweep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def convert(path: Path) -> Path:
        if path == bad:
            raise fault
        return honest(path)

    honest = recordings.to_stereo_wav
    monkeypatch.setattr(recordings, "to_stereo_wav", convert)
    manager = Manager()
    bad, good = raw(tmp_path, "1.0"), raw(tmp_path, "2.0")
    async with asyncio.TaskGroup() as group:
        sweeping = group.create_task(keep_recordings(tmp_path, manager))  # type: ignore[arg-type]
        await until(lambda: not good.exists(), "the good one is done")
        assert bad.exists() and not sweeping.done()
        sweeping.cancel()


async def test_a_mistake_of_ours_ends_no_sweeping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    honest, tried = recordings._convert, 0

    def broken(paths: list[Path]) -> None:
        nonlocal tried
        tried += 1
        if tried < 4:
            raise KeyError("a mistake of ours")
        honest(paths)

    monkeypatch.setattr(recordings, "_convert", broken)
    path = raw(tmp_path, "1.0")
    async with beside([keep_recordings(tmp_path, Manager())]):  # type: ignore[arg-type]
        await until(lambda: not path.exists(), "it is made a wav at last")
    faults = [one.message for one in caplog.records if "calls go on" in one.message]
    assert faults == ["making recordings wav files failed, calls go on: KeyError"]


def test_at_the_end_everything_is_made_wav(tmp_path: Path) -> None:
    for name in ("1.0", "2.0"):
        raw(tmp_path, name, age=0.0)
    finish_recordings(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["1.0.wav", "2.0.wav"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    finish_recordings(tmp_path / "none")
