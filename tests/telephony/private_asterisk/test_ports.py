import socket
from pathlib import Path

import pytest

from ivr.errors import AsteriskError
from ivr.telephony.private_asterisk.plan import AsteriskPlan
from ivr.telephony.private_asterisk.ports import check_ports, with_free_ports


def test_free_ports_are_free_and_differ() -> None:
    plan = with_free_ports(AsteriskPlan(Path("/run/ivr")))
    check_ports(plan)
    assert plan.rtp_first % 2 == 0 and plan.rtp_last > plan.rtp_first
    assert plan.ami_port != plan.agi_port


@pytest.mark.parametrize(
    ("kind", "field", "option"),
    [(socket.SOCK_DGRAM, "sip_port", "--sip-port"), (socket.SOCK_STREAM, "ami_port", "--ami-port")],
)
def test_a_busy_port_is_named_with_its_option(kind: int, field: str, option: str) -> None:
    plan = with_free_ports(AsteriskPlan(Path("/run/ivr")))
    with socket.socket(socket.AF_INET, kind) as holder:
        holder.bind(("127.0.0.1", getattr(plan, field)))
        if kind == socket.SOCK_STREAM:
            holder.listen()
        with pytest.raises(AsteriskError) as caught:
            check_ports(plan)
    assert f"127.0.0.1:{getattr(plan, field)}" in str(caught.value)
    assert option in str(caught.value)


def test_an_address_that_is_not_ours() -> None:
    plan = with_free_ports(AsteriskPlan(Path("/run/ivr")))
    elsewhere = AsteriskPlan(Path("/run/ivr"), sip_port=plan.sip_port, address="192.0.2.1")
    with pytest.raises(AsteriskError, match=r"SIP port 192\.0\.2\.1"):
        check_ports(elsewhere)
