"""Keeping exchanges, the declarations of their sites, and the events that follow from them.

What is kept here is never changed: a capture says what happened, not what it means. What was declared for a
site is kept whole, so that any reading can be repeated from the file alone. Events are what a person may want
to know. Every event says when, where, and from which capture it follows.

Whether an answer is whole is told by what was kept of its address before. An answer that says itself how long
it is, and is shorter, comes here as truncated already. The others may be cut all the same: ended by the closing
of the connection, or sent with a length that the server named wrongly. What cannot be all of a page is
``truncated``, which takes no text away from a version; it is kept as evidence and asked for again. A page that
never ends as pages end is read nevertheless, and flagged.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace

from archive.clock import later
from archive.exchange import ends_whole, is_beginning_of, same_kind
from archive.model import Exchange, Site
from archive.model.events import BY_NAME
from archive.store.file.payloads import Payloads, payload_digest

# Flags of an exchange: its end was the connection's; more came than its length said; it was broken, not closed.
CLOSE_DELIMITED, BYTES_AFTER_BODY, BROKEN_OFF = "close_delimited", "bytes_after_body", "broken_off"
NO_END = "no_end"
_PARTIAL = 206
# Where two cut answers of one page end alike, their server ends them there.
_TAIL = 64
_LOOKS_BACK = 20
# A page that lost its end, and nothing else, is believed when it was seen so twice before and for so long.
_LOST_LOOKS, _LOST_SECONDS = 2, 72 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a conditional request may offer, and when it was given; all empty when the last good answer gave none."""

    etag: str = ""
    last_modified: str = ""
    captured_at: str = ""


def same_exchange(db: sqlite3.Connection, exchange: Exchange, crawl: int) -> int | None:
    """Return the capture of an exchange that was kept already: handed over twice, it is still one."""
    row = db.execute(
        "select id from captures where crawl = ? and url = ? and captured_at = ? and origin = ? "
        "and redirected_from is ? and status is ? and error is ?",
        (crawl, exchange.url, exchange.captured_at, exchange.origin, exchange.redirected_from, exchange.status,
         exchange.error),
    ).fetchone()  # fmt: skip
    return row["id"] if row else None


def at_its_own_time(db: sqlite3.Connection, exchange: Exchange, crawl: int) -> Exchange:
    """Return an exchange a millisecond later for each one of its address that was kept of the same moment.

    A page that redirects to itself is asked again within one; each request is a capture of its own.
    """
    while db.execute(
        "select 1 from captures where crawl = ? and url = ? and captured_at = ? and origin = ?",
        (crawl, exchange.url, exchange.captured_at, exchange.origin),
    ).fetchone():
        exchange = replace(exchange, captured_at=later(exchange.captured_at, 0.001))
    return exchange


def add_capture(db: sqlite3.Connection, exchange: Exchange, crawl: int, payload: str | None) -> int:
    """Add one exchange and return its number."""
    made = db.execute(
        "insert into captures (crawl, site, kind, url, method, captured_at, status, error, headers, "
        "redirected_from, peer, tls_verified, etag, last_modified, payload, truncated, flags, origin, clock, "
        "conditional) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            crawl,
            exchange.site,
            exchange.kind,
            exchange.url,
            exchange.method,
            exchange.captured_at,
            exchange.status,
            exchange.error,
            json.dumps(exchange.headers, ensure_ascii=False),
            exchange.redirected_from,
            exchange.peer,
            None if exchange.tls_verified is None else int(exchange.tls_verified),
            exchange.header("etag") or None,
            exchange.header("last-modified") or None,
            payload,
            exchange.truncated,
            json.dumps(exchange.flags),
            exchange.origin,
            exchange.clock,
            None if exchange.conditional is None else int(exchange.conditional),
        ),
    )
    assert made.lastrowid is not None
    return made.lastrowid


def asked_url(db: sqlite3.Connection, capture: int) -> str:
    """Return the address that was asked first: the start of the redirect chain that led to a capture."""
    row = db.execute("select url, redirected_from from captures where id = ?", (capture,)).fetchone()
    for _ in range(20):
        if row["redirected_from"] is None:
            break
        row = db.execute(
            "select url, redirected_from from captures where id = ?", (row["redirected_from"],)
        ).fetchone()
    url: str = row["url"]
    return url


def validators(db: sqlite3.Connection, url: str) -> Validators:
    """Return the validators of an address's last capture with a body, if that capture was read as text."""
    row = db.execute(
        "select c.etag, c.last_modified, c.captured_at from captures c join readings r on r.capture = c.id "
        "where c.url = ? and c.status = 200 and c.payload is not null and "
        "(r.version is not null or r.outcome in ('listing', 'attachment')) order by c.id desc limit 1",
        (url,),
    ).fetchone()
    if row is None:
        return Validators()
    return Validators(etag=row[0] or "", last_modified=row[1] or "", captured_at=row[2])


