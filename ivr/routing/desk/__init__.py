"""Desk: the agents of one hotline on one Asterisk, and which of them a caller should wait for."""

from ivr.routing.desk.desk import Desk

__all__ = ["Desk"]
