"""The transitions: how each sight changes a document's story, and when sightings amount to a claim.

A claim has bounds: the last look that showed the earlier condition, and the first that showed another one.
The meaning of a look depends on the looks before it and on what else of the site was seen around it, never on
the order of reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from archive.clock import later, seconds_between
from archive.model import State
from archive.state.story import (
    HEALTHY_FOR,
    STATE_AFTER,
    Absence,
    Around,
    DerivedEvent,
    Look,
    LookElsewhere,
    Sight,
    Story,
    hour_of,
)

# Another work has taken a document's place after this many sightings over this many seconds.
LEAST_LOOKS, LEAST_SPAN = 2, 24 * 3600.0
# The claims that no longer hold when a document is there again.
AWAY = ("withdrawn", "replaced", "moved")
# A failure of our reader says nothing of the page.
_READER_REASONS = "reader_"


@dataclass(slots=True)
class _Elsewhere:
    """The texts shown at other addresses of the site, in the looks up to the current one."""

    last: dict[str, LookElsewhere] = field(default_factory=dict)
    first_shown: dict[tuple[str, str], str] = field(default_factory=dict)

    def see(self, there: LookElsewhere) -> None:
        self.last[there.url] = there
        if there.key is not None:
            self.first_shown.setdefault((there.url, there.key), there.at)

    def address(self, story: Story) -> tuple[str, bool] | None:
        """Return the other address that shows a story's text, and whether it began after the text left."""
        present = story.present.at or ""
        candidates = [
            (self.first_shown[there.url, story.key], there.url)
            for there in self.last.values()
            if story.key is not None and there.key == story.key and there.at >= present
        ]
        if not candidates:
            return None
        since, url = min(candidates)
        return url, since >= present


@dataclass(slots=True)
class Folded:
    """The result of folding: the last story, the events, what each 304 showed, where it led.

    ``resume_after`` is the story after the last look before which later knowledge of other documents changes
    nothing, with the time and the capture of that look.
    """

    story: Story
    events: list[DerivedEvent] = field(default_factory=list)
    shown_by_304: dict[int, int | None] = field(default_factory=dict)
    redirects: list[tuple[str, str]] = field(default_factory=list)
    resume_after: tuple[Story, str, int] | None = None


def fold(
    looks: Iterable[Look], around: Around, *, there: Iterable[LookElsewhere] = (), start: Story | None = None
) -> Folded:
    """Fold the looks at a document into its story, beside what else was seen of its site.

    ``start``: the story of the looks before. The looks may come in any order; they count in the order of
    their times.
    """
    folded, elsewhere = Folded(start or Story()), _Elsewhere()
    timeline: list[Look | LookElsewhere] = [*looks, *there]
    timeline.sort(key=lambda look: (look.at, look.capture, isinstance(look, LookElsewhere)))
    for look in timeline:
        if isinstance(look, LookElsewhere):
            elsewhere.see(look)
            if folded.story.absence is not None:
                _weigh(folded, look, around, elsewhere)
            continue
        first_seen = folded.story.first_seen
        folded.story = replace(folded.story, first_seen=min(first_seen, look.at) if first_seen else look.at)
        _STEPS[look.sight](folded, look, around, elsewhere)
        if folded.story.absence is None:
            folded.resume_after = folded.story, look.at, look.capture
    return folded


def _present(folded: Folded, look: Look, around: Around, elsewhere: _Elsewhere) -> None:
    story = folded.story
    if look.sight is Sight.SAME:
        folded.shown_by_304[look.capture] = story.version
        if story.version is not None:
            look = _as_before(look, story)
    if look.was_doubted:
        _doubt(folded, look, "quarantined", look.was_doubted)
        story = folded.story
    is_same = look.version == story.version and look.version is not None
    was_moved_there = story.told == "moved" and story.details.get("to") == look.sent_to
    is_counted = look.sight is not Sight.SENT
    now = _with_work(replace(story, absence=None, doubt=None, last_seen=look.at), look)
    if now.work != now.first_work:
        state = State.REPLACED if _is_settled(now, look) else State.LIVE
    else:
        state = State.MOVED if look.sent_to and (is_same or was_moved_there) else State.LIVE
    now = _at_home(now, look)
    if is_counted:
        now = replace(now, was_there=True, seen_hours=_recent(now.seen_hours, look.at))
    versions = now.shown if look.version is None or look.version in now.shown else (*now.shown, look.version)
    folded.story = replace(
        now,
        state=state,
        settled=state,
        version=now.version if look.version is None else look.version,
        key=now.key if look.version is None else look.key,
        shown=versions,
    )
    _derive_presence_events(folded, look)


