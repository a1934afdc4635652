"""The funnel: for every node how many came, how they fared, where they went, who ended there."""

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import Connection, and_, func, select

from ivr.report.figures import NodeFigures
from ivr.report.sql import calls_in, count_if, middle, whole
from ivr.report.window import Window
from ivr.store.tables import calls, visits

TENTHS = 10
"""Medians of stays are true to a tenth of a second."""

Key = tuple[str, str]


@dataclass(slots=True)
class _Node:
    entered: int = 0
    ended: int = 0
    noinputs: int = 0
    nomatches: int = 0
    stays: list[tuple[int, int]] = field(default_factory=list)


def funnel(db: Connection, window: Window, queue: str) -> tuple[NodeFigures, ...]:
    """Every node that was entered; what most calls came to first."""
    reached, nodes = _reached(db, window, queue), _stays(db, window, queue)
    onward = _onward(db, window, queue)
    rows = [
        NodeFigures(
            *key,
            calls=reached[key],
            entered=node.entered,
            ended=node.ended,
            noinputs=node.noinputs,
            nomatches=node.nomatches,
            median=(middle(node.stays) or 0.0) / TENTHS,
            left_by=onward.get(key, ()),
        )
        for key, node in nodes.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.calls, -row.entered, row.flow, row.node)))


def _stays(db: Connection, window: Window, queue: str) -> dict[Key, _Node]:
    stay = whole(visits.c.seconds * TENTHS + 0.5).label("stay")
    query = (
        select(
            visits.c.flow,
            visits.c.node,
            stay,
            func.count(),
            count_if(visits.c.last),
            func.sum(visits.c.noinputs),
            func.sum(visits.c.nomatches),
        )
        .join_from(visits, calls, visits.c.call == calls.c.call)
        .where(calls_in(window, queue))
        .group_by("stay", visits.c.node, visits.c.flow)  # what differs most first: sorts faster
    )
    nodes: dict[Key, _Node] = defaultdict(_Node)
    for flow, name, tenths, number, ended, noinputs, nomatches in db.execute(query):
        node = nodes[flow, name]
        node.entered += int(number)
        node.ended += int(ended)
        node.noinputs += int(noinputs)
        node.nomatches += int(nomatches)
        node.stays.append((int(tenths), int(number)))
    return nodes


def _reached(db: Connection, window: Window, queue: str) -> dict[Key, int]:
    query = (
        select(visits.c.flow, visits.c.node, func.count(visits.c.call.distinct()))
        .join_from(visits, calls, visits.c.call == calls.c.call)
        .where(calls_in(window, queue))
        .group_by(visits.c.node, visits.c.flow)
    )
    return {(flow, node): int(number) for flow, node, number in db.execute(query)}


def _onward(db: Connection, window: Window, queue: str) -> dict[Key, tuple[tuple[str, int], ...]]:
    """Where callers went next; a node of another flow is written flow/node."""
    after = visits.alias("after")
    step = and_(after.c.call == visits.c.call, after.c.nth == visits.c.nth + 1)
    query = (
        select(visits.c.flow, visits.c.node, after.c.flow, after.c.node, func.count())
        .select_from(visits)
        .join(calls, visits.c.call == calls.c.call)
        .join(after, step)
        .where(calls_in(window, queue))
        .group_by(visits.c.node, after.c.node, visits.c.flow, after.c.flow)
    )
    found: dict[Key, list[tuple[str, int]]] = defaultdict(list)
    for flow, node, flow_after, node_after, number in db.execute(query):
        name = node_after if flow_after == flow else f"{flow_after}/{node_after}"
        found[flow, node].append((name, int(number)))
    return {
        key: tuple(sorted(ways, key=lambda way: (-way[1], way[0]))) for key, ways in found.items()
    }
