"""Figures as people read them: 41.2 %, 1:23, 12 345, and how wide a text stands in a terminal."""

from rich.cells import cell_len, set_cell_size

NOTHING = "-"
BARS = " ▁▂▃▄▅▆▇█"
EIGHTHS = " ▏▎▍▌▋▊▉█"


def number(value: int) -> str:
    """12 345: thousands apart."""
    return f"{value:,}".replace(",", " ")


def percent(value: float | None) -> str:
    return NOTHING if value is None else f"{100 * value:.1f} %"


def seconds(value: float | None) -> str:
    """8.4 s below a minute, else 1:23 or 1:02:03."""
    if value is None:
        return NOTHING
    if value < 59.95:
        return f"{value:.1f} s"
    whole = round(value)
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}:{rest:02d}"
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def signed(value: float | None) -> str:
    """+7.0 s or -7.0 s."""
    return NOTHING if value is None else f"{value:+.1f} s"


def sparkline(values: list[float]) -> str:
    """One character a value, the highest full; what is above 0 is never blank."""
    most = max(values, default=0.0)
    if most <= 0:
        return " " * len(values)
    return "".join(BARS[max(int(value > 0), round(8 * value / most))] for value in values)


def bar(share: float, width: int) -> str:
    """A bar of so many characters at share 1, in eighths of a character."""
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    full, rest = divmod(eighths, 8)
    return "█" * full + (EIGHTHS[rest] if rest else "")


def left(text: str, width: int) -> str:
    """The text in exactly so many columns; cut with an ellipsis where it is longer."""
    if cell_len(text) > width:
        text = set_cell_size(text, width - 1).rstrip() + "…"
    return text + " " * (width - cell_len(text))


def right(text: str, width: int) -> str:
    return " " * max(0, width - cell_len(text)) + text
