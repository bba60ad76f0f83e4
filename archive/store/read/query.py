"""What a query asks for, and the versions that may contain it, in the order in which they are shown.

A query is a phrase, words, or words joined by OR, AND and NOT. Any text is a query, and parsing it is pure.
Without an operator a document number is sought as such first, whatever its brackets. Then the whole query is
sought as one phrase, and then as words. With an operator the query is taken literally: ``"…"`` keeps words
together, ``OR`` (or ``|``) separates alternatives, ``NOT`` or a leading ``-`` excludes.

The newest versions come first. They are candidates: the indexes hold pairs of characters, and a text with all
pairs of a word need not contain the word.
"""

from __future__ import annotations

import heapq
import json
import re
import sqlite3
from bisect import insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from archive.clock import BEIJING, moment
from archive.errors import BadInput, did_you_mean
from archive.patterns import regex
from archive.text import bigrams, fold
from archive.text.folding import number_typed
from archive.text.names import full_names

# This many pieces leave almost no false candidates; SQLite bounds the size of an expression.
_MOST_PIECES = 48
_MOST_CLAUSES = 12
_TOKEN = regex(r'(?<!\S)-?["“「][^"“”「」]{1,300}["”」]|\S+')
_QUOTED = regex(r'(-?)["“「](.*)["”」]', re.DOTALL)
# A negative number, not an excluded word: -5℃, -3.2%.
_BELOW_ZERO = regex(r"-[0-9０-９]+(?:[.．][0-9０-９]+)?[%％‰°℃]")
_OR, _AND, _NOT = ("OR", "|", "||"), ("AND", "&", "&&"), ("NOT", "!")


@dataclass(frozen=True, slots=True)
class Clause:
    """Folded words that must all occur, and folded words that must not."""

    words: tuple[str, ...]
    without: tuple[str, ...] = ()


Wording = tuple[Clause, ...]
"""Clauses of which one must hold."""


@lru_cache(maxsize=64)
def wordings(query: str) -> tuple[Wording, ...]:
    """Return the wordings of a query, best first; the next is tried only when no text contains one."""
    joined = tuple(_clauses(query))
    if joined:
        return (joined,)
    number = (fold(number_typed(query) or ""),)
    phrase = (fold(query),)
    words = tuple(dict.fromkeys(word for word in map(fold, query.split()) if word))
    return tuple((Clause(found),) for found in dict.fromkeys((number, phrase, words)) if any(found))


def expression(wording: Wording) -> str:
    """Return the FTS5 expression whose hits are the candidates for a wording.

    It is safe for any input: only letters, figures with their marks and ideographs of the query get into it.
    """
    return " OR ".join(f"({_all_of(clause.words)})" for clause in wording)


def held(wording: Wording, holds: Callable[[str], bool]) -> Clause | None:
    """Return the first clause that is satisfied; ``holds`` says whether a folded word occurs."""
    for clause in wording:
        if all(map(holds, clause.words)) and not any(map(holds, clause.without)):
            return clause
    return None


def sought(query: str) -> list[str]:
    """Return the folded words that a page may be marked with: the phrase and each of the words asked for."""
    return list(dict.fromkeys(w for wording in wordings(query) for clause in wording for w in clause.words))


def _clauses(query: str) -> Iterator[Clause]:
    """Yield the clauses of a query with operators; nothing when no operator joins anything."""
    tokens: list[str] = _TOKEN.findall(query)
    plain = [token for token in tokens if not _is_operator(token) and not _leaves_out(token)]
    has_operator = any(map(_is_operator, tokens)) or any(map(_leaves_out, tokens))
    if not any(map(fold, plain)) or not (has_operator or any(map(_QUOTED.fullmatch, plain))):
        return
    words: list[str] = []
    without: list[str] = []
    leaving_out, made = False, 0
    for token in [*tokens, "OR"]:
        if token in _OR:
            if words and made < _MOST_CLAUSES:
                made += 1
                yield Clause(tuple(dict.fromkeys(words)), tuple(dict.fromkeys(without)))
            words, without, leaving_out = [], [], False
        elif token in _NOT:
            leaving_out = True
        elif token not in _AND:
            word = fold(_bare(token))
            if word:
                (without if leaving_out or _leaves_out(token) else words).append(word)
            leaving_out = False


def _is_operator(token: str) -> bool:
    return token in _OR or token in _AND or token in _NOT


def _leaves_out(token: str) -> bool:
    if _BELOW_ZERO.match(token):
        return False
    return len(token) > 1 and token[0] == "-" and token[1] != "-" and bool(fold(token))


def _bare(token: str) -> str:
    quoted = _QUOTED.fullmatch(token)
    return quoted[2] if quoted else token if _BELOW_ZERO.match(token) else token.removeprefix("-")


