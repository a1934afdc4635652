"""Runs a command that ends when the process that started it ends.

A program of its own, run as `python leash.py PARENT COMMAND...`: it asks Linux for a signal at the
parent's death (prctl(2), PR_SET_PDEATHSIG) and then becomes the command, so nothing runs between
fork and exec in the parent. The parent's *thread* counts: start it from one that lives as long.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Become `arguments[1:]`, leashed to the process `arguments[0]`."""
    parent, command = int(arguments[0]), arguments[1:]
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # it died before the leash was on
        sys.exit(1)
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
