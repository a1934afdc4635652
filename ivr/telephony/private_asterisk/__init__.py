"""A private Asterisk: fetched without root, configured from templates, owned by us."""

from ivr.telephony.private_asterisk.fetcher import cache_folder, fetch
from ivr.telephony.private_asterisk.installation import Installation, find, find_or_fetch
from ivr.telephony.private_asterisk.plan import (
    FALLBACK_QUEUE,
    AgentPhone,
    AsteriskPlan,
    AsteriskQueue,
    PenaltyChange,
    PenaltyRule,
    StaticMember,
)
from ivr.telephony.private_asterisk.ports import free_port, with_free_ports
from ivr.telephony.private_asterisk.process import (
    PrivateAsterisk,
    attach,
    private_asterisk,
    start,
)
from ivr.telephony.private_asterisk.renderer import render, template_folder

__all__ = [
    "FALLBACK_QUEUE",
    "AgentPhone",
    "AsteriskPlan",
    "AsteriskQueue",
    "Installation",
    "PenaltyChange",
    "PenaltyRule",
    "PrivateAsterisk",
    "StaticMember",
    "attach",
    "cache_folder",
    "fetch",
    "find",
    "find_or_fetch",
    "free_port",
    "private_asterisk",
    "render",
    "start",
    "template_folder",
    "with_free_ports",
]
