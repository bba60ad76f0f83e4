"""Whatever is done to a page, it is read or refused: in time, within bounds, and nothing is told without evidence."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

from archive import extract
from archive.damage.repair import clean, restore
from archive.model import Article, Listing, Page, Role, Rows, Rules, Site, Unreadable
from archive.text import canon, fold
from tests.archive.mutations import spoilt
from tests.bench.labelled import OWN, labelled_pages

# Articles thrice: lists are spoilt too, but give less to read.
PAGES = [path.read_bytes() for path in sorted(OWN.glob("*/*/page*.html"))]
PAGES += [one.page.body for one in labelled_pages()] * 2
SECONDS = 10.0
SITE = Site(
    publisher="某市交通运输局",
    role=Role.ORIGINAL,
    domains=("example.gov.cn", "example.org"),
    articles=(r"/t\d{8}_\d+\.html$", r"/c\d+/"),
    listing=(Listing(rows="li", date="span", total=r"共(\d{1,6})页", pages="index_{n}.html"), Listing(rows="tr", link="td a")),
    rules=Rules(
        body=("#zoom", ".TRS_Editor", "#UCAP-CONTENT", "div.content"),
        title=("h1", "meta[name=ArticleTitle]::attr(content)"),
        published=("meta[name=PubDate]::attr(content)", ".info span"),
        source=(".info",),
        drop=(".share", "script + p"),
        next_pages=("a.next",),
        title_suffixes=("_某市交通运输局",),
    ),
)  # fmt: skip
FIELDS = (
    "published_at",
    "meta_published_at",
    "source_line",
    "author",
    "editor",
    "doc_number",
    "issuer",
    "index_number",
)
DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d\+08:00)?")


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise when the block has used so much CPU time: a page that hangs would hang the test."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"more than {seconds} s of CPU time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def faults_of(number: int) -> list[str]:
    """Return what is wrong with what is made of the page with this number."""
    page, faults = spoilt(number, PAGES), []
    site = SITE if number % 3 == 0 else None
    with limited(SECONDS):
        read = extract.read(page, site)
        faults += _article_faults(read, page) if isinstance(read, Article) else _refusal_faults(read)
        faults += _rows_faults(extract.read_rows(page, SITE)) if number % 4 == 0 else []
        if isinstance(read, Article):
            faults += _text_faults(read.text[:4000])
            faults += ["two readings differ"] if number % 50 == 0 and extract.read(page, site) != read else []
    return faults


def _article_faults(read: Article, page: Page) -> list[str]:
    texts = [read.title, read.text, *(str(getattr(read, f) or "") for f in FIELDS)]
    texts += (
        [t for a in read.attachments for t in (a.url, a.name)]
        + [r.text for r in read.removed]
        + [*read.flags]
    )
    told = [field for field in FIELDS if getattr(read, field) is not None]
    faults = [f"{field} without evidence" for field in told if not read.evidence.get(field)]
    faults += (
        []
        if read.evidence.get("text") and (read.evidence.get("title") or not read.title)
        else ["no evidence"]
    )
    faults += [f"unsound: {text[:80]!r}" for text in texts if not _is_sound(text)]
    faults += [] if read.text.strip() else ["an article without text"]
    faults += ["longer than the page"] if len(read.text) > len(page.body) + 100 else []
    faults += ["a title of a page's length"] if len(read.title) > 2000 else []
    faults += [f"a long {f}" for f in FIELDS if len(getattr(read, f) or "") > 300]
    faults += ["a long removed block"] if any(len(r.text) > 500 for r in read.removed) else []
    dates = [d for d in (read.published_at, read.meta_published_at) if d]
    faults += [f"no date: {d}" for d in dates if not DATE.fullmatch(d)]
    return faults + [
        f"no address: {u}" for u in _addresses(read) if not u.startswith(("http://", "https://"))
    ]


def _addresses(read: Article) -> list[str]:
    return [a.url for a in read.attachments] + list(read.next_pages)


def _refusal_faults(read: Unreadable) -> list[str]:
    faults = [] if read.reason else ["refused without a reason"]
    return faults + ([] if _is_sound(read.title) else [f"unsound title: {read.title[:80]!r}"])


def _rows_faults(rows: Rows) -> list[str]:
    unsound = [link for link in rows.links if not _is_sound(link.name + link.url + link.date)]
    return [f"an unsound row: {link}" for link in unsound] + ["a negative count"] * (rows.left_out < 0)


def _text_faults(text: str) -> list[str]:
    cleaned, plain, folded = clean(text), canon(text), fold(text)
    faults = [] if restore(cleaned) == text else ["the repair cannot be undone"]
    faults += [] if canon(plain) == plain else ["canon twice is not canon once"]
    faults += [] if fold(folded) == folded else ["fold twice is not fold once"]
    faults += [] if clean(cleaned.text).text == cleaned.text else ["a repaired text is repaired again"]
    return faults + [f"unsound: {t[:80]!r}" for t in (cleaned.text, plain, folded) if not _is_sound(t)]


_UNSOUND = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def _is_sound(text: str) -> bool:
    """Say whether a text can be stored and shown: no NUL, no control character, no half of a surrogate pair."""
    return not _UNSOUND.search(text)


def test_no_spoilt_page_crashes_hangs_or_makes_the_reader_invent(rounds: Callable[[int, int], int]) -> None:
    bad: dict[int, list[str]] = {}
    for number in range(rounds(1_000, 1_000_000)):
        try:
            faults = faults_of(number)
        except (
            ArithmeticError,
            AssertionError,
            AttributeError,
            LookupError,
            MemoryError,
            RecursionError,
        ) as error:
            faults = [repr(error)]
        except (OSError, RuntimeError, TypeError, ValueError) as error:
            faults = [repr(error)]
        if faults:
            bad[number] = faults
            assert len(bad) < 20, bad
    assert bad == {}


# What this test found once: each was put right.
START = "<html><head><title>关于公共自行车的通知</title></head><body><div id=zoom><p>各区要在年底前完成站点的摸底调查。</p>"
FOUND = {
    "a forbidden character behind many zeros": START + "<p>二〇二四年&#000065534;五月</p>",
    "an address in capitals": START + "<p><a href='HTTPS://WWW.EXAMPLE.ORG/A.PDF'>附件</a></p>",
    "a heading that swallowed the page": START.replace("<title>", "<title x>")
    + "<div class=tit>"
    + "不得占用道路" * 600,
    "a tag that comes together where one was cut": START + "<p>站点&lt;/&lt;br&gt;div&gt;布局</p>",
    "rows within rows": START + "<ul><li><a href='/t20240101_1.html'>通知</a>" * 900,
}


@pytest.mark.parametrize("text", FOUND.values(), ids=FOUND.keys())
def test_what_was_found_stays_right(text: str) -> None:
    page = Page(
        url="https://www.example.gov.cn/a.html", body=text.encode(), content_type="text/html; charset=utf-8"
    )
    with limited(2.0):
        read, rows = extract.read(page), extract.read_rows(page, SITE)
    assert isinstance(read, Article)
    assert _article_faults(read, page) + _rows_faults(rows) + _text_faults(read.text) == []


@pytest.mark.parametrize(
    "text", ["三十多年前停航｀去年打捞", "波长三千\N{ANGSTROM SIGN}", "站点</<br>div>布局", "<<<br>br>br>"]
)
def test_a_text_that_was_found_stays_right(text: str) -> None:
    assert _text_faults(text) == []


def test_a_number_gives_the_same_page_every_time() -> None:
    assert [spoilt(n, PAGES).body for n in range(40)] == [spoilt(n, PAGES).body for n in range(40)]
    assert len({spoilt(n, PAGES).body for n in range(200)}) > 190


def test_a_fault_is_found() -> None:
    page = spoilt(0, PAGES)
    told = Article(
        title="题\0", text="文", author="某人", published_at="2024", evidence={"text": "p", "title": "h1"}
    )
    found = " ".join(_article_faults(told, page))
    assert all(word in found for word in ("author without evidence", "unsound", "no date"))
    with pytest.raises(TimeoutError), limited(0.2):
        while True:
            pass
