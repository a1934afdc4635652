"""Dialogs: a question answered by y or n, a choice from a list, and the page of keys."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from ivr.cli.board.cells import clean, fitted


class Confirm(ModalScreen[bool]):
    """Asks once; only `y` does it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", show=False),
        Binding("n,escape,q,enter", "answer(False)", show=False),
    ]
    DEFAULT_CLASSES = "dialog"

    def __init__(self, question: str, detail: str) -> None:
        super().__init__()
        self._question = question
        self._detail = detail

    def compose(self) -> ComposeResult:
        """The question, what it is about, and the keys."""
        with Vertical():
            yield Static(clean(self._question), classes="title", markup=False)
            yield Static(clean(self._detail), markup=False)
            yield Static("\ny  yes      n  no", classes="hint", markup=False)

    def action_answer(self, yes: bool) -> None:
        """Close with the answer."""
        self.dismiss(yes)


class Choose(ModalScreen[str | None]):
    """Chooses one of several by arrows or by typing a part; gives its key, None if left.

    With `free` what was typed is taken where nothing in the list has it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("tab", "move(1)", show=False, priority=True),
        Binding("shift+tab", "move(-1)", show=False, priority=True),
    ]
    DEFAULT_CLASSES = "dialog"

    def __init__(
        self, title: str, choices: Sequence[tuple[str, str]], *, free: bool = False
    ) -> None:
        super().__init__()
        self._title = title
        self._choices = tuple(choices)
        self._free = free
        self._keys: list[str] = []

    def compose(self) -> ComposeResult:
        """The title, a line to type in, and the list."""
        with Vertical():
            yield Static(clean(self._title), classes="title", markup=False)
            yield Input(placeholder="type to find" if self._choices else "type a name")
            yield OptionList(markup=False)
            yield Static("↑↓ choose   enter take it   esc leave", classes="hint", markup=False)

    def on_mount(self) -> None:
        """All of them, and the cursor in the line."""
        self._fill("")
        self.query_one(Input).focus()
        self.query_one(OptionList).can_focus = False

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep those that have what was typed."""
        self._fill(event.value)

    def _fill(self, part: str) -> None:
        part = part.casefold().strip()
        found = [
            (key, title) for key, title in self._choices if part in f"{key} {title}".casefold()
        ]
        found.sort(key=lambda one: not one[0].casefold().startswith(part))
        self._keys = [key for key, _ in found]
        options = self.query_one(OptionList)
        options.clear_options()
        wide = max((cell_len(key) for key, _ in found), default=0)
        lines = (f"{fitted(key, wide)}  {title}".rstrip() for key, title in found)
        options.add_options([Option(clean(line)) for line in lines])
        options.highlighted = 0 if found else None
        options.display = bool(found)

    def action_move(self, by: int) -> None:
        """Move in the list while the line keeps the cursor."""
        options = self.query_one(OptionList)
        if self._keys and options.highlighted is not None:
            options.highlighted = (options.highlighted + by) % len(self._keys)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take what is marked, else what was typed."""
        event.stop()
        at = self.query_one(OptionList).highlighted
        if self._keys and at is not None:
            self.dismiss(self._keys[at])
        elif self._free and event.value.strip():
            self.dismiss(event.value.strip())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the one that was clicked."""
        self.dismiss(self._keys[event.option_index])

    def action_leave(self) -> None:
        """Choose nothing."""
        self.dismiss(None)


KEYS = """\
moving                          orders to the chosen call
  ↑ ↓  j k   row by row           l  listen: nobody hears you
  PgUp PgDn  a screenful          w  whisper: the agent hears you
  g G        first, last          b  barge in: both hear you
  tab        next table           o  take over from the agent
  enter      open the call        t  transfer to a skill
  esc        back, end filter     n  send to a node
                                  h  hang up, asks first
looking
  /      filter by words; queue:loans  state:waiting  annoyed
  s r    next order of the rows, turned round
  space  stand still, go on       p  choose your telephone
  T      dark or light            q  leave the board

marks
  ! over the goal   !! waits over 60 s, or service level below 60 %
  annoyed: from 0 to 1; ! where the caller is taken to be annoyed
  in time: of today's calls, answered within the queue's goal"""


class Help(ModalScreen[None]):
    """All keys and marks on one page; any key closes it."""

    DEFAULT_CLASSES = "dialog help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll(2)", show=False),
        Binding("up,k", "scroll(-2)", show=False),
    ]

    def compose(self) -> ComposeResult:
        """The page."""
        with Vertical():
            yield Static(KEYS, markup=False)

    def action_scroll(self, by: int) -> None:
        """Scroll the page where it is higher than the screen."""
        self.query_one(Vertical).scroll_relative(y=by, animate=False)

    def on_key(self, event: events.Key) -> None:
        """Close the page, but for the keys that scroll it."""
        if event.key not in ("up", "down", "j", "k"):
            event.stop()
            self.dismiss(None)

    def on_click(self) -> None:
        """Close the page."""
        self.dismiss(None)
