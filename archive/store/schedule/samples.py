"""A sample of further documents, before a conclusion is drawn from few.

What a few documents of a site show may be true of all. A run that looks at three documents and finds three
changed, or gone, cannot tell three edits from a new template, or three withdrawals from a server that lost
its files. So it looks at some more documents before its end. What a sample shows need not hold for the rest.
"""

from __future__ import annotations

import sqlite3

from archive.store.file.captures import add_event
from archive.store.schedule.crawls import Crawls

# With this many documents seen in a run no more are needed; below, this many more when this share differs.
ENOUGH, SAMPLE, SHARE = 8, 6, 0.2


def sample(db: sqlite3.Connection, crawl: int, at: str, *, changed: int, same: int) -> int:
    """Make further documents due where a run saw too few to decide; return how many. Once a run."""
    missed = Crawls(db).gone_at_once(crawl)
    odd, seen = changed + missed, changed + missed + same
    if not odd or seen >= ENOUGH or odd <= SHARE * seen:
        return 0
    if db.execute("select 1 from events where crawl = ? and kind = 'sampled'", (crawl,)).fetchone():
        return 0
    site = db.execute("select site from crawls where id = ?", (crawl,)).fetchone()[0]
    more = db.execute(
        "update frontier set due_at = :at where id in (select f.id from frontier f join documents d on d.url = f.url "
        "where f.site = :site and f.kind = 'article' and f.attempts = 0 and f.part_of is null and f.due_at > :at "
        "and d.versions > 0 and d.state != 'withdrawn' and not exists (select 1 from captures c where c.crawl = :crawl and c.url = f.url) "
        "order by d.last_seen, f.id limit :most)",
        {"at": at, "site": site, "crawl": crawl, "most": SAMPLE},
    ).rowcount
    counts = {"changed": changed, "missed": missed, "same": same, "sampled": more}
    add_event(db, "sampled", at=at, site=site, crawl=crawl, details=counts)
    return more