def _recent(hours: tuple[str, ...], at: str) -> tuple[str, ...]:
    oldest = hour_of(later(at, -HEALTHY_FOR))
    return (*(hour for hour in hours if hour >= oldest), hour_of(at))


def _as_before(look: Look, story: Story) -> Look:
    """Return a look that showed what was shown before."""
    return replace(
        look, version=story.version, key=story.key, work=story.work or 0, is_article=story.is_article
    )


def _at_home(story: Story, look: Look) -> Story:
    """Return the story after a look that showed the document: at its own address, or after a redirect."""
    present = story.present.after(look)
    if look.sent_to is None:
        return replace(
            story, present=present, home=story.home.after(look), moved_since=None, moved_bound=None
        )
    if story.moved_since is not None:
        return replace(story, present=present)
    return replace(story, present=present, moved_since=look.at, moved_bound=story.home.before(look))


def _with_work(story: Story, look: Look) -> Story:
    if look.version is None:
        return story
    if story.work == look.work:
        return replace(story, run_looks=story.run_looks + 1, is_article=look.is_article)
    return replace(
        story,
        first_work=look.work if story.first_work is None else story.first_work,
        work=look.work,
        run_first=look.at,
        run_before=story.present.before(look),
        run_looks=1,
        is_article=look.is_article,
    )


def _is_settled(story: Story, look: Look) -> bool:
    has_stood = (
        story.run_looks >= LEAST_LOOKS and seconds_between(story.run_first or look.at, look.at) >= LEAST_SPAN
    )
    return has_stood and story.is_article


def _derive_presence_events(folded: Folded, look: Look) -> None:
    """Derive the event of a return, of a move, or of another work in a document's place."""
    story = folded.story
    if story.told in AWAY and _is_back(story):
        _derive(folded, look, "restored", {})
    if story.state is State.REPLACED:
        bounds = {"last_present": story.run_before, "first_replaced": story.run_first}
        _derive_once(folded, look, "replaced", dict(bounds))
    elif story.state is State.MOVED:
        bounds = {"last_present": story.moved_bound, "first_moved": story.moved_since}
        _derive_once(folded, look, "moved", {"to": look.sent_to, **bounds})


def _is_back(story: Story) -> bool:
    """Return whether a document claimed to be away is there again.

    A redirect counts unless it was the claim.
    """
    if story.state is State.MOVED:
        return "first_moved" not in story.details
    return story.state is State.LIVE and story.work == story.first_work and story.moved_since is None


def _redirected(folded: Folded, look: Look, around: Around, elsewhere: _Elsewhere) -> None:
    """Fold a redirect that was not followed: its target may show the document, or nothing that is known."""
    story = folded.story
    if story.version is None or not (look.key == story.key or look.is_same_work):
        return
    look_there = _as_before(look, story)
    folded.redirects += [(look.sent_to, look.at)] if look.sent_to else []
    _present(folded, look_there, around, elsewhere)


def _absent(folded: Folded, look: Look, around: Around, elsewhere: _Elsewhere) -> None:
    story = folded.story
    folded.events.append(
        DerivedEvent(kind="absent", at=look.at, capture=look.capture, details={"reason": look.reason})
    )
    present = story.present.before(look)
    absence = story.absence or Absence(first=look.at, last=look.at, present=present)
    absence = replace(absence, last=look.at)
    if around.is_healthy(look.at):
        absence = replace(
            absence,
            counted=absence.counted + 1,
            counted_first=absence.counted_first or look.at,
            counted_last=look.at,
            counted_present=present if absence.counted_first is None else absence.counted_present,
        )
    folded.story = replace(
        story,
        absence=absence,
        doubt=None,
        state=story.settled,
        was_there=None if story.was_there is None else False,
    )
    _weigh(folded, look, around, elsewhere)


