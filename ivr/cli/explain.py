"""`ivr explain` and `ivr whatif`: why a call went where it went, and how it had gone otherwise."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from ivr.call.journal import Record
from ivr.cli.options import AsJson, SettingsFile
from ivr.errors import SettingsError
from ivr.flow.need import Need
from ivr.routing.agents_file import load_agents
from ivr.routing.experiment import Setup, by_class, play
from ivr.routing.figures import Figures
from ivr.routing.journalled import QueuedCall, queued_calls, to_simulate
from ivr.routing.queues import Queue
from ivr.routing.scenario import CallClass
from ivr.routing.what_if import changed
from ivr.server.plans import read_plans
from ivr.server.settings import Settings, load_settings

Where = Annotated[
    list[str] | None, typer.Argument(help="Calls, files or folders; else every journalled call.")
]


def explain(
    call: Annotated[str, typer.Argument(help="The call's id, or its journal.")],
    settings_file: SettingsFile = None,
    as_json: AsJson = False,
) -> None:
    """Say why a call got this queue, this priority and this agent."""
    settings = load_settings(settings_file)
    (records, *_) = _records([call], settings)
    reasons = list(reasons_of(records, read_plans(settings).queues.queues))
    if as_json:
        print(json.dumps([{"at": at, "why": text} for at, text in reasons], ensure_ascii=False))
        return
    console = Console(highlight=False, soft_wrap=True)
    if not reasons:
        console.print("this call asked for no agent")
    for at, text in reasons:
        console.print(f"{at:8.2f}  {text}", markup=False)


def reasons_of(
    records: Sequence[Record], queues: dict[str, Queue] | Any
) -> Iterable[tuple[float, str]]:
    """Every decision about agents in one journal: seconds of the call, and the reason."""
    told: tuple[float, float | None] | None = None
    queue: Queue | None = None
    for record in records:
        at, data = float(record["at"]), record["data"]
        match record["kind"]:
            case "StartTransfer" if not data.get("taker"):
                yield at, f"need      {_need(data)}"
            case "QueueChosen":
                queue = queues.get(data["queue"])
                yield at, f"queue     {data['why']}"
            case "QueueRefused":
                yield at, f"no queue  {data['why']}"
            case "WaitExpected":
                told = (at, data["seconds"])
                line = "not told a time" if told[1] is None else f"told {told[1]:.0f} s"
                yield at, f"wait      place {data['position']}, {line}"
            case "AgentMissed":
                yield at, f"passed    {data['agent']} did not answer in {data['rang']} s"
            case "AgentAnswered":
                yield at, f"agent     {_agent(data, queue)}"
                if told and told[1] is not None:
                    off = at - told[0] - told[1]
                    word = "later" if off > 0 else "sooner"
                    yield at, f"wait      {abs(off):.0f} s {word} than told"
                told = None
            case "Ordered":
                yield at, f"order     {_order(data)}"
            case "OrderRefused":
                yield at, f"order     {data['order']} by {_somebody(data)} refused: {data['why']}"
            case "TakenOver":
                yield at, f"taken     by {data['agent']}, ordered by {_somebody(data)}"
            case "TakeoverFailed":
                yield at, f"returned  {data['agent']} was gone before the caller was there"
            case "Escalated" | "EscalationRefused":
                yield at, f"sent on   by {data['agent']}: {data['why']}"
            case "TransferEnded":
                yield at, f"outcome   {data['outcome']}"


def whatif(
    calls: Where = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="NAME=VALUE; may be repeated.")
    ] = None,
    agents: Annotated[
        Path | None, typer.Option("--agents", help="Another agents file.", show_default=False)
    ] = None,
    settings_file: SettingsFile = None,
    as_json: AsJson = False,
) -> None:
    """Play journalled calls again with other steps, weights or staffing."""
    settings = load_settings(settings_file)
    queued = [call for records in _records(calls or [], settings) for call in queued_calls(records)]
    if not queued:
        raise SettingsError("none of these calls waited for an agent")
    as_was = Setup(_classes(queued), load_agents(settings.path(settings.paths.agents)))
    other = as_was
    if agents is not None:
        other = Setup(other.classes, load_agents(agents))
    for change in changes or []:
        other = changed(other, change)
    simulated = to_simulate(queued)
    results = {
        name: by_class(play(setup, iter(simulated)), other.within)
        for name, setup in (("as it was", as_was), ("otherwise", other))
    }
    if as_json:
        plain = {n: {k: asdict(f) for k, f in days.items()} for n, days in results.items()}
        print(json.dumps(plain, indent=2))
        return
    _show(results, other.within, queued)


def _classes(queued: Iterable[QueuedCall]) -> tuple[CallClass, ...]:
    """One class for each need that was met, so that its queue is planned."""
    kinds: dict[tuple[str, str], Need] = {}
    for call in queued:
        kinds.setdefault((call.queue, call.language), call.need)
    return tuple(
        CallClass(queue, need, language, per_hour=0.0, service=0.0)
        for (queue, language), need in kinds.items()
    )


def _show(
    results: dict[str, dict[str, Figures]], within: float, queued: Sequence[QueuedCall]
) -> None:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    table.add_column("queue", overflow="fold")
    for column in ("calls", "", "gave up %", "ASA s", f"in {within:g} s %", "longest s"):
        table.add_column(column, justify="right" if column else "left", no_wrap=True)
    for kind in results["as it was"]:
        for number, (name, days) in enumerate(results.items()):
            day = days[kind]
            table.add_row(
                "" if number else kind,
                "" if number else str(day.calls),
                name,
                f"{day.abandoned * 100:.1f}",
                f"{day.answer_wait:.1f}",
                f"{day.service_level * 100:.1f}",
                f"{day.longest:.0f}",
            )
    console = Console(highlight=False)
    console.print(table)
    waited = [call.waited for call in queued if call.agent]
    mean = sum(waited) / len(waited) if waited else 0.0
    console.print(
        f"Both rows are simulated from {len(queued)} journalled waits, everybody logged in; in\n"
        f"truth {len(queued) - len(waited)} were not answered, and the others waited {mean:.1f} s.",
        style="dim",
    )


def _order(data: dict[str, Any]) -> str:
    """A supervisor's order and its words."""
    words = [str(data[word]) for word in ("skill", "node", "phone") if data.get(word)]
    return f"{' '.join([data['order'], *words])} by {_somebody(data)}"


