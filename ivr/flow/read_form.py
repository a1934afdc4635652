"""Reads a form into the nodes it is made of."""

from collections.abc import Callable
from dataclasses import replace

from ivr.flow.fields import NAME, Fields
from ivr.flow.nodes.base import AskingNode, Goto, Ladder, Node, Rung
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
    form = Form(
        name=name,
        place=fields.place,
        prompt=asking.prompt,
        input=asking.input,
        noinput=asking.noinput if "noinput" in fields.table.entries else _asks_on(pick),
        nomatch=asking.nomatch if "nomatch" in fields.table.entries else _asks_on(pick),
        help=asking.help,
        slots=slots,
        next=pick,
    )
    return [form, FormNext(name=pick.node, place=fields.place, slots=slots, goto=end), *parts]


def _asks_on(pick: Goto) -> Ladder:
    """Whoever does not open the form is asked for one slot after another."""
    return (Rung(goto=Goto(pick.node, pick.place)),)  # an exit of its own: no shared reference


def read_free_choice(fields: Fields, read_menu: ReadPart, name: str) -> Node:
    """A collect node with `choices`: a menu whose choices all lead on to the same node."""
    onward = fields.goto(required=True) or Goto("", fields.place)
    fields.name("slot", required=True)
    return _slot_menu(fields, read_menu, name, fields.handed_on("kind", "goto"), onward.node)


def _slot_menu(fields: Fields, read_menu: ReadPart, name: str, table: Table, onward: str) -> Node:
    choices = table.entries["choices"]
    if isinstance(choices, Table):
        led = {
            key: _with(choice, {"goto": Scalar(onward, choice.place)})
            if isinstance(choice, Table)
            else choice
            for key, choice in choices.entries.items()
        }
        table = _with(table, {"choices": Table(led, choices.places, choices.place)})
    inner = Fields(fields.reading, table, fields.path, fields.node)
    node = read_menu(inner, name)
    inner.finish()
    assert isinstance(node, Menu)  # a value of a slot is no intent of its own
    return replace(node, choices=tuple(replace(c, intent="") for c in node.choices))


def _part(fields: Fields, read: ReadPart, name: str, slot: str, table: Table, onward: str) -> Node:
    """The node that asks for one slot; where it leads and what it fills is the form's matter."""
    part = Fields(fields.reading, table, f"{fields.path}.{slot}", fields.node)
    filled = _with(table, {"slot": Scalar(slot, table.place)})
    if "choices" in table.entries:
        return _slot_menu(part, read, name, filled, onward)
    inner = Fields(
        fields.reading,
        _with(filled, {"goto": Scalar(onward, table.place)}),
        part.path,
        fields.node,
    )
    node = read(inner, name)
    inner.finish()
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
