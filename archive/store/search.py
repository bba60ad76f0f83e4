"""Finding words in titles, texts and attached files, in either script, whatever the case, width and spacing.

The indexes give candidates: versions that hold every two-character piece of the query in their page or in one of
their files. Each is then checked against ``fold/1`` of its title and its text, and where these do not hold the
query, of each file's text: so what is returned holds the query and nothing that holds it is left out.
Words that stand apart are found in one page or in one file, not some here and some there. A hit says that the
words stand in what we read, not what the page is about.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, lru_cache
from itertools import islice

from archive.attach import safe_name
from archive.clock import moment
from archive.text import bigrams, fold, fold_map
from archive.text.characters import CJK

# So many pieces leave next to no false candidates; SQLite bounds the size of an expression.
_MOST_PIECES = 48
_BEFORE, _AFTER = 24, 56
_IDEOGRAPHS = re.compile(f"[{CJK}]+")
_MATCHING = (
    "(select rowid from version_index where version_index match :match union all "
    "select a.version from attachment_texts t join attachment_sightings s on s.payload = t.payload "
    "join attachments a on a.url = s.url and coalesce(a.payload, t.payload) = t.payload "
    "where t.id in (select rowid from attachment_index where attachment_index match :match))"
)
_OF_SITE = "(:site is null or :site in (d.site, d.publisher))"
# The index on dates holds all that is asked: no text is read before the order is known.
_OF_LATEST = (
    "with dated as materialized "
    f"(select id, published_at from versions indexed by versions_by_published where id in {_MATCHING}) "
    f"select v.id, v.published_at, d.first_seen from dated v join documents d on d.current = v.id where {_OF_SITE}"
)
_OF_ALL_VERSIONS = (
    "select v.id, v.published_at, d.first_seen from versions v join documents d on d.id = v.document "
    f"where v.id in {_MATCHING} and {_OF_SITE}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One version in which a query was found. ``mark`` is where in ``snippet`` it stands, half-open.

    ``attachment``: the name of the file that holds it, None when it stands in the page itself.
    """

    document: int
    version: int
    url: str
    title: str
    published_at: str | None
    site: str
    snippet: str
    state: str
    publisher: str
    first_seen: str
    versions: int
    flags: str
    mark: tuple[int, int]
    attachment: str | None = None


def match_expression(query: str) -> str:
    """Return the FTS5 expression whose hits are the candidates for a query; empty when nothing can match.

    Safe for any input: nothing of the query but letters, figures and ideographs gets into it. Every version
    that ``matches`` is among the candidates; not every candidate matches.
    """
    return " OR ".join(f"({_expression(words)})" for words in _wordings(query))


def matches(query: str, title: str, text: str) -> bool:
    """Return whether a title or a text holds the query as one phrase, or else each of its words somewhere."""
    page = _Page(title, text, text)
    return any(page.holds(words) for words in _wordings(query))


def search(db: sqlite3.Connection, query: str, *, site: str | None = None, since: str | None = None,
           all_versions: bool = False, limit: int | None = None) -> list[Hit]:  # fmt: skip
    """Return where a query is found, newest first: one hit a document, of what ``latest`` shows.

    A query of several words is sought as one phrase first, and as words only when no text holds the phrase.
    ``since`` is a Beijing day, set against the date a page shows; against the day it was first seen when it
    shows none.
    """
    for words in _wordings(query):
        found = _candidates(db, words, site=site, since=since, all_versions=all_versions)
        hits = list(islice(_verified(db, found, words), limit))
        if hits:
            return hits
    return []


