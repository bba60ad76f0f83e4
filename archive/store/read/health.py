"""The condition of an archive and its sites: ``status``, gaps, expectations of a site, and metrics.

A **gap** is a time that we could not see: a look that showed no document, or a run that did not come. Nothing
is claimed of it. Between two looks that showed the same text there may have been another. That interval is
known by its ends, and is called a gap only when a look failed in it or a run was missed.

A site's own past gives expectations: how often it publishes, how fast it answers, which copies were ahead of
it. They are learned, and so weaker than what is declared: a site that was always silent teaches that silence
is normal.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from statistics import median
from typing import Any

from archive import READER_VERSION, __version__
from archive.clock import beijing_day, later, moment, seconds_between
from archive.collate import key_of
from archive.collate.leads import outlets
from archive.model import Role
from archive.store.schedule.crawls import open_findings
from archive.store.write.originals import candidates, declared_sites
from archive.text import simplified

# A site has a rhythm after this many runs. A pause this many times as long, and no shorter than a day, is a
# missed run.
LEAST_RUNS, TIMES_AS_LONG, SHORTEST = 5, 3.0, 86400.0
NO_RUN = "no run"
# A run tries a request this many times, all within an hour: they are one look.
TRIES, TRIED_WITHIN = 3, 3600.0
# A site must have been watched this long before its rhythm counts, with this many days on which it published.
WATCHED_DAYS, RHYTHM_DAYS, LEAST_DAYS = 30, 60, 8
# Silence counts from three times the longest earlier pause, and never before a week.
TIMES, SHORTEST_SILENCE = 3, 7
# How late the original may be after a copy, how old such a copy may be, how many copies are examined.
ORIGINAL_LATE, COPY_AGE_DAYS, MOST_COPIES = 48 * 3600.0, 30, 20
_PACES = 10
# Metrics for Prometheus in its text format (0.0.4). Names and labels never change: other people's rules rest
# on them.
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
VERDICTS = ("OK", "WARN", "BROKEN")


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteHealth:
    """How a site was at the end of its last crawl; a row of the view ``site_health``. Times are UTC."""

    site: str
    verdict: str
    reasons: tuple[str, ...]
    last_good_at: str | None
    due: int
    new: int
    changed: int
    gone: int
    blocked: int
    silent_since: str | None
    finished_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who held an archive for writing last."""

    holder: str
    pid: int
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A capture that was a look at a document. ``is_sighting``: it showed a version."""

    capture: int
    crawl: int
    captured_at: str
    outcome: str
    reason: str | None
    flags: str
    is_sighting: bool


def site_health(db: sqlite3.Connection) -> list[SiteHealth]:
    """Return how each site was at the end of its last crawl, by name; none whose first crawl has not ended."""
    rows = db.execute("select * from site_health order by site")
    return [SiteHealth(**dict(row) | {"reasons": tuple(json.loads(row["reasons"]))}) for row in rows]


def ran_on(software: str) -> dict[str, str]:
    """Return the programs and libraries that the row of a crawl names, with their versions."""
    beside = re.findall(r"([\w.-]+) ([0-9][^\s,)]*)[,)]", software)
    return dict(re.findall(r"([\w.-]+)/([0-9]\S*)", software)) | dict(beside)


def last_software(db: sqlite3.Connection, site: str | None = None) -> dict[str, str]:
    """Return the software of the newest crawl, of a site or of all; empty where there is none."""
    row = db.execute(
        "select software from crawls where :site is null or site = :site order by id desc limit 1",
        {"site": site},
    ).fetchone()
    return ran_on(row["software"]) if row else {}


def last_proved(db: sqlite3.Connection) -> dict[str, str]:
    """Return for each site when a look at it last ended with OK.

    Its declaration was right then, as far as it was used.
    """
    rows = db.execute(
        "select site, max(finished_at) as proved from crawls where verdict = 'OK' and command in ('watch', 'crawl') "
        "group by site"
    )
    return {row["site"]: row["proved"] for row in rows}


def economy(db: sqlite3.Connection, site: str) -> dict[str, Any]:
    """Return what the last thirty days of a site cost and brought.

    ``requests`` were sent to it, ``found`` articles were new or changed, and ``requests_per_found`` is the
    quotient (None: nothing was found). ``unchanged_share`` of the looks at known addresses (articles, and
    lists where a 304 came) showed the same as before, and ``not_modified_share`` of them were answered with
    304.
    """
    rows = db.execute(
        "select counts from crawls where site = :site and finished_at is not null and command != 'replay' and "
        "julianday(started_at) > (select julianday(max(started_at)) - 30 from crawls where site = :site)",
        {"site": site},
    )
    total: dict[str, int] = {}
    for row in rows:
        for name, count in json.loads(row["counts"]).items():
            total[name] = total.get(name, 0) + count
    requests, found = total.get("captures", 0), total.get("new", 0) + total.get("changed", 0)
    same = total.get("unchanged", 0) + total.get("not_modified", 0)
    again = same + total.get("changed", 0)
    return {
        "requests": requests,
        "found": found,
        "requests_per_found": round(requests / found, 1) if found else None,
        "unchanged_share": round(same / again, 3) if again else None,
        "not_modified_share": round(total.get("not_modified", 0) / again, 3) if again else None,
    }


def document_count(db: sqlite3.Connection) -> int:
    """Return how many documents an archive holds, readable or not."""
    return int(db.execute("select count(*) from documents").fetchone()[0])


def last_holder(db: sqlite3.Connection) -> Holder | None:
    """Return who wrote last. It does not prove that this run still holds the archive."""
    row = db.execute("select holder, pid, since from leases where name = 'writer'").fetchone()
    return Holder(**dict(row)) if row else None


def lacking_in_sqlite() -> str | None:
    """Return what the archive needs and this SQLite lacks, None where nothing is missing."""
    db = sqlite3.connect(":memory:")
    try:
        db.execute(
            "create virtual table pieces using fts5 (grams, content='', detail='none', tokenize='ascii')"
        )
        db.execute("create table typed (row integer primary key, held text) strict")
        db.execute("select json_extract('{}', '$.a')").fetchone()
    except sqlite3.Error as error:
        return str(error)
    finally:
        db.close()
    return None


def looks(db: sqlite3.Connection, document: int) -> list[Look]:
    """Return each capture that was a look at the document, in order of time."""
    rows = db.execute(
        "select c.id as capture, c.crawl, c.captured_at, r.outcome, r.reason, r.flags, exists (select 1 from "
        "  readings s where s.capture = c.id and s.document = r.document and s.version is not null) as is_sighting "
        "from readings r join captures c on c.id = r.capture where r.document = ? and r.again = 0 "
        "order by c.captured_at, c.id",
        (document,),
    )
    return [Look(**dict(row) | {"is_sighting": bool(row["is_sighting"])}) for row in rows]


def gaps(db: sqlite3.Connection, document: int) -> list[dict[str, Any]]:
    """Return the intervals in which no look showed the document, or runs were missed, in order.

    ``reason`` says what came instead, ``looks`` how many looks were taken.
    """
    missing = _failed(db, document) + _missed(db, document)
    return sorted(missing, key=lambda gap: gap["from"])


def _failed(db: sqlite3.Connection, document: int) -> list[dict[str, Any]]:
    failures: list[dict[str, Any]] = []
    seen_at: str | None = None
    reasons: list[str] | None = None
    taken = looks(db, document)
    for place, look in enumerate(taken):
        if look.outcome == "failed" and any(
            _makes_up(look, attempt) for attempt in taken[place + 1 : place + TRIES]
        ):
            continue
        if look.is_sighting:
            seen_at, reasons = look.captured_at, None
            if failures and failures[-1]["to"] is None:
                failures[-1]["to"] = seen_at
            continue
        why = f"{look.outcome}: {look.reason}" if look.reason else look.outcome
        if reasons is None:
            reasons = []
            failures.append({"from": seen_at or look.captured_at, "to": None, "reason": "", "looks": 0})
        if why not in reasons:
            reasons.append(why)
        failures[-1] |= {"reason": ", ".join(reasons), "looks": failures[-1]["looks"] + 1}
    return failures


def _makes_up(failed: Look, other: Look) -> bool:
    """Return whether another try of the same look showed the document."""
    waited = seconds_between(failed.captured_at, other.captured_at)
    return other.is_sighting and other.crawl == failed.crawl and waited <= TRIED_WITHIN


def _missed(db: sqlite3.Connection, document: int) -> list[dict[str, Any]]:
    """Return the pauses between runs that were much longer than usual for the document's site.

    Only pauses after the document was known count.
    """
    runs = db.execute(
        "select c.started_at, coalesce(c.finished_at, c.started_at) as finished_at, d.first_seen from documents d "
        "join crawls c on c.site = d.site and c.command in ('watch', 'crawl') where d.id = ? order by c.started_at, c.id",
        (document,),
    ).fetchall()
    if len(runs) <= LEAST_RUNS:
        return []
    pauses = [seconds_between(one["started_at"], other["started_at"]) for one, other in pairwise(runs)]
    longest = max(SHORTEST, TIMES_AS_LONG * median(pauses))
    return [
        {"from": one["finished_at"], "to": other["started_at"], "reason": NO_RUN, "looks": 0}
        for (one, other), pause in zip(pairwise(runs), pauses, strict=True)
        if pause > longest and one["finished_at"] >= one["first_seen"]
    ]


def doubted(db: sqlite3.Connection, site: str) -> int:
    """Return how many documents of a site wait at a change that tripped the breaker, undecided."""
    row = db.execute(
        "select count(*) from documents d where d.site = ? and d.state = 'quarantined' and exists "
        "(select 1 from readings r where r.document = d.id and r.outcome = 'quarantined' and r.reason = 'mass_change' "
        "  and not exists (select 1 from events e where e.kind = 'review' and e.document = d.id "
        "    and json_extract(e.details, '$.state') = json_extract(r.found, '$.prepared.state_digest')))",
        (site,),
    ).fetchone()
    return int(row[0])


def paces(db: sqlite3.Connection, site: str) -> list[float]:
    """Return the median seconds per answer of a site in its last runs, newest first."""
    rows = db.execute(
        "select json_extract(details, '$.median_seconds') from events where kind = 'pace' and site = ? "
        "order by id desc limit ?",
        (site, _PACES),
    )
    return [float(row[0]) for row in rows]


def longest_pause(db: sqlite3.Connection, site: str, at: str) -> int | None:
    """Return the days without an article after which a site's silence is unusual, None if unknown."""
    first = db.execute("select min(started_at) from crawls where site = ?", (site,)).fetchone()[0]
    if first is None or seconds_between(first, at) < WATCHED_DAYS * 86400:
        return None
    rows = db.execute(
        "select distinct substr(published_at, 1, 10) as day from documents where site = ? and published_at is not null "
        "and published_at <= ? order by day desc limit ?",
        (site, beijing_day(at) + "~", RHYTHM_DAYS),
    )
    days = [date.fromisoformat(row[0]) for row in rows]
    if len(days) < LEAST_DAYS:
        return None
    return max(SHORTEST_SILENCE, TIMES * max((newer - older).days for newer, older in pairwise(days)))


