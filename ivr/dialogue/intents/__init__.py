"""Intents: what an open sentence asks for, how probably, how urgently, or honestly nothing."""

from ivr.dialogue.intents.model import IntentModel
from ivr.dialogue.intents.reading import Guess, IntentInfo, IntentReading, IntentScorer

__all__ = ["Guess", "IntentInfo", "IntentModel", "IntentReading", "IntentScorer"]
