"""Which behaviour belongs to which kind of node."""

from collections.abc import Mapping
from typing import Any

from ivr.dialogue.kinds.behaviour import Behaviour
from ivr.dialogue.kinds.collect import CollectBehaviour
from ivr.dialogue.kinds.confirm import ConfirmBehaviour
from ivr.dialogue.kinds.form import FormBehaviour, FormNextBehaviour
from ivr.dialogue.kinds.hangup import HangupBehaviour
from ivr.dialogue.kinds.logic import BranchBehaviour, SetBehaviour, SplitBehaviour
from ivr.dialogue.kinds.lookup import LookupBehaviour
from ivr.dialogue.kinds.menu import MenuBehaviour
from ivr.dialogue.kinds.say import SayBehaviour
from ivr.dialogue.kinds.subflow import ReturnBehaviour, SubflowBehaviour
from ivr.dialogue.kinds.survey import SurveyBehaviour
from ivr.dialogue.kinds.transfer import TransferBehaviour
from ivr.dialogue.kinds.voicemail import VoicemailBehaviour
from ivr.flow.nodes.base import Node

BEHAVIOURS: Mapping[str, Behaviour[Any]] = {
    "say": SayBehaviour(),
    "menu": MenuBehaviour(),
    "collect": CollectBehaviour(),
    "confirm": ConfirmBehaviour(),
    "transfer": TransferBehaviour(),
    "voicemail": VoicemailBehaviour(),
    "hangup": HangupBehaviour(),
    "survey": SurveyBehaviour(),
    "form": FormBehaviour(),
    "form_next": FormNextBehaviour(),
    "set": SetBehaviour(),
    "branch": BranchBehaviour(),
    "split": SplitBehaviour(),
    "lookup": LookupBehaviour(),
    "subflow": SubflowBehaviour(),
    "return": ReturnBehaviour(),
}


def behaviour_of(node: Node) -> Behaviour[Any]:
    return BEHAVIOURS[node.kind]
