"""AuditLog: every order that was given, by whom, and whether it was obeyed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, insert, select

from ivr.errors import QueryError
from ivr.store.clean import clipped, limited, plain
from ivr.store.database import reading, writing
from ivr.store.tables import audit

MAX_WORDS = 4000
MAX_WHY = 1000


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One order. `at` is seconds since the epoch; `subject` is the call, agent or queue it was
    about; `result` is done, refused (not allowed) or failed, and `why` says why not."""

    id: int
    at: float
    who: str
    role: str
    order: str
    subject: str
    words: Mapping[str, Any]
    result: str
    why: str


class AuditLog:
    """Every method blocks and may raise StoreError; call it from a thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(
        self,
        at: float,
        who: str,
        role: str,
        order: str,
        subject: str,
        words: Mapping[str, Any],
        result: str,
        why: str = "",
    ) -> int:
        """Keep one order; it is on disk, and has its number, when this returns.

        Words that are too long are kept as a note of their length.
        """
        text = json.dumps(dict(words), ensure_ascii=True, default=str)
        if len(text) > MAX_WORDS:
            text = json.dumps({"too long": len(text)})
        row = {
            "at": at,
            "who": clipped(who, audit.c.who),
            "role": clipped(role, audit.c.role),
            "order": clipped(order, audit.c.order),
            "subject": clipped(subject, audit.c.subject),
            "words": text,
            "result": clipped(result, audit.c.result),
            "why": plain(why)[:MAX_WHY],
        }
        with writing(self._engine) as db:
            return int(db.execute(insert(audit).values(row).returning(audit.c.id)).scalar_one())

    def last(self, limit: int = 100, before_id: int | None = None) -> list[AuditEntry]:
        """The newest orders first; `before_id` pages on from the last one seen.

        Raises:
            QueryError: for a limit or page nobody can mean.
        """
        query = select(audit).order_by(audit.c.id.desc()).limit(limited(limit))
        if before_id is not None:
            if not 0 <= before_id < 1 << 63:
                raise QueryError(f"there is no audit entry {before_id}")
            query = query.where(audit.c.id < before_id)
        with reading(self._engine) as db:
            rows = db.execute(query).mappings().all()
        return [AuditEntry(**{**row, "words": json.loads(row["words"])}) for row in rows]
