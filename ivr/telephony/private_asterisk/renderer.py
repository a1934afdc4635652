"""Renders `asterisk_conf/` into a run folder."""

import shutil
from pathlib import Path

from ivr.errors import AsteriskError
from ivr.telephony.private_asterisk.music import write_music
from ivr.telephony.private_asterisk.plan import (
    AgentPhone,
    AsteriskPlan,
    AsteriskQueue,
    PenaltyRule,
)
from ivr.telephony.private_asterisk.templates import fill, placeholders

__all__ = ["render", "rendered", "template_folder"]

_PACKAGE = Path(__file__).resolve().parents[2]

_EMPTY_FILES = ("acl.conf", "ccss.conf", "cel.conf", "pjproject.conf", "stasis.conf", "udptl.conf")
"""Asterisk logs an error where one of these is missing, and needs nothing in them."""


def template_folder() -> Path:
    """Where `asterisk_conf/` is: beside the package in a checkout, inside it when installed."""
    for folder in (_PACKAGE.parent / "asterisk_conf", _PACKAGE / "asterisk_conf"):
        if (folder / "extensions.conf").is_file():
            return folder
    raise AsteriskError(
        "the folder asterisk_conf is missing; it belongs beside the package `ivr`. "
        "Install ivr again."
    )


def rendered(plan: AsteriskPlan, module_folder: Path) -> dict[str, str]:
    """Every settings file by name, filled from `plan`.

    Raises:
        AsteriskError: a placeholder and a value that do not meet, or a value that cannot stand in
            a settings file.
    """
    values, blocks = _values(plan, module_folder), _blocks(plan)
    files = {}
    asked: set[str] = set()
    folder = plan.templates or template_folder()
    for path in sorted(folder.glob("*.conf")):
        template = path.read_text(encoding="utf-8")
        wanted = placeholders(template)
        asked |= wanted
        try:
            files[path.name] = fill(
                template,
                {name: value for name, value in values.items() if name in wanted},
                {name: block for name, block in blocks.items() if name in wanted},
            )
        except AsteriskError as error:
            raise AsteriskError(f"{path.name}: {error}") from None
    if unused := (values.keys() | blocks.keys()) - asked:
        raise AsteriskError(f"no file in {folder} asks for {', '.join(sorted(unused))}")
    return files


def render(plan: AsteriskPlan, module_folder: Path, data_folder: Path | None = None) -> None:
    """Fill the run folder: settings (readable by us alone), music, empty folders for the rest.

    `data_folder` is the `share/asterisk` folder of the installation; its documentation is linked.
    """
    files = rendered(plan, module_folder)
    run = plan.run_folder
    run.mkdir(parents=True, exist_ok=True, mode=0o700)
    run.chmod(0o700)
    for name in ("etc", "lib/sounds", "lib/agi-bin", "spool", "log", "sounds"):
        (run / name).mkdir(parents=True, exist_ok=True)
    shutil.rmtree(run / "etc")
    (run / "etc").mkdir(mode=0o700)
    for name, text in files.items():
        (run / "etc" / name).write_text(text, encoding="utf-8")
    for name in _EMPTY_FILES:
        (run / "etc" / name).write_text("; nothing to set\n", encoding="utf-8")
    if data_folder is not None and (data_folder / "documentation").is_dir():
        link = run / "lib" / "documentation"
        link.unlink(missing_ok=True)
        link.symlink_to(data_folder / "documentation")
    if plan.recordings is not None:
        plan.recordings.mkdir(parents=True, exist_ok=True)
    if not any(plan.music_folder.glob("*.wav")):
        write_music(plan.music_folder)


def _values(plan: AsteriskPlan, module_folder: Path) -> dict[str, object]:
    return {
        "run_folder": plan.run_folder,
        "module_folder": module_folder,
        "agi_url": plan.agi_url,
        "recordings": plan.recordings or "",
        "sounds": plan.sounds_folder,
        "hotline": plan.hotline,
        "fallback_seconds": plan.fallback_seconds,
        "address": plan.address,
        "sip_port": plan.sip_port,
        "ami_address": plan.ami_address,
        "ami_port": plan.ami_port,
        "ami_user": plan.ami_user,
        "ami_secret": plan.ami_secret,
        "ring_seconds": plan.ring_seconds,
        "wrap_up_seconds": plan.wrap_up_seconds,
        "rtp_first": plan.rtp_first,
        "rtp_last": plan.rtp_last,
        "music_folder": plan.music_folder,
    }


def _blocks(plan: AsteriskPlan) -> dict[str, str]:
    return {
        "agents": "\n".join(_agent(agent, plan) for agent in plan.agents),
        "queues": "\n".join(_queue(queue) for queue in plan.queues),
        "rules": "\n".join(_rule(rule) for rule in plan.rules),
    }


def _agent(agent: AgentPhone, plan: AsteriskPlan) -> str:
    name = agent.endpoint
    lines = [
        f"[{name}]",
        "type = endpoint",
        "context = agents",
        "transport = transport-udp",
        "disallow = all",
        "allow = alaw,ulaw,g722",
        "dtmf_mode = rfc4733",
        "direct_media = no",
        f"media_address = {plan.address}",
        "bind_rtp_to_media_address = yes",
        "rtp_symmetric = yes",
        "rtp_timeout = 120",
        f"aors = {name}",
    ]
    if agent.password:
        lines.append(f"auth = {name}")
    lines += ["", f"[{name}]", "type = aor", "max_contacts = 1"]
    if agent.contact:
        lines += [f"contact = {agent.contact}"]
    else:
        lines += ["remove_existing = yes", "default_expiration = 300"]
        lines += ["", f"[{name}]", "type = auth", "auth_type = userpass"]
        lines += [f"username = {name}", f"password = {agent.password}"]
    return "\n".join(lines) + "\n"


def _queue(queue: AsteriskQueue) -> str:
    lines = [f"[{queue.name}](ivr-queue)", f"weight = {queue.weight}"]
    for member in queue.members:
        fields = [member.interface, str(member.penalty), member.name, member.state_interface]
        lines.append(f"member => {','.join(fields).rstrip(',')}")
    return "\n".join(lines) + "\n"


def _rule(rule: PenaltyRule) -> str:
    changes = [
        f"penaltychange => {change.after},{change.max_penalty},{change.min_penalty}"
        for change in rule.changes
    ]
    return "\n".join([f"[{rule.name}]", *changes]) + "\n"
