"""Settings: ivr.toml and IVR_* environment variables, checked once, then frozen."""

import os
import tomllib
import types
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from ivr.errors import SettingsError
from ivr.live.thresholds import Thresholds
from ivr.routing.priority import DEFAULT_WEIGHTS, Weights
from ivr.server.setting_values import laid_over, overridden
from ivr.store.caller_history import COMPLAINED_DAYS

FILE_NAME = "ivr.toml"
MAX_FILE_BYTES = 64 * 1024
MAX_THRESHOLD = 1_000_000
MAX_HEAD_START = 86_400
MAX_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class AsteriskSettings:
    """`private` runs an Asterisk of our own; `external` uses one that is already there.

    `ring_seconds` is how long one agent's phone rings, `wrap_up_seconds` how long an agent gets no
    new call after one. An external Asterisk has both in its queues.conf: say the same here.
    """

    mode: str = "private"
    address: str = "127.0.0.1"
    sip_port: int = 5060
    rtp_ports: tuple[int, int] = (20000, 20999)
    ami_port: int = 5038
    ami_user: str = "ivr"
    ami_secret: str = ""
    record_calls: bool = True
    ring_seconds: int = 15
    wrap_up_seconds: int = 0


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where Asterisk reaches us. Neither protocol has a password: keep them on loopback."""

    address: str = "127.0.0.1"
    agi_port: int = 4573
    audio_port: int = 9092
    max_calls: int = 100
    decoder_threads: int = 2


@dataclass(frozen=True, slots=True)
class PathSettings:
    """Folders, relative to the settings file (or the project)."""

    flow: Path = Path("flows/bank")
    agents: Path = Path("flows/agents.yaml")
    models: Path = Path("models")
    prompts: Path = Path("audio_prompts")
    runs: Path = Path(".run")
    published: Path = Path("flows/.published")
    secrets: Path = Path("secrets.toml")


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """Which model hears which language, and which voice speaks (`espeak` or `edge`).

    `vad` finds the caller's voice: `webrtc`, `silero` or `cascade` (see `ivr.speech.detectors`).
    """

    models: Mapping[str, str] = field(
        default_factory=lambda: types.MappingProxyType({"zh": "demo-zh-en", "en": "demo-zh-en"})
    )
    voice: str = "espeak"
    vad: str = "webrtc"
    vad_mode: int = 2


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """`screen_pop` is an HTTP address that gets a POST when an agent takes a call; empty: none.

    `answer_seconds` is within what time callers should be answered: the service level counts it.
    """

    screen_pop: str = ""
    answer_seconds: int = 20


@dataclass(frozen=True, slots=True)
class AlarmSettings(Thresholds):
    """When alarms are raised, and `webhook`, an HTTP address that gets a POST for each; see
    docs/live.md."""

    webhook: str = ""


@dataclass(frozen=True, slots=True)
class CallbackSettings:
    """How people are called back; without `dial` nobody is.

    `dial` is the channel, such as `PJSIP/{number}@trunk`. `domestic` is a pattern of the numbers
    that are not foreign; `foreign` allows all others too. `blocked` are beginnings of numbers,
    separated by commas. A failed try is repeated after `retry_seconds`.
    """

    dial: str = ""
    domestic: str = r"1[3-9][0-9]{9}|0[0-9]{9,11}"
    foreign: bool = False
    blocked: str = ""
    retry_seconds: int = 60


@dataclass(frozen=True, slots=True)
class RoutingSettings:
    """`weights` orders those who wait; a complaint counts as recent for `complained_days`."""

    weights: Weights = DEFAULT_WEIGHTS
    complained_days: int = COMPLAINED_DAYS


@dataclass(frozen=True, slots=True)
class RecordSettings:
    """Where calls are kept, and how long; see docs/record.md.

    `url` is a database URL, empty for SQLite in the runs folder. What was said in a call (records,
    transcript, sound) goes after `keep_transcript_days`, the rest after `keep_days`; 0: never.
    """

    url: str = ""
    keep_days: int = 180
    keep_transcript_days: int = 60


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """Where the control API listens besides its Unix socket; port 0: nowhere. See docs/api.md.

    `hosts` are more names by which clients may call it, separated by commas: those of a proxy.
    """

    address: str = "127.0.0.1"
    port: int = 8790
    hosts: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a running server is told. `root` is the folder that relative paths start from."""

    root: Path
    asterisk: AsteriskSettings = AsteriskSettings()
    server: ServerSettings = ServerSettings()
    paths: PathSettings = PathSettings()
    speech: SpeechSettings = SpeechSettings()
    agents: AgentSettings = AgentSettings()
    alarms: AlarmSettings = AlarmSettings()
    callbacks: CallbackSettings = CallbackSettings()
    api: ApiSettings = ApiSettings()
    routing: RoutingSettings = RoutingSettings()
    record: RecordSettings = RecordSettings()

    def path(self, relative: Path) -> Path:
        """A path from the settings, made absolute."""
        return relative if relative.is_absolute() else self.root / relative


