"""`ivr agents`: check the agents file, list who answers, ask who would get a call and why."""

import json
import time
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ivr.cli import agents_live
from ivr.cli.options import AsJson, SettingsFile
from ivr.cli.remote import Server, Token, Url
from ivr.errors import SettingsError
from ivr.flow.issues import Place
from ivr.flow.need import MAX_PROFICIENCY, MIN_PROFICIENCY, Need, with_language
from ivr.routing.agents_file import load_agents
from ivr.routing.attendance import Attendance
from ivr.routing.matching import Match, match, ranked
from ivr.routing.needs_lint import lint_needs
from ivr.routing.queues import Queue, QueuePlan, plan_queues
from ivr.routing.skills import Agent, Presence, Team, is_language, skill_language
from ivr.server.settings import load_settings

app = typer.Typer(no_args_is_help=True)
for verb in (
    agents_live.now,
    agents_live.login,
    agents_live.logout,
    agents_live.pause,
    agents_live.resume,
    agents_live.reload,
):
    app.command(verb.__name__)(verb)

File = Annotated[
    Path | None, typer.Option("--file", "-f", help="The agents file; else that of ivr.toml.")
]
_WRAPPED = ("skills", "levels")


@app.command()
def check(
    file: Annotated[Path | None, typer.Argument(help="The agents file.")] = None,
) -> None:
    """Check an agents file; shows every fault with its line."""
    path = _path(file)
    team = load_agents(path)
    languages = sorted({code for agent in team.agents for code in agent.languages})
    spoken = ", ".join(languages)
    print(f"{path}: {len(team.agents)} agents, {len(team.skills)} skills, languages {spoken}: good")
    for skill in team.skills:
        if not any(skill in agent.skills for agent in team.agents):
            print(f"note: no agent has the skill {skill}")


