"""Spoken values: what a caller said -> the value meant, its place, and how to say it back.

parse("amount", "转三千五百块", "zh").normal == "3500"
"""

from ivr.dialogue.values.completion import completion
from ivr.dialogue.values.kinds import KINDS, parse
from ivr.dialogue.values.model import Partial, Result, Value
from ivr.dialogue.values.saying import read_back, say
from ivr.dialogue.values.words import grammar_words

__all__ = [
    "KINDS",
    "Partial",
    "Result",
    "Value",
    "completion",
    "grammar_words",
    "parse",
    "read_back",
    "say",
]
