"""The cards of official documents (政府信息公开) as they were read: 成文日期, 主题分类, 有效性 and what else stood there.

A card is no part of a version: that a document was declared void is said beside its text, which stays the same. So
each reading keeps the card it saw, and a card that says something else than before is an event of the document.
"""

from __future__ import annotations

import json
import sqlite3
from itertools import pairwise
from typing import Any

from archive.models import Article
from archive.standing import News
from archive.store.file.events import add_event_of_look

EVENT = "card_changed"
_LAST = (
    "select r.card from readings r join captures c on c.id = r.capture where {} = ? and r.card is not null "
    "and c.captured_at <= ? order by c.captured_at desc, r.id desc limit 1"
)
_EVER = "9"


def card_json(article: Article) -> str:
    """Return an article's card as a reading keeps it: for each name what it says and where in the page."""
    told = {
        name: {"value": value, "where": article.evidence.get(name, "")}
        for name, value in article.card.items()
    }
    return json.dumps(told, ensure_ascii=False)


def note_change(db: sqlite3.Connection, document: int, capture: sqlite3.Row, card: str) -> None:
    """Make an event of a card that says something else than the one before. Write the reading after this."""
    row = db.execute(_LAST.format("r.document"), (document, capture["captured_at"])).fetchone()
    if row is None:
        return
    old, new = (_values(json.loads(told)) for told in (row[0], card))
    changed = _changed(old, new)
    if changed:
        add_event_of_look(db, EVENT, document, capture, changed)


def cards_changed(db: sqlite3.Connection, document: int) -> list[News]:
    """Return the events of a document's card as its looks, in order, come to them."""
    rows = db.execute(
        "select c.id, c.captured_at, r.card from readings r join captures c on c.id = r.capture where r.id in "
        "(select max(s.id) from readings s where s.document = ? and s.card is not null group by s.capture) "
        "order by c.captured_at, c.id",
        (document,),
    ).fetchall()
    told = [(row["id"], row["captured_at"], _values(json.loads(row["card"]))) for row in rows]
    return [
        News(kind=EVENT, at=at, capture=capture, details=dict(changed))
        for (_, _, old), (capture, at, new) in pairwise(told)
        if (changed := _changed(old, new))
    ]


def shown_card(db: sqlite3.Connection, version: int | None, *, until: str = _EVER) -> dict[str, Any]:
    """Return the card as it was last read beside a version by a moment: value and place of each name.

    Empty for a page without one, and for what a yuanben that kept no cards has read.
    """
    row = db.execute(_LAST.format("r.version"), (version, until)).fetchone()
    return dict(json.loads(row[0])) if row else {}


def _changed(old: dict[str, str], new: dict[str, str]) -> dict[str, list[str | None]]:
    return {n: [old.get(n), new.get(n)] for n in {**old, **new} if old.get(n) != new.get(n)}


def _values(card: dict[str, Any]) -> dict[str, str]:
    return {name: told["value"] for name, told in card.items()}
