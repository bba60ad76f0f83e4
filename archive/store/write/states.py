"""Where each document stands, written down as the state machine says it.

A look is settled when its reading is written; what the rest of a run shows of the site is known at its end, and then
the documents that were absent around that time are told once more.

Stories of documents as they are kept: where the state machine goes on from, and what the site showed by the hour.

Both are derived. A story is kept where nothing that is learned of other documents can reach behind it, so that one
more look costs no more for all the looks before; what comes late is told from the first look on.

What was said of a document, kept in step with what its looks say by now.

An event is only ever added, and it is taken out of ``events`` in one way only: what is known later (an import of older
captures) shows that it was never so. Then it stands in ``superseded_events``, word for word, with the capture that
showed it, and ``events`` is what would have been said if all had been known in its time.
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
from archive.state import Around, Counted, Look, News, Sight, Story, Tally, Telling, fold, marks
from archive.state.story import HEALTHY_FOR, VANISHED_FOR, Bound
from archive.store.file.captures import add_event
from archive.store.write.documents import is_known_unstable, saw_address
from archive.store.write.looks import (
    Kept,
    alike,
    flags_of,
    flags_of_page,
    looks_of,
    sent_here,
    sent_of,
    there_of,
)


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
                story_json(rest.story),
            ),
        )
    if last is not None:
        db.execute(
            "update stories set seen_at = ?, seen = ? where document = ?", (last.at, last.capture, document)
        )


def story_json(story: Story) -> str:
    """Return a story as it is kept."""
    return json.dumps(story, default=_fields, ensure_ascii=False)


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


def keep_told(
    db: sqlite3.Connection,
    document: int,
    news: Iterable[News],
    *,
    kinds: Collection[str],
    since: str,
    by: int,
) -> None:
    """Let the events of some kinds, from a moment on, be the ones that the looks at a document come to.

    ``by``: the capture that was learned of last; it is why what is not so any more is taken out.
    """
    wanted = list(news)
    marks = ",".join("?" * len(kinds))
    missing = Counter(_said(one) for one in wanted)
    for row in db.execute(
        f"select id, kind, happened_at, capture, details from events where document = ? and kind in ({marks}) "
        "and happened_at > ? order by id",
        (document, *kinds, since),
    ).fetchall():
        said = (row["kind"], row["happened_at"], row["capture"], _plain(json.loads(row["details"])))
        if missing[said]:
            missing[said] -= 1
        else:
            _supersede(db, row["id"], by)
    for one in wanted:
        if missing[_said(one)]:
            missing[_said(one)] -= 1
            _add(db, document, one)


def add_told(db: sqlite3.Connection, document: int, news: Iterable[News]) -> None:
    """Add the events that are not there yet, and take none out."""
    for one in news:
        known = db.execute(
            "select 1 from events where document = ? and kind = ? and capture = ? limit 1",
            (document, one.kind, one.capture),
        ).fetchone()
        if known is None:
            _add(db, document, one)


def _said(one: News) -> tuple[str, str, int, str]:
    return one.kind, one.at, one.capture, _plain(one.details)


def _plain(details: dict[str, object]) -> str:
    return json.dumps(details, ensure_ascii=False, sort_keys=True)


def _add(db: sqlite3.Connection, document: int, one: News) -> None:
    site, crawl = db.execute(
        "select d.site, c.crawl from documents d, captures c where d.id = ? and c.id = ?",
        (document, one.capture),
    ).fetchone()
    add_event(
        db,
        one.kind,
        at=one.at,
        site=site,
        document=document,
        capture=one.capture,
        crawl=crawl,
        details=one.details,
    )


def _supersede(db: sqlite3.Connection, event: int, by: int) -> None:
    db.execute(
        "insert into superseded_events (event, kind, happened_at, site, document, capture, crawl, details, superseded_by) "
        "select id, kind, happened_at, site, document, capture, crawl, details, ? from events where id = ?",
        (by, event),
    )
    db.execute("delete from events where id = ?", (event,))


# A 304 that came before what it repeats was known: the capture, and the look it repeats.
Inherit = Callable[[int, int, Kept, int], None]


class Standings:
    """The states of one archive's documents. Writes belong inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection, inherit: Inherit) -> None:
        self._db = db
        self._inherit = inherit

    def is_late(self, document: int, capture: sqlite3.Row) -> bool:
        """Return whether a look lies before one that is known, or is one that is known."""
        row = self._db.execute("select seen_at, seen from stories where document = ?", (document,)).fetchone()
        if row is not None:
            return (capture["captured_at"], capture["id"]) <= (row["seen_at"], row["seen"])
        known = self._db.execute(
            "select 1 from readings where document = ? and capture != ? limit 1", (document, capture["id"])
        ).fetchone()
        return known is not None

    def settle(self, document: int, capture: sqlite3.Row, reading: int) -> None:
        """Tell a document's story with one more reading of a look at it, and those that hang on it."""
        late = self.is_late(document, capture)
        rest = NOTHING if late else kept_story(self._db, document)
        kept = self._looks(document, rest)
        if rest is not NOTHING and not _goes_on(rest, kept):
            rest = NOTHING
            kept = self._looks(document, rest)
        before = [one for one in kept if one.look.capture != capture["id"]]
        if late:
            before = looks_of(self._db, document, until=reading)
        site = self._db.execute("select site from documents where id = ?", (document,)).fetchone()[0]
        count_looks(
            self._db, site, [one.look for one in before], [one.look for one in kept], rest.story.was_there
        )
        self._note_absence(site, document, kept, capture["id"])
        self._write(document, site, rest, kept, by=capture["id"])
        for other, _ in alike(self._db, document):
            if self._was_absent(other):
                self._tell(other, by=capture["id"], since=capture["captured_at"])
        for other in sent_here(self._db, document, capture["captured_at"]):
            self._tell(other, by=capture["id"], since="")

    def hanging_on(self, document: int) -> set[int]:
        """Return the documents whose stories ask what one shows: they went while their text stood there, or led to it."""
        absent = {other for other, _ in alike(self._db, document) if self._was_absent(other)}
        led = self._db.execute(
            "select distinct o.id from documents d join redirects e on e.target = d.url "
            "join documents o on o.url = e.url where d.id = ?",
            (document,),
        )
        return absent | {row[0] for row in led}

    def tell_anew(self, document: int, before: Sequence[Kept], hanging: set[int], *, by: int) -> None:
        """Tell a story from its beginning after some of its looks became others, and those that hang on it.

        ``before``: the looks as they were; ``hanging``: the documents whose stories hung on them.
        """
        kept = self._looks(document, NOTHING)
        site = self._db.execute("select site from documents where id = ?", (document,)).fetchone()[0]
        count_looks(self._db, site, [one.look for one in before], [one.look for one in kept], None)
        self._write(document, site, NOTHING, kept, by=by)
        for other in sorted(hanging | self.hanging_on(document)):
            self._tell(other, by=by, since="")

    def sent_away(self, url: str, capture: int, at: str) -> None:
        """Tell the story of the document at an address anew: it led elsewhere, and nobody followed."""
        row = self._db.execute("select id from documents where url = ?", (url,)).fetchone()
        if row is not None:
            self._tell(row[0], by=capture, since=at)

    def tell(self, document: int, *, by: int) -> None:
        """Tell a document's story anew from its first look: more has become known of what it hangs on."""
        self._tell(document, by=by, since="")

    def settle_site(self, site: str) -> None:
        """Tell the documents anew that were absent about the times at which more was learned of their site."""
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
            self._tell(document, by=capture, since=since)
        self._db.execute("update site_hours set is_settled = 1 where site = ? and is_settled = 0", (site,))

    def _tell(self, document: int, *, by: int, since: str) -> None:
        """Tell a story anew from the last point that nothing since a moment can reach behind."""
        rest = kept_story(self._db, document)
        rest = rest if rest.at < since else NOTHING
        site = self._db.execute("select site from documents where id = ?", (document,)).fetchone()[0]
        self._write(document, site, rest, self._looks(document, rest), by=by)

    def _looks(self, document: int, rest: Rest) -> list[Kept]:
        return looks_of(self._db, document, after=rest.reading, shown=rest.story.shown)

    def _write(self, document: int, site: str, rest: Rest, kept: list[Kept], *, by: int) -> None:
        telling = _told(self._db, document, site, rest, kept)
        if self._repeat(document, kept, telling):
            kept = self._looks(document, rest)
        keep_told(self._db, document, telling.news, kinds=FOLLOW_LOOKS, since=rest.at, by=by)
        next_rest = rest_after(kept, telling) or (NOTHING if rest is NOTHING else None)
        keep_story(self._db, document, next_rest, kept[-1].look if kept else None)
        for url, at in telling.sent:
            saw_address(self._db, document, url, at)
        self._stands(document, telling.story, kept)

    def _stands(self, document: int, story: Story, kept: list[Kept]) -> None:
        """Write down how a document stands by its looks."""
        row = self._db.execute("select flags, first_seen from documents where id = ?", (document,)).fetchone()
        flags = flags_of(kept) if kept else set(json.loads(row["flags"])) - {"absent"}
        if story.is_absent:
            flags.add("absent")
        if is_known_unstable(self._db, document):
            flags.add("unstable")
        first = min(row["first_seen"], story.first_seen or row["first_seen"])
        self._db.execute(
            "update documents set state = ?, flags = ?, first_seen = ?, last_seen = ? where id = ?",
            (story.state, json.dumps(sorted(flags)), first, story.last_seen or first, document),
        )

    def _repeat(self, document: int, kept: list[Kept], telling: Telling) -> bool:
        """Let each 304 show what its time showed, under its flags; return whether one said otherwise until now."""
        shown: dict[int, Kept] = {}
        found = False
        for one in kept:
            now = telling.same.get(one.look.capture)
            if now is not None and now in shown and not _is_repeated(one, shown[now], now):
                self._inherit(document, one.look.capture, shown[now], now)
                found = True
            elif one.version is not None:
                shown[one.version] = one
        return found

    def _note_absence(self, site: str, document: int, kept: list[Kept], capture: int) -> None:
        if any(one.look.capture == capture and one.look.sight is Sight.GONE for one in kept):
            self._db.execute(
                "insert or ignore into absences (document, capture, site, captured_at) "
                "select ?, id, ?, captured_at from captures where id = ?",
                (document, site, capture),
            )

    def _was_absent(self, document: int) -> bool:
        row = self._db.execute("select 1 from absences where document = ? limit 1", (document,))
        return row.fetchone() is not None


