"""The frontier: the schedule of requests, derived from the looks at each address so far.

The frontier is a table: a crash forgets nothing and repeats nothing. A row that was asked is closed (given
its next time) in the transaction that keeps the capture. ``archive.revisit`` derives that time from the looks
at the address so far; a site whose days are booked waits longer.

A look that saw nothing (refused, challenged, failed, cut short) is no visit: it is made up for within a day,
after all others. Only what is too large for us is asked ever more rarely.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from archive import revisit
from archive.clock import later, seconds_between
from archive.model import Exchange, Kind, Outcome
from archive.revisit import Past
from archive.store.file.captures import asked_url

_MOST_CHANGES, _MOST_LOOKS = 50, 40
# The readings of a document that are looks: not its further pages, not what was read again.
IS_LOOK = "again = 0 and not exists (select 1 from parts p where p.fetched = readings.capture)"
# Outcomes of looks that showed nothing of an address. Such a look does not count, and the page stays unknown.
_NO_LOOK = "('blocked', 'failed')"
# Enough for three absences over three days, and one more for a sick day among them.
_SECOND_LOOKS = 5
# A page shows days, and days of Beijing: the earliest moment that the day can mean.
_MIDNIGHT = "T00:00+08:00"
SHORTEST_GAP, LONGEST_GAP = revisit.SHORTEST, revisit.LONGEST
# The share of the requests possible at its delay that a site is sent for known addresses.
BUDGET_SHARE, BUDGET_DELAY = 0.05, 3.0
# A page that is only believed when seen again a day later is looked at again after a day and a little.
SECOND_LOOK = 25 * 3600.0
# After the tries of one run are used up, the next run may try again after this long; then after twice as
# long, at most a day.
REST_AFTER_FAILURE = 6 * 3600.0
TRIES = 3
# A row due within this share of the time since the previous run is nearer to this run than to the next.
SLACK, MOST_SLACK = 1 / 8, 3 * 3600.0


def past_of(db: sqlite3.Connection, url: str, at: str) -> Past:
    """Return the past of an article's address: its age by the date it shows, and its known changes.

    A page that shows no date, or one after our first look, is as old as our first look.
    """
    row = db.execute("select id, published_at from documents where url = ?", (url,)).fetchone()
    if row is None:
        seen = db.execute(
            "select min(c.captured_at) from captures c left join readings r on r.capture = c.id "
            f"where c.url = ? and coalesce(r.outcome, '') not in {_NO_LOOK}",
            (url,),
        ).fetchone()[0]
        return Past(age=max(0.0, seconds_between(seen or at, at)))
    first_look = db.execute(
        "select min(c.captured_at) from readings r join captures c on c.id = r.capture "
        f"where r.document = ? and r.outcome not in {_NO_LOOK}",
        (row["id"],),
    ).fetchone()[0]
    changes = db.execute(
        "select changed_at from transitions where document = ? and changed_at <= ? order by changed_at desc limit ?",
        (row["id"], at, _MOST_CHANGES),
    )
    return _past(row["published_at"], first_look or at, [change[0] for change in changes][::-1], at)


def wants_second_look(db: sqlite3.Connection, capture: int) -> bool:
    """Return whether a look showed what is only believed when seen again.

    That is an absence, a doubt, or another work. After some such looks in a row the address is asked as often
    as any other.
    """
    row = db.execute(
        "select r.document, r.outcome, r.flags, d.state from readings r join documents d on d.id = r.document "
        "where r.capture = ? order by r.id desc limit 1",
        (capture,),
    ).fetchone()
    if row is None or row["state"] in ("withdrawn", "moved"):
        return False
    if row["outcome"] == "changed":
        return '"body_replaced"' in row["flags"]
    if row["outcome"] not in ("gone", "quarantined"):
        return False
    in_a_row = db.execute(
        f"select count(*) from readings where document = :document and outcome in ('gone', 'quarantined') and {IS_LOOK} "
        "and id > coalesce((select max(b.id) from readings b where b.document = :document and b.version is not null "
        "  and b.again = 0), 0)",
        {"document": row["document"]},
    ).fetchone()[0]
    return bool(in_a_row <= _SECOND_LOOKS)


def past_of_file(db: sqlite3.Connection, url: str, at: str) -> Past:
    """Return the past of an attached file's address: its first sighting and the changes of its bytes."""
    rows = db.execute(
        "select c.captured_at, s.payload from attachment_sightings s join captures c on c.id = s.capture "
        "where s.url = ? and c.captured_at <= ? order by c.captured_at desc limit ?",
        (url, at, _MOST_CHANGES),
    ).fetchall()[::-1]
    first = rows[0]["captured_at"] if rows else at
    changes = [new["captured_at"] for old, new in pairwise(rows) if old["payload"] != new["payload"]]
    return _past(None, first, changes, at)


