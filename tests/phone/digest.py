"""Digest authentication with MD5: the answer to a 401 or 407 (RFC 3261 section 22, RFC 2617)."""

import hashlib
import re

from tests.phone.sip import Request, Response, SipError

CHALLENGES = {401: ("WWW-Authenticate", "Authorization")}
CHALLENGES[407] = ("Proxy-Authenticate", "Proxy-Authorization")
MAX_CHALLENGE = 2048


def authorise(
    request: Request, challenge: Response, user: str, password: str, *, cnonce: str
) -> None:
    """Add credentials to `request` for the challenge of `challenge`.

    Raises:
        SipError: if there is no Digest challenge with MD5 among its headers.
    """
    asks, answers = CHALLENGES[challenge.status]
    for value in challenge.headers.all(asks):
        fields = _fields_of(value)
        if fields.get("algorithm", "MD5").upper() == "MD5" and "nonce" in fields:
            break
    else:
        raise SipError("no Digest challenge with MD5")
    request.headers.add(answers, _credentials(request, fields, user, password, cnonce))


def _fields_of(challenge: str) -> dict[str, str]:
    scheme, _, rest = challenge[:MAX_CHALLENGE].partition(" ")
    if scheme.lower() != "digest":
        return {}
    pairs = re.findall(r'([A-Za-z]+)\s*=\s*(?:"([^"]*)"|([^\s",]+))', rest)
    return {name.lower(): quoted or bare for name, quoted, bare in pairs}


def _credentials(
    request: Request, fields: dict[str, str], user: str, password: str, cnonce: str
) -> str:
    realm, nonce = fields.get("realm", ""), fields["nonce"]
    secret = _md5(f"{user}:{realm}:{password}")
    act = _md5(f"{request.method}:{request.uri}")
    parts = [
        f'username="{user}"',
        f'realm="{realm}"',
        f'nonce="{nonce}"',
        f'uri="{request.uri}"',
        "algorithm=MD5",
    ]
    if "auth" in re.split(r"[,\s]+", fields.get("qop", "")):
        answer = _md5(f"{secret}:{nonce}:00000001:{cnonce}:auth:{act}")
        parts += ["qop=auth", "nc=00000001", f'cnonce="{cnonce}"']
    else:
        answer = _md5(f"{secret}:{nonce}:{act}")
    if "opaque" in fields:
        parts.append(f'opaque="{fields["opaque"]}"')
    parts.append(f'response="{answer}"')
    return "Digest " + ", ".join(parts)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
