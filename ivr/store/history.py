"""History: calls that were, found by what is known of them or by what was said in them."""

import math
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Select, and_, or_, select

from ivr.call.journal import Record
from ivr.errors import QueryError, UnknownCallError
from ivr.store.clean import limited
from ivr.store.database import reading
from ivr.store.journal_rows import as_record, whole_records
from ivr.store.past import Found, Page, PastCall, PastTurn, PastVisit, PastWait, WholeCall
from ivr.store.tables import calls, records, turns, visits, waits

MAX_WANTED = 200
"""Characters of one word searched for, or of one name filtered by."""
MAX_RECORDS = 100_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls; "" and None leave it open.

    `since` and `until` (before which) bound when they began, in seconds since the epoch. `agent`
    and `queue` are those of any wait of the call. `ended` True: only calls that are over, False:
    only those that go on.
    """

    since: float | None = None
    until: float | None = None
    queue: str = ""
    agent: str = ""
    outcome: str = ""
    flow: str = ""
    caller_key: str = ""
    ended: bool | None = None


class History:
    """Every method blocks (call it from a thread) and may raise StoreError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def calls(self, wanted: Wanted = Wanted(), limit: int = 50, cursor: str = "") -> Page:
        """One page of calls, the newest first.

        `cursor` is `Page.following` of the page before; calls that come meanwhile shift nothing.

        Raises:
            QueryError: for a filter, a limit or a cursor nobody can mean.
        """
        query = _filtered(select(calls), wanted)
        if cursor:
            began, call = _place(cursor)
            query = query.where(
                or_(calls.c.began < began, and_(calls.c.began == began, calls.c.call < call))
            )
        query = query.order_by(calls.c.began.desc(), calls.c.call.desc())
        with reading(self._engine) as db:
            rows = db.execute(query.limit(limited(limit) + 1)).mappings().all()
        page = tuple(PastCall(**row) for row in rows[:limit])
        more = len(rows) > limit
        return Page(page, f"{page[-1].began!r},{page[-1].call}" if more else "")

    def call(self, call: str) -> WholeCall:
        """One call with its visits, turns and waits.

        Raises:
            UnknownCallError: if there is none of this id.
        """
        call = _sane(call, "call")
        with reading(self._engine) as db:
            row = db.execute(select(calls).where(calls.c.call == call)).mappings().first()
            if row is None:
                raise UnknownCallError(f"there is no call {call!r} in the record")
            parts = {
                table.name: [
                    {name: value for name, value in part.items() if name != "call"}
                    for part in db.execute(
                        select(table).where(table.c.call == call).order_by(table.c.nth)
                    ).mappings()
                ]
                for table in (visits, turns, waits)
            }
        return WholeCall(
            PastCall(**row),
            tuple(PastVisit(**part) for part in parts["visits"]),
            tuple(PastTurn(**part) for part in parts["turns"]),
            tuple(PastWait(**part) for part in parts["waits"]),
        )

    def records(self, call: str) -> list[Record]:
        """The journal of one call as far as it is in the record, in order; see also
        `ivr.store.journals`, which knows what still lies in the spool.

        Raises:
            UnknownCallError: if there is none of this id, or its records are no longer kept.
        """
        call = _sane(call, "call")
        query = whole_records().where(records.c.call == call).order_by(records.c.seq)
        with reading(self._engine) as db:
            found = [as_record(row) for row in db.execute(query.limit(MAX_RECORDS)).mappings()]
        if not found:
            raise UnknownCallError(f"there are no records of a call {call!r}")
        return found

    def ids(self, wanted: Wanted = Wanted()) -> list[str]:
        """The ids of all these calls, the oldest first."""
        query = _filtered(select(calls.c.call), wanted).order_by(calls.c.began, calls.c.call)
        with reading(self._engine) as db:
            return list(db.execute(query).scalars())

    def search(
        self,
        text: str,
        since: float | None = None,
        until: float | None = None,
        limit: int = 50,
        who: str = "",
    ) -> list[Found]:
        """Turns in which `text` was said, the newest first; case does not matter, and no character
        has a meaning of its own. `who` narrows it to "caller" or "hotline".

        Raises:
            QueryError: for nothing to search for, too much of it, or an absurd limit.
        """
        text = _sane(text, "search for").strip()
        if not text:
            raise QueryError("say what to search for")
        query = select(calls, *(turns.c[name].label(f"turn_{name}") for name in _TURN))
        query = _filtered(query.join(turns, turns.c.call == calls.c.call), Wanted(since, until))
        query = query.where(turns.c.text.icontains(text, autoescape=True))
        if who:
            query = query.where(turns.c.who == _sane(who, "who"))
        order = calls.c.began.desc(), calls.c.call.desc(), turns.c.nth.desc()
        with reading(self._engine) as db:
            rows = db.execute(query.order_by(*order).limit(limited(limit))).mappings().all()
        return [
            Found(
                PastCall(**{column.name: row[column.name] for column in calls.columns}),
                PastTurn(**{name: row[f"turn_{name}"] for name in _TURN}),
            )
            for row in rows
        ]


_TURN = ("nth", "at", "who", "node", "confidence", "text")


def _filtered(query: Select[Any], wanted: Wanted) -> Select[Any]:
    for name, moment in (("since", wanted.since), ("until", wanted.until)):
        if moment is not None and not math.isfinite(moment):
            raise QueryError(f"{name} is no moment: {moment}")
    if wanted.since is not None:
        query = query.where(calls.c.began >= wanted.since)
    if wanted.until is not None:
        query = query.where(calls.c.began < wanted.until)
    for name in ("outcome", "flow", "caller_key"):
        if value := _sane(getattr(wanted, name), name):
            query = query.where(calls.c[name] == value)
    for name in ("queue", "agent"):
        if value := _sane(getattr(wanted, name), name):
            waited = select(waits.c.call).where(waits.c[name] == value)
            query = query.where(or_(calls.c[name] == value, calls.c.call.in_(waited)))
    if wanted.ended is not None:
        query = query.where(calls.c.ended.is_not(None) == wanted.ended)
    return query


def _sane(text: str, name: str) -> str:
    if len(text) > MAX_WANTED:
        raise QueryError(f"{name}: longer than {MAX_WANTED} characters")
    if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text):
        raise QueryError(f"{name}: holds what is no character")
    return text


def _place(cursor: str) -> tuple[float, str]:
    began, comma, call = _sane(cursor, "cursor").partition(",")
    try:
        place = float(began)
    except ValueError:
        place = math.nan
    if not comma or not call or not math.isfinite(place):
        raise QueryError("this is no cursor of a page: begin with the first page")
    return place, call
