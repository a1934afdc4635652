"""Agents file: flows/agents.yaml -> Team, or every fault in it with its place."""

from pathlib import Path

from rapidfuzz import process

from ivr.errors import FlowError, SettingsError
from ivr.flow.issues import Issue, Place, Severity, in_order
from ivr.flow.need import LANGUAGE_PREFIX
from ivr.flow.steps import Tier
from ivr.flow.yaml_tree import MAX_BYTES, Scalar, Table, Tree, read_tree
from ivr.routing.skills import (
    Agent,
    Supervisor,
    Team,
    agent_name_fault,
    contact_fault,
    interface_fault,
    is_language,
    proficiency_fault,
    skill_name_fault,
)

MAX_AGENTS = 10_000
MAX_SKILLS = 200
MAX_TITLE = 80

_TOP = ("skills", "agents", "supervisors")
_FIELDS = ("title", "interface", "state_interface", "contact", "tier", "skills")
_SUPERVISOR_FIELDS = ("title", "interface", "contact")
_TIERS = {tier.label: tier for tier in Tier}
_CLOSE_ENOUGH = 60


def load_agents(path: Path) -> Team:
    """Read and check an agents file.

    Raises:
        SettingsError: if there is no such file, or it cannot be read.
        FlowError: with every fault found, in file order.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise SettingsError(
            f"{path}: the agents file cannot be read: {error.strerror}; "
            "name another with [paths] agents in ivr.toml"
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not UTF-8 text (byte {error.start})") from error
    return parse_agents(text, str(path))


def parse_agents(text: str, file: str) -> Team:
    """The team that `text` describes; `file` is only named in faults.

    Raises:
        FlowError: with every fault found, in file order.
    """
    reader = _Reader(file)
    team = reader.read(text)
    if reader.issues or team is None:
        raise FlowError(in_order(reader.issues))
    return team


class _Reader:
    """One walk over one file; goes on after each fault so that all are found."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._skills: dict[str, str] | None = None
        self._phones: dict[str, str] = {}
        self.issues: list[Issue] = []

    def read(self, text: str) -> Team | None:
        root = read_tree(text, self._file, lambda *fault: self._add(*fault))
        if self.issues:
            return None
        if not isinstance(root, Table):
            where = root.place if root else Place(self._file)
            self._add("agents-shape", where, "expected the sections `skills:` and `agents:`")
            return None
        self._known_keys(root, _TOP, "section", "")
        self._skills = self._vocabulary(root)
        agents, supervisors = self._agents(root), self._supervisors(root)
        return Team(agents, self._skills or {}, supervisors) if not self.issues else None

    def _vocabulary(self, root: Table) -> dict[str, str] | None:
        """The skills that exist; None if the section is of no use, so that none is held unknown."""
        table = self._section(root, "skills", "every skill there is, with what it means")
        if table is None:
            return None
        if len(table.entries) > MAX_SKILLS:
            self._add("too-big", table.place, f"more than {MAX_SKILLS} skills")
        skills: dict[str, str] = {}
        for name, value in table.entries.items():
            if fault := skill_name_fault(name):
                self._add("bad-skill", table.places[name], fault)
            elif not isinstance(value, Scalar):
                self._add("agents-shape", value.place, f"say in one line what {name} means")
            skills[name] = value.text if isinstance(value, Scalar) else ""
        if not any(is_language(name) for name in skills):
            self._add(
                "no-language", table.place, f"no skill is a language, such as {LANGUAGE_PREFIX}zh"
            )
        return skills

    def _agents(self, root: Table) -> tuple[Agent, ...]:
        table = self._section(root, "agents", "each agent by name")
        if table is None:
            return ()
        if len(table.entries) > MAX_AGENTS:
            self._add("too-big", table.place, f"more than {MAX_AGENTS} agents")
            return ()
        found = (
            self._agent(name, tree, table.places[name]) for name, tree in table.entries.items()
        )
        return tuple(agent for agent in found if agent is not None)

    def _supervisors(self, root: Table) -> tuple[Supervisor, ...]:
        """Those who steer calls by telephone; the section may be left out."""
        table = root.entries.get("supervisors")
        if table is None:
            return ()
        if not isinstance(table, Table) or len(table.entries) > MAX_AGENTS:
            self._add("agents-shape", table.place, "`supervisors:` each supervisor by name")
            return ()
        agents = root.entries.get("agents")
        found = []
        for name, tree in table.entries.items():
            if isinstance(agents, Table) and name in agents.entries:
                where = table.places[name]
                self._add("shared-name", where, "an agent has this name already", name)
            found.append(self._supervisor(name, tree, table.places[name]))
        return tuple(one for one in found if one is not None)

    def _supervisor(self, name: str, tree: Tree, where: Place) -> Supervisor | None:
        before = len(self.issues)
        self._check("bad-agent-name", where, agent_name_fault(name), name)
        if not isinstance(tree, Table):
            self._add("agents-shape", tree.place, "expected interface and title", name)
            return None
        self._known_keys(tree, _SUPERVISOR_FIELDS, "setting", name)
        interface = self._interface(tree, where, name)
        contact = self._contact(tree, name)
        title = self._title(tree, name)
        if len(self.issues) > before:
            return None
        return Supervisor(name, interface, title, contact)

    def _interface(self, tree: Table, where: Place, name: str) -> str:
        interface = self._text(tree, "interface", name)
        if "interface" not in tree.entries:
            self._add("missing", where, "no `interface:` that says how to ring them", name)
        elif interface is not None:
            place = tree.entries["interface"].place
            self._check("bad-interface", place, interface_fault(interface), name)
            self._own_phone(interface, place, name)
        return interface or ""

    def _contact(self, tree: Table, name: str) -> str:
        contact = self._text(tree, "contact", name)
        if contact:
            place = tree.entries["contact"].place
            self._check("bad-contact", place, contact_fault(contact), name)
        return contact or ""

    def _agent(self, name: str, tree: Tree, where: Place) -> Agent | None:
        before = len(self.issues)
        self._check("bad-agent-name", where, agent_name_fault(name), name)
        if not isinstance(tree, Table):
            self._add("agents-shape", tree.place, "expected interface, tier and skills", name)
            return None
        self._known_keys(tree, _FIELDS, "setting", name)
        interface = self._interface(tree, where, name)
        state = self._text(tree, "state_interface", name)
        if state:
            place = tree.entries["state_interface"].place
            self._check("bad-interface", place, interface_fault(state), name)
        contact = self._contact(tree, name)
        title = self._title(tree, name)
        tier = self._tier(tree, name)
        skills = self._levels(tree, where, name)
        if len(self.issues) > before:
            return None
        return Agent(name, interface, skills, tier, title, contact, state or "")

    def _levels(self, agent: Table, where: Place, name: str) -> dict[str, int]:
        table = agent.entries.get("skills")
        if table is None:
            self._add("missing", where, "no `skills:` with a level from 1 to 5 each", name)
            return {}
        if not isinstance(table, Table) or not table.entries:
            self._add("agents-shape", table.place, "expected skills, each with its level", name)
            return {}
        levels: dict[str, int] = {}
        for skill, value in table.entries.items():
            place = table.places[skill]
            if self._skills is not None and skill not in self._skills:
                self._unknown("unknown-skill", place, "skill", skill, tuple(self._skills), name)
            text = value.text if isinstance(value, Scalar) else ""
            level = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else text
            if fault := proficiency_fault(level):
                self._add("bad-proficiency", value.place, f"{skill}: {fault}", name)
            elif isinstance(level, int):
                levels[skill] = level
        if not any(is_language(skill) for skill in table.entries):
            self._add("no-language", table.place, "speaks no language, such as language.zh", name)
        return levels

    def _tier(self, agent: Table, name: str) -> Tier:
        text = self._text(agent, "tier", name)
        if text is None:
            return Tier.GENERAL
        if text not in _TIERS:
            place = agent.entries["tier"].place
            self._unknown("bad-tier", place, "tier", text, tuple(_TIERS), name)
        return _TIERS.get(text, Tier.GENERAL)

    def _title(self, agent: Table, name: str) -> str:
        title = self._text(agent, "title", name) or ""
        if len(title) > MAX_TITLE or not title.isprintable():
            place = agent.entries["title"].place
            self._add("bad-title", place, f"one line of at most {MAX_TITLE} characters", name)
        return title

    def _own_phone(self, interface: str, place: Place, name: str) -> None:
        owner = self._phones.setdefault(interface, name)
        if owner != name:
            self._add("shared-interface", place, f"{interface} rings {owner} already", name)

    def _section(self, root: Table, key: str, meaning: str) -> Table | None:
        section = root.entries.get(key)
        if isinstance(section, Table) and section.entries:
            return section
        where = section.place if section else root.place
        self._add("missing" if section is None else "agents-shape", where, f"`{key}:` {meaning}")
        return None

    def _text(self, agent: Table, key: str, name: str) -> str | None:
        value = agent.entries.get(key)
        if value is None:
            return None
        if isinstance(value, Scalar) and not value.null:
            return value.text
        self._add("agents-shape", value.place, f"`{key}:` expects one word or line", name)
        return None

    def _known_keys(self, table: Table, known: tuple[str, ...], kind: str, name: str) -> None:
        for key in table.entries:
            if key not in known:
                self._unknown(f"unknown-{kind}", table.places[key], kind, key, known, name)

    def _unknown(
        self, code: str, place: Place, kind: str, value: str, known: tuple[str, ...], name: str
    ) -> None:
        close = process.extractOne(value, known, score_cutoff=_CLOSE_ENOUGH)
        shown = repr(value) if len(value) < 60 else f"{value[:57]!r}..."
        rest = "" if close else f"; there is {', '.join(known[:12])}"
        self._add(
            code, place, f"no {kind} is called {shown}{rest}", name, close[0] if close else ""
        )

    def _check(self, code: str, place: Place, fault: str, name: str) -> None:
        if fault:
            self._add(code, place, fault, name)

    def _add(self, code: str, place: Place, message: str, node: str = "", hint: str = "") -> None:
        self.issues.append(
            Issue(
                code,
                Severity.ERROR,
                place.file,
                place.line,
                place.column,
                node,
                message,
                hint,
            )
        )
