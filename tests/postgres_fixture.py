"""PostgreSQL for tests: one server for the session, on loopback; a fresh database for each test.

`tests/conftest.py` makes the fixtures known. The server is an installed one, else Debian's packages
unpacked without root into the cache, else the tests that need it are skipped with the reason.
"""

import contextlib
import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from ivr.store.database import open_database, writing
from ivr.store.tables import metadata
from ivr.telephony.private_asterisk.fetcher import cache_folder

INSTALLED = Path(os.environ.get("IVR_TEST_POSTGRESQL", "/usr/lib/postgresql"))
"""Another folder in the environment hides the installed one."""
USER, PASSWORD = "hotline", "s3cret-of-tests"
START_SECONDS = 60.0
_NOBODY = 65534


@dataclass
class PostgresServer:
    """A running server; `fresh` makes a database nobody has used."""

    port: int
    process: "subprocess.Popen[bytes]"
    command: list[str]
    options: dict[str, object]
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, name: str = "postgres", password: str = PASSWORD) -> str:
        return f"postgresql+pg8000://{USER}:{password}@127.0.0.1:{self.port}/{name}"

    def fresh(self) -> str:
        name = f"record_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    def run(self, statement: str) -> None:
        import pg8000.native

        with contextlib.closing(
            pg8000.native.Connection(
                USER, host="127.0.0.1", port=self.port, password=PASSWORD, database="postgres"
            )
        ) as connection:
            connection.run(statement)

    def stop(self) -> None:
        """Stop it as an administrator would who is in a hurry."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def start(self) -> None:
        """Start it (again), on the same port, with what it kept."""
        self.process = subprocess.Popen(self.command, **self.options)  # type: ignore[call-overload]
        _wait_for(self)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server that holds nothing yet."""
    with tempfile.TemporaryDirectory(prefix="ivr-postgres-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        server = _started(_programs(folder), folder)
        try:
            yield server
        finally:
            server.process.send_signal(signal.SIGQUIT)  # at once: nobody needs what it holds
            server.process.wait(20)


@pytest.fixture(params=["sqlite", "postgresql"])
def record_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/runs/record.sqlite3"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.fresh()


@pytest.fixture(params=["sqlite", "postgresql"])
def record_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An open record that holds nothing yet, once of each kind."""
    if request.param == "sqlite":
        template: str = request.getfixturevalue("sqlite_template")
        (tmp_path / "runs").mkdir(mode=0o700)
        path = shutil.copy(template, tmp_path / "runs" / "record.sqlite3")
        engine = open_database(f"sqlite:///{path}")
    else:
        engine = open_database(request.getfixturevalue("shared_database"))
        names = ", ".join(f'"{table}"' for table in metadata.tables)
        with writing(engine) as db:
            db.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file with empty tables, since making them takes longer than most tests."""
    path = tmp_path_factory.mktemp("template") / "record.sqlite3"
    open_database(f"sqlite:///{path}").dispose()
    return str(path)


@pytest.fixture(scope="session")
def shared_database(postgres: PostgresServer) -> str:
    """One database for tests that only need empty tables: making one takes longer than they do."""
    return postgres.fresh()


# -- starting --------------------------------------------------------------------------------------


def _started(programs: Path, folder: Path) -> PostgresServer:
    data, secret = folder / "data", folder / "secret"
    secret.write_text(PASSWORD)
    options: dict[str, object] = {"cwd": folder, "stdin": subprocess.DEVNULL}
    if os.geteuid() == 0:  # the server refuses to run as root
        options |= {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}
        for path in (folder, secret):
            os.chown(path, _NOBODY, _NOBODY)
    libraries = ":".join(str(path) for path in sorted(programs.parents[3].glob("lib/*-linux-gnu")))
    options["env"] = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    if not programs.is_relative_to(INSTALLED):
        options["env"] |= {"LD_LIBRARY_PATH": libraries}  # type: ignore[operator]
    made = subprocess.run(  # type: ignore[call-overload]
        [
            programs / "initdb", "-D", data, "-U", USER, "-A", "scram-sha-256", "--no-sync",
            "--encoding=UTF8", f"--pwfile={secret}",
        ],
        capture_output=True, text=True, timeout=120, **options,
    )  # fmt: skip
    if made.returncode:
        pytest.skip(f"PostgreSQL makes no database here: {made.stderr.strip()[-200:]}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": folder,
        "fsync": "off", "shared_buffers": "16MB", "max_connections": 50,
    }  # fmt: skip
    command = [str(programs / "postgres"), "-D", str(data)]
    for setting, value in settings.items():
        command += ["-c", f"{setting}={value}"]
    options |= {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, **options)  # type: ignore[call-overload]
    server = PostgresServer(port, process, command, options)
    _wait_for(server)
    return server


def _wait_for(server: PostgresServer) -> None:
    import pg8000.exceptions

    until = time.monotonic() + START_SECONDS
    while True:
        try:
            return server.run("SELECT 1")
        except (pg8000.exceptions.Error, OSError) as error:
            if server.process.poll() is not None or time.monotonic() > until:
                pytest.fail(f"PostgreSQL does not start: {error}")
            time.sleep(0.05)


# -- where its programs come from ------------------------------------------------------------------


def _programs(folder: Path) -> Path:
    """The folder of `postgres` and `initdb`."""
    installed = sorted(INSTALLED.glob("*/bin/postgres"))
    if installed:
        return installed[-1].parent
    debs = cache_folder() / "postgresql"
    try:
        if not list(debs.glob("postgresql-*.deb")):
            _download(debs)
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"no PostgreSQL here, and none to be had: {error}")
    tree = folder / "tree"  # in the temporary folder, where another user may read it too
    for deb in debs.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", deb, tree], check=True, capture_output=True)
    folder.chmod(0o755)
    (programs,) = tree.glob("usr/lib/postgresql/*/bin")
    return programs


def _download(debs: Path) -> None:
    """Debian's server and the libraries that it needs and this machine may lack."""
    partial = debs.with_name("postgresql.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)

    def output(*command: str) -> str:
        return subprocess.run(
            command, cwd=partial, check=True, capture_output=True, text=True, timeout=300
        ).stdout

    (server,) = set(re.findall(r"Depends: (postgresql-\d+)$", output(
        "apt-cache", "depends", "postgresql"), re.MULTILINE))  # fmt: skip
    needed = output(
        "apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests", "--no-conflicts",
        "--no-breaks", "--no-replaces", "--no-enhances", server,
    )  # fmt: skip
    libraries = re.findall(r"^(lib(?!c6$|llvm|perl)[\w.+-]+)$", needed, re.MULTILINE)
    output(
        "apt-get", "download", server, f"postgresql-client-{server[11:]}", *sorted(set(libraries))
    )
    partial.rename(debs)
