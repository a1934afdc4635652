"""Downloads a model's archive, goes on where an earlier attempt broke off, and checks its MD5."""

import hashlib
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from ivr.errors import ModelError

TIMEOUT = 30.0
"""Seconds without a byte after which a download is given up."""
MOST_BYTES = 4 * 1024**3
MOST_LIST_BYTES = 4 * 1024**2
_CHUNK = 1 << 16

Progress = Callable[[int, int | None], None]
"""Called with bytes done and bytes in all, None where the server does not say."""


def download(url: str, target: Path, progress: Progress | None = None) -> None:
    """Fetch `url` into `target`; what is complete lies there, what is not in `target`.part.

    Raises:
        ModelError: if the server cannot be reached, refuses, or sends too much or too little.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    have = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    try:
        request = urllib.request.Request(url, headers=headers)
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            resumed = answer.status == http.client.PARTIAL_CONTENT
            have = have if resumed else 0
            length = answer.headers.get("Content-Length")
            total = have + int(length) if length and length.isdigit() else None
            if total is not None and total > MOST_BYTES:
                raise ModelError(f"{url}: {total} bytes; no model is larger than {MOST_BYTES}")
            done = _receive(answer, part, have, total, progress)
    except urllib.error.HTTPError as error:
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink(missing_ok=True)
            raise ModelError(f"{url}: changed since the download began; try again") from error
        raise ModelError(f"{url}: the server answered {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException) as error:
        raise ModelError(_unreachable(url, part, error)) from error
    if total is not None and done != total:
        raise ModelError(f"{url}: broke off at {done} of {total} bytes; the same command goes on")
    part.replace(target)


def listed_md5(list_url: str, name: str) -> str | None:
    """The MD5 that the publisher's list gives for a model; None where it gives none.

    Raises:
        ModelError: if the list cannot be fetched or read.
    """
    try:
        with urllib.request.urlopen(list_url, timeout=TIMEOUT) as answer:
            text = answer.read(MOST_LIST_BYTES)
        entries = json.loads(text)
        for entry in entries:
            if entry["name"] == name and len(entry.get("md5", "")) == 32:
                return str(entry["md5"]).lower()
    except (OSError, http.client.HTTPException) as error:
        raise ModelError(f"{list_url}: cannot be fetched: {error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{list_url}: not a list of models: {error}") from error
    return None


def md5_of(path: Path) -> str:
    """The MD5 of a file, in hexadecimal: it finds damage, and proves nothing about the sender."""
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _receive(
    answer: http.client.HTTPResponse,
    part: Path,
    have: int,
    total: int | None,
    progress: Progress | None,
) -> int:
    with part.open("ab" if have else "wb") as file:
        while chunk := answer.read(_CHUNK):
            have += len(chunk)
            if have > MOST_BYTES:
                raise ModelError(f"{part}: more than {MOST_BYTES} bytes came; given up")
            file.write(chunk)
            if progress:
                progress(have, total)
    return have


def _unreachable(url: str, part: Path, error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    kept = f" What came so far is kept in {part}." if part.exists() else ""
    return (
        f"{url}: cannot be fetched ({reason}).{kept} Without a network, copy the archive here from "
        "a machine that has one, and run `ivr models install FILE.zip`"
    )
