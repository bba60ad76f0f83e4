"""Crawls: one run over one site, opened, closed once, and what it saw."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from archive.models import Verdict
from archive.store.asking.shown import ShownRows


class Crawls:
    """The crawls of one archive. Writes belong inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def begin(self, site: str, command: str, *, at: str, software: str, rules_digest: str) -> int:
        """Open a crawl and return its number."""
        made = self._db.execute(
            "insert into crawls (site, command, started_at, software, rules_digest) values (?, ?, ?, ?, ?)",
            (site, command, at, software, rules_digest),
        )
        assert made.lastrowid is not None
        return made.lastrowid

    def end(self, crawl: int, verdict: Verdict, reasons: Iterable[str], counts: Mapping[str, int],
            *, at: str, silent_since: str | None) -> None:  # fmt: skip
        """Close a crawl with its verdict."""
        self._db.execute(
            "update crawls set finished_at = ?, verdict = ?, reasons = ?, counts = ?, silent_since = ? where id = ?",
            (at, verdict, json.dumps(list(reasons)), json.dumps(dict(counts)), silent_since, crawl),
        )

    def counts(self, crawl: int) -> dict[str, int]:
        """Return how many captures a crawl made, and how many of them ended as each outcome."""
        rows = self._db.execute(
            "select r.outcome, count(*) from captures c join readings r on r.capture = c.id and r.again = 0 "
            "where c.crawl = ? group by r.outcome",
            (crawl,),
        )
        counted = {row[0]: row[1] for row in rows}
        total = self._db.execute("select count(*) from captures where crawl = ?", (crawl,)).fetchone()[0]
        return {"captures": total, **counted}

    def looks_since(self, site: str, at: str) -> int:
        """Return how often the runs over a site that began after a moment asked for what had been asked for before.

        Lists, further pages of articles and hops are not counted; a second try of what failed is.
        """
        row = self._db.execute(
            "select count(*) from crawls r join captures c on c.crawl = r.id where r.site = ? and r.started_at > ? "
            "and c.origin = 'network' and c.kind in ('article', 'attachment') and c.redirected_from is null "
            "and not exists (select 1 from parts p where p.fetched = c.id) "
            "and exists (select 1 from captures e where e.url = c.url and e.captured_at < c.captured_at)",
            (site, at),
        ).fetchone()
        return int(row[0])

    def waiting(self, crawl: int) -> int:
        """Return how many captures of a crawl wait for their outcome: those in the queue, and their further pages.

        A capture that has no outcome and does not wait for one is not counted: then the sums do not agree.
        """
        row = self._db.execute(
            "select count(*) from captures c where c.crawl = ? "
            "and not exists (select 1 from readings r where r.capture = c.id) "
            "and exists (select 1 from queue q left join parts p on p.capture = q.capture "
            "  where q.capture = c.id or p.fetched = c.id)",
            (crawl,),
        ).fetchone()
        return int(row[0])

    def before(self, crawl: int) -> tuple[Verdict, list[str]] | None:
        """Return the verdict and the reasons of the run before over the same site, None where there was none."""
        row = self._db.execute(
            "select b.verdict, b.reasons from crawls c join crawls b on b.site = c.site and b.id < c.id "
            "where c.id = ? and b.finished_at is not null and b.command in ('watch', 'crawl') order by b.id desc limit 1",
            (crawl,),
        ).fetchone()
        return (Verdict(row["verdict"]), json.loads(row["reasons"])) if row else None

    def articles_read(self, crawl: int) -> tuple[int, int, int]:
        """Return how many articles a crawl read, how many gave no text, and of how many the declared rules missed.

        Files that lists lead to are left out: whether a text can be had of them says nothing of the site's pages.
        """
        row = self._db.execute(
            "select count(*), coalesce(sum(r.outcome = 'unreadable'), 0), "
            "coalesce(sum(r.outcome != 'unreadable' and r.flags like '%\"rule_missed\"%'), 0) from captures c "
            "join readings r on r.capture = c.id where c.crawl = ? and c.kind = 'article' and r.again = 0 "
            "and r.outcome in ('new', 'changed', 'unchanged', 'unreadable') and r.flags not like '%\"file\"%'",
            (crawl,),
        ).fetchone()
        return int(row[0]), int(row[1]), int(row[2])

    def gone_at_once(self, crawl: int) -> int:
        """Return how many documents a crawl found gone that the look before had shown."""
        row = self._db.execute("select missed from crawl_looks where crawl = ?", (crawl,)).fetchone()
        return int(row[0]) if row else 0

    def compare_lists(self, lists: list[dict[str, Any]], *, due_before: str | None) -> None:
        """Set beside each list of a crawl what it has shown in all, and what of it was never asked for.

        ``due_before``: articles that have waited since before that are missing; None: whoever ran it limits what is asked.
        """
        shown = ShownRows(self._db)
        for one in lists:
            held = shown.count(one["url"])
            has_shown = held or one["left_out"] or one["links_before"]
            one["is_unfilled"] = not has_shown and shown.is_filled_beside(one["url"])
            if held and shown.is_walked(one["url"]):
                one["ever"] = held + shown.count_left_out(one["url"])
            if held and due_before is not None:
                one["unasked"] = shown.count_unasked(one["url"], before=due_before)
                one["held"] = held

    def lists(self, crawl: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return the lists a crawl saw, each as it was seen last, and beside them their further pages."""
        rows = self._db.execute(
            "select c.id, c.url, r.outcome, r.reason, r.flags, r.found, f.depth, f.why, (select b.found "
            "  from captures e join readings b on b.capture = e.id where e.url = c.url and e.crawl < c.crawl "
            "  and b.found is not null order by b.id desc limit 1) as found_before "
            "from captures c join readings r on r.capture = c.id "
            "left join frontier f on f.kind = 'listing' and f.url = c.url "
            "where c.crawl = ? and c.kind = 'listing' and r.outcome != 'redirected' order by c.id",
            (crawl,),
        ).fetchall()
        latest = {row["url"]: row for row in rows}
        shells = {page for row in rows if row["found"] for page in json.loads(row["found"])["shell_of"]}
        seen = {row["url"]: _seen(row) for row in latest.values()}
        firsts = [row["url"] for row in latest.values() if not row["depth"] or row["url"] in shells]
        for row in latest.values():
            first = _first_of(row, latest, set(firsts))
            if first is not None:
                _set_beside(seen[first], seen[row["url"]])
        further = [url for url in seen if url not in firsts]
        return [seen[url] for url in firsts], [seen[url] for url in further]


def _first_of(row: sqlite3.Row, latest: dict[str, sqlite3.Row], firsts: set[str]) -> str | None:
    """Return the list that a further page is a page of, by the page that asked for it; None for a first page."""
    url: str = row["url"]
    hops = 0
    while url not in firsts and hops < 50:
        if url not in latest:
            return None
        url, hops = (latest[url]["why"] or "").removeprefix("page of "), hops + 1
    return url if url in firsts and url != row["url"] else None


def _seen(row: sqlite3.Row) -> dict[str, Any]:
    found = json.loads(row["found"]) if row["found"] else {}
    before = json.loads(row["found_before"]) if row["found_before"] else {}
    # A list that was not modified shows what it showed before.
    now = before if row["outcome"] == "not_modified" else found
    return {
        "url": row["url"],
        "outcome": row["outcome"],
        "reason": row["reason"],
        "links": now.get("links"),
        "links_before": before.get("links"),
        "newest": now.get("newest", ""),
        "is_shell": bool(now.get("shell_of")),
        "head": now.get("head", ""),
        "pages": now.get("pages", 0),
        "left_out": now.get("left_out", 0),
        "announced": now.get("announced"),
        "announced_before": before.get("announced"),
        "counted": now.get("counted"),
        "counted_before": before.get("counted"),
        "is_counted": False,
        "further": 0,
        "shown_further": 0,
        "repeats": '"repeated_page"' in row["flags"],
        "drafted": now.get("drafted", ""),
        "ever": None,
        "held": 0,
        "unasked": 0,
        "is_unfilled": False,
    }


def _set_beside(first: dict[str, Any], further: dict[str, Any]) -> None:
    """Note on a list what a further page of it showed, and on the page whether it began with the rows of the first."""
    first["further"] += 1
    further["is_counted"] = first["counted"] is not None or first["announced"] is not None
    first["shown_further"] += (further["links"] or 0) + further["left_out"]
    further["repeats"] = further["repeats"] or bool(first["head"] and first["head"] == further["head"])
    first["repeats"] = first["repeats"] or further["repeats"]
