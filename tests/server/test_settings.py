"""Settings: every fault is one clear line, and nothing half-read is used."""

from pathlib import Path

import pytest

from ivr.errors import SettingsError
from ivr.server.settings import Settings, load_settings


def read(tmp_path: Path, text: str, **environment: str) -> Settings:
    file = tmp_path / "ivr.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, environment)


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    settings = read(tmp_path, "")
    assert settings.asterisk.sip_port == 5060
    assert settings.path(settings.paths.flow) == tmp_path.resolve() / "flows/bank"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    settings = read(tmp_path, "[asterisk]\nsip_port = 5070", IVR_ASTERISK_SIP_PORT="5080")
    assert settings.asterisk.sip_port == 5080


def test_models_are_named_by_language(tmp_path: Path) -> None:
    settings = read(tmp_path, '[speech.models]\nzh = "vosk-model-small-cn-0.22"')
    assert dict(settings.speech.models) == {"zh": "vosk-model-small-cn-0.22"}


def test_weights_are_laid_over_those_there_are(tmp_path: Path) -> None:
    text = "[routing.weights]\nmost_besides = 100\ntiers = {vip = 0, member = 20}"
    weights = read(tmp_path, text).routing.weights
    assert (weights.tiers["vip"], weights.tiers["member"], weights.tiers["new"]) == (0, 20, 30)
    assert weights.issues == {"funds_at_risk": 900, "complaint": 60}
    assert weights.most == 1000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[asterisk]\nsip_prt = 1", "unknown setting 'asterisk.sip_prt'; did you mean 'sip_port'?"),
        ("[asterisk]\nsip_port = '5060'", "asterisk.sip_port must be int, not '5060'"),
        ("[server]\nmax_calls = true", "server.max_calls must be int, not True"),
        ("[server]\nmax_calls = 0", "server.max_calls must be 1 to 10000"),
        ("[asterisk]\nrtp_ports = [2000, 1000]", "asterisk.rtp_ports must rise"),
        ("[asterisk]\nrtp_ports = [2000]", "asterisk.rtp_ports must be"),
        ("[speech]\nvoice = 'alloy'", 'speech.voice must be "espeak" or "edge"'),
        ("asterisk = 1", "[asterisk] must be a table"),
        ("[routing.weights]\ntiers = {vip = -1}", "routing.weights must be 0 to 86400 seconds"),
        ("[routing.weights]\ntiers = {vip = '1'}", "routing.weights.tiers must be"),
        ("[alarms]\nqueue_longest_seconds = -1", "alarms.queue_longest_seconds must be 0 to"),
        ("[alarms]\nnomatch_percent = 50", "alarms.nomatch_percent must be 0 or above 100"),
        ("[alarms]\nnomatch_least = 0", "alarms.nomatch_least must be 1 or more"),
        ("[alarms]\nrecogniser_ms = 1.5", "alarms.recogniser_ms must be int, not 1.5"),
        ("[alarms]\nwebhook = 'here'", "alarms.webhook must begin with http:// or https://"),
        ("[agents]\nanswer_seconds = 0", "agents.answer_seconds must be 1 to 3600"),
        ("[asterisk", "not valid TOML"),
    ],
)
def test_a_fault_says_where_and_what(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=r"ivr\.toml") as caught:
        read(tmp_path, text)
    assert said in str(caught.value)


def test_a_bad_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="IVR_SERVER_AGI_PORT must be int"):
        read(tmp_path, "", IVR_SERVER_AGI_PORT="many")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml: cannot be read"):
        load_settings(tmp_path / "nowhere.toml", {})
