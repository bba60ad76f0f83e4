"""What Prometheus is told of an archive, in its text format (0.0.4). Everything is read when it is asked for.

``yuanben metrics --textfile`` writes it for the collector of a node exporter; the reading room answers at
``/-/metrics``. Names and labels stay as they are: rules and dashboards of others rest on them.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive import READER_VERSION, __version__
from archive.clock import moment
from archive.store.read.health import documents_by_state, events_by_kind, site_health, sizes
from archive.store.schedule.crawls import open_findings

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
VERDICTS = ("OK", "WARN", "BROKEN")


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: its name, what it counts, gauge or counter, and its samples with their labels."""

    name: str
    says: str
    kind: str
    samples: tuple[tuple[Mapping[str, str], float], ...]


def exposition(db: sqlite3.Connection, path: Path) -> str:
    """Return all that is told of an archive at a path, as Prometheus reads it."""
    return "".join(_written(family) for family in families(db, path))


def families(db: sqlite3.Connection, path: Path) -> Iterator[Family]:
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


def _of_sites(db: sqlite3.Connection) -> Iterator[Family]:
    rows = site_health(db)
    verdicts = [
        ({"site": row["site"], "verdict": name}, float(row["verdict"] == name))
        for row in rows
        for name in VERDICTS
    ]
    yield _gauge("site_verdict", "1 for the verdict of the last crawl of a site, 0 for the others.", verdicts)
    reasons = [
        ({"site": row["site"], "reason": reason}, 1.0)
        for row in rows
        for reason in json.loads(row["reasons"])
    ]
    yield _gauge("site_reason", "1 for each reason of the last verdict of a site.", reasons)
    for name, column, says in (
        (
            "site_last_healthy_timestamp_seconds",
            "last_good_at",
            "When a run last saw something of a site and was not BROKEN.",
        ),
        ("site_last_run_timestamp_seconds", "finished_at", "When the last crawl of a site ended."),
    ):
        times = [({"site": row["site"]}, moment(row[column]).timestamp()) for row in rows if row[column]]
        yield _gauge(name, says, times)
    yield _gauge(
        "site_due",
        "Requests of a site that are due now.",
        [({"site": row["site"]}, row["due"]) for row in rows],
    )
    counted = Counter((one["site"] or "", one["reason"]) for one in open_findings(db))
    opened = [({"site": site, "reason": reason}, count) for (site, reason), count in sorted(counted.items())]
    yield _gauge("findings_open", "Findings that have not healed.", opened)


def write_textfile(text: str, target: Path) -> None:
    """Write the text under its name at once: a collector never reads half of one."""
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    beside.write_text(text, "utf-8")
    beside.chmod(0o644)
    beside.replace(target)


def _bytes(path: Path) -> Iterator[tuple[Mapping[str, str], float]]:
    for name, file in (("archive", path), ("log", Path(f"{path}-wal"))):
        yield {"file": name}, file.stat().st_size if file.exists() else 0


def _gauge(name: str, says: str, samples: Iterable[tuple[Mapping[str, str], float]]) -> Family:
    return Family(f"yuanben_{name}", says, "gauge", tuple(samples))


def _counter(name: str, says: str, samples: Iterable[tuple[Mapping[str, str], float]]) -> Family:
    return Family(f"yuanben_{name}", says, "counter", tuple(samples))


def _written(family: Family) -> str:
    head = f"# HELP {family.name} {family.says}\n# TYPE {family.name} {family.kind}\n"
    return head + "".join(
        f"{family.name}{_labels(labels)} {value:.15g}\n" for labels, value in family.samples
    )


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
