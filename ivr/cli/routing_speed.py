"""`ivr simulate speed`: how long one routing decision takes with many agents and many waiting."""

import gc
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from ivr.cli.options import AsJson
from ivr.routing.attendance import Attendance
from ivr.routing.dispatch import Dispatch, Pairing
from ivr.routing.generated import LANGUAGES, all_needs, big_team
from ivr.routing.matching import match
from ivr.routing.priority import head_start
from ivr.routing.queues import QueuePlan, plan_queues
from ivr.routing.skills import Presence, Team

NOW = 1_800_000_000.0
FREE_SHARE = 0.5
"""Agents who are free in the round of arrivals that find somebody."""


@dataclass(slots=True)
class _Watch:
    """CPU times of one kind of decision, in seconds."""

    times: list[float] = field(default_factory=list)

    def time(self, act: Callable[[], Pairing | None]) -> Pairing | None:
        begin = time.thread_time()
        result = act()
        self.times.append(time.thread_time() - begin)
        return result

    def at(self, share: float) -> float:
        return sorted(self.times)[min(len(self.times) - 1, int(share * len(self.times)))]


def speed(
    agents: Annotated[int, typer.Option(min=10, max=100_000)] = 10_000,
    waiting: Annotated[int, typer.Option(min=10, max=100_000)] = 1_000,
    decisions: Annotated[int, typer.Option(min=100, max=1_000_000)] = 10_000,
    seed: Annotated[int, typer.Option()] = 1,
    as_json: AsJson = False,
) -> None:
    """Time each kind of routing decision, one by one, in CPU time: others may use the machine."""
    chance = random.Random(seed)
    team = big_team(agents, chance)
    begin = time.thread_time()
    plan = plan_queues(all_needs(), LANGUAGES, team)
    planning = time.thread_time() - begin
    watches = {
        "match a need": _matches(plan, team, decisions, chance),
        **_busy_hour(plan, team, waiting, decisions, chance),
    }
    figures = {
        name: {"p50": watch.at(0.5), "p99": watch.at(0.99), "worst": max(watch.times)}
        for name, watch in watches.items()
    }
    if as_json:
        print(json.dumps({"plan_seconds": planning, "decisions": figures}, indent=2))
        return
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for column in ("decision", "p50 us", "p99 us", "worst us"):
        table.add_column(column, justify="left" if column == "decision" else "right")
    for name, values in figures.items():
        table.add_row(name, *(f"{seconds * 1e6:.1f}" for seconds in values.values()))
    console = Console(highlight=False)
    console.print(table)
    console.print(
        f"{agents} agents, {len(plan.queues)} queues, {waiting} waiting, "
        f"{decisions} decisions of each kind; the plan itself took {planning:.2f} s"
    )


def _matches(plan: QueuePlan, team: Team, decisions: int, chance: random.Random) -> _Watch:
    attendance = Attendance(plan)
    for agent in team.agents:
        attendance.set(agent.name, chance.choice(list(Presence)))
    needs = all_needs()
    watch = _Watch()
    for number in range(decisions):
        need, language = needs[number % len(needs)], LANGUAGES[number % 2]
        begin = time.thread_time()
        match(plan, attendance.census, need, language, joined=NOW, now=NOW)
        watch.times.append(time.thread_time() - begin)
    return watch


def _busy_hour(
    plan: QueuePlan, team: Team, waiting: int, decisions: int, chance: random.Random
) -> dict[str, _Watch]:
    """Everybody busy and `waiting` callers in line; then agents come free one by one."""
    dispatch = Dispatch(plan)
    queues = list(plan.queues.values())
    names = [agent.name for agent in team.agents]
    watches = {name: _Watch() for name in ("join and wait", "come free", "widen", "join at once")}
    needs = [replace(need, caller_tier=tier) for need in all_needs() for tier in ("", "vip")]
    caller = 0
    gc.collect()

    def join(watch: _Watch | None) -> None:
        nonlocal caller
        caller += 1
        queue = chance.choice(queues)
        place = caller - head_start(chance.choice(needs))
        number = caller
        act = partial(dispatch.join, number, queue.name, float(place))
        if watch:
            watch.time(act)
        else:
            act()

    while len(dispatch.waiting) < waiting:
        join(None)
    for _ in range(decisions):
        join(watches["join and wait"])
        oldest = next(iter(dispatch.waiting))
        step = min(dispatch.waiting[oldest].step + 1, 3)
        if step < len(plan.queues[dispatch.waiting[oldest].queue].steps):
            watches["widen"].time(partial(dispatch.widen, oldest, step))
        agent = chance.choice(names)
        watches["come free"].time(partial(dispatch.ready, agent))
        dispatch.away(agent)
        while len(dispatch.waiting) > waiting:
            dispatch.leave(next(iter(dispatch.waiting)))
    for number in list(dispatch.waiting):
        dispatch.leave(number)
    for name in chance.sample(names, int(len(names) * FREE_SHARE)):
        dispatch.ready(name)
    for _ in range(decisions):
        before = dispatch.free
        join(watches["join at once"])
        if dispatch.free < before:
            dispatch.ready(chance.choice(names))
    return watches
