"""Leaks: card numbers, passwords and tokens written into a flow, where many people read them."""

import re
from collections.abc import Iterator

from ivr.flow.checks.findings import finding, own_prompts, spoken
from ivr.flow.issues import Issue, Place
from ivr.flow.model import Flow

_DIGITS = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_PASSWORD = re.compile(
    r"(?:密码|口令|password|passcode|\bPIN\b)(?:\s*(?:是|为|is|[:=：]))\s*[\"']?(?=[A-Za-z!@#$%^&*._-]*[0-9])([A-Za-z0-9!@#$%^&*._-]{4,})",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"\b(?:sk|pk|ghp|gho|xox[bp]|AKIA|eyJ)[-_]?[A-Za-z0-9][A-Za-z0-9._-]{15,}"
    r"|\b(?=[A-Za-z0-9+/_-]*\d)(?=[A-Za-z0-9+/_-]*[A-Za-z])[A-Za-z0-9+/_-]{32,}"
)
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SECRET_HEADER = re.compile(r"authorization|token|api-?key|secret|cookie|password", re.IGNORECASE)


def check_leaks(flow: Flow) -> Iterator[Issue]:
    for node, prompt in own_prompts(flow):
        for language in prompt.wordings:
            what = secret_in(spoken(prompt, language))
            if what:
                message = f"the prompt holds {what} in {language}; use a blank that a call fills"
                yield finding("secret-in-prompt", prompt.place, message, node, error=True)
    for action in flow.lookups.values():
        texts = [action.url, *action.body.values(), *action.headers.values()]
        what = next((found for text in texts if (found := secret_in(text))), "")
        named = next((name for name in action.headers if _SECRET_HEADER.search(name)), "")
        if what or named:
            where = what or f'header "{named}"'
            message = f'lookup "{action.name}" holds {where}; name a secret under "secrets"'
            yield finding("secret-in-lookup", _place(flow), message, error=True)


def _place(flow: Flow) -> Place:
    return flow.place


def secret_in(text: str) -> str:
    """What secret a text holds, named without repeating it; empty if none."""
    if any(_identity_holds(found[0]) for found in _IDENTITY.finditer(text)):
        return "an ID number"
    if any(luhn_holds(found[0]) for found in _DIGITS.finditer(text)):
        return "a card number"
    if _PASSWORD.search(text):
        return "a password"
    return "a token" if _TOKEN.search(text) else ""


def luhn_holds(number: str) -> bool:
    """The check digit of payment cards (ISO/IEC 7812-1, annex B)."""
    digits = [int(sign) for sign in number if sign.isdigit()]
    doubled = [d * 2 - 9 * (d > 4) if place % 2 else d for place, d in enumerate(digits[::-1])]
    return len(set(digits)) > 1 and sum(doubled) % 10 == 0


def _identity_holds(number: str) -> bool:
    """The check sign of Chinese ID numbers (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(
        int(digit) * weight for digit, weight in zip(number, _IDENTITY_WEIGHTS, strict=False)
    )
    return "10X98765432"[total % 11] == number[17].upper()