def _weigh(folded: Folded, look: Look | LookElsewhere, around: Around, elsewhere: _Elsewhere) -> None:
    """Decide what an absence amounts to by now: nothing yet, a withdrawal, or a move."""
    story, absence = folded.story, folded.story.absence
    if absence is None or story.version is None:
        return
    is_long = absence.is_long and not around.is_vanishing(absence.first, absence.last)
    there = elsewhere.address(story)
    if there is not None and (is_long or there[1]):
        if story.told == "withdrawn":
            _derive(folded, look, "taken_back", {"kind": "withdrawn", "to": there[0], **absence.bounds})
        _settle(folded, State.MOVED)
        _derive_once(folded, look, "moved", {"to": there[0], **absence.bounds})
    elif is_long:
        _settle(folded, State.WITHDRAWN)
        _derive_once(folded, look, "withdrawn", absence.bounds)


def _settle(folded: Folded, state: State) -> None:
    folded.story = replace(folded.story, state=state, settled=state)


def _error(folded: Folded, look: Look, around: Around, elsewhere: _Elsewhere) -> None:
    """Fold a look that showed neither the document nor its absence: it revokes no claim."""
    story = folded.story
    if look.sight is Sight.BLOCKED:
        folded.events.append(
            DerivedEvent(kind="blocked", at=look.at, capture=look.capture, details={"reason": look.reason})
        )
    is_away = story.absence is not None and story.settled in (State.WITHDRAWN, State.MOVED)
    folded.story = replace(story, state=story.settled if is_away else STATE_AFTER[look.sight])


def _unreadable(folded: Folded, look: Look, around: Around, elsewhere: _Elsewhere) -> None:
    if folded.story.version is not None and not (look.reason or "").startswith(_READER_REASONS):
        _doubt(folded, look, "unreadable", look.reason)
    folded.story = replace(folded.story, state=STATE_AFTER[look.sight])


def _quarantined(folded: Folded, look: Look, around: Around, elsewhere: _Elsewhere) -> None:
    """Fold a page that is not trusted: it is not the document, but it ends the absence of a page."""
    _doubt(folded, look, "quarantined", look.reason)
    folded.story = replace(folded.story, state=STATE_AFTER[look.sight], absence=None)


def _doubt(folded: Folded, look: Look, kind: str, reason: str | None) -> None:
    """Derive the event of a doubt, unless the look before raised the same doubt."""
    doubt = f"{kind}: {reason}"
    if folded.story.doubt != doubt:
        folded.events.append(
            DerivedEvent(kind=kind, at=look.at, capture=look.capture, details={"reason": reason})
        )
    folded.story = replace(folded.story, doubt=doubt)


def _derive_once(folded: Folded, look: Look | LookElsewhere, kind: str, details: dict[str, object]) -> None:
    if (folded.story.told, folded.story.details) != (kind, details):
        _derive(folded, look, kind, details)


def _derive(folded: Folded, look: Look | LookElsewhere, kind: str, details: dict[str, object]) -> None:
    folded.events.append(DerivedEvent(kind=kind, at=look.at, capture=look.capture, details=details))
    folded.story = replace(folded.story, told=kind, details=details)


_Step = Callable[[Folded, Look, Around, _Elsewhere], None]
_STEPS: dict[Sight, _Step] = {
    Sight.SHOWN: _present,
    Sight.SAME: _present,
    Sight.SENT: _redirected,
    Sight.GONE: _absent,
    Sight.QUARANTINED: _quarantined,
    Sight.UNREADABLE: _unreadable,
    Sight.BLOCKED: _error,
    Sight.FAILED: _error,
}
