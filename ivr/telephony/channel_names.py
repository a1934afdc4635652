"""Channel names of Asterisk: whose telephone a channel belongs to."""


def interface_of(channel: str) -> str:
    """`PJSIP/agent-wang` of a channel named `PJSIP/agent-wang-0000002a`; else empty."""
    return channel.rpartition("-")[0]
