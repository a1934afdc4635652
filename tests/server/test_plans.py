"""Plans: flows and agents that do not fit together are found before anything listens."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.errors import FlowError, SettingsError
from ivr.server.plans import plan_asterisk, read_plans
from ivr.server.settings import Settings, load_settings

FLOW = """
flow: {name}
languages: [zh]
start: desk
nodes:
  desk:
    kind: transfer
    prompt: {{zh: 您好}}
    skills: {{{skill}: 3}}
    exits: {{otherwise: bye}}
  bye:
    kind: hangup
    prompt: {{zh: 再见}}
    reason: goodbye
"""
AGENTS = """
skills:
  general: anything
  language.zh: Mandarin
agents:
  li:
    title: 李强
    interface: PJSIP/agent-li
    tier: general
    skills: {general: 5, language.zh: 5}
"""


def site(folder: Path, *flows: str, skill: str = "general", agents: str = AGENTS) -> Settings:
    (folder / "flows").mkdir(exist_ok=True)
    for name in flows:
        text = FLOW.format(name=name, skill=skill)
        (folder / "flows" / f"{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "agents.yaml").write_text(agents, encoding="utf-8")
    settings = load_settings(environment={})
    paths = replace(
        settings.paths,
        flow=folder / "flows",
        agents=folder / "agents.yaml",
        runs=folder / "runs",
    )
    return replace(settings, paths=paths)


def test_the_bank_s_own_plans() -> None:
    plans = read_plans(load_settings(environment={}))
    assert plans.flow == "bank"
    assert "zh-card_loss.3-funds_at_risk" in plans.queues.queues
    assert plans.team.agent("wang") is not None


@pytest.mark.parametrize(
    ("names", "first"),
    [(("only",), "only"), (("other", "main"), "main"), (("flows", "x"), "flows")],
)
def test_which_flow_a_call_begins_with(tmp_path: Path, names: tuple[str, ...], first: str) -> None:
    assert read_plans(site(tmp_path, *names)).flow == first


def test_no_flow_is_the_first(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no flow is the first: name one of .*a, b"):
        read_plans(site(tmp_path, "a", "b"))


def test_the_faults_of_both_files_come_together(tmp_path: Path) -> None:
    settings = site(tmp_path, "main", agents=AGENTS.replace("tier: general", "tier: king"))
    flow = tmp_path / "flows" / "main.yaml"
    flow.write_text(flow.read_text().replace("otherwise: bye", "otherwise: nowhere"))
    with pytest.raises(FlowError) as caught:
        read_plans(settings)
    told = str(caught.value)
    assert "main.yaml:10" in told and "nowhere" in told
    assert "agents.yaml:9" in told and "king" in told


def test_a_transfer_that_nobody_can_serve(tmp_path: Path) -> None:
    with pytest.raises(FlowError, match=r"main\.yaml:.*magic"):
        read_plans(site(tmp_path, "main", skill="magic"))


@pytest.mark.parametrize("gone", ["flows", "agents.yaml"])
def test_a_missing_file_is_named(tmp_path: Path, gone: str) -> None:
    settings = site(tmp_path, "main")
    path = tmp_path / gone
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises((FlowError, SettingsError), match=gone):
        read_plans(settings)


# -- the plan of Asterisk -------------------------------------------------------------------


def test_two_processes_agree_on_every_secret(tmp_path: Path) -> None:
    settings = site(tmp_path, "main")
    one, other = (plan_asterisk(settings, read_plans(settings)) for _ in range(2))
    assert one == other
    assert len(one.ami_secret) >= 24
    assert one.agents[0].password


def test_a_secret_of_the_settings_wins(tmp_path: Path) -> None:
    settings = site(tmp_path, "main")
    settings = replace(settings, asterisk=replace(settings.asterisk, ami_secret="told"))
    assert plan_asterisk(settings, read_plans(settings)).ami_secret == "told"
    assert not (tmp_path / "runs" / "ami-secret").exists()


def test_phones_may_be_anywhere_but_our_manager_stays_on_loopback(tmp_path: Path) -> None:
    settings = site(tmp_path, "main")
    far = replace(settings.asterisk, address="192.0.2.7")
    plans = read_plans(settings)
    private = plan_asterisk(replace(settings, asterisk=far), plans)
    assert (private.address, private.ami_address) == ("192.0.2.7", "127.0.0.1")
    external = plan_asterisk(replace(settings, asterisk=replace(far, mode="external")), plans)
    assert external.ami_address == "192.0.2.7"


def test_calls_are_not_recorded_unless_wanted(tmp_path: Path) -> None:
    settings = site(tmp_path, "main")
    plans = read_plans(settings)
    assert plan_asterisk(settings, plans).recordings == tmp_path / "runs" / "recordings"
    silent = replace(settings, asterisk=replace(settings.asterisk, record_calls=False))
    assert plan_asterisk(silent, plans).recordings is None


# -- the intent model -------------------------------------------------------------------------


def test_a_damaged_intent_model_is_one_warning(tmp_path: Path) -> None:
    settings = site(tmp_path, "main")
    before = read_plans(settings).warnings
    (tmp_path / "flows" / "intents.npz").write_bytes(b"no model")
    told = [issue for issue in read_plans(settings).warnings if issue not in before]
    assert [issue.code for issue in told] == ["intents-unread"]
    assert "intents.npz" in str(told[0]) and "ivr intents train" in str(told[0])