def _somebody(data: dict[str, Any]) -> str:
    return str(data.get("by") or "somebody")


def _need(data: dict[str, Any]) -> str:
    need = data["need"]
    skills = ", ".join(f"{skill} {level}" for skill, level in need["skills"].items())
    tried = f"tried {n} times before" if (n := need.get("attempts")) else ""
    who = (need["issue"], need["caller_tier"], *need.get("history", ()))
    facts = [data["language"], *who, tried]
    return ", ".join([skills or "anything", *(fact for fact in facts if fact)])


def _agent(data: dict[str, Any], queue: Queue | None) -> str:
    name, line = data["agent"], f"{data['agent']} after {data['waited']} s in line"
    members = queue.members if queue is not None else ()
    member = next((one for one in members if one.agent.name == name), None)
    if queue is None or member is None:
        return line
    better = sum(1 for one in members if one.penalty < member.penalty)
    rank = (
        "nobody is rung before them"
        if not better
        else f"{better} {'is' if better == 1 else 'are'} rung before them"
    )
    begins = queue.steps[member.step].begins
    since = f"from {begins} s on" if begins else "at once"
    return f"{line}: admitted {since}, penalty {member.penalty}, {rank}"


def _records(calls: Sequence[str], settings: Settings) -> Iterator[list[Record]]:
    """The journals of these calls, or of all; they are looked for before the first is read."""
    from ivr.rehearsal.journals import find_journals
    from ivr.server.record import journals_of  # loads the database's library

    found = find_journals(calls, journals_of(settings))
    return (journal.read() for journal in found)
