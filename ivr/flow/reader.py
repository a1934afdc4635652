"""Reader: YAML text -> Flow, with every fault of the text in one list."""

from collections.abc import Mapping

from ivr.flow import defaults
from ivr.flow.budget import read_budget
from ivr.flow.fields import LANGUAGE, NAME, Fields
from ivr.flow.holidays import Years
from ivr.flow.input_settings import InputSettings
from ivr.flow.issues import Issue, Place
from ivr.flow.model import Command, Flow
from ivr.flow.nodes.base import Goto, Ladder, Node
from ivr.flow.nodes.collect import Collect
from ivr.flow.nodes.menu import Menu
from ivr.flow.nodes.survey import Survey
from ivr.flow.nodes.voicemail import Voicemail
from ivr.flow.phrases import Terms
from ivr.flow.prompts import Prompt
from ivr.flow.read_asking import default_ladder, default_prompt, read_input, read_ladder
from ivr.flow.read_declarations import (
    read_calendars,
    read_lookups,
    read_parameters,
    read_variables,
)
from ivr.flow.read_nodes import KINDS, Inherited
from ivr.flow.reading import Reading, nearest
from ivr.flow.yaml_tree import Listing, Scalar, Table, read_tree

MAX_NODES = 2000
MAX_COMMANDS = 20
MAX_LANGUAGES = 8

_ABSENT_LANGUAGES = ("zh",)


def read_flow(
    text: str,
    file: str,
    terms: Terms | None = None,
    holidays: Mapping[str, Years] | None = None,
) -> tuple[Flow | None, list[Issue]]:
    """Read one flow, whose phrases may use these terms and whose calendars these holidays.

    Any error among the issues means that the flow must not be used.

    None comes back where the text is too broken to be a flow at all. References between nodes are
    `ivr.flow.lint`'s to check.
    """
    reading = Reading(file, terms=terms or {}, holidays=holidays or {})

    def report(code: str, place: Place, message: str) -> None:
        reading.fault(code, place, message)

    tree = read_tree(text, file, report)
    if not isinstance(tree, Table):
        if not reading.issues:
            reading.fault("not-a-flow", Place(file), 'a flow file is a mapping with "flow: NAME"')
        return None, reading.issues
    fields = Fields(reading, tree, "")
    flow = _read(fields, reading)
    return flow, reading.issues


def _read(fields: Fields, reading: Reading) -> Flow:
    reading.flow = fields.path = fields.name("flow", "flow", required=True)
    reading.languages = _languages(fields)
    start = fields.goto("start", required=True) or Goto("", fields.place)
    settings = read_input(fields, InputSettings())
    inherited = Inherited(
        settings,
        _ladder(fields, "noinput"),
        _ladder(fields, "nomatch"),
    )
    commands = _commands(fields)
    variables = read_variables(fields)
    nodes = _nodes(fields, inherited)
    flow = Flow(
        name=reading.flow,
        place=fields.place,
        languages=reading.languages,
        start=start,
        nodes=nodes,
        commands=commands,
        slot_types={name: kind for name, (kind, _) in variables.items()} | _slot_types(nodes),
        variables={name: value for name, (_, value) in variables.items()},
        parameters=read_parameters(fields),
        labels={
            node.slot: f"{reading.flow}.{node.name}"
            for node in nodes.values()
            if isinstance(node, Menu) and node.slot
        },
        calendars=read_calendars(fields),
        lookups=read_lookups(fields),
        formulas=tuple(reading.formulas),
        budget=read_budget(fields),
        did_you_mean=_own(fields, "did_you_mean"),
        follow_up=_own(fields, "follow_up"),
        did_you_say=_own(fields, "did_you_say"),
        apology=_own(fields, "apology"),
        prompts=reading.prompts,
        unread=_written(fields) - nodes.keys(),
    )
    fields.finish()
    return flow


def _slot_types(nodes: dict[str, Node]) -> dict[str, str]:
    """The slots that nodes fill, with their types."""
    types = {}
    for node in nodes.values():
        if isinstance(node, Collect):
            types[node.slot] = node.type
        elif isinstance(node, Survey):
            types[node.slot] = "rating"
        elif isinstance(node, Menu | Voicemail) and node.slot:
            types[node.slot] = "text"
    return types


def _written(fields: Fields) -> frozenset[str]:
    table = fields.table.entries.get("nodes")
    return frozenset(table.entries) if isinstance(table, Table) else frozenset()


def _ladder(fields: Fields, key: str) -> Ladder:
    written = read_ladder(fields, key, ())
    return written or default_ladder(fields, key)


