"""The archive for callers in Python. ``import archive`` gives its functions; the commands use the same ones.

``Holding`` reads and never writes. What a module needs only for one method is imported there: a search must not
wait for the parser of pages.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from archive import answers
from archive.answers import Capture, Citations, Document, History, Listed, Standing, Version
from archive.clock import day_text, until_text, utc_text
from archive.errors import ArchiveDamaged, ArchiveForeign, BadInput, NotHeld
from archive.store.file.connection import open_for_reading
from archive.store.file.payloads import Payloads
from archive.store.file.withheld import hide
from archive.store.read import documents as stored
from archive.store.read import history as known
from archive.store.read.differences import Difference, difference
from archive.store.read.lookup import find_document
from archive.store.read.query import check_site
from archive.store.read.search import Hit, search
from archive.store.write.works import works

if TYPE_CHECKING:
    from archive.collate.comparison import Comparison, Copy
    from archive.damage.repair import Cleaned
    from archive.model import Article, Unreadable
    from archive.relations.graph import Graph
    from archive.relations.series import Series
    from archive.store.read.quotes import QuoteMatch

_MOST_SERIES = 1_000

Day = date | str
Moment = datetime | date | str


class Holding:
    """An archive, open for reading: one state of the file, until ``refresh`` or ``close``.

    What a crawl adds meanwhile is not seen. A holding belongs to the thread that opened it. Every method that
    takes ``url`` takes any address the document was seen at, and raises NotHeld for one the archive does not know.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db: sqlite3.Connection | None = open_for_reading(path)
        self._db.execute("begin")

    def __enter__(self) -> Holding:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Holding of {self.path}{'' if self._db else ', closed'}>"

    def close(self) -> None:
        """Close the file. A holding that stays open keeps the writer's log from being cut."""
        if self._db is not None:
            self._db.close()
            self._db = None

    def refresh(self) -> None:
        """Go on to the newest state of the file."""
        with self._reading() as db:
            db.execute("rollback")
            hide(db)
            db.execute("begin")

    def search(self, query: str, *, site: str | None = None, since: Day | None = None, until: Day | None = None,
               all_versions: bool = False, limit: int | None = None) -> tuple[Hit, ...]:  # fmt: skip
        """Return where words are found in titles, texts, numbers and attached files, the newest first.

        ``since`` and ``until`` are Beijing days, set against the date a page shows, or the day it was first seen.
        A hit says that the words are in what was read, not what the document is about.
        """
        if limit is not None and limit < 1:
            raise BadInput(f"limit={limit} leaves nothing to return — give a number from 1 on, or None")
        first, last = (None if day is None else _day(day) for day in (since, until))
        with self._reading() as db:
            if site is not None:
                check_site(db, site)
            return tuple(
                search(db, query, site=site, since=first, until=last, all_versions=all_versions, limit=limit)
            )

    def documents(self, *, site: str | None = None) -> Iterator[Listed]:
        """Return every document, of one site if asked, in the order in which they were first held.

        They are read while they are iterated over.
        """
        with self._reading() as db:
            if site is not None:
                check_site(db, site)
        return self._listed(site)

    def document(self, url: str, *, version: int | None = None, at: Moment | None = None) -> Document:
        """Return a document: as it is now, or with the text of a version, or as captures showed it by a moment.

        A day means its end in Beijing. That a text was captured before and after a moment does not prove that
        the page showed it at that moment.
        """
        if version is not None and at is not None:
            raise BadInput("version and at exclude each other — give one of them")
        moment = None if at is None else _until(at)
        with self._reading() as db:
            number = find_document(db, url)
            if moment is not None:
                row = known.latest_row_at(db, number, moment)
            else:
                row = (
                    known.latest_row(db, number)
                    if version is None
                    else known.latest_row_of_version(db, number, version)
                )
            return _document(db, number, row, moment)

    def versions(self, url: str) -> tuple[Version, ...]:
        """Return the versions of a document. Each was captured at its times; when it appeared is not known."""
        return self.history(url).versions

    def text(
        self, url: str, version: int | None = None, *, at: Moment | None = None, simplified: bool = False
    ) -> str:
        """Return the text of a document. It is what the reader took from the page, not the page itself.

        ``simplified`` gives the form in simplified characters. Raise NotHeld where there is no readable text.
        """
        found = self.document(url, version=version, at=at)
        text = found.text_simplified if simplified else found.text
        if text is None:
            raise NotHeld(
                f"nothing readable was captured of {url[:200]} — look at its captures for the reason"
            )
        return text

    def diff(self, url: str, from_version: int | None = None, to_version: int | None = None) -> Difference:
        """Return what differs between two versions; without numbers, between the last two that were shown.

        It says what differs, not when it changed: for that, the captures of the two versions are the bounds.
        """
        with self._reading() as db:
            number = find_document(db, url)
            before, current = known.last_two(db, number)
            first = before if from_version is None else from_version
            return difference(db, number, first, current if to_version is None else to_version)

    def last_two(self, url: str) -> tuple[int, int]:
        """Return the numbers of the version shown before the current one, and of the current one.

        Both are the same when there is one version. After a return to an earlier text the second is the smaller.
        """
        with self._reading() as db:
            return known.last_two(db, find_document(db, url))

    def history(self, url: str) -> History:
        """Return what is known of a document over time. A gap says only that nothing was captured in it."""
        with self._reading() as db:
            return answers.history(known.history(db, find_document(db, url)))

    def quote(self, text: str) -> tuple[QuoteMatch, ...]:
        """Return the versions that hold a wording: word for word first, then with changes.

        That a page is the first here does not prove that it published the wording first.
        """
        from archive.store.read.quotes import quote

        with self._reading() as db:
            return tuple(quote(db, text))

    def compare(
        self, copy: str | Article | Copy, *, url: str | None = None, original: str | None = None
    ) -> Comparison:
        """Return a copy set against its original: the document at ``original``, else the best one found.

        ``url`` is where the copy came from. The best original held need not be the first that was published.
        """
        from archive.store.write.comparisons import compare
        from archive.store.write.originals import is_indexed

        with self._reading() as db:
            if not is_indexed(db):
                raise ArchiveForeign(
                    "this archive was made before copies could be compared — "
                    'run "scrapy reread" once to bring it up'
                )
            against = None if original is None else _version_id(db, original, "compare with")
            return compare(db, as_copy(copy, url=url), original=against)

    def copy(self, url: str) -> Copy:
        """Return the current version of a held document as a copy, to be compared."""
        from archive.store.write.originals import held_copy

        with self._reading() as db:
            return held_copy(db, _version_id(db, url, "compare"))

    def cites(self, url: str) -> Citations:
        """Return what a document names and what names it. What the archive does not hold cannot be in it."""
        from archive.store.read.connections import cites

        with self._reading() as db:
            return answers.citations(cites(db, find_document(db, url)))

    def graph(self, url: str) -> Graph:
        """Return a document with those it names and those that name it, as the texts held say."""
        from archive.store.read.connections import place_of
        from archive.store.read.graph import surroundings

        with self._reading() as db:
            document = find_document(db, url)
            _version_id(db, url, "look for relations in")
            return surroundings(db, document, place_of(db, document)).graph

    def series(self, letters: str, *, year: int | None = None) -> tuple[Series, ...]:
        """Return an issuer's series of numbers, and what is not held between those that are.

        ``letters``: 工信部科函, or a whole number of the series. A gap does not show that there is such a document.
        """
        from archive.relations.series import asked
        from archive.store.read.graph import series_held

        prefix, written = asked(letters)
        with self._reading() as db:
            return tuple(series_held(db, prefix, year or written))

    def all_series(self) -> list[dict[str, Any]]:
        """Return the series of which numbers are held: how many, the lowest, the highest."""
        from archive.store.read.graph import all_series

        with self._reading() as db:
            return all_series(db, _MOST_SERIES)

    def standing(self, url: str, day: Day | None = None) -> Standing:
        """Return whether a document is in force on a day, today in Beijing without one, and the reasons.

        It rests on the documents held. It is no legal advice: a repeal that was never captured is not seen.
        """
        from archive.store.read.connections import standing_of

        asked = None if day is None else date.fromisoformat(_day(day))
        with self._reading() as db:
            return answers.standing(standing_of(db, find_document(db, url), asked))

    def captures(self, url: str) -> tuple[Capture, ...]:
        """Return every look at a document, the newest first, refusals and failures among them."""
        with self._reading() as db:
            return answers.captures(stored.captures_of(db, find_document(db, url)))

    def payload(self, digest: str) -> bytes:
        """Return a kept body by its digest. It proves which bytes were kept, not who wrote them."""
        with self._reading() as db:
            return Payloads(db).get(digest)

    def _listed(self, site: str | None) -> Iterator[Listed]:
        with self._reading() as db:
            yield from map(answers.listed, stored.listed(db, site))

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        if self._db is None:
            raise BadInput(f"the holding of {self.path} is closed — open the archive again")
        try:
            yield self._db
        except sqlite3.ProgrammingError:
            raise  # A mistake in a program, such as a second thread: nothing is wrong with the file.
        except sqlite3.DatabaseError as error:
            raise ArchiveDamaged(
                f'the archive cannot be read ({error}) — run "yuanben verify", or restore a backup'
            ) from error


