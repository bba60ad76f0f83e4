"""How a page of the room looks at the archive: within bounds, in the file that is there now.

A look is bounded in how long it may take and how much it may take in. SQLite asks its progress handler only
within a long statement. A search makes a short statement for every candidate: with 20,000 of them it went on
for 39 s. So the time is also asked for at each row that is handed out.

A look goes into the file that is at the path now, because whoever restores an archive puts another file there.
A connection goes on with the file it opened, whatever became of its name: it would show what is no longer held.
So each look first asks whether the file is the one that was opened, and opens it anew when it is not. That a
checkpoint changes the file, too, costs a millisecond.

What a look has read becomes the answer of a page. Some of it is read for pages only, beside what the commands
read: what needs attention, when what changed, who publishes.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from datasette.utils import sqlite_timelimit
from datasette.utils.asgi import Base400, NotFound, Request, Response

from archive.clock import moment, utc_text
from archive.errors import ArchiveError, BadInput, NotHeld, TooLong, Withheld
from archive.reading_room.words import Identity, archives, identity
from archive.store.file.connection import open_for_reading
from archive.store.file.withheld import last_decision
from archive.store.read.documents import Row, rows
from archive.store.read.review import waiting as held_back
from archive.store.schedule.crawls import open_findings
from archive.text.names import region_of

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.database import Database

LONGEST_VALUE = 10_000_000  # bytes of one value: the time limit is not looked at while one is being built
MOST_MEMORY = 256 << 20  # bytes SQLite may take in this process
# Bytes of all rows of one answer: they are copied out of SQLite, where no limit of its own holds.
MOST_ROWS = 32 << 20
# Bytes of a pattern, characters of what is sought in a value: within one call no limit on time is looked at, and a long
# one can be tried at every place of a long value.
LONGEST_PATTERN, LONGEST_SOUGHT = 300, 1_000
INTERRUPTED = "interrupted"

T = TypeVar("T", str, bytes)


class BoundedRows:
    """What makes the rows of a connection: no more than fit, none after the deadline. ``file``: what it opened.

    ``decision``: the newest to withhold something that the connection knows of.

    ``select zeroblob(9000000) from frontier`` took 2.2 GB within its second: each value alone was short enough.
    """

    def __init__(self, file: Identity | None = None, decision: int = 0) -> None:
        self.file = file
        self.decision = decision
        self.deadline: float | None = None
        self._taken: WeakKeyDictionary[sqlite3.Cursor, int] = WeakKeyDictionary()

    def __call__(self, cursor: sqlite3.Cursor, values: tuple[Any, ...]) -> sqlite3.Row:
        """Return a row; raise OperationalError when time is up or the answer too long."""
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise sqlite3.OperationalError(INTERRUPTED)
        size = sum(len(value) for value in values if isinstance(value, str | bytes))
        self._taken[cursor] = total = self._taken.get(cursor, 0) + size
        if total > MOST_ROWS:
            raise sqlite3.OperationalError(
                f"the answer is longer than {MOST_ROWS:,} characters: ask for less"
            )
        return sqlite3.Row(cursor, values)


class TookTooLong(Base400):  # type: ignore[misc]
    """A look was not finished within its time, or would not be. ``key``: the words that say what to do instead.

    What was found by then is not shown as if it were all.
    """

    status = 503

    def __init__(self, key: str = "error.slow_means") -> None:
        super().__init__(key)
        self.key = key


class IsWithheld(Base400):  # type: ignore[misc]
    """What was asked for is held and must not be shown (RFC 7725)."""

    status = 451


class Unfinished(BaseException):
    """An answer that has begun cannot be finished: the connection ends without its end. Not for Datasette to catch."""


def limit_connection(conn: sqlite3.Connection, file: Identity | None = None, *, decision: int = 0) -> None:
    """Bound what one value and all values together may take, and what one call may do with them."""
    conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    conn.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    conn.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, LONGEST_PATTERN)
    conn.execute(f"pragma hard_heap_limit={MOST_MEMORY}")
    conn.execute("pragma query_only=1")
    conn.row_factory = BoundedRows(file, decision)
    # What a function refuses is told to the reader; Datasette would have its traceback written out as well.
    sqlite3.enable_callback_tracebacks(False)
    for name, parts, does in _QUADRATIC:
        conn.create_function(name, parts, does, deterministic=True)


@contextmanager
def time_limit(db: sqlite3.Connection, milliseconds: int) -> Iterator[None]:
    """Let a look at an archive take so long, in SQLite and between its statements. Raise OperationalError after."""
    with sqlite_timelimit(db, milliseconds), row_limit(db, milliseconds):
        yield


@contextmanager
def row_limit(db: sqlite3.Connection, milliseconds: int) -> Iterator[None]:
    """Hand out rows for so long: for a function that is called within a statement, which has a limit of its own."""
    rows = db.row_factory
    assert isinstance(rows, BoundedRows)
    before, rows.deadline = rows.deadline, time.monotonic() + milliseconds / 1000
    try:
        yield
    finally:
        rows.deadline = before


def _as_text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _short(sought: T) -> T:
    if len(sought) > LONGEST_SOUGHT:
        raise ValueError("what is sought is too long")
    return sought


def _instr(value: Any, sought: Any) -> int | None:
    if value is None or sought is None:
        return None
    if isinstance(value, bytes) and isinstance(sought, bytes):
        return value.find(_short(sought)) + 1
    return _as_text(value).find(_short(_as_text(sought))) + 1


def _replace(value: Any, sought: Any, by: Any) -> str | None:
    if value is None or sought is None or by is None:
        return None
    text, old, new = _as_text(value), _short(_as_text(sought)), _as_text(by)
    if len(text) + text.count(old) * max(0, len(new) - len(old)) > LONGEST_VALUE:
        raise ValueError("the value would be too long")
    return text.replace(old, new) if old else text


# SQLite's own try a long needle at every place of a long value, and are not interrupted while they do.
_QUADRATIC: tuple[tuple[str, int, Callable[..., Any]], ...] = (
    ("instr", 2, _instr),
    ("replace", 3, _replace),
)


# Ours alone: the time in which one page may read from the file.
PATIENCE = 2000
Seen = TypeVar("Seen")


async def answer(
    datasette: Datasette, request: Request, template: str, context: dict[str, Any], status: int = 200
) -> Response:
    """Return a page made with a template."""
    return Response.html(await datasette.render_template(template, context, request=request), status=status)


async def look(datasette: Datasette, read: Callable[[sqlite3.Connection], Seen]) -> Seen:
    """Return what a function reads from the archive; what it does not hold is not found."""
    names = archives(datasette)
    if not names:
        raise NotFound("no archive is served here")

    try:
        return await look_into(datasette, names[0], read)
    except Withheld as error:
        raise IsWithheld(str(error)) from None
    except NotHeld as error:
        raise NotFound(str(error)) from None


async def look_into(datasette: Datasette, name: str, read: Callable[[sqlite3.Connection], Seen]) -> Seen:
    """Return what a function reads from one of the databases within its time. Raise TookTooLong."""

    def bounded(db: sqlite3.Connection) -> Seen:
        end = time.monotonic() + PATIENCE / 1000
        try:
            with time_limit(db, PATIENCE):
                return read(db)
        except TooLong:
            raise TookTooLong("error.long_texts") from None
        except sqlite3.OperationalError as error:
            # What is stopped within an index says "vtable constructor failed".
            if str(error) == INTERRUPTED or time.monotonic() > end:
                raise TookTooLong from None
            raise

    found: Seen = await datasette.get_database(name).execute_fn(bounded)
    return found


def whole_number(text: str | None) -> int | None:
    """Return a number from an address, None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def day(text: str | None) -> str | None:
    """Return a day as ``YYYY-MM-DD``, None for anything else."""
    try:
        return datetime.strptime(text or "", "%Y-%m-%d").strftime("%Y-%m-%d")
    except ValueError:
        return None


