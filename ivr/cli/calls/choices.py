"""`ivr calls choices`: what orders may name now, as the running hotline says."""

import textwrap

from rich.console import Console

from ivr.cli.remote import Server
from ivr.errors import PeerError
from ivr.live.choices import SUPERVISOR, Choices, PhoneChoice, choices_from

MOST_TOLD = 12
"""Names that an error tells; the verb tells them all."""


def choices_for(server: Server, call: str = "") -> Choices:
    """What orders may name; with a call's id, the nodes it can be sent to.

    Raises:
        PeerError: if nobody answers, or not so that it is understood.
    """
    try:
        return choices_from(server.get("/v1/choices", **({"call": call} if call else {})))
    except (KeyError, TypeError, ValueError) as error:
        raise PeerError("the server's choices are not understood: is it older?") from error


def told(names: list[str]) -> str:
    """The first of these names in one line, for an error that says what there is."""
    more = f" and {len(names) - MOST_TOLD} more" if len(names) > MOST_TOLD else ""
    return (", ".join(names[:MOST_TOLD]) or "nothing now") + more


def print_choices(choices: Choices) -> None:
    """Print nodes, skills and telephones in 80 columns; queues by name."""
    console = Console(highlight=False)
    for flow in choices.flows:
        _section(console, f"nodes of {flow.flow}", [(one.node, one.kind) for one in flow.nodes])
    _section(console, "skills", [(one.skill, one.meaning) for one in choices.skills])
    _section(console, "telephones", [(one.phone, _person(one)) for one in choices.phones])
    if choices.queues:  # there are many, and no order takes one: only filters do
        console.print("queues", style="dim")
        lines = textwrap.wrap(", ".join(choices.queues), console.width - 4, break_on_hyphens=False)
        console.print(textwrap.indent("\n".join(lines), "  "), markup=False)


def _person(phone: PhoneChoice) -> str:
    return f"{phone.title} ({phone.role})" if phone.role == SUPERVISOR else phone.title


def _section(console: Console, title: str, rows: list[tuple[str, str]]) -> None:
    if not rows:
        return
    from ivr.cli.board.cells import clean, fitted

    console.print(title, style="dim")
    wide = max(len(name) for name, _ in rows)
    for name, about in rows:
        line = f"  {fitted(name, wide)}  {clean(about)}".rstrip()
        console.print(line, markup=False, no_wrap=True, overflow="ellipsis")
