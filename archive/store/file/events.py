"""What a person may want to know. Every event says when, where, and from which capture it follows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping


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
    """Add an event; ``at`` is when it was noticed, not when it happened elsewhere."""
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
