"""The state of each document, as the pure state machine derives it from the document's looks.

``settle`` runs when a reading is written. It folds the document's looks and writes state, bounds and events,
also for the documents that depend on this one. ``settle_site`` runs at the end of a crawl, when it is known
what the crawl saw of the site. It folds the documents again that were absent around that time.

A fold does not start anew for every look. A **resume point** holds the story up to a look, chosen so that
nothing learned later about other documents can change what lies before it. The next look continues from
there. A look that arrives late makes the fold start at the beginning. Resume points and the hourly tallies of
a site are derived, so they can be rebuilt.

Events are only ever added, with one exception. Later knowledge (an import of older captures) may show that an
event never happened. That event moves to ``superseded_events``, word for word, with the capture that showed
it. So ``events`` holds what would have been recorded if everything had been known in its time.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, fields

from archive.clock import later
from archive.model import State
from archive.model.events import FOLLOW_LOOKS
from archive.relations.turns import CHANGED, CONTRADICTED, Turn
from archive.state import (
    Around,
    CountedHours,
    DerivedEvent,
    Folded,
    Look,
    Sight,
    Story,
    Tally,
    fold,
    hourly_counts,
)
from archive.state.story import HEALTHY_FOR, VANISHED_FOR, Bound
from archive.store.file.captures import add_event
from archive.store.write.documents import derive_addresses, is_known_unstable, note_address
from archive.store.write.looks import (
    RecordedLook,
    alike,
    flags_of,
    flags_of_page,
    looks_elsewhere,
    looks_of,
    redirect_looks,
    redirected_here,
)

# Called for a 304 that was read before the page it repeats was known: the capture, and the look it repeats.
Inherit = Callable[[int, int, RecordedLook, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumePoint:
    """A story, and the last reading and the last look that were folded into it."""

    story: Story
    reading: int
    at: str
    capture: int


BEGINNING = ResumePoint(story=Story(), reading=0, at="", capture=0)


def resume_point(db: sqlite3.Connection, document: int) -> ResumePoint:
    """Return the point from which a document's next look is folded."""
    row = db.execute("select * from stories where document = ?", (document,)).fetchone()
    if row is None:
        return BEGINNING
    stored = json.loads(row["story"])
    story = Story(
        **stored
        | {name: State(stored[name]) for name in ("state", "settled")}
        | {name: Bound(**stored[name]) for name in ("present", "home")}
        | {name: tuple(stored[name]) for name in ("shown", "seen_hours")}
    )
    return ResumePoint(story=story, reading=row["reading"], at=row["captured_at"], capture=row["capture"])


def write_story(db: sqlite3.Connection, document: int, point: ResumePoint | None, last: Look | None) -> None:
    """Keep the story for the next look and the number of the last look.

    Where ``point`` is None, the earlier story stays.
    """
    if point is not None:
        db.execute(
            "insert into stories (document, reading, captured_at, capture, story, seen_at, seen) "
            "values (?, ?, ?, ?, ?, '', 0) on conflict (document) do update set reading = excluded.reading, "
            "captured_at = excluded.captured_at, capture = excluded.capture, story = excluded.story",
            (
                document,
                point.reading,
                point.at,
                point.capture,
                story_json(point.story),
            ),
        )
    if last is not None:
        db.execute(
            "update stories set seen_at = ?, seen = ? where document = ?", (last.at, last.capture, document)
        )


def story_json(story: Story) -> str:
    """Return a story in the form in which it is stored."""
    return json.dumps(story, default=_fields, ensure_ascii=False)


def _fields(value: Story | Bound) -> dict[str, object]:
    """Return the fields of a story for writing.

    Nested values are not copied; copying them costs ten times as much.
    """
    return {field.name: getattr(value, field.name) for field in fields(value)}


