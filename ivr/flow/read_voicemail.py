"""Reads a voicemail: how long a message may be, what ends it, and where each end leads."""

from ivr.flow.fields import Fields
from ivr.flow.input_settings import InputSettings
from ivr.flow.nodes.base import Goto, Node
from ivr.flow.nodes.voicemail import WAYS, Voicemail

MAX_MESSAGE_SECONDS = 600.0
MAX_SILENCE_SECONDS = 30.0


def read_voicemail(fields: Fields, name: str, settings: InputSettings) -> Node:
    return Voicemail(
        name=name,
        place=fields.place,
        prompt=fields.prompt("prompt"),
        goto=fields.goto(required=True) or Goto("", fields.place),
        ways=_ways(fields),
        slot=fields.name("slot"),
        beep=fields.flag("beep", True),
        max_seconds=fields.number("max_seconds", 120.0, 1, MAX_MESSAGE_SECONDS),
        min_seconds=fields.number("min_seconds", 0.5, 0, MAX_SILENCE_SECONDS),
        silence=fields.number("silence", 4.0, 0.5, MAX_SILENCE_SECONDS),
        finish_on_key=fields.key_press("finish_on_key") or settings.finish_on_key,
    )


def _ways(fields: Fields) -> dict[str, Goto]:
    exits = fields.fields("exits", required=True)
    if exits is None:
        return {}
    found = {name: goto for name in WAYS if (goto := exits.goto(name)) is not None}
    exits.finish()
    if "otherwise" not in found and not {"empty", "failed"} <= found.keys():
        exits.fault("missing-exit", exits.place, 'no exit "otherwise"')
    return found
