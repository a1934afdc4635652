"""What the calls of one phone share: its SIP port, its pacer, its tasks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.phone.endpoint import Endpoint
from tests.phone.g711 import Law
from tests.phone.pacer import Pacer
from tests.phone.tasks import Tasks

if TYPE_CHECKING:
    from tests.phone.call import Call


@dataclass(slots=True, eq=False)
class Line:
    """`calls` is keyed by Call-ID and the phone's own tag. `credentials` answer a challenge.

    `laws` are the codecs offered, by preference.
    """

    endpoint: Endpoint
    credentials: tuple[str, str] | None = None
    laws: tuple[Law, ...] = tuple(Law)
    pacer: Pacer = field(default_factory=Pacer)
    tasks: Tasks = field(default_factory=Tasks)
    calls: dict[tuple[str, str], "Call"] = field(default_factory=dict)
    on_end: "Callable[[Call], None] | None" = None
