"""Reads what all asking nodes share: input settings, ladders, choices."""

from collections.abc import Mapping
from dataclasses import replace

from ivr.flow import defaults
from ivr.flow.expression_types import FLAG
from ivr.flow.fields import Fields
from ivr.flow.input_settings import MAX_SECONDS, InputSettings
from ivr.flow.nodes.base import Choice, Goto, Ladder, Rung
from ivr.flow.prompts import Prompt, wording
from ivr.flow.yaml_tree import Listing, Table, Tree

MAX_RUNGS = 8
MAX_CHOICES = 40
MAX_SPEECH_TIMEOUT = 10.0

_RUNG_KEYS = {"prompt", "goto", "repeat", "keypad_only"}


def read_input(outer: Fields, inherited: InputSettings) -> InputSettings:
    """The `input` mapping on top of what is inherited."""
    fields = outer.fields("input")
    if fields is None:
        return inherited
    last = inherited
    silence = round(fields.number("speech_timeout", 0, 0.05, MAX_SPEECH_TIMEOUT) * 1000)
    settings = InputSettings(
        bargein=fields.flag("bargein", last.bargein),
        speech=fields.flag("speech", last.speech),
        timeout=fields.number("timeout", last.timeout, 0.1, MAX_SECONDS),
        interdigit_timeout=fields.number(
            "interdigit_timeout", last.interdigit_timeout, 0.1, MAX_SECONDS
        ),
        finish_on_key=fields.key_press("finish_on_key") or last.finish_on_key,
        complete_ms=fields.whole("complete_ms", silence or last.complete_ms, 50, 10_000),
        extendable_ms=fields.whole("extendable_ms", silence or last.extendable_ms, 50, 10_000),
        incomplete_ms=fields.whole("incomplete_ms", silence or last.incomplete_ms, 50, 10_000),
        max_seconds=fields.number("max_seconds", last.max_seconds, 1, MAX_SECONDS),
        reject=fields.number("reject", last.reject, 0, 1),
        accept=fields.number("accept", last.accept, 0, 1),
        hints=fields.phrases("hints") or last.hints,
    )
    fields.finish()
    if settings.reject > settings.accept:
        fields.fault("bad-value", fields.place, '"reject" is not above "accept"')
        settings = replace(settings, reject=settings.accept)
    return settings


def read_ladder(fields: Fields, key: str, inherited: Ladder) -> Ladder:
    """A ladder: one rung or a list of them; what is not written is inherited."""
    found = fields.tree(key)
    if found is None:
        return inherited
    items = found.items if isinstance(found, Listing) else (found,)
    if len(items) > MAX_RUNGS:
        fields.fault("too-big", found.place, f"a ladder has at most {MAX_RUNGS} rungs")
        items = items[:MAX_RUNGS]
    return tuple(_read_rung(fields, item, f"{key}.{n}") for n, item in enumerate(items, 1))


def _read_rung(outer: Fields, tree: Tree, name: str) -> Rung:
    if not (isinstance(tree, Table) and _RUNG_KEYS & tree.entries.keys()):
        return Rung(prompt=outer.prompt_of(tree, name))
    fields = Fields(outer.reading, tree, f"{outer.path}.{name}", outer.node)
    said = fields.tree("prompt")
    rung = Rung(
        prompt=None if said is None else outer.prompt_of(said, name),
        goto=fields.goto(),
        repeat=fields.flag("repeat", False),
        keypad_only=fields.flag("keypad_only", False),
    )
    fields.finish()
    return rung


def default_ladder(fields: Fields, key: str) -> Ladder:
    """Twice a short apology with the question again; after that the operator."""
    prompt = default_prompt(fields, key)
    rung = Rung(prompt=prompt, repeat=True)
    return (rung, rung)


def default_prompt(fields: Fields, key: str) -> Prompt:
    """One of the built-in prompts, in the flow's languages where it is known."""
    path = f"{fields.path}.{key}"
    known = defaults.PROMPTS[key]
    languages = [code for code in fields.reading.languages if code in known] or ["en"]
    wordings = {code: wording(path, [(known[code], code)]) for code in languages}
    prompt = Prompt(path, wordings, fields.place)
    fields.reading.prompts[path] = prompt
    return prompt


def read_choice(fields: Fields, name: str, *, phrases: Mapping[str, tuple[str, ...]]) -> Choice:
    """One choice; `phrases` are the usual words for it, if the flow writes none."""
    said = fields.phrases() or phrases
    label = fields.prompt("label") or _label(fields, name, said)
    language = fields.text("language")
    if language and language not in fields.reading.languages:
        fields.fault(
            "unknown-language",
            fields.where("language"),
            f'"{language}" is none of the flow\'s languages',
        )
        language = ""
    goto = fields.goto(required=True)
    choice = Choice(
        name=name,
        goto=goto or Goto("", fields.place),
        label=label,
        place=fields.place,
        key=fields.key_press("key"),
        phrases=said,
        intent=fields.name("intent", name),
        language=language,
        when=fields.formula("when", FLAG),
        say=fields.prompt("say"),
    )
    fields.finish()
    if not choice.key and not any(said.values()):
        fields.fault("bad-choice", fields.place, f'nobody can choose "{name}": no key, no phrase')
    return choice


def _label(fields: Fields, name: str, phrases: Mapping[str, tuple[str, ...]]) -> Prompt:
    """A choice without a label is called by its first phrase, without its options."""
    path = f"{fields.path}.label"
    words = {language: said[0] for language, said in phrases.items() if said}
    if not words:
        words = {fields.reading.languages[0]: name.replace("_", " ")}
    wordings = {language: wording(path, [(text, language)]) for language, text in words.items()}
    prompt = Prompt(path, wordings, fields.place)
    fields.reading.prompts[path] = prompt
    return prompt


def default_answers(name: str, languages: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return {code: defaults.answer_phrases(name, code) for code in languages}
