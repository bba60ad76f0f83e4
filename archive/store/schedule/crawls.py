"""Crawls, their troubles, and the findings about a source.

A crawl is one run over one site. It is opened, closed once, and keeps what it saw. Troubles are what went
wrong in it: at its lists, at the site as a whole, or at single articles, which is no verdict on the site. An
article that hangs, is refused or is forbidden by robots.txt is an event of that article. It becomes the
site's trouble when most of the requests met with it.

A finding is something wrong with a source. It opens once, stays open, and closes itself when it heals. It is
two events, ``finding_opened`` and ``finding_closed``; a finding opened last and not closed is open. A run
that did not look closes nothing: a closed alarm means that somebody looked and saw it gone.

A crawl also shows from which networks a site's hosts answer. A new network may be a move, a takeover of the
name, or a detour. An authority moves its servers in good faith, so a change is an event and no verdict. Hosts
behind a distribution network answer from many addresses of a few networks: only networks are compared, and
only with the runs before.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from archive.exchange import SECOND_NAME
from archive.model import Verdict
from archive.store.file.captures import add_event
from archive.store.schedule.listings import ListRows
from archive.urls import host_of

# This many articles, and more than half of those asked, make their trouble the site's; or several, and all of
# them.
ENOUGH, SEVERAL = 3, 2
RUNS = 5
_WIDTH = {4: 16, 6: 32}
_OF_CRAWL = (
    "select distinct url, peer from captures where crawl = ? and origin = 'network' and peer is not null"
)


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
        """Return how many captures a crawl made, and how many had each outcome."""
        rows = self._db.execute(
            "select r.outcome, count(*) from captures c join readings r on r.capture = c.id and r.again = 0 "
            "where c.crawl = ? group by r.outcome",
            (crawl,),
        )
        counted = {row[0]: row[1] for row in rows}
        total = self._db.execute("select count(*) from captures where crawl = ?", (crawl,)).fetchone()[0]
        return {"captures": total, **counted}

    def looks_since(self, site: str, at: str) -> int:
        """Return how often recent runs over a site asked for addresses that had been asked for before.

        Recent runs began after a moment. Lists, further pages of articles and hops are not counted; a second
        try of a failed request is.
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
        """Return how many captures of a crawl wait for their outcome: those queued, and their further pages.

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
        """Return verdict and reasons of the previous run over the same site, None where there was none."""
        row = self._db.execute(
            "select b.verdict, b.reasons from crawls c join crawls b on b.site = c.site and b.id < c.id "
            "where c.id = ? and b.finished_at is not null and b.command in ('watch', 'crawl') order by b.id desc limit 1",
            (crawl,),
        ).fetchone()
        return (Verdict(row["verdict"]), json.loads(row["reasons"])) if row else None

    def articles_read(self, crawl: int) -> tuple[int, int, int]:
        """Return how many articles a crawl read, how many gave no text, and how many the rules missed.

        Files that lists link to are left out: whether a text can be had from them says nothing of the site's
        pages.
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
        """Add to each list of a crawl how many rows it has ever shown, and how many were never asked for.

        ``due_before``: articles that have waited since before that are missing; None: whoever ran it limits
        what is asked.
        """
        shown = ListRows(self._db)
        for listing in lists:
            held = shown.count(listing["url"])
            has_shown = held or listing["left_out"] or listing["links_before"]
            listing["is_unfilled"] = not has_shown and shown.is_filled_beside(listing["url"])
            if held and shown.is_walked(listing["url"]):
                listing["ever"] = held + shown.count_left_out(listing["url"])
            if held and due_before is not None:
                listing["unasked"] = shown.count_unasked(listing["url"], before=due_before)
                listing["held"] = held

    def lists(self, crawl: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return the lists of a crawl, each as it was last seen, and their further pages."""
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
        seen = {row["url"]: _list_sighting(row) for row in latest.values()}
        firsts = [row["url"] for row in latest.values() if not row["depth"] or row["url"] in shells]
        for row in latest.values():
            first = _first_of(row, latest, set(firsts))
            if first is not None:
                _set_beside(seen[first], seen[row["url"]])
        further = [url for url in seen if url not in firsts]
        return [seen[url] for url in firsts], [seen[url] for url in further]


def _first_of(row: sqlite3.Row, latest: dict[str, sqlite3.Row], firsts: set[str]) -> str | None:
    """Return the list of a further page, by the page that asked for it; None for a first page."""
    url: str = row["url"]
    hops = 0
    while url not in firsts and hops < 50:
        if url not in latest:
            return None
        url, hops = (latest[url]["why"] or "").removeprefix("page of "), hops + 1
    return url if url in firsts and url != row["url"] else None


def _list_sighting(row: sqlite3.Row) -> dict[str, Any]:
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
    """Note on a list the rows of its further page, and on both whether that page repeats the first."""
    first["further"] += 1
    further["is_counted"] = first["counted"] is not None or first["announced"] is not None
    first["shown_further"] += (further["links"] or 0) + further["left_out"]
    further["repeats"] = further["repeats"] or bool(first["head"] and first["head"] == further["head"])
    first["repeats"] = first["repeats"] or further["repeats"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubles:
    """Why requests of a crawl were refused, failed, or were not sent: the site's trouble only."""

    blocked: Sequence[str] = ()
    failed: Sequence[str] = ()
    refused: Sequence[str] = ()


def troubles(db: sqlite3.Connection, crawl: int, *, every: bool = False) -> Troubles:
    """Return the troubles of a crawl's lists and, where most met with them, of its articles.

    With ``every``, all articles count. Counted is how each address ended: what succeeded at the second try
    went well. Attached files have events of their own.
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
        "where c.crawl = ? and c.kind in ('listing', 'article') and r.outcome != 'redirected' "
        "and not exists (select 1 from json_each(c.flags) where value = ?) order by c.id",
        (crawl, SECOND_NAME),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong: the reason, the list it was seen at (None: the whole site), the evidence.

    It says what our looks showed, not why.
    """

    reason: str
    url: str | None = None
    says: str = ""

    @property
    def key(self) -> tuple[str, str | None]:
        """Return the key by which two sightings are the same finding."""
        return self.reason, self.url


def open_findings(db: sqlite3.Connection, site: str | None = None) -> list[dict[str, Any]]:
    """Return the open findings, oldest first: site, reason, url, says, opened_at, event."""
    rows = db.execute(
        "select id, kind, site, happened_at, details from events where kind in ('finding_opened', 'finding_closed') "
        "and (? is null or site = ?) order by id",
        (site, site),
    )
    findings: dict[tuple[str, str, str | None], dict[str, Any]] = {}
    for row in rows:
        details = json.loads(row["details"])
        key = (row["site"], details["reason"], details["url"])
        findings.pop(key, None)
        if row["kind"] == "finding_opened":
            findings[key] = {
                "site": row["site"],
                **details,
                "opened_at": row["happened_at"],
                "event": row["id"],
            }
    return list(findings.values())


def keep_findings(
    db: sqlite3.Connection,
    site: str,
    crawl: int,
    seen: Iterable[Finding],
    is_judged: Callable[[str, str | None], bool],
    *,
    at: str,
) -> None:
    """Open new findings of a run, and close open ones that it looked for and did not see."""
    held = {(finding["reason"], finding["url"]): finding for finding in open_findings(db, site)}
    now = {finding.key: finding for finding in seen}
    for key, finding in now.items():
        if key not in held:
            details = {"reason": finding.reason, "url": finding.url, "says": finding.says}
            add_event(db, "finding_opened", at=at, site=site, crawl=crawl, details=details)
    for key, one in held.items():
        if key not in now and is_judged(*key):
            details = {name: one[name] for name in ("reason", "url", "says", "opened_at")}
            add_event(db, "finding_closed", at=at, site=site, crawl=crawl, details=details)


def note_peers(db: sqlite3.Connection, crawl: int, site: str, *, at: str) -> None:
    """Add an event for each host that answered only from networks that are new for it.

    The networks are compared with those of the runs before.
    """
    now = _networks(db, crawl)
    if not now:
        return
    before: dict[str, set[str]] = {}
    earlier = db.execute(
        "select id from crawls where site = ? and id < ? and finished_at is not null order by id desc limit ?",
        (site, crawl, RUNS),
    ).fetchall()
    for (one,) in earlier:
        for host, networks in _networks(db, one).items():
            before.setdefault(host, set()).update(networks)
    for host, networks in sorted(now.items()):
        known = before.get(host)
        if known and networks.isdisjoint(known):
            details = {"host": host, "networks": sorted(networks), "before": sorted(known)}
            add_event(db, "peer_changed", at=at, site=site, crawl=crawl, details=details)


def network_of(peer: str) -> str | None:
    """Return the network of an address, None for other text: 16 bits of IPv4, 32 of IPv6."""
    try:
        address = ip_address(peer)
    except ValueError:
        return None
    return str(ip_network(f"{address}/{_WIDTH[address.version]}", strict=False))


def _networks(db: sqlite3.Connection, crawl: int) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for url, peer in db.execute(_OF_CRAWL, (crawl,)):
        if network := network_of(peer):
            found.setdefault(host_of(url), set()).add(network)
    return found
