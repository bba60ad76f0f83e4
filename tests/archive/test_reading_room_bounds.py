"""No reader gets in another's way: what is asked is bounded, what takes long is stopped, who does not ask is let go."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
import uvicorn

from archive.diff import is_soon_compared
from archive.reading_room import connections, safety, typeset
from archive.reading_room.downloads import harmless
from archive.reading_room.safety import is_answered, is_loopback
from archive.store.file.connection import open_for_reading
from archive.store.read.search import search
from tests.archive.holding import Holding, article
from tests.archive.visit import _room, see, visit


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive of a few documents."""
    holding = Holding(tmp_path_factory.mktemp("room") / "held.db")
    for number in range(6):
        url = f"https://www.bureau.example/a/p{number}.html"
        holding.show(article(title=f"第{number}号通知"), "2026-03-02T00:00:00.000Z", url=url)
    holding.close()
    return holding.path


@pytest.mark.parametrize(
    "letters", ["的", "发展", "a", "1.5", "（zhong）", "a b ", "“", "NOT x ", "𠮷", "%_", "\n"]
)
@pytest.mark.parametrize(
    "address", ["/?q=", "/held/latest?_search=", "/held/latest.json?_search_title=", "/held/words?words=",
                "/feed.atom?query=", "/held/words.csv?words="]
)  # fmt: skip
def test_question_of_six_thousand_characters_is_refused_in_one_line(
    path: Path, letters: str, address: str
) -> None:
    scope = {"headers": [(b"host", b"localhost")], "path": address.partition("?")[0], "type": "http"}
    asked = quote((letters * 6000)[:6000])
    scope["query_string"] = (address.partition("?")[2] + asked).encode()  # type: ignore[assignment]
    datasette: Any = SimpleNamespace(plugin_config=lambda _: {}, databases={}, cookies={})
    refusal = safety.refused(scope, datasette)
    assert refusal and refusal[0] in (400, 414) and "\n" not in refusal[1] and "6,000" in refusal[1]


def test_refusal_of_a_long_question_is_an_answer_in_the_form_asked_for(path: Path) -> None:
    page, json = visit(
        path,
        "/?q=" + "x" * 1001,
        "/held/latest.json?_search=" + "x" * 1001,
        headers={"accept-language": "zh"},
    )
    assert (page.status_code, json.status_code) == (400, 400)
    assert page.text.count("\n") == 1 and "1,001 个字符" in page.text
    assert json.json()["ok"] is False and "1,001" in json.json()["error"]


@pytest.mark.parametrize("asked", ["/?q=" + quote("通" * 999), "/?q=https://a.example/" + "a" * 1500,
                                   "/held?sql=select+1+--" + "x" * 3000])  # fmt: skip
def test_what_people_ask_is_not_too_long(path: Path, asked: str) -> None:
    assert visit(path, asked)[0].status_code == 200


