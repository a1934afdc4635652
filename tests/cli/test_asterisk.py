"""`ivr asterisk` across processes: one command starts it, others find and stop it."""

import json
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.cli.asterisk import app, run_folder
from ivr.errors import AsteriskError
from ivr.telephony.private_asterisk import AsteriskPlan, Installation, free_port, with_free_ports

runner = CliRunner()


def ask(*arguments: str) -> str:
    result = runner.invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def folder(run_folder: Path) -> Path:
    return run_folder


@pytest.mark.asterisk
def test_fetch_start_status_cli_stop(asterisk_installation: Installation, folder: Path) -> None:
    plan = with_free_ports(AsteriskPlan(folder))
    assert asterisk_installation.version in ask("fetch")
    run = ("--run", str(folder))
    options = [
        *("--sip-port", str(plan.sip_port), "--ami-port", str(plan.ami_port)),
        *("--rtp-first", str(plan.rtp_first), "--rtp-last", str(plan.rtp_last)),
        *("--agi-port", str(plan.agi_port), "--queue", "cards"),
        *("--agent", "wang=sip:127.0.0.1:5999"),
    ]
    started = ask("start", *run, *options)
    try:
        assert f"sip:1000@127.0.0.1:{plan.sip_port}" in started
        facts = json.loads(ask("status", "--json", *run))
        assert facts["running"] is True
        assert facts["queues"] == ["cards", "fallback"]
        assert facts["ami"] == f"127.0.0.1:{plan.ami_port}"
        assert "cards has 0 calls" in ask("cli", *run, "queue", "show", "cards")
        assert "sip:127.0.0.1:5999" in ask("cli", *run, "pjsip show contacts")
        with pytest.raises(AsteriskError, match="already runs"):
            ask("start", *run, *options)
    finally:
        stopped = ask("stop", *run)
    assert f"stopped process {facts['pid']}" in stopped
    assert not folder.exists()
    assert "no Asterisk runs" in ask("stop", *run)
    assert runner.invoke(app, ["status", *run]).exit_code == 1
    with pytest.raises(AsteriskError, match="ivr asterisk start"):
        ask("cli", *run, "core show version")


@pytest.mark.asterisk
def test_a_busy_port_is_named(asterisk_installation: Installation, folder: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]
        ami = free_port(socket.SOCK_STREAM)
        with pytest.raises(AsteriskError, match=f":{port}/udp .*--sip-port"):
            ask("start", "--run", str(folder), "--sip-port", str(port), "--ami-port", str(ami))
    assert not folder.exists()


def test_where_it_runs_unless_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert run_folder(None) == tmp_path / "ivr-asterisk"
    assert run_folder(Path("/else")) == Path("/else")