def has_copies(word: str) -> bool | None:
    """Return what a form asks of copies, ``with`` or ``without`` them; None where it does not matter."""
    return {"with": True, "without": False}.get(word)


def end_of(beijing_day: str) -> str:
    """Return the last millisecond of a Beijing day as UTC text."""
    try:
        return utc_text(moment(f"{beijing_day}T00:00:00+08:00") + timedelta(days=1, milliseconds=-1))
    except (BadInput, OverflowError):
        raise NotFound("no such day") from None


def keep_current(datasette: Datasette) -> None:
    """Let every look at an archive see the file that is at its path."""
    for database in datasette.databases.values():
        if database.path and not hasattr(database, "yuanben_is_current"):
            database.yuanben_is_current = True
            database.execute_fn = _on_current(datasette, database, database.execute_fn)


def _on_current(
    datasette: Datasette, database: Database, plain: Callable[..., Awaitable[Any]]
) -> Callable[..., Awaitable[Any]]:
    async def execute_fn(look: Callable[[sqlite3.Connection], Any], *rest: Any, **named: Any) -> Any:
        return await plain(lambda conn: look(_current(datasette, database, conn)), *rest, **named)

    return execute_fn


def _current(datasette: Datasette, database: Database, conn: sqlite3.Connection) -> sqlite3.Connection:
    """Return a connection to the file at the path: the one given, or a new one in its place."""
    from datasette.database import connections

    rows = conn.row_factory
    now = identity(str(database.path))
    if not isinstance(rows, BoundedRows) or now is None:
        return conn
    if now == rows.file and last_decision(conn) == rows.decision:
        return conn
    fresh: sqlite3.Connection = database.connect()
    datasette._prepare_connection(fresh, database.name)
    # By what name a thread keeps its connection is Datasette's affair.
    for name, held in list(vars(connections).items()):
        if held is conn:
            setattr(connections, name, fresh)
    if conn in database._all_file_connections:
        database._all_file_connections.remove(conn)
    conn.close()
    return fresh


