"""Findings: what is wrong with a source. Each opens once, stays open, and closes itself when it heals.

A finding is two events, ``finding_opened`` and ``finding_closed``; what was opened last and not closed is open. A
run that did not look closes nothing: that an alarm is gone means that somebody looked and saw it gone.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from archive.store.file.events import add_event


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong: the reason, the list it was seen at (None: the whole site), what was seen.

    It says what our looks showed, not why.
    """

    reason: str
    url: str | None = None
    says: str = ""

    @property
    def key(self) -> tuple[str, str | None]:
        """Return what makes two sightings the same finding."""
        return self.reason, self.url


def open_findings(db: sqlite3.Connection, site: str | None = None) -> list[dict[str, Any]]:
    """Return the findings that are open, oldest first: site, reason, url, says, opened_at, event."""
    rows = db.execute(
        "select id, kind, site, happened_at, details from events where kind in ('finding_opened', 'finding_closed') "
        "and (? is null or site = ?) order by id",
        (site, site),
    )
    found: dict[tuple[str, str, str | None], dict[str, Any]] = {}
    for row in rows:
        details = json.loads(row["details"])
        key = (row["site"], details["reason"], details["url"])
        found.pop(key, None)
        if row["kind"] == "finding_opened":
            found[key] = {"site": row["site"], **details, "opened_at": row["happened_at"], "event": row["id"]}
    return list(found.values())


def keep_findings(
    db: sqlite3.Connection,
    site: str,
    crawl: int,
    seen: Iterable[Finding],
    is_judged: Callable[[str, str | None], bool],
    *,
    at: str,
) -> None:
    """Open what a run found and was not open, close what is open and it looked for and did not find."""
    held = {(one["reason"], one["url"]): one for one in open_findings(db, site)}
    now = {finding.key: finding for finding in seen}
    for key, finding in now.items():
        if key not in held:
            details = {"reason": finding.reason, "url": finding.url, "says": finding.says}
            add_event(db, "finding_opened", at=at, site=site, crawl=crawl, details=details)
    for key, one in held.items():
        if key not in now and is_judged(*key):
            details = {name: one[name] for name in ("reason", "url", "says", "opened_at")}
            add_event(db, "finding_closed", at=at, site=site, crawl=crawl, details=details)
