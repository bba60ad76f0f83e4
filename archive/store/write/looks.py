"""The looks at a document as the state machine takes them, from readings, captures and redirects.

``looks_of`` gives a document's own looks in the order of their times. ``redirect_looks`` gives those at which
its address redirected and no request followed. ``looks_elsewhere`` gives the looks at other documents that
showed its text. The rest answers what a reader or a judgement asks of earlier looks: the last good reading, a
known reading of the same bytes, whether a version is new or changed against what was captured before.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from urllib.parse import urlsplit

from archive import CHEAP
from archive.clock import later
from archive.exchange import PERMANENT
from archive.model import Outcome
from archive.state import PRESENT, Look, LookElsewhere, Sight
from archive.store.file.queue import REASON as REPEATED_UNHELD
from archive.store.write.breaker import has_refused_edits, is_refused_of_site
from archive.store.write.documents import is_same_work, works
from archive.store.write.transitions import line_edit
from archive.trust.judgement import WAITS

# Shorter texts (见附件) are the same on many pages.
LEAST_TEXT = 60
# At most so many of the documents with one text, and of those redirected to one address, are considered.
MOST_ELSEWHERE, MOST_SENT = 50, 200
# The target of a redirect is taken from the nearest look within this time.
NEAR = 86400.0
_MOST_HOPS = 20
_SIGHTS = {
    Outcome.GONE: Sight.GONE,
    Outcome.QUARANTINED: Sight.QUARANTINED,
    Outcome.UNREADABLE: Sight.UNREADABLE,
    Outcome.BLOCKED: Sight.BLOCKED,
    Outcome.FAILED: Sight.FAILED,
}
_READINGS = (
    "select r.id, r.capture, r.outcome, r.reason, r.version, r.flags, r.again, r.reader, r.rules, c.captured_at, c.status, "
    "c.conditional, c.redirected_from, c.url from readings r join captures c on c.id = r.capture "
    "where r.document = ? and r.id > ? and c.kind = 'article' and not exists (select 1 from parts p where p.fetched = c.id) "
    "order by c.captured_at, c.id, r.id"
)
# Two versions, the document of the second, and its address.
_Pair = tuple[int, int, int, str]
_OTHERS = (
    "from versions v join documents a on a.id = v.document join versions w on w.title = v.title and w.document != v.document "
    "join documents d on d.id = w.document and d.site = a.site and d.role = a.role"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedLook:
    """One look and what the archive keeps of it.

    These are its first and last reading, the reading that made its version, and the flags.
    """

    look: Look
    first: int
    last: int
    flags: str
    version: int | None
    reader: str
    rules: int


def looks_of(
    db: sqlite3.Connection,
    document: int,
    *,
    after: int = 0,
    until: int | None = None,
    shown: Sequence[int] = (),
) -> list[RecordedLook]:
    """Return the looks at a document whose readings lie between two readings, in order of their times.

    ``shown``: the versions that were seen before these, in order.
    """
    rows = [row for row in db.execute(_READINGS, (document, after)) if until is None or row["id"] < until]
    captures = [list(group) for _, group in groupby(rows, key=lambda row: row["capture"])]
    versions = [row["version"] for row in rows if row["version"] is not None]
    keys = _keys(db, versions)
    kinds = works(db, document, [*shown, *versions])
    recorded = [_recorded_look(db, group, keys, kinds) for group in captures]
    return [look for look in recorded if look is not None]


def _recorded_look(
    db: sqlite3.Connection,
    rows: list[sqlite3.Row],
    keys: dict[int, str | None],
    kinds: dict[int, tuple[int, bool]],
) -> RecordedLook | None:
    # A capture that repeats a body that was not held showed nothing until it was given the body.
    rows = [row for row in rows if row["reason"] != REPEATED_UNHELD]
    if not rows:
        return None
    first = next((row for row in rows if not row["again"]), rows[0])
    last_shown = next((row for row in reversed(rows) if row["version"] is not None), None)
    if last_shown is None and first["outcome"] == Outcome.REDIRECTED:
        return None
    version = last_shown["version"] if last_shown is not None else None
    work, is_article = kinds.get(version, (0, True)) if version is not None else (0, True)
    return RecordedLook(
        look=Look(
            at=first["captured_at"],
            capture=first["capture"],
            sight=_sight(first, version),
            reason=first["reason"],
            version=version,
            key=keys.get(version) if version is not None else None,
            work=work,
            is_article=is_article,
            sent_to=first["url"] if _has_moved(db, first) else None,
            asked_for_changes=None if first["conditional"] is None else bool(first["conditional"]),
            was_doubted=first["reason"] if version and first["outcome"] == Outcome.QUARANTINED else None,
        ),
        first=rows[0]["id"],
        last=rows[-1]["id"],
        flags=rows[-1]["flags"],
        version=version,
        reader=(last_shown or first)["reader"],
        rules=(last_shown or first)["rules"],
    )


def _sight(first: sqlite3.Row, version: int | None) -> Sight:
    outcome = Outcome(first["outcome"])
    if first["status"] == 304:
        return Sight.SAME
    if version is not None or outcome in PRESENT:
        return Sight.SHOWN
    return _SIGHTS[outcome]


def _keys(db: sqlite3.Connection, versions: Iterable[int]) -> dict[int, str | None]:
    """Return for each version the key by which its text is found elsewhere, None for too short a text.

    The key is made from text and title.
    """
    keys: dict[int, str | None] = {}
    for version in dict.fromkeys(versions):
        row = db.execute(
            "select text_digest, title, length(text) >= ? as says from versions where id = ?",
            (LEAST_TEXT, version),
        ).fetchone()
        keys[version] = f"{row['text_digest']} {row['title']}" if row["says"] else None
    return keys


def _has_moved(db: sqlite3.Connection, row: sqlite3.Row) -> bool:
    """Return whether a capture came only through permanent redirects, and at another path than asked.

    Another scheme or host before the same path is the same address under another name.
    """
    shown, asked, hops = row["url"], row["url"], 0
    while row["redirected_from"] is not None and hops < _MOST_HOPS:
        row = db.execute(
            "select url, redirected_from, status from captures where id = ?", (row["redirected_from"],)
        ).fetchone()
        if row["status"] not in PERMANENT:
            return False
        asked, hops = row["url"], hops + 1
    return bool(hops) and is_another_path(asked, shown)


def is_another_path(one: str, other: str) -> bool:
    """Return whether two addresses differ in more than scheme and host."""
    first, second = urlsplit(one), urlsplit(other)
    return (first.path, first.query) != (second.path, second.query)


def redirect_looks(
    db: sqlite3.Connection,
    document: int,
    recorded: Sequence[RecordedLook],
    *,
    after: tuple[str, int],
    version: int | None,
) -> list[Look]:
    """Return the looks at which an address redirected and no request followed, with what was seen there.

    ``recorded``: the looks that showed the document; ``version`` is what it showed before them.
    """
    rows = db.execute(
        "select e.* from documents d join redirects e on e.url = d.url where d.id = ? and (e.captured_at, e.capture) > (?, ?) "
        "order by e.captured_at, e.capture",
        (document, *after),
    ).fetchall()
    return [_redirect_look(db, row, _version_before(row, recorded, version)) for row in rows]


def _version_before(row: sqlite3.Row, recorded: Sequence[RecordedLook], version: int | None) -> int | None:
    before = [entry.version for entry in recorded if entry.version and entry.look.at <= row["captured_at"]]
    return before[-1] if before else version


def _redirect_look(db: sqlite3.Connection, row: sqlite3.Row, version: int | None) -> Look:
    at = row["captured_at"]
    near = db.execute(
        "select r.version from documents d join readings r on r.document = d.id join captures c on c.id = r.capture "
        "where d.url = ? and r.version is not null and c.kind = 'article' and c.captured_at between ? and ? "
        "order by abs(julianday(c.captured_at) - julianday(?)), c.captured_at, c.id, r.id desc limit 1",
        (row["target"], later(at, -NEAR), later(at, NEAR), at),
    ).fetchone()
    there = near["version"] if near else None
    is_permanent = row["status"] in PERMANENT and is_another_path(row["url"], row["target"])
    return Look(
        at=at,
        capture=row["capture"],
        sight=Sight.SENT,
        key=_keys(db, [there])[there] if there else None,
        sent_to=row["target"] if is_permanent else None,
        is_same_work=_is_same_work(db, version, there),
    )


def _is_same_work(db: sqlite3.Connection, version: int | None, there: int | None) -> bool:
    if version is None or there is None:
        return False
    one, other = (
        db.execute("select * from versions where id = ?", (known,)).fetchone() for known in (version, there)
    )
    return is_same_work(one, other)


def looks_elsewhere(db: sqlite3.Connection, document: int) -> list[LookElsewhere]:
    """Return the looks at other documents of the site that showed a text of this one in any version.

    A text that differs only by lines that a person refused at this site also counts as this one. A failed
    look says nothing of what the page showed.
    """
    pairs = _but_for_refused_lines(db, document)
    near = _near_keys(db, pairs)
    return [
        replace(there, key=near[other, there.key]) if (other, there.key) in near else there
        for other, url in _alike(db, document, pairs)
        for there in _elsewhere(url, [entry.look for entry in looks_of(db, other)])
    ]


def _near_keys(db: sqlite3.Connection, pairs: Sequence[_Pair]) -> dict[tuple[int, str | None], str]:
    """Map each document and key that differ only by refused lines to the key that is meant here."""
    keys = _keys(db, [version for ours, theirs, *_ in pairs for version in (ours, theirs)])
    return {(owner, keys[theirs]): key for ours, theirs, owner, _ in pairs if (key := keys[ours]) is not None}


def _elsewhere(url: str, looks: Iterable[Look]) -> list[LookElsewhere]:
    others, shown = list[LookElsewhere](), None
    for look in looks:
        if look.sight is Sight.SHOWN:
            shown = look.key
        if look.sight not in (Sight.SHOWN, Sight.SAME, Sight.GONE, Sight.QUARANTINED):
            continue
        # A 304 says that the page shown last is there again, whatever absence lay between.
        key = shown if look.sight in (Sight.SHOWN, Sight.SAME) else look.key
        others.append(LookElsewhere(at=look.at, capture=look.capture, url=url, key=key))
    return others


def alike(db: sqlite3.Connection, document: int) -> list[tuple[int, str]]:
    """Return number and address of documents of the same site and role that share a text and its title.

    A text also counts as shared if it differs only by lines that a person refused at this site. An article
    that gets a new address after a template change has the template's line in it from the start.
    """
    return _alike(db, document, _but_for_refused_lines(db, document))


def _alike(db: sqlite3.Connection, document: int, pairs: Sequence[_Pair]) -> list[tuple[int, str]]:
    rows = db.execute(
        f"select distinct d.id, d.url {_OTHERS} and w.text_digest = v.text_digest "
        "where v.document = ? and length(v.text) >= ? order by d.url limit ?",
        (document, LEAST_TEXT, MOST_ELSEWHERE),
    )
    same = {row[0]: row[1] for row in rows}
    near = {owner: url for _, _, owner, url in pairs}
    return sorted((near | same).items(), key=lambda pair: pair[1])


def _but_for_refused_lines(db: sqlite3.Connection, document: int) -> list[_Pair]:
    """Return the pairs of versions whose texts differ only by refused lines: ours, theirs, their document."""
    # Asked at every look: at most sites nobody ever refused an edit, and no text need be read.
    if not has_refused_edits(db, document):
        return []
    rows = db.execute(
        "select v.id, w.id, v.text, w.text, w.document, d.url "
        f"{_OTHERS} and w.published_at = v.published_at and w.text_digest != v.text_digest "
        "where v.document = ? and min(length(v.text), length(w.text)) >= ? order by v.id, d.url, w.id limit ?",
        (document, LEAST_TEXT, MOST_ELSEWHERE),
    )
    return [
        (our_version, their_version, owner, url)
        for our_version, their_version, ours, theirs, owner, url in rows.fetchall()
        if (edit := line_edit(ours, theirs)) and is_refused_of_site(db, document, edit.digest)
    ]


def redirected_here(db: sqlite3.Connection, document: int, at: str) -> list[int]:
    """Return the documents whose addresses redirected to this one's about a moment, with no request after."""
    rows = db.execute(
        "select distinct o.id from documents d join redirects e on e.target = d.url join documents o on o.url = e.url "
        "where d.id = ? and e.captured_at between ? and ? order by o.url limit ?",
        (document, later(at, -NEAR), later(at, NEAR), MOST_SENT),
    )
    return [row[0] for row in rows]


