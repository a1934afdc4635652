"""Fixtures that several test folders share, and how hypothesis tries things."""

import os

from hypothesis import settings

pytest_plugins = ["tests.asterisk_fixture", "tests.postgres_fixture"]

# No deadlines: a busy machine is slow, not wrong. CI tries the same examples each time, so that
# what it says is about the change; developers' machines try new ones.
settings.register_profile("developer", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "developer")
