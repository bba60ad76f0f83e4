"""What is quarantined and waits for a person, and what the person decided.

A decision is an event ``review``: ``accept`` makes the version the page shows, ``reject`` leaves things as they
are. What was rejected, the same bytes or the same state of that document, is not asked again. A decision says
what a person believed, not what is true.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from archive.errors import NotHeld
from archive.models import Cause, Outcome
from archive.store import Archive
from archive.store.answers.lookup import find_document
from archive.store.documents import breaker
from archive.store.documents.distrust import held
from archive.store.documents.ledger import Reading
from archive.store.documents.lines import LineEdit, line_edit
from archive.store.documents.sightings import part_captures
from archive.store.file.events import add_event
from archive.trust import KINDS

_WAITING = """
select r.id, r.capture, r.document, r.payload, r.reader, r.rules, r.reason, r.flags, r.visible_digest, r.found,
    c.captured_at, d.url, d.site, json_extract(r.found, '$.prepared.state_digest') as state
from readings r join captures c on c.id = r.capture join documents d on d.id = r.document
where r.outcome = 'quarantined' and (:document is null or d.id = :document)
    and (:site is null or :site in (d.site, d.publisher))
    and not exists (select 1 from readings s where s.capture = r.capture and s.version is not null)
    and not exists (select 1 from versions v join readings s on s.version = v.id join captures e on e.id = s.capture
        where v.document = d.id and coalesce(v.page_digest, v.state_digest) = json_extract(r.found, '$.prepared.state_digest')
        and e.captured_at >= c.captured_at)
    and not exists (select 1 from events e where e.kind = 'review' and e.document = d.id
        and json_extract(e.details, '$.decision') = 'reject'
        and (json_extract(e.details, '$.payload') = r.payload
            or json_extract(e.details, '$.state') = json_extract(r.found, '$.prepared.state_digest')))
order by d.site, d.url, c.captured_at, r.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One state of one document that waits: every look that showed it, oldest first.

    ``edit`` is by which lines its text differs from what the document stands at; None before the first version.
    """

    document: int
    url: str
    site: str
    reason: str
    title: str
    text: str
    edit: LineEdit | None
    first_captured_at: str
    last_captured_at: str
    looks: tuple[sqlite3.Row, ...]

    @property
    def has_article(self) -> bool:
        """Whether there is a text that could be released."""
        return self.looks[0]["found"] is not None


def waiting(db: sqlite3.Connection, target: str | None = None) -> list[Waiting]:
    """Return what waits: of one site, of one document, or all. Raise NotHeld for a target that is not held."""
    document = site = None
    if target and ("/" in target or "://" in target):
        document = find_document(db, target)
    elif target:
        site = target
        known = db.execute("select 1 from documents where ? in (site, publisher) limit 1", (site,)).fetchone()
        if known is None:
            raise NotHeld(
                f'no document of a site "{target}" in this archive — "yuanben status" names the sites'
            )
    groups: dict[tuple[int, str], list[sqlite3.Row]] = {}
    for row in db.execute(_WAITING, {"document": document, "site": site}):
        groups.setdefault((row["document"], row["state"] or row["payload"]), []).append(row)
    return [_waiting(db, rows) for rows in groups.values()]


def accept(archive: Archive, one: Waiting) -> None:
    """Make the version that a state is, seen at every look that showed it, and write down who it is owed to."""
    with archive.writing():
        for row in one.looks:
            edit = _edit(archive.db, row)
            article, prepared = held(row["found"])
            flags = tuple(flag for flag in json.loads(row["flags"]) if flag not in KINDS)
            reading = Reading(
                capture=archive.db.execute(
                    "select * from captures where id = ?", (row["capture"],)
                ).fetchone(),
                reader=row["reader"],
                rules=row["rules"],
                outcome=Outcome.CHANGED,
                flags=(*flags, "reviewed"),
                document=row["document"],
                visible_digest=row["visible_digest"],
                again=True,
            )
            parts = part_captures(archive.db, row["capture"])
            archive.readings.accept(reading, article, prepared, parts=parts, cause=Cause.SOURCE)
            _decided(archive, row, "accept", edit)


def reject(archive: Archive, one: Waiting) -> None:
    """Write down that a state is not to be believed. The document stays as it is until it is looked at again."""
    with archive.writing():
        for row in one.looks:
            _decided(archive, row, "reject", _edit(archive.db, row))


def _edit(db: sqlite3.Connection, row: sqlite3.Row) -> str | None:
    """Return what makes a change of very many documents known again in another; None for what else waits."""
    if row["reason"] != breaker.REASON or not row["found"]:
        return None
    edit = breaker.edit_alone(db, row["document"], held(row["found"])[0])
    return edit.digest if edit else None


def _decided(archive: Archive, row: sqlite3.Row, decision: str, edit: str | None) -> None:
    add_event(
        archive.db,
        "review",
        at=archive.clock.now(),
        site=row["site"],
        document=row["document"],
        capture=row["capture"],
        details={
            "decision": decision,
            "reading": row["id"],
            "payload": row["payload"],
            "state": row["state"],
            "edit": edit,
            "reason": row["reason"],
        },
    )


def _waiting(db: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> Waiting:
    last = rows[-1]
    article = held(last["found"])[0] if last["found"] else None
    now = breaker.standing(db, last["document"])
    return Waiting(
        document=last["document"],
        url=last["url"],
        site=last["site"],
        reason=last["reason"] or "",
        title=article.title if article else "",
        text=article.text if article else "",
        edit=line_edit(now["text"], article.text) if article and now else None,
        first_captured_at=rows[0]["captured_at"],
        last_captured_at=last["captured_at"],
        looks=tuple(rows),
    )
