"""Digest answers against the example of RFC 2617, section 3.5."""

import re

import pytest

from tests.phone.digest import authorise
from tests.phone.sip import Headers, Request, Response, SipError

CHALLENGE = (
    'Digest realm="testrealm@host.com", qop="auth,auth-int", '
    'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
)


def answer(challenge: str) -> dict[str, str]:
    request = Request("GET", "/dir/index.html")
    response = Response(401, "Unauthorized", Headers([("WWW-Authenticate", challenge)]))
    authorise(request, response, "Mufasa", "Circle Of Life", cnonce="0a4f113b")
    pairs = re.findall(r'(\w+)="?([^",]+)"?', request.headers.get("authorization"))
    return dict(pairs)


def test_the_example_of_the_rfc() -> None:
    fields = answer(CHALLENGE)
    assert fields["response"] == "6629fae49393a05397450978507c4ef1"
    assert fields["opaque"] == "5ccc069c403ebaf9f0171e9517f40e41"
    assert (fields["qop"], fields["nc"]) == ("auth", "00000001")


def test_without_qop() -> None:
    fields = answer(CHALLENGE.replace('qop="auth,auth-int", ', ""))
    assert fields["response"] == "670fd8c2df070c60b045671b8b24ff02"
    assert "cnonce" not in fields


@pytest.mark.parametrize("challenge", ["Basic realm=x", 'Digest nonce="1", algorithm=SHA-256', ""])
def test_other_schemes_are_refused(challenge: str) -> None:
    with pytest.raises(SipError):
        answer(challenge)
