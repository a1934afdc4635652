from pathlib import Path
from typing import Any

import pytest

from ivr.errors import AsteriskError
from ivr.telephony.private_asterisk.plan import (
    AgentPhone,
    AsteriskPlan,
    AsteriskQueue,
    PenaltyChange,
    PenaltyRule,
    plan_from_json,
    plan_to_json,
)

RUN = Path("/run/ivr")


def test_the_fallback_queue_is_always_there() -> None:
    names = [queue.name for queue in AsteriskPlan(RUN, queues=(AsteriskQueue("card"),)).queues]
    assert names == ["card", "fallback"]
    given = AsteriskPlan(RUN, queues=(AsteriskQueue("fallback", 3),)).queues
    assert given == (AsteriskQueue("fallback", 3),)


def test_each_plan_has_a_secret_of_its_own_that_is_not_shown() -> None:
    first, second = AsteriskPlan(RUN), AsteriskPlan(RUN)
    assert first.ami_secret != second.ami_secret
    assert len(first.ami_secret) >= 24
    assert first.ami_secret not in repr(first)
    assert "hush" not in repr(AgentPhone("li", "hush"))


def test_a_plan_survives_its_text() -> None:
    plan = AsteriskPlan(
        RUN,
        agents=(AgentPhone("li", "pw"), AgentPhone("wang", contact="sip:127.0.0.1:5070")),
        queues=(AsteriskQueue("zh-card_loss.3+x", 10),),
        rules=(PenaltyRule("relax", (PenaltyChange(5, 10), PenaltyChange(9, 20, 1))),),
        recordings=Path("/rec"),
    )
    assert plan_from_json(plan_to_json(plan)) == plan


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"run_folder": "/x", "more": 1}'])
def test_a_text_that_is_no_plan(text: str) -> None:
    with pytest.raises(AsteriskError, match="cannot be read"):
        plan_from_json(text)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"queues": (AsteriskQueue("a b"),)}, "queue name 'a b'"),
        ({"queues": (AsteriskQueue("a]\n[b"),)}, "queue name"),
        ({"queues": (AsteriskQueue("general"),)}, "queue name 'general'"),
        ({"queues": (AsteriskQueue("a"), AsteriskQueue("a"))}, "the same"),
        ({"agents": (AgentPhone("li"),)}, "needs a password"),
        ({"agents": (AgentPhone("li", "p", "sip:127.0.0.1"),)}, "not both"),
        ({"agents": (AgentPhone("li", "semi;colon"),)}, "without blanks"),
        ({"agents": (AgentPhone("li", contact="127.0.0.1:5070"),)}, "not a SIP URI"),
        ({"agents": (AgentPhone("li", contact="sip:a@b\ncontext=x"),)}, "not a SIP URI"),
        ({"ami_secret": "a b"}, "AMI secret"),
        ({"ami_user": "general"}, "AMI user name"),
        ({"hotline": "1000,1"}, "cannot be dialled"),
        ({"address": "127.0.0.1\n"}, "not an IP address"),
        ({"sip_port": 70000}, "SIP port 70000"),
        ({"rtp_first": 20000, "rtp_last": 20001}, "too few"),
        ({"rules": (PenaltyRule("r", (PenaltyChange(-1, 2),)),)}, "negative"),
        ({"run_folder": Path("/" + "x" * 120)}, "too long for a control socket"),
    ],
)
def test_what_settings_cannot_hold_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(AsteriskError, match=says):
        AsteriskPlan(**{"run_folder": RUN, **changes})
