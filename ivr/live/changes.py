"""Changes: what differs between two pictures, small enough to be sent twice a second."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from ivr.live.picture import AgentRow, AlarmRow, CallRow, Picture, QueueRow, from_record

Row = CallRow | QueueRow | AgentRow | AlarmRow
Key = str | tuple[str, str]

SECTIONS = ("calls", "queues", "agents", "alarms")

_FIELDS = {
    kind: tuple(field.name for field in fields(kind))
    for kind in (CallRow, QueueRow, AgentRow, AlarmRow)
}


def key_of(row: Row) -> Key:
    """What identifies a row among its kind."""
    match row:
        case CallRow():
            return row.call
        case QueueRow():
            return row.queue
        case AgentRow():
            return row.agent
        case AlarmRow():
            return row.rule, row.subject


def difference(before: Picture, after: Picture) -> dict[str, Any]:
    """JSON-able: `at`, `linked`, and for each kind of row that changed its `changed` rows in full,
    the keys `removed`, and the `order` of all keys where new rows do not simply come last.

    Rows that are the same object cost next to nothing.
    """
    found: dict[str, Any] = {"at": after.at, "linked": after.linked}
    for name in SECTIONS:
        old, new = getattr(before, name), getattr(after, name)
        if old is not new and (section := _section(old, new)):
            found[name] = section
    return found


def applied(picture: Picture, changes: Mapping[str, Any]) -> Picture:
    """The picture after these changes: `applied(a, difference(a, b)) == b`.

    Raises:
        KeyError, TypeError, ValueError: for what `difference` never gives.
    """
    sections = {
        name: _merged(getattr(picture, name), name, changes[name])
        for name in SECTIONS
        if name in changes
    }
    return replace(picture, at=changes["at"], linked=changes["linked"], **sections)


def record_of(row: Row) -> dict[str, Any]:
    """A row as JSON-able values; much faster than `dataclasses.asdict`."""
    return {name: getattr(row, name) for name in _FIELDS[type(row)]}


def _section(old: Sequence[Row], new: Sequence[Row]) -> dict[str, Any]:
    known = {key_of(row): row for row in old}
    keys = [key_of(row) for row in new]
    there = set(keys)
    changed = [
        record_of(row)
        for key, row in zip(keys, new, strict=True)
        if (was := known.get(key)) is not row and was != row
    ]
    removed = [key for key in known if key not in there]
    kept = [key for key in known if key in there]
    found: dict[str, Any] = {}
    if changed:
        found["changed"] = changed
    if removed:
        found["removed"] = removed
    if keys != kept + [key for key in keys if key not in known]:
        found["order"] = keys
    return found


def _merged(rows: Sequence[Row], name: str, section: Mapping[str, Any]) -> tuple[Any, ...]:
    removed = {_key(key) for key in section.get("removed", ())}
    kept = {key_of(row): row for row in rows if key_of(row) not in removed}
    changed = from_record({"at": 0.0, name: section.get("changed", ())})
    kept |= {key_of(row): row for row in getattr(changed, name)}
    if order := section.get("order"):
        return tuple(kept[_key(key)] for key in order)
    return tuple(kept.values())


def _key(key: Any) -> Key:
    """JSON has no tuples."""
    return tuple(key) if isinstance(key, list | tuple) else key
