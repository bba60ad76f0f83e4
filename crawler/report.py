"""From what a crawl counted and what was expected to a verdict, and to the findings behind it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from statistics import median

from archive.model import Expect, Verdict
from archive.store.schedule.crawls import Finding
from crawler.seen import CrawlObservation, ListObservation

# Reasons that alone mean that we do not see the site any more.
BLINDING = frozenset(
    {"blocked", "challenge", "redesigned", "empty_list", "unreachable", "robots", "accounting"}
)
# What makes a site that was BROKEN before worse, when it comes on top.
GRAVE = BLINDING | {"mass_change"}
# An answer takes so many times longer than it used to, and at least so many seconds.
SLOWER, SLOW_SECONDS = 3.0, 2.0
LEAST_OF_ANNOUNCED = 0.8
_MUTE = "no answer to robots.txt"
# What follows from another reason is not said beside it: a list that could not be seen shows fewer rows.
_IMPLIES = (
    ("challenge", "blocked"),
    *(
        (hidden, "shrunken_list")
        for hidden in ("empty_list", "challenge", "blocked", "redesigned", "unreachable")
    ),
)
# What is said where no answer gave a reason of its own.
_MEANS = {
    "blocked": "the site refuses our requests",
    "challenge": "the site answers with a challenge",
    "unreachable": "no answer came",
    "robots": "robots.txt does not allow it",
    "empty_list": "no row leads to an article",
    "repeated_list": "a further page begins with the rows of the first",
}
GOOD = ("new", "changed", "unchanged", "not_modified", "listing", "attachment")


def judge(seen: CrawlObservation, expect: Expect) -> tuple[Verdict, list[str]]:
    """Return the verdict on a crawl and the reasons for it, the gravest first.

    OK proves only that what was expected came; it does not prove that nothing was missed.
    """
    reasons = [
        reason
        for reason, holds in (
            ("accounting", _is_unaccounted(seen)),
            ("robots", any("robots" in why and _MUTE not in why for why in seen.refused)),
            ("challenge", any(map(_is_challenge, seen.blocked_reasons))),
            ("blocked", bool(seen.blocked_reasons)),
            ("unreachable", bool(seen.failed_reasons) or _is_cut_away(seen)),
            ("mass_change", seen.mass_changed > 0),
            ("redesigned", _is_redesigned(seen)),
            ("empty_list", any(map(_is_empty, (*seen.lists, *_counted_pages(seen))))),
            ("repeated_list", any(one.repeats for one in seen.lists)),
            ("shrunken_list", _is_shrunken(seen, expect)),
            ("silent", is_silent(seen, expect)),
            ("slow", _is_slow(seen)),
            ("copy_ahead", bool(seen.ahead)),
        )
        if holds
    ]
    for said, implied in _IMPLIES:
        if said in reasons and implied in reasons:
            reasons.remove(implied)
    return _verdict(seen, reasons, expect), reasons


def _verdict(seen: CrawlObservation, reasons: Sequence[str], expect: Expect) -> Verdict:
    if not reasons:
        return Verdict.OK
    sees_nothing = not any(seen.counts.get(outcome) for outcome in GOOD)
    lists_lost = any(_is_lost(one) for one in seen.lists)
    if not expect.articles and list(reasons) == ["unreachable"]:
        return Verdict.WARN
    if {"accounting", "redesigned", "mass_change"} & set(reasons) or any(map(_is_empty, seen.lists)):
        return Verdict.BROKEN
    if BLINDING & set(reasons) and (sees_nothing or lists_lost):
        return Verdict.BROKEN
    return Verdict.WARN


def with_open_findings(
    verdict: Verdict,
    reasons: Sequence[str],
    before: tuple[Verdict, Sequence[str]] | None,
    unseen: Iterable[str],
) -> tuple[Verdict, list[str]]:
    """Return a verdict with what the run before found and this one did not look at: that has not healed.

    ``unseen``: the reasons of findings that are open and were not judged.
    """
    if before is None:
        return verdict, list(reasons)
    still = [reason for reason in before[1] if reason in set(unseen) and reason not in reasons]
    worst = max(verdict, before[0], key=list(Verdict).index) if still else verdict
    return worst, [*reasons, *still]


def is_worse(verdict: Verdict, reasons: Sequence[str], before: tuple[Verdict, Sequence[str]] | None) -> bool:
    """Return whether a site is BROKEN that was not when it was looked at before, or for a grave reason more."""
    if verdict is not Verdict.BROKEN:
        return False
    if before is None or before[0] is not Verdict.BROKEN:
        return True
    return bool(GRAVE & set(reasons) - set(before[1]))


def _is_challenge(reason: str) -> bool:
    """Return whether a refusal sent a script to be run: 521 and 412 are what two makers of such scripts answer."""
    return "challenge" in reason or reason in ("http 521", "http 412")


def _is_unaccounted(seen: CrawlObservation) -> bool:
    ended = sum(n for outcome, n in seen.counts.items() if outcome != "captures")
    return ended + seen.waiting != seen.counts.get("captures", 0)


def _is_mute(seen: CrawlObservation) -> bool:
    """Return whether a site did not even answer for its robots.txt."""
    return any(_MUTE in reason for reason in seen.refused)


def _is_cut_away(seen: CrawlObservation) -> bool:
    """Return whether a request was refused for where it would have led: what stands there is not seen."""
    return _is_mute(seen) or any(why.startswith(("redirect", "private address")) for why in seen.refused)


def _is_lost(one: ListObservation) -> bool:
    return one.outcome in ("blocked", "failed", "gone", "unreadable")


def _is_redesigned(seen: CrawlObservation) -> bool:
    if any(one.outcome in ("unreadable", "gone") or one.drafted for one in seen.lists):
        return True
    # Where a declared selector finds nothing, the text that is read all the same was only guessed.
    astray = max(seen.unreadable_articles, seen.missed_articles)
    if seen.read_articles >= 3 and astray * 2 > seen.read_articles:
        return True
    # Old addresses that all die at once are the site's doing, not that of so many authors.
    return seen.gone_at_once >= 3 and seen.gone_at_once > seen.read_articles


def _is_empty(one: ListObservation) -> bool:
    """Return whether a list shows no row, though it did before, or though no list of its site ever showed one."""
    return one.outcome == "listing" and not one.is_shell and one.links == 0 and not one.is_unfilled


def _is_shrunken(seen: CrawlObservation, expect: Expect) -> bool:
    read = [one for one in seen.lists if one.is_read]
    if any(_shows_too_few(one) for one in read) or any(one.unasked for one in seen.lists):
        return True
    if any(map(_is_cut_off, _counted_pages(seen))):
        return True
    shown = sum(one.links or 0 for one in read)
    return seen.full and 0 < shown < expect.articles


def is_silent(seen: CrawlObservation, expect: Expect) -> bool:
    """Return whether the newest row that any list showed is older than the site's declaration allows."""
    newest = newest_row_day(seen)
    if not newest or not seen.today:
        return False
    days = (date.fromisoformat(seen.today[:10]) - date.fromisoformat(newest[:10])).days
    if expect.newest_within_days is not None and days > expect.newest_within_days:
        return True
    # What is declared frozen has no habit.
    return bool(expect.articles) and seen.longest_pause is not None and days > seen.longest_pause


