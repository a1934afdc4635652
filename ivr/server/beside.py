"""beside: work that runs as long as a block does, and ends with it."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

from ivr.call.cause import cause_of


@asynccontextmanager
async def beside(work: Sequence[Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """Run `work` beside the block; it ends with the block, and the block with it if it fails.

    Whatever failed comes out as it is, not in a group.
    """
    failure: Exception | None = None
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in work]
            try:
                yield
            except Exception as error:
                failure = error
            finally:
                for task in tasks:
                    task.cancel()
    except ExceptionGroup as group_error:
        raise cause_of(group_error) from None
    if failure:
        raise failure
