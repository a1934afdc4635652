"""Setting values: lays what a file and the environment say over dataclasses, by their types."""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from rapidfuzz import process

from ivr.errors import SettingsError


def laid_over(base: Any, table: Mapping[str, Any], where: str, section: str = "") -> Any:
    """Lay `table` over the dataclass `base`, section by section.

    Raises:
        SettingsError: for an unknown name or a value of the wrong kind; `where` says whose.
    """
    hints = get_type_hints(type(base))
    known = [f.name for f in fields(base) if f.name != "root"]
    changes: dict[str, Any] = {}
    for name, value in table.items():
        full = f"{section}.{name}" if section else name
        if name not in known:
            close = process.extractOne(name, known, score_cutoff=60)
            hint = f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(known)}"
            raise SettingsError(f"{where}: unknown setting {full!r}{hint}")
        current = getattr(base, name)
        if is_dataclass(current):
            if not isinstance(value, Mapping):
                raise SettingsError(f"{where}: [{full}] must be a table")
            changes[name] = laid_over(current, value, where, full)
        else:
            changes[name] = _merged(current, _convert(hints[name], value, f"{where}: {full}"))
    return replace(base, **changes)


def _merged(current: Any, value: Any) -> Any:
    """Seconds by name are laid over those there are, so that a file names only what it changes."""
    if isinstance(value, Mapping) and isinstance(current, Mapping):
        laid = {**current, **value}
        if all(type(seconds) is int for seconds in laid.values()):
            return types.MappingProxyType(laid)
    return value


def _convert(kind: Any, value: Any, where: str) -> Any:
    if kind is Path and isinstance(value, str):
        return Path(value)
    if get_origin(kind) is tuple and isinstance(value, list | tuple):
        wanted = get_args(kind)
        if len(value) == len(wanted):
            return tuple(_convert(k, v, where) for k, v in zip(wanted, value, strict=True))
    if get_origin(kind) is Mapping and isinstance(value, Mapping):
        wanted = get_args(kind)[1]
        if all(type(v) is wanted for v in value.values()):
            return types.MappingProxyType(dict(value))
    if isinstance(kind, type) and type(value) is kind:
        return value
    name = getattr(kind, "__name__", str(kind))
    raise SettingsError(f"{where} must be {name}, not {value!r}")


def overridden(settings: Any, environment: Mapping[str, str]) -> Any:
    """Lay variables named IVR_SECTION_NAME over the values of a dataclass of sections."""
    for section in fields(settings):
        current = getattr(settings, section.name)
        if not is_dataclass(current):
            continue
        hints = get_type_hints(type(current))
        for item in fields(current):
            variable = f"IVR_{section.name}_{item.name}".upper()
            if variable in environment and hints[item.name] in (str, int, bool, Path):
                value = _parse(hints[item.name], environment[variable], variable)
                current = _replaced(current, item.name, value)
                settings = _replaced(settings, section.name, current)
    return settings


def _replaced(base: Any, name: str, value: Any) -> Any:
    return replace(base, **{name: value})


def _parse(kind: type, text: str, variable: str) -> Any:
    if kind is bool:
        if text.lower() not in ("1", "0", "true", "false", "yes", "no"):
            raise SettingsError(f"{variable} must be yes or no, not {text!r}")
        return text.lower() in ("1", "true", "yes")
    try:
        return kind(text)
    except ValueError as error:
        raise SettingsError(f"{variable} must be {kind.__name__}, not {text!r}") from error
