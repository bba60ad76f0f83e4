"""Word search in titles, texts, attached files and page fields, in either script, width and case.

The page fields are document number, issuing body, publisher (by its short names, too) and source line. The
indexes give candidates: versions that hold every two-character piece of the query in their page or in one of
their files. Each is then checked against ``fold/2`` of its title, its text and those fields, and where these
do not contain the query, of each file's text. So a hit contains the query, whole figures for its figures, and
nothing that contains it is left out. The document whose number is asked for comes first.

Words that are separate in the query are found in one page or in one file, not some here and some there. A hit
says that the words are in the text we read, not what the page is about.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from archive.attach import safe_name
from archive.patterns import regex
from archive.store.read.query import (
    MATCHING,
    NUMBERED,
    OF_BODIES,
    TITLES,
    Clause,
    Days,
    Wording,
    conditions,
    expression,
    held,
    looked_up,
    newest_first,
    wordings,
)
from archive.text import fold, may_hold, place_of
from archive.text.canonical import CJK
from archive.text.figures import NUMERALS, holds, whole
from archive.text.folding import number_typed
from archive.text.names import body_named, full_names, kin_of

_BEFORE, _AFTER = 24, 56
# No numerals at the ends: whether they are a whole figure only the key says.
_IDEOGRAPHS = regex(f"(?![{NUMERALS}])[{CJK}]+(?<![{NUMERALS}])")
_A_NAME = regex(f"[{CJK}、]+")  # with quotation marks or signs it is sought as it is
# Words that may be adjacent in thousands of texts are not sought as a phrase in all of them.
_MOST_FOR_A_PHRASE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A version in which a query was found. ``mark`` is its span in ``snippet``, half-open.

    ``clause``: the path of the numbered part of the text that contains it. ``attachment``: the name of the
    file that contains it, None when it is in the page itself. ``state`` is that of the document today, not of
    an earlier version (not ``is_current``). ``place`` is where the first of the words is: ``text``,
    ``title``, ``attachments``, or the field that contains it or the full name for a short name. ``by_name``:
    the query is the name of a body, and the document is that body's under this other name, before or after a
    reorganisation; it need not contain the words.
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
    last_seen: str
    versions: int
    flags: tuple[str, ...]
    mark: tuple[int, int]
    attachment: str | None = None
    is_current: bool = True
    place: str = "text"
    clause: str | None = None
    by_name: str | None = None


def match_expression(query: str) -> str:
    """Return the FTS5 expression whose hits are the candidates for a query; empty when nothing can match.

    It is safe for any input: only letters, figures with their marks and ideographs of the query get into it.
    Every version that ``matches`` is among the candidates; not every candidate matches.
    """
    return " OR ".join(expression(wording) for wording in wordings(query))


def matches(query: str, title: str, text: str) -> bool:
    """Return whether a title or a text contains the query as one phrase, or else satisfies its words."""
    page = _Page(title, text, text)
    return any(page.clause(wording) for wording in wordings(query))


def search(db: sqlite3.Connection, query: str, *, site: str | None = None, since: str | None = None,
           until: str | None = None, kind: str | None = None, state: str | None = None,
           copied: bool | None = None, all_versions: bool = False, titles_first: bool = False,
           issuer: str | None = None, class_: str | None = None, standing: str | None = None,
           issuers: Sequence[str] | None = None, sites: Sequence[str] | None = None, changed: bool | None = None,
           limit: int | None = None) -> list[Hit]:  # fmt: skip
    """Return the hits of a query, newest first: one per document, in what ``latest`` shows.

    A query of several words is sought as one phrase first, and as words only when no text contains the phrase
    (with a limit: when none of the newest 60 that may contain it does). A query with operators is taken
    literally. ``titles_first``: hits whose title contains it come before the others. ``since`` and ``until``
    are Beijing days, compared with the date a page shows, or with the day it was first seen when it shows
    none. ``copied``: whether a copy or an original of it is held, as far as the two were compared. ``class_``
    and ``standing`` are those of the current version today, ``changed`` whether its source was ever seen to
    change it. ``issuers`` and ``sites``: any of these.

    Where the query is only the name of an issuing body, its documents under other names, before or after a
    reorganisation, come after all others.
    """
    told: dict[str, object] = {"class": class_, "issuer": issuer, "standing": standing, "changed": changed}
    told["issuers"] = None if issuers is None else json.dumps(issuers, ensure_ascii=False)
    told["sites"] = None if sites is None else json.dumps(sites, ensure_ascii=False)
    asked = conditions(db, site=site, kind=kind, state=state, copied=copied, **told)
    days = Days(since or "", f"{until}~" if until else "~")
    hits = _by_words(
        db, query, asked, days, all_versions=all_versions, titles_first=titles_first, limit=limit
    )
    if all_versions or (limit is not None and len(hits) >= limit):
        return hits
    held = {hit.document for hit in hits}
    others = (hit for hit in _by_other_names(db, query, asked, days) if hit.document not in held)
    return [*hits, *islice(others, None if limit is None else limit - len(hits))]


def _by_words(db: sqlite3.Connection, query: str, asked: Mapping[str, object], days: Days, *, all_versions: bool,
              titles_first: bool, limit: int | None) -> list[Hit]:  # fmt: skip
    ways = wordings(query)
    number = number_typed(query)
    places = (*([NUMBERED] if number else []), *([TITLES] if titles_first else []), MATCHING)
    for wording in ways:
        few = limit is not None and wording is not ways[-1]
        hits: dict[tuple[int, int], Hit] = {}
        for within in places:
            match = number if number and within == NUMBERED else expression(wording)
            if all_versions or limit is None:
                found = iter(looked_up(db, match, asked, days, within=within, all_versions=all_versions))
            else:
                found = newest_first(db, match, asked, days, within=within)
            first = _MOST_FOR_A_PHRASE if few and not hits else None
            _gather(hits, _verified(db, islice(found, first), wording, within), limit)
            _gather(hits, _verified(db, found if hits else iter(()), wording, within), limit)
        if hits:
            return list(hits.values())
    return []


def _by_other_names(
    db: sqlite3.Connection, query: str, asked: Mapping[str, object], days: Days
) -> Iterator[Hit]:
    """Yield the documents of a body under its other names, where the query is only its name."""
    names = other_names(query)
    if not names:
        return
    written = {form: name for name in names for form in forms_of(name)}
    for version in newest_first(
        db, json.dumps(list(written), ensure_ascii=False), asked, days, within=OF_BODIES
    ):
        row = _version(db, version)
        field = "issuer" if row["text_issuer"] in written else "publisher"
        text = row["text_issuer"] if field == "issuer" else row["publisher"]
        if text in written:
            yield Hit(**_shown(row), snippet=text, mark=(0, len(text)), place=field, by_name=written[text])


def other_names(query: str) -> list[str]:
    """Return a body's earlier and later names, where a query is only its name."""
    body = body_named(query) if _A_NAME.fullmatch(query.strip()) else None
    return list(dict.fromkeys(kin.name for kin in kin_of(body) if not kin.is_part)) if body else []