def flags_of_page(flags: Iterable[str]) -> tuple[str, ...]:
    """Return the flags of a reading without those that only a comparison with the earlier text can give."""
    return tuple(flag for flag in flags if flag not in WAITS)


def flags_of(recorded: Sequence[RecordedLook]) -> set[str]:
    """Return the flags of the last look."""
    return set(json.loads(recorded[-1].flags)) if recorded else set()


def outcome_against_previous(
    db: sqlite3.Connection, document: int | None, capture: sqlite3.Row, version: int
) -> Outcome:
    """Return whether a version is new, changed or unchanged against what was captured before."""
    before = db.execute(
        "select r.version from readings r join captures c on c.id = r.capture where r.document = ? and "
        "r.version is not null and c.id != ? and c.captured_at <= ? order by c.captured_at desc, r.id desc limit 1",
        (document, capture["id"], capture["captured_at"]),
    ).fetchone()
    if before is None:
        later_ones = db.execute(
            "select 1 from readings where document = ? and version is not null and capture != ?",
            (document, capture["id"]),
        ).fetchone()
        return Outcome.CHANGED if later_ones else Outcome.NEW
    return Outcome.UNCHANGED if before["version"] == version else Outcome.CHANGED


def last_good(db: sqlite3.Connection, document: int, capture: int) -> sqlite3.Row | None:
    """Return the last reading before a capture that showed a version of the document."""
    # Mostly this is the last known sighting; then no other look is examined.
    last: sqlite3.Row | None = db.execute(
        "select * from readings where document = ? and version is not null order by id desc limit 1",
        (document,),
    ).fetchone()
    if last is None or _is_last_sighting(db, last, capture):
        return last
    row: sqlite3.Row | None = db.execute(
        "select r.* from readings r join captures c on c.id = r.capture where r.document = ? and "
        "r.version is not null and c.id != ? and c.captured_at <= (select captured_at from captures where id = ?) "
        "order by c.captured_at desc, r.id desc limit 1",
        (document, capture, capture),
    ).fetchone()
    return row