def resume_point_after(recorded: Sequence[RecordedLook], folded: Folded) -> ResumePoint | None:
    """Return the point from which the next look continues, None where it is no further than before.

    The fold starts at the beginning where a look later than that point was read before an earlier look.
    """
    if folded.resume_after is None:
        return None
    story, at, capture = folded.resume_after
    before = [entry.last for entry in recorded if (entry.look.at, entry.look.capture) <= (at, capture)]
    after = [entry.first for entry in recorded if (entry.look.at, entry.look.capture) > (at, capture)]
    if not before:
        return None
    if after and min(after) <= max(before):
        return BEGINNING
    return ResumePoint(story=story, reading=max(before), at=at, capture=capture)


class SiteHours:
    """The stored tallies of one site."""

    def __init__(self, db: sqlite3.Connection, site: str) -> None:
        self._db = db
        self._site = site

    def between(self, first: str, last: str) -> Tally:
        """Return the sum of the hours between two hours, both included."""
        row = self._db.execute(
            "select coalesce(sum(seen), 0), coalesce(sum(missed), 0), coalesce(sum(back), 0), coalesce(sum(first), 0) "
            "from site_hours where site = ? and hour between ? and ?",
            (self._site, first, last),
        ).fetchone()
        return Tally(seen=row[0], missed=row[1], back=row[2], first=row[3])


def count_looks(
    db: sqlite3.Connection, site: str, old: Sequence[Look], new: Sequence[Look], was_there: bool | None
) -> None:
    """Update the hourly tallies of a site after the looks at one of its documents changed."""
    changed = Counter(hourly_counts(new, was_there))
    changed.subtract(hourly_counts(old, was_there))
    for (hour, name), count in changed.items():
        if count:
            # The names are those of the tally; none comes from outside.
            db.execute(
                f"insert into site_hours (site, hour, {name}) values (?, ?, ?) on conflict (site, hour) "
                f"do update set {name} = {name} + excluded.{name}, is_settled = 0",
                (site, hour, count),
            )


def align_events(
    db: sqlite3.Connection,
    document: int,
    news: Iterable[DerivedEvent],
    *,
    kinds: Collection[str],
    since: str,
    by: int,
) -> None:
    """Replace the events of some kinds, from a moment on, by those derived from a document's looks.

    ``by``: the capture that was learned of last. It is the reason for which an event that no longer holds is
    superseded.
    """
    wanted = list(news)
    marks = ",".join("?" * len(kinds))
    missing = Counter(_event_key(event) for event in wanted)
    for row in db.execute(
        f"select id, kind, happened_at, capture, details from events where document = ? and kind in ({marks}) "
        "and happened_at > ? order by id",
        (document, *kinds, since),
    ).fetchall():
        key = (row["kind"], row["happened_at"], row["capture"], _details_json(json.loads(row["details"])))
        if missing[key]:
            missing[key] -= 1
        else:
            _supersede(db, row["id"], by)
    for event in wanted:
        if missing[_event_key(event)]:
            missing[_event_key(event)] -= 1
            _add_event(db, document, event)


def keep_turns(db: sqlite3.Connection, document: int, made: Iterable[Turn], *, by: int) -> None:
    """Replace the events of a document's standing by those given; ``by``: the capture learned of last.

    Whether an event was news when it was written stays with it: an event that is only worded anew is not news
    again.
    """
    wanted = {(turn.kind, turn.at, turn.capture): turn for turn in made}
    causes: dict[tuple[str, str, int], str] = {}
    for row in db.execute(
        "select id, kind, happened_at, capture, details from events where document = ? and kind in (?, ?) order by id",
        (document, CHANGED, CONTRADICTED),
    ).fetchall():
        place = row["kind"], row["happened_at"], row["capture"]
        details = json.loads(row["details"])
        causes[place] = details.pop("cause", "source")
        if place in wanted and _details_json(wanted[place].details) == _details_json(details):
            del wanted[place]
        else:
            _supersede(db, row["id"], by)
    for place, turn in wanted.items():
        cause = causes.get(place) or ("reading" if turn.is_reading else "source")
        details = turn.details | {"cause": cause}
        _add_event(
            db, document, DerivedEvent(kind=turn.kind, at=turn.at, capture=turn.capture, details=details)
        )


