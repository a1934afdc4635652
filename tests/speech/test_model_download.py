import hashlib
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ivr.errors import ModelError
from ivr.speech import model_download
from ivr.speech.model_download import download, listed_md5, md5_of

DATA = bytes(range(256)) * 2000


class Site(ThreadingHTTPServer):
    """Serves DATA; `ranges` notes each Range asked for, `cut` breaks off after so many bytes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.ranges: list[str | None] = []
        self.cut: int | None = None
        self.takes_ranges = True
        self.pages: dict[str, bytes] = {"/model.zip": DATA}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        site = self.server
        data = site.pages.get(self.path)
        if data is None:
            self.send_error(404)
            return
        asked = self.headers["Range"]
        site.ranges.append(asked)
        start = 0
        if asked and site.takes_ranges:
            found = re.fullmatch(r"bytes=(\d+)-", asked)
            assert found
            start = int(found[1])
            if start >= len(data):
                self.send_error(416)
                return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        body = data[start:]
        self.wfile.write(body if site.cut is None else body[: site.cut])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_download_reports_its_progress(site: Site, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    download(f"{site.url}/model.zip", tmp_path / "m.zip", lambda *now: seen.append(now))
    assert (tmp_path / "m.zip").read_bytes() == DATA
    assert seen[-1] == (len(DATA), len(DATA))
    assert [path.name for path in tmp_path.iterdir()] == ["m.zip"]


def test_a_broken_download_goes_on_where_it_stopped(site: Site, tmp_path: Path) -> None:
    target = tmp_path / "m.zip"
    site.cut = 100_000
    with pytest.raises(ModelError, match=r"broke off|cannot be fetched"):
        download(f"{site.url}/model.zip", target)
    assert not target.exists()
    assert (tmp_path / "m.zip.part").stat().st_size == 100_000
    site.cut = None
    download(f"{site.url}/model.zip", target)
    assert target.read_bytes() == DATA
    assert site.ranges == [None, "bytes=100000-"]


def test_a_server_without_ranges_starts_again(site: Site, tmp_path: Path) -> None:
    (tmp_path / "m.zip.part").write_bytes(b"something else")
    site.takes_ranges = False
    download(f"{site.url}/model.zip", tmp_path / "m.zip")
    assert (tmp_path / "m.zip").read_bytes() == DATA


def test_a_part_that_is_too_long_is_thrown_away(site: Site, tmp_path: Path) -> None:
    (tmp_path / "m.zip.part").write_bytes(DATA + b"more")
    with pytest.raises(ModelError, match="changed since"):
        download(f"{site.url}/model.zip", tmp_path / "m.zip")
    assert list(tmp_path.iterdir()) == []


def test_errors_of_the_server_are_told(site: Site, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="404"):
        download(f"{site.url}/none.zip", tmp_path / "m.zip")


def test_offline_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"cannot be fetched.*ivr models install FILE.zip"):
        download("http://127.0.0.1:1/model.zip", tmp_path / "m.zip")


def test_an_endless_file_is_given_up(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_download, "MOST_BYTES", 1000)
    with pytest.raises(ModelError, match="no model is larger"):
        download(f"{site.url}/model.zip", tmp_path / "m.zip")


def test_the_publishers_list_gives_a_checksum(site: Site) -> None:
    digest = hashlib.md5(DATA).hexdigest()
    listed = [{"name": "other", "md5": "0" * 32}, {"name": "m", "md5": digest.upper()}]
    site.pages["/list.json"] = json.dumps(listed).encode()
    assert listed_md5(f"{site.url}/list.json", "m") == digest
    assert listed_md5(f"{site.url}/list.json", "none") is None


@pytest.mark.parametrize("page", [b"", b"<html>", b'{"a": 1}', b"[1]", b"[{}]"])
def test_a_list_that_is_none_is_refused(site: Site, page: bytes) -> None:
    site.pages["/list.json"] = page
    with pytest.raises(ModelError, match="not a list of models"):
        listed_md5(f"{site.url}/list.json", "m")


def test_md5_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(DATA)
    assert md5_of(tmp_path / "f") == hashlib.md5(DATA).hexdigest()
