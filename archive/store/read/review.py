"""What is quarantined, what people decided, and what a new reading would change.

A decision is an event ``review``: ``accept`` makes the version that the page shows, ``reject`` changes
nothing. What was rejected, the same bytes or the same state of that document, is not asked again. A decision
says what a person believed, not what is true.

``Rereads`` previews a new reading. It writes nothing, and groups the changes it would make to kept pages by
site and by the shape of the address, because the pages of a template change alike.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from archive.model import Article, AttachmentText, Cause, Job, Outcome, ReadingResult, Site
from archive.model.fields import LISTED
from archive.patterns import regex
from archive.store import READER_NAME
from archive.store.archive import Archive
from archive.store.file.captures import add_event, held_declaration
from archive.store.file.payloads import Payloads
from archive.store.file.withheld import withholdings
from archive.store.read.lookup import find_document
from archive.store.read.query import site_named
from archive.store.write import breaker
from archive.store.write.jobs import Jobs
from archive.store.write.judging import quarantined_article
from archive.store.write.ledger import Reading
from archive.store.write.looks import part_captures
from archive.store.write.transitions import LineEdit, line_edit
from archive.text import canon
from archive.trust import KINDS

_WAITING = """
select r.id, r.capture, r.document, r.payload, r.reader, r.rules, r.reason, r.flags, r.visible_digest, r.found,
    c.captured_at, d.url, d.site, json_extract(r.found, '$.prepared.state_digest') as state
from readings r join captures c on c.id = r.capture join documents d on d.id = r.document
where r.outcome = 'quarantined' and (:document is null or d.id = :document)
    and (:site is null or d.site = :site)
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
    """A state of a document that waits, with every look that showed it, oldest first.

    ``edit`` has the lines by which its text differs from the current version's; it is None before the first
    version.
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
    """Return what waits for review, of one site, of one document, or of all.

    Raise an error for a target that is not held.
    """
    document = site = None
    if target and ("/" in target or target.isdecimal()):
        document = find_document(db, target)
    elif target:
        site = site_named(db, target)
    groups: dict[tuple[int, str], list[sqlite3.Row]] = {}
    hidden = {withholding.document for withholding in withholdings(db)}
    for row in db.execute(_WAITING, {"document": document, "site": site}):
        if row["document"] in hidden:
            continue
        groups.setdefault((row["document"], row["state"] or row["payload"]), []).append(row)
    return [_waiting(db, rows) for rows in groups.values()]


def accept(archive: Archive, waiting: Waiting) -> None:
    """Make the version of a state, seen at every look that showed it, and record the decision."""
    with archive.writing():
        for row in waiting.looks:
            edit = _edit(archive.db, row)
            article, prepared = quarantined_article(row["found"])
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


def reject(archive: Archive, waiting: Waiting) -> None:
    """Record that a state is not to be believed; the document stays as it is until the next look."""
    with archive.writing():
        for row in waiting.looks:
            _decided(archive, row, "reject", _edit(archive.db, row))


def _edit(db: sqlite3.Connection, row: sqlite3.Row) -> str | None:
    """Return what identifies a change of very many documents in another of them; None for others."""
    if row["reason"] != breaker.REASON or not row["found"]:
        return None
    edit = breaker.edit_alone(db, row["document"], quarantined_article(row["found"])[0])
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
    article = quarantined_article(last["found"])[0] if last["found"] else None
    now = breaker.current_version(db, last["document"])
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


_VARIES = regex(r"[0-9a-f]{8,}|[0-9]+|(?<=_)\w+(?=\.)", re.IGNORECASE)
_MOST_EXAMPLES = 3
_VERSION = "select v.* from readings r join versions v on v.id = r.version where r.capture = ? order by r.id desc limit 1"
_TEXT_OF_FILE = "select t.* from captures c join attachment_texts t on t.payload = c.payload where c.id = ? order by t.id desc limit 1"


@dataclass(slots=True)
class Template:
    """The changes that a new reading would make on the pages of one template.

    ``read``: pages read; ``changed``: pages whose text or fields would change; ``unreadable``: pages of which
    today's reader makes nothing. ``gone`` and ``come``: in how many texts a line would be deleted or added;
    ``fields``: how many pages would have another value. Counts of pages, not of documents.
    """

    site: str
    template: str
    read: int = 0
    changed: int = 0
    unreadable: int = 0
    gone: Counter[str] = field(default_factory=Counter)
    come: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)


class Rereads:
    """New readings that are not recorded, compared with the versions in the archive."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._templates: dict[tuple[str, str], Template] = {}

    def note(self, job: Job, reading_result: ReadingResult) -> None:
        """Compare a new reading with the version that the capture showed when it was last read."""
        template = self._template(job.site, job.page.url)
        template.read += 1
        held = self._db.execute(
            _TEXT_OF_FILE if job.kind == "attachment" else _VERSION, (job.capture,)
        ).fetchone()
        if isinstance(reading_result.result, Article | AttachmentText):
            is_other = _compare(template, held, reading_result.result)
        else:
            is_other = held is not None
            template.unreadable += is_other
        template.changed += is_other
        if is_other and len(template.examples) < _MOST_EXAMPLES:
            template.examples.append(job.page.url)

    @property
    def templates(self) -> list[Template]:
        """The templates by site, those that change most first."""
        return sorted(
            self._templates.values(),
            key=lambda template: (template.site, -template.changed, template.template),
        )

    def _template(self, site: str, url: str) -> Template:
        key = site, template_of(url)
        return self._templates.setdefault(key, Template(*key))


def template_of(url: str) -> str:
    """Return the shape of an address: ``*`` replaces figures, long hexadecimal names and ``_`` tails."""
    return _VARIES.sub("*", url.partition("://")[2].partition("?")[0])


def jobs_for_looking(db: sqlite3.Connection, sites: Mapping[str, Site]) -> Jobs:
    """Return the jobs for a preview, which needs no rules recorded in the archive."""

    def rules(site: str, captured_at: str = "") -> tuple[int, Site | None]:
        found = sites.get(site)
        declared = found.at(captured_at) if found else None
        return held_declaration(db, site, declared) or 0, declared

    return Jobs(db, Payloads(db), READER_NAME, rules, sites)


def _compare(template: Template, held: sqlite3.Row | None, read: Article | AttachmentText) -> bool:
    """Count the differences that decide versions: lines of the text and fields.

    Return whether there is any.
    """
    old, new = str((held and held["text"]) or ""), read.text or ""
    before, after = ({canon(line): line for line in text.split("\n")} for text in (old, new))
    gone = [line for key, line in before.items() if key and key not in after]
    come = [line for key, line in after.items() if key and key not in before]
    other = [name for name in LISTED if isinstance(read, Article) and _differs(held, read, name)]
    template.gone.update(gone)
    template.come.update(come)
    template.fields.update(other)
    return bool(other) or canon(old) != canon(new)


def _differs(held: sqlite3.Row | None, article: Article, name: str) -> bool:
    return canon(str((held and held[name]) or "")) != canon(getattr(article, name) or "")
