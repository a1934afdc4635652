"""The menus through which generated calls go: where callers turn to, how long, how well."""

from collections.abc import Mapping

MENUS: Mapping[str, tuple[tuple[str, float], ...]] = {
    "welcome": (("main", 0.93), ("", 0.07)),
    "main": (
        ("balance", 0.34),
        ("card_loss", 0.08),
        ("loans", 0.14),
        ("more", 0.24),
        ("operator", 0.13),
        ("", 0.07),
    ),
    "balance": (("identify_card", 0.95), ("", 0.05)),
    "identify_card": (("identify_birthday", 0.88), ("operator", 0.07), ("", 0.05)),
    "identify_birthday": (("balance_told", 0.86), ("operator", 0.1), ("", 0.04)),
    "balance_told": (("anything_else", 0.9), ("", 0.1)),
    "anything_else": (("main", 0.36), ("operator", 0.06), ("goodbye", 0.58)),
    "card_loss": (("card_loss_confirm", 0.94), ("", 0.06)),
    "card_loss_confirm": (("card_loss_agent", 0.9), ("main", 0.1)),
    "loans": (("loans_rates", 0.45), ("loans_agent", 0.55)),
    "loans_rates": (("anything_else", 0.7), ("loans_agent", 0.3)),
    "more": (("branches", 0.45), ("main", 0.4), ("operator", 0.15)),
    "branches": (("anything_else", 0.8), ("", 0.2)),
}
"""Node -> where callers go from it, with odds; "" is hanging up, and nodes not here end calls."""

QUEUE_OF: Mapping[str, str] = {
    "operator": "zh-accounts.3",
    "card_loss_agent": "zh-card_loss.3-funds_at_risk",
    "loans_agent": "zh-loans.3",
}
"""Node that asks for an agent -> the queue of Mandarin callers."""

STAYS: Mapping[str, float] = {
    "welcome": 4.5, "main": 9.0, "identify_card": 12.0, "identify_birthday": 10.0,
    "balance_told": 8.0, "anything_else": 5.0, "card_loss": 8.0, "goodbye": 3.0,
    "branches": 14.0, "operator": 2.0, "card_loss_agent": 2.0, "loans_agent": 2.0,
}  # fmt: skip
"""Median seconds in a node, without waiting for an agent."""

TROUBLE: Mapping[str, float] = {
    "main": 0.06, "identify_card": 0.11, "identify_birthday": 0.09, "card_loss": 0.07,
    "branches": 0.13, "welcome": 0.03, "operator": 0.0, "card_loss_agent": 0.0,
    "loans_agent": 0.0, "goodbye": 0.0,
}  # fmt: skip
"""How likely a caller is not understood in a node."""
