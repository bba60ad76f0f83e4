"""The room as it is served: over HTTP on this machine only, with one line when it cannot be."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from memento_client import MementoClient
from requests.adapters import HTTPAdapter

from archive.errors import ArchiveForeign, ArchiveMissing, BadInput
from archive.reading_room import HOST, launch
from archive.reading_room.safety import HEADERS
from tests.archive.holding import TEXT, URL, Holding, article


@pytest.fixture
def path(tmp_path: Path) -> Path:
    holding = Holding(tmp_path / "held.db")
    holding.show(article(), "2026-03-02T00:00:00.000Z")
    holding.show(article(TEXT.replace("1.5万亿", "15万亿")), "2026-03-05T00:00:00.000Z")
    holding.close()
    return holding.path


@pytest.fixture
def served(path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Give a running room and its address, taken from the line it prints."""
    program = "import sys, pathlib; from archive.reading_room import launch; " \
              "sys.exit(launch(pathlib.Path(sys.argv[1]), 0, False))"  # fmt: skip
    room = subprocess.Popen([sys.executable, "-c", program, str(path)], stderr=subprocess.PIPE, text=True)
    assert room.stderr
    line = room.stderr.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+/", line)
    assert found, line
    yield room, found[0]
    room.kill()
    room.wait()
    room.stderr.close()


def test_headers_reach_the_browser_and_ctrl_c_ends_it_quietly(
    served: tuple[subprocess.Popen[str], str],
) -> None:
    room, address = served
    with urllib.request.urlopen(address, timeout=20) as answer:
        assert "关于推动未来产业发展的通知" in answer.read().decode()
        assert all(answer.headers[name] == value for name, value in HEADERS.items())
    room.send_signal(signal.SIGINT)
    assert room.wait(timeout=10) == 130
    assert room.stderr and room.stderr.read() == ""


class OnlyTheRoom(HTTPAdapter):
    """Lets requests reach the room alone. The client asks the original first, and hears nothing of it here."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        if urlsplit(str(request.url)).hostname == "127.0.0.1":
            return super().send(request, *args, **kwargs)
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = 404, str(request.url), request
        answer.headers["Content-Type"] = "text/html"
        return answer


@pytest.mark.parametrize(
    ("moment", "closest"),
    [
        pytest.param(datetime(2020, 1, 1), datetime(2026, 3, 2), id="before the first"),
        pytest.param(datetime(2026, 3, 4, 12), datetime(2026, 3, 2), id="between the two"),
        pytest.param(datetime(2027, 1, 1), datetime(2026, 3, 5), id="after the last"),
    ],
)
def test_a_memento_client_negotiates_the_version_of_a_moment(
    path: Path, served: tuple[subprocess.Popen[str], str], moment: datetime, closest: datetime
) -> None:
    with requests.Session() as session:
        session.trust_env = False
        for scheme in ("http://", "https://"):
            session.mount(scheme, OnlyTheRoom())
        gate = f"{served[1]}timegate/"
        client = MementoClient(timegate_uri=gate, check_native_timegate=False, session=session)
        found = client.get_memento_info(URL, moment)["mementos"]
        assert (found["closest"]["datetime"], found["closest"]["http_status_code"]) == (closest, 200)
        assert (found["first"]["datetime"], found["last"]["datetime"]) == (
            datetime(2026, 3, 2),
            datetime(2026, 3, 5),
        )
        shown = session.get(found["closest"]["uri"][0]).text
    assert ("15万亿元" in shown) is (closest.day == 5)


def test_busy_port_is_one_line(path: Path) -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(BadInput, match=f"^port {port} cannot be used .* pass --port with another one$"):
            launch(path, port, False)


def test_missing_or_foreign_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissing):
        launch(tmp_path / "none.db", 0, False)
    (tmp_path / "other.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(ArchiveForeign):
        launch(tmp_path / "other.db", 0, False)


def test_plain_datasette_loads_the_room_by_its_entry_point(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "datasette", str(path), "--get", "/"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "关于推动未来产业发展的通知" in done.stdout and "<script" not in done.stdout