# Addresses of one problem that the front page names; the source's own page names them all.
_MOST_ADDRESSES = 2
_PUBLISHERS = (
    "select t.site, (select publisher from documents d where d.site = t.site limit 1) as publisher "
    "from (select distinct site from tallies) t union all "
    "select site, declaration ->> '$.publisher' from rules where id in (select max(id) from rules group by site)"
)
# The first of the last crawls in a row that were judged as the newest is: before it another verdict was given.
_SINCE = (
    "select min(finished_at) from crawls where site = :site and verdict = :verdict and finished_at is not null "
    "and id > coalesce((select max(id) from crawls where site = :site and finished_at is not null "
    "and verdict is not :verdict), 0)"
)
_BY_DAY = (
    "select date(changed_at, '+8 hours') as day, summary from transitions "
    "where changed_at >= :first order by changed_at desc limit 5000"
)


def publishers(db: sqlite3.Connection) -> dict[str, str]:
    """Return for each site the publisher we declare; a site that is not declared has the name of its host."""
    return {row["site"]: row["publisher"] for row in rows(db, _PUBLISHERS) if row["publisher"]}


def publishers_of(path: str) -> Mapping[str, str]:
    """Return the publishers of an archive by the path of its file. Asked for each cell: looked up once a state."""
    return _publishers_of(path, identity(path), identity(f"{path}-wal"))


@lru_cache(maxsize=16)
def _publishers_of(path: str, file: Identity | None, log: Identity | None) -> Mapping[str, str]:
    try:
        with closing(open_for_reading(Path(path))) as db:
            return publishers(db)
    except (ArchiveError, sqlite3.Error):
        # The page itself says that the archive cannot be read.
        return {}


def regions(db: sqlite3.Connection) -> dict[str, str]:
    """Return for each site whose region is known the region of its publisher."""
    found = {}
    for site, publisher in publishers(db).items():
        row = db.execute("select url from documents where site = ? limit 1", (site,)).fetchone()
        region = region_of(publisher, urlsplit(row["url"] if row else "").hostname or "")
        if region:
            found[site] = region
    return found


def unwell(db: sqlite3.Connection, sites: Sequence[Row]) -> list[Row]:
    """Return the sources whose last crawl was not sound, with since when that is so and what is open there."""
    found = [site for site in sites if site["verdict"] in ("BROKEN", "WARN")]
    opened = open_findings(db) if found else []
    return [
        site | _trouble(db, site, [each for each in opened if each["site"] == site["site"]]) for site in found
    ]


def _trouble(db: sqlite3.Connection, site: Row, opened: Sequence[Row]) -> Row:
    since = db.execute(_SINCE, {"site": site["site"], "verdict": site["verdict"]}).fetchone()[0]
    by_reason: dict[str, Row] = {
        reason: {"reason": reason, "urls": [], "more": 0, "since": since} for reason in site["reasons"]
    }
    for finding in opened:
        of_reason = by_reason.get(finding["reason"])
        if of_reason is None:
            continue
        of_reason["since"] = min(of_reason["since"] or finding["opened_at"], finding["opened_at"])
        if finding["url"] and len(of_reason["urls"]) < _MOST_ADDRESSES:
            of_reason["urls"].append(finding["url"])
        elif finding["url"]:
            of_reason["more"] += 1
    return {"since": since, "problems": list(by_reason.values())}


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of the calendar of changes: ``level`` 0 to 4, by how many changes were found on it."""

    day: str
    changes: int
    level: int

    @property
    def bounds(self) -> tuple[str, str]:
        """Return the UTC moments between which the Beijing day lies, the second not of it."""
        before = date.fromisoformat(self.day) - timedelta(days=1)
        return f"{before.isoformat()}T16:00:00.000Z", f"{self.day}T16:00:00.000Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The days of some weeks, each week from Monday on: where each stands, and one outline of those without a change."""

    days: list[tuple[int, int, Day]]
    weeks: int

    @property
    def changed(self) -> list[tuple[int, int, Day]]:
        """Return the days with changes, each with its place from the left and from the top."""
        return [place for place in self.days if place[2].changes]

    @property
    def outline(self) -> str:
        """Return the days without a change as one path: drawn one by one they took half of the front page's time."""
        return "".join(f"M{x} {y}h11v11h-11z" for x, y, day in self.days if not day.changes)