@app.command("ls")
def list_agents(
    as_json: AsJson = False,
    file: File = None,
    settings_file: SettingsFile = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """List the agents and what they do now; with --file, or if no hotline runs, as in the file.

    The supervisors follow the table; --json has the agents alone.
    """
    server = Server(settings_file, url, token)
    if file is None and server.runs():
        agents_live.list_now(server, as_json)
        return
    team = load_agents(_path(file))
    if as_json:
        print(json.dumps([_as_dict(agent) for agent in team.agents], ensure_ascii=False, indent=2))
        return
    table = _table("agent", "tier", "telephone", "speaks", "skills")
    for agent in team.agents:
        table.add_row(
            f"{agent.name}\n{agent.title}".strip(),
            agent.tier.label,
            agent.interface,
            _levels(agent, languages=True),
            _levels(agent, languages=False),
        )
    Console(highlight=False).print(table)
    agents_live.print_supervisors([(one.name, one.title) for one in team.supervisors])


@app.command("match")
def match_need(
    skill: Annotated[
        list[str], typer.Option("--skill", "-s", help="A skill and its least level: card_loss:3.")
    ],
    language: Annotated[str, typer.Option("--language", "-l", help="The caller's.")] = "zh",
    issue: Annotated[str, typer.Option(help="The class of the matter: funds_at_risk.")] = "",
    caller: Annotated[str, typer.Option(help="The class of the caller: vip, elderly.")] = "",
    known: Annotated[
        list[str] | None, typer.Option(help="What else is known of them: new, complained.")
    ] = None,
    priority: Annotated[int, typer.Option(help="The flow's own priority.")] = 0,
    waited: Annotated[int, typer.Option(min=0, max=3600, help="Seconds waited so far.")] = 0,
    offline: Annotated[
        list[str] | None, typer.Option(help="An agent to take for logged out; may be repeated.")
    ] = None,
    as_json: AsJson = False,
    file: File = None,
) -> None:
    """Say where a caller with this need would wait, who would be rung in which order, and why.

    Everybody counts as ready, but for those named with --offline.
    """
    team = load_agents(_path(file))
    need = Need(_skills(skill, team), issue, caller, priority, history=tuple(known or ()))
    plan = plan_queues([need], [language], team)
    attendance = _attend(plan, team, offline or [])
    now = time.time()
    decision = match(
        plan,
        attendance.census,
        need,
        language,
        joined=now - waited,
        now=now,
        weights=load_settings().routing.weights,
    )
    if as_json:
        print(json.dumps(_decision_dict(decision, plan, attendance), ensure_ascii=False, indent=2))
        return
    _show(decision, plan, attendance, with_language(need, language))


def _path(file: Path | None) -> Path:
    if file is not None:
        return file
    settings = load_settings()
    return settings.path(settings.paths.agents)


def _skills(options: list[str], team: Team) -> MappingProxyType[str, int]:
    skills: dict[str, int] = {}
    for option in options:
        name, _, text = option.partition(":")
        level = int(text) if text.isascii() and text.isdecimal() else 1 if not text else 0
        if not MIN_PROFICIENCY <= level <= MAX_PROFICIENCY:
            raise SettingsError(f"--skill {option}: expected NAME:LEVEL, the level from 1 to 5")
        skills[name] = level
    need = Need(MappingProxyType(skills))
    for fault in lint_needs([("--skill", Place("--skill"), need)], (), team):
        if fault.code == "unknown-skill":
            hint = f"; did you mean {fault.hint}?" if fault.hint else ""
            known = "" if fault.hint else f"; there is {', '.join(team.skills)}"
            raise SettingsError(f"{fault.message}{hint}{known}")
    return MappingProxyType(skills)


def _attend(plan: QueuePlan, team: Team, offline: list[str]) -> Attendance:
    for name in offline:
        if team.agent(name) is None:
            names = ", ".join(agent.name for agent in team.agents)
            raise SettingsError(f"--offline {name}: no such agent; there is {names}")
    attendance = Attendance(plan)
    for agent in team.agents:
        gone = agent.name in offline
        attendance.set(agent.name, Presence.OFFLINE if gone else Presence.READY)
    return attendance


def _show(decision: Match, plan: QueuePlan, attendance: Attendance, need: Need) -> None:
    console = Console(highlight=False, soft_wrap=True)
    entry = decision.entry
    facts = [
        ("need", ", ".join(f"{skill} {level}" for skill, level in need.skills.items())),
        ("queue", entry.queue if entry else "none: the flow's no_answer exit"),
        ("why", decision.why),
    ]
    if entry:
        facts.insert(2, ("priority", f"{decision.facts['points']} (QUEUE_PRIO {entry.priority})"))
        limit = f"penalty up to {entry.max_penalty}" if entry.max_penalty else "everybody"
        facts.insert(
            3,
            (
                "rung at once",
                f"{limit}; {entry.rule or 'no rule'} widens it" if entry.rule else limit,
            ),
        )
    for name, value in facts:
        console.print(f"{name:<13}{value}", markup=False)
    if not entry:
        return
    queue = plan.queues[entry.queue]
    table = _table("", "agent", "rung after", "penalty", "tier", "levels")
    for number, (member, presence) in enumerate(ranked(queue, attendance.presence), 1):
        after = _rung_after(queue, member.step, int(decision.facts["step"]))
        row = (
            str(number),
            member.agent.name,
            after if presence.logged_in else "logged out",
            str(member.penalty),
            member.agent.tier.label,
            _needed_levels(member.agent, need),
        )
        table.add_row(*row, style="" if presence.logged_in else "dim")
    console.print()
    Console(highlight=False).print(table)


def _rung_after(queue: Queue, step: int, start: int) -> str:
    seconds = 0 if step <= start else queue.steps[step].begins
    return f"{seconds} s" if seconds else "at once"


def _needed_levels(agent: Agent, need: Need) -> str:
    levels = {skill: str(agent.skills.get(skill, "-")) for skill in need.skills}
    return ", ".join(f"{skill_language(skill)}:{level}" for skill, level in levels.items())


def _levels(agent: Agent, *, languages: bool) -> str:
    return ", ".join(
        f"{skill_language(skill)}:{level}"
        for skill, level in agent.skills.items()
        if is_language(skill) is languages
    )


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for column in columns:
        table.add_column(Text(column), overflow="fold", no_wrap=column not in _WRAPPED)
    return table


def _as_dict(agent: Agent) -> dict[str, Any]:
    return {
        "name": agent.name,
        "title": agent.title,
        "tier": agent.tier.label,
        "interface": agent.interface,
        "contact": agent.contact,
        "skills": dict(agent.skills),
    }


def _decision_dict(decision: Match, plan: QueuePlan, attendance: Attendance) -> dict[str, Any]:
    entry = decision.entry
    members = ranked(plan.queues[entry.queue], attendance.presence) if entry else []
    return {
        "queue": entry.queue if entry else None,
        "priority": entry.priority if entry else None,
        "max_penalty": entry.max_penalty if entry else None,
        "rule": entry.rule if entry else None,
        "timeout": entry.timeout if entry else None,
        "why": decision.why,
        "facts": dict(decision.facts),
        "agents": [
            {"name": m.agent.name, "penalty": m.penalty, "step": m.step, "presence": p.value}
            for m, p in members
        ],
    }
