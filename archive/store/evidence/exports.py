"""Exports: captures by site, address and day, and the rows of the views."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from archive.errors import NotHeld
from archive.evidence.leaves import CAPTURES
from archive.evidence.warc import ExportedCapture
from archive.model import Repeat
from archive.store.evidence.logs import leaf_of
from archive.store.file.payloads import Payloads
from archive.store.file.withheld import is_covered, not_held, withholdings

# The formats of rows: one file for each view or table, sorted by its first columns.
ROWS = (
    "latest", "changes", "copies", "version_detail", "files", "works", "site_health", "addresses", "captures", "events",
)  # fmt: skip
_MOMENTS = ("captured_at", "changed_at_latest", "happened_at", "compared_at", "last_seen")
_LARGEST_PICTURE = 2 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A choice of captures: of a site, of documents by address, of a span of time.

    Nothing chosen means everything.
    """

    site: str | None = None
    urls: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the choice as a manifest states it."""
        return {"site": self.site, "urls": list(self.urls), "since": self.since, "until": self.until}


def captures(db: sqlite3.Connection, chosen: Chosen) -> Iterator[ExportedCapture]:
    """Yield the chosen captures in the order of keeping, each redirect before its target."""
    for number in numbers(db, chosen):
        yield held(db, number)


def held(db: sqlite3.Connection, number: int) -> ExportedCapture:
    """Return one capture with the redirects that led to it."""
    payload, led_by = db.execute(
        "select payload, redirected_from from captures where id = ?", (number,)
    ).fetchone()
    return ExportedCapture(
        leaf=leaf_of(db, CAPTURES, number),
        payload=payload,
        led_by=leaf_of(db, CAPTURES, led_by) if led_by else None,
        repeats=_awaited(db, number) if payload is None else None,
    )


def _awaited(db: sqlite3.Connection, capture: int) -> Repeat | None:
    """Return the repeated capture whose payload a capture lacks."""
    row = db.execute(
        "select digest, url, captured_at from repeats where capture = ? and payload is null", (capture,)
    ).fetchone()
    return Repeat(digest=row[0], url=row[1], at=row[2]) if row else None


def stated_captures(db: sqlite3.Connection) -> int:
    """Return how many captures the newest remembered checkpoint states."""
    row = db.execute("select size from checkpoints order by id desc limit 1").fetchone()
    return int(row[0]) if row else 0


def changed_after(db: sqlite3.Connection, size: int) -> list[str]:
    """Return the addresses of documents that later captures found new or changed, except withheld ones.

    Later means after the first ``size`` captures.
    """
    hidden = {one.document for one in withholdings(db)}
    rows = db.execute(
        "select distinct d.id, d.url from readings r join documents d on d.id = r.document "
        "where r.capture > ? and r.again = 0 and r.outcome in ('new', 'changed') order by d.id",
        (size,),
    )
    return [row["url"] for row in rows if row["id"] not in hidden]


def withheld_captures(db: sqlite3.Connection) -> list[str]:
    """Return the condition that leaves out captures with a withheld body, "" where none is withheld."""
    if not is_covered(db):
        return []
    return ["(payload is null or payload in (select digest from payloads))"]


def left_out(db: sqlite3.Connection, chosen: Chosen) -> list[dict[str, Any]]:
    """Return the documents that an export leaves out because they are withheld: since when, by whom, why.

    ``captures``: how many looks that showed the document are left out. Site and address of the choice are
    considered; a span of time does not narrow the count.
    """
    found = []
    for one in withholdings(db):
        site, looks = db.execute(
            "select site, (select count(distinct r.capture) from main.readings r join main.captures c on c.id = r.capture "
            "where r.document = d.id and c.payload in (select id from withheld_payloads)) "
            "from main.documents d where id = ?",
            (one.document,),
        ).fetchone()
        if chosen.site in (None, site) and (not chosen.urls or one.url in chosen.urls):
            found.append(
                {"url": one.url, "since": one.at, "by": one.by, "reason": one.reason, "captures": looks}
            )
    return found


def numbers(db: sqlite3.Connection, chosen: Chosen) -> list[int]:
    """Return the numbers of the chosen captures."""
    where, values = _conditions(chosen)
    if chosen.urls:
        found = _of_documents(db, chosen.urls)
        marks = ",".join(map(str, sorted(found))) or "null"
        where.append(f"id in ({marks})")
    condition = " and ".join(where + withheld_captures(db)) or "1"
    return [row[0] for row in db.execute(f"select id from captures where {condition} order by id", values)]


def rows(db: sqlite3.Connection, name: str, chosen: Chosen) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """Return the columns of a view and its rows, for the chosen site and documents."""
    cursor = db.cursor()
    cursor.row_factory = None
    columns = [row[1] for row in cursor.execute(f"pragma table_info({name})").fetchall()]
    where: list[str] = []
    values: list[Any] = []
    documents = [document_at(db, url) for url in chosen.urls]
    wanted = [found for found in documents if found is not None]
    if chosen.site and "site" in columns:
        where.append("site = ?")
        values.append(chosen.site)
    if chosen.urls and "document" in columns:
        where.append(f"document in ({','.join(map(str, wanted)) or 'null'})")
    elif chosen.urls and "url" in columns:
        where.append(f"url in ({','.join('?' * len(chosen.urls))})")
        values += chosen.urls
    moment = next((one for one in _MOMENTS if one in columns), None)
    for bound, sign in ((chosen.since, ">="), (chosen.until, "<=")):
        if bound and moment:
            where.append(f"{moment} {sign} ?")
            values.append(bound)
    condition = " and ".join(where) or "1"
    named = ", ".join(f'"{column}"' for column in columns)
    cursor.execute(f"select {named} from {name} where {condition}", values)
    return columns, iter(cursor)


def document_at(db: sqlite3.Connection, url: str) -> int | None:
    """Return the document that was seen at an address."""
    row = db.execute(
        "select id from documents where url = :url union all select document from addresses where url = :url limit 1",
        {"url": url},
    ).fetchone()
    return int(row[0]) if row else None


def _conditions(chosen: Chosen) -> tuple[list[str], list[Any]]:
    where: list[str] = []
    values: list[Any] = []
    for column, sign, value in (
        ("site", "=", chosen.site),
        ("captured_at", ">=", chosen.since),
        ("captured_at", "<=", chosen.until),
    ):
        if value:
            where.append(f"{column} {sign} ?")
            values.append(value)
    return where, values


def _of_documents(db: sqlite3.Connection, urls: Sequence[str]) -> set[int]:
    """Return the captures of documents and of their files, with the redirects that led to them."""
    found: set[int] = set()
    for url in urls:
        found |= {row[0] for row in db.execute("select id from captures where url = ?", (url,))}
        document = document_at(db, url)
        found |= {
            row[0] for row in db.execute("select capture from readings where document = ?", (document,))
        }
        found |= {
            row[0]
            for row in db.execute(
                "select s.capture from versions v join attachments a on a.version = v.id "
                "join attachment_sightings s on s.url = a.url where v.document = ?",
                (document,),
            )
        }
    waiting = sorted(found)
    while waiting:
        row = db.execute("select redirected_from from captures where id = ?", (waiting.pop(),)).fetchone()
        if row[0] and row[0] not in found:
            found.add(row[0])
            waiting.append(row[0])
    return found


def column_kinds(db: sqlite3.Connection, name: str, columns: Sequence[str]) -> dict[str, list[str]]:
    """Return the types that the values of each column of a view have."""
    kinds = ", ".join(f'group_concat(distinct typeof("{column}"))' for column in columns)
    row = db.execute(f"select {kinds} from {name}").fetchone()
    return {column: (row[at] or "").split(",") for at, column in enumerate(columns)}


def page_texts(db: sqlite3.Connection, captures: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return title and text of the versions that captures of pages showed."""
    found: dict[int, tuple[str, str]] = {}
    for number in captures:
        row = db.execute(
            "select v.title, v.text from readings r join versions v on v.id = r.version where r.capture = ? "
            "order by r.id desc limit 1",
            (number,),
        ).fetchone()
        if row:
            found[number] = (row[0], row[1])
    return found


