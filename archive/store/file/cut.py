"""Whether an answer is all of it, told by what was kept of its address before.

An answer that says itself how long it is, and is shorter, comes here as truncated already. The others may be cut
all the same: ended by the closing of the connection, or of a length that the server named wrongly. What cannot
be all of a page is ``truncated``, which takes no text away from a version; it is kept as evidence and asked for
again. A page that never ends as pages end is read nevertheless, and flagged.
"""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from archive.clock import later
from archive.models import Exchange
from archive.store.file.payloads import Payloads, payload_digest
from archive.whole import ends_whole, is_beginning_of, same_kind

# Flags of an exchange: its end was the connection's; more came than its length said; it was broken, not closed.
CLOSE_DELIMITED, BYTES_AFTER_BODY, BROKEN_OFF = "close_delimited", "bytes_after_body", "broken_off"
NO_END = "no_end"
_PARTIAL = 206
# Where two cut answers of one page end alike, their server ends them there.
_TAIL = 64
_LOOKS_BACK = 20
# A page that lost its end, and nothing else, is believed when it was seen so twice before and for so long.
_LOST_LOOKS, _LOST_SECONDS = 2, 72 * 3600.0


def seen_whole(db: sqlite3.Connection, payloads: Payloads, exchange: Exchange) -> Exchange:
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