def _all_of(words: tuple[str, ...]) -> str:
    terms = dict.fromkeys(_term(piece) for word in words if not full_names(word) for piece in bigrams(word))
    either = (_either(word) for word in words if full_names(word))
    return " AND ".join([*either, *islice(terms, _MOST_PIECES)])


def _either(word: str) -> str:
    """Return the alternatives for a short name: itself, or the full name of a body it stands for."""
    names = (word, *map(fold, full_names(word)))
    return (
        "("
        + " OR ".join("(" + " AND ".join(map(_term, dict.fromkeys(bigrams(name)))) + ")" for name in names)
        + ")"
    )


def _term(piece: str) -> str:
    return f'"{piece}"*' if len(piece) == 1 else f'"{piece}"'


_GIVEN = "(select value from json_each(:told))"
TITLES = "(select rowid from title_index where title_index match :match)"
NUMBERED = "(select id as rowid from versions where doc_number = :match)"
MATCHING = (
    "(select rowid from version_index where version_index match :match union all "
    "select a.version from attachment_texts t join attachment_sightings s on s.payload = t.payload "
    "join attachments a on a.url = s.url and coalesce(a.payload, t.payload) = t.payload "
    "where t.id in (select rowid from attachment_index where attachment_index match :match))"
)
OF_BODIES = (
    "(select current as rowid from documents where current is not null and "
    "(issuer in (select value from json_each(:match)) or publisher in (select value from json_each(:match))))"
)
_ASKED = {
    "site": "d.site = :site",
    "sites": "d.site in (select value from json_each(:sites))",
    "publisher": "d.publisher = :publisher",
    "kind": "d.kind = :kind",
    "state": "d.state = :state",
    "issuer": "d.issuer = :issuer",
    "issuers": "d.issuer in (select value from json_each(:issuers))",
    "class": "(select class from version_connections c where c.version = d.current) = :class",
    "standing": "coalesce((select standing from standings s where s.document = d.id), 'unknown') = :standing",
    "changed": ":changed = exists (select 1 from transitions t where t.document = d.id)",
    "copied": ":copied = exists "
    "(select 1 from comparisons k where k.copy_document = d.id or k.original_document = d.id)",
}
# Few candidates are looked up and sorted. For many, the newest documents are gone through until there are
# enough hits. What a quarter of a large archive may contain is not even listed: that alone took 80 ms.
_FEW, _MANY = 3_000, 25_000
# A day that was still ahead when the page was last seen is not believed (a day's grace, in Beijing) and
# ignored.
_IS_AHEAD = "coalesce(substr({}.published_at, 1, 10) > date(d.last_seen, '+32 hours'), 0)"
_DATED = (
    f"select d.published_at, d.current, {_IS_AHEAD.format('d')}, d.first_seen from documents d "
    "where d.published_at between :since and :until {} order by d.published_at desc, d.current desc"
)
_UNDATED = (
    "select d.first_seen, d.current from documents d where d.published_at is null "
    "and d.current is not null {} order by d.first_seen desc, d.current desc"
)
_DATED_LATER = (
    "select d.first_seen, d.current from documents d where d.published_at > :until "
    f"and {_IS_AHEAD.format('d')} {{}}"
)
_LOOKED_UP = (
    f"select d.current as id, case when not {_IS_AHEAD.format('d')} then d.published_at end as published_at, "
    "d.first_seen from documents d where d.current in {} {}"
)
_OF_ALL_VERSIONS = (
    f"select v.id, case when not {_IS_AHEAD.format('v')} then v.published_at end as published_at, d.first_seen "
    "from versions v join documents d on d.id = v.document where v.id in {} {}"
)


ANY_DAY = "~"  # sorts after every day


@dataclass(frozen=True, slots=True)
class Days:
    """The Beijing days, both included, between which a page's date must lie; empty: any."""

    since: str = ""
    until: str = ANY_DAY

    def hold(self, dated: tuple[str, int]) -> bool:
        """Return whether a version's date is among them."""
        return self.since <= dated[0] <= self.until


def conditions(db: sqlite3.Connection, **told: object) -> dict[str, object]:
    """Return the conditions on documents, by name.

    A site may be named by its spider, its publisher or a short name.
    """
    asked = {name: value for name, value in told.items() if value is not None}
    name = asked.get("site")
    if name is not None and not db.execute("select 1 from documents where site = ?", (name,)).fetchone():
        asked["publisher"] = asked.pop("site")
        asked["publisher"] = next(iter(_publishers(db, str(name))), name)
    return asked


def site_named(db: sqlite3.Connection, name: str) -> str:
    """Return the site that a name or a publisher's name means.

    Raise BadInput, with the nearest names, where there is none.
    """
    check_site(db, name)
    rows = db.execute("select distinct site from documents where :name in (site, publisher)", {"name": name})
    held = [row[0] for row in rows]
    for full in _publishers(db, name):
        held += [
            row[0] for row in db.execute("select distinct site from documents where publisher = ?", (full,))
        ]
    sites = sorted(set(held)) or [name]
    if name in sites or len(sites) == 1:
        return name if name in sites else str(sites[0])
    raise BadInput(f'"{name}" publishes on more than one site — name one of {", ".join(sites)}')


