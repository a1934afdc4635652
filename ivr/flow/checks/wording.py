"""Wording: prompts too long, too many choices in one, keys said too early or leading nowhere."""

from collections.abc import Iterator

from ivr.flow.checks.durations import PromptSeconds
from ivr.flow.checks.findings import (
    finding,
    is_label,
    is_whisper,
    mentioned,
    own_prompts,
    spoken,
)
from ivr.flow.checks.keys import mentions
from ivr.flow.issues import Issue
from ivr.flow.lint import understood_here
from ivr.flow.model import Flow
from ivr.flow.nodes.base import AskingNode
from ivr.flow.nodes.collect import Collect
from ivr.flow.prompts import Prompt

MAX_QUESTION_SECONDS = 25.0
"""Longer, and callers forget its beginning."""

MAX_SAID_SECONDS = 40.0
"""For what is only told, and asks nothing."""

MAX_MENTIONED = 5
"""Choices that a caller can keep in mind from one prompt."""


def check_wording(flow: Flow, seconds: PromptSeconds) -> Iterator[Issue]:
    for name, prompt in own_prompts(flow):
        if is_label(prompt) or is_whisper(prompt):
            continue
        node = flow.nodes.get(name)
        asks = isinstance(node, AskingNode)
        after = mentioned(node) if isinstance(node, AskingNode) and prompt is node.prompt else ()
        for language in prompt.wordings:
            took = sum(seconds(one, language) for one in (prompt, *after))
            yield from _length(prompt, language, name, took, asks)
            yield from _choices(prompt, after, language, name)
            if asks:
                yield from _dead_keys(flow, prompt, language, name)


def _length(prompt: Prompt, language: str, node: str, took: float, asks: bool) -> Iterator[Issue]:
    limit = MAX_QUESTION_SECONDS if asks else MAX_SAID_SECONDS
    if took > limit:
        message = (
            f"the prompt takes {took:.0f} s in {language}; at most {limit:.0f} s are heard out"
        )
        yield finding("long-prompt", prompt.place, message, node)


def _choices(
    prompt: Prompt, after: tuple[Prompt, ...], language: str, node: str
) -> Iterator[Issue]:
    """Choices mentioned in a prompt, and in what a menu says `after` it."""
    found = list(mentions(spoken(prompt, language), language))
    keys = {mention.key for mention in found}
    for one in after:
        keys |= {mention.key for mention in mentions(spoken(one, language), language)}
    if len(keys) > MAX_MENTIONED:
        message = f"{len(keys)} choices in one prompt in {language}; name at most {MAX_MENTIONED}"
        yield finding("too-many-choices", prompt.place, message, node)
    for mention in found:
        if mention.first:
            message = f'the key comes before its choice in "{mention.clause}"; say the key last'
            yield finding("key-not-last", prompt.place, message, node)


def _dead_keys(flow: Flow, prompt: Prompt, language: str, name: str) -> Iterator[Issue]:
    node = flow.nodes[name]
    if not isinstance(node, AskingNode):
        return
    known = {choice.key for choice in understood_here(flow, node)}
    known |= {command.key for command in flow.commands}
    known.add(node.input.finish_on_key)
    if isinstance(node, Collect) or prompt.name.endswith(".confirm"):
        known |= {"1", "2"}  # every value may be asked about by yes and no
    for key in dict.fromkeys(
        mention.key for mention in mentions(spoken(prompt, language), language)
    ):
        if key not in known:
            message = f'the prompt says "press {key}" in {language}, but that key does nothing here'
            yield finding("dead-key", prompt.place, message, name)