def _is_repeated(one: Kept, base: Kept, version: int) -> bool:
    """Return whether a 304 says already what the page that it repeats says by itself."""
    return one.version == version and set(json.loads(one.flags)) == set(flags_of_page(json.loads(base.flags)))


def _goes_on(rest: Rest, kept: list[Kept]) -> bool:
    """Return whether looks lie behind a story, and tell works apart as it does."""
    if any(one.look.at <= rest.at for one in kept):
        return False
    knows_works = any(one.look.work for one in kept)
    return not (knows_works and rest.story.first_work == 0)


def count_all(db: sqlite3.Connection) -> None:
    """Count the looks of an archive that kept no hours."""
    for document, site in db.execute("select id, site from documents order by id").fetchall():
        kept = looks_of(db, document)
        count_looks(db, site, [], [one.look for one in kept], None)
        db.executemany(
            "insert or ignore into absences (document, capture, site, captured_at) values (?, ?, ?, ?)",
            [(document, one.look.capture, site, one.look.at) for one in kept if one.look.sight is Sight.GONE],
        )
    db.execute("update site_hours set is_settled = 1")


def story_until(db: sqlite3.Connection, document: int, at: str) -> Story:
    """Return a document's story as far as its looks until a moment tell it."""
    kept = [one for one in looks_of(db, document) if one.look.at <= at]
    site = db.execute("select site from documents where id = ?", (document,)).fetchone()[0]
    return _told(db, document, site, NOTHING, kept, until=at).story


def _told(
    db: sqlite3.Connection, document: int, site: str, rest: Rest, kept: list[Kept], *, until: str = "9"
) -> Telling:
    looks = [one.look for one in kept]
    sent = sent_of(db, document, kept, after=(rest.at, rest.capture), version=rest.story.version)
    there = there_of(db, document) if any(look.sight is Sight.GONE for look in looks) else []
    own = marks(looks, rest.story.was_there)
    own.update((hour, "seen") for hour in rest.story.seen_hours)
    return fold(
        [look for look in (*looks, *sent) if look.at <= until],
        Around(site=SiteHours(db, site), own=Counted(own)),
        there=[one for one in there if one.at <= until],
        start=rest.story,
    )
