"""The breaker: when much of a site changes in one run, a person looks first.

A new template changes every page at once and says nothing about any of them. So the changes of a run wait in
the queue, unread, until the run is complete. An edit that several documents share is then quarantined for
``yuanben review``. The edit of a single document becomes a version, unless too many documents changed: then
all are quarantined. That little changed does not prove that the few changes are real; that much changed does
not prove a new template.

The first part looks up a person's decisions on a state of a document, or on an edit that many documents of a
site share. The last decision counts. It says what a person believed, not what is true.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace

from archive.digests import state_digest
from archive.model import Article
from archive.store.file.captures import add_event
from archive.store.file.queue import DOUBTED, HELD, RELEASED
from archive.store.schedule.samples import sample
from archive.store.write.documents import is_known_unstable
from archive.store.write.transitions import FEW, LineEdit, Marks, alike_and_own, line_edit

_ON_EDIT = (
    "from events where kind = 'review' and site = (select site from documents where id = :document) "
    "and json_extract(details, '$.edit') = :edit"
)
# More than this share of the documents seen again in a run changed, and at least this number.
SHARE, LEAST = 0.2, 10
# Or nearly all did, and at least a few (a run that looks at few documents sees few changes).
MOST = 0.8
REASON = "mass_change"


def word_on_state(db: sqlite3.Connection, document: int, state: str) -> str | None:
    """Return ``accept`` or ``reject``, None where nobody has decided on this state of this document."""
    row = db.execute(
        "select json_extract(details, '$.decision') from events where kind = 'review' and document = ? "
        "and json_extract(details, '$.state') = ? order by id desc limit 1",
        (document, state),
    ).fetchone()
    return str(row[0]) if row else None


def word_on_edit(db: sqlite3.Connection, document: int, edit: str) -> str | None:
    """Return the last decision on an edit, by its digest, in any document of the site; None without one."""
    row = db.execute(
        f"select json_extract(details, '$.decision') {_ON_EDIT} order by id desc limit 1",
        {"document": document, "edit": edit},
    ).fetchone()
    return str(row[0]) if row else None


def has_refused_edits(db: sqlite3.Connection, document: int) -> bool:
    """Return whether any edit was ever refused at a document's site."""
    row = db.execute(
        "select 1 from events where kind = 'review' and site = (select site from documents where id = ?) "
        "and json_extract(details, '$.decision') = 'reject' and json_extract(details, '$.edit') is not null limit 1",
        (document,),
    ).fetchone()
    return row is not None


def is_refused_of_site(db: sqlite3.Connection, document: int, edit: str) -> bool:
    """Return whether an edit was refused in several documents of a site, and not decided otherwise since."""
    if word_on_edit(db, document, edit) != "reject":
        return False
    refused = db.execute(
        f"select count(*) from (select distinct document {_ON_EDIT} "
        "and json_extract(details, '$.decision') = 'reject' limit :few)",
        {"document": document, "edit": edit, "few": FEW},
    ).fetchone()
    return bool(refused[0] == FEW)


