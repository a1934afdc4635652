"""Reads the nodes that decide rather than talk: set, branch, split, lookup, subflow, return."""

from collections.abc import Mapping

from ivr.flow.expression_types import ANY, FLAG
from ivr.flow.fields import Fields
from ivr.flow.formulas import Formula
from ivr.flow.nodes.base import Goto, Node
from ivr.flow.nodes.branch import Branch, Case
from ivr.flow.nodes.lookup import HttpAction, Lookup
from ivr.flow.nodes.set import Set
from ivr.flow.nodes.split import Arm, Split
from ivr.flow.nodes.subflow import Return, Subflow
from ivr.flow.yaml_tree import Listing, Table

MAX_CASES = 50
MAX_SHARE = 1000
MAX_RETRIES = 5
MAX_LOOKUP_SECONDS = 60.0
METHODS = ("GET", "POST", "PUT")
DEFAULT_EXIT = "done"


def onward(fields: Fields, key: str = "goto") -> Goto:
    """Where the call goes on, which must be there; nowhere stands in after the fault is noted."""
    return fields.goto(key, required=True) or Goto("", fields.place)


def read_set(fields: Fields, name: str) -> Node:
    return Set(
        name=name,
        place=fields.place,
        values=_formulas(fields, "values", required=True),
        goto=onward(fields),
    )


def _formulas(fields: Fields, key: str, *, required: bool = False) -> dict[str, Formula]:
    """Expressions by name."""
    inner = fields.fields(key, required=required)
    found = {}
    for name in inner.table.entries if inner else ():
        formula = inner.formula(name, ANY) if inner else None
        if formula is not None:
            found[name] = formula
    return found


def read_branch(fields: Fields, name: str) -> Node:
    found = fields.tree("cases", required=True)
    cases = []
    for tree in found.items if isinstance(found, Listing) else ():
        if not isinstance(tree, Table):
            fields.fault("bad-value", tree.place, 'a case is a mapping with "when" and "goto"')
            continue
        inner = Fields(fields.reading, tree, fields.path, fields.node)
        when = inner.formula("when", FLAG, required=True)
        goto = onward(inner)
        inner.finish()
        if when is not None:
            cases.append(Case(when, goto))
    if found is not None and not isinstance(found, Listing):
        fields.fault("bad-value", found.place, '"cases" is a list')
    if len(cases) > MAX_CASES:
        fields.fault("too-big", fields.place, f"a branch has at most {MAX_CASES} cases")
    return Branch(
        name=name, place=fields.place, cases=tuple(cases), otherwise=onward(fields, "otherwise")
    )


def read_split(fields: Fields, name: str) -> Node:
    arms = []
    inner = fields.fields("arms", required=True)
    for arm in inner.table.entries if inner else ():
        one = inner.fields(arm) if inner else None
        if one is not None:
            share = one.whole("share", 1, 1, MAX_SHARE)
            arms.append(Arm(arm, share, onward(one)))
            one.finish()
    if inner and len(arms) < 2:
        fields.fault("bad-value", inner.place, "a split has at least two arms")
    test = fields.name("test", name)
    return Split(name=name, place=fields.place, test=test, arms=tuple(arms))


def read_lookup(fields: Fields, name: str) -> Node:
    return Lookup(
        name=name,
        place=fields.place,
        lookup=fields.name("lookup", required=True),
        arguments=_formulas(fields, "with"),
        take=texts(fields, "take"),
        prompt=fields.prompt("prompt"),
        goto=onward(fields),
        ways=_ways(fields, required="otherwise"),
    )


def _ways(fields: Fields, required: str = "") -> dict[str, Goto]:
    exits = fields.fields("exits", required=True)
    ways: dict[str, Goto] = {}
    for key in exits.table.entries if exits else ():
        goto = exits.goto(key) if exits else None
        if goto is not None:
            ways[key] = goto
    if exits and required and required not in ways:
        exits.fault("missing-exit", exits.place, f'no exit "{required}"')
    return ways


def texts(fields: Fields, key: str) -> dict[str, str]:
    """A mapping of names to plain texts."""
    inner = fields.fields(key)
    names = inner.table.entries if inner else ()
    return {name: inner.text(name) for name in names} if inner else {}


def read_subflow(fields: Fields, name: str) -> Node:
    ways: Mapping[str, Goto]
    if "goto" in fields.table.entries and "exits" not in fields.table.entries:
        ways = {"otherwise": onward(fields)}
    else:
        ways = _ways(fields)
    return Subflow(
        name=name,
        place=fields.place,
        flow=fields.name("flow", required=True),
        flow_place=fields.where("flow"),
        give=_formulas(fields, "with"),
        take=texts(fields, "take"),
        ways=ways,
    )


def read_return(fields: Fields, name: str) -> Node:
    return Return(name=name, place=fields.place, exit=fields.name("exit", DEFAULT_EXIT))


OWN_URLS = ("hotline:callback",)
"""Lookups that the hotline itself answers: a promise to call `number` back."""


def read_http_action(fields: Fields, name: str) -> HttpAction:
    """One of the flow's `lookups`."""
    url = fields.text("url", required=True)
    if url and url not in OWN_URLS and not url.startswith(("http://", "https://")):
        own = ", or is " + ", ".join(OWN_URLS)
        message = f"a url begins with http:// or https://{own}"
        fields.fault("bad-value", fields.where("url"), message)
    elif url and url not in OWN_URLS and "{" in url.split("/")[2]:
        fields.fault("bad-value", fields.where("url"), "a url's host holds no blanks")
    action = HttpAction(
        name=name,
        method=fields.one_of("method", METHODS, "GET"),
        url=url,
        headers=texts(fields, "headers"),
        secrets=texts(fields, "secrets"),
        body=texts(fields, "body"),
        timeout=fields.number("timeout", 3.0, 0.1, MAX_LOOKUP_SECONDS),
        retries=fields.whole("retries", 0, 0, MAX_RETRIES),
        answer=texts(fields, "answer"),
        statuses=texts(fields, "statuses"),
    )
    fields.finish()
    return action
