"""One hostile page stops nobody else: pages made to hang, crash or exhaust a reader, between pages that are fine."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from multiprocessing import resource_tracker
from pathlib import Path

import pytest

from archive.drain import Drain
from archive.store.archive import Archive
from tests.archive.desk import HOST, PARAGRAPHS, SITE, URL, answer, clock, html

PARSE = "tests.archive.hostile:parse"
AT = "2026-04-01T08:00:00"
DEEP = html(*PARAGRAPHS).replace(b'<div id="zoom">', b"<div>" * 300 + b'<div id="zoom">')
ATTRIBUTES = html(*PARAGRAPHS).replace(
    b"<body>", b"<body><div %s></div>" % b" ".join(b"a%d=1" % n for n in range(50_000))
)
REFERENCE = html(*PARAGRAPHS).replace("规范".encode(), "规&#1;范".encode(), 1)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    made = Archive.open(tmp_path / "a.db", holder="test", sites={"bureau": SITE}, create=True, clock=clock())
    yield made
    made.close()


def drained(
    archive: Archive, *pages: bytes, limit: float = 1.5, processes: int = 1
) -> dict[str, tuple[str, str, str]]:
    """Keep pages, let the readers at them; return outcome, reason and flags by the last word of the address."""
    crawl = archive.begin_crawl("bureau", "watch")
    for number, page in enumerate(pages):
        archive.keep(answer(page, AT, url=f"https://{HOST}/a/p{number}.html"), crawl)
    drain = Drain(archive, PARSE, processes=processes, time_limit=limit)
    try:
        drain.run()
    finally:
        drain.close()
    assert archive.queue.length() == 0 and archive.crawls.waiting(crawl) == 0
    rows = archive.db.execute("select c.url, r.outcome, coalesce(r.reason, ''), r.flags from captures c "
                              "join readings r on r.capture = c.id where c.crawl = ?", (crawl,)).fetchall()  # fmt: skip
    assert len(rows) == len(pages), "one outcome for each"
    return {row[0].rpartition("/")[2].removesuffix(".html"): tuple(row)[1:] for row in rows}


def text_of(archive: Archive, page: str) -> str:
    row = archive.db.execute(
        "select text from latest where url = ?", (f"https://{HOST}/a/{page}.html",)
    ).fetchone()
    return str(row[0])


def test_pages_made_to_break_parsers_are_read_all_the_same(archive: Archive) -> None:
    found = drained(archive, ATTRIBUTES, DEEP, REFERENCE, html(), limit=10)
    assert len(ATTRIBUTES) > 400_000
    assert {page: row[0] for page, row in found.items()} == dict.fromkeys(("p0", "p1", "p2", "p3"), "new")
    for page in ("p0", "p1", "p3"):
        assert text_of(archive, page).splitlines() == list(PARAGRAPHS), page
    assert text_of(archive, "p2").splitlines()[1:] == list(PARAGRAPHS[1:])
    assert "\x01" not in text_of(archive, "p2")


@pytest.mark.parametrize(
    ("evil", "reason", "limit"),
    [
        pytest.param("spin for ever", "reader_time", 1, id="time"),
        # To fill the memory takes a second by itself: only the page that spins may reach its time.
        pytest.param("eat memory", "reader_memory", 60, id="memory"),
        pytest.param("crash", "reader_crash", 60, id="crash"),
        pytest.param("raise", "reader_error: RecursionError", 60, id="error"),
    ],
)
def test_a_page_that_breaks_its_reader_is_read_cheaply_or_says_why_not(
    archive: Archive, evil: str, reason: str, limit: float
) -> None:
    always, once = f"<!-- {evil} always -->", f"<!-- {evil} -->"
    found = drained(archive, html(aside=always), html(aside=once), html(), limit=limit)
    outcome, said, _ = found["p0"]
    assert outcome == "unreadable" and said.startswith(reason)
    outcome, said, flags = found["p1"]
    assert outcome == "new" and "cheap_reading" in flags and PARAGRAPHS[1] in text_of(archive, "p1")
    assert found["p2"][0] == "new" and text_of(archive, "p2").splitlines() == list(PARAGRAPHS)


def test_a_page_that_sleeps_is_given_up_by_the_clock_on_the_wall(archive: Archive) -> None:
    found = drained(archive, html(aside="<!-- sleep for ever -->"), html(), limit=0.3)
    assert found["p0"][0] == "new" and "cheap_reading" in found["p0"][2] and found["p1"][0] == "new"


def test_readers_that_are_killed_lose_nothing(archive: Archive) -> None:
    crawl = archive.begin_crawl("bureau", "watch")
    for number in range(6):
        archive.keep(answer(html(aside=str(number)), AT, url=f"https://{HOST}/a/p{number}.html"), crawl)
    drain = Drain(archive, PARSE, processes=1)
    while not drain.outcomes:
        drain.step(0.5)
    drain.close()
    assert archive.queue.length() >= 1, "what the reader was at still waits"
    again = Drain(archive, PARSE, processes=1)
    again.run()
    again.close()
    assert archive.crawls.counts(crawl) == {"captures": 6, "new": 6}


def test_a_stop_of_the_whole_group_is_not_the_readers_business(archive: Archive) -> None:
    crawl = archive.begin_crawl("bureau", "watch")
    archive.keep(answer(html(), AT), crawl)
    drain = Drain(archive, PARSE, processes=1)
    while not any(worker.is_ready for worker in drain._workers):
        drain.step(0.2)
    for worker in drain._workers:
        for number in (signal.SIGTERM, signal.SIGINT):
            assert worker.process.pid
            os.kill(worker.process.pid, number)
    drain.run()
    drain.close()
    assert drain.outcomes == {"new": 1}


def test_a_stop_reaches_no_reader_that_is_still_starting(archive: Archive) -> None:
    crawl = archive.begin_crawl("bureau", "watch")
    archive.keep(answer(html(*PARAGRAPHS), AT), crawl)
    drain = Drain(archive, PARSE, processes=1)
    # As in a new run: the first process that is spawned starts the tracker of them all.
    resource_tracker._resource_tracker._stop()
    try:
        drain.step(0)
        (worker,) = drain._workers
        assert not worker.is_ready and worker.process.pid is not None
        os.kill(worker.process.pid, signal.SIGTERM)
        drain.run()
    finally:
        drain.close()
    assert drain.outcomes == {"new": 1}


def test_two_looks_at_one_document_are_read_one_after_the_other(archive: Archive) -> None:
    """Side by side, the second would be set against nothing, and a text shrunk to a line would be believed."""
    crawl = archive.begin_crawl("bureau", "replay")
    for day in range(1, 6):
        archive.keep(answer(html(*PARAGRAPHS, aside=str(day)), f"2026-04-0{day}T08:00:00"), crawl)
    shrunken = archive.keep(answer(html(PARAGRAPHS[0]), "2026-04-06T08:00:00"), crawl)
    archive.keep(answer(html(), AT, url=f"https://{HOST}/a/other.html"), crawl)
    drain = Drain(archive, PARSE, processes=2)
    drain.run()
    drain.close()
    rows = archive.db.execute(
        "select outcome from readings where capture = ?", (shrunken.capture,)
    ).fetchall()
    assert [row[0] for row in rows] == ["quarantined"]
    assert archive.db.execute("select version from latest where url = ?", (URL,)).fetchone()[0] == 1


def test_a_step_does_not_wait_for_a_page(archive: Archive) -> None:
    crawl = archive.begin_crawl("bureau", "watch")
    big = html(aside="<!-- sleep for ever -->" + "x" * 4_000_000)
    archive.keep(answer(big, AT), crawl)
    drain = Drain(archive, PARSE, processes=1)
    drain.step(0)
    (worker,) = drain._workers
    while not (worker.is_ready and worker.job):
        drain.step(0.1)
    for _ in range(100):
        drain.step(0)
        assert drain.outcomes == {}, "the crawling process stood still until the page was given up"
        time.sleep(0.005)
    assert worker.job and worker.is_ready, "the page is with the reader"
    drain.close()