def read(body: bytes, *, url: str, content_type: str = "", captured_at: str = "") -> Article | Unreadable:
    """Return what the reader makes of a page or a file, without the rules of a site: see ``archive.read``."""
    from archive.attach import is_file, read_document
    from archive.extract import read
    from archive.model import Page
    from archive.text.script import in_reading_order

    if not isinstance(body, bytes):
        raise BadInput("a page is read from its bytes — give them as they came, not decoded")
    page = Page(url=url, body=body, content_type=content_type, captured_at=captured_at)
    return in_reading_order(read_document(page) if is_file(page) else read(page))


def clean(text: str | bytes) -> Cleaned:
    """Return a damaged text put right: see ``archive.clean``."""
    from archive.damage.repair import clean
    from archive.extract import decode

    return clean(text if isinstance(text, str) else decode(text).text)


def as_copy(copy: str | Article | Copy, *, url: str | None = None) -> Copy:
    """Return a text or an article in the form in which copies are compared."""
    from archive.collate.comparison import Copy
    from archive.model import Article

    if isinstance(copy, Copy):
        return copy
    if not isinstance(copy, Article):
        return Copy(title="", text=copy, url=url)
    return Copy(
        title=copy.title,
        text=copy.text,
        url=url,
        published_at=copy.published_at,
        source_line=copy.source_line,
        removed=tuple(block.text for block in copy.removed),
    )


def _document(db: sqlite3.Connection, number: int, row: dict[str, object], at: str | None) -> Document:
    version = row["version"]
    assert version is None or isinstance(version, int)
    times = known.bounds(db, number, version, at)
    return answers.document(
        row
        | known.version_details(db, number, version, at)
        | {
            "attachments": known.attachments(db, number, version, at),
            "works": works(db, number),
            "seen": times.seen,
            "as_of": times.as_of,
            "at": at,
            "is_current": version == known.latest_row(db, number)["version"],
        }
    )


def _version_id(db: sqlite3.Connection, url: str, purpose: str) -> int:
    number = find_document(db, url)
    version = known.latest_row(db, number)["version"]
    if version is None:
        raise NotHeld(f"nothing readable was captured of {url} — there is no text to {purpose}")
    return known.version_id(db, number, version)


def _day(day: Day) -> str:
    return day_text(day if isinstance(day, str) else day.strftime("%Y-%m-%d"))


def _until(at: Moment) -> str:
    if isinstance(at, str):
        return until_text(at)
    if not isinstance(at, datetime):
        return until_text(_day(at))
    if at.tzinfo is None:
        raise BadInput(f"{at} has no time zone — give a datetime with one, or a Beijing day")
    return utc_text(at)
