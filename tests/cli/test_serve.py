"""`ivr serve`: every fault is one clear error before anything listens; then how to reach it."""

import os
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.cli.serve import how_to_reach, own_name
from ivr.server.plans import plan_asterisk, read_plans
from ivr.server.settings import load_settings, project_root
from ivr.telephony.private_asterisk import free_port

ROOT = project_root()
FLOW = (ROOT / "flows" / "bank" / "bank.yaml").read_text(encoding="utf-8")
AGENTS = (ROOT / "flows" / "agents.yaml").read_text(encoding="utf-8")


class Site:
    """A settings file of a hotline beside an Asterisk that is not there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.flow, self.agents = FLOW, AGENTS
        self.models = 'zh = "demo-zh-en"\nen = "demo-zh-en"'
        self.ports = [free_port(socket.SOCK_STREAM) for _ in range(3)]

    def serve(self, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        bank = ROOT / "flows" / "bank"  # with its terms, holidays and the flow it walks through
        shutil.copytree(bank, self.folder / "bank", dirs_exist_ok=True)
        (self.folder / "bank" / "bank.yaml").write_text(self.flow, encoding="utf-8")
        (self.folder / "agents.yaml").write_text(self.agents, encoding="utf-8")
        agi, audio, ami = self.ports
        (self.folder / "ivr.toml").write_text(
            f"""
[asterisk]
mode = "external"
ami_port = {ami}
[server]
agi_port = {agi}
audio_port = {audio}
[api]
port = 0
[paths]
flow = "bank"
agents = "agents.yaml"
models = "{ROOT / "models"}"
prompts = "{ROOT / "audio_prompts"}"
runs = "runs"
[speech.models]
{self.models}
""",
            encoding="utf-8",
        )
        return subprocess.run(
            [
                *(sys.executable, "-m", "ivr", "serve"),
                *("--settings", str(self.folder / "ivr.toml"), *options),
            ],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def refused(done: subprocess.CompletedProcess[str], status: int, said: str) -> None:
    assert done.returncode == status, done.stderr
    assert re.search(said, done.stderr), done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert "hotline is up" not in done.stderr


def test_a_broken_flow(site: Site) -> None:
    site.flow = FLOW.replace("goto: card_loss_confirm", "goto: card_los_confirm", 1)
    line = 1 + site.flow[: site.flow.index("card_los_confirm")].count("\n")
    refused(site.serve(), 2, rf"bank/bank\.yaml:{line}:\d+: .*card_los_confirm")


def test_a_flow_that_is_no_yaml(site: Site) -> None:
    site.flow = FLOW + "\n  - [unclosed"
    refused(site.serve(), 2, r"bank/bank\.yaml:\d+:\d+")


def test_a_broken_agents_file(site: Site) -> None:
    site.agents = AGENTS.replace("tier: expert", "tier: boss", 1)
    line = 1 + site.agents[: site.agents.index("boss")].count("\n")
    refused(site.serve(), 2, rf"agents\.yaml:{line}:\d+: .*boss")


def test_a_missing_model(site: Site) -> None:
    site.models = 'zh = "vosk-model-small-cn-0.22"'
    refused(site.serve(), 1, r"ivr: .*vosk-model-small-cn-0\.22.*ivr models")


def test_an_asterisk_that_is_not_there(site: Site) -> None:
    refused(site.serve(), 1, rf"ivr: cannot reach AMI at 127\.0\.0\.1:{site.ports[2]}.*\?")


def test_a_setting_that_does_not_exist(site: Site) -> None:
    site.models += "\n[server2]\n"
    refused(site.serve(), 2, r"ivr: .*ivr\.toml: unknown setting 'server2'; did you mean")


def test_a_variable_of_the_wrong_kind(site: Site) -> None:
    refused(site.serve(IVR_SERVER_AGI_PORT="x"), 2, "ivr: IVR_SERVER_AGI_PORT must be int")


@pytest.mark.asterisk
def test_a_busy_port(site: Site, asterisk_installation: object) -> None:
    """The private Asterisk's SIP port, taken by somebody else."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = str(taken.getsockname()[1])
        variables = {"IVR_ASTERISK_MODE": "private", "IVR_ASTERISK_SIP_PORT": port}
        refused(site.serve(**variables), 1, rf"ivr: .*:{port}/udp")


def test_how_to_reach_a_private_hotline(tmp_path: Path) -> None:
    settings = load_settings(environment={})
    settings = replace(settings, paths=replace(settings.paths, runs=tmp_path))
    plan = plan_asterisk(settings, read_plans(settings))
    told = "\n".join(how_to_reach(settings, plan))
    assert "sip:1000@127.0.0.1:5060" in told
    assert str(tmp_path / "phones.json") in told
    assert "http://127.0.0.1:8790" in told
    assert "ivr top" in told
    assert plan.ami_secret not in told
    assert all(phone.password not in told for phone in plan.agents)


@pytest.mark.parametrize(
    ("called", "found", "name"),
    [
        (".venv/bin/ivr", None, ".venv/bin/ivr"),
        ("/opt/ivr/bin/ivr", None, "/opt/ivr/bin/ivr"),
        (".venv/bin/ivr", "/usr/bin/ivr", "ivr"),
        ("/usr/bin/pytest", None, "ivr"),
    ],
)
def test_it_names_itself_so_that_the_shell_finds_it(
    monkeypatch: pytest.MonkeyPatch, called: str, found: str | None, name: str
) -> None:
    monkeypatch.setattr("sys.argv", [called])
    monkeypatch.setattr("shutil.which", lambda _: found)
    assert own_name() == name


def test_how_to_reach_one_beside_another_asterisk(tmp_path: Path) -> None:
    settings = load_settings(environment={"IVR_ASTERISK_MODE": "external"})
    settings = replace(settings, paths=replace(settings.paths, runs=tmp_path))
    told = "\n".join(how_to_reach(settings, plan_asterisk(settings, read_plans(settings))))
    assert "127.0.0.1:5038, sending calls to agi://127.0.0.1:4573" in told
    assert "sip:" not in told
