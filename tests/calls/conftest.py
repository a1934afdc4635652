"""One running bank hotline for the calls of one test file, and the voices of its callers."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.callers import voices_of
from tests.house_fixture import Hotline, open_hotline, settings_on_free_ports

MANDARIN = ("我的卡丢了", "四, 三, 二, 一", "对", "英语", "其他服务", "主菜单", "贷款", "好的")
ENGLISH = ("i lost my card", "yes")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hotline() -> AsyncIterator[Hotline]:
    """The bank's hotline with its private Asterisk, on free ports."""
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        async with open_hotline(settings_on_free_ports(Path(folder))) as running:
            yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def voices() -> dict[str, bytes]:
    """Text -> PCM of a caller saying it."""
    zh = await voices_of([(text, 0.86) for text in MANDARIN])
    en = await voices_of([(text, 0.86) for text in ENGLISH], "en")
    return dict(zip((*MANDARIN, *ENGLISH), (*zh, *en), strict=True))
