"""Phone passwords: what agents' phones register with at a private Asterisk, kept between runs."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from ivr.errors import SettingsError
from ivr.routing.skills import Team

PASSWORDS_FILE = "phones.json"


def phone_passwords(team: Team, folder: Path) -> Mapping[str, str]:
    """Agent's or supervisor's name -> password, made once and kept in `folder`, for its owner only.

    Raises:
        SettingsError: if the passwords cannot be read or kept.
    """
    path = folder / PASSWORDS_FILE
    names = [agent.name for agent in team.people if not agent.contact]
    try:
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        missing = [name for name in names if not isinstance(known.get(name), str)]
        if missing:
            known.update({name: secrets.token_urlsafe(9) for name in missing})
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(known, file, indent=2)
    except (OSError, ValueError, AttributeError) as error:
        raise SettingsError(f"{path}: phone passwords cannot be kept: {error}") from error
    return {name: known[name] for name in names}
