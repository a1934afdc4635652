"""Files: where written conversations lie, and which flows each of them is about."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import SettingsError

TESTS_FOLDER = "tests"
SUFFIXES = (".yaml", ".yml")
MAX_TEST_FILES = 1000
MAX_TEST_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class TestFile:
    """One file of conversations and the flow file or folder they are played on."""

    __test__ = False  # not a class of tests, whatever its name begins with

    path: Path
    flow: Path

    def read(self) -> str:
        """Its text. Raises SettingsError if it cannot be read."""
        try:
            if self.path.stat().st_size > MAX_TEST_BYTES:
                raise SettingsError(f"{self.path}: larger than {MAX_TEST_BYTES} bytes: no test")
            return self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{self.path}: cannot be read: {error}") from error


def find_tests(paths: Iterable[Path], flow: Path | None = None) -> list[TestFile]:
    """The test files of flow folders, tests folders or single files, in order, each once.

    The flow of a file is what its `tests` folder lies beside (`flows/bank/tests/*.yaml` are about
    `flows/bank`), unless `flow` names another.

    Raises:
        SettingsError: if a path is not there, holds no test, or its flow is unclear.
    """
    found: dict[Path, TestFile] = {}
    for path in paths:
        files = list(_files(path))
        if not files:
            raise SettingsError(f"{path}: no tests here; they lie in {TESTS_FOLDER}/*.yaml")
        for file in files:
            found.setdefault(file.resolve(), TestFile(file, flow or _flow_of(file)))
    if len(found) > MAX_TEST_FILES:
        raise SettingsError(f"more than {MAX_TEST_FILES} test files")
    return list(found.values())


def has_tests(flow: Path) -> bool:
    """Whether a flow folder has any."""
    return flow.is_dir() and any(_files(flow))


def _files(path: Path) -> Iterable[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise SettingsError(f"{path}: there is no such file or folder")
    inside = path.name == TESTS_FOLDER
    return [
        file
        for file in sorted(path.rglob("*"))
        if file.suffix in SUFFIXES
        and (inside or TESTS_FOLDER in file.relative_to(path).parts[:-1])
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
    ]


def _flow_of(file: Path) -> Path:
    for folder in file.absolute().parents:
        if folder.name == TESTS_FOLDER:
            here = Path.cwd()
            beside = folder.parent
            return beside.relative_to(here) if beside.is_relative_to(here) else beside
    raise SettingsError(f'{file}: lies in no "{TESTS_FOLDER}" folder; say --flow')
