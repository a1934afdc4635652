"""Phone passwords: made once for agents who register, kept from others, never lost."""

import json
import stat
from pathlib import Path

import pytest

from ivr.errors import SettingsError
from ivr.routing.agents_file import load_agents
from ivr.routing.skills import Team
from ivr.server.phones import PASSWORDS_FILE, phone_passwords

AGENTS = """
skills: {general: anything, language.zh: Mandarin}
agents:
  li: {interface: PJSIP/agent-li, tier: general, skills: {general: 5, language.zh: 5}}
  fixed:
    interface: PJSIP/agent-fixed
    contact: sip:fixed@127.0.0.1:5070
    tier: general
    skills: {general: 5, language.zh: 5}
"""


@pytest.fixture
def team(tmp_path: Path) -> Team:
    path = tmp_path / "agents.yaml"
    path.write_text(AGENTS, encoding="utf-8")
    return load_agents(path)


def test_made_once_for_those_who_register(team: Team, tmp_path: Path) -> None:
    made = phone_passwords(team, tmp_path / "runs")
    assert set(made) == {"li"} and len(made["li"]) >= 12
    assert phone_passwords(team, tmp_path / "runs") == made
    mode = (tmp_path / "runs" / PASSWORDS_FILE).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_a_new_agent_leaves_the_others_as_they_are(team: Team, tmp_path: Path) -> None:
    path = tmp_path / PASSWORDS_FILE
    path.write_text(json.dumps({"old": "kept", "zhao": "also"}))
    made = phone_passwords(team, tmp_path)
    assert json.loads(path.read_text()) == {"old": "kept", "zhao": "also", **made}


@pytest.mark.parametrize("content", ["[1]", "{", '"text"', "7"])
def test_a_spoilt_file_is_named(team: Team, tmp_path: Path, content: str) -> None:
    (tmp_path / PASSWORDS_FILE).write_text(content)
    with pytest.raises(SettingsError, match=r"phones\.json: phone passwords cannot be kept"):
        phone_passwords(team, tmp_path)
