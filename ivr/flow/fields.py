"""Fields: reads one YAML mapping key by key, noting every fault on the way."""

import re
from collections.abc import Iterable

from ivr.flow.expressions import parse
from ivr.flow.formulas import Formula
from ivr.flow.issues import Place, Severity
from ivr.flow.nodes.base import Goto
from ivr.flow.phrases import sentences, with_terms
from ivr.flow.prompts import Prompt, wording
from ivr.flow.reading import Reading, nearest
from ivr.flow.yaml_tree import Listing, Scalar, Table, Tree

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
LANGUAGE = re.compile(r"[a-z]{2,3}")
KEYS = "0123456789*#"
MAX_PHRASES = 200
"""Sentences one choice may have in one language."""

_TRUE = ("true", "yes", "on")
_FALSE = ("false", "no", "off")


class Fields:
    """One mapping. `path` names it in prompts' recordings, `node` in issues."""

    def __init__(self, reading: Reading, table: Table, path: str, node: str = "") -> None:
        self.reading = reading
        self.table = table
        self.path = path
        self.node = node
        self._asked: set[str] = set()

    @property
    def place(self) -> Place:
        return self.table.place

    def fault(self, code: str, place: Place, message: str, hint: str = "") -> None:
        self.reading.fault(code, place, message, node=self.node, hint=hint)

    def tree(self, key: str, *, required: bool = False) -> Tree | None:
        """The raw value of a key; a missing required one is a fault."""
        self._asked.add(key)
        found = self.table.entries.get(key)
        if isinstance(found, Scalar) and found.null:
            found = None
        if found is None and required:
            self.fault("missing-key", self.place, f'"{key}" is missing')
        return found

    def handed_on(self, *but: str) -> Table:
        """The mapping without these keys, for another reader to judge."""
        self._asked.update(self.table.entries)
        entries = {key: tree for key, tree in self.table.entries.items() if key not in but}
        places = {key: self.table.places.get(key, self.place) for key in entries}
        return Table(entries, places, self.place)

    def finish(self) -> None:
        """Report every key nobody asked for."""
        for key, place in self.table.places.items():
            if key not in self._asked:
                value = self.table.entries[key]
                cut = isinstance(value, Scalar) and value.null and not NAME.fullmatch(key)
                why = "; a text with a comma needs quotes inside { }" if cut else ""
                hint = nearest(key, self._asked)
                self.fault("unknown-key", place, f'unknown key "{key}"{why}', hint)

    # -- single values -----------------------------------------------------------------------

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        found = self.tree(key, required=required)
        if found is None:
            return default
        if not isinstance(found, Scalar):
            self.fault("bad-value", found.place, f'"{key}" is one word or line here')
            return default
        return found.text.strip()

    def name(self, key: str, default: str = "", *, required: bool = False) -> str:
        """A name: small letters, digits and underscores."""
        text = self.text(key, required=required)
        if text and not NAME.fullmatch(text):
            self.fault(
                "bad-name",
                self.where(key),
                f'"{text}" is no name; use small letters, digits and _, at most 40',
            )
            return default
        return text or default

    def where(self, key: str) -> Place:
        """Where the value of a key stands; the mapping itself if it is not there."""
        found = self.table.entries.get(key)
        return found.place if found is not None else self.place

    def one_of(self, key: str, known: Iterable[str], default: str = "") -> str:
        text = self.text(key)
        if not text:
            return default
        known = tuple(known)
        if text not in known:
            listed = ", ".join(known)
            self.fault(
                "bad-value",
                self.where(key),
                f'"{key}" is one of {listed}; not "{text}"',
                nearest(text, known),
            )
            return default
        return text

    def number(self, key: str, default: float, low: float, high: float) -> float:
        text = self.text(key)
        if not text:
            return default
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            self.fault(
                "bad-value",
                self.where(key),
                f'"{key}" is a number from {low:g} to {high:g}, not "{text}"',
            )
            return default
        return value

    def whole(self, key: str, default: int, low: int, high: int) -> int:
        value = self.number(key, default, low, high)
        if value != int(value):
            self.fault("bad-value", self.where(key), f'"{key}" is a whole number, not {value:g}')
            return default
        return int(value)

    def flag(self, key: str, default: bool) -> bool:
        text = self.text(key).lower()
        if text and text not in _TRUE + _FALSE:
            self.fault("bad-value", self.where(key), f'"{key}" is true or false, not "{text}"')
            return default
        return text in _TRUE if text else default

    def key_press(self, key: str) -> str:
        """A telephone key, or nothing."""
        text = self.text(key)
        if text and (len(text) != 1 or text not in KEYS):
            self.fault("bad-value", self.where(key), f'a key is one of {KEYS}, not "{text}"')
            return ""
        return text

    def goto(self, key: str = "goto", *, required: bool = False) -> Goto | None:
        text = self.text(key, required=required)
        return Goto(text, self.where(key)) if text else None

    def formula(self, key: str, wanted: str, *, required: bool = False) -> Formula | None:
        """An expression of the wanted type; types are checked once the whole flow is read."""
        text = self.text(key, required=required)
        if not text:
            return None
        try:
            found = Formula(parse(text), text, self.where(key), wanted, self.node)
        except ValueError as error:
            self.fault("bad-expression", self.where(key), f'"{text}": {error}')
            return None
        self.reading.formulas.append(found)
        return found

    # -- compound values ---------------------------------------------------------------------

    def fields(self, key: str, *, required: bool = False) -> "Fields | None":
        """A mapping under this key."""
        found = self.tree(key, required=required)
        if found is None:
            return None
        if not isinstance(found, Table):
            self.fault("bad-value", found.place, f'"{key}" is a mapping here')
            return None
        return self.under(found, key)

    def under(self, table: Table, name: str) -> "Fields":
        return Fields(self.reading, table, f"{self.path}.{name}", self.node)

    def strings(self, key: str) -> tuple[str, ...]:
        """One text or a list of texts."""
        return self._strings(key, self.tree(key))

    def _strings(self, key: str, found: Tree | None) -> tuple[str, ...]:
        if found is None:
            return ()
        items = found.items if isinstance(found, Listing) else (found,)
        texts = []
        for item in items:
            if isinstance(item, Scalar) and item.text.strip():
                texts.append(item.text.strip())
            else:
                self.fault("bad-value", item.place, f'"{key}" is a text or a list of texts')
        return tuple(texts)

    def phrases(self, key: str = "phrases") -> dict[str, tuple[str, ...]]:
        """Phrases by language; a plain text or list belongs to the default language."""
        found = self.tree(key)
        if found is None:
            return {}
        by_language = self._by_language(key, found)
        return {
            language: self._sentences(key, tree)
            for language, tree in by_language.items()
            if language in self.reading.languages
        }

    def _sentences(self, key: str, tree: Tree) -> tuple[str, ...]:
        said: list[str] = []
        for pattern in self._strings(key, tree):
            try:
                said += sentences(with_terms(pattern, self.reading.terms))
            except KeyError as unknown:
                name = str(unknown.args[0])
                message = f'"{pattern}": there is no term "{name}"'
                self.fault("unknown-term", tree.place, message, nearest(name, self.reading.terms))
            except ValueError as error:
                self.fault("bad-phrase", tree.place, f'"{pattern}": {error}')
        if len(said) > MAX_PHRASES:
            self.fault("too-big", tree.place, f"more than {MAX_PHRASES} sentences")
        return tuple(dict.fromkeys(said[:MAX_PHRASES]))

    def _by_language(self, key: str, found: Tree) -> dict[str, Tree]:
        if not isinstance(found, Table):
            return {self.reading.languages[0]: found}
        for language, place in found.places.items():
            if language not in self.reading.languages:
                value = found.entries[language]
                cut = isinstance(value, Scalar) and value.null
                why = "; a text with a comma needs quotes inside { }" if cut else ""
                self.fault(
                    "unknown-language",
                    place,
                    f'"{language}" is none of the flow\'s languages{why}',
                    nearest(language, self.reading.languages),
                )
        return found.entries

    # -- prompts -----------------------------------------------------------------------------

    def prompt(self, key: str, *, required: bool = False) -> Prompt | None:
        found = self.tree(key, required=required)
        return None if found is None else self.prompt_of(found, key)

    def prompt_of(self, found: Tree, name: str) -> Prompt | None:
        """A prompt: a text, or texts by language; each text may be a list of pieces.

        A piece is a text, or `{en: text}` for some words of another language.
        """
        path = f"{self.path}.{name}"
        by_language = self._by_language(name, found)
        wordings = {}
        for language in self.reading.languages:
            if language not in by_language:
                continue
            tree = by_language[language]
            try:
                wordings[language] = wording(path, self._pieces(tree, language))
            except ValueError as error:
                self.fault("bad-prompt", tree.place, str(error))
        if not wordings:
            if not by_language:
                self.fault("bad-prompt", found.place, "a prompt says something")
            return None
        for language in self.reading.languages:
            if language not in by_language and len(by_language) >= 1:
                self.reading.fault(
                    "missing-translation",
                    found.place,
                    f'"{path}" has no wording in {language}',
                    node=self.node,
                    severity=Severity.WARNING,
                )
        prompt = Prompt(path, wordings, found.place)
        self.reading.prompts[path] = prompt
        return prompt

    def _pieces(self, tree: Tree, language: str) -> list[tuple[str, str]]:
        items = tree.items if isinstance(tree, Listing) else (tree,)
        pieces = []
        for item in items:
            if isinstance(item, Scalar):
                pieces.append((item.text, language))
                continue
            other = item.entries if isinstance(item, Table) else {}
            for code, piece in other.items():
                if code not in self.reading.languages or not isinstance(piece, Scalar):
                    raise ValueError("a piece is a text, or a language and a text")
                pieces.append((piece.text, code))
            if not other:
                raise ValueError("a piece is a text, or a language and a text")
        return pieces