def list_gap(db: sqlite3.Connection, url: str, at: str) -> float:
    """Return the seconds until a list is looked at again, by how often its first rows changed."""
    rows = db.execute(
        "select c.captured_at, json_extract(r.found, '$.head') as head from captures c join readings r on r.capture = c.id "
        "where c.url = ? and c.kind = 'listing' and r.outcome in ('listing', 'not_modified') and c.captured_at <= ? "
        "order by c.captured_at desc limit ?",
        (url, at, _MOST_LOOKS),
    ).fetchall()[::-1]
    if not rows:
        return revisit.LIST_GAP
    heads = [row["head"] for row in rows if row["head"]]
    changed = sum(old != new for old, new in pairwise(heads))
    return revisit.list_gap(len(rows) - 1, changed, max(0.0, seconds_between(rows[0]["captured_at"], at)))


def _past(published: str | None, first_seen: str, changes: list[str], at: str) -> Past:
    born = first_seen
    if published:
        shown = published if "T" in published else published + _MIDNIGHT
        born = shown if seconds_between(shown, first_seen) > 0 else first_seen
    return Past(
        age=max(0.0, seconds_between(born, at)),
        first=max(0.0, seconds_between(born, first_seen)),
        changes=tuple(seconds_between(born, change) for change in changes),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A frontier row whose time has come."""

    id: int
    site: str
    kind: str
    url: str
    why: str
    attempts: int
    visits: int
    due_at: str
    part_of: int | None
    missed: int = 0


class Frontier:
    """The frontier of one archive. Writes belong inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection, delay_of: Callable[[str], float] | None = None) -> None:
        self._db = db
        self._delay_of = delay_of or (lambda site: BUDGET_DELAY)

    def add(self, *, site: str, kind: str, urls: Iterable[str], due_at: str, why: str,
            part_of: int | None = None, depth: int = 0) -> int:  # fmt: skip
        """Add addresses that the frontier does not hold yet; return how many were new."""
        before = self._db.total_changes
        self._db.executemany(
            "insert or ignore into frontier (site, kind, url, due_at, why, part_of, depth) "
            "values (?, ?, ?, ?, ?, ?, ?)",
            [(site, kind, url, due_at, why, part_of, depth) for url in urls],
        )
        return self._db.total_changes - before

    def hurry(self, *, site: str, kind: str, urls: Iterable[str], due_at: str) -> None:
        """Bring rows forward to ``due_at`` that would be due later."""
        self._db.executemany(
            "update frontier set due_at = ?, attempts = 0 where site = ? and kind = ? and url = ? and due_at > ?",
            [(due_at, site, kind, url, due_at) for url in urls],
        )

    def bring_forward(self, site: str, at: str) -> None:
        """Bring forward the rows that are nearer to this run than to the next.

        So a timer that starts runs about a day apart looks after one, two and four days, not a run later each
        time. The time since the previous run estimates how far runs lie apart.
        """
        self._db.execute(
            "update frontier set due_at = ? where site = ? and due_at > ? and due_at <= ?",
            (at, site, at, later(at, self.slack(site, at))),
        )

    def slack(self, site: str, at: str) -> float:
        """Return how many seconds early a run starting now may look, by the time since the previous run."""
        before = self._db.execute(
            "select max(started_at) from crawls where site = ? and command in ('watch', 'crawl') and started_at < ?",
            (site, at),
        ).fetchone()[0]
        return min(MOST_SLACK, SLACK * seconds_between(before, at)) if before else 0.0

    def postpone(self, url: str, until: str) -> None:
        """Postpone a file's address that need not be asked: the file is available at another."""
        self._db.execute(
            "update frontier set attempts = 0, due_at = ? where kind = 'attachment' and url = ?", (until, url)
        )

    def due(self, site: str, at: str, *, exclude: Iterable[int] = (), kinds: Iterable[str] = tuple(Kind),
            only: Iterable[str] | None = None, known_first: bool | None = None, looks_again: bool = True,
            limit: int = 1) -> list[Due]:  # fmt: skip
        """Return the rows whose time has come.

        Lists come first, addresses last looked for in vain come last, the rest by how long they have been
        due. ``known_first``: known addresses come before new ones, or after them (None: all alike). Without
        ``looks_again`` only lists are asked a second time. ``exclude`` are rows that are under way, ``only``
        the only addresses wanted, with their files. The further pages of an article that was fetched are
        always wanted.
        """
        held_back = ",".join(str(int(row)) for row in exclude) or "-1"
        wanted = None if only is None else json.dumps(list(only))
        rows = self._db.execute(
            "select id, site, kind, url, why, attempts, visits, due_at, part_of, missed from frontier "
            f"where site = ? and due_at <= ? and id not in ({held_back}) "
            "and (kind in (select value from json_each(?)) or part_of is not null) "
            "and (? is null or part_of is not null or url in (select value from json_each(?)) "
            "  or (kind = 'attachment' and why in (select 'attachment of ' || value from json_each(?)))) "
            "and (? or kind = 'listing' or visits = 0 or part_of is not null) "
            "order by kind != 'listing', part_of is null, missed > 0, (visits > 0) is not ?, due_at, id limit ?",
            (
                *(site, at, json.dumps([str(kind) for kind in kinds]), wanted, wanted, wanted),
                *(looks_again, known_first, limit),
            ),
        )
        return [Due(**dict(row)) for row in rows]

    def missed(self, url: str) -> int:
        """Return how many looks in a row at a list's page saw nothing."""
        row = self._db.execute(
            "select missed from frontier where kind = 'listing' and url = ?", (url,)
        ).fetchone()
        return int(row[0]) if row else 0

    def count_due(self, site: str, at: str, *, exclude: Iterable[int] = ()) -> int:
        """Return how many of a site's rows are due and not under way."""
        held_back = ",".join(str(int(row)) for row in exclude) or "-1"
        counted = self._db.execute(
            f"select count(*) from frontier where site = ? and due_at <= ? and id not in ({held_back})",
            (site, at),
        )
        return int(counted.fetchone()[0])

    def sites(self) -> list[str]:
        """Return the sites with rows in the frontier."""
        return [row[0] for row in self._db.execute("select distinct site from frontier order by site")]

    def next_time(self, site: str, *, within: str, kinds: Iterable[str] = tuple(Kind)) -> str | None:
        """Return when the next failed exchange of a site is tried again, if by ``within``."""
        row = self._db.execute(
            "select min(due_at) from frontier where site = ? and attempts > 0 and due_at <= ? "
            "and (kind in (select value from json_each(?)) or part_of is not null)",
            (site, within, json.dumps([str(kind) for kind in kinds])),
        ).fetchone()
        at: str | None = row[0]
        return at

    def close(self, exchange: Exchange, capture: int, outcome: Outcome | None) -> bool:
        """Set the next time of the row that asked. A redirected row stays open until the last hop is kept.

        Return whether this was the last try for now of an address that was looked at with success before, or
        never.
        """
        if exchange.frontier is None or outcome is Outcome.REDIRECTED:
            return False
        if outcome is Outcome.FAILED and 0.0 <= (exchange.retry_in or -1.0) < REST_AFTER_FAILURE:
            self._try_again(exchange)
            return False
        if exchange.part_of is not None:
            self._close_part(exchange, capture if outcome is None else None)
            return False
        if outcome in (Outcome.FAILED, Outcome.BLOCKED):
            return self._miss(exchange.frontier, exchange.captured_at, is_final=_is_final(exchange)) == 1
        gap = self._gap(exchange)
        if exchange.kind == Kind.ARTICLE and wants_second_look(self._db, capture):
            gap = min(gap, SECOND_LOOK)
        self._db.execute(
            "update frontier set attempts = 0, missed = iif(?, missed, 0), visits = visits + 1, due_at = ? where id = ?",
            (_is_undecided(exchange, outcome), later(exchange.captured_at, gap), exchange.frontier),
        )
        return False

    def plan(self, capture: int) -> None:
        """Set the next time of a document's row again after a reading.

        The reading may have shown its age, a change or a doubt.
        """
        row = self._db.execute(
            "select c.site, c.captured_at, d.url from captures c join readings r on r.capture = c.id "
            "join documents d on d.id = r.document where c.id = ? and c.origin = 'network' and c.kind = 'article'",
            (capture,),
        ).fetchone()
        if row is None:
            return
        gap = revisit.next_gap(past_of(self._db, row["url"], row["captured_at"]))
        gap = self._within_budget(row["site"], row["captured_at"], gap)
        gap = min(gap, SECOND_LOOK) if wants_second_look(self._db, capture) else gap
        self._db.execute(
            "update frontier set due_at = ? where kind = 'article' and url = ? and attempts = 0 and visits > 0 "
            "and part_of is null",
            (later(row["captured_at"], gap), row["url"]),
        )

    def drop(self, row: int, at: str, retry_in: float | None = None) -> None:
        """Postpone a row that may not be asked (a refusal): by the longest gap, or by ``retry_in``."""
        rest = LONGEST_GAP if retry_in is None else max(retry_in, SHORTEST_GAP)
        part = self._db.execute("delete from frontier where id = ? and part_of is not null", (row,)).rowcount
        if not part:
            self._db.execute("update frontier set due_at = ? where id = ?", (later(at, rest), row))

    def note_reading(self, capture: int, *, nothing: bool) -> None:
        """Note what reading an answer showed of its address; where that is nothing, it was no visit."""
        row = self._db.execute(
            "select f.id, f.missed, c.captured_at from captures c join frontier f on f.kind = c.kind and f.url = ? "
            "where c.id = ? and c.origin = 'network' and f.part_of is null",
            (asked_url(self._db, capture), capture),
        ).fetchone()
        if row is None or not (nothing or row["missed"]):
            return
        if nothing:
            self._db.execute(
                "update frontier set visits = max(0, visits - 1) where id = ? and visits > 0", (row["id"],)
            )
            self._miss(row["id"], row["captured_at"])
        else:
            self._db.execute("update frontier set missed = 0 where id = ?", (row["id"],))

    def miss(self, url: str, at: str) -> None:
        """Ask for a list's page again that did not show the rows that the list says are there."""
        row = self._db.execute(
            "select id from frontier where kind = 'listing' and url = ?", (url,)
        ).fetchone()
        if row is not None:
            self._miss(row["id"], at)

    def _try_again(self, exchange: Exchange) -> None:
        assert exchange.retry_in is not None
        self._db.execute(
            "update frontier set attempts = attempts + 1, due_at = ? where id = ?",
            (later(exchange.captured_at, exchange.retry_in), exchange.frontier),
        )

    def _miss(self, row: int, at: str, *, is_final: bool = False) -> int:
        """Schedule a vain look to be made up for within a day; return how many there were in a row.

        What is too large for us is asked ever more rarely.
        """
        missed: int = self._db.execute("select missed from frontier where id = ?", (row,)).fetchone()[0]
        rest = REST_AFTER_FAILURE * 2.0 ** min(missed, 9)
        self._db.execute(
            "update frontier set attempts = 0, missed = missed + 1, due_at = ? where id = ?",
            (later(at, min(rest, LONGEST_GAP if is_final else revisit.DAY)), row),
        )
        return missed + 1

    def _close_part(self, exchange: Exchange, capture: int | None) -> None:
        self._db.execute("delete from frontier where id = ?", (exchange.frontier,))
        self._db.execute(
            "update parts set fetched = ? where capture = ? and url = ?",
            (capture, exchange.part_of, exchange.asked or exchange.url),
        )

    def _gap(self, exchange: Exchange) -> float:
        url, at = exchange.asked or exchange.url, exchange.captured_at
        if exchange.kind == Kind.LISTING:
            row = self._db.execute("select depth from frontier where id = ?", (exchange.frontier,)).fetchone()
            # A further page of a list is asked for by the page before it, not by the clock.
            return LONGEST_GAP if row and row["depth"] else list_gap(self._db, url, at)
        past = past_of_file if exchange.kind == Kind.ATTACHMENT else past_of
        return self._within_budget(exchange.site, at, revisit.next_gap(past(self._db, url, at)))

    def _within_budget(self, site: str, at: str, gap: float) -> float:
        """Return a gap, longer where more of the site falls due in it than the site may be asked."""
        a_day = BUDGET_SHARE * revisit.DAY / max(self._delay_of(site), 0.5)
        booked: int = self._db.execute(
            "select count(*) from frontier where site = ? and due_at > ? and due_at <= ?",
            (site, at, later(at, gap)),
        ).fetchone()[0]
        return revisit.within_budget(gap, booked=booked, a_day=a_day)


def _is_final(exchange: Exchange) -> bool:
    """Return whether only our own bounds kept an answer out: a second try brings the same."""
    return (exchange.error or "").startswith("too_large")


def _is_undecided(exchange: Exchange, outcome: Outcome | None) -> bool:
    """Return whether only the reading of an answer, or of its list, decides if it was a look."""
    return outcome is None or (
        exchange.kind == Kind.LISTING and outcome in (Outcome.GONE, Outcome.UNREADABLE)
    )