def add_missing_events(db: sqlite3.Connection, document: int, news: Iterable[DerivedEvent]) -> None:
    """Add the events that are missing, and remove none."""
    for event in news:
        known = db.execute(
            "select 1 from events where document = ? and kind = ? and capture = ? limit 1",
            (document, event.kind, event.capture),
        ).fetchone()
        if known is None:
            _add_event(db, document, event)


def _event_key(event: DerivedEvent) -> tuple[str, str, int, str]:
    return event.kind, event.at, event.capture, _details_json(event.details)


def _details_json(details: dict[str, object]) -> str:
    return json.dumps(details, ensure_ascii=False, sort_keys=True)


def _add_event(db: sqlite3.Connection, document: int, event: DerivedEvent) -> None:
    site, crawl = db.execute(
        "select d.site, c.crawl from documents d, captures c where d.id = ? and c.id = ?",
        (document, event.capture),
    ).fetchone()
    add_event(
        db,
        event.kind,
        at=event.at,
        site=site,
        document=document,
        capture=event.capture,
        crawl=crawl,
        details=event.details,
    )


def _supersede(db: sqlite3.Connection, event: int, by: int) -> None:
    db.execute(
        "insert into superseded_events (event, kind, happened_at, site, document, capture, crawl, details, superseded_by) "
        "select id, kind, happened_at, site, document, capture, crawl, details, ? from events where id = ?",
        (by, event),
    )
    db.execute("delete from events where id = ?", (event,))


