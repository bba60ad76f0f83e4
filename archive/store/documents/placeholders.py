"""Pages that a site shows in place of articles, told by being the same at several addresses. No request is needed.

A server that answers 200 with its home page, or with 页面不见了 in words nobody foresaw, gives that same page for
every article it has lost. An article posted at three addresses is the same there, too: what tells the two apart is
that the page took another text's place, or is short and shows no date, number or source. Addresses that differ in the
query only are taken for one.
"""

from __future__ import annotations

import json
import sqlite3
from urllib.parse import urlsplit

from archive.models import Article, Found, Site
from archive.store.documents.documents import document_url

# At so many addresses of one site the same page is no article of its own.
LEAST = 3
# What a page says in an article's place is said in fewer characters.
SHORT = 200
_LOOKED_AT = 30
# Of the captures of one payload only the newest are gone through: a page may be given at ten thousand addresses.
_GONE_THROUGH = 500


def stands_in(
    db: sqlite3.Connection, capture: sqlite3.Row, found: Found, declared: Site | None
) -> str | None:
    """Return why what was found is no article but stands in for one, None where nothing says so.

    That a page stands at one address only proves nothing.
    """
    article = found.result
    is_bare = "body_replaced" in found.signs
    if isinstance(article, Article) and not is_bare:
        said = article.published_at or article.doc_number or article.source_line
        is_bare = not said and len(article.text) < SHORT
    return _reason(db, capture, found.visible_digest, declared, is_bare=is_bare)


def known_stands_in(
    db: sqlite3.Connection, capture: sqlite3.Row, known: sqlite3.Row, declared: Site | None
) -> str | None:
    """Return the same of a capture that shows what a known reading found."""
    version = db.execute(
        "select coalesce(published_at, doc_number, source_line), length(text) from versions where id = ?",
        (known["version"],),
    ).fetchone()
    is_bare = "body_replaced" in json.loads(known["flags"]) or (version[0] is None and version[1] < SHORT)
    return _reason(db, capture, known["visible_digest"], declared, is_bare=is_bare)


def _reason(
    db: sqlite3.Connection, capture: sqlite3.Row, visible: str | None, declared: Site | None, *, is_bare: bool
) -> str | None:
    if _is_a_list(db, capture):
        return "soft_404: the page of a list"
    if not is_bare:
        return None
    addresses = _by_bytes(db, capture, declared)
    if len(addresses) < LEAST and visible is not None:
        addresses |= _by_sight(db, capture, visible)
    return f"soft_404: the same page at {len(addresses)} addresses" if len(addresses) >= LEAST else None


def _is_a_list(db: sqlite3.Connection, capture: sqlite3.Row) -> bool:
    row = db.execute(
        "select 1 from captures where payload = ? and site = ? and kind = 'listing' and url != ? "
        "and not exists (select 1 from frontier f where f.kind = 'listing' and f.url = ?) limit 1",
        (capture["payload"], capture["site"], capture["url"], capture["url"]),
    ).fetchone()
    return row is not None


def _by_bytes(db: sqlite3.Connection, capture: sqlite3.Row, declared: Site | None) -> set[str]:
    rows = db.execute(
        "select * from captures where id in (select max(id) from (select id, url from captures "
        "  where payload = ? and site = ? and kind = 'article' order by id desc limit ?) group by url limit ?)",
        (capture["payload"], capture["site"], _GONE_THROUGH, _LOOKED_AT),
    ).fetchall()
    return {urlsplit(url).path for row in rows if (url := document_url(db, row, declared)) is not None}


def _by_sight(db: sqlite3.Connection, capture: sqlite3.Row, visible: str) -> set[str]:
    rows = db.execute(
        "select distinct d.url from readings r join documents d on d.id = r.document "
        "where r.visible_digest = ? and d.site = ? limit ?",
        (visible, capture["site"], _LOOKED_AT),
    )
    return {urlsplit(row[0]).path for row in rows}