def newest_published(db: sqlite3.Connection, site: str, at: str) -> str:
    """Return the day of a site's newest held article not dated after ``at``, "" when none has a day."""
    row = db.execute(
        "select max(published_at) from documents where site = ? and published_at <= ?",
        (site, beijing_day(at) + "~"),
    ).fetchone()
    return str(row[0] or "")[:10]


def ahead(db: sqlite3.Connection, site: str, at: str) -> list[str]:
    """Return copies that name a site as their source and of which the archive holds no original.

    Only young copies count, and only after the original had two days to be seen. That a copy names a source
    does not prove that the source published it.
    """
    declared = declared_sites(db).get(site)
    if declared is None or declared.role is not Role.ORIGINAL:
        return []
    rows = db.execute(
        "select d.id, d.url, d.site, v.text, v.source_line from documents d join versions v on v.id = d.current "
        "where d.role = 'copy' and d.site != ? and d.published_at >= ? and d.first_seen <= ? and v.source_line is not null "
        "order by d.published_at desc limit 500",
        (site, later(at, -COPY_AGE_DAYS * 86400)[:10], later(at, -ORIGINAL_LATE)),
    ).fetchall()
    named = [row for row in rows if _names(row["source_line"], declared.publisher)][:MOST_COPIES]
    return [row["url"] for row in named if not _has_original(db, row)]