class States:
    """The states of one archive's documents. Writes belong inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection, inherit: Inherit) -> None:
        self._db = db
        self._inherit = inherit

    def is_late(self, document: int, capture: sqlite3.Row) -> bool:
        """Return whether a look is earlier than a known look, or is itself known."""
        row = self._db.execute("select seen_at, seen from stories where document = ?", (document,)).fetchone()
        if row is not None:
            return (capture["captured_at"], capture["id"]) <= (row["seen_at"], row["seen"])
        known = self._db.execute(
            "select 1 from readings where document = ? and capture != ? limit 1", (document, capture["id"])
        ).fetchone()
        return known is not None

    def settle(self, document: int, capture: sqlite3.Row, reading: int) -> None:
        """Fold one more reading into a document's story, and into those that depend on it."""
        late = self.is_late(document, capture)
        point = BEGINNING if late else resume_point(self._db, document)
        recorded = self._looks(document, point)
        if point is not BEGINNING and not _can_resume(point, recorded):
            point = BEGINNING
            recorded = self._looks(document, point)
        before = [entry for entry in recorded if entry.look.capture != capture["id"]]
        if late:
            before = looks_of(self._db, document, until=reading)
        site = self._db.execute("select site from documents where id = ?", (document,)).fetchone()[0]
        count_looks(
            self._db,
            site,
            [entry.look for entry in before],
            [entry.look for entry in recorded],
            point.story.was_there,
        )
        self._note_absence(site, document, recorded, capture["id"])
        self._write(document, site, point, recorded, by=capture["id"])
        for other, _ in alike(self._db, document):
            if self._was_absent(other):
                self._refold_since(other, by=capture["id"], since=capture["captured_at"])
        for other in redirected_here(self._db, document, capture["captured_at"]):
            self._refold_since(other, by=capture["id"], since="")

    def dependents_of(self, document: int) -> set[int]:
        """Return the documents that depend on what this document shows.

        They disappeared while it showed their text, or while it led to their address.
        """
        absent = {other for other, _ in alike(self._db, document) if self._was_absent(other)}
        led = self._db.execute(
            "select distinct o.id from documents d join redirects e on e.target = d.url "
            "join documents o on o.url = e.url where d.id = ?",
            (document,),
        )
        return absent | {row[0] for row in led}

    def refold(self, document: int, before: Sequence[RecordedLook], hanging: set[int], *, by: int) -> None:
        """Fold a story from its beginning after some looks changed, and the stories that depend on it.

        ``before``: the looks before the change; ``hanging``: the documents that depended on them.
        """
        recorded = self._looks(document, BEGINNING)
        site = self._db.execute("select site from documents where id = ?", (document,)).fetchone()[0]
        count_looks(
            self._db, site, [entry.look for entry in before], [entry.look for entry in recorded], None
        )
        self._write(document, site, BEGINNING, recorded, by=by)
        for other in sorted(hanging | self.dependents_of(document)):
            self._refold_since(other, by=by, since="")

    def note_redirect(self, url: str, capture: int, at: str) -> None:
        """Fold the document at an address again: it redirected elsewhere, and no request followed."""
        row = self._db.execute("select id from documents where url = ?", (url,)).fetchone()
        if row is not None:
            self._refold_since(row[0], by=capture, since=at)

    def refold_whole(self, document: int, *, by: int) -> None:
        """Fold a document again from its first look, after more became known of what it depends on."""
        self._refold_since(document, by=by, since="")

    def settle_site(self, site: str) -> None:
        """Fold the documents again that were absent when more was learned of their site."""
        first, last = self._db.execute(
            "select min(hour), max(hour) from site_hours where site = ? and is_settled = 0", (site,)
        ).fetchone()
        if first is None:
            return
        since = later(f"{first}:00:00.000Z", -HEALTHY_FOR)
        until = later(f"{last}:59:59.999Z", VANISHED_FOR)
        rows = self._db.execute(
            "select document, max(capture) from absences where site = ? and captured_at between ? and ? "
            "group by document order by document",
            (site, since, until),
        ).fetchall()
        for document, capture in rows:
            self._refold_since(document, by=capture, since=since)
        self._db.execute("update site_hours set is_settled = 1 where site = ? and is_settled = 0", (site,))

    def _refold_since(self, document: int, *, by: int, since: str) -> None:
        """Fold a story again from the last resume point that nothing after a moment can change."""
        point = resume_point(self._db, document)
        point = point if point.at < since else BEGINNING
        site = self._db.execute("select site from documents where id = ?", (document,)).fetchone()[0]
        self._write(document, site, point, self._looks(document, point), by=by)

    def _looks(self, document: int, point: ResumePoint) -> list[RecordedLook]:
        return looks_of(self._db, document, after=point.reading, shown=point.story.shown)

    def _write(
        self, document: int, site: str, point: ResumePoint, recorded: list[RecordedLook], *, by: int
    ) -> None:
        folded = _folded(self._db, document, site, point, recorded)
        if self._repeat(document, recorded, folded):
            recorded = self._looks(document, point)
        align_events(self._db, document, folded.events, kinds=FOLLOW_LOOKS, since=point.at, by=by)
        next_point = resume_point_after(recorded, folded) or (BEGINNING if point is BEGINNING else None)
        write_story(self._db, document, next_point, recorded[-1].look if recorded else None)
        if point is BEGINNING:
            derive_addresses(self._db, document)
        for url, at in folded.redirects:
            note_address(self._db, document, url, at)
        self._write_state(document, folded.story, recorded)

    def _write_state(self, document: int, story: Story, recorded: list[RecordedLook]) -> None:
        """Write the state of a document that follows from its looks."""
        row = self._db.execute("select flags, first_seen from documents where id = ?", (document,)).fetchone()
        flags = flags_of(recorded) if recorded else set(json.loads(row["flags"])) - {"absent"}
        if story.is_absent:
            flags.add("absent")
        if is_known_unstable(self._db, document):
            flags.add("unstable")
        first = min(row["first_seen"], story.first_seen or row["first_seen"])
        self._db.execute(
            "update documents set state = ?, flags = ?, first_seen = ?, last_seen = ? where id = ?",
            (story.state, json.dumps(sorted(flags)), first, story.last_seen or first, document),
        )

    def _repeat(self, document: int, recorded: list[RecordedLook], folded: Folded) -> bool:
        """Let each 304 show what the page showed at its time, with that page's flags.

        Return whether a 304 showed something else until now.
        """
        by_version: dict[int, RecordedLook] = {}
        changed = False
        for entry in recorded:
            now = folded.shown_by_304.get(entry.look.capture)
            if now is not None and now in by_version and not _is_repeated(entry, by_version[now], now):
                self._inherit(document, entry.look.capture, by_version[now], now)
                changed = True
            elif entry.version is not None:
                by_version[entry.version] = entry
        return changed

    def _note_absence(self, site: str, document: int, recorded: list[RecordedLook], capture: int) -> None:
        if any(entry.look.capture == capture and entry.look.sight is Sight.GONE for entry in recorded):
            self._db.execute(
                "insert or ignore into absences (document, capture, site, captured_at) "
                "select ?, id, ?, captured_at from captures where id = ?",
                (document, site, capture),
            )

    def _was_absent(self, document: int) -> bool:
        row = self._db.execute("select 1 from absences where document = ? limit 1", (document,))
        return row.fetchone() is not None


