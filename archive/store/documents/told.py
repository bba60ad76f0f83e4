"""What was said of a document, kept in step with what its looks say by now.

An event is only ever added, and it is taken out of ``events`` in one way only: what is known later (an import of older
captures) shows that it was never so. Then it stands in ``superseded_events``, word for word, with the capture that
showed it, and ``events`` is what would have been said if all had been known in its time.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable

from archive.standing import News
from archive.store.file.events import add_event

OF_LOOKS = (
    "absent", "blocked", "unreadable", "quarantined", "withdrawn", "restored", "moved", "replaced", "taken_back",
)  # fmt: skip


def keep_told(
    db: sqlite3.Connection,
    document: int,
    news: Iterable[News],
    *,
    kinds: Collection[str],
    since: str,
    by: int,
) -> None:
    """Let the events of some kinds, from a moment on, be the ones that the looks at a document come to.

    ``by``: the capture that was learned of last; it is why what is not so any more is taken out.
    """
    wanted = list(news)
    marks = ",".join("?" * len(kinds))
    missing = Counter(_said(one) for one in wanted)
    for row in db.execute(
        f"select id, kind, happened_at, capture, details from events where document = ? and kind in ({marks}) "
        "and happened_at > ? order by id",
        (document, *kinds, since),
    ).fetchall():
        said = (row["kind"], row["happened_at"], row["capture"], _plain(json.loads(row["details"])))
        if missing[said]:
            missing[said] -= 1
        else:
            _supersede(db, row["id"], by)
    for one in wanted:
        if missing[_said(one)]:
            missing[_said(one)] -= 1
            _add(db, document, one)


def add_told(db: sqlite3.Connection, document: int, news: Iterable[News]) -> None:
    """Add the events that are not there yet, and take none out."""
    for one in news:
        known = db.execute(
            "select 1 from events where document = ? and kind = ? and capture = ? limit 1",
            (document, one.kind, one.capture),
        ).fetchone()
        if known is None:
            _add(db, document, one)


def _said(one: News) -> tuple[str, str, int, str]:
    return one.kind, one.at, one.capture, _plain(one.details)


def _plain(details: dict[str, object]) -> str:
    return json.dumps(details, ensure_ascii=False, sort_keys=True)


def _add(db: sqlite3.Connection, document: int, one: News) -> None:
    site, crawl = db.execute(
        "select d.site, c.crawl from documents d, captures c where d.id = ? and c.id = ?",
        (document, one.capture),
    ).fetchone()
    add_event(
        db,
        one.kind,
        at=one.at,
        site=site,
        document=document,
        capture=one.capture,
        crawl=crawl,
        details=one.details,
    )


def _supersede(db: sqlite3.Connection, event: int, by: int) -> None:
    db.execute(
        "insert into superseded_events (event, kind, happened_at, site, document, capture, crawl, details, superseded_by) "
        "select id, kind, happened_at, site, document, capture, crawl, details, ? from events where id = ?",
        (by, event),
    )
    db.execute("delete from events where id = ?", (event,))
