"""Whether a document is in force on a day, and why we say so. Pure.

A standing is bounded by what is known: the document's own words, its card, and the documents at hand that end,
amend or extend it. Nothing known of an end is no proof that there was none, so a document that never says from
when it applies stays ``unknown``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from archive.patterns import regex
from archive.relations.grammar import bare_title, days, figure, later, number_key, plain, squeezed, title_key
from archive.relations.links import Relation
from archive.relations.validity import Effect, Expiry, Validity, expiry_day, tight

STANDINGS = (
    "in_force", "not_yet", "expired", "repealed", "partly_repealed", "amended", "draft", "unknown",
)  # fmt: skip
_SOON = timedelta(days=60)
# An extension is decided in the last year of a term; what was called in force before says nothing of its end.
_TERM_ABOUT = timedelta(days=366)
_STATED = {
    "现行有效": "in_force", "已废止": "repealed", "失效": "expired", "已修改": "amended", "尚未生效": "not_yet",
    "部分失效": "partly_repealed",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What supports a standing: a place in a document's version, or a field of its card."""

    says: str
    document: str | None = None
    version: int | None = None
    start: int | None = None
    end: int | None = None
    field: str | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What another document does to this one: ``kind`` is repeals, replaces, amends or extends.

    ``on``: from when, None where it is not known; ``not_before``: the earliest that it can be. ``until``, ``lasts``: the
    last day that an extension gives, or by how much longer (``P2Y``).
    """

    kind: str
    reason: Reason
    on: date | None = None
    not_before: date | None = None
    is_partial: bool = False
    until: date | None = None
    lasts: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is known of a document itself."""

    issued: date | None = None
    effective: date | None = None
    expires: date | None = None
    status: str | None = None
    is_draft: bool = False
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A document's standing on a day, the days between which it holds, and the reasons."""

    standing: str
    since: date | None
    until: date | None
    effective_from: date | None
    expires_on: date | None
    because: tuple[Reason, ...]
    contradiction: str | None = None


def standing(subject: Subject, acts: Sequence[Act], day: date) -> Standing:
    """Return a document's standing on a day."""
    expires, extended = _last_day(subject, acts)
    if subject.is_draft:
        return _made(subject, expires, "draft", subject.issued, None, ())
    ended = _ended(acts)
    if ended and ended.on and day >= ended.on:
        return _made(subject, expires, "repealed", ended.on, None, (ended.reason,))
    if before := _before(subject, expires, day):
        return before
    if expires and day > expires:
        if longer := _open_extension(acts, expires):
            return _made(subject, expires, "unknown", expires + timedelta(days=1), None, (longer.reason,))
        return _made(
            subject, expires, "expired", expires + timedelta(days=1), None, (*subject.reasons, *extended)
        )
    if ended and ended.on is None and (ended.not_before is None or day >= ended.not_before):
        return _made(subject, expires, "unknown", ended.not_before, None, (ended.reason,))
    return _running(subject, acts, expires, extended, ended, day)


def _last_day(subject: Subject, acts: Sequence[Act]) -> tuple[date | None, tuple[Reason, ...]]:
    """Return the last day of the term, as later documents extend it, and the reasons."""
    longer = [(end, act) for act in acts if act.kind == "extends" and (end := _extended(subject, act))]
    last = max((end for end, _ in longer), default=None)
    if last and (subject.expires is None or last > subject.expires):
        return last, tuple(act.reason for _, act in longer)
    return subject.expires, ()


def _extended(subject: Subject, act: Act) -> date | None:
    if act.until or not act.lasts or subject.expires is None:
        return act.until
    count, unit = int(act.lasts[1:-1]), act.lasts[-1]
    return later(subject.expires, years=count) if unit == "Y" else later(subject.expires, months=count)


def _open_extension(acts: Sequence[Act], expires: date) -> Act | None:
    """Return an extension of about the end of a term that does not say for how long."""
    for act in acts:
        begins = act.on or act.not_before
        is_open = act.kind == "extends" and not act.until and not act.lasts
        if is_open and (begins is None or begins > expires - _TERM_ABOUT):
            return act
    return None


def _ended(acts: Sequence[Act]) -> Act | None:
    ends = [act for act in acts if act.kind in ("repeals", "replaces") and not act.is_partial]
    dated = [act for act in ends if act.on]
    return min(dated, key=lambda act: act.on or date.max) if dated else ends[0] if ends else None


