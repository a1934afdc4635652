from ivr.server.steering.legs import Legs, holds, legs_of


def channel(name: str, uid: str, linked: str = "", bridge: str = "") -> dict[str, str]:
    return {"Channel": name, "Uniqueid": uid, "Linkedid": linked or uid, "BridgeId": bridge}


CALLER, AGENT = "PJSIP/anonymous-00000001", "PJSIP/agent-wang-00000002"
OTHERS = (
    channel("PJSIP/anonymous-00000005", "5.1", bridge="c"),
    channel("PJSIP/agent-li-00000006", "5.2", "5.1", "c"),
    channel("PJSIP/agent-gu-00000007", "ivr-phone-1"),
)


def test_a_caller_with_an_agent() -> None:
    there = (*OTHERS, channel(CALLER, "1.1", bridge="b"), channel(AGENT, "1.2", "1.1", "b"))
    assert legs_of("1.1", there) == Legs(CALLER, (AGENT,))
    assert holds(there, AGENT) and not holds(OTHERS, AGENT)


def test_a_caller_for_whom_a_telephone_rings() -> None:
    there = (*OTHERS, channel(CALLER, "1.1"), channel(AGENT, "1.2", "1.1"))
    assert legs_of("1.1", there) == Legs(CALLER, (), (AGENT,))


def test_a_caller_alone_and_none_at_all() -> None:
    assert legs_of("1.1", (*OTHERS, channel(CALLER, "1.1"))) == Legs(CALLER)
    assert legs_of("1.1", OTHERS) is None
    assert legs_of("", (channel("", ""),)) is None
