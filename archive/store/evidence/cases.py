"""The proof of a claim about one document: captures, readings, versions and rules, from the logs."""

from __future__ import annotations

import sqlite3
from typing import Any

from archive.evidence.leaves import CAPTURES, LOGS
from archive.evidence.note import Checkpoint
from archive.evidence.pack import Case, Proofs
from archive.store.evidence import exports, logs
from archive.store.file.withheld import not_held

_VERSIONS = (
    "select v.*, f.capture as capture, c.captured_at as captured_at, c.payload as payload from versions v "
    "join readings f on f.id = (select r.id from readings r join captures c on c.id = r.capture where r.version = v.id "
    "  and (:until is null or c.captured_at <= :until) order by c.status = 304, c.captured_at, c.id, r.id limit 1) "
    "join captures c on c.id = f.capture where v.document = :document order by v.number"
)
_CHANGES = (
    "select f.number as from_version, w.number as to_version, t.from_capture, t.to_capture, t.summary, "
    "  a.captured_at as changed_at_earliest, b.captured_at as changed_at_latest from transitions t "
    "join versions f on f.id = t.from_version join versions w on w.id = t.to_version "
    "join captures a on a.id = t.from_capture join captures b on b.id = t.to_capture where t.document = :document "
    "and (:until is null or b.captured_at <= :until) order by b.captured_at, t.id"
)
_LOOKS = (
    "select c.id as capture, c.url, c.captured_at, c.status, c.error, r.outcome, r.reason, v.number as version "
    "from captures c left join readings r on r.id = (select max(o.id) from readings o where o.capture = c.id) "
    "left join versions v on v.id = r.version where c.id = ?"
)
_CLAIMED = ("title", "published_at", "source_line", "doc_number", "text_digest", "reader")


def case(db: sqlite3.Connection, chosen: exports.Chosen, *, keys: list[str], software: str, at: str) -> Case:
    """Return the proof of a document's versions and changes. Raise NotHeld for an address without one."""
    document = exports.document_at(db, chosen.urls[0])
    if document is None:
        raise not_held(db, f"no document at {chosen.urls[0]} in this archive", urls=chosen.urls)
    about = dict(
        db.execute(
            "select url, site, publisher, role, state from documents where id = ?", (document,)
        ).fetchone()
    )
    versions = _dicts(db, _VERSIONS, {"document": document, "until": chosen.until})
    changes = _dicts(db, _CHANGES, {"document": document, "until": chosen.until})
    needed = {one["capture"] for one in versions} | {
        one[end] for one in changes for end in ("from_capture", "to_capture")
    }
    numbers = sorted(needed | set(exports.numbers(db, chosen)))
    shown = [
        {
            "version": one["number"],
            "capture": one["capture"],
            "captured_at": one["captured_at"],
            "payload": one["payload"],
        }
        | {name: one[name] for name in _CLAIMED}
        for one in versions
    ]
    return Case(
        claim={**about, "versions": shown, "changes": changes},
        captures=[exports.held(db, number) for number in numbers],
        looks=[_dicts(db, _LOOKS, (number,))[0] for number in numbers],
        texts={one["number"]: one["text"] for one in versions},
        rows=_rows(db, document, numbers, versions),
        keys=keys,
        software=software,
        made_at=at,
    )


def proofs(db: sqlite3.Connection, stated: Checkpoint) -> Proofs:
    """Return the proofs that lead from the rows of each log to the roots of a checkpoint."""
    sizes = {"captures": stated.size} | {name: held.size for name, held in stated.others.items()}
    return {
        name: (logs.subtrees(db, LOGS[name], size), _places(db, name))
        for name, size in sizes.items()
        if name in LOGS
    }


def _places(db: sqlite3.Connection, name: str) -> Any:
    return lambda row: logs.index_of(db, LOGS[name], row)


def _rows(
    db: sqlite3.Connection, document: int, captures: list[int], versions: list[dict[str, Any]]
) -> dict[str, dict[int, bytes]]:
    kept = set(captures)
    readings = [
        row[0]
        for row in db.execute("select id, capture from readings where document = ? order by id", (document,))
        if row[1] in kept
    ]
    wanted = {
        "captures": captures,
        "readings": readings,
        "versions": [one["id"] for one in versions],
        "rules": sorted({one["rules"] for one in versions}),
    }
    return {
        name: {row: logs.leaf_of(db, LOGS[name] if name != "captures" else CAPTURES, row) for row in numbers}
        for name, numbers in wanted.items()
    }


def _dicts(db: sqlite3.Connection, query: str, values: Any) -> list[dict[str, Any]]:
    cursor = db.cursor()
    cursor.row_factory = sqlite3.Row
    return [dict(row) for row in cursor.execute(query, values)]
