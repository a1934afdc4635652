"""Caller: who asks the control API, by which door and token, and with which role."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from ivr.server.api.tokens import LOCAL, Token
from ivr.server.control.roles import Role


@dataclass(frozen=True, slots=True)
class Caller:
    """One asker. `token` is None for the Unix socket's own user and for who showed none."""

    name: str
    role: Role
    token: Token | None = None

    @property
    def phone(self) -> str:
        """Whose telephone it is that listens for this caller, if the token says so."""
        return self.token.phone if self.token else ""


LOCAL_ADMIN = Caller(LOCAL, Role.ADMIN)
NOBODY = Caller("", Role.NOBODY)


def of_token(token: Token) -> Caller:
    """Who shows this token."""
    return Caller(token.name, token.role, token)


def caller_of(connection: HTTPConnection) -> Caller:
    """Who asks; the door has written it down."""
    caller = connection.scope["state"]["caller"]
    assert isinstance(caller, Caller)
    return caller