def _is_repeated(entry: RecordedLook, base: RecordedLook, version: int) -> bool:
    """Return whether a 304 already has the version and flags of the page that it repeats."""
    return entry.version == version and set(json.loads(entry.flags)) == set(
        flags_of_page(json.loads(base.flags))
    )


def _can_resume(point: ResumePoint, recorded: list[RecordedLook]) -> bool:
    """Return whether all looks come after a resume point, and number the works as it does."""
    if any(entry.look.at <= point.at for entry in recorded):
        return False
    knows_works = any(entry.look.work for entry in recorded)
    return not (knows_works and point.story.first_work == 0)


def count_all_looks(db: sqlite3.Connection) -> None:
    """Count the looks of an archive that has no hourly tallies yet."""
    for document, site in db.execute("select id, site from documents order by id").fetchall():
        recorded = looks_of(db, document)
        count_looks(db, site, [], [entry.look for entry in recorded], None)
        db.executemany(
            "insert or ignore into absences (document, capture, site, captured_at) values (?, ?, ?, ?)",
            [
                (document, entry.look.capture, site, entry.look.at)
                for entry in recorded
                if entry.look.sight is Sight.GONE
            ],
        )
    db.execute("update site_hours set is_settled = 1")


def story_until(db: sqlite3.Connection, document: int, at: str) -> Story:
    """Return the story of a document's looks up to a moment."""
    recorded = [entry for entry in looks_of(db, document) if entry.look.at <= at]
    site = db.execute("select site from documents where id = ?", (document,)).fetchone()[0]
    return _folded(db, document, site, BEGINNING, recorded, until=at).story


def _folded(
    db: sqlite3.Connection,
    document: int,
    site: str,
    point: ResumePoint,
    recorded: list[RecordedLook],
    *,
    until: str = "9",
) -> Folded:
    looks = [entry.look for entry in recorded]
    sent = redirect_looks(
        db, document, recorded, after=(point.at, point.capture), version=point.story.version
    )
    there = looks_elsewhere(db, document) if any(look.sight is Sight.GONE for look in looks) else []
    own = hourly_counts(looks, point.story.was_there)
    own.update((hour, "seen") for hour in point.story.seen_hours)
    return fold(
        [look for look in (*looks, *sent) if look.at <= until],
        Around(site=SiteHours(db, site), own=CountedHours(own)),
        there=[entry for entry in there if entry.at <= until],
        start=point.story,
    )
