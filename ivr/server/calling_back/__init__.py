"""Calling back: who is promised a call, and how the promise is kept."""
