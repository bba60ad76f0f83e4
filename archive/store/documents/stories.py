"""Stories of documents as they are kept: where the state machine goes on from, and what the site showed by the hour.

Both are derived. A story is kept where nothing that is learned of other documents can reach behind it, so that one
more look costs no more for all the looks before; what comes late is told from the first look on.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields

from archive.models import State
from archive.standing import Look, Story, Tally, Telling, marks
from archive.standing.story import Bound
from archive.store.documents.looks import Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A story, the last reading and the last look it was told from."""

    story: Story
    reading: int
    at: str
    capture: int


NOTHING = Rest(story=Story(), reading=0, at="", capture=0)


def kept_story(db: sqlite3.Connection, document: int) -> Rest:
    """Return the story that a document's next look goes on from."""
    row = db.execute("select * from stories where document = ?", (document,)).fetchone()
    if row is None:
        return NOTHING
    told = json.loads(row["story"])
    story = Story(
        **told
        | {name: State(told[name]) for name in ("state", "settled")}
        | {name: Bound(**told[name]) for name in ("present", "home")}
        | {name: tuple(told[name]) for name in ("shown", "seen_hours")}
    )
    return Rest(story=story, reading=row["reading"], at=row["captured_at"], capture=row["capture"])


def keep_story(db: sqlite3.Connection, document: int, rest: Rest | None, last: Look | None) -> None:
    """Keep the story that the next look goes on from (None: the one before stays), and which look is the last."""
    if rest is not None:
        db.execute(
            "insert into stories (document, reading, captured_at, capture, story, seen_at, seen) "
            "values (?, ?, ?, ?, ?, '', 0) on conflict (document) do update set reading = excluded.reading, "
            "captured_at = excluded.captured_at, capture = excluded.capture, story = excluded.story",
            (
                document,
                rest.reading,
                rest.at,
                rest.capture,
                json.dumps(rest.story, default=_fields, ensure_ascii=False),
            ),
        )
    if last is not None:
        db.execute(
            "update stories set seen_at = ?, seen = ? where document = ?", (last.at, last.capture, document)
        )


def _fields(value: Story | Bound) -> dict[str, object]:
    """Return the fields of a story for writing; not of what they hold, which costs ten times as much."""
    return {one.name: getattr(value, one.name) for one in fields(value)}


def rest_after(kept: Sequence[Kept], telling: Telling) -> Rest | None:
    """Return where the next look goes on from, None where that is no further than before.

    From the beginning where a look behind that point was read before one in front of it.
    """
    if telling.rests is None:
        return None
    story, at, capture = telling.rests
    before = [one.last for one in kept if (one.look.at, one.look.capture) <= (at, capture)]
    after = [one.first for one in kept if (one.look.at, one.look.capture) > (at, capture)]
    if not before:
        return None
    if after and min(after) <= max(before):
        return NOTHING
    return Rest(story=story, reading=max(before), at=at, capture=capture)


class SiteHours:
    """The tallies of one site, as the file has them."""

    def __init__(self, db: sqlite3.Connection, site: str) -> None:
        self._db = db
        self._site = site

    def between(self, first: str, last: str) -> Tally:
        """Return the sum of the hours from one to another, both included."""
        row = self._db.execute(
            "select coalesce(sum(seen), 0), coalesce(sum(missed), 0), coalesce(sum(back), 0), coalesce(sum(first), 0) "
            "from site_hours where site = ? and hour between ? and ?",
            (self._site, first, last),
        ).fetchone()
        return Tally(seen=row[0], missed=row[1], back=row[2], first=row[3])


def count_looks(
    db: sqlite3.Connection, site: str, old: Sequence[Look], new: Sequence[Look], was_there: bool | None
) -> None:
    """Bring a site's hours in step when the looks at one of its documents became others."""
    changed = Counter(marks(new, was_there))
    changed.subtract(marks(old, was_there))
    for (hour, name), count in changed.items():
        if count:
            # The names are those of the tally, none comes from outside.
            db.execute(
                f"insert into site_hours (site, hour, {name}) values (?, ?, ?) on conflict (site, hour) "
                f"do update set {name} = {name} + excluded.{name}, is_settled = 0",
                (site, hour, count),
            )
