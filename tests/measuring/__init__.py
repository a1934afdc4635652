"""Measurements on real calls, seen from the caller's telephone; `ivr bench` runs them."""