def newest_row_day(seen: CrawlObservation) -> str:
    """Return the day of the newest row of any list or of the newest article held, "" where that cannot be said.

    A list that is empty or did not come may hide what is newer, and a list that was not due is known by its articles.
    """
    if not _sees_what_is_new(seen):
        return ""
    return max(*(one.newest[:10] for one in seen.lists), seen.newest_known[:10])


def _sees_what_is_new(seen: CrawlObservation) -> bool:
    """Return whether a list showed rows, and none that was asked for hides what it has."""
    is_hidden = any(_is_lost(one) or _is_empty(one) for one in seen.lists)
    return not is_hidden and any(one.is_read for one in seen.lists)


def findings(seen: CrawlObservation, expect: Expect, reasons: Sequence[str]) -> list[Finding]:
    """Return what a person should know of, list by list where a list shows it, else of the whole site."""
    found = [finding for one in seen.lists for finding in _of_list(one)]
    found += [finding for one in _counted_pages(seen) for finding in _of_further(one)]
    found += [
        Finding(reason=reason, url=one.url, says=says)
        for one in seen.further
        if not one.is_counted
        for reason, holds, says in _list_troubles(one)
        if holds
    ]
    of_lists = [finding for finding in found if finding.reason in reasons]
    shown_by_lists = {finding.reason for finding in of_lists}
    rest = [reason for reason in reasons if reason not in shown_by_lists]
    return of_lists + [Finding(reason=reason, says=_explanation(reason, seen, expect)) for reason in rest]