def learned(db: sqlite3.Connection, site: str, at: str) -> dict[str, object]:
    """Return the expectations from a site's past, as the fields of a verdict."""
    return {
        "mass_changed": doubted(db, site),
        "paces": paces(db, site),
        "longest_pause": longest_pause(db, site, at),
        "newest_known": newest_published(db, site, at),
        "ahead": ahead(db, site, at),
    }


def _names(source_line: str, publisher: str) -> bool:
    source = simplified(source_line)
    return publisher in source or any(publisher in name for name in outlets(f"来源:{source}", host=None))


def _has_original(db: sqlite3.Connection, row: sqlite3.Row) -> bool:
    originals = candidates(db, key_of(row["text"]), but=[row["id"]])
    return any(candidate.role == Role.ORIGINAL for candidate in originals)


def sizes(db: sqlite3.Connection) -> dict[str, int]:
    """Return the sizes: captures, versions, comparisons, and captures that wait to be read."""
    counted = {
        # Nothing is ever taken out of these: the last number is the count, without a look at each row.
        "captures": "select coalesce(max(id), 0) from captures",
        "versions": "select coalesce(max(id), 0) from versions",
        "waiting": "select count(*) from queue",
    }
    return {name: int(db.execute(sql).fetchone()[0]) for name, sql in counted.items()}


