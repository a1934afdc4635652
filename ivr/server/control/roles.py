"""Roles: the least role of every order, and of every question the control API answers."""

import types
from collections.abc import Mapping
from enum import IntEnum


class Role(IntEnum):
    """What somebody may do; each may do what those below may."""

    NOBODY = 0
    """Showed no token: may learn that the server lives, and how to ask it."""

    VIEWER = 1
    """Sees what goes on: calls with their masked transcripts, queues, agents, alarms."""

    SUPERVISOR = 2
    """Steers calls and agents, and looks up past calls."""

    ADMIN = 3
    """Changes what the hotline is made of, and reads who did what."""

    @property
    def word(self) -> str:
        """The name people use: viewer, supervisor, admin."""
        return self.name.lower()


GRANTED = (Role.VIEWER, Role.SUPERVISOR, Role.ADMIN)
"""The roles that a token can have."""

ORDER_ROLES: Mapping[str, Role] = types.MappingProxyType(
    {
        "agents.login": Role.SUPERVISOR,
        "agents.logout": Role.SUPERVISOR,
        "agents.pause": Role.SUPERVISOR,
        "agents.resume": Role.SUPERVISOR,
        "agents.reload": Role.ADMIN,
        "calls.hangup": Role.SUPERVISOR,
        "calls.transfer": Role.SUPERVISOR,
        "calls.goto": Role.SUPERVISOR,
        "calls.listen": Role.SUPERVISOR,
        "calls.whisper": Role.SUPERVISOR,
        "calls.barge": Role.SUPERVISOR,
        "calls.takeover": Role.SUPERVISOR,
        "callbacks.cancel": Role.SUPERVISOR,
        "callbacks.now": Role.SUPERVISOR,
    }
)
"""Orders of `ivr.server.control.orders`, by name."""

READ_ROLES: Mapping[str, Role] = types.MappingProxyType(
    {
        "alive": Role.NOBODY,
        "ready": Role.NOBODY,
        "help": Role.NOBODY,
        "openapi": Role.NOBODY,
        "whoami": Role.VIEWER,
        "picture": Role.VIEWER,
        "calls.list": Role.VIEWER,
        "calls.show": Role.VIEWER,
        "calls.records": Role.SUPERVISOR,
        "queues.list": Role.VIEWER,
        "agents.list": Role.VIEWER,
        "alarms.list": Role.VIEWER,
        "choices": Role.VIEWER,
        "metrics": Role.VIEWER,
        "history": Role.SUPERVISOR,
        "search": Role.SUPERVISOR,
        "callbacks.list": Role.SUPERVISOR,
        "callbacks.one": Role.SUPERVISOR,
        "audit": Role.ADMIN,
        "stream": Role.VIEWER,
        "calls.stream": Role.VIEWER,
    }
)
"""What can be read, by the name of its endpoint. `calls.show` gives past calls too."""

ROLES: Mapping[str, Role] = types.MappingProxyType({**READ_ROLES, **ORDER_ROLES})
"""Whatever is not here is allowed to nobody."""
