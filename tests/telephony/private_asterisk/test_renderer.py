import re
import stat
from pathlib import Path

import pytest

from ivr.errors import AsteriskError
from ivr.telephony.private_asterisk.plan import (
    AgentPhone,
    AsteriskPlan,
    AsteriskQueue,
    PenaltyChange,
    PenaltyRule,
)
from ivr.telephony.private_asterisk.renderer import render, rendered, template_folder

MODULES = Path("/modules")


def plan(run: Path) -> AsteriskPlan:
    return AsteriskPlan(
        run,
        sip_port=5071,
        ami_secret="ami-secret",
        agents=(AgentPhone("li", "pw-li"), AgentPhone("wang", contact="sip:127.0.0.1:5070")),
        queues=(AsteriskQueue("cards", 10), AsteriskQueue("loans")),
        rules=(PenaltyRule("relax", (PenaltyChange(5, 10), PenaltyChange(9, 20))),),
    )


def test_every_template_is_rendered_without_a_placeholder_left() -> None:
    files = rendered(plan(Path("/run/ivr")), MODULES)
    assert set(files) == {path.name for path in template_folder().glob("*.conf")}
    for name, text in files.items():
        settings = [line for line in text.splitlines() if not line.startswith(";")]
        assert not re.search(r"\{\{|\}\}", "\n".join(settings)), name


def test_ports_queues_rules_and_directories_stand_in_their_files() -> None:
    files = rendered(plan(Path("/run/ivr")), MODULES)
    assert "bind = 127.0.0.1:5071" in files["pjsip.conf"]
    assert "[cards](ivr-queue)\nweight = 10" in files["queues.conf"]
    assert "[fallback](ivr-queue)" in files["queues.conf"]
    assert "[relax]\npenaltychange => 5,10,0\npenaltychange => 9,20,0" in files["queuerules.conf"]
    assert "astmoddir => /modules" in files["asterisk.conf"]
    assert "\n[directories]\n" in files["asterisk.conf"]


def test_an_agent_registers_with_a_password_or_stands_at_a_contact() -> None:
    text = rendered(plan(Path("/run/ivr")), MODULES)["pjsip.conf"]
    li, wang = text.split("[agent-wang]", 1)[0], text.split("[agent-wang]", 1)[1]
    assert "auth = agent-li" in li and "password = pw-li" in li
    assert "contact = sip:127.0.0.1:5070" in wang and "type = auth" not in wang


def test_strangers_reach_the_hotline_only() -> None:
    files = rendered(plan(Path("/run/ivr")), MODULES)
    anonymous = files["pjsip.conf"].split("\n[anonymous]\n", 1)[1].split("\n[", 1)[0]
    assert re.findall(r"^context = (.*)$", anonymous, re.MULTILINE) == ["hotline"]
    hotline = files["extensions.conf"].split("\n[hotline]\n", 1)[1].split("\n[", 1)[0]
    assert "Dial(" not in hotline and "include" not in hotline
    # A pattern with letters would also match `h`, which runs after a hang-up.
    assert re.findall(r"exten => (_\S+?),", hotline) == ["_[0-9+*#]!"]


def test_a_folder_that_breaks_a_line_is_refused() -> None:
    with pytest.raises(AsteriskError, match="line break"):
        rendered(AsteriskPlan(Path("/run/a\nb")), MODULES)


def test_the_run_folder_is_for_our_eyes_only(tmp_path: Path) -> None:
    run = tmp_path / "run"
    made = AsteriskPlan(run, recordings=tmp_path / "recordings")
    render(made, MODULES)
    assert stat.S_IMODE(run.stat().st_mode) == 0o700
    assert stat.S_IMODE((run / "etc").stat().st_mode) == 0o700
    assert made.ami_secret in (run / "etc" / "manager.conf").read_text()
    assert list(made.music_folder.glob("*.wav"))
    assert made.sounds_folder.is_dir() and (tmp_path / "recordings").is_dir()


def test_rendering_again_keeps_ones_own_music(tmp_path: Path) -> None:
    made = AsteriskPlan(tmp_path / "run")
    made.music_folder.mkdir(parents=True)
    (made.music_folder / "own.wav").write_bytes(b"RIFF")
    render(made, MODULES)
    render(made, MODULES)
    assert [path.name for path in made.music_folder.iterdir()] == ["own.wav"]
