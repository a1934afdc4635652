"""Reads each kind of node from its fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypedDict

from ivr.flow import defaults, read_logic
from ivr.flow.fields import Fields
from ivr.flow.input_settings import InputSettings
from ivr.flow.issues import Place
from ivr.flow.nodes.base import AskingNode, Choice, Goto, Ladder, Node, Rung
from ivr.flow.nodes.collect import CONFIRM_IF, Collect
from ivr.flow.nodes.confirm import Confirm
from ivr.flow.nodes.hangup import Hangup
from ivr.flow.nodes.menu import ORDERS, OTHER_KEYS, Menu
from ivr.flow.nodes.say import Say
from ivr.flow.nodes.survey import Survey
from ivr.flow.prompts import Prompt
from ivr.flow.read_asking import (
    MAX_CHOICES,
    default_answers,
    read_choice,
    read_input,
    read_ladder,
)
from ivr.flow.read_form import read_form, read_free_choice
from ivr.flow.read_transfer import read_transfer
from ivr.flow.read_voicemail import read_voicemail
from ivr.flow.slot_types import MAX_SLOT_DIGITS, SLOT_TYPES
from ivr.flow.yaml_tree import Listing, Scalar, Table


@dataclass(frozen=True, slots=True)
class Inherited:
    """What a node takes from its flow where it says nothing itself."""

    input: InputSettings
    noinput: Ladder
    nomatch: Ladder


class _Asking(TypedDict):
    name: str
    place: Place
    prompt: Prompt
    input: InputSettings
    noinput: Ladder
    nomatch: Ladder
    help: Prompt | None


ReadNode = Callable[[Fields, str, Inherited], Node | list[Node]]


def _asking(fields: Fields, name: str, inherited: Inherited) -> _Asking:
    return {
        "name": name,
        "place": fields.place,
        "prompt": _said(fields, "prompt"),
        "input": read_input(fields, inherited.input),
        "noinput": read_ladder(fields, "noinput", inherited.noinput),
        "nomatch": read_ladder(fields, "nomatch", inherited.nomatch),
        "help": fields.prompt("help"),
    }


def _said(fields: Fields, key: str) -> Prompt:
    """A prompt that must be there; an empty one stands in after the fault is noted."""
    return fields.prompt(key, required=True) or Prompt(f"{fields.path}.{key}", {}, fields.place)


def read_say(fields: Fields, name: str, inherited: Inherited) -> Node:
    return Say(
        name=name,
        place=fields.place,
        prompt=_said(fields, "prompt"),
        goto=read_logic.onward(fields),
        bargein=fields.flag("bargein", inherited.input.bargein),
    )


def read_menu(fields: Fields, name: str, inherited: Inherited) -> Node:
    asking = _asking(fields, name, inherited)
    table = fields.fields("choices", required=True)
    choices: list[Choice] = []
    for key, tree in table.table.entries.items() if table else ():
        choice = _menu_choice(fields, key, tree)
        if choice is not None:
            choices.append(choice)
    if len(choices) > MAX_CHOICES:
        fields.fault("too-big", fields.place, f"a menu has at most {MAX_CHOICES} choices")
    also = _gotos(fields, "also")
    return Menu(
        **asking,
        choices=tuple(choices),
        also=also,
        slot=fields.name("slot"),
        order=fields.one_of("order", ORDERS, "fixed"),
        mention=fields.whole("mention", 0, 0, MAX_CHOICES),
        holdout=fields.whole("holdout", 10, 0, 100),
        open=fields.flag("open", False),
        follow_up=fields.flag("follow_up", False),
        other_keys=fields.goto(OTHER_KEYS),
    )


def _menu_choice(fields: Fields, name: str, tree: object) -> Choice | None:
    if not isinstance(tree, Table):
        place = fields.where("choices")
        fields.fault("bad-value", place, f'choice "{name}" is a mapping: key, phrases, goto')
        return None
    return read_choice(
        Fields(fields.reading, tree, f"{fields.path}.{name}", fields.node), name, phrases={}
    )


def _gotos(fields: Fields, key: str) -> tuple[Goto, ...]:
    found = fields.tree(key)
    if found is None:
        return ()
    items = found.items if isinstance(found, Listing) else (found,)
    return tuple(Goto(item.text, item.place) for item in items if isinstance(item, Scalar))


def read_collect(fields: Fields, name: str, inherited: Inherited) -> Node:
    if fields.tree("choices") is not None:
        return read_free_choice(fields, lambda of, called: read_menu(of, called, inherited), name)
    asking = _asking(fields, name, inherited)
    kind = fields.one_of("type", SLOT_TYPES, "digits")
    shortest, longest = _lengths(fields, kind)
    return Collect(
        **asking,
        slot=fields.name("slot", required=True),
        type=kind,
        shortest=shortest,
        longest=longest,
        goto=read_logic.onward(fields),
        confirm=fields.prompt("confirm"),
        confirm_if=fields.one_of("confirm_if", CONFIRM_IF, "always"),
    )


def _lengths(fields: Fields, kind: str) -> tuple[int, int]:
    """`length`, or `min` and `max`, or the type's own."""
    shape = SLOT_TYPES[kind]
    length = fields.whole("length", 0, 1, MAX_SLOT_DIGITS)
    shortest = fields.whole("min", length or shape.shortest, 1, MAX_SLOT_DIGITS)
    longest = fields.whole("max", length or shape.longest, 1, MAX_SLOT_DIGITS)
    told = {"length", "min", "max"} & fields.table.entries.keys()
    if shape.fixed and told:
        fields.fault("bad-value", fields.where(min(told)), f'a "{kind}" has its own length')
    elif length and len(told) > 1:
        fields.fault("bad-value", fields.where("length"), '"length" excludes "min" and "max"')
    elif shortest > longest:
        fields.fault("bad-value", fields.where("min"), '"min" is not above "max"')
    return min(shortest, longest), longest


