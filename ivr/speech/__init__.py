"""Hearing and speaking: VAD, recogniser, voices."""
