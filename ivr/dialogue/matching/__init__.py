"""Matching by sound: which phrase a misheard utterance sounds like, how surely, and why."""

from ivr.dialogue.matching.scorer import Reading, SoundMatcher, matcher_for

__all__ = ["Reading", "SoundMatcher", "matcher_for"]
