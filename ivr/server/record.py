"""The record, as the settings say: opened, fed from the spool, cleared of what is too old."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import Engine, make_url

from ivr.call.journal_files import JournalFiles
from ivr.errors import ManagerError
from ivr.ports import SwitchManager
from ivr.server.ami_secret import CALLERS_KEY, kept_secret
from ivr.server.harmless import Harmless
from ivr.server.settings import Settings
from ivr.store.database import FILE_NAME, default_url, open_database
from ivr.store.journals import Journals
from ivr.store.retention import Retention
from ivr.store.spool.recorder import Recorder
from ivr.store.taking_over import take_over

log = logging.getLogger(__name__)

SPOOL = "journal"
"""Inside the runs folder: records that are not in the database yet."""
LOOK_SECONDS = 15.0
"""How often calls that were left over are looked for in Asterisk."""


def open_record(settings: Settings, *, patient: bool = False) -> Engine:
    """The database of the settings; files of an earlier version are taken over into it.

    Where `patient`, one that is away may come later; then what needs it raises StoreError.

    Raises:
        StoreError: as `ivr.store.database.open_database`.
    """
    runs = settings.path(settings.paths.runs)
    url = settings.record.url or default_url(runs)
    return open_database(url, patient=patient, then=lambda engine: take_over(engine, runs))


def record_if_there(settings: Settings) -> Engine | None:
    """The database for those who only read; None where none has been made yet.

    Raises:
        StoreError: as `open_record`.
    """
    if not settings.record.url and not (settings.path(settings.paths.runs) / FILE_NAME).exists():
        return None
    return open_database(settings.record.url or default_url(settings.path(settings.paths.runs)))


def shown_place(settings: Settings) -> str:
    """Where the record is kept, without a password."""
    if not settings.record.url:
        return str(settings.path(settings.paths.runs) / FILE_NAME)
    return make_url(settings.record.url).render_as_string(hide_password=True)


def spool_of(settings: Settings) -> Path:
    return settings.path(settings.paths.runs) / SPOOL


def journals_of(settings: Settings) -> Journals:
    """The journals of all calls, whether they lie in the spool still or in the record."""
    return Journals(spool_of(settings), lambda: record_if_there(settings))


def retention_of(settings: Settings, engine: Engine) -> Retention:
    """What the settings say about how long is kept what."""
    runs = settings.path(settings.paths.runs)
    return Retention(
        engine,
        settings.record.keep_days,
        settings.record.keep_transcript_days,
        (runs / "recordings", runs / "messages"),
    )


@contextmanager
def recording(settings: Settings, engine: Engine) -> Iterator[tuple[JournalFiles, Recorder]]:
    """The spool, and the recorder that empties it, for as long as the block lasts.

    Raises:
        StoreError: if the spool's folder cannot be written.
    """
    runs = settings.path(settings.paths.runs)
    journals = JournalFiles(spool_of(settings))
    recorder = Recorder(
        engine,
        journals.folder,
        kept_secret(runs, CALLERS_KEY).encode(),
        recordings=runs / "recordings",
        going=journals.going,
        retention=retention_of(settings, engine).steps,
    )
    with ExitStack() as stack:
        stack.enter_context(recorder)  # first, so that it sees what the spool gets at the end
        stack.enter_context(journals)
        yield journals, recorder


async def close_what_was_lost(recorder: Recorder, manager: SwitchManager) -> None:
    """Write the ends of calls that a server before us left, as they leave Asterisk."""
    harmless = Harmless("closing calls that were left over")
    while recorder.left_over:
        with harmless:
            try:
                channels = await manager.channels()
            except ManagerError as error:
                log.info("calls that were left over are looked for later: %s", error)
            else:
                recorder.close_lost({channel.get("Uniqueid", "") for channel in channels})
        await asyncio.sleep(LOOK_SECONDS)
