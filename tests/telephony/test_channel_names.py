import pytest

from ivr.telephony.channel_names import interface_of


@pytest.mark.parametrize(
    ("channel", "interface"),
    [
        ("PJSIP/agent-wang-0000002a", "PJSIP/agent-wang"),
        ("PJSIP/anonymous-00000001", "PJSIP/anonymous"),
        ("PJSIP/agent", ""),
        ("", ""),
    ],
)
def test_the_interface_of_a_channel(channel: str, interface: str) -> None:
    assert interface_of(channel) == interface