def forms_of(name: str) -> tuple[str, ...]:
    """Return the forms in which pages name a body as issuer: its own name, its office's."""
    return (name, f"中华人民共和国{name}", f"{name}办公厅", f"{name}办公室")


def _gather(hits: dict[tuple[int, int], Hit], found: Iterator[Hit], limit: int | None) -> None:
    if limit is not None and len(hits) >= limit:
        return
    for hit in found:
        hits.setdefault((hit.document, hit.version), hit)
        if len(hits) == limit:
            return


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The fields of a page beside its text."""

    number: str | None = None
    issuer: str | None = None
    publisher: str | None = None
    source_line: str | None = None

    def field(self, word: str) -> tuple[str, str] | None:
        """Return name and text of the field that contains a folded word.

        A field also matches that contains the full name for a short name.
        """
        told = (
            ("doc_number", self.number),
            ("publisher", self.publisher),
            ("issuer", self.issuer),
            ("source_line", self.source_line),
        )
        fields = ((name, text) for name, text in told if text)
        return next(((n, text) for n, text in fields if holds(word, fold(text)) or _names(word, text)), None)


def _names(word: str, field: str) -> bool:
    return any(fold(name) in fold(field) for name in full_names(word))


def _place(word: str, text: str, key: str) -> tuple[int, int] | None:
    start = whole(word, key)
    return None if start < 0 else place_of(word, text, start)


class _Page:
    """A title and a text, folded once, when needed."""

    def __init__(self, title: str, text: str, text_simplified: str, about: About | None = None) -> None:
        self.title = title
        self.text = text
        self._about = about or About()
        self._simplified = text_simplified if len(text_simplified) == len(text) else text

    @cached_property
    def _title_key(self) -> str:
        return fold(self.title)

    @cached_property
    def _text_key(self) -> str:
        return fold(self.text)

    def clause(self, wording: Wording) -> Clause | None:
        """Return the first clause of a wording that the page satisfies."""
        return held(wording, self._has)

    def _has(self, word: str) -> bool:
        if self._verbatim(word):
            return True
        pattern = may_hold(word)
        may = not pattern or pattern.search(self.text) or pattern.search(self.title)
        if may and (holds(word, self._text_key) or holds(word, self._title_key)):
            return True
        return self._about.field(word) is not None

    def span(self, word: str) -> tuple[str, str, int, int]:
        """Return the name and the text of the part that contains a word, and its span.

        The article's text comes before its title.
        """
        at = self._verbatim(word)
        if at:
            return "text", self.text, *at
        pattern = may_hold(word)
        # Folding a long text takes longer than all else, and mostly the title or a field contains the word.
        may = not pattern or pattern.search(self.text)
        if may and (place := _place(word, self.text, self._text_key)):
            return "text", self.text, *place
        if place := _place(word, self.title, self._title_key):
            return "title", self.title, *place
        field = self._about.field(word)
        if field is None:
            return "title", self.title, 0, 0
        name, text = field
        return name, text, *(_place(word, text, fold(text)) or (0, len(text)))

    def _verbatim(self, word: str) -> tuple[int, int] | None:
        """Return where ideographs stand just so: nothing that folding takes away has ideographs in it."""
        if not _IDEOGRAPHS.fullmatch(word):
            return None
        starts = (text.find(word) for text in (self.text, self._simplified))
        start = next((at for at in starts if at >= 0), None)
        return None if start is None else (start, start + len(word))


def _verified(
    db: sqlite3.Connection, versions: Iterator[int], wording: Wording, within: str
) -> Iterator[Hit]:
    for version in versions:
        row = _version(db, version)
        if within == TITLES and not _Page(row["title"], "", "").clause(wording):
            continue
        page, clause, name = _holding(db, row, wording)
        if page and clause:
            place, text, start, end = page.span(clause.words[0])
            snippet, mark = excerpt(text, start, end)
            part = _part(db, row["text_of"], start) if text is row["text"] else None
            place = "attachments" if name else place
            yield Hit(**_shown(row), snippet=snippet, mark=mark, attachment=name, place=place, clause=part)


def _version(db: sqlite3.Connection, version: int) -> sqlite3.Row:
    row: sqlite3.Row = db.execute(
        "select d.id as document, v.number as version, d.url, v.title, v.published_at, d.site, d.state, "
        "d.publisher, d.first_seen, d.last_seen, d.versions, d.flags, v.text, coalesce(v.text_simplified, v.text) as text_simplified, v.id as text_of, d.current is v.id as is_current, "
        "v.doc_number as text_number, v.issuer as text_issuer, v.source_line as text_source, "
        "exists (select 1 from attachments a where a.version = v.id) as text_beside "
        "from versions v join documents d on d.id = v.document where v.id = ?",
        (version,),
    ).fetchone()
    return row


def _shown(row: sqlite3.Row) -> dict[str, Any]:
    shown = {name: row[name] for name in row.keys() if not name.startswith("text")}  # noqa: SIM118
    return shown | {"is_current": bool(row["is_current"]), "flags": tuple(json.loads(row["flags"]))}


def _part(db: sqlite3.Connection, version: int, at: int) -> str | None:
    """Return the path of the innermost clause at a place of a version's text."""
    row = db.execute(
        'select path from version_clauses where version = ? and start <= ? and "end" > ? '
        "order by level desc, start desc limit 1",
        (version, at, at),
    ).fetchone()
    return row[0] if row else None