def _before(subject: Subject, expires: date | None, day: date) -> Standing | None:
    """Return the standing of a day before a document takes effect, so far as its days are known."""
    if subject.effective and day < subject.effective:
        since = subject.issued if subject.issued and day >= subject.issued else None
        return _made(subject, expires, "not_yet", since, subject.effective, subject.reasons)
    if subject.effective is None and subject.issued and day < subject.issued:
        return _made(subject, expires, "not_yet", None, subject.issued, subject.reasons)
    return None


def _running(
    subject: Subject,
    acts: Sequence[Act],
    expires: date | None,
    extended: tuple[Reason, ...],
    ended: Act | None,
    day: date,
) -> Standing:
    until = min(
        (
            end
            for end in (ended.on if ended else None, expires + timedelta(days=1) if expires else None)
            if end
        ),
        default=None,
    )
    start = subject.effective or subject.issued
    if not subject.effective and not _is_known_to_run(subject, ended, expires, day):
        return _stated(subject, expires, start, until)
    because = (*subject.reasons, *extended, *((ended.reason,) if ended else ()))
    name, since = "in_force", start
    for act in acts:
        in_time = act.on is not None and act.on <= day
        if in_time and (act.is_partial or act.kind == "amends"):
            partly = act.kind in ("repeals", "replaces")
            name = "partly_repealed" if partly else ("amended" if name == "in_force" else name)
            since, because = act.on, (*because, act.reason)
    return _made(subject, expires, name, since, until, because)


def _is_known_to_run(subject: Subject, ended: Act | None, expires: date | None, day: date) -> bool:
    """Say whether a later end proves that a document without a day of effect had begun by then."""
    has_end = (ended is not None and ended.on is not None) or expires is not None
    return has_end and subject.issued is not None and day >= subject.issued + _SOON


def _stated(subject: Subject, expires: date | None, start: date | None, until: date | None) -> Standing:
    """Return what only the card says; without a card the standing is unknown."""
    return _made(subject, expires, "unknown", start, until, subject.reasons)


def _made(
    subject: Subject,
    expires: date | None,
    name: str,
    since: date | None,
    until: date | None,
    because: Iterable[Reason],
) -> Standing:
    stated = stated_standing(subject)
    carded = tuple(reason for reason in subject.reasons if reason.field)
    reasons = tuple(dict.fromkeys((*because, *carded)))
    if (
        name == "unknown"
        and stated
        and not any(reason.document for reason in because if reason not in subject.reasons)
    ):
        return _standing(subject, expires, stated, since, until, reasons, None)
    contradiction = f"{subject.status} / {name}" if stated and not _agrees(stated, name) else None
    return _standing(subject, expires, name, since, until, reasons, contradiction)


def _agrees(stated: str, derived: str) -> bool:
    # A card that was seen since says nothing of the days before a document took effect.
    if derived in ("unknown", "not_yet") or stated == derived:
        return True
    families = ({"in_force", "amended", "partly_repealed"}, {"repealed", "expired"})
    return any(stated in family and derived in family for family in families)


def _standing(
    subject: Subject, expires: date | None, name: str, since: date | None, until: date | None,
    reasons: tuple[Reason, ...], contradiction: str | None,
) -> Standing:  # fmt: skip
    return Standing(
        standing=name, since=since, until=until, effective_from=subject.effective, expires_on=expires, because=reasons,
        contradiction=contradiction,
    )  # fmt: skip


def timeline(subject: Subject, acts: Sequence[Act]) -> list[Standing]:
    """Return a document's standings one after the other, each with the days between which it holds.

    The first has no ``since``, the last no ``until``. Days on which nothing is known to change part none.
    """
    turns = {day for day in (subject.issued, subject.effective) if day}
    if subject.issued and not subject.effective:
        turns.add(subject.issued + _SOON)
    turns |= {day for act in acts for day in (act.on, act.not_before) if day}
    expires, _ = _last_day(subject, acts)
    turns |= {expires + timedelta(days=1)} if expires else set()
    days_asked = [date.min, *sorted(turns)]
    spans: list[Standing] = []
    for number, day in enumerate(days_asked):
        found = standing(subject, acts, day)
        until = days_asked[number + 1] if number + 1 < len(days_asked) else None
        since = None if day == date.min else day
        if spans and _is_same_span(spans[-1], found):
            spans[-1] = replace(spans[-1], until=until)
        else:
            spans.append(replace(found, since=since, until=until))
    return spans