def is_judged(seen: CrawlObservation, reason: str, url: str | None) -> bool:
    """Return whether a crawl looked at what a finding is about, so that not finding it again means that it healed."""
    one = next((one for one in (*seen.lists, *seen.further) if one.url == url), None)
    if url is not None:
        if one is None or reason == "repeated_list":
            return one is not None and one.further > 0
        if reason in ("unreachable", "blocked", "challenge"):
            return one.outcome not in ("failed", "blocked")
        # A page that says where its list is came as it should; how many rows there are it does not show.
        return one.is_read or (one.is_shell and reason != "shrunken_list")
    if reason in ("accounting", "mass_change", "copy_ahead"):
        return True
    if reason == "slow":
        return seen.pace is not None
    if reason == "redesigned":
        return seen.read_articles >= 3 or (seen.full and bool(seen.lists) and not seen.read_articles)
    if reason in ("shrunken_list", "empty_list"):
        return seen.full and any(one.is_read for one in seen.lists)
    if reason == "silent":
        return _sees_what_is_new(seen)
    return any(seen.counts.get(outcome) for outcome in GOOD)


def _of_list(one: ListObservation) -> list[Finding]:
    said = (
        ("redesigned", one.outcome in ("unreadable", "gone"), one.reason or one.outcome),
        ("redesigned", bool(one.drafted), _drafted(one)),
        ("empty_list", _is_empty(one), "no row leads to an article"),
        ("repeated_list", one.repeats, "a further page begins with the rows of the first"),
        ("shrunken_list", one.is_read and _shows_too_few(one), _counted(one)),
        ("shrunken_list", one.unasked > 0, f"{one.unasked} of {one.held} articles were never asked for"),
        *_list_troubles(one),
    )
    return [Finding(reason=reason, url=one.url, says=says) for reason, holds, says in said if holds]


def _drafted(one: ListObservation) -> str:
    return f"the declared rule finds no row; {one.links} were read in the general way, drafted rule: {one.drafted}"


def _list_troubles(one: ListObservation) -> tuple[tuple[str, bool, str], ...]:
    why = one.reason or "no reason was given"
    is_challenge = _is_challenge(one.reason or "")
    return (
        ("unreachable", one.outcome == "failed", f"the list did not come: {why}"),
        ("challenge", one.outcome == "blocked" and is_challenge, f"a challenge instead of the list: {why}"),
        ("blocked", one.outcome == "blocked" and not is_challenge, f"the list was refused: {why}"),
    )


def _of_further(one: ListObservation) -> list[Finding]:
    said = (
        ("empty_list", _is_empty(one), "a further page without a row"),
        ("shrunken_list", _is_cut_off(one), f"a further page is not to be had: {one.reason or one.outcome}"),
        *_list_troubles(one),
    )
    return [Finding(reason=reason, url=one.url, says=says) for reason, holds, says in said if holds]


def _counted_pages(seen: CrawlObservation) -> list[ListObservation]:
    """Return the further pages that should be there; of a list that counts none, the end is where nothing comes."""
    return [one for one in seen.further if one.is_counted]


