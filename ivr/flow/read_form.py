"""Reads a form into the nodes it is made of."""

from collections.abc import Callable
from dataclasses import replace

from ivr.flow.fields import NAME, Fields
from ivr.flow.nodes.base import AskingNode, Goto, Node, Rung
from ivr.flow.nodes.form import Form, FormNext
from ivr.flow.nodes.menu import Menu
from ivr.flow.yaml_tree import Scalar, Table, Tree

MAX_SLOTS = 20

ReadPart = Callable[[Fields, str], Node]


def read_form(
    fields: Fields,
    opening: Callable[[Fields, str], AskingNode],
    read_menu: ReadPart,
    read_collect: ReadPart,
    read_confirm: ReadPart,
    name: str,
) -> list[Node]:
    """The form's nodes, the opening first; the readers of its parts are given."""
    after = fields.goto(required=True) or Goto("", fields.place)
    pick = Goto(f"{name}.next", fields.place)
    slots: dict[str, Goto] = {}
    parts: list[Node] = []
    outer = fields.fields("slots", required=True)
    for slot, tree in outer.table.entries.items() if outer else ():
        if not isinstance(tree, Table) or not NAME.fullmatch(slot):
            fields.fault("bad-value", tree.place, f'slot "{slot}" is a name and a mapping')
            continue
        read = read_menu if "choices" in tree.entries else read_collect
        parts.append(_part(fields, read, f"{name}.{slot}", slot, tree, pick.node))
        slots[slot] = Goto(f"{name}.{slot}", tree.place)
    if len(slots) > MAX_SLOTS:
        fields.fault("too-big", fields.place, f"a form has at most {MAX_SLOTS} slots")
    confirm = fields.tree("confirm")
    end = after
    if confirm is not None:
        end = Goto(f"{name}.confirm", confirm.place)
        parts.append(_confirm(fields, read_confirm, confirm, name, after))
    asking = opening(fields, name)
    asks_on = (Rung(goto=pick),)
    form = Form(
        name=name,
        place=fields.place,
        prompt=asking.prompt,
        input=asking.input,
        noinput=asking.noinput if "noinput" in fields.table.entries else asks_on,
        nomatch=asking.nomatch if "nomatch" in fields.table.entries else asks_on,
        help=asking.help,
        slots=slots,
        next=pick,
    )
    return [form, FormNext(name=pick.node, place=fields.place, slots=slots, goto=end), *parts]


def _part(fields: Fields, read: ReadPart, name: str, slot: str, table: Table, onward: str) -> Node:
    """The node that asks for one slot; where it leads and what it fills is the form's matter."""
    added: dict[str, Tree] = {"slot": Scalar(slot, table.place)}
    choices = table.entries.get("choices")
    if isinstance(choices, Table):
        led = {
            key: _with(choice, {"goto": Scalar(onward, choice.place)})
            if isinstance(choice, Table)
            else choice
            for key, choice in choices.entries.items()
        }
        added["choices"] = Table(led, choices.places, choices.place)
    else:
        added["goto"] = Scalar(onward, table.place)
    path = f"{fields.path}.{slot}"
    inner = Fields(fields.reading, _with(table, added), path, fields.node)
    node = read(inner, name)
    inner.finish()
    if isinstance(node, Menu):  # a value of a slot is no intent of its own
        return replace(node, choices=tuple(replace(c, intent="") for c in node.choices))
    return node


def _confirm(fields: Fields, read: ReadPart, prompt: Tree, name: str, after: Goto) -> Node:
    table = Table(
        {
            "prompt": prompt,
            "yes": Scalar(after.node, after.place),
            "no": Scalar(name, prompt.place),
        },
        {},
        prompt.place,
    )
    return read(
        Fields(fields.reading, table, f"{fields.path}.confirm", fields.node), f"{name}.confirm"
    )


def _with(table: Table, more: dict[str, Tree]) -> Table:
    """A table with some entries put in or replaced."""
    return Table({**table.entries, **more}, table.places, table.place)
