"""Talk: one step under way, with the state so far and the actions so far."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

from ivr.dialogue.actions import (
    Action,
    EnterNode,
    Explain,
    HangUp,
    PlayPrompt,
    SetTimer,
    StopListening,
    StopPrompt,
    StopRecording,
)
from ivr.dialogue.exits import ExitTo
from ivr.dialogue.readback import read_back
from ivr.dialogue.state import State, Waiting, copy_of
from ivr.errors import FlowRanAway
from ivr.flow.model import Flow, FlowBook
from ivr.flow.nodes.base import AskingNode, Node
from ivr.flow.prompt import PromptSegment
from ivr.flow.prompts import Blank, Prompt, Text, segment_of
from ivr.ports import Utterance

MAX_WALKED = 50
"""Nodes entered in one step, that is without waiting for anything."""

MAX_TRAIL = 20
MAX_TYPED = 32
"""Keys kept for a question that has not been asked yet."""


MAX_MEMO = 4096
"""Things worked out of one book; beyond it all are forgotten and worked out again."""

T = TypeVar("T")


class Talk:
    """Lives for one step only; `state` belongs to it alone until the step is over."""

    def __init__(self, book: FlowBook, state: State) -> None:
        self.book = book
        self.state = copy_of(state)  # our own copy, so that changing it in place is safe and fast
        self.actions: list[Action] = []
        self.opening: Utterance | None = None
        """What the caller said in this step to come where they go: a form takes what it names."""
        self._next: str | None = None
        self._walked = 0

    # -- where we are ------------------------------------------------------------------------

    @property
    def flow(self) -> Flow:
        return self.book.flow(self.state.flow)

    @property
    def node(self) -> Node:
        return self.flow.nodes[self.state.node]

    def once(self, make: Callable[[], T], *key: Hashable) -> T:
        """What `make` gives, worked out once for this book.

        `key` names it, with everything that `make` looks at beyond the flow and the flows around.
        """
        frames = self.state.frames
        around = tuple(frame.flow for frame in frames) if frames else ()
        memo, place = self.book.memo, (self.state.flow, around, key)
        found: T | None = memo.get(place)
        if found is None:
            if len(memo) >= MAX_MEMO:
                memo.clear()
            found = memo[place] = make()
        return found

    @property
    def leaving(self) -> bool:
        """Whether this node is done with: another comes next, or the call is over."""
        return self._next is not None or self.state.ended

    def change(self, **fields: Any) -> None:
        for name, value in fields.items():
            object.__setattr__(self.state, name, value)

    def go(self, node: str, *, remember: bool = True) -> None:
        """Enter a node when the present one is done; questions are remembered for "back"."""
        self._next = node
        here = self.flow.nodes.get(self.state.node)
        if remember and isinstance(here, AskingNode) and here.name != node:
            trail = (*self.state.trail, here.name)[-MAX_TRAIL:]
            self.change(trail=trail)

    def entering(self) -> Node | None:
        """The node to enter now, if there is one.

        Raises:
            FlowRanAway: after `MAX_WALKED` nodes without waiting.
        """
        if self._next is None or self.state.ended:
            return None
        name, self._next = self._next, None
        self._walked += 1
        if self._walked > MAX_WALKED:
            raise FlowRanAway(f"{MAX_WALKED} nodes without waiting, the last is {name}")
        node = self.flow.nodes[name]
        self.change(
            node=name,
            timer=0,
            noinputs=0,
            nomatches=0,
            keys="",
            held="",
            pending=None,
            keypad_only=False,
            speaking=False,
        )
        self.do(EnterNode(self._shown(name)))
        return node

    def _shown(self, name: str) -> str:
        """A node's name for those who watch: within a subflow together with the flow's."""
        if not self.state.frames:
            return name
        shown = f"{self.state.flow}.{name}"
        if isinstance(name, ExitTo):
            return ExitTo(name.target, name.flow, name.node, name.exit, shown)
        return shown

    # -- what is done ------------------------------------------------------------------------

    def do(self, action: Action) -> None:
        self.actions.append(action)

    def explain(self, text: str, **facts: object) -> None:
        self.do(Explain(text, {"node": self.state.node, **facts}))

    def serial(self) -> int:
        """The next serial of this call."""
        self.change(serial=self.state.serial + 1)
        return self.state.serial

    def say(self, *prompts: Prompt | None) -> bool:
        """Say prompts one after another, after what is being said; False if there are no words."""
        segments = [s for prompt in prompts if prompt for s in self.segments(prompt)]
        if not segments:
            return False
        serial = self.serial()
        self.change(saying=serial)
        self.do(PlayPrompt(serial, tuple(segments)))
        return True

    def say_text(self, text: str) -> None:
        """Say words that only this call has, in its language."""
        serial = self.serial()
        self.change(saying=serial)
        segment = PromptSegment(text, self.state.language, private=True)
        self.do(PlayPrompt(serial, (segment,)))

    def hush(self) -> None:
        """Cut short whatever is being said."""
        if self.state.saying:
            self.change(saying=0)
            self.do(StopPrompt())

    def set_timer(self, seconds: float) -> None:
        serial = self.serial()
        self.change(timer=serial)
        self.do(SetTimer(serial, seconds))

    def stop_listening(self) -> None:
        if self.state.listening:
            self.change(listening=False, speaking=False)
            self.do(StopListening())

    def drop_recording(self) -> None:
        """Forget the message being recorded, if there is one."""
        if self.state.waiting is Waiting.RECORDING and self.state.errand:
            self.do(StopRecording(self.state.errand, keep=False))
            self.change(errand=0)

    def type_ahead(self, key: str) -> None:
        """Keep a key for the next question."""
        self.change(typed=(self.state.typed + key)[:MAX_TYPED])

    def wait(self, waiting: Waiting) -> None:
        self.change(waiting=waiting)

    def hang_up(self, reason: str) -> None:
        """End the call from our side."""
        self.do(HangUp(reason))
        self.end(reason)

    def end(self, outcome: str) -> None:
        """The call is over; nothing follows."""
        self._next = None
        self.change(
            waiting=Waiting.NOTHING, outcome=outcome, saying=0, timer=0, errand=0,
            listening=False, speaking=False,
        )  # fmt: skip

    # -- words -------------------------------------------------------------------------------

    def segments(self, prompt: Prompt) -> Sequence[PromptSegment]:
        """A prompt in the call's language with its blanks filled."""
        found: list[PromptSegment] = []
        for part in prompt.parts(self.state.language):
            if isinstance(part, Text):
                found.append(segment_of(part))
            else:
                found += self._filled(part)
        return found

    def _filled(self, blank: Blank) -> Sequence[PromptSegment]:
        """What a blank stands for; an empty slot is silent."""
        pending = self.state.pending
        if blank.slot == "choice":
            return self._named(f"{self.flow.name}.{pending.name}.label" if pending else "")
        if blank.slot == "intent":
            return self._named(self.state.intent_label)
        if blank.slot == "value":
            value: object = pending.value if pending else ""
            slot_type = getattr(self.node, "type", "")
        else:
            value = self.state.slots.get(blank.slot, self.flow.variables.get(blank.slot))
            slot_type = self.flow.slot_types.get(blank.slot, "")
            if pending and pending.value and getattr(self.node, "slot", "") == blank.slot:
                value = pending.value
        if not blank.how and blank.slot in self.flow.labels:
            return self._named(f"{self.flow.labels[blank.slot]}.{value}.label")
        text = read_back(value, blank.how, slot_type, blank.language)
        return [PromptSegment(text, blank.language, private=True)] if text.strip() else []

    def _named(self, prompt: str) -> Sequence[PromptSegment]:
        flow = self.book.flows.get(prompt.partition(".")[0])
        found = flow.prompts.get(prompt) if flow is not None else None
        return self.segments(found) if found is not None else ()
