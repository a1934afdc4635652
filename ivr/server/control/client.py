"""Asks a running server through its control socket."""

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ivr.errors import PeerError
from ivr.server.control.socket import ORDER_SECONDS, SOCKET_NAME

MAX_ANSWER = 16 << 20


def ask(folder: Path, order: str, words: Mapping[str, str] | None = None) -> Any:
    """The answer to one order of the server whose runs folder this is.

    Raises:
        PeerError: if no server runs there, or it refuses.
    """
    path = folder / SOCKET_NAME
    request = json.dumps({"do": order, "with": dict(words or {})}).encode() + b"\n"
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(ORDER_SECONDS + 5)
            link.connect(str(path))
            link.sendall(request)
            with link.makefile("rb") as lines:
                line = lines.readline(MAX_ANSWER)
        answer = json.loads(line)
    except OSError as error:
        raise PeerError(f"no hotline runs here ({path}): start it with `ivr serve`") from error
    except ValueError as error:
        raise PeerError(f"{path}: the server broke off its answer") from error
    if not isinstance(answer, dict) or not answer.get("ok"):
        raise PeerError(str(answer.get("error") if isinstance(answer, dict) else answer))
    return answer.get("answer")