def read_survey(fields: Fields, name: str, inherited: Inherited) -> Node:
    onward = read_logic.onward(fields)
    asking = _asking(fields, name, inherited)
    if "noinput" not in fields.table.entries:
        asking["noinput"] = (Rung(goto=Goto(onward.node, onward.place)),)
    if "nomatch" not in fields.table.entries:
        asking["nomatch"] = (
            *asking["nomatch"][:1],
            Rung(goto=Goto(onward.node, onward.place)),
        )
    lowest = fields.whole("lowest", 1, 0, 9)
    highest = fields.whole("highest", 5, 0, 9)
    if lowest >= highest:
        fields.fault("bad-value", fields.place, '"lowest" is below "highest"')
    slot = fields.name("slot", required=True)
    return Survey(**asking, slot=slot, lowest=lowest, highest=highest, goto=onward)


def _read_form(fields: Fields, name: str, inherited: Inherited) -> list[Node]:
    def opening(of: Fields, called: str) -> AskingNode:
        return AskingNode(**_asking(of, called, inherited))

    return read_form(
        fields,
        opening,
        lambda of, called: read_menu(of, called, inherited),
        lambda of, called: read_collect(of, called, inherited),
        lambda of, called: read_confirm(of, called, inherited),
        name,
    )


def read_confirm(fields: Fields, name: str, inherited: Inherited) -> Node:
    asking = _asking(fields, name, inherited)
    yes, no = (_answer(fields, answer) for answer in ("yes", "no"))
    return Confirm(**asking, yes=yes, no=no)


def _answer(fields: Fields, name: str) -> Choice:
    """`yes: node`, or a mapping with key, phrases, label and goto."""
    usual = default_answers(name, fields.reading.languages)
    found = fields.tree(name, required=True)
    if isinstance(found, Scalar):
        entries, places = {"goto": found}, {"goto": found.place}
        found = Table(dict(entries), places, found.place)
    elif not isinstance(found, Table):
        found = Table({"goto": Scalar("?", fields.place)}, {}, fields.place)
    inner = Fields(fields.reading, found, f"{fields.path}.{name}", fields.node)
    choice = read_choice(inner, name, phrases=usual)
    if choice.key:
        return choice
    return Choice(
        name=choice.name,
        goto=choice.goto,
        label=choice.label,
        place=choice.place,
        key=defaults.ANSWER_KEYS[name],
        phrases=choice.phrases,
        intent="",
        language=choice.language,
    )


def read_hangup(fields: Fields, name: str, inherited: Inherited) -> Node:
    return Hangup(
        name=name,
        place=fields.place,
        prompt=fields.prompt("prompt"),
        reason=fields.name("reason", "done"),
    )


def _plain(read: Callable[[Fields, str], Node]) -> ReadNode:
    """A kind that inherits nothing."""
    return lambda fields, name, inherited: read(fields, name)


KINDS: Mapping[str, ReadNode] = {
    "say": read_say,
    "menu": read_menu,
    "collect": read_collect,
    "confirm": read_confirm,
    "transfer": _plain(read_transfer),
    "voicemail": lambda fields, name, inherited: read_voicemail(fields, name, inherited.input),
    "hangup": read_hangup,
    "survey": read_survey,
    "form": _read_form,
    "set": _plain(read_logic.read_set),
    "branch": _plain(read_logic.read_branch),
    "split": _plain(read_logic.read_split),
    "lookup": _plain(read_logic.read_lookup),
    "subflow": _plain(read_logic.read_subflow),
    "return": _plain(read_logic.read_return),
}
