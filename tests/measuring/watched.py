"""`ivr serve`, which on SIGUSR1 writes down what it holds inside, as no other process can see.

Run as `python -m tests.measuring.watched FILE serve ...`. Each signal puts one JSON object into
FILE.
"""

import asyncio
import ctypes
import gc
import json
import signal
import sys
import threading
from pathlib import Path
from types import FrameType


class _Mallinfo2(ctypes.Structure):
    """mallinfo(3) of glibc 2.33 and later: bytes, over all arenas."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )


def malloc_bytes() -> tuple[int, int]:
    """Bytes that malloc has handed out, and bytes given back to it that it keeps; 0 elsewhere."""
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallinfo2"):
        return 0, 0
    library.mallinfo2.restype = _Mallinfo2
    found = library.mallinfo2()
    return found.uordblks + found.hblkhd, found.fordblks


def held() -> dict[str, int]:
    """What this process holds now; to be called in the thread of the event loop.

    An agent who did not answer is let rest for a while by a task, which is counted as `resting`.
    The threads are without asyncio's own pool, which grows to a fixed size when it happens to.
    """
    gc.collect()
    used, kept = malloc_bytes()
    tasks = [task.get_coro() for task in asyncio.all_tasks()]
    resting = sum(getattr(coro, "__qualname__", "").endswith("Rests._rest") for coro in tasks)
    pool = sum(thread.name.startswith("asyncio_") for thread in threading.enumerate())
    return {
        "tasks": len(tasks) - resting,
        "resting": resting,
        "threads": threading.active_count() - pool,
        "blocks": sys.getallocatedblocks(),
        "malloc_used": used,
        "malloc_kept": kept,
    }


def main() -> None:
    """Serve, and answer the signal."""
    file = Path(sys.argv.pop(1))

    def write(number: int, frame: FrameType | None) -> None:
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(held()), encoding="utf-8")
        fresh.replace(file)

    signal.signal(signal.SIGUSR1, write)
    from ivr.cli.main import run

    run()


if __name__ == "__main__":
    main()
