"""Records of WARC files: which are kept already, and what a record without a body repeats."""

from __future__ import annotations

import base64
import hashlib
import itertools
from pathlib import Path

import pytest

from crawler.replay import exchanges
from tests.archive.desk import HOST, SITE, URL, Desk, html, replaced

A, B = html(), html(*replaced("5%", "6%"))
OTHER = f"https://{HOST}/a/other.html"
SAME = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
DAY = "2026-04-{:02d}T08:00:00Z".format


def sha1(body: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(body).digest()).decode()


def record(
    day: int, body: bytes = b"", *, url: str = URL, kind: str = "response", named: str = "", **told: str
) -> bytes:
    """Return one record of an answer; its id is that of its address and day unless it is named."""
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
    head = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:x:{named or hashlib.sha1(f'{url} {day} {kind}'.encode()).hexdigest()}>",
        "WARC-Date": DAY(day),
        "WARC-Target-URI": url,
        **{f"WARC-{name.replace('_', '-')}": value for name, value in told.items()},
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def repeats(day: int, body: bytes, **more: str) -> bytes:
    return record(day, kind="revisit", Profile=SAME, **({"Payload_Digest": sha1(body)} | more))


def replayed(folder: Path, *files: tuple[bytes, ...]) -> Desk:
    """Keep and read some files, one after the other, as ``scrapy replay`` does."""
    desk = Desk()
    for number, records in enumerate(files):
        path = folder / f"{number}.warc"
        path.write_bytes(b"".join(records))
        for exchange in exchanges(path, {"bureau": SITE}):
            if not desk.archive.holds(exchange):
                desk.keep(exchange)
        desk.drain()
    return desk


def texts(desk: Desk, url: str = URL) -> list[tuple[str, bool]]:
    """Return the days of an address's changes and whether each was to the text of A."""
    rows = desk.rows(
        "select k.changed_at_latest as at, instr(v.text, '5%') > 0 as a from changes k join versions v "
        "on v.document = k.document and v.number = k.to_version where k.url = ? order by 1", url
    )  # fmt: skip
    return [(row["at"][8:10], bool(row["a"])) for row in rows]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
@pytest.mark.parametrize("apart", [False, True], ids=["one file", "three"])
def test_a_record_that_repeats_an_earlier_body_goes_back_to_it(
    tmp_path: Path, order: tuple[int, ...], apart: bool
) -> None:
    records = record(1, A), record(2, B), repeats(3, A)
    given = [records[n] for n in order]
    desk = replayed(tmp_path, *([(one,) for one in given] if apart else [tuple(given)]))
    assert texts(desk) == [("02", False), ("03", True)]
    assert len(desk.versions()) == 2 and {cause for _, cause in desk.versions()} == {"first", "source"}
    assert "5%" in desk.latest()["text"] and desk.latest()["state"] == "live"


@pytest.mark.parametrize("first", [True, False], ids=["after it", "before it"])
@pytest.mark.parametrize(
    "named",
    [
        {"Payload_Digest": sha1(A)},
        {"Payload_Digest": "sha1:" + hashlib.sha1(A).hexdigest()},
        {"Payload_Digest": "", "Refers_To_Target_URI": URL, "Refers_To_Date": DAY(1)},
    ],
    ids=["by digest", "by digest in hex", "by address and time"],
)
def test_a_record_may_repeat_what_another_address_gave(
    tmp_path: Path, first: bool, named: dict[str, str]
) -> None:
    records = [(record(1, A),), (record(1, B, url=OTHER),), (repeats(2, A, url=OTHER, **named),)]
    desk = replayed(tmp_path, *(records if first else records[::-1]))
    assert texts(desk, OTHER) == [("02", True)] and texts(desk) == []


def test_what_is_repeated_and_not_held_is_said_so_and_changes_nothing(tmp_path: Path) -> None:
    desk = replayed(tmp_path, (record(1, A), repeats(2, B)))
    assert [tuple(row) for row in desk.rows("select outcome, reason from readings order by capture")] == [
        ("new", None),
        ("unreadable", "revisit: the body it repeats is not held"),
    ]
    assert len(desk.versions()) == 1


@pytest.mark.parametrize(
    ("again", "captures"),
    [
        pytest.param((record(1, A), record(2, B), repeats(3, A)), 3, id="the same file"),
        pytest.param((repeats(3, A), record(1, A)), 3, id="a part of it in another order"),
        pytest.param((record(1, A), record(2, B), repeats(3, A), record(4, B)), 4, id="a file that goes on"),
        pytest.param((record(1, A[:-40]),), 4, id="a record of the same name that was cut"),
    ],
)
def test_no_record_is_kept_twice(tmp_path: Path, again: tuple[bytes, ...], captures: int) -> None:
    desk = replayed(tmp_path, (record(1, A), record(2, B), repeats(3, A)), again)
    assert desk.one("select count(*) from captures") == captures
    assert len(desk.rows("select * from events where kind = 'edited'")) == len(desk.changes())


def test_a_body_that_a_capture_was_given_stays_its_body(tmp_path: Path) -> None:
    desk = replayed(tmp_path, (repeats(3, A),), (record(1, A),))
    (given,) = desk.column("select id from captures where url = ? and captured_at like '2026-04-03%'", URL)
    for change in ("payload = null", "status = 500", "url = 'x'"):
        with pytest.raises(Exception, match="only ever added to"):
            desk.db.execute(f"update captures set {change} where id = ?", (given,))


def request(day: int, form: bytes, *, to: str, url: str = URL) -> bytes:
    """Return the record of a request that posted a form, concurrent to the answer named."""
    head = b"POST /a HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"
    made = record(day, url=url, kind="request", Concurrent_To=f"<urn:x:{to}>")
    block = head + form
    lines = made.partition(b"\r\n\r\n")[0].decode().splitlines()[:-1]
    return "\r\n".join([*lines, f"Content-Length: {len(block)}"]).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (1, 0, 3, 2)], ids=["request first", "answer first"])
def test_answers_to_two_forms_at_one_address_are_told_apart_by_their_requests(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    records = (
        request(1, b"code=1&page=1", to="one"),
        record(1, A, named="one"),
        request(2, b"code=1&page=2", to="two"),
        record(2, B, named="two"),
    )
    path = tmp_path / "forms.warc"
    path.write_bytes(b"".join(records[number] for number in order) + record(3, A, named="three"))
    found = [(one.url.removeprefix(URL), one.method) for one in exchanges(path, {"bureau": SITE})]
    assert found == [
        ("?__wb_method=POST&code=1&page=1", "POST"),
        ("?__wb_method=POST&code=1&page=2", "POST"),
        ("", "GET"),
    ]
