"""Budget: what a flow promises its callers, kept by `ivr lint`."""

from dataclasses import dataclass

from ivr.flow.fields import Fields
from ivr.flow.issues import Place

MAX_BUDGET_SECONDS = 600
MAX_BUDGET_KEYS = 50
NOWHERE = Place("")


@dataclass(frozen=True, slots=True)
class Budget:
    """The longest way to an agent's queue, in seconds and in key presses; 0: none declared."""

    time_to_human: float = 0.0
    key_presses: int = 0
    place: Place = NOWHERE


def read_budget(outer: Fields) -> Budget:
    """`budget: {time_to_human: 20, key_presses: 2}`."""
    fields = outer.fields("budget")
    if fields is None:
        return Budget()
    budget = Budget(
        time_to_human=fields.number("time_to_human", 0.0, 1, MAX_BUDGET_SECONDS),
        key_presses=fields.whole("key_presses", 0, 1, MAX_BUDGET_KEYS),
        place=fields.place,
    )
    fields.finish()
    return budget