def with_completeness(db: sqlite3.Connection, payloads: Payloads, exchange: Exchange) -> Exchange:
    """Return an exchange with why it is truncated, if it is, and the flag of a page that shows no end."""
    body = exchange.body
    if not body or exchange.truncated or exchange.error or exchange.kind == "robots":
        return exchange
    if exchange.status == _PARTIAL:
        return replace(exchange, truncated="http 206: a part that was not asked for")
    if not 200 <= (exchange.status or 0) < 300:
        return exchange
    ends = ends_whole(body)
    is_doubtful = CLOSE_DELIMITED in exchange.flags or BROKEN_OFF in exchange.flags
    if ends or (ends is None and not is_doubtful):
        return exchange
    why = _why_cut(db, payloads, exchange, body, is_doubtful=is_doubtful)
    if why is not None:
        return replace(exchange, truncated=why)
    return replace(exchange, flags=(*exchange.flags, NO_END))


def _why_cut(
    db: sqlite3.Connection, payloads: Payloads, exchange: Exchange, body: bytes, *, is_doubtful: bool
) -> str | None:
    if BROKEN_OFF in exchange.flags and ends_whole(body) is False:
        return "disconnect: the connection was broken before the page ended"
    if BYTES_AFTER_BODY in exchange.flags:
        return "length: more came than the answer said, and the page does not end"
    before = _last_read(db, payloads, exchange)
    if before is not None and is_beginning_of(body.rstrip(), before):
        return "no_end: the beginning of what was there before"
    alike = _ended_alike(db, payloads, exchange, body)
    if before is not None and same_kind(before, body) and ends_whole(before):
        since = later(exchange.captured_at, -_LOST_SECONDS)
        if is_doubtful or len(alike) < _LOST_LOOKS or min(alike) > since:
            return "no_end: the page does not end as it did before"
    if is_doubtful and not alike:
        return "disconnect: the connection was closed before the page ended"
    return None


def _last_read(db: sqlite3.Connection, payloads: Payloads, exchange: Exchange) -> bytes | None:
    """Return the body of the last capture of an address that was whole and read, whenever it was made."""
    row = db.execute(
        "select c.payload from captures c join readings r on r.capture = c.id where c.url = ? "
        "and c.payload is not null and c.truncated is null and c.error is null and c.payload != ? "
        "and (r.version is not null or r.outcome in ('listing', 'attachment')) order by c.id desc limit 1",
        (exchange.url, payload_digest(exchange.body or b"")),
    ).fetchone()
    return payloads.get(row[0]) if row else None


def _ended_alike(db: sqlite3.Connection, payloads: Payloads, exchange: Exchange, body: bytes) -> list[str]:
    """Return when the latest answers of an address came that ended in the same bytes."""
    rows = db.execute(
        "select payload, captured_at from captures where url = ? and payload is not null and kind = ? "
        "and status between 200 and 299 order by id desc limit ?",
        (exchange.url, exchange.kind, _LOOKS_BACK),
    ).fetchall()
    return [row[1] for row in rows if payloads.get(row[0])[-_TAIL:] == body[-_TAIL:]]


def ensure_declaration(db: sqlite3.Connection, site: str, declared: Site | None, *, at: str) -> int:
    """Return the row of ``rules`` that holds a declaration, adding it when it is not held; hosts without one share one."""
    name, text, digest = _row(site, declared)
    db.execute(
        "insert or ignore into rules (site, digest, declaration, declared_at) values (?, ?, ?, ?)",
        (name, digest, text, at),
    )
    held = held_declaration(db, site, declared)
    assert held is not None
    return held


def declaration_digest(site: str, declared: Site | None) -> str:
    """Return the digest by which the declaration of a site is held."""
    return _row(site, declared)[2]


def held_declaration(db: sqlite3.Connection, site: str, declared: Site | None) -> int | None:
    """Return the row of ``rules`` that holds a declaration, None where none does."""
    row = db.execute("select id from rules where digest = ?", (_row(site, declared)[2],)).fetchone()
    return int(row[0]) if row else None


def _row(site: str, declared: Site | None) -> tuple[str, str, str]:
    text = declared.to_json() if declared else "{}"
    name = site if declared else "*"
    return name, text, "sha256:" + hashlib.sha256(f"{name} {text}".encode()).hexdigest()


def add_event(
    db: sqlite3.Connection,
    kind: str,
    *,
    at: str,
    site: str | None = None,
    document: int | None = None,
    capture: int | None = None,
    crawl: int | None = None,
    details: Mapping[str, object],
) -> None:
    """Add an event; ``at`` is when it was noticed, not when it happened elsewhere. Its kind is one of ``EVENTS``."""
    if kind not in BY_NAME:
        raise ValueError(f'no kind of event is called "{kind}" — archive/model/events.py has them all')
    # The number of an event that was put aside is not given again: the log of events only grows.
    (last,) = db.execute(
        "select max((select coalesce(max(id), 0) from events), (select coalesce(max(event), 0) from superseded_events))"
    ).fetchone()
    db.execute(
        "insert into events (id, kind, happened_at, site, document, capture, crawl, details) values (?,?,?,?,?,?,?,?)",
        (last + 1, kind, at, site, document, capture, crawl, json.dumps(details, ensure_ascii=False)),
    )


def add_event_of_look(
    db: sqlite3.Connection, kind: str, document: int, capture: sqlite3.Row, details: Mapping[str, object]
) -> None:
    """Add an event that follows from one look at a document, at the time of its capture."""
    add_event(
        db,
        kind,
        at=capture["captured_at"],
        site=capture["site"],
        document=document,
        capture=capture["id"],
        crawl=capture["crawl"],
        details=details,
    )