def _holding(
    db: sqlite3.Connection, row: sqlite3.Row, wording: Wording
) -> tuple[_Page | None, Clause | None, str | None]:
    """Return the part of a version that contains the words: its page, else its first such file, by name."""
    about = About(number=row["text_number"], issuer=row["text_issuer"], publisher=row["publisher"],
                  source_line=row["text_source"])  # fmt: skip
    page = _Page(row["title"], row["text"], row["text_simplified"], about)
    if clause := page.clause(wording):
        return page, clause, None
    if not row["text_beside"]:
        return None, None, None
    files = db.execute(
        "select name, text from files where version_id = ? and text is not null order by position",
        (row["text_of"],),
    )
    for name, text in files:
        file = _Page("", text, text)
        if clause := file.clause(wording):
            return file, clause, safe_name(name)
    return None, None, None


def excerpt(text: str, start: int, end: int) -> tuple[str, tuple[int, int]]:
    """Return the surroundings of a span on one line, and its span in them."""
    first, last = max(0, start - _BEFORE), min(len(text), end + _AFTER)
    before = ("…" if first else "") + _on_one_line(text[first:start]).lstrip()
    span = _on_one_line(text[start:end])
    after = _on_one_line(text[end:last]).rstrip() + ("…" if last < len(text) else "")
    return before + span + after, (len(before), len(before) + len(span))


def _on_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)