def calendar(db: sqlite3.Connection, weeks: int) -> Calendar | None:
    """Return the weeks up to the archive's newest look with the changes found on each day; None where there are none.

    A change was made before it was found: the day is that of the first capture that showed it, in Beijing.
    """
    last = _last_day(db)
    if last is None:
        return None
    first = last - timedelta(days=last.weekday() + 7 * (weeks - 1))
    found = db.execute(_BY_DAY, {"first": (first - timedelta(days=1)).isoformat()})
    counts = Counter(row["day"] for row in found)
    most = max(counts.values(), default=0)
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    made = [_day(each, counts[each.isoformat()], most) for each in days]
    places = [(at // 7 * 13, at % 7 * 13, day) for at, day in enumerate(made)]
    return Calendar(days=places, weeks=weeks) if most else None


def _last_day(db: sqlite3.Connection) -> date | None:
    at = db.execute("select date(max(last_seen), '+8 hours') from documents").fetchone()[0]
    return date.fromisoformat(at) if at else None


def _day(day: date, changes: int, most: int) -> Day:
    level = 0 if not changes else 1 + min(3, 4 * (changes - 1) // max(1, most))
    return Day(day=day.isoformat(), changes=changes, level=level)


def clauses(db: sqlite3.Connection, version: int) -> list[Row]:
    """Return the numbered parts of a version (by its row) in order: path, level, start, heading."""
    return rows(
        db,
        "select path, level, start, heading from version_clauses where version = ? order by position limit 2000",
        version,
    )


def details_of(db: sqlite3.Connection, documents: Sequence[int]) -> dict[int, Row]:
    """Return by document what facets are made of: source, class, issuing body, standing, whether it was changed."""
    found = rows(
        db,
        "select d.id as document, d.site, d.issuer, d.role, d.versions, "
        "exists (select 1 from transitions t where t.document = d.id) as changed, "
        "c.class, coalesce((select standing from standings s where s.document = d.id), 'unknown') as standing "
        "from documents d left join version_connections c on c.version = d.current "
        "where d.id in (select value from json_each(?))",
        json.dumps(list(documents)),
    )
    return {row["document"]: row for row in found}


def waiting(db: sqlite3.Connection, site: str | None = None) -> list[Row]:
    """Return what was quarantined and waits for a person, of one site or all: why, when, and by which lines it differs."""
    return [
        {
            "document": one.document,
            "url": one.url,
            "title": kept,
            "publisher": publisher,
            "reason": one.reason,
            "first": one.first_captured_at,
            "last": one.last_captured_at,
            "looks": len(one.looks),
            "capture": one.looks[-1]["capture"],
            "gone": one.edit.gone if one.edit else (),
            "come": one.edit.come if one.edit else (),
        }
        for one in held_back(db, site)
        for kept, publisher in db.execute(
            "select title, publisher from documents where id = ?", (one.document,)
        )
    ]


def sides_of(path: str, addresses: Sequence[str]) -> Mapping[str, Row]:
    """Return by address the documents that a list of copies names, from the file at a path."""
    try:
        with closing(open_for_reading(Path(path))) as db:
            return sides(db, addresses)
    except (ArchiveError, sqlite3.Error):
        return {}  # their addresses are shown instead


def sides(db: sqlite3.Connection, addresses: Sequence[str]) -> dict[str, Row]:
    """Return by address the documents that a list of copies names."""
    found = rows(
        db,
        "select url, id as document, title, publisher from documents where url in (select value from json_each(?))",
        json.dumps(list(addresses)),
    )
    return {row["url"]: row for row in found}
