"""Reads apt's source lists as text and writes the private apt settings that fetch Asterisk.

Pure: the texts come in and go out. Both formats of sources.list(5) are understood, the one-line
style and deb822.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["SUITE", "Mirror", "apt_conf", "debian_mirrors", "present_names", "source_stanza"]

SUITE = "sid"
"""The Debian suite that carries Asterisk 22; the stable suites carry none."""

_ONE_LINE = re.compile(r"^deb\s+(?:\[(?P<options>[^\]]*)\]\s+)?(?P<uri>\S+)\s+(?P<rest>.+)$")
_ADD_ON_SUITE = re.compile(r"-(security|updates|backports|proposed-updates|debug)\b|/")


@dataclass(frozen=True, slots=True)
class Mirror:
    """A package mirror the machine already trusts, and the key that signs it.

    `signed_by` is a keyring path, a fingerprint or an embedded key block; empty means apt's own
    trusted keys.
    """

    uri: str
    signed_by: str = ""


def debian_mirrors(sources: Iterable[tuple[str, str]]) -> tuple[Mirror, ...]:
    """The machine's mirrors of the Debian archive, best guess first.

    `sources` holds (file name, text) pairs. Security and add-on suites are left out, since they
    live in archives without `sid`; mirrors whose path ends in "debian" come first.
    """
    found: dict[str, Mirror] = {}
    for name, text in sources:
        read = _deb822 if name.endswith(".sources") else _one_line
        for mirror in read(text):
            found.setdefault(mirror.uri, mirror)
    return tuple(sorted(found.values(), key=lambda mirror: not _looks_debian(mirror.uri)))


def _looks_debian(uri: str) -> bool:
    return uri.rstrip("/").endswith("/debian")


def _usable(suites: Iterable[str], components: Iterable[str]) -> bool:
    return "main" in components and any(not _ADD_ON_SUITE.search(suite) for suite in suites)


def _one_line(text: str) -> Iterator[Mirror]:
    for line in text.splitlines():
        match = _ONE_LINE.match(line.split("#", 1)[0].strip())
        if match is None:
            continue
        suite, *components = match["rest"].split()
        if _usable([suite], components):
            options = dict(
                option.split("=", 1) for option in (match["options"] or "").split() if "=" in option
            )
            yield Mirror(match["uri"], options.get("signed-by", ""))


def _deb822(text: str) -> Iterator[Mirror]:
    for stanza in re.split(r"\n[ \t]*\n", text):
        fields = _fields(stanza)
        if fields.get("enabled", "yes").lower() in ("no", "false", "0"):
            continue
        if "deb" not in fields.get("types", "").split():
            continue
        if _usable(fields.get("suites", "").split(), fields.get("components", "").split()):
            for uri in fields.get("uris", "").split():
                yield Mirror(uri, fields.get("signed-by", ""))


def _fields(stanza: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in stanza.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line[0] in " \t":
            if name:
                fields[name] += "\n" + line
        elif ":" in line:
            name, value = line.split(":", 1)
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields


def source_stanza(mirror: Mirror, default_keyring: Path | None) -> str:
    """The one deb822 source of the private apt: `sid` main of `mirror`."""
    signed_by = mirror.signed_by or (str(default_keyring) if default_keyring else "")
    lines = ["Types: deb", f"URIs: {mirror.uri}", f"Suites: {SUITE}", "Components: main"]
    if signed_by:
        lines.append(f"Signed-By: {signed_by}")
    return "\n".join(lines) + "\n"


def apt_conf(folder: Path, architecture: str) -> str:
    """Settings, read after the machine's own (so its proxy holds), that keep apt inside `folder`.

    See apt.conf(5). The machine's hooks are cleared because they write to folders only root may
    touch; its pins and default release are hidden because they know nothing of `sid`.
    """
    return f"""\
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Architectures;
APT::Architecture "{architecture}";
APT::Architectures {{ "{architecture}"; }};
APT::Default-Release "{SUITE}";
APT::Sandbox::User "root";
Dir::State "{folder}/state";
Dir::State::lists "{folder}/state/lists";
Dir::State::status "{folder}/state/status";
Dir::Cache "{folder}/cache";
Dir::Cache::archives "{folder}/cache/archives";
Dir::Etc::sourcelist "{folder}/debian.sources";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::PDiffs "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
"""


def present_names(packages: Iterable[str], closure: Iterable[str]) -> tuple[str, ...]:
    """`packages` by the names they have today.

    `closure` holds all that Asterisk depends on. A library whose number changed (libfoo2 became
    libfoo3t64) is found by the rest of its name; what has no match is kept as it is.
    """
    known = sorted(set(closure))
    by_stem = {_stem(name): name for name in known}
    return tuple(name if name in known else by_stem.get(_stem(name), name) for name in packages)


def _stem(package: str) -> str:
    return re.sub(r"[\d.-]+", "", package.removesuffix("t64"))