def _is_same_span(before: Standing, now: Standing) -> bool:
    return (before.standing, before.because, before.expires_on) == (now.standing, now.because, now.expires_on)


def stated_standing(subject: Subject) -> str | None:
    """Return the standing that a document's card states; None where it states none."""
    return _STATED.get(subject.status or "")


def is_in_force(name: str) -> bool | None:
    """Say whether a standing means that a document applies; None where it is not known."""
    if name == "unknown":
        return None
    return name in ("in_force", "amended", "partly_repealed")


def issue_day(text: str) -> date | None:
    """Return the day of issue that a text states: that of 印发 in its last line, else that under its signature."""
    flat, _ = tight(text)
    printed = re.findall(r"((?:19|20)\d\d年\d{1,2}月\d{1,2}日)印发(?![》〉的])", flat)
    if printed and (day := days(printed[-1])):
        return day[0].day
    alone = [squeezed(plain(line)) for line in text.split("\n")]
    signed = [
        found[0].day
        for line in alone
        if (found := days(line)) and found[0].start == 0 and found[0].end == len(line)
    ]
    return signed[0] if signed else None


def effect_day(effect: Effect | None, *, issued: date | None, published: date | None) -> date | None:
    """Return the day a document takes effect, a rule counted from its issue or publication."""
    if effect is None:
        return None
    if effect.day:
        return effect.day
    origin, _, count = (effect.rule or "").partition("+")
    base = issued or published if origin == "issue" else published or issued
    if base is None:
        return None
    number, unit = int(count.rstrip("dm") or 0), count[-1:]
    return base + timedelta(days=number * (30 if unit == "m" else 1))


