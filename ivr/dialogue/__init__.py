"""The talk with the caller as a pure state machine."""