def states(db: sqlite3.Connection, document: int) -> list[tuple[str, int]]:
    """Return when each state of a document first followed another, and the number of its version."""
    found: list[tuple[str, int]] = []
    for at, number in db.execute(
        "select c.captured_at, v.number from readings r join captures c on c.id = r.capture "
        "join versions v on v.id = r.version where r.document = ? and c.status != 304 "
        "order by c.captured_at, c.id, r.id",
        (document,),
    ):
        if found and found[-1][0] == at:
            found[-1] = (at, number)
        elif not found or found[-1][1] != number:
            found.append((at, number))
    return found


def page_of(db: sqlite3.Connection, capture: int) -> tuple[str, str, bytes]:
    """Return address, claimed type and bytes of a page that was kept. Raise NotHeld where there is none."""
    row = db.execute("select url, headers, payload, kind from captures where id = ?", (capture,)).fetchone()
    if row is None or row["payload"] is None:
        raise NotHeld(f"no page of capture {capture} in this archive")
    told = next((value for name, value in json.loads(row["headers"]) if name.lower() == "content-type"), "")
    return row["url"], told, Payloads(db).get(row["payload"])


def picture(db: sqlite3.Connection, url: str) -> tuple[str, bytes] | None:
    """Return media type and bytes of the newest held picture of an address, None where none is held."""
    row = db.execute(
        "select p.media_type, p.digest, p.length from captures c join payloads p on p.digest = c.payload "
        "where c.url = ? and c.status = 200 and p.media_type in ('image/png', 'image/jpeg', 'image/gif', 'image/webp') "
        "order by c.id desc limit 1",
        (url,),
    ).fetchone()
    return (
        (row["media_type"], Payloads(db).get(row["digest"]))
        if row and row["length"] <= _LARGEST_PICTURE
        else None
    )


def states_of(db: sqlite3.Connection, document: int) -> tuple[str, list[tuple[str, int]]]:
    """Return the address of a document and its states. Raise NotHeld."""
    row = db.execute("select url from documents where id = ?", (document,)).fetchone()
    if row is None:
        raise not_held(db, f"no document {document} in this archive", document=document)
    return row[0], states(db, document)