def check_site(db: sqlite3.Connection, name: str) -> None:
    """Raise BadInput with the nearest names where no site and no publisher has a name."""
    known = {
        row[0]: None
        for row in db.execute("select site from documents union select site from crawls order by 1")
    }
    publishers = [row[0] for row in db.execute("select distinct publisher from documents order by 1")]
    if name in known or name in publishers or _publishers(db, name):
        return
    some = f"it has {', '.join(list(known)[:5])}" if known else "no site has been crawled yet"
    near = did_you_mean(name, [*known, *publishers]) or some
    raise BadInput(f'no site "{name}" in this archive — {near}')


def _publishers(db: sqlite3.Connection, name: str) -> list[str]:
    """Return the publishers that a short name stands for and that have documents here."""
    held = "select 1 from documents where publisher = ? limit 1"
    return [full for full in full_names(name) if db.execute(held, (full,)).fetchone()]


def looked_up(
    db: sqlite3.Connection, match: str, asked: Mapping[str, object], days: Days, *, within: str = MATCHING,
    all_versions: bool = False,
) -> list[int]:  # fmt: skip
    """Return the versions that may contain the words, newest first, after looking up all of them."""
    sql = _OF_ALL_VERSIONS if all_versions else _LOOKED_UP
    return _in_order(db.execute(sql.format(within, _where(asked)), {**asked, "match": match}), days)


def _in_order(rows: Iterable[sqlite3.Row], days: Days) -> list[int]:
    dated = [(row["published_at"] or beijing_time(row["first_seen"]), row["id"]) for row in rows]
    return [version for _, version in sorted(filter(days.hold, dated), reverse=True)]


def newest_first(
    db: sqlite3.Connection, match: str, asked: Mapping[str, object], days: Days, *, within: str = MATCHING
) -> Iterator[int]:
    """Yield the versions of ``latest`` that may contain the words, newest first, as many as are asked for."""
    # As one JSON text: thousands of rows one by one took twice as long.
    listed = f"select json_group_array(rowid) from (select rowid from {within} limit {_MANY})"
    told = db.execute(listed, {"match": match}).fetchone()[0]
    candidates = set(json.loads(told))
    if len(candidates) < _FEW:
        # Not sought again: a sentence's twenty pairs took 16 ms each time.
        rows = db.execute(_LOOKED_UP.format(_GIVEN, _where(asked)), {**asked, "told": told})
        yield from _in_order(rows, days)
        return
    for version in _by_date(db, asked, days):
        if len(candidates) >= _MANY or version in candidates:
            yield version


def beijing_time(utc: str) -> str:
    """Return a UTC text as Beijing time of the form a page shows: ``YYYY-MM-DDTHH:MM+08:00``."""
    return (moment(utc) + BEIJING).strftime("%Y-%m-%dT%H:%M+08:00")


def _by_date(db: sqlite3.Connection, asked: Mapping[str, object], days: Days) -> Iterator[int]:
    where, values = _where(asked), {**asked, "since": days.since, "until": days.until}
    dated, undated = db.cursor(), db.cursor()
    dated.row_factory = undated.row_factory = None  # plain tuples: thousands may be gone through
    rows = undated.execute(_UNDATED.format(where), values)
    seen = filter(days.hold, ((beijing_time(first_seen), version) for first_seen, version in rows))
    believed = _believed(
        dated.execute(_DATED.format(where), values), _dated_later(db, where, values, days), days
    )
    yield from (version for _, version in heapq.merge(believed, seen, reverse=True))


def _dated_later(
    db: sqlite3.Connection, where: str, values: Mapping[str, object], days: Days
) -> list[tuple[str, int]]:
    """Return the documents with a date after the days asked for that is not believed.

    They are ordered by when they were first seen.
    """
    if days.until == ANY_DAY:
        return []
    rows = db.execute(_DATED_LATER.format(where), values)
    return sorted(filter(days.hold, ((beijing_time(row[0]), row[1]) for row in rows)))


def _believed(
    rows: Iterable[tuple[str, int, int, str]], waiting: list[tuple[str, int]], days: Days
) -> Iterator[tuple[str, int]]:
    """Yield documents by date, those with a date that is not believed by when they were first seen.

    The first sighting places such a document later in the order than its date would.
    """
    for published_at, version, is_ahead, first_seen in rows:
        if is_ahead:
            placed = (beijing_time(first_seen), version)
            if days.hold(placed):
                insort(waiting, placed)
            continue
        while waiting and waiting[-1] > (published_at, version):
            yield waiting.pop()
        yield published_at, version
    yield from reversed(waiting)


def _where(asked: Mapping[str, object]) -> str:
    return "".join(f" and {_ASKED[name]}" for name in asked)