class _Page:
    """A title and a text that are folded when that is needed, and once."""

    def __init__(self, title: str, text: str, text_simplified: str) -> None:
        self.title = title
        self.text = text
        self._simplified = text_simplified if len(text_simplified) == len(text) else text

    @cached_property
    def _title_key(self) -> str:
        return fold(self.title)

    @cached_property
    def _text_key(self) -> str:
        return fold(self.text)

    def holds(self, words: tuple[str, ...]) -> bool:
        return all(
            self._verbatim(word) or word in self._text_key or word in self._title_key for word in words
        )

    def span(self, word: str) -> tuple[str, int, int]:
        """Return the text that holds a word, and from where to where: the article's, else its title."""
        at = self._verbatim(word)
        if at:
            return self.text, *at
        for text in (self.text, self.title):
            folded, offsets = fold_map(text)
            start = folded.find(word)
            if start >= 0:
                return text, offsets[start], offsets[start + len(word) - 1] + 1
        return self.title, 0, 0

    def _verbatim(self, word: str) -> tuple[int, int] | None:
        """Return where ideographs stand just so: nothing that folding takes away has ideographs in it."""
        if not _IDEOGRAPHS.fullmatch(word):
            return None
        starts = (text.find(word) for text in (self.text, self._simplified))
        start = next((at for at in starts if at >= 0), None)
        return None if start is None else (start, start + len(word))


@lru_cache(maxsize=64)
def _wordings(query: str) -> tuple[tuple[str, ...], ...]:
    """Return what may be sought for a query, best first: the whole of it, then all its words."""
    phrase = (fold(query),)
    words = tuple(dict.fromkeys(word for word in map(fold, query.split()) if word))
    return tuple(wording for wording in dict.fromkeys((phrase, words)) if any(wording))


def _expression(words: tuple[str, ...]) -> str:
    terms = dict.fromkeys(
        f'"{piece}"*' if len(word) == 1 else f'"{piece}"' for word in words for piece in bigrams(word)
    )
    return " AND ".join(islice(terms, _MOST_PIECES))


def _candidates(db: sqlite3.Connection, words: tuple[str, ...], *, site: str | None, since: str | None,
                all_versions: bool) -> list[int]:  # fmt: skip
    """Return the versions that may hold the words, newest first."""
    sql = _OF_ALL_VERSIONS if all_versions else _OF_LATEST
    rows = db.execute(sql, {"match": _expression(words), "site": site})
    dated = [(row["published_at"] or beijing_time(row["first_seen"]), row["id"]) for row in rows]
    return [version for day, version in sorted(dated, reverse=True) if since is None or day[:10] >= since]


def _verified(db: sqlite3.Connection, versions: list[int], words: tuple[str, ...]) -> Iterator[Hit]:
    for version in versions:
        row = db.execute(
            "select d.id as document, v.number as version, d.url, v.title, v.published_at, d.site, d.state, "
            "d.publisher, d.first_seen, d.versions, d.flags, v.text, v.text_simplified, v.id as text_of "
            "from versions v join documents d on d.id = v.document where v.id = ?",
            (version,),
        ).fetchone()
        page, name = _holding(db, row, words)
        if page:
            snippet, mark = excerpt(*page.span(words[0]))
            shown = {name: row[name] for name in row.keys() if not name.startswith("text")}  # noqa: SIM118
            yield Hit(**shown, snippet=snippet, mark=mark, attachment=name)


def _holding(
    db: sqlite3.Connection, row: sqlite3.Row, words: tuple[str, ...]
) -> tuple[_Page | None, str | None]:
    """Return what of a version holds the words: its page, else the first of its files, with its name."""
    page = _Page(row["title"], row["text"], row["text_simplified"])
    if page.holds(words):
        return page, None
    files = db.execute(
        "select name, text from files where version_id = ? and text is not null order by position",
        (row["text_of"],),
    )
    for name, text in files:
        file = _Page("", text, text)
        if file.holds(words):
            return file, safe_name(name)
    return None, None


def excerpt(text: str, start: int, end: int) -> tuple[str, tuple[int, int]]:
    """Return the surroundings of a span on one line, and where the span stands in them."""
    first, last = max(0, start - _BEFORE), min(len(text), end + _AFTER)
    before = ("…" if first else "") + _on_one_line(text[first:start]).lstrip()
    span = _on_one_line(text[start:end])
    after = _on_one_line(text[end:last]).rstrip() + ("…" if last < len(text) else "")
    return before + span + after, (len(before), len(before) + len(span))


def _on_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def beijing_time(utc: str) -> str:
    """Return a UTC text as Beijing time of the form a page shows: ``YYYY-MM-DDTHH:MM+08:00``."""
    return (moment(utc) + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M+08:00")
