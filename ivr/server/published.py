"""Published: which version of the flows the server runs, and the change to another."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from ivr.errors import IvrError
from ivr.flow.releases import Releases
from ivr.server.plans import Plans, read_plans
from ivr.server.settings import Settings

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""How often the pointer to the version in force is looked at; one system call."""


def releases_of(settings: Settings) -> Releases:
    """The published versions of the flows these settings name."""
    paths = settings.paths
    return Releases(settings.path(paths.published), settings.path(paths.flow).stem)


def in_force(settings: Settings) -> Settings:
    """The same settings with the published flows instead of the draft, where there are any.

    Raises:
        StoreError: if the published version is damaged.
    """
    releases = releases_of(settings)
    release = releases.current
    if release is None:
        return settings
    releases.load(release)
    return replace(settings, paths=replace(settings.paths, flow=release.path))


async def new_plans(settings: Settings, running: Callable[[], Plans]) -> AsyncIterator[Plans]:
    """What to run from now on, each time another version is put in force; never ends.

    `running` gives what runs now. A version that cannot be run is told in the log, and the one
    before it stays.
    """
    releases = releases_of(settings)
    seen = running().book.version
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        current = releases.current_id
        if current in ("", seen):
            continue
        seen = current
        try:
            found = await asyncio.to_thread(lambda: read_plans(in_force(settings)))
        except IvrError as error:
            log.error("version %s is not taken: %s", current, error)
            continue
        if missing := unserved(found, running()):
            log.error(
                "version %s needs queues that Asterisk was not started with (%s):"
                " it is taken at the next start of `ivr serve`",
                current,
                ", ".join(missing),
            )
            continue
        yield found


def unserved(new: Plans, running: Plans) -> list[str]:
    """The queues and rules of `new` that the running Asterisk does not have."""
    queues = [name for name in new.queues.queues if name not in running.queues.queues]
    return queues + [name for name in new.queues.rules if name not in running.queues.rules]