def _own(fields: Fields, key: str) -> Prompt:
    return fields.prompt(key) or default_prompt(fields, key)


def _languages(fields: Fields) -> tuple[str, ...]:
    found = fields.tree("languages")
    if found is None:
        return _ABSENT_LANGUAGES
    items = found.items if isinstance(found, Listing) else (found,)
    codes = []
    for item in items:
        if isinstance(item, Scalar) and LANGUAGE.fullmatch(item.text):
            codes.append(item.text)
        else:
            fields.fault("bad-value", item.place, 'a language is a code such as "zh" or "en"')
    if len(codes) > MAX_LANGUAGES:
        fields.fault("too-big", found.place, f"a flow has at most {MAX_LANGUAGES} languages")
    return tuple(dict.fromkeys(codes))[:MAX_LANGUAGES] or _ABSENT_LANGUAGES


def _commands(fields: Fields) -> tuple[Command, ...]:
    """Repeat and back are always there unless switched off by `repeat: off`."""
    outer = fields.fields("commands")
    written = outer.table.entries if outer else {}
    commands = [
        Command(
            name=name,
            place=fields.place,
            key=defaults.COMMAND_KEYS[name],
            phrases=_usual(name, fields.reading.languages),
        )
        for name in ("repeat", "back", "help")
        if name not in written
    ]
    for name, tree in written.items():
        if outer is None or (isinstance(tree, Scalar) and tree.text in ("off", "false", "no")):
            continue
        table = tree if isinstance(tree, Table) else Table({}, {}, tree.place)
        if isinstance(tree, Scalar) and not tree.null:
            table = Table({"goto": tree}, {"goto": tree.place}, tree.place)
        commands.append(_command(outer.under(table, name), name))
    if len(commands) > MAX_COMMANDS:
        fields.fault("too-big", fields.place, f"a flow has at most {MAX_COMMANDS} commands")
    return tuple(commands[:MAX_COMMANDS])


def _usual(name: str, languages: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {code: defaults.command_phrases(name, code) for code in languages}


def _command(fields: Fields, name: str) -> Command:
    language = fields.text("language")
    if language and language not in fields.reading.languages:
        fields.fault(
            "unknown-language",
            fields.where("language"),
            f'"{language}" is none of the flow\'s languages',
        )
        language = ""
    usual = _usual(name, fields.reading.languages)
    written = fields.phrases()
    goto = fields.goto()
    command = Command(
        name=name,
        place=fields.place,
        key=fields.key_press("key") or defaults.COMMAND_KEYS.get(name, ""),
        phrases={code: written.get(code) or usual[code] for code in usual},
        goto=goto,
        language=language,
    )
    fields.finish()
    if name not in ("repeat", "back", "help") and goto is None and not language:
        fields.fault(
            "bad-command",
            fields.place,
            f'command "{name}" needs "goto" or "language"',
            nearest(name, ("repeat", "back", "help")),
        )
    return command


def _nodes(fields: Fields, inherited: Inherited) -> dict[str, Node]:
    outer = fields.fields("nodes", required=True)
    if outer is None:
        return {}
    if len(outer.table.entries) > MAX_NODES:
        fields.fault("too-big", outer.place, f"a flow has at most {MAX_NODES} nodes")
        return {}
    nodes = {}
    for name, tree in outer.table.entries.items():
        place = outer.table.places[name]
        if not NAME.fullmatch(name):
            fields.fault("bad-name", place, f'"{name}" is no name for a node')
        if not isinstance(tree, Table):
            fields.fault("bad-value", place, f'node "{name}" is a mapping with a "kind"')
            continue
        inner = Fields(fields.reading, tree, f"{fields.path}.{name}", name)
        for node in _node(inner, name, place, inherited):
            nodes[node.name] = node
    return nodes


def _node(fields: Fields, name: str, place: Place, inherited: Inherited) -> list[Node]:
    """The node, or the nodes a form is made of; none after a fault."""
    kind = fields.text("kind")
    if not kind:
        fields.fault("missing-key", place, f'node "{name}" has no "kind"')
        return []
    read = KINDS.get(kind)
    if read is None:
        known = ", ".join(KINDS)
        fields.fault(
            "unknown-kind",
            fields.where("kind"),
            f'there is no kind "{kind}"; known: {known}',
            nearest(kind, KINDS),
        )
        return []
    nodes = read(fields, name, inherited)
    fields.finish()
    return nodes if isinstance(nodes, list) else [nodes]
