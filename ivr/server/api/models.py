"""What orders take and what answers hold, where the picture and the record have no class for it."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from ivr.live.picture import CallRow
from ivr.live.transcript import Line
from ivr.server.api.limits import MAX_WORD
from ivr.server.control.orders import MAX_REASON
from ivr.store.past import WholeCall


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line without control characters")
    return text


Word = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_WORD), AfterValidator(_one_line)
]
OptionalWord = Annotated[str, StringConstraints(max_length=MAX_WORD), AfterValidator(_one_line)]
RoleWord = Literal["viewer", "supervisor", "admin"]


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NoWords(_Words):
    """An order that needs no words; the body may be left out."""


class PauseWords(_Words):
    """Why an agent takes no calls for a while."""

    reason: Annotated[OptionalWord, Field(max_length=MAX_REASON, examples=["meal"])] = "pause"


class TransferWords(_Words):
    """Where a caller goes."""

    skill: Annotated[Word, Field(description="A skill of the agents file.", examples=["loans"])]


class GotoWords(_Words):
    """Where a caller's talk goes on."""

    node: Annotated[Word, Field(description="A node of the call's flow.", examples=["main"])]


class PhoneWords(_Words):
    """Whose telephone rings to listen, whisper, join or take over."""

    phone: Annotated[
        OptionalWord,
        Field(
            description="An agent or supervisor of the agents file; left out: the token's own.",
            examples=["chen"],
        ),
    ] = ""


class AgentTold(BaseModel):
    """How an agent stands after the order; `reason` is why they take no calls, if so."""

    name: str
    reason: str


class Reloaded(BaseModel):
    """What another agents file changed, in one line."""

    changed: str = Field(examples=["added newcomer"])


class WhoAmI(BaseModel):
    """Who asks, as this server sees it."""

    name: str = Field(examples=["chen"])
    role: RoleWord
    phone: str = Field("", description="Whose telephone listens for this token.")


class Alive(BaseModel):
    """The process answers. `lag` is how late its event loop last was, in seconds."""

    alive: Literal[True] = True
    lag: float = Field(examples=[0.001])


class Ready(BaseModel):
    """Whether callers can be served; `reasons` why not."""

    ready: bool
    reasons: list[str] = Field(examples=[["Asterisk's manager cannot be reached"]])


class CallShown(BaseModel):
    """One call. `row` is there while it goes on, `past` as far as it is in the record.

    `lines` are what was said so far in a call that goes on; of one that ended see `past.turns`.
    """

    row: CallRow | None
    past: WholeCall | None
    lines: list[Line]
