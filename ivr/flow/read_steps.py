"""Reads the `steps:` of a transfer node."""

from ivr.flow.fields import Fields
from ivr.flow.steps import MAX_BEGINS, MAX_LOWER, MAX_STEPS, Step, Tier
from ivr.flow.yaml_tree import Listing, Table

_TIERS = {tier.label: tier for tier in Tier}
_ANY = "any"


def read_steps(fields: Fields) -> tuple[Step, ...]:
    """The steps of a transfer; none where the node leaves them to the hotline's own.

    Each step holds until its caller has waited `expires` seconds in all; the last has none. What a
    step does not say is as in the step before it, so that the circle only widens.
    """
    found = fields.tree("steps")
    if found is None:
        return ()
    if not isinstance(found, Listing) or not 1 <= len(found.items) <= MAX_STEPS:
        message = f'"steps" is a list of 1 to {MAX_STEPS} steps'
        fields.fault("bad-value", found.place, message)
        return ()
    steps: list[Step] = []
    begins, last = 0, len(found.items) - 1
    for number, item in enumerate(found.items):
        if not isinstance(item, Table):
            fields.fault("bad-value", item.place, "a step is a mapping, such as {expires: 20}")
            return ()
        inner = fields.under(item, f"steps.{number}")
        steps.append(_step(inner, begins, steps[-1] if steps else Step(0)))
        begins = _expires(inner, begins, needed=number < last)
        inner.finish()
    return tuple(steps)


def _step(fields: Fields, begins: int, before: Step) -> Step:
    lower = fields.whole("lower", before.lower, 0, MAX_LOWER)
    tier = _TIERS[fields.one_of("tier", _TIERS, before.tier.label)]
    any_skill = fields.one_of("skills", (_ANY,)) == _ANY or before.any_skill
    if before.begins < begins and (lower < before.lower or tier < before.tier):
        message = "a later step admits nobody less: it only widens the circle"
        fields.fault("bad-value", fields.place, message)
    return Step(begins, lower, tier, any_skill)


def _expires(fields: Fields, begins: int, *, needed: bool) -> int:
    """When this step ends, in seconds of waiting."""
    given = fields.whole("expires", 0, 0, MAX_BEGINS)
    if needed and given <= begins:
        message = f'"expires" says when this step ends, in seconds: more than {begins}'
        fields.fault("bad-value", fields.where("expires"), message)
        return begins + 1
    if not needed and "expires" in fields.table.entries:
        message = 'the last step holds until the "timeout"; leave "expires" out'
        fields.fault("bad-value", fields.where("expires"), message)
    return given