def events_by_kind(db: sqlite3.Connection) -> dict[str, int]:
    """Return how many events of each kind were ever recorded."""
    return {
        row[0]: row[1] for row in db.execute("select kind, count(*) from events group by kind order by kind")
    }


def documents_by_state(db: sqlite3.Connection) -> list[tuple[str, str, int]]:
    """Return site, state and number of documents for each of a site's states."""
    rows = db.execute(
        "select site, state, sum(documents) from tallies group by site, state order by site, state"
    )
    return [(row[0], row[1], row[2]) for row in rows]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: its name, what it counts, gauge or counter, and its samples with their labels."""

    name: str
    says: str
    kind: str
    samples: tuple[tuple[Mapping[str, str], float], ...]


def exposition(db: sqlite3.Connection, path: Path) -> str:
    """Return the metrics of an archive at a path, in Prometheus's format."""
    return "".join(_exposition(metric) for metric in metrics(db, path))


def metrics(db: sqlite3.Connection, path: Path) -> Iterator[Metric]:
    """Yield the metrics of an archive. A site is listed once a crawl of it has ended."""
    yield _gauge(
        "build_info",
        "Version of yuanben and of its reader.",
        [({"version": __version__, "reader": READER_VERSION}, 1)],
    )
    yield from _of_sites(db)
    found = sizes(db)
    states = [({"site": site, "state": state}, count) for site, state, count in documents_by_state(db)]
    yield _gauge("documents", "Documents held, by their state at the last look.", states)
    yield _counter(
        "captures_total", "Exchanges kept, refusals and failures among them.", [({}, found["captures"])]
    )
    yield _counter("versions_total", "Versions of documents.", [({}, found["versions"])])
    kinds = [({"kind": kind}, count) for kind, count in events_by_kind(db).items()]
    yield _counter("events_total", "Events written down, by kind.", kinds)
    yield _gauge("captures_waiting", "Captures that wait to be read.", [({}, found["waiting"])])
    yield _gauge("archive_bytes", "Size of the archive's files.", list(_bytes(path)))
    free = shutil.disk_usage(path.absolute().parent).free
    yield _gauge("disk_free_bytes", "Room on the disk of the archive.", [({}, free)])


def _of_sites(db: sqlite3.Connection) -> Iterator[Metric]:
    rows = site_health(db)
    verdicts = [
        ({"site": row.site, "verdict": name}, float(row.verdict == name)) for row in rows for name in VERDICTS
    ]
    yield _gauge("site_verdict", "1 for the verdict of the last crawl of a site, 0 for the others.", verdicts)
    reasons = [({"site": row.site, "reason": reason}, 1.0) for row in rows for reason in row.reasons]
    yield _gauge("site_reason", "1 for each reason of the last verdict of a site.", reasons)
    for name, moment_of, says in (
        (
            "site_last_healthy_timestamp_seconds",
            attrgetter("last_good_at"),
            "When a run last saw something of a site and was not BROKEN.",
        ),
        (
            "site_last_run_timestamp_seconds",
            attrgetter("finished_at"),
            "When the last crawl of a site ended.",
        ),
    ):
        times = [({"site": row.site}, moment(moment_of(row)).timestamp()) for row in rows if moment_of(row)]
        yield _gauge(name, says, times)
    yield _gauge(
        "site_due",
        "Requests of a site that are due now.",
        [({"site": row.site}, row.due) for row in rows],
    )
    counted = Counter((finding["site"] or "", finding["reason"]) for finding in open_findings(db))
    opened = [({"site": site, "reason": reason}, count) for (site, reason), count in sorted(counted.items())]
    yield _gauge("findings_open", "Findings that have not healed.", opened)


def _bytes(path: Path) -> Iterator[tuple[Mapping[str, str], float]]:
    for name, file in (("archive", path), ("log", Path(f"{path}-wal"))):
        yield {"file": name}, file.stat().st_size if file.exists() else 0


def _gauge(name: str, says: str, samples: Iterable[tuple[Mapping[str, str], float]]) -> Metric:
    return Metric(f"yuanben_{name}", says, "gauge", tuple(samples))


def _counter(name: str, says: str, samples: Iterable[tuple[Mapping[str, str], float]]) -> Metric:
    return Metric(f"yuanben_{name}", says, "counter", tuple(samples))


def _exposition(metric: Metric) -> str:
    head = f"# HELP {metric.name} {metric.says}\n# TYPE {metric.name} {metric.kind}\n"
    return head + "".join(
        f"{metric.name}{_labels(labels)} {value:.15g}\n" for labels, value in metric.samples
    )


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
