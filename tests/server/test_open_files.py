"""The limit of open files, tried in a process of its own."""

import subprocess
import sys

CODE = """
import resource
from ivr.server.open_files import allow_many
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, {hard}))
print(allow_many(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


def limits(hard: int) -> list[int]:
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(hard=hard)], capture_output=True, text=True, check=True
    )
    return [int(number) for number in done.stdout.split()]


def test_as_many_as_this_user_may_have() -> None:
    assert limits(hard=512) == [512, 512]


def test_no_less_than_there_were() -> None:
    assert limits(hard=64) == [64, 64]
