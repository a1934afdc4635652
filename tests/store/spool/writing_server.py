"""A server that does nothing but journal: `python writing_server.py SPOOL URL NAME`.

It spools records of many calls and prints how many are on disk, until it is killed. A recorder runs
beside the spool, as in the real server.
"""

import sys
import time
from pathlib import Path

from ivr.call.journal_files import JournalFiles
from ivr.store.database import open_database
from ivr.store.spool.recorder import Recorder
from tests.store.records import record

RECORDS_OF_A_CALL = 30


def main(spool: Path, url: str, name: str) -> None:
    files = JournalFiles(spool)
    recorder = Recorder(open_database(url), spool, going=files.going, poll_seconds=0.02)
    with recorder, files:
        number = 0
        while True:
            call, within = divmod(number, RECORDS_OF_A_CALL)
            kind = "CallEnded" if within == RECORDS_OF_A_CALL - 1 else "Heard"
            files.write(
                record(f"{name}.{call}", float(within), kind, number=number, fill="字" * 200)
            )
            number += 1
            while files.written < number:  # one after the other, so that the count is a promise
                time.sleep(0)
            print(number, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
