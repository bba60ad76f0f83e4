"""What went wrong in a crawl: at its lists, at the site as a whole, or at single articles, which is no verdict on the site.

An article that hangs, is refused or is forbidden by robots.txt is an event of that article. It becomes the site's
trouble when most of what was asked met with it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

# So many articles, and more than half of those asked, make their trouble the site's; or several, and all of them.
ENOUGH, SEVERAL = 3, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubles:
    """Why requests of a crawl were refused by the server, failed, or were not sent: the site's trouble only."""

    blocked: Sequence[str] = ()
    failed: Sequence[str] = ()
    refused: Sequence[str] = ()


def troubles(db: sqlite3.Connection, crawl: int, *, every: bool = False) -> Troubles:
    """Return what went wrong at a crawl's lists and, where most of them met with it (or with ``every``), at its articles.

    Counted is how each address ended: what came at the second try went well. Attached files have events of their own.
    """
    ended = _ended(db, crawl)
    unsent = _unsent(db, crawl)
    met = sum(outcome in ("blocked", "failed") for kind, outcome, _ in ended if kind == "article")
    met += sum(kind == "article" for kind, _ in unsent)
    asked = sum(kind == "article" for kind, *_ in (*ended, *unsent))
    is_most = (met >= ENOUGH and met * 2 > asked) or (met >= SEVERAL and met == asked)
    of_site = ("listing", "article") if every or is_most else ("listing",)
    return Troubles(
        blocked=[why for kind, outcome, why in ended if kind in of_site and outcome == "blocked"],
        failed=[why for kind, outcome, why in ended if kind in of_site and outcome == "failed"],
        refused=[why for kind, why in unsent if kind in of_site],
    )


def _ended(db: sqlite3.Connection, crawl: int) -> list[tuple[str, str, str]]:
    """Return kind, outcome and reason of the last answer of each list and article of a crawl."""
    rows = db.execute(
        "select c.kind, c.url, r.outcome, coalesce(r.reason, '') from captures c "
        "join readings r on r.capture = c.id and r.again = 0 "
        "where c.crawl = ? and c.kind in ('listing', 'article') and r.outcome != 'redirected' order by c.id",
        (crawl,),
    )
    last = {(kind, url): (kind, outcome, reason) for kind, url, outcome, reason in rows}
    return list(last.values())


def _unsent(db: sqlite3.Connection, crawl: int) -> list[tuple[str, str]]:
    """Return kind and reason of each list and article that was not asked for."""
    rows = db.execute(
        "select json_extract(details, '$.kind'), json_extract(details, '$.asked'), json_extract(details, '$.reason') "
        "from events where crawl = ? and kind = 'refused' and json_extract(details, '$.kind') in ('listing', 'article')",
        (crawl,),
    )
    last = {(kind, asked): (kind, reason) for kind, asked, reason in rows}
    return list(last.values())
