"""AlarmLog: alarms that were raised, and when they were over."""

from dataclasses import dataclass

from sqlalchemy import Engine, insert, select, update

from ivr.store.clean import clipped, limited, plain
from ivr.store.database import reading, writing
from ivr.store.tables import alarms

MAX_TEXT = 1000


@dataclass(frozen=True, slots=True)
class KeptAlarm:
    """One alarm. `raised` and `cleared` are seconds since the epoch; None: not over yet."""

    id: int
    rule: str
    subject: str
    text: str
    raised: float
    cleared: float | None


class AlarmLog:
    """Every method blocks and may raise StoreError; call it from a thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def raised(self, rule: str, subject: str, text: str, at: float) -> None:
        """Keep that an alarm went off; one that goes on already is kept as it is."""
        rule, subject = clipped(rule, alarms.c.rule), clipped(subject, alarms.c.subject)
        going = select(alarms.c.id).where(
            alarms.c.rule == rule, alarms.c.subject == subject, alarms.c.cleared.is_(None)
        )
        with writing(self._engine) as db:
            if db.execute(going).first() is None:
                row = {"rule": rule, "subject": subject, "text": plain(text)[:MAX_TEXT]}
                db.execute(insert(alarms).values(**row, raised=at))

    def cleared(self, rule: str, subject: str, at: float) -> None:
        """Keep that it is over."""
        with writing(self._engine) as db:
            db.execute(
                update(alarms)
                .where(
                    alarms.c.rule == clipped(rule, alarms.c.rule),
                    alarms.c.subject == clipped(subject, alarms.c.subject),
                    alarms.c.cleared.is_(None),
                )
                .values(cleared=at)
            )

    def clear_all(self, at: float) -> None:
        """Nothing raised before this start goes on: a new server judges anew."""
        with writing(self._engine) as db:
            db.execute(update(alarms).where(alarms.c.cleared.is_(None)).values(cleared=at))

    def last(self, limit: int = 100, since: float | None = None) -> list[KeptAlarm]:
        """The newest first; raises QueryError for a limit nobody can mean."""
        query = select(alarms).order_by(alarms.c.raised.desc(), alarms.c.id.desc())
        if since is not None:
            query = query.where(alarms.c.raised >= since)
        with reading(self._engine) as db:
            rows = db.execute(query.limit(limited(limit))).mappings().all()
        return [KeptAlarm(**row) for row in rows]
