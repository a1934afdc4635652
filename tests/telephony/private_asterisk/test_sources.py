from pathlib import Path

from ivr.telephony.private_asterisk.sources import (
    Mirror,
    apt_conf,
    debian_mirrors,
    present_names,
    source_stanza,
)

DEB822 = """\
# made by an installer
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
"""

ONE_LINE = """\
# deb http://commented.example/debian bookworm main
deb [arch=amd64 signed-by=/etc/vendor.gpg] https://vendor.example bookworm stable
deb https://mirror.example/debian-security bookworm-security main
deb [signed-by=/k.gpg] https://mirror.example/debian trixie main # comment
deb-src https://sources.example/debian trixie main
"""


def test_deb822_gives_the_archive_and_its_key() -> None:
    assert debian_mirrors([("debian.sources", DEB822)]) == (
        Mirror("http://mirror.example/debian", "/usr/share/keyrings/debian-archive-keyring.gpg"),
    )


def test_one_line_style_leaves_out_vendors_security_comments_and_sources() -> None:
    assert debian_mirrors([("sources.list", ONE_LINE)]) == (
        Mirror("https://mirror.example/debian", "/k.gpg"),
    )


def test_a_debian_path_comes_before_other_main_archives() -> None:
    other = "deb https://other.example/repo bookworm main\n"
    mirrors = debian_mirrors([("a.list", other), ("debian.sources", DEB822)])
    assert [mirror.uri for mirror in mirrors] == [
        "http://mirror.example/debian",
        "https://other.example/repo",
    ]


def test_disabled_stanzas_do_not_count() -> None:
    assert debian_mirrors([("x.sources", "Enabled: no\n" + DEB822.split("\n\n")[0])]) == ()


def test_an_embedded_key_is_kept_whole() -> None:
    text = (
        "Types: deb\nURIs: http://m.example/debian\nSuites: sid\nComponents: main\n"
        "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n"
    )
    (mirror,) = debian_mirrors([("x.sources", text)])
    stanza = source_stanza(mirror, None)
    assert "\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n" in stanza


def test_the_stanza_asks_for_sid_and_falls_back_on_the_default_keyring() -> None:
    stanza = source_stanza(Mirror("http://m.example/debian"), Path("/keys.gpg"))
    assert stanza.splitlines() == [
        "Types: deb",
        "URIs: http://m.example/debian",
        "Suites: sid",
        "Components: main",
        "Signed-By: /keys.gpg",
    ]
    assert "Signed-By" not in source_stanza(Mirror("http://m.example/debian"), None)


def test_apt_is_kept_inside_its_folder() -> None:
    conf = apt_conf(Path("/cache/work"), "arm64")
    for setting in ("Dir::State", "Dir::State::lists", "Dir::State::status", "Dir::Cache"):
        assert f'{setting} "/cache/work/' in conf
    assert 'Dir::Etc::sourcelist "/cache/work/debian.sources";' in conf
    assert 'APT::Architecture "arm64";' in conf
    assert "#clear APT::Update::Post-Invoke;" in conf


def test_a_library_is_found_under_its_number_of_today() -> None:
    closure = ["asterisk", "libxml2-17", "libssl4", "libcap-ng0", "libcap2", "libgcc-s1"]
    wanted = ["asterisk", "libxml2-16", "libssl3t64", "libcap2", "libgcc-s1", "libgone1"]
    assert present_names(wanted, closure) == (
        "asterisk",
        "libxml2-17",
        "libssl4",
        "libcap2",
        "libgcc-s1",
        "libgone1",
    )
