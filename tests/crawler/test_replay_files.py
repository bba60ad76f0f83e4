"""Attached files out of WARC files: told from pages by their address, and tied to the versions that link them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.model import Role, Site
from archive.store.archive import Archive
from archive.store.read.history import attachments
from crawler.replay import exchanges
from crawler.warc import Damage
from tests.archive import attach_files as files
from tests.archive.desk import Desk, html

HOST = "www.bureau.example"
SITE = Site(publisher="示例局", role=Role.ORIGINAL, domains=("bureau.example",), articles=(r"/a/\w+\.html$",))
PAGE, FILE = f"https://{HOST}/a/notice.html", f"https://{HOST}/f/annex.pdf"


def warc(path: Path, *answers: tuple[str, str, str, bytes]) -> Path:
    """Write answers (address, time, media type, body) into a WARC file."""
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        for url, at, media, body in answers:
            headers = StatusAndHeaders("200 OK", [("Content-Type", media)], protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    url,
                    "response",
                    payload=io.BytesIO(body),
                    http_headers=headers,
                    warc_headers_dict={"WARC-Date": at},
                )
            )
    return path


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        pytest.param(FILE, "attachment", id="a file of a declared site"),
        pytest.param(PAGE, "article", id="an article"),
        pytest.param(
            "https://other.example/x/annex.docx", "attachment", id="a file of a host without a spider"
        ),
        pytest.param("https://other.example/x/page.html", "article", id="a page of such a host"),
        pytest.param("https://other.example/attach/9f3", "attachment", id="a file without an ending"),
        pytest.param(f"https://{HOST}/get.jsp?id=3", "attachment", id="a file by its number"),
        pytest.param(f"https://{HOST}/front/document/download?id=3", "attachment", id="a program for files"),
    ],
)
def test_a_replayed_file_is_told_from_a_page(tmp_path: Path, url: str, kind: str) -> None:
    path = warc(
        tmp_path / "a.warc.gz", (url, "2026-04-01T08:00:00Z", "application/octet-stream", b"%PDF-1.4")
    )
    assert [one.kind for one in exchanges(path, {"bureau": SITE})] == [kind]


def test_a_replayed_file_may_be_larger_than_a_page(tmp_path: Path) -> None:
    large = b"%PDF-1.4" + bytes(17 << 20)
    path = warc(
        tmp_path / "a.warc.gz",
        (FILE, "2026-04-01T08:00:00Z", "application/pdf", large),
        (PAGE, "2026-04-01T08:00:00Z", "text/html", large),
    )
    file, page = exchanges(path, {"bureau": SITE})
    assert file.body == large and (page.body, page.error) == (None, "too_large")


def test_replayed_files_make_the_versions_they_made_when_they_were_fetched(tmp_path: Path) -> None:
    link = f'<p><a href="{FILE}">附件</a></p>'.encode()
    page = html().replace(b'</div><div id="pages">', link + b"</div><div id='pages'>")
    path = warc(
        tmp_path / "a.warc.gz",
        (PAGE, "2026-04-01T08:00:00Z", "text/html; charset=utf-8", page),
        (FILE, "2026-04-01T09:00:00Z", "application/pdf", files.pdf("补贴1.5万元")),
        (FILE, "2026-04-04T09:00:00Z", "application/pdf", files.pdf("补贴15万元")),
        (PAGE, "2026-04-05T08:00:00Z", "text/html; charset=utf-8", page),
    )
    archive = Archive.open(tmp_path / "a.db", holder="test", sites={"bureau": SITE}, create=True)
    desk = Desk(sites={"bureau": SITE}, db=archive.db)
    for exchange in exchanges(path, {"bureau": SITE}):
        desk.keep(exchange)
    desk.drain()
    assert desk.versions() == [(1, "first"), (2, "source")] and desk.changes() == [(1, 2)]
    assert [attachments(desk.db, 1, n)[0]["has_text"] for n in (1, 2)] == [True, True]
    assert desk.one("select count(*) from frontier") == 0
    archive.close()


def record(body: bytes, **named: str) -> bytes:
    """Return one record as another program may have written it: with what is named, and no more."""
    told = {"WARC-Type": "response", "Content-Type": "application/http; msgtype=response", **named}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in told.items())
    return f"WARC/1.0\r\n{head}Content-Length: {len(body)}\r\n\r\n".encode() + body + b"\r\n\r\n"


SEEN = {"WARC_Target_URI": PAGE, "WARC_Date": "2026-04-01T08:00:00Z"}
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>x</p>"


@pytest.mark.parametrize(
    ("named", "answer", "error"),
    [
        pytest.param({"WARC_Target_URI": "dns:bureau.example"}, ANSWER, "no_page_address", id="of the DNS"),
        pytest.param({"WARC_Target_URI": "urn:pageinfo:x"}, ANSWER, "no_page_address", id="a program's note"),
        pytest.param({"WARC_Target_URI": "http://[::1"}, ANSWER, "no_page_address", id="a broken host"),
        pytest.param(
            {"WARC_Target_URI": "http://a:b@h.example/"}, ANSWER, "no_page_address", id="a password"
        ),
        pytest.param({}, b"HTTP/1.1 abc\r\n\r\nx", "bad_status", id="a status in letters"),
        pytest.param({}, b"HTTP/1.1 99999999999999999999 x\r\n\r\nx", "bad_status", id="a huge status"),
    ],
)
def test_a_record_nothing_can_be_read_from_is_kept_and_stops_no_other(
    tmp_path: Path, named: dict[str, str], answer: bytes, error: str
) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(record(answer, **(SEEN | named)) + record(ANSWER, **SEEN))
    archive = Archive.open(tmp_path / "a.db", holder="tests", sites={}, create=True)
    kept = [archive.keep(one, archive.begin_crawl(one.site, "replay")) for one in exchanges(path, {})]
    row = archive.db.execute("select error, payload from captures order by id").fetchone()
    waiting = archive.queue.length()
    archive.close()
    assert len(kept) == 2 and row["error"] == error and row["payload"] is not None and waiting == 1


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        pytest.param(
            record(ANSWER, WARC_Date=SEEN["WARC_Date"]), "without WARC-Target-URI", id="without an address"
        ),
        pytest.param(record(ANSWER, WARC_Target_URI=PAGE), "names no moment", id="without a time"),
        pytest.param(
            record(ANSWER, **SEEN).replace(b"Length: 52", b"Length: 99999999999999999999"),
            "52 bytes of 99999999999999999999", id="endless",
        ),
        pytest.param(record(ANSWER, **SEEN).replace(b"Length: 52", b"Length: x"), "without a length", id="no length"),
    ],
)  # fmt: skip
def test_a_record_that_cannot_be_placed_costs_that_record_and_a_line(
    tmp_path: Path, broken: bytes, says: str
) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(record(ANSWER, **SEEN) + broken + record(ANSWER, **SEEN))
    told: list[Damage] = []
    came = [one for one in exchanges(path, {}, told.append) if one.truncated is None]
    assert [one.url for one in came] == [PAGE, PAGE]
    assert says in told[0].says and told[0].place == f"a.warc+{len(record(ANSWER, **SEEN))}"