def test_search_stops_between_its_short_statements(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each candidate is a statement of a few steps: the progress handler of SQLite is never asked."""
    db = open_for_reading(path)
    connections.limit_connection(db)
    assert len(search(db, "未来产业")) == 6
    now = iter(range(10_000))
    monkeypatch.setattr(connections.time, "monotonic", lambda: float(next(now)))
    with connections.time_limit(db, 4000), pytest.raises(sqlite3.OperationalError, match=r"^interrupted$"):
        search(db, "未来产业")
    assert len(search(db, "未来产业")) == 6  # and the bound goes with the look
    db.close()


@pytest.mark.parametrize("address", ["/?q=%E4%BA%A7%E4%B8%9A", "/doc/1", "/site/bureau", "/feed.atom", "/",
                                     "/held/latest?_search=%E4%BA%A7%E4%B8%9A"])  # fmt: skip
def test_look_that_takes_too_long_says_so_and_shows_nothing_of_it(
    path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive.reading_room import connections

    monkeypatch.setattr(connections, "PATIENCE", -1)
    page, after = visit(path, address, "/robots.txt")
    assert page.status_code == 503 and "not finished" in page.text and "通知" not in page.text
    assert after.status_code == 200


def test_list_that_takes_too_long_says_so_as_json(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from archive.reading_room import connections

    monkeypatch.setattr(connections, "PATIENCE", -1)
    (answer,) = visit(path, "/held/latest.json?_search=%E4%BA%A7%E4%B8%9A")
    assert answer.status_code == 503 and "not finished" in answer.json()["error"]


@pytest.mark.parametrize(
    "sql",
    ["select instr(printf('%9000000d', 0), printf('%4000000d', 1))",
     "select replace(printf('%9000000d', 0), printf('%4000000d', 1), '')",
     "select count(*) from versions where text like '%' || replace(printf('%400d', 0), ' ', 'a%') || 'b'",
     "select 'aaa' glob printf('%4000d', 1)"],
    ids=["instr", "replace", "like", "glob"],
)  # fmt: skip
def test_one_call_that_would_not_be_interrupted_is_refused(path: Path, sql: str) -> None:
    assert visit(path, f"/held.json?sql={quote(sql)}")[0].status_code == 400


@pytest.mark.parametrize(
    ("call", "value"),
    [("instr('甲乙丙', '丙')", 3), ("instr(x'0102', x'02')", 2), ("instr(null, 'a')", None), ("instr(123, 3)", 3),
     ("replace('a1a', 'a', 'bb')", "bb1bb"), ("replace('a', '', 'b')", "a"), ("replace('a', null, 'b')", None)],
)  # fmt: skip
def test_functions_of_ours_do_what_those_of_sqlite_do(call: str, value: object) -> None:
    plain, ours = sqlite3.connect(":memory:"), sqlite3.connect(":memory:")
    connections.limit_connection(ours)
    assert [db.execute(f"select {call}").fetchone()[0] for db in (plain, ours)] == [value, value]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8001", "127.0.0.1", "127.8.9.1:80", "[::1]", "[::1]:8001", "a.localhost",
                                  "localhost."])  # fmt: skip
def test_this_machines_own_names_are_answered(host: str) -> None:
    assert is_loopback(host) and is_answered(host, [])


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "0.0.0.0", "", None,
                                  "[::2]", "2130706433", "localhost@evil.example", "localhost/evil", "evil.example:127.0.0.1",
                                  "xlocalhost", "::1", "archive.example.evil.example"])  # fmt: skip
def test_any_other_host_is_not(host: str | None) -> None:
    assert not is_answered(host, ["archive.example"])


def test_hosts_that_the_room_is_told_are_answered() -> None:
    told = ["Archive.Example", "192.0.2.7:443", "[2001:db8::1]"]
    for host in ("archive.example:8443", "192.0.2.7", "[2001:DB8:0::1]:1"):
        assert is_answered(host, told)


@pytest.mark.parametrize(
    "address", ["/", "/doc/1", "/held/latest.json", "/-/static/app.css", "/capture/1/bytes", "/nowhere"]
)
def test_page_elsewhere_cannot_read_the_room_through_a_name_of_its_own(path: Path, address: str) -> None:
    """DNS rebinding: the name leads to 127.0.0.1, and stands in the request all the same."""
    (answer,) = visit(path, address, headers={"host": "rebound.example:8001"})
    assert answer.status_code == 421 and "rebound.example" in answer.text and "通知" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "cell",
    ["=1+1", " =1+1", "\n=1+1", "\r\n =1+1", "\t@x", "\u3000＝1+1", "\xa0－1", "\ufeff+1", "\u200b\u2060=1", " \v\f-1", "﹦1",
     "\n", "\tplain", "\u202e=1", "'=1", '"=1', "\u2028＠x"],
)  # fmt: skip
def test_cell_that_a_spreadsheet_could_run_is_led_by_an_apostrophe(cell: str) -> None:
    assert harmless(cell) == "'" + cell


@pytest.mark.parametrize(
    "cell", ["1", "甲=乙", " 甲", "2026-03-01", "a-1", "（=1）", "", "。＝1", -1, None, 2.5]
)
def test_other_cells_stay_as_they_are(cell: object) -> None:
    assert harmless(cell) == cell


def test_names_of_columns_are_cells_too(path: Path) -> None:
    sql = quote("select 1 as '=1+1', 2 as ' @x', 3 as plain")
    assert see(path, f"/held.csv?sql={sql}").splitlines()[0] == "'=1+1,' @x,plain"


def test_restored_archive_is_read_anew_and_a_missing_one_is_said_to_be_missing(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("held.db", "other.db")]
    for at, (file, title) in enumerate(zip(paths, ("甲号通知", "乙号通知"), strict=True)):
        holding = Holding(file)
        holding.show(article(title=title), f"2026-03-0{at + 1}T00:00:00.000Z")
        holding.close()

    async def look() -> list[Any]:
        async with _room(paths[0]) as datasette:
            get = datasette.client.get
            seen = [await get("/doc/1")]
            paths[1].replace(paths[0])
            seen += [await get("/doc/1"), await get("/held/latest.json")]
            shutil.copyfile(paths[0], tmp_path / "kept.db")
            paths[0].unlink()
            seen += [await get("/doc/1"), await get("/held/latest.json")]
            paths[0].write_bytes(b"something else" * 99)
            seen.append(await get("/"))
            shutil.copyfile(tmp_path / "kept.db", paths[0])
            return [*seen, await get("/doc/1")]

    first, other, listed, gone, gone_json, foreign, back = asyncio.run(look())
    assert "甲号通知" in first.text and "乙号通知" not in first.text
    for page in (other, back):
        assert "乙号通知" in page.text and "甲号通知" not in page.text
    assert [row[5] for row in listed.json()["rows"]] == ["乙号通知"]
    for answer in (gone, gone_json, foreign):
        assert (
            answer.status_code == 503 and "cannot be read now" in answer.text and "号通知" not in answer.text
        )
    assert gone_json.json()["ok"] is False


def test_room_leaves_no_reader_in_the_log(tmp_path: Path) -> None:
    """A long look would keep every page that is written meanwhile in the log (WAL): none outlives its answer."""
    holding = Holding(tmp_path / "held.db")
    for number in range(40):
        url = f"https://www.bureau.example/a/p{number}.html"
        holding.show(article(title=f"第{number}号通知"), "2026-03-02T00:00:00.000Z", url=url)

    async def look() -> tuple[Any, Any]:
        async with _room(holding.path) as datasette:
            for address in ("/", "/?q=%E4%BA%A7%E4%B8%9A", "/held/latest.json?_size=1", "/held/words?words=%E9%80%9A%E7%9F%A5",
                            "/doc/1", "/held/latest.csv?_size=2", "/held.json?sql=select+1+from+versions,captures"):  # fmt: skip
                assert (await datasette.client.get(address)).status_code == 200
            holding.show(article(title="又一号"), "2026-03-03T00:00:00.000Z")
            busy = holding.archive.db.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
            return busy, await datasette.client.get("/doc/41")

    busy, page = asyncio.run(look())
    holding.close()
    assert busy == 0 and "又一号" in page.text


def test_list_that_is_cut_off_has_no_end(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"a,b\n", "more_body": True})
        await asyncio.sleep(3600)

    async def send(message: Any) -> None:
        sent.append(message)

    async def run() -> None:
        monkeypatch.setattr(safety, "STREAM_TIME", 0.05)
        scope = {"type": "http", "path": "/held/latest.csv", "query_string": b"_stream=1", "headers": []}
        await safety._in_time(app, scope, None, send, safety.Doors())  # type: ignore[arg-type]

    asyncio.run(run())
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    assert sent[-1]["more_body"] is True


def test_request_that_is_not_begun_in_its_time_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(3600)

    async def send(message: Any) -> None:
        sent.append(message)

    monkeypatch.setattr(safety, "REQUEST_TIME", 0.05)
    scope = {"type": "http", "path": "/doc/1", "query_string": b"", "headers": []}
    asyncio.run(safety._in_time(app, scope, None, send, safety.Doors()))  # type: ignore[arg-type]
    assert sent[0]["status"] == 503 and b"not finished" in sent[1]["body"]


@pytest.mark.parametrize(
    ("old", "new", "soon"),
    [("甲" * 10**6, "甲" * 10**6 + "乙", True), ("甲乙" * 200_000, "丙丁" * 200_000, False),
     ("甲" + "乙" * 10**6 + "丙", "甲" + "乙" * 999_000 + "丙", True), ("", "甲" * 10**6, True)],
)  # fmt: skip
def test_two_texts_are_compared_on_a_page_only_if_that_is_soon_done(old: str, new: str, soon: bool) -> None:
    assert is_soon_compared(old, new) is soon


def test_ten_thousand_failed_looks_are_no_ten_thousand_marks() -> None:
    connections = [
        {"captured_at": f"2026-0{1 + n // 2500}-01T{n % 24:02}:{n % 60:02}:00.000Z", "outcome": "failed", "version": None}
        for n in range(10_000)
    ]  # fmt: skip
    connections.sort(key=lambda look: str(look["captured_at"]))
    drawn = typeset.timeline(connections, [])
    assert drawn and len(drawn.marks) < 300 and drawn.kinds == ["error"]


class _Impatient(safety.BoundedProtocol):
    arrival, stall, most = 0.6, 0.6, 5


@pytest.fixture
def address() -> Iterator[tuple[str, int]]:
    """Serve a page of eight million letters, and a small one, to whoever is quick enough."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}
        )
        for _ in range(2000 if scope["path"] == "/long" else 1):
            await send({"type": "http.response.body", "body": b"x" * 4000, "more_body": True})
        await send({"type": "http.response.body", "body": b"end"})

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(16)
    config = uvicorn.Config(app, http=_Impatient, ws="none", lifespan="off", log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield listener.getsockname()
    server.should_exit = True
    thread.join(timeout=10)


def _connected(address: tuple[str, int], begin: bytes = b"") -> socket.socket:
    one = socket.create_connection(address, timeout=10)
    one.sendall(begin)
    return one


def _rest(one: socket.socket) -> bytes:
    """Return all that still comes until the other side lets go."""
    got = b""
    with contextlib.suppress(ConnectionError):
        while piece := one.recv(65536):
            got += piece
    return got


ASK = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize("begin", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", b"\r\n"])
def test_connection_that_does_not_ask_is_let_go(address: tuple[str, int], begin: bytes) -> None:
    with _connected(address, begin) as one:
        assert b"200 OK" not in _rest(one)


def test_request_that_comes_by_the_letter_is_let_go_and_others_are_answered(address: tuple[str, int]) -> None:
    with _connected(address, b"GET / HTTP/1.1\r\nHost: localhost\r\n") as slow:
        stop = threading.Event()

        def drip() -> None:
            with contextlib.suppress(OSError):
                while not stop.wait(0.05):
                    slow.sendall(b"X-A: b\r\n")

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        with _connected(address, ASK) as other:
            assert _rest(other).endswith(b"end\r\n0\r\n\r\n")
        assert b"200 OK" not in _rest(slow)
        stop.set()
        thread.join(timeout=10)


def test_answer_that_is_not_taken_is_given_up(address: tuple[str, int]) -> None:
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.settimeout(10)
        one.connect(address)
        one.sendall(ASK.replace(b"GET /", b"GET /long"))
        threading.Event().wait(1.2)
        assert not _rest(one).endswith(b"end\r\n0\r\n\r\n")
        with _connected(address, ASK) as other:
            assert _rest(other).endswith(b"end\r\n0\r\n\r\n")


def test_of_too_many_that_wait_the_first_goes_and_a_reader_is_answered(address: tuple[str, int]) -> None:
    with contextlib.ExitStack() as stack:
        waiting = [stack.enter_context(_connected(address, b"GET")) for _ in range(8)]
        with _connected(address, ASK) as reader:
            assert _rest(reader).endswith(b"end\r\n0\r\n\r\n")
        assert _rest(waiting[0]) == b""
