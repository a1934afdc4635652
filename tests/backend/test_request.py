"""Requests: blanks, secrets, and arguments that would like to be more than arguments."""

from dataclasses import replace

import pytest

from ivr.backend.request import request_of
from ivr.backend.secrets import Secrets
from ivr.errors import BackendError
from ivr.flow.nodes.lookup import HttpAction

ACTION = HttpAction(
    name="customer",
    method="POST",
    url="https://crm.example/customers/{number}?day={day}",
    headers={"X-Channel": "phone"},
    secrets={"Authorization": "TOKEN"},
    body={"card": "{card}", "amount": "{amount}", "note": "card {card}", "vip": "{vip}"},
    timeout=2,
    retries=0,
    answer={},
    statuses={},
)
SECRETS = Secrets({"TOKEN": "Bearer t0p"})


def test_blanks_and_secrets_are_filled() -> None:
    given = {"number": "138", "day": "a b", "card": "6688", "amount": 12.5, "vip": True}
    request = request_of(ACTION, given, SECRETS)
    assert request.url == "https://crm.example/customers/138?day=a%20b"
    assert request.headers["Authorization"] == "Bearer t0p"
    assert request.headers["X-Channel"] == "phone"
    assert request.body == {"card": "6688", "amount": 12.5, "note": "card 6688", "vip": True}


def test_nothing_of_it_is_shown() -> None:
    shown = repr(request_of(ACTION, {"number": "138"}, SECRETS)) + repr(SECRETS)
    assert "138" not in shown and "t0p" not in shown and "TOKEN" in shown


@pytest.mark.parametrize("number", ["../../admin", "1?x=1", "1#x", "@evil.example", "1\r\nX: y"])
def test_an_argument_stays_one_part_of_the_path(number: str) -> None:
    url = request_of(ACTION, {"number": number}, SECRETS).url
    path = url.removeprefix("https://crm.example/customers/").partition("?day=")[0]
    assert not set("/?#@\r\n") & set(path)


@pytest.mark.parametrize("number", [".", ".."])
def test_an_argument_is_no_step_in_the_path(number: str) -> None:
    with pytest.raises(BackendError, match="no part of a path"):
        request_of(ACTION, {"number": number}, SECRETS)


def test_a_missing_secret_is_named() -> None:
    with pytest.raises(BackendError, match="there is no secret TOKEN"):
        request_of(ACTION, {}, Secrets({}))


def test_a_header_of_two_lines_is_refused() -> None:
    with pytest.raises(BackendError, match="line break"):
        request_of(replace(ACTION, headers={"X": "a\nB: c"}), {}, SECRETS)
