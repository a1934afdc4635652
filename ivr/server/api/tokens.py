"""Tokens: who may use the control API over TCP; a file that holds only their hashes."""

import contextlib
import fcntl
import hashlib
import hmac
import logging
import os
import re
import secrets
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivr.errors import SettingsError
from ivr.server.control.roles import GRANTED, Role

FILE_NAME = "tokens.toml"
MAX_FILE_BYTES = 256 * 1024
MAX_TOKENS = 500
TOKEN_BYTES = 32
MAX_TOKEN = 128
"""Characters of a token that are looked at; ours have fewer."""
LOCAL = "local"
"""Who comes through the Unix socket; no token has this name."""

_PREFIX = "ivr_"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_HASH = re.compile(r"[0-9a-f]{64}")
_HEAD = "# Tokens of the control API, by `ivr tokens`. Only hashes: a lost token is made anew.\n"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Token:
    """One token as it is kept: `hash` is the SHA-256 of it in hex.

    `phone` is the agent or supervisor whose telephone listens when none is named, and whose
    screen-pops this token may have; `made` is in seconds since the epoch.
    """

    name: str
    role: Role
    hash: str
    phone: str = ""
    made: int = 0


class Tokens:
    """The tokens of one runs folder. What others write is seen at the next question."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self._seen: tuple[int, int, int] | None = None
        self._tokens: tuple[Token, ...] = ()

    def all(self) -> tuple[Token, ...]:
        """All tokens, by name.

        Raises:
            SettingsError: if the file cannot be read or is not what `ivr tokens` writes.
        """
        return _read(self.path)

    def add(self, name: str, role: Role, phone: str = "", now: float = 0.0) -> str:
        """Make a token; it is given back once and kept nowhere.

        Raises:
            SettingsError: for a name that is taken or cannot be one; if it cannot be kept.
        """
        if not _NAME.fullmatch(name) or name == LOCAL:
            raise SettingsError(f"{name[:40]!r}: a token's name is 1 to 40 of A-Z a-z 0-9 _ -")
        if phone and not _NAME.fullmatch(phone):
            raise SettingsError(f"{phone[:40]!r} is no name of the agents file")
        if role not in GRANTED:
            raise SettingsError(f"a token is a {', '.join(r.word for r in GRANTED)}")
        token = _PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
        with self._writing() as tokens:
            if name in tokens:
                raise SettingsError(f"there is a token {name!r}: revoke it first")
            if len(tokens) >= MAX_TOKENS:
                raise SettingsError(f"{MAX_TOKENS} tokens are enough: revoke some")
            tokens[name] = Token(name, role, _hash(token), phone, int(now))
        return token

    def revoke(self, name: str) -> None:
        """Forget a token: who uses it is refused at once.

        Raises:
            SettingsError: if there is none of that name; if the file cannot be written.
        """
        with self._writing() as tokens:
            if tokens.pop(name, None) is None:
                raise SettingsError(f"no token is called {name[:40]!r}: see `ivr tokens ls`")

    def find(self, token: str) -> Token | None:
        """Whose token this is; a file that cannot be used has nobody's."""
        self._refresh()
        wanted = _hash(token[:MAX_TOKEN])
        found = None
        for one in self._tokens:  # all of them, so that the time taken tells nothing
            if hmac.compare_digest(one.hash, wanted):
                found = one
        return found if len(token) <= MAX_TOKEN else None

    def holds(self, token: Token) -> bool:
        """Whether this token is still one of ours."""
        self._refresh()
        return token in self._tokens

    def _refresh(self) -> None:
        try:
            seen = self.path.stat()
            stamp = (seen.st_mtime_ns, seen.st_size, seen.st_ino)
        except OSError:
            self._seen, self._tokens = None, ()
            return
        if stamp == self._seen:
            return
        try:
            self._tokens = _read(self.path)
        except SettingsError as error:
            log.error("no token is taken: %s", error)
            self._tokens = ()
        self._seen = stamp

    @contextlib.contextmanager
    def _writing(self) -> Iterator[dict[str, Token]]:
        """The tokens by name, to be changed; written whole when the block ends well."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with _locked(self.path.with_suffix(".lock")):
                tokens = {token.name: token for token in _read(self.path)}
                yield tokens
                _write(self.path, tokens)
        except OSError as error:
            raise SettingsError(f"{self.path}: cannot be written: {error.strerror}") from error


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(path: Path, tokens: dict[str, Token]) -> None:
    text = _HEAD + "".join(
        f'\n[{t.name}]\nrole = "{t.role.word}"\nphone = "{t.phone}"\nmade = {t.made}\n'
        f'sha256 = "{t.hash}"\n'
        for t in tokens.values()
    )
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _read(path: Path) -> tuple[Token, ...]:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            raw = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    if mode & 0o077:
        raise SettingsError(f"{path}: others may open it: chmod 600 {path.name}")
    if len(raw) > MAX_FILE_BYTES:
        raise SettingsError(f"{path}: larger than {MAX_FILE_BYTES} bytes: no file of tokens")
    try:
        table = tomllib.loads(raw.decode())
        tokens = tuple(_token(name, fields) for name, fields in sorted(table.items()))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SettingsError(f"{path}: not what `ivr tokens` writes: mend or remove it") from error
    if len(tokens) > MAX_TOKENS:
        raise SettingsError(f"{path}: more than {MAX_TOKENS} tokens: revoke some")
    return tokens


def _token(name: str, fields: dict[str, Any]) -> Token:
    role = next(role for role in (*GRANTED, None) if role is None or role.word == fields["role"])
    digest, phone, made = fields["sha256"], fields.get("phone", ""), fields.get("made", 0)
    if role is None or not _NAME.fullmatch(name) or not _HASH.fullmatch(digest):
        raise ValueError(name)
    if phone and not _NAME.fullmatch(phone):
        raise ValueError(phone)
    return Token(name, role, digest, phone, int(made))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