def _is_cut_off(further: ListObservation) -> bool:
    """Return whether a further page that a list counts does not show what it should: what stood there is not seen."""
    return further.outcome in ("unreadable", "gone") and not further.repeats


def _counted(one: ListObservation) -> str:
    before = f", {one.links_before} before" if one.links_before is not None else ""
    announced = f", {one.announced} announced" if one.announced is not None else ""
    pages = f", {one.counted} pages ({one.counted_before} before)" if one.counted is not None else ""
    further = f" and {one.shown_further} on further pages" if one.further else ""
    ever = f", {one.ever} seen so far" if one.ever is not None and _falls_short(one) else ""
    return f"{one.links} rows{further}{before}{announced}{pages}{ever}"


def _explanation(reason: str, seen: CrawlObservation, expect: Expect) -> str:
    if reason == "mass_change":
        return f"{seen.mass_changed} documents changed at once and wait for yuanben review"
    if reason == "silent":
        return f"nothing newer than {newest_row_day(seen)}"
    if reason == "slow":
        return f"an answer takes {seen.pace:.1f} s, {median(seen.paces):.1f} s before"
    if reason == "copy_ahead":
        return ", ".join(seen.ahead[:3])
    if reason == "shrunken_list":
        return f"{sum(one.links or 0 for one in seen.lists)} links, at least {expect.articles} expected"
    if reason == "redesigned":
        if seen.gone_at_once > seen.read_articles:
            return f"{seen.gone_at_once} articles are gone that were there at the look before"
        if seen.missed_articles > seen.unreadable_articles:
            return (
                f"the declared rules find nothing in {seen.missed_articles} of {seen.read_articles} articles"
            )
        return f"{seen.unreadable_articles} of {seen.read_articles} articles cannot be read"
    if reason == "accounting":
        ended = sum(n for outcome, n in seen.counts.items() if outcome != "captures")
        return f"{seen.counts.get('captures', 0)} requests, {ended} outcomes, {seen.waiting} still to be read"
    why = {
        "robots": [one for one in seen.refused if "robots" in one and _MUTE not in one],
        "unreachable": [*seen.failed_reasons, *(one for one in seen.refused if _MUTE in one)],
    }.get(reason, seen.blocked_reasons)
    return ", ".join(dict.fromkeys(one for one in why if one))[:300] or _MEANS.get(
        reason, reason.replace("_", " ")
    )


def _falls_short(one: ListObservation) -> bool:
    """Return whether a list that was followed to known ground has shown fewer rows, in all its time, than it announces.

    A list that counts pages announces all rows of the pages but the last. What it dropped since is still counted as
    shown, so this may miss a shortfall and invents none.
    """
    if one.ever is None:
        return False
    size = (one.links or 0) + one.left_out
    least = max(one.announced or 0, ((one.counted or 1) - 1) * size)
    return one.ever < LEAST_OF_ANNOUNCED * least


def _shows_too_few(one: ListObservation) -> bool:
    """Return whether a list shows less than half of what it did, or less than it announces itself."""
    links = one.links or 0
    if one.links_before and links and links * 2 < one.links_before:
        return True
    if links and _falls_short(one):
        return True
    claims = ((one.announced, one.announced_before), (one.counted, one.counted_before))
    if any(now is not None and before and now * 2 < before for now, before in claims):
        return True
    # A fifth may be missing: rows that stand twice are announced twice. Only a list seen to its end can be held to it.
    shown = links + one.left_out + one.shown_further
    is_whole = one.further >= one.pages
    return one.announced is not None and is_whole and links > 0 and shown < LEAST_OF_ANNOUNCED * one.announced


def _is_slow(seen: CrawlObservation) -> bool:
    if seen.pace is None or len(seen.paces) < 3:
        return False
    return seen.pace >= SLOW_SECONDS and seen.pace > SLOWER * median(seen.paces)
