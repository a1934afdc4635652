"""Tokens: only hashes are kept, a running server sees what changes, damage lets nobody in."""

import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from ivr.cli.tokens import app
from ivr.errors import SettingsError
from ivr.server.api.limits import Patience
from ivr.server.api.tokens import MAX_TOKEN, Tokens
from ivr.server.control.roles import Role


def test_a_token_is_known_by_its_hash_alone(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    made = tokens.add("chen", Role.SUPERVISOR, "chen", 1_700_000_000.5)
    assert len(made) >= 43 and made not in tokens.path.read_text()
    found = tokens.find(made)
    assert found is not None
    assert (found.name, found.role, found.phone) == ("chen", Role.SUPERVISOR, "chen")
    assert found.made == 1_700_000_000
    assert stat.S_IMODE(tokens.path.stat().st_mode) == 0o600


@pytest.mark.parametrize("wrong", ["", "ivr_", "x" * 10_000, "\udcff", "ivr_\0", "令牌"])
def test_other_tokens_are_nobody_s(tmp_path: Path, wrong: str) -> None:
    tokens = Tokens(tmp_path)
    made = tokens.add("chen", Role.VIEWER)
    assert tokens.find(wrong) is None
    assert tokens.find(made + " ") is None and tokens.find(made[:-1]) is None
    assert tokens.find(made + "x" * MAX_TOKEN) is None


def test_a_running_server_sees_what_another_process_changes(tmp_path: Path) -> None:
    server, command_line = Tokens(tmp_path), Tokens(tmp_path)
    assert server.find("ivr_x") is None
    made = command_line.add("chen", Role.VIEWER)
    found = server.find(made)
    assert found is not None and server.holds(found)
    command_line.revoke("chen")
    assert server.find(made) is None and not server.holds(found)
    again = command_line.add("chen", Role.VIEWER)
    assert server.find(made) is None and server.find(again) is not None
    assert not server.holds(found)  # of the same name, and another token
    server.path.unlink()
    assert server.find(again) is None


@pytest.mark.parametrize("name", ["", "a b", "local", "x" * 41, "-x", "a.b", "a\n", 'a"]', "陈"])
def test_names_that_cannot_be(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="token's name"):
        Tokens(tmp_path).add(name, Role.VIEWER)
    assert not Tokens(tmp_path).path.exists()


def test_one_clear_error_each(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    tokens.add("chen", Role.VIEWER)
    with pytest.raises(SettingsError, match="revoke it first"):
        tokens.add("chen", Role.ADMIN)
    with pytest.raises(SettingsError, match="no token is called 'li'"):
        tokens.revoke("li")
    with pytest.raises(SettingsError, match="no name of the agents file"):
        tokens.add("li", Role.VIEWER, 'x"\n')
    with pytest.raises(SettingsError, match="a token is a viewer"):
        tokens.add("li", Role.NOBODY)


@pytest.mark.parametrize(
    "damage",
    [
        b"\xff\xfe",
        b"[chen",
        b"chen = 3",
        b'[chen]\nrole = "boss"\nsha256 = "' + b"0" * 64 + b'"',
        b'[chen]\nrole = "admin"\nsha256 = "short"',
        b'[chen]\nrole = "admin"\nsha256 = 7',
        b'[chen]\nrole = "admin"',
        b"# " + b"x" * 300_000,
    ],
)
def test_a_damaged_file_lets_nobody_in(tmp_path: Path, damage: bytes) -> None:
    tokens = Tokens(tmp_path)
    made = tokens.add("chen", Role.ADMIN)
    tokens.path.write_bytes(damage)
    assert tokens.find(made) is None
    with pytest.raises(SettingsError, match=r"tokens\.toml"):
        tokens.all()
    with pytest.raises(SettingsError):
        tokens.add("li", Role.VIEWER)
    assert tokens.path.read_bytes() == damage


def test_a_file_that_others_may_open_lets_nobody_in(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    made = tokens.add("chen", Role.ADMIN)
    tokens.path.chmod(0o644)
    os.utime(tokens.path, (1, 1))
    assert tokens.find(made) is None
    with pytest.raises(SettingsError, match="chmod 600"):
        tokens.all()


def test_two_who_write_at_once_lose_nothing(tmp_path: Path) -> None:
    def add(first: int) -> None:
        for number in range(first, 20, 2):
            Tokens(tmp_path).add(f"t{number}", Role.VIEWER)

    threads = [threading.Thread(target=add, args=(first,)) for first in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {token.name for token in Tokens(tmp_path).all()} == {f"t{n}" for n in range(20)}


def test_from_the_command_line(tmp_path: Path) -> None:
    settings = tmp_path / "ivr.toml"
    settings.write_text(f'[paths]\nruns = "{tmp_path}"\n', encoding="utf-8")
    runner = CliRunner()

    def run(*words: str) -> str:
        done = runner.invoke(app, [*words, "--settings", str(settings)])
        assert done.exit_code == 0, done.output
        return done.stdout

    made = run("add", "chen", "--role", "supervisor", "--phone", "chen").strip()
    found = Tokens(tmp_path).find(made)
    assert found is not None and found.role is Role.SUPERVISOR
    assert "chen" in run("ls") and made not in run("ls") and '"supervisor"' in run("ls", "--json")
    run("revoke", "chen")
    assert Tokens(tmp_path).find(made) is None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 5)), max_size=60))
def test_patience_is_a_burst_and_then_one_a_second(steps: list[tuple[str, float]]) -> None:
    now = 0.0
    patience = Patience(3, lambda: now)
    taken: dict[str, list[float]] = {}
    for address, later in steps:
        now += later
        if patience.takes(address):
            taken.setdefault(address, []).append(now)
    for moments in taken.values():
        for first in range(len(moments)):
            for last in range(first, len(moments)):
                span = moments[last] - moments[first]
                assert last - first + 1 <= 3 + span + 1e-6
