"""Keeping exchanges. What is kept here is never changed: a capture says what happened, not what it means."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace

from archive.clock import later
from archive.models import Exchange


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
