"""Tones: the few colours of the board, by what they mean; in dark, in light and without colour."""

import os
from collections.abc import Mapping
from dataclasses import replace

from rich.style import Style
from textual.theme import BUILTIN_THEMES, Theme
from textual.widget import Widget

NAMES = ("dim", "strong", "good", "warn", "bad", "head", "cursor", "accent")
TONES = {f"tone--{name}" for name in NAMES}
"""Component classes of widgets that paint their own lines; colours stand in board.tcss."""

# Greys are nearly neutral, so that terminals of 256 colours show them as greys too.
DARK = Theme(
    name="calm-dark", dark=True,
    primary="#7fb4d6", accent="#7fb4d6", foreground="#d3d9e0", background="#121416",
    surface="#1b1d20", panel="#25282c", success="#8fc28a", warning="#e2b35c", error="#f08080",
    variables={"dim": "#808890", "cursor": "#343d46", "strong": "#ffffff"},
)  # fmt: skip
LIGHT = Theme(
    name="calm-light", dark=False,
    primary="#0b62a8", accent="#0b62a8", foreground="#24292f", background="#fbfbfa",
    surface="#f3f4f4", panel="#e6e9ec", success="#1a7036", warning="#8f5a00", error="#b4232b",
    variables={"dim": "#656d76", "cursor": "#cfe2f3", "strong": "#000000"},
)  # fmt: skip
_ANSI = BUILTIN_THEMES["ansi-dark"]
_BARE = {"dim": "ansi_default", "cursor": "ansi_default", "strong": "ansi_default"}
PLAIN = replace(_ANSI, name="calm-plain", variables={**_ANSI.variables, **_BARE})
"""Without any colour, for NO_COLOR: bold, reverse and dim remain."""


def theme_name(wanted: str, environment: Mapping[str, str] = os.environ) -> str:
    """The theme to use: what was asked for, else what the terminal says of its background.

    COLORFGBG is "foreground;background" of 16 colours; 7 and 15 are white.
    """
    if "NO_COLOR" in environment:
        return PLAIN.name
    if wanted == "auto":
        back = environment.get("COLORFGBG", "").rpartition(";")[2]
        wanted = "light" if back in ("7", "15") else "dark"
    return LIGHT.name if wanted == "light" else DARK.name


def tone_styles(widget: Widget) -> dict[str, Style]:
    """A Rich style for every tone, as the widget's CSS has them; "" is the plain one."""
    plain = widget.rich_style
    tones = {name: widget.get_component_rich_style(f"tone--{name}", partial=True) for name in NAMES}
    if widget.app.no_color:
        bare = {
            "dim": Style(dim=True), "strong": Style(bold=True), "good": Style(),
            "warn": Style(bold=True), "bad": Style(bold=True),
            "head": Style(bold=True, underline=True), "cursor": Style(reverse=True),
            "accent": Style(bold=True),
        }  # fmt: skip
        return {"": Style(), **bare}
    tones["head"] = plain + tones["head"]
    return {"": plain, **tones}