def load_settings(
    file: Path | None = None, environment: Mapping[str, str] = os.environ
) -> Settings:
    """Read settings from `file`, or from ivr.toml in this folder or the project's, if there.

    `IVR_<SECTION>_<NAME>` (for example IVR_ASTERISK_SIP_PORT=5070) overrides a single value.

    Raises:
        SettingsError: for an unreadable file, an unknown name or a value of the wrong kind.
    """
    path = file or _default_file()
    table = _read(path) if path else {}
    root = path.parent.resolve() if path else project_root()
    laid = laid_over(Settings(root=root), table, str(path or FILE_NAME))
    settings: Settings = overridden(laid, environment)
    _check(settings, str(path or "the environment"))
    return settings


def project_root() -> Path:
    """The checkout this package runs from, or the current folder."""
    checkout = Path(__file__).resolve().parents[2]
    return checkout if (checkout / "asterisk_conf").is_dir() else Path.cwd()


def _default_file() -> Path | None:
    for folder in (Path.cwd(), project_root()):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
    return None


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise SettingsError(f"{path}: larger than {MAX_FILE_BYTES} bytes: not a settings file")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from error


def _alarm_rules(alarms: AlarmSettings) -> list[tuple[bool, str]]:
    """What holds of every threshold, and the message where it does not."""
    numbers = {item.name: getattr(alarms, item.name) for item in fields(Thresholds)}
    rules = [
        (0 <= value <= MAX_THRESHOLD, f"alarms.{name} must be 0 to {MAX_THRESHOLD}")
        for name, value in numbers.items()
    ]
    rules += [
        (numbers[name] >= 1, f"alarms.{name} must be 1 or more")
        for name in ("nomatch_minutes", "nomatch_least", "recogniser_minutes", "recogniser_least")
    ]
    percent = alarms.nomatch_percent
    rules.append((percent == 0 or percent > 100, "alarms.nomatch_percent must be 0 or above 100"))
    web = ("http://", "https://")
    whole = not alarms.webhook or alarms.webhook.startswith(web)
    rules.append((whole, "alarms.webhook must begin with http:// or https://"))
    return rules


def _check(settings: Settings, where: str) -> None:
    asterisk, server, speech = settings.asterisk, settings.server, settings.speech
    rules = [
        (asterisk.mode in ("private", "external"), 'asterisk.mode must be "private" or "external"'),
        (speech.voice in ("espeak", "edge"), 'speech.voice must be "espeak" or "edge"'),
        (
            speech.vad in ("webrtc", "silero", "cascade"),
            'speech.vad must be "webrtc", "silero" or "cascade"',
        ),
        (speech.vad_mode in (0, 1, 2, 3), "speech.vad_mode must be 0, 1, 2 or 3"),
        (1 <= server.max_calls <= 10_000, "server.max_calls must be 1 to 10000"),
        (1 <= server.decoder_threads <= 64, "server.decoder_threads must be 1 to 64"),
        (
            not settings.agents.screen_pop
            or settings.agents.screen_pop.startswith(("http://", "https://")),
            "agents.screen_pop must begin with http:// or https://",
        ),
        (3 <= asterisk.ring_seconds <= 120, "asterisk.ring_seconds must be 3 to 120"),
        (0 <= asterisk.wrap_up_seconds <= 600, "asterisk.wrap_up_seconds must be 0 to 600"),
        (asterisk.rtp_ports[0] < asterisk.rtp_ports[1], "asterisk.rtp_ports must rise"),
        (1 <= settings.agents.answer_seconds <= 3600, "agents.answer_seconds must be 1 to 3600"),
        *_alarm_rules(settings.alarms),
    ]
    weights = settings.routing.weights
    seconds = (*weights.issues.values(), *weights.tiers.values())
    seconds += (weights.most_besides, weights.per_attempt)
    rules += [
        (
            all(0 <= number <= MAX_HEAD_START for number in (*seconds, weights.per_priority)),
            f"routing.weights must be 0 to {MAX_HEAD_START} seconds",
        ),
        (0 <= settings.routing.complained_days <= 3650, "routing.complained_days: 0 to 3650"),
    ]
    for name in ("keep_days", "keep_transcript_days"):
        days = getattr(settings.record, name)
        rules.append((0 <= days <= MAX_DAYS, f"record.{name} must be 0 (for ever) to {MAX_DAYS}"))
    ports = [server.agi_port, server.audio_port, asterisk.sip_port, asterisk.ami_port]
    ports.append(settings.api.port)
    rules += [(0 <= port <= 65535, f"port {port} is not 0 to 65535") for port in ports]
    for holds, message in rules:
        if not holds:
            raise SettingsError(f"{where}: {message}")