def _is_last_sighting(db: sqlite3.Connection, reading: sqlite3.Row, capture: int) -> bool:
    """Return whether a reading is of the last page seen of its document, before a capture."""
    row = db.execute(
        "select 1 from captures c join documents d on d.id = ? join captures n on n.id = ? where c.id = ? "
        "and c.kind = 'article' and c.captured_at = d.last_seen and c.captured_at < n.captured_at",
        (reading["document"], capture, reading["capture"]),
    ).fetchone()
    return row is not None


def is_read_in_full(db: sqlite3.Connection, document: int | None) -> bool:
    """Return whether a full reader has made a version of the document."""
    row = db.execute(
        "select 1 from readings where document = ? and version is not null and reader not like ? limit 1",
        (document, f"% {CHEAP}"),
    ).fetchone()
    return row is not None


def has_parts(db: sqlite3.Connection, url: str) -> bool:
    """Return whether the last reading of an address named further pages of the article."""
    return (
        db.execute(
            "select 1 from parts p join captures c on c.id = p.capture where c.url = ? limit 1", (url,)
        ).fetchone()
        is not None
    )


def part_captures(db: sqlite3.Connection, capture: int) -> list[int]:
    """Return the captures of an article's further pages, in order."""
    rows = db.execute(
        "select fetched from parts where capture = ? and fetched is not null order by number", (capture,)
    )
    return [row[0] for row in rows]


def known_reading(
    db: sqlite3.Connection, capture: sqlite3.Row, url: str | None, *, reader: str, rules: int
) -> sqlite3.Row | None:
    """Return a reader's earlier reading, by the same rules, of the same bytes from the same address."""
    row: sqlite3.Row | None = db.execute(
        "select r.* from readings r join captures c on c.id = r.capture left join documents d on d.id = r.document "
        "where r.payload = ? and r.reader = ? and r.rules = ? and c.url = ? and d.url is ? "
        "and r.outcome not in ('failed', 'quarantined') and coalesce(r.reason, '') not like 'reader\\_%' escape '\\' "
        "order by r.id desc limit 1",
        (capture["payload"], reader, rules, capture["url"], url),
    ).fetchone()
    return row
