"""LiveView: a call's journal as it happens, one calm line for each thing worth knowing."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ivr.call.journal import Record
from ivr.live.transcript import Line, Tone, keys_pressed, line_of

TIME_WIDTH = 8
WHO_WIDTH = 6
COLOURS = {"call": "green", "node": "magenta", "bot": "blue", "caller": "cyan"}
STYLES = {Tone.PLAIN: "", Tone.QUIET: "dim", Tone.BAD: "red"}


class LiveView:
    """Prints records of one or several calls. Digits the caller gave are masked."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._keys: dict[str, int] = {}

    def show(self, record: Record) -> None:
        """Print what this record means to a person, if anything. Usable as a journal's sink."""
        call = record["call"]
        if record["kind"] == "KeyPressed":
            self._keys[call] = self._keys.get(call, 0) + 1
            return
        line = line_of(record)
        if line is None:
            return
        if count := self._keys.pop(call, 0):
            self._print(Line(record["at"], "caller", keys_pressed(count)))
        self._print(line)

    def _print(self, line: Line) -> None:
        row = Table.grid(padding=(0, 2, 0, 0))
        row.add_column(width=TIME_WIDTH, style="dim")
        row.add_column(width=WHO_WIDTH, style=f"bold {COLOURS.get(line.who, 'yellow')}")
        row.add_column(ratio=1)
        row.add_row(f"{int(line.at // 60):02d}:{line.at % 60:05.2f}", line.who, _styled(line))
        self._console.print(row)


def _styled(line: Line) -> Text:
    """The words in their colour; a plain string would be taken for markup."""
    style = COLOURS["node"] if line.who == "node" else STYLES[line.tone]
    text = Text(line.text, style=style)
    if line.detail:
        text.append(f"  {line.detail}", style="dim")
    return text
