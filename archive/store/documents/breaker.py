"""The breaker: when much of a site changes in one run, a person looks first.

A new template changes every page at once and says nothing about any of them. So the changes that a run finds wait,
unread, in the queue until the run has seen what it will see; then all of them become versions, or, when too much
changed, all are quarantined for ``yuanben review`` and none does. A person's word on a state is final.

That little changed does not prove that the few changes are real; that much changed does not prove a new template.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from hashlib import sha256

from archive.store.asking.queue import DOUBTED, HELD, RELEASED
from archive.store.asking.samples import sample
from archive.store.file.events import add_event

# Of the documents seen again in a run more than this share, and at least so many, changed.
SHARE, LEAST = 0.2, 10
# Or nearly all did, and at least so many (a run that looks at few documents sees few of them change); and so
# many that gain or lose the very same lines are one change of the site, whatever the rest does.
FEW, MOST = 3, 0.8
REASON = "mass_change"


def edit_digest(db: sqlite3.Connection, document: int, text: str, *, one_way: bool = False) -> str | None:
    """Return a digest of the lines by which a text differs from what a document stands at; None where none does.

    ``one_way``: only of lines that came or of lines that went, as a template adds and removes them; None of others.
    """
    row = db.execute(
        "select v.text from documents d join versions v on v.id = d.current where d.id = ?", (document,)
    ).fetchone()
    old, new = Counter(row["text"].split("\n") if row else ()), Counter(text.split("\n"))
    gone, come = sorted((old - new).elements()), sorted((new - old).elements())
    if row is None or not (gone or come) or (one_way and gone and come):
        return None
    return "sha256:" + sha256(json.dumps([gone, come], ensure_ascii=False).encode()).hexdigest()


class Breaker:
    """Holds the changes of a run back until it is known how many there are. Writes belong inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection, now: Callable[[], str]) -> None:
        self._db = db
        self._now = now

    def is_doubted(self, capture: int, document: int, state: str, text: str) -> bool:
        """Return whether a state of a document is one of too many that changed, or was rejected as such.

        What a person said of a change holds for the same change of the site's other documents, too.
        """
        word = self._last_word(document, state) or self._word_on_edit(document, text)
        if word is not None:
            return word == "reject"
        row = self._db.execute(
            "select 1 from queue where capture = :capture and later = :doubted union all select 1 from readings "
            "where capture = :capture and outcome = 'quarantined' and reason = :reason and not exists "
            "(select 1 from readings where capture = :capture and version is not null) limit 1",
            {"capture": capture, "doubted": DOUBTED, "reason": REASON},
        ).fetchone()
        return row is not None

    def holds(self, capture: sqlite3.Row, document: int, state: str, text: str) -> bool:
        """Hold a capture that shows a change back until its run ends; return whether it is held.

        A site with fewer documents than trip the breaker waits for nothing.
        """
        waiting = self._db.execute("select later from queue where capture = ?", (capture["id"],)).fetchone()
        if waiting is None or waiting["later"] >= HELD or capture["origin"] != "network":
            return False
        if not self._would_count(document, state, capture["site"]):
            return False
        edit = edit_digest(self._db, document, text, one_way=True)
        self._db.execute(
            "update queue set later = ?, edit = ? where capture = ?", (HELD, edit, capture["id"])
        )
        return True

    def would_hold(self, capture: sqlite3.Row, document: int, version: int) -> bool:
        """Return whether a capture that goes back to a known version is a change to be counted with the others."""
        state = self._db.execute(
            "select coalesce(page_digest, state_digest) from versions where id = ?", (version,)
        ).fetchone()[0]
        return capture["origin"] == "network" and self._would_count(document, state, capture["site"])

    def sample(self, crawl: int) -> int:
        """Let a run that saw little but changes, or absences, look at more before that is decided; return at how many."""
        changed, visited = self._counted(crawl)
        return sample(self._db, crawl, self._now(), changed=changed, same=visited - changed)

    def decide(self, site: str | None = None) -> int:
        """Let what was held back pass, or doubt it, run by run; return how many captures can be read now."""
        crawls = self._db.execute(
            "select c.crawl, count(*) from queue q join captures c on c.id = q.capture where q.later = ? "
            "and (? is null or c.site = ?) group by c.crawl",
            (HELD, site, site),
        ).fetchall()
        for crawl, _ in crawls:
            changed, visited = self._counted(crawl)
            trips = changed >= LEAST and changed > SHARE * visited
            trips = trips or (changed >= FEW and changed >= MOST * visited)
            alike = 0 if trips else self._doubt_alike(crawl)
            self._db.execute(
                "update queue set later = ? where later = ? and capture in (select id from captures where crawl = ?)",
                (DOUBTED if trips else RELEASED, HELD, crawl),
            )
            if trips or alike:
                self._tell(crawl, alike or changed, visited)
        return sum(waiting for _, waiting in crawls)

    def _doubt_alike(self, crawl: int) -> int:
        """Doubt what adds (or takes) the same lines in several documents; return in how many. The other edits of the run are not touched."""
        return self._db.execute(
            "update queue set later = :doubted where later = :held and edit in (select q.edit from queue q "
            "join captures c on c.id = q.capture where q.later = :held and c.crawl = :crawl and q.edit is not null "
            "group by q.edit having count(distinct c.url) >= :few) and capture in (select id from captures where crawl = :crawl)",
            {"doubted": DOUBTED, "held": HELD, "crawl": crawl, "few": FEW},
        ).rowcount

    def _counted(self, crawl: int) -> tuple[int, int]:
        """Return how many documents wait with a change, and how many known ones the run saw altogether."""
        changed: int = self._db.execute(
            "select count(distinct c.url) from queue q join captures c on c.id = q.capture "
            "where q.later = ? and c.crawl = ?",
            (HELD, crawl),
        ).fetchone()[0]
        seen: int = self._db.execute(
            "select count(distinct r.document) from captures c join readings r on r.capture = c.id where c.crawl = ? "
            "and c.kind = 'article' and r.again = 0 and r.outcome in ('changed', 'unchanged', 'not_modified')",
            (crawl,),
        ).fetchone()[0]
        return changed, seen + changed

    def _tell(self, crawl: int, changed: int, visited: int) -> None:
        site = self._db.execute("select site from crawls where id = ?", (crawl,)).fetchone()[0]
        details = {"changed": changed, "visited": visited}
        add_event(self._db, REASON, at=self._now(), site=site, crawl=crawl, details=details)

    def _would_count(self, document: int, state: str, site: str) -> bool:
        """Return whether a state is a change nobody has decided on, of a site that is large enough to trip."""
        if not self._differs(document, state) or self._last_word(document, state) is not None:
            return False
        return self._may_trip(site)

    def _differs(self, document: int, state: str) -> bool:
        row = self._db.execute(
            "select coalesce(v.page_digest, v.state_digest) from documents d join versions v on v.id = d.current "
            "where d.id = ?",
            (document,),
        ).fetchone()
        return row is not None and row[0] != state

    def _may_trip(self, site: str) -> bool:
        held: int = self._db.execute(
            "select count(*) from (select 1 from documents where site = ? and current is not null limit ?)",
            (site, LEAST),
        ).fetchone()[0]
        return held >= LEAST

    def _word_on_edit(self, document: int, text: str) -> str | None:
        edit = edit_digest(self._db, document, text)
        if edit is None:
            return None
        row = self._db.execute(
            "select json_extract(details, '$.decision') from events where kind = 'review' "
            "and site = (select site from documents where id = ?) and json_extract(details, '$.edit') = ? "
            "order by id desc limit 1",
            (document, edit),
        ).fetchone()
        return str(row[0]) if row else None

    def _last_word(self, document: int, state: str) -> str | None:
        row = self._db.execute(
            "select details from events where kind = 'review' and document = ? "
            "and json_extract(details, '$.state') = ? order by id desc limit 1",
            (document, state),
        ).fetchone()
        return str(json.loads(row["details"])["decision"]) if row else None