class Breaker:
    """Holds back the changes of a run until their number is known.

    Writes belong inside the caller's transaction.
    """

    def __init__(self, db: sqlite3.Connection, now: Callable[[], str]) -> None:
        self._db = db
        self._now = now

    def is_doubted(self, capture: int, document: int, state: str, edit: LineEdit | None) -> bool:
        """Return whether a state of a document is one of too many that changed, or was rejected as such.

        A person's decision on a change (``edit``: as ``edit_alone`` returns it) also holds for the same
        change of the site's other documents.
        """
        word = word_on_state(self._db, document, state)
        if word is None and edit:
            word = word_on_edit(self._db, document, edit.digest)
        if word is not None:
            return word == "reject"
        row = self._db.execute(
            "select 1 from queue where capture = :capture and later = :doubted union all select 1 from readings "
            "where capture = :capture and outcome = 'quarantined' and reason = :reason and not exists "
            "(select 1 from readings where capture = :capture and version is not null) limit 1",
            {"capture": capture, "doubted": DOUBTED, "reason": REASON},
        ).fetchone()
        return row is not None

    def version_beside_refused(self, document: int, edit: LineEdit | None) -> int | None:
        """Return a document's current version where its page adds only lines refused for the whole site.

        Return None where a line is missing, or anything else differs: the title, the date.
        """
        if edit is None or edit.gone or not is_refused_of_site(self._db, document, edit.digest):
            return None
        now = current_version(self._db, document)
        return int(now["id"]) if now else None

    def holds(self, capture: sqlite3.Row, document: int, state: str, edit: LineEdit | None) -> bool:
        """Hold a capture that shows a change back until its run ends; return whether it is held.

        A site with fewer documents than trip the breaker holds nothing back.
        """
        waiting = self._db.execute("select later from queue where capture = ?", (capture["id"],)).fetchone()
        if waiting is None or waiting["later"] >= HELD or capture["origin"] != "network":
            return False
        if not self._would_count(document, state, capture["site"]):
            return False
        marks = json.dumps(sorted(edit.marks)) if edit else None
        self._db.execute(
            "update queue set later = ?, edit = ? where capture = ?", (HELD, marks, capture["id"])
        )
        return True

    def would_hold(self, capture: sqlite3.Row, document: int, version: int) -> bool:
        """Return whether a capture that returns to a known version counts as a change like the others."""
        state = self._db.execute(
            "select coalesce(page_digest, state_digest) from versions where id = ?", (version,)
        ).fetchone()[0]
        return capture["origin"] == "network" and self._would_count(document, state, capture["site"])

    def sample(self, crawl: int) -> int:
        """Let a run look at more documents before it is decided; return how many it adds.

        This is for a run that saw little but changes, or absences.
        """
        changed, visited = self._counted(crawl)
        return sample(self._db, crawl, self._now(), changed=changed, same=visited - changed)

    def decide(self, site: str | None = None) -> int:
        """Decide run by run which held captures pass and which are doubted; return how many there were."""
        crawls = self._db.execute(
            "select distinct c.crawl from queue q join captures c on c.id = q.capture where q.later = ? "
            "and (? is null or c.site = ?)",
            (HELD, site, site),
        ).fetchall()
        return sum(self._decide(crawl) for (crawl,) in crawls)

    def _decide(self, crawl: int) -> int:
        """Decide on the captures that one run held back; return how many there were.

        A run decides more than once: later captures are judged together with those it doubted before.
        """
        held = self._waiting(crawl, HELD)
        before = self._doubted_before(crawl) | self._waiting(crawl, DOUBTED)
        alike, own = alike_and_own(before | held)
        changed, seen = self._counted(crawl)
        visited = seen + len({url for url, _ in before.values()})
        trips = len(own) >= LEAST and len(own) > SHARE * visited
        trips = trips or (len(own) >= FEW and len(own) >= MOST * visited)
        doubted = held.keys() if trips else held.keys() & alike
        self._db.executemany(
            "update queue set later = ? where capture = ?",
            [(DOUBTED if capture in doubted else RELEASED, capture) for capture in held],
        )
        if doubted:
            self._note_mass_change(crawl, changed if trips else len(doubted), visited)
        return len(held)

    def _waiting(self, crawl: int, later: int) -> dict[int, tuple[str, Marks | None]]:
        """Return address and marks, by capture, of the changes of a run that wait."""
        return {
            row["capture"]: (row["url"], frozenset(json.loads(row["edit"])) if row["edit"] else None)
            for row in self._db.execute(
                "select q.capture, c.url, q.edit from queue q join captures c on c.id = q.capture "
                "where q.later = ? and c.crawl = ?",
                (later, crawl),
            )
        }

    def _doubted_before(self, crawl: int) -> dict[int, tuple[str, Marks | None]]:
        """Return the same for changes that the run has doubted already and nobody has decided on."""
        edits: dict[int, tuple[str, Marks | None]] = {}
        for row in self._db.execute(
            "select c.id, c.url, r.document, json_extract(r.found, '$.article.text') as text, "
            "json_extract(r.found, '$.prepared.state_digest') as state from captures c "
            "join readings r on r.capture = c.id where c.crawl = ? and r.outcome = 'quarantined' and r.reason = ?",
            (crawl, REASON),
        ):
            document, now = row["document"], current_version(self._db, row["document"])
            if now is None or row["text"] is None:
                continue
            edit = line_edit(now["text"], row["text"])
            if word_on_state(self._db, document, row["state"]) or (
                edit and word_on_edit(self._db, document, edit.digest)
            ):
                continue
            edits[row["id"]] = row["url"], edit.marks if edit else None
        return edits

    def _counted(self, crawl: int) -> tuple[int, int]:
        """Return how many documents wait with a change, and how many known documents the run saw."""
        changed: int = self._db.execute(
            "select count(distinct c.url) from queue q join captures c on c.id = q.capture "
            "where q.later = ? and c.crawl = ?",
            (HELD, crawl),
        ).fetchone()[0]
        visited: int = self._db.execute(
            "select count(distinct r.document) from captures c join readings r on r.capture = c.id where c.crawl = ? "
            "and c.kind = 'article' and r.again = 0 and r.outcome in ('changed', 'unchanged', 'not_modified')",
            (crawl,),
        ).fetchone()[0]
        return changed, visited + changed

    def _note_mass_change(self, crawl: int, changed: int, visited: int) -> None:
        site = self._db.execute("select site from crawls where id = ?", (crawl,)).fetchone()[0]
        details = {"changed": changed, "visited": visited}
        add_event(self._db, REASON, at=self._now(), site=site, crawl=crawl, details=details)

    def _would_count(self, document: int, state: str, site: str) -> bool:
        """Return whether a state is an undecided change on a site that is large enough to trip the breaker.

        One of two wordings between which a page is known to alternate is not a change.
        """
        now = current_version(self._db, document)
        if now is None or now["state"] == state or word_on_state(self._db, document, state) is not None:
            return False
        return self._may_trip(site) and not self._takes_turns(document, state)

    def _takes_turns(self, document: int, state: str) -> bool:
        known = self._db.execute(
            "select 1 from versions where document = ? and coalesce(page_digest, state_digest) = ? limit 1",
            (document, state),
        ).fetchone()
        return known is not None and is_known_unstable(self._db, document)

    def _may_trip(self, site: str) -> bool:
        held: int = self._db.execute(
            "select count(*) from (select 1 from documents where site = ? and current is not null limit ?)",
            (site, LEAST),
        ).fetchone()[0]
        return held >= LEAST


def edit_alone(db: sqlite3.Connection, document: int, article: Article) -> LineEdit | None:
    """Return the lines by which an article differs from its document's current version.

    Return None where more than lines differs.
    """
    now = current_version(db, document)
    edit = line_edit(now["text"], article.text) if now else None
    if now is None or edit is None:
        return None
    return edit if state_digest(replace(article, text=now["text"])) == now["state"] else None


def current_version(db: sqlite3.Connection, document: int) -> sqlite3.Row | None:
    """Return a document's current version, None before its first.

    The row has id, text and state (the digest of the page's state).
    """
    row: sqlite3.Row | None = db.execute(
        "select v.id, v.text, coalesce(v.page_digest, v.state_digest) as state "
        "from documents d join versions v on v.id = d.current where d.id = ?",
        (document,),
    ).fetchone()
    return row
