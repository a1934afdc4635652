"""A server that hangs when a call comes to one node: `python hanging_server.py SETTINGS NODE`."""

import asyncio
import sys
import time
from pathlib import Path

from ivr.call.journal import Record
from ivr.server.opening import open_house
from ivr.server.plans import read_plans
from ivr.server.settings import load_settings
from ivr.server.watchdog import Watchdog


async def main(file: Path, node: str) -> None:
    def hang(record: Record) -> None:
        if record["kind"] == "EnterNode" and record["data"]["node"] == node:
            print("hangs now", flush=True)
            time.sleep(600)

    settings = load_settings(file)
    async with open_house(settings, read_plans(settings), sinks=(hang,)), Watchdog(2.0):
        print("The hotline is up.", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
