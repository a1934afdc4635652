"""Checks that ports are free before Asterisk wants them, and finds free ones for tests."""

import random
import socket
from dataclasses import replace

from ivr.errors import AsteriskError
from ivr.telephony.private_asterisk.plan import AsteriskPlan

__all__ = ["check_ports", "free_port", "with_free_ports"]

_RTP_BLOCKS = range(21200, 32000, 400)
"""Above the ports of a served hotline, and below those that Linux gives outgoing connections
(32768 and up)."""

_RTP_BLOCK_SIZE = 400


def check_ports(plan: AsteriskPlan) -> None:
    """Raises AsteriskError naming the first busy port, what it is for and how to change it."""
    for purpose, option, kind, address, port in (
        ("SIP", "sip_port", socket.SOCK_DGRAM, plan.address, plan.sip_port),
        ("AMI", "ami_port", socket.SOCK_STREAM, plan.ami_address, plan.ami_port),
    ):
        if fault := _fault(kind, address, port):
            name = "udp" if kind == socket.SOCK_DGRAM else "tcp"
            raise AsteriskError(
                f"{purpose} port {address}:{port}/{name} cannot be used: {fault}. Is another "
                f"Asterisk running? Stop it, or choose another {option} "
                f"(--{option.replace('_', '-')})."
            )
    if not any(
        _fault(socket.SOCK_DGRAM, plan.address, port) == ""
        for port in range(plan.rtp_first, plan.rtp_last)
    ):
        raise AsteriskError(f"every RTP port of {plan.rtp_first}-{plan.rtp_last}/udp is in use")


def free_port(kind: int, address: str = "127.0.0.1") -> int:
    """A port that is free now. `kind` is socket.SOCK_STREAM or socket.SOCK_DGRAM."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port


def with_free_ports(plan: AsteriskPlan) -> AsteriskPlan:
    """The same plan on ports that are free now, for several instances side by side.

    Nothing holds the ports until Asterisk binds them; who starts one tries again with others when
    they were taken in between.
    """
    blocks = list(_RTP_BLOCKS)
    random.SystemRandom().shuffle(blocks)
    for first in blocks:
        ends = (first, first + _RTP_BLOCK_SIZE // 2, first + _RTP_BLOCK_SIZE - 2)
        if not any(_fault(socket.SOCK_DGRAM, plan.address, port) for port in ends):
            break
    return replace(
        plan,
        sip_port=free_port(socket.SOCK_DGRAM, plan.address),
        ami_port=free_port(socket.SOCK_STREAM, plan.ami_address),
        agi_port=free_port(socket.SOCK_STREAM, plan.agi_address),
        rtp_first=first,
        rtp_last=first + _RTP_BLOCK_SIZE - 1,
    )


def _fault(kind: int, address: str, port: int) -> str:
    """Why `port` cannot be bound; empty if it can."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, kind) as probe:
            if kind == socket.SOCK_STREAM:  # as Asterisk does: a closed connection does not count
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OSError as error:
        return error.strerror or str(error)
    return ""
