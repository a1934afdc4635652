"""Showing records and log messages aside: whoever has something to show waits for no screen."""

import logging
import threading
import time

import pytest

from ivr.call.journal import Record
from ivr.cli import aside
from ivr.cli.aside import Aside, LogAside


def record(number: int) -> Record:
    return {"at": float(number), "call": "1.1", "what": "note", "kind": "x", "data": {}}


def test_everything_is_shown_in_order_by_the_end() -> None:
    shown: list[Record] = []
    with Aside(shown.append) as screen:
        for number in range(1000):
            screen.write(record(number))
    assert shown == [record(number) for number in range(1000)]
    assert screen.dropped == 0


def test_a_screen_that_stands_still_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def stand_still(record: Record) -> None:
        moving.wait(60)

    moving = threading.Event()
    monkeypatch.setattr(aside, "LAST_SECONDS", 0.1)
    began = time.monotonic()
    with Aside(stand_still, limit=5) as screen:
        for number in range(100):
            screen.write(record(number))
    moving.set()
    assert time.monotonic() - began < 30
    assert screen.dropped >= 94


def test_a_screen_that_is_gone_ends_the_showing() -> None:
    def gone(record: Record) -> None:
        raise BrokenPipeError

    with Aside(gone) as screen:
        screen.write(record(1))
        screen.write(record(2))


class Slow(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.moving = threading.Event()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.moving.wait(60)
        self.texts.append(record.getMessage())


def logger_to(log: LogAside) -> logging.Logger:
    logger = logging.Logger("tests.aside")
    logger.addHandler(log.entrance)
    return logger


def test_log_messages_are_shown_by_the_end() -> None:
    screen = Slow()
    screen.moving.set()
    with LogAside(screen) as log:
        logger_to(log).warning("call %s failed", "1.1")
    assert screen.texts == ["call 1.1 failed"]


def test_logging_waits_for_no_screen() -> None:
    screen = Slow()
    began = time.monotonic()
    log = LogAside(screen, limit=5)
    with log:
        for number in range(100):
            logger_to(log).warning("%d", number)
    assert time.monotonic() - began < 30
    screen.moving.set()