def subject_of(
    validity: Validity,
    *,
    text: str,
    published: date | None,
    is_draft: bool,
    place: tuple[str, int] | None = None,
) -> Subject:
    """Return what a document's own words and card make known of it."""
    printed = issue_day(text)
    issued = printed or published
    effective = effect_day(validity.effect, issued=printed or published, published=printed or published)
    document, version = place or (None, None)

    def reason(says: str, part: Effect | Expiry, day: date | None) -> Reason:
        return Reason(says=says, document=document, version=version, start=part.start, end=part.end, day=day)

    if validity.effect and not validity.effect.is_own:
        effective = None
    expires = expiry_day(effective, validity.expiry)
    reasons = (
        [reason("takes effect", validity.effect, effective)]
        if validity.effect and validity.effect.is_own
        else []
    )
    reasons += [reason("expires", validity.expiry, expires)] if validity.expiry else []
    if validity.status:
        reasons.append(Reason(says=validity.status, document=document, version=version, field="有效性"))
    return Subject(
        issued=issued, effective=effective, expires=expires, status=validity.status, is_draft=is_draft,
        reasons=tuple(reasons),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One step in a law's history: the day and what happened."""

    day: date
    act: str


_NO_STEP = ("施行", "批准", "印发")
_ACTS = regex(r"施行|实施|生效|修订|修正|修改|通过|公布|发布|颁布|批准|印发|公告")


def history(text: str) -> list[Event]:
    """Return the steps that a text's history lines name: 通过, 公布, 修订, 施行, each with its day."""
    flat = plain(text)
    found = days(flat)
    events = []
    for number, one in enumerate(found):
        stop = found[number + 1].start if number + 1 < len(found) else len(flat)
        words = re.split(r"[\n。；;]", flat[one.end : min(stop, one.end + 120)].lstrip())[0]
        if match := _ACTS.search(words):
            act = "施行" if match[0] in ("施行", "实施", "生效") and match.start() <= 8 else match[0]
            events.append(Event(day=one.day, act=act))
    return events


def version_span(version: date, events: Sequence[Event]) -> tuple[date | None, date | None, date | None]:
    """Return when a law's version of a day takes effect and when the next one replaces it.

    Third comes the day of the next version where its day of effect is not known. Days of 施行 are matched with the
    step before them: a version that was followed by another before the day of effect does not own it.
    """
    steps = sorted({event.day for event in events if event.act not in ("施行", "批准")})
    effects = sorted({event.day for event in events if event.act == "施行"})
    later_steps = [day for day in steps if day > version]
    following = later_steps[0] if later_steps else None
    own = next((day for day in effects if day >= version and (following is None or day <= following)), None)
    if following is None:
        return own, None, None
    replaced = next((day for day in effects if day >= following and day != own), None)
    return own, replaced, None if replaced else following


def stated_day(text: str, relation: Relation) -> date | None:
    """Return the day a text gives for the document it names there: 1997年1月2日国务院发布的《…》."""
    left = max(text.rfind(sign, 0, relation.start) for sign in "。；;》\n") + 1
    found = days(text[left : relation.start])
    return found[-1].day if found else None


_STOP = regex(r"[。；;\n]")
_LONGER = regex(
    r"延长(?:执行|实施|施行|有效)?(?:期限?)?(?P<n>\d{1,2}|[一二两三四五六七八九十]{1,2})(?P<unit>年|个月)"
)
_ENDS_ON = regex(
    r"起[,，]?(?:即|均|一并|同时|正式)?(?:予以)?(?:废止|失效|停止(?:执行|施行|实施|使用)|不再(?:执行|施行|适用))"
)
_FROM_DAY = regex(r"(?:起|起始)[,，]?(?:[^。；;，,]{0,12}(?:废止|停止执行|终止执行))?[:：]?$")


def stated_term(text: str, relation: Relation) -> str | None:
    """Return the day that a text gives for what it does to a document it names, or for how much longer (``P2Y``).

    Of an extension the last day of the term, of an end the day from which the named document ends by itself.
    """
    stop = _STOP.search(text, relation.end)
    behind = plain(text[relation.end : min(stop.start() if stop else len(text), relation.end + 120)])
    if relation.kind == "extends":
        if found := days(behind):
            return found[-1].day.isoformat()
        longer = _LONGER.search(squeezed(behind))
        count = figure(longer["n"].replace("两", "二")) if longer else None
        return f"P{count}{'Y' if longer['unit'] == '年' else 'M'}" if longer and count else None
    if not relation.is_end:
        return None
    for one in days(behind):
        if _ENDS_ON.match(behind[one.end :]) and re.search(r"[自从于]$", behind[: one.start].rstrip()):
            return one.day.isoformat()
    left = max(text.rfind(sign, 0, relation.start) for sign in "。；;\n") + 1
    before = plain(text[left : relation.start])
    for one in days(before):
        others = re.sub(r"《[^》]*》(?:\([^()]*\)|（[^（）]*）)?|、|和|及|以及", "", before[one.end :])
        if _FROM_DAY.match(others) and re.search(r"[自从]$", before[: one.start].rstrip()):
            return one.day.isoformat()
    return None


def names(relation: Relation, *, title: str, number: str | None) -> bool:
    """Say whether a relation names a document by its number or its title."""
    if relation.number and number:
        return number_key(relation.number) == number_key(number)
    written = relation.stands_for or relation.title
    if written is None:
        return False
    return title_key(written) == title_key(title) or bare_title(written) == bare_title(title)


def is_meant(*, stated: date | None, issued: date | None, on: date | None, is_other_work: bool) -> bool:
    """Say whether a relation means a document rather than another one of its name.

    ``stated``: the day the relation's text gives for what it names; ``on``: from when it takes effect.
    """
    if stated and issued:
        return stated.year == issued.year
    if issued and on:
        return issued < on
    return is_other_work


def act_of(
    kind: str, *, on: date | None, issued: date | None, is_partial: bool, is_end: bool, reason: Reason,
    until: str | None = None,
) -> Act | None:  # fmt: skip
    """Return what a relation does to the document it names; None where it gives way without ending it.

    ``until``: what ``stated_term`` read behind it.
    """
    day = date.fromisoformat(until) if until and not until.startswith("P") else None
    if kind in ("repeals", "replaces"):
        return (
            Act(kind=kind, reason=reason, on=day or on, not_before=issued, is_partial=is_partial)
            if is_end
            else None
        )
    lasts = until if until and day is None else None
    return Act(
        kind=kind, reason=reason, on=on, not_before=issued, is_partial=is_partial, until=day, lasts=lasts
    )


def is_named(version: date, events: Sequence[Event]) -> bool:
    """Say whether a history names a version: a step on its day of promulgation, or not long before it."""
    steps = (event.day for event in events if event.act not in _NO_STEP)
    return any(timedelta(0) <= version - step <= _SOON for step in steps)


def superseded(version: date, events: Sequence[Event], reason: Reason) -> Act | None:
    """Return the end that a law's history gives its version of a day: the next version takes its place.

    That the history is of this law is for the caller to know: ``is_told`` says whether it names the version.
    """
    _, replaced, unsure = version_span(version, events)
    if replaced is None and unsure is None:
        return None
    return Act(kind="replaces", reason=reason, on=replaced, not_before=unsure)
