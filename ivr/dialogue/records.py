"""Records: events, actions and state <-> JSON-able dicts, an exact round trip."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from ivr.dialogue import actions, events
from ivr.dialogue.actions import Action
from ivr.dialogue.events import Event
from ivr.dialogue.state import State

PRIVATE = "***"
"""What stands in a record in place of a caller's own words, digits or number."""

_KINDS: dict[str, type] = {
    kind.__name__: kind for kind in (*get_args(Event), *get_args(Action), State)
}


def record_of(value: Event | Action | State, *, private: bool = True) -> dict[str, Any]:
    """A JSON-able dict with the kind under "is". Without `private` the caller's data is masked."""
    return {"is": type(value).__name__, **_fields(value, private)}


def from_record(record: Mapping[str, Any]) -> Any:
    """The event, action or state of a record; the exact opposite of `record_of`.

    Raises:
        ValueError: if the record is of no known kind or does not fit it.
    """
    kind = _KINDS.get(str(record.get("is")))
    if kind is None:
        raise ValueError(f"no kind of record: {record.get('is')!r}")
    body = {name: value for name, value in record.items() if name != "is"}
    try:
        return _built(kind, body)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a record of {kind.__name__}: {error}") from error


def event_from(record: Mapping[str, Any]) -> Event:
    """Raises ValueError if the record is not an event's."""
    return _of(record, events.__name__)  # type: ignore[no-any-return]


def action_from(record: Mapping[str, Any]) -> Action:
    """Raises ValueError if the record is not an action's."""
    return _of(record, actions.__name__)  # type: ignore[no-any-return]


def state_from(record: Mapping[str, Any]) -> State:
    """Raises ValueError if the record is not a state's."""
    return _of(record, State.__module__)  # type: ignore[no-any-return]


def _of(record: Mapping[str, Any], module: str) -> Any:
    found = from_record(record)
    if type(found).__module__ != module:
        raise ValueError(f"{type(found).__name__} was not expected here")
    return found


def _fields(value: Any, private: bool) -> dict[str, Any]:
    found = {}
    for one in fields(value):
        hidden = not private and one.metadata.get("private")
        inner = getattr(value, one.name)
        found[one.name] = _masked(inner) if hidden else _plain(inner, private)
    return found


def _masked(value: Any) -> Any:
    return PRIVATE if value else _plain(value, False)


def _plain(value: Any, private: bool) -> Any:
    if is_dataclass(value):
        return _fields(value, private)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): _plain(inner, private) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner, private) for inner in value]
    return value


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _built(kind: Any, value: Any) -> Any:
    """`value` as `kind` says: a dataclass, tuple, mapping, enum, union or plain value."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _built_union(kind, value)
    if origin is tuple:
        inner = get_args(kind)[0]
        return tuple(_built(inner, one) for one in value)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        inner = get_args(kind)[1]
        return {str(key): _built(inner, one) for key, one in value.items()}
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        unknown = set(value) - hints.keys()
        if unknown:
            raise TypeError(f"unknown fields {sorted(unknown)}")
        return kind(**{name: _built(hints[name], one) for name, one in value.items()})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if kind is Any:
        return value
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(kind, type) and not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


def _built_union(kind: Any, value: Any) -> Any:
    options = get_args(kind)
    if value is None and types.NoneType in options:
        return None
    for option in options:
        if isinstance(option, type) and not is_dataclass(option) and type(value) is option:
            return value
    for option in options:
        if is_dataclass(option) and isinstance(value, Mapping):
            return _built(option, value)
    raise TypeError(f"{value!r} fits none of {kind}")
