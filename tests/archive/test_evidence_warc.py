"""WARC files of captures: other programs read them, and replayed they say what the archive said."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.evidence.warc import ExportedCapture, Writer, record_id
from archive.model import Repeat
from archive.store.evidence import exports
from archive.store.file.payloads import Payloads
from crawler.replay import exchanges
from tests.archive.desk import HOST, SITE, URL, Desk, answer, html
from tests.archive.histories import Files, archive_of, differences, empty, files, history, sha1, story


def exported(desk: Desk, path: Path, chosen: exports.Chosen = exports.Chosen()) -> Path:  # noqa: B008
    with path.open("wb") as out:
        writer = Writer(out, Payloads(desk.db).get)
        writer.info(
            [("software", "yuanben"), ("format", "WARC File Format 1.1")],
            name=path.name,
            at="2026-04-09T00:00:00Z",
        )
        for held in exports.captures(desk.db, chosen):
            writer.capture(held)
    return path


def replayed(path: Path) -> Files:
    desk = Files(db=empty())
    desk.take(exchanges(path, {"bureau": SITE}))
    return desk


def records(path: Path) -> list[tuple[str, dict[str, str], bytes]]:
    with path.open("rb") as file:
        return [
            (one.rec_type, dict(one.rec_headers.headers), one.content_stream().read())
            for one in ArchiveIterator(file, check_digests="raise")
        ]


def assorted() -> Desk:
    """Return an archive with an answer of every kind."""
    desk = Desk()
    page = html()
    told = (
        ("Content-Type", "text/html"),
        ("Content-Encoding", "br"),
        ("Content-Length", "77"),
        ("X-Odd", "中文"),
    )
    desk.see(page, "2026-04-01T00:00:00", headers=told, peer="192.0.2.7", tls_verified=True)
    desk.see(page, "2026-04-02T00:00:00", headers=told)
    desk.see(None, "2026-04-03T00:00:00", status=304)
    desk.keep(
        answer(None, "2026-04-04T00:00:00", status=None, error="timeout: no answer\r\nin 30 s", headers=())
    )
    desk.see(page[:300], "2026-04-05T00:00:00", truncated="length: 300 bytes of 900")
    moved = desk.keep(
        answer(
            None,
            "2026-04-06T00:00:00",
            url=URL.replace("notice", "old"),
            status=302,
            headers=(("Location", URL),),
        )
    )
    desk.see(html("另一篇。" * 40), "2026-04-06T00:00:01", redirected_from=moved.capture)
    desk.see(
        b"\xff\xfe\x00",
        "2026-04-07T00:00:00",
        error="decode_error: no gzip",
        headers=(("Content-Encoding", "gzip"),),
    )
    desk.see(None, "2026-04-08T00:00:00", status=404)
    desk.keep(
        answer(b"User-agent: *\n", "2026-04-08T00:00:01", url=f"https://{HOST}/robots.txt", kind="robots")
    )
    return desk


def test_every_capture_is_a_record_and_every_digest_holds(tmp_path: Path) -> None:
    desk = assorted()
    path = exported(desk, tmp_path / "a.warc.gz")
    held = records(path)
    kinds = [kind for kind, _, _ in held]
    assert kinds == [
        "warcinfo",
        "response",
        "revisit",
        "revisit",
        "metadata",
        "response",
        "response",
        "response",
        "response",
        "response",
        "response",
    ]
    assert len(kinds) - 1 == desk.one("select count(*) from captures")
    ran = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", str(path)], capture_output=True, text=True
    )
    assert ran.returncode == 0 and not ran.stdout, ran.stdout


def test_headers_are_true_of_the_body_that_stands_there(tmp_path: Path) -> None:
    with exported(assorted(), tmp_path / "a.warc.gz").open("rb") as file:
        first = next(one for one in ArchiveIterator(file) if one.rec_type == "response")
        told, body = first.http_headers, first.content_stream().read()
    assert told.get_header("Content-Length") == str(len(body)) and told.get_header("Content-Encoding") is None
    assert told.get_header("X-Archive-Orig-Content-Encoding") == "br"
    assert told.get_header("X-Archive-Orig-Content-Length") == "77"
    assert first.rec_headers.get_header("WARC-IP-Address") == "192.0.2.7"


def test_a_body_is_written_once_and_named_after_that(tmp_path: Path) -> None:
    held = records(exported(assorted(), tmp_path / "a.warc.gz"))
    profiles = [head["WARC-Profile"].rpartition("/")[2] for kind, head, _ in held if kind == "revisit"]
    assert profiles == ["identical-payload-digest", "server-not-modified"]
    assert held[2][1]["WARC-Refers-To"] == held[1][1]["WARC-Record-ID"]
    assert held[2][1]["WARC-Refers-To-Date"] == held[1][1]["WARC-Date"] == "2026-04-01T00:00:00.000Z"


def test_the_head_of_a_revisit_is_true_of_the_body_that_it_repeats(tmp_path: Path) -> None:
    with exported(assorted(), tmp_path / "a.warc.gz").open("rb") as file:
        lengths = [
            (one.rec_type, one.http_headers.get_header("Content-Length"))
            for one in ArchiveIterator(file)
            if one.rec_type in ("response", "revisit")
        ][:3]
    (_, first), (kind, repeated), *_ = lengths
    assert kind == "revisit" and repeated == first != "0"


def test_a_redirect_is_named_by_what_it_led_to(tmp_path: Path) -> None:
    held = records(exported(assorted(), tmp_path / "a.warc.gz"))
    led = [
        (head["WARC-Concurrent-To"], at)
        for at, (_, head, _) in enumerate(held)
        if "WARC-Concurrent-To" in head
    ]
    assert [(held[at - 1][1]["WARC-Record-ID"], at) for _, at in led] == led and len(led) == 1


def test_one_capture_has_one_name_in_every_file(tmp_path: Path) -> None:
    desk = assorted()
    one, other = (records(exported(desk, tmp_path / name)) for name in ("a.warc.gz", "b.warc.gz"))
    assert [head["WARC-Record-ID"] for _, head, _ in one[1:]] == [
        head["WARC-Record-ID"] for _, head, _ in other[1:]
    ]
    assert record_id(one[1][1]["Yuanben-Leaf"].encode()) == one[1][1]["WARC-Record-ID"]


def test_replayed_it_is_as_it_was(tmp_path: Path) -> None:
    desk = assorted()
    again = replayed(exported(desk, tmp_path / "a.warc.gz"))
    columns = "url, kind, method, captured_at, status, error, headers, peer, tls_verified, payload, truncated, flags, conditional, redirected_from"
    of = f"select {columns} from captures order by id"
    assert [tuple(row) for row in again.rows(of)] == [tuple(row) for row in desk.rows(of)]
    told, now = story(desk), story(again)
    assert not differences(told, now)


@pytest.mark.parametrize(
    "repeated",
    [
        Repeat(digest=sha1(b"never held")),
        Repeat(digest="sha256:" + "ab" * 32),
        Repeat(url=URL, at="2025-01-01T00:00:00.000Z"),
    ],
    ids=["by SHA-1", "by SHA-256", "by address and time"],
)
def test_a_repeat_of_a_body_that_is_not_held_goes_out_as_that(repeated: Repeat, tmp_path: Path) -> None:
    desk = archive_of([[replace(answer(None, "2026-04-01T00:00:00"), repeats=repeated)]])
    path = exported(desk, tmp_path / "a.warc.gz")
    (again,) = exchanges(path, {"bureau": SITE})
    assert again.repeats == repeated
    assert not differences(story(desk), story(replayed(path)))


@pytest.mark.parametrize("chunk", range(2))
def test_replayed_histories_say_the_same(chunk: int, tmp_path: Path, rounds) -> None:  # type: ignore[no-untyped-def]
    for seed in range(chunk, rounds(24, 2_000), 2):
        desk = archive_of(files(history(seed), random.Random(seed)))
        found = differences(story(desk), story(replayed(exported(desk, tmp_path / f"{seed}.warc.gz"))))
        assert not found, f"seed {seed}: {found}"


def test_a_second_replay_changes_nothing(tmp_path: Path) -> None:
    path = exported(assorted(), tmp_path / "a.warc.gz")
    desk = replayed(path)
    before = desk.one("select count(*) from captures")
    desk.take(exchanges(path, {"bureau": SITE}))
    assert desk.one("select count(*) from captures") == before


def test_a_leaf_that_is_not_that_of_its_record_is_not_believed(tmp_path: Path) -> None:
    desk = Desk()
    desk.see(html(), "2026-04-01T00:00:00")
    path = exported(desk, tmp_path / "a.warc")
    import gzip

    raw = gzip.decompress(path.read_bytes()).replace(b'"kind":"article"', b'"kind":"listing"')
    path.write_bytes(raw)
    assert [one.kind for one in exchanges(path, {"bureau": SITE})] == ["article"]


def test_only_what_was_chosen_goes_out(tmp_path: Path) -> None:
    desk = assorted()
    desk.see(html(title="别的文件"), "2026-04-02T00:00:00", url=URL.replace("notice", "other"))
    one = exports.numbers(desk.db, exports.Chosen(urls=(URL,)))
    assert (
        one == [1, 2, 3, 4, 5, 6, 7, 8, 9] and exports.numbers(desk.db, exports.Chosen(site="nobody")) == []
    )
    assert exports.numbers(desk.db, exports.Chosen(since="2026-04-08T00:00:00.000Z")) == [9, 10]


def test_what_a_server_wrote_cannot_write_headers_of_its_own() -> None:
    out = io.BytesIO()
    said = {
        "captured_at": "2026-04-01T00:00:00.000Z", "clock": "wall", "conditional": None, "crawl": 1, "error": None, "etag": None,
        "flags": "[]", "headers": json.dumps([["X-A", "1\r\nX-B: 2"], ["Bad Name", "x"]]), "id": 1, "kind": "article", "last_modified": None,
        "leaf": "capture/1", "method": "GET", "origin": "network", "payload": None, "peer": None, "redirected_from": None,
        "site": "x", "status": 200, "tls_verified": None, "truncated": None, "url": "https://a.example/",
    }  # fmt: skip
    Writer(out, lambda digest: b"", packed=False).capture(
        ExportedCapture(leaf=json.dumps(said).encode(), payload=None)
    )
    assert b"\r\nX-B" not in out.getvalue() and b"Bad Name:" not in out.getvalue()
