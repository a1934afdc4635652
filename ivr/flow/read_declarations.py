"""Reads what a flow declares for all its nodes: variables, calendars and lookups."""

from datetime import date

from ivr.flow.calendars import HOLIDAYS, Calendar, Span, days_of, known_timezone, span_of
from ivr.flow.expression_types import FLAG, NUMBER, TEXT
from ivr.flow.fields import NAME, Fields
from ivr.flow.nodes.lookup import HttpAction
from ivr.flow.read_logic import read_http_action
from ivr.flow.yaml_tree import Listing, Scalar

MAX_VARIABLES = 200

Initial = str | int | float | bool


def read_variables(fields: Fields) -> dict[str, tuple[str, Initial]]:
    """Type and first value of each variable: `0` makes a number, `false` a flag, else a text."""
    inner = fields.fields("variables")
    found: dict[str, tuple[str, Initial]] = {}
    for name, tree in inner.table.entries.items() if inner else ():
        if not NAME.fullmatch(name):
            fields.fault("bad-name", tree.place, f'"{name}" is no name for a variable')
        elif not isinstance(tree, Scalar):
            fields.fault("bad-value", tree.place, "a variable begins as a text, number or flag")
        else:
            found[name] = _initial(tree)
    if len(found) > MAX_VARIABLES:
        fields.fault("too-big", fields.where("variables"), f"more than {MAX_VARIABLES} variables")
    return found


def _initial(tree: Scalar) -> tuple[str, Initial]:
    if tree.tag == "bool":
        return FLAG, tree.text.lower() in ("true", "yes", "on")
    if tree.tag in ("int", "float"):
        try:
            value = float(tree.text)
        except ValueError:
            return TEXT, tree.text
        return NUMBER, int(value) if value == int(value) else value
    return TEXT, tree.text


def read_calendars(fields: Fields) -> dict[str, Calendar]:
    outer = fields.fields("calendars")
    found = {}
    for name in outer.table.entries if outer else ():
        inner = outer.fields(name) if outer else None
        if inner is not None:
            found[name] = _calendar(inner, name)
    return found


def _calendar(fields: Fields, name: str) -> Calendar:
    timezone = fields.text("timezone", "Asia/Shanghai")
    if not known_timezone(timezone):
        place = fields.where("timezone")
        fields.fault("bad-value", place, f'"{timezone}" is no time zone such as Asia/Shanghai')
        timezone = "UTC"
    hours: dict[int, tuple[Span, ...]] = {}
    inner = fields.fields("hours", required=True)
    for days in inner.table.entries if inner else ():
        spans = _spans(inner, days) if inner else ()
        try:
            hours |= dict.fromkeys(days_of(days), spans)
        except ValueError as error:
            fields.fault("bad-value", fields.where("hours"), str(error))
    exceptions: dict[date, tuple[Span, ...]] = {}
    inner = fields.fields("days")
    for day in inner.table.entries if inner else ():
        try:
            exceptions[date.fromisoformat(day)] = _spans(inner, day) if inner else ()
        except ValueError:
            fields.fault("bad-value", fields.where("days"), f'"{day}" is no date like 2026-05-01')
    holidays = fields.one_of("holidays", HOLIDAYS, "none")
    fields.finish()
    years = fields.reading.holidays.get(holidays, {})
    return Calendar(name, timezone, hours, holidays, exceptions, years, fields.place)


def _spans(fields: Fields, key: str) -> tuple[Span, ...]:
    """One span, a list of spans, or `closed`."""
    tree = fields.tree(key)
    items = tree.items if isinstance(tree, Listing) else (tree,)
    spans = []
    for item in items:
        if isinstance(item, Scalar) and item.text == "closed":
            continue
        try:
            spans.append(span_of(item.text if isinstance(item, Scalar) else ""))
        except ValueError as error:
            fields.fault("bad-value", fields.where(key), str(error))
    return tuple(spans)


def read_lookups(fields: Fields) -> dict[str, HttpAction]:
    outer = fields.fields("lookups")
    found = {}
    for name in outer.table.entries if outer else ():
        inner = outer.fields(name) if outer else None
        if inner is not None:
            found[name] = read_http_action(inner, name)
    return found


def read_parameters(fields: Fields) -> tuple[str, ...]:
    return fields.strings("parameters")
