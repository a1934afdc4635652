"""Formula: an expression as it stands in a flow, with its place and the type it must have."""

from dataclasses import dataclass

from ivr.flow.expressions import Expression
from ivr.flow.issues import Place


@dataclass(frozen=True, slots=True)
class Formula:
    """`wanted` is a type of `ivr.flow.expression_types`, or `any`; `node` is where it stands."""

    expression: Expression
    text: str
    place: Place
    wanted: str
    node: str = ""
