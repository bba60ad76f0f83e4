"""What an archive says of a year, set against what was true: every figure from what people query.

Read are the views ``changes`` and ``latest``, the tables ``events`` and ``crawls``, and ``history`` as the command
gives it; nothing is asked of the code that made them.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from archive.store.read.health import NO_RUN
from archive.store.read.history import history

from .scenario import ADDING, DAY, HOUR, TROUBLES, WHOLE, Doc, Scenario, Trouble
from .stage import address, day, piece, seconds

# The longest rest of an address, a day for the run that asks it; behind a 304 that lies, a month more.
LONGEST, LYING = 31 * DAY, 62 * DAY
# A list rests a day at most; runs come every so often; a failed try rests six hours.
WITHIN = DAY + 12 * HOUR
# An edit that stood so long in sight is to be found so soon.
STOOD, SOON = 7 * DAY, 10 * DAY
# After an absence looks come daily; the third of them must lie 72 hours after the first.
CLAIMED = LONGEST + 8 * DAY


@dataclass(slots=True)
class Tally:
    """How many of something held, and a line for each that did not."""

    held: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, holds: bool, line: str) -> None:
        """Count one."""
        if holds:
            self.held += 1
        else:
            self.wrong.append(line)

    @property
    def all(self) -> int:
        """Return how many there were."""
        return self.held + len(self.wrong)


@dataclass(slots=True)
class Judgement:
    """What came out, law by law."""

    intervals: Tally = field(default_factory=Tally)
    false_withdrawals: Tally = field(default_factory=Tally)
    withdrawals: Tally = field(default_factory=Tally)
    restorations: Tally = field(default_factory=Tally)
    moves: Tally = field(default_factory=Tally)
    claims_in_outages: Tally = field(default_factory=Tally)
    persistent_edits: Tally = field(default_factory=Tally)
    missing: Tally = field(default_factory=Tally)
    late_moves: Tally = field(default_factory=Tally)
    timely_edits: Tally = field(default_factory=Tally)
    all_edits: Tally = field(default_factory=Tally)
    versions: Tally = field(default_factory=Tally)
    failures: Tally = field(default_factory=Tally)
    invented: Tally = field(default_factory=Tally)
    requests: int = 0
    found: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    delays: list[float] = field(default_factory=list)


class Judge:
    """Holds an archive against a scenario, up to the moment of the last run."""

    def __init__(self, path: Path, told: Scenario, end: float) -> None:
        self._db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self._db.row_factory = sqlite3.Row
        self._told = told
        self._end = end
        self._documents = {
            row["url"]: row["document"] for row in self._db.execute("select url, document from latest")
        }
        self._changes: dict[int, list[tuple[float, float]]] = defaultdict(list)
        for row in self._db.execute(
            "select document, changed_at_earliest as a, changed_at_latest as b from changes"
        ):
            self._changes[row["document"]].append((seconds(row["a"]), seconds(row["b"])))
        self.says = Judgement()

    def judge(self) -> Judgement:
        """Return what came out."""
        for doc in self._told.docs:
            if doc.born < self._end:
                self._document(doc)
        self._failures()
        self._invented()
        for row in self._db.execute("select counts from crawls"):
            self.says.outcomes.update(json.loads(row["counts"]))
        self.says.requests = self.says.outcomes.pop("captures", 0)
        self.says.found = self.says.outcomes["new"] + self.says.outcomes["changed"]
        return self.says

    def _document(self, doc: Doc) -> None:
        first = self._documents.get(address(piece(doc, 0), doc.site))
        self._is_missing(doc, first)
        if first is None:
            return
        second = self._documents.get(address(piece(doc, 0, moved=True), doc.site))
        story = history(self._db, first)
        name = f"{doc.site} {doc.number} ({doc.nature})"
        seen_from = seconds(story["versions"][0]["first_captured_at"]) if story["versions"] else math.inf
        self._edits(doc, name, first, seen_from)
        for document in (first, second):
            if document is not None:
                self._versions(doc, name, document)
                self._outages(doc, name, document)
        self._absences(doc, name, story["events"], seen_from)
        self._late_move(doc, name, first, second)
        for gap in story["gaps"]:
            until = self._end if gap["to"] is None else seconds(gap["to"])
            self.says.intervals.add(
                self._was_hidden(doc, seconds(gap["from"]), until), f"{name}: gap {gap} over nothing hidden"
            )

    def _is_missing(self, doc: Doc, held: int | None) -> None:
        """Hold the archive against what the lists showed: two days in sight, and in a list, and it should be there."""
        since = max(doc.born, 0.0)
        until = min([self._end, doc.moved_at, *doc.times("withdraw", "flicker", "hang")])
        frozen = [
            t
            for t in self._told.troubles
            if t.site == doc.site and t.kind == "frozen" and t.start < until and since < t.end
        ]
        if until - since - self._hidden(doc, since, until) >= 2 * DAY and not frozen:
            self.says.missing.add(
                held is not None,
                f"{doc.site} {doc.number} in {doc.column}: in sight from {day(since)} to {day(until)}",
            )

    def _late_move(self, doc: Doc, name: str, first: int, second: int | None) -> None:
        """Hold what is said of a document that moved without a redirect against where it stands, once that is known."""
        if not doc.is_late or second is None or doc.shown_at + LONGEST > self._end:
            return
        state = self._db.execute("select state from latest where document = ?", (first,)).fetchone()[0]
        self.says.late_moves.add(
            state != "withdrawn", f"{name}: moved on {day(doc.moved_at)}, called {state}"
        )

    def _edits(self, doc: Doc, name: str, document: int, seen_from: float) -> None:
        told = self._changes[document]
        times = [at for at in doc.times("edit", "revert") if seen_from < at < self._end]
        if doc.nature != "ab":
            for a, b in told:
                self.says.intervals.add(
                    any(a <= at <= b for at in times),
                    f"{name}: a change told in {day(a)}–{day(b)}, true {_days(times)}",
                )
        for at, until in pairwise([*times, self._end]):
            found = [b - at for a, b in told if a <= at <= b]
            self.says.all_edits.add(bool(found), f"{name}: edit of {day(at)}")
            self.says.delays.append(min(found, default=math.inf))
            stood = until - at - self._hidden(doc, at, until)
            late = SOON + self._hidden(doc, at, min(until, at + SOON))
            if (
                doc.nature == "plain"
                and stood >= STOOD
                and at + late <= self._end
                and not self._is_undone(doc, at, STOOD)
            ):
                self.says.timely_edits.add(
                    min(found, default=math.inf) <= late, f"{name}: edit of {day(at)} stood till {day(until)}"
                )
            longest = LONGEST if doc.nature == "plain" else LYING
            if self._is_undone(doc, at, longest):
                continue
            if until - at - self._hidden(doc, at, until) >= longest:
                self.says.persistent_edits.add(
                    bool(found), f"{name}: edit of {day(at)} stood till {day(until)}"
                )

    def _is_seen_in_new_template(self, doc: Doc, document: int, at: float) -> bool:
        """Return whether the first look that showed a document after a moment came with its site's new template."""
        looks = self._db.execute(
            "select c.captured_at from readings r join captures c on c.id = r.capture "
            "where r.document = ? and r.version is not null order by c.captured_at",
            (document,),
        )
        first = next((then for (look,) in looks if (then := seconds(look)) >= at), None)
        return first is not None and first >= self._told.template(doc.site)

    def _is_undone(self, doc: Doc, at: float, longest: float) -> bool:
        """Return whether a reversal took back an edit that did not stand in sight long enough to be seen for certain."""
        before = [one.at for one in doc.story if one.at < at]
        is_revert = any(one.at == at and one.kind == "revert" for one in doc.story)
        return is_revert and bool(before) and at - before[-1] - self._hidden(doc, before[-1], at) < longest

    def _versions(self, doc: Doc, name: str, document: int) -> None:
        """Hold the number of versions against the wordings there were."""
        made = self._db.execute("select versions from latest where document = ?", (document,)).fetchone()[0]
        times = [doc.born, *doc.times("edit", "revert")]
        wordings = len({doc.edition(at) for at in times})
        if doc.nature == "ab":
            # Each of the two, once more where the template adds a line: then it is not that line alone that changed.
            wordings = 4 if doc.site == ADDING else 2
        elif doc.site == ADDING:
            # So is a wording that came back when it was first seen with that line.
            wordings += sum(self._is_seen_in_new_template(doc, document, at) for at in doc.times("revert"))
        self.says.versions.add(made <= wordings, f"{name}: {made} versions of {wordings} wordings")

    def _outages(self, doc: Doc, name: str, document: int) -> None:
        """Hold every moment the archive claims to have seen something against the times nobody could."""
        story = history(self._db, document)
        moments = [
            (v[key], key) for v in story["versions"] for key in ("first_captured_at", "last_captured_at")
        ]
        moments += [
            (e["happened_at"], e["kind"]) for e in story["events"] if e["kind"] not in ("blocked", "refused")
        ]
        # That a run came again after a pause claims nothing of what it saw.
        moments += [(c["to"], "end of a gap") for c in story["gaps"] if c["to"] and c["reason"] != NO_RUN]
        for moment, what in moments:
            trouble = self._told.trouble(doc.site, seconds(moment)) if moment else ""
            self.says.claims_in_outages.add(
                trouble not in WHOLE, f"{name}: {what} at {moment} during {trouble}"
            )

    def _absences(self, doc: Doc, name: str, events: list[dict[str, object]], seen_from: float) -> None:
        for event in events:
            if event["kind"] != "withdrawn":
                continue
            at = seconds(str(event["happened_at"]))
            if doc.is_late and doc.moved_at <= at <= doc.shown_at + 2 * DAY:
                continue
            true = [t for t in doc.times("withdraw") if t <= at]
            gone = bool(true) and bool(doc.absent(at))
            self.says.false_withdrawals.add(
                gone, f"{name}: called withdrawn {day(at)}, absent {doc.absent(at)!r} {doc.story}"
            )
            details = event["details"]
            assert isinstance(details, dict)
            bounds = [
                seconds(value) for value in details.values() if isinstance(value, str) and value.endswith("Z")
            ]
            held = gone and len(bounds) == 2 and min(bounds) <= true[-1] <= max(bounds)
            self.says.intervals.add(held, f"{name}: withdrawn in {details}, true {_days(true)}")
        for kind, told, tally, longest in (
            ("withdraw", "withdrawn", self.says.withdrawals, CLAIMED),
            ("restore", "restored", self.says.restorations, LONGEST),
            ("move", "moved", self.says.moves, LONGEST),
        ):
            said = [seconds(str(event["happened_at"])) for event in events if event["kind"] == told]
            for at in doc.times(kind):
                ends = [other.at for other in doc.story if other.at > at]
                until = min([*ends, self._end])
                if (
                    (kind == "move" and doc.is_late)
                    or at < seen_from
                    or until - at - self._hidden(doc, at, until) < longest
                ):
                    continue
                if kind == "restore" and not any(event["kind"] == "withdrawn" for event in events):
                    continue
                tally.add(
                    any(at <= one <= until for one in said),
                    f"{name}: {kind} of {day(at)} ({doc.story[0].manner})",
                )

    def _was_hidden(self, doc: Doc, start: float, end: float) -> bool:
        """Return whether a document was out of sight at some time of an interval, for whatever reason."""
        paused, back = self._told.pause
        return (
            any(t.site == doc.site and t.start < end and start < t.end for t in self._told.troubles)
            or (paused < end and start < back)
            or any(start <= at <= end for at in doc.times("withdraw", "flicker", "move", "hang"))
            or doc.hangs(start)
            or bool(doc.absent(start))
            or start <= self._told.template(doc.site) <= end
            or (self._told.template(doc.site) <= start)
        )

    def _hidden(self, doc: Doc, start: float, end: float) -> float:
        """Return for how long of an interval nothing could be seen of a site, and a day for each such time."""
        blind = [(t.start, t.end) for t in self._told.troubles if t.site == doc.site] + [self._told.pause]
        over = [min(end, b) - max(start, a) + DAY for a, b in blind if a < end and start < b]
        hung = list(zip(doc.times("hang"), doc.times("unhang"), strict=True))
        over += [min(end, b) - max(start, a) + DAY for a, b in hung if a < end and start < b]
        return sum(over)

    def _openings(self) -> Iterator[tuple[str, str, float]]:
        for row in self._db.execute(
            "select site, happened_at, details from events where kind = 'finding_opened'"
        ):
            yield row["site"], json.loads(row["details"])["reason"], seconds(row["happened_at"])

    def _failures(self) -> None:
        """Hold each trouble against the findings that were opened while it lasted."""
        for trouble in self._told.troubles:
            wait = 30 * DAY if trouble.kind == "frozen" else WITHIN
            paused, back = self._told.pause
            if trouble.start + wait > min(self._end, trouble.end):
                continue
            if paused < trouble.start + wait and trouble.start < back:
                continue
            at = min((at for site, reason, at in self._openings()
                      if site == trouble.site and reason in TROUBLES[trouble.kind] and trouble.holds(at)), default=math.inf)  # fmt: skip
            self.says.failures.add(
                at - trouble.start <= wait, f"{trouble}: found after {(at - trouble.start) / HOUR:.0f} h"
            )

    def _invented(self) -> None:
        for site, reason, at in self._openings():
            near = [t for t in self._told.troubles if t.site == site and t.start <= at <= t.end + WITHIN]
            explained = any(reason in _signs(t) for t in near)
            template = self._told.template(site)
            explained = explained or (reason == "mass_change" and template <= at <= template + LONGEST)
            explained = explained or (reason == "silent" and self._told.is_quiet(site, at))
            self.says.invented.add(explained, f"{site}: {reason} opened {day(at)} and nothing was wrong")


def _signs(trouble: Trouble) -> set[str]:
    """Return every reason a trouble may rightly be told as, and what its end may look like."""
    return {
        *TROUBLES[trouble.kind],
        "shrunken_list" if trouble.kind in ("empty_list", "new_markup") else "unreachable",
    }


def _days(times: list[float]) -> str:
    return ", ".join(day(at) for at in times) or "never"
