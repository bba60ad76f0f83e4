"""The verdict on a crawl, and the findings behind it, from its counts and the expectations. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from statistics import median

from archive.model import Expect, Verdict
from archive.store.schedule.crawls import Finding
from crawler.seen import CrawlObservation, ListObservation

# Reasons each of which means that we no longer see the site.
BLINDING = frozenset(
    {"blocked", "challenge", "redesigned", "empty_list", "unreachable", "robots", "accounting"}
)
# Reasons that make a site worse that was BROKEN before.
GRAVE = BLINDING | {"mass_change"}
# An answer is slow when it takes this many times longer than before, and at least this many seconds.
SLOWER, SLOW_SECONDS = 3.0, 2.0
LEAST_OF_ANNOUNCED = 0.8
_MUTE = "no answer to robots.txt"
# A reason that follows from another is not stated beside it: a list that could not be seen shows fewer rows.
_IMPLIES = (
    ("challenge", "blocked"),
    *(
        (hidden, "shrunken_list")
        for hidden in ("empty_list", "challenge", "blocked", "redesigned", "unreachable")
    ),
)
# The wording where no answer gave a reason of its own.
_MEANS = {
    "blocked": "the site refuses our requests",
    "challenge": "the site answers with a challenge",
    "unreachable": "no answer came",
    "robots": "robots.txt does not allow it",
    "empty_list": "no row leads to an article",
    "repeated_list": "a further page begins with the rows of the first",
}
GOOD = ("new", "changed", "unchanged", "not_modified", "listing", "attachment")


def judge(observed: CrawlObservation, expect: Expect) -> tuple[Verdict, list[str]]:
    """Return the verdict on a crawl and the reasons for it, the gravest first.

    OK proves only that what was expected came; it does not prove that nothing was missed.
    """
    reasons = [
        reason
        for reason, holds in (
            ("accounting", _is_unaccounted(observed)),
            ("robots", any("robots" in why and _MUTE not in why for why in observed.refused)),
            ("challenge", any(map(_is_challenge, observed.blocked_reasons))),
            ("blocked", bool(observed.blocked_reasons)),
            ("unreachable", bool(observed.failed_reasons) or _is_cut_away(observed)),
            ("mass_change", observed.mass_changed > 0),
            ("redesigned", _is_redesigned(observed)),
            ("empty_list", any(map(_is_empty, (*observed.lists, *_counted_pages(observed))))),
            ("repeated_list", any(listing.repeats for listing in observed.lists)),
            ("shrunken_list", _is_shrunken(observed, expect)),
            ("silent", is_silent(observed, expect)),
            ("slow", _is_slow(observed)),
            ("copy_ahead", bool(observed.ahead)),
        )
        if holds
    ]
    for cause, implied in _IMPLIES:
        if cause in reasons and implied in reasons:
            reasons.remove(implied)
    return _verdict(observed, reasons, expect), reasons


def _verdict(observed: CrawlObservation, reasons: Sequence[str], expect: Expect) -> Verdict:
    if not reasons:
        return Verdict.OK
    sees_nothing = not any(observed.counts.get(outcome) for outcome in GOOD)
    lists_lost = any(_is_lost(listing) for listing in observed.lists)
    if not expect.articles and list(reasons) == ["unreachable"]:
        return Verdict.WARN
    if {"accounting", "redesigned", "mass_change"} & set(reasons) or any(map(_is_empty, observed.lists)):
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
    """Return a verdict that includes earlier findings which this run did not check: they have not healed.

    ``unseen``: the reasons of findings that are open and were not judged.
    """
    if before is None:
        return verdict, list(reasons)
    still = [reason for reason in before[1] if reason in set(unseen) and reason not in reasons]
    worst = max(verdict, before[0], key=list(Verdict).index) if still else verdict
    return worst, [*reasons, *still]


def is_worse(verdict: Verdict, reasons: Sequence[str], before: tuple[Verdict, Sequence[str]] | None) -> bool:
    """Return whether a site is newly BROKEN, or BROKEN for one more grave reason."""
    if verdict is not Verdict.BROKEN:
        return False
    if before is None or before[0] is not Verdict.BROKEN:
        return True
    return bool(GRAVE & set(reasons) - set(before[1]))


def _is_challenge(reason: str) -> bool:
    """Return whether a refusal sent a script to be run.

    521 and 412 are the answers of two makers of such scripts.
    """
    return "challenge" in reason or reason in ("http 521", "http 412")


def _is_unaccounted(observed: CrawlObservation) -> bool:
    ended = sum(n for outcome, n in observed.counts.items() if outcome != "captures")
    return ended + observed.waiting != observed.counts.get("captures", 0)


def _is_mute(observed: CrawlObservation) -> bool:
    """Return whether a site did not even answer for its robots.txt."""
    return any(_MUTE in reason for reason in observed.refused)


def _is_cut_away(observed: CrawlObservation) -> bool:
    """Return whether a request was refused because of its target: the page there is not seen."""
    return _is_mute(observed) or any(
        why.startswith(("redirect", "private address")) for why in observed.refused
    )


def _is_lost(listing: ListObservation) -> bool:
    return listing.outcome in ("blocked", "failed", "gone", "unreadable")


def _is_redesigned(observed: CrawlObservation) -> bool:
    if any(listing.outcome in ("unreadable", "gone") or listing.drafted for listing in observed.lists):
        return True
    # Where a declared selector matches nothing, the text that is read nevertheless is only a guess.
    astray = max(observed.unreadable_articles, observed.missed_articles)
    if observed.read_articles >= 3 and astray * 2 > observed.read_articles:
        return True
    # When many old addresses fail at once, the cause is the site, not so many authors.
    return observed.gone_at_once >= 3 and observed.gone_at_once > observed.read_articles


def _is_empty(listing: ListObservation) -> bool:
    """Return whether a list shows no row, though it did before, or though no list of its site ever did."""
    return (
        listing.outcome == "listing"
        and not listing.is_shell
        and listing.links == 0
        and not listing.is_unfilled
    )


def _is_shrunken(observed: CrawlObservation, expect: Expect) -> bool:
    read = [listing for listing in observed.lists if listing.is_read]
    if any(_shows_too_few(listing) for listing in read) or any(listing.unasked for listing in observed.lists):
        return True
    if any(map(_is_cut_off, _counted_pages(observed))):
        return True
    shown = sum(listing.links or 0 for listing in read)
    return observed.full and 0 < shown < expect.articles


def is_silent(observed: CrawlObservation, expect: Expect) -> bool:
    """Return whether the newest row that any list showed is older than the site's declaration allows."""
    newest = newest_row_day(observed)
    if not newest or not observed.today:
        return False
    days = (date.fromisoformat(observed.today[:10]) - date.fromisoformat(newest[:10])).days
    if expect.newest_within_days is not None and days > expect.newest_within_days:
        return True
    # A site declared frozen has no rhythm.
    return bool(expect.articles) and observed.longest_pause is not None and days > observed.longest_pause


def newest_row_day(observed: CrawlObservation) -> str:
    """Return the day of the newest row of any list or of the newest article held, "" if unknown.

    A list that is empty or did not come may hide newer rows. For a list that was not due, its articles are
    used.
    """
    if not _sees_what_is_new(observed):
        return ""
    return max(*(listing.newest[:10] for listing in observed.lists), observed.newest_known[:10])


def _sees_what_is_new(observed: CrawlObservation) -> bool:
    """Return whether a list showed rows, and no requested list hides its rows."""
    is_hidden = any(_is_lost(listing) or _is_empty(listing) for listing in observed.lists)
    return not is_hidden and any(listing.is_read for listing in observed.lists)


def findings(observed: CrawlObservation, expect: Expect, reasons: Sequence[str]) -> list[Finding]:
    """Return the findings for a person, list by list where a list shows one, else for the whole site."""
    of_lists_and_pages = [finding for listing in observed.lists for finding in _of_list(listing)]
    of_lists_and_pages += [
        finding for listing in _counted_pages(observed) for finding in _of_further(listing)
    ]
    of_lists_and_pages += [
        Finding(reason=reason, url=listing.url, says=says)
        for listing in observed.further
        if not listing.is_counted
        for reason, holds, says in _list_troubles(listing)
        if holds
    ]
    of_lists = [finding for finding in of_lists_and_pages if finding.reason in reasons]
    shown_by_lists = {finding.reason for finding in of_lists}
    rest = [reason for reason in reasons if reason not in shown_by_lists]
    return of_lists + [Finding(reason=reason, says=_explanation(reason, observed, expect)) for reason in rest]


def is_judged(observed: CrawlObservation, reason: str, url: str | None) -> bool:
    """Return whether a crawl examined the subject of a finding.

    If it did and did not see the finding again, the finding has healed.
    """
    listing = next((listing for listing in (*observed.lists, *observed.further) if listing.url == url), None)
    if url is not None:
        if listing is None or reason == "repeated_list":
            return listing is not None and listing.further > 0
        if reason in ("unreachable", "blocked", "challenge"):
            return listing.outcome not in ("failed", "blocked")
        # A page that refers to its list came as it should; it does not show how many rows there are.
        return listing.is_read or (listing.is_shell and reason != "shrunken_list")
    if reason in ("accounting", "mass_change", "copy_ahead"):
        return True
    if reason == "slow":
        return observed.pace is not None
    if reason == "redesigned":
        return observed.read_articles >= 3 or (
            observed.full and bool(observed.lists) and not observed.read_articles
        )
    if reason in ("shrunken_list", "empty_list"):
        return observed.full and any(listing.is_read for listing in observed.lists)
    if reason == "silent":
        return _sees_what_is_new(observed)
    return any(observed.counts.get(outcome) for outcome in GOOD)


def _of_list(listing: ListObservation) -> list[Finding]:
    checks = (
        ("redesigned", listing.outcome in ("unreadable", "gone"), listing.reason or listing.outcome),
        ("redesigned", bool(listing.drafted), _drafted(listing)),
        ("empty_list", _is_empty(listing), "no row leads to an article"),
        ("repeated_list", listing.repeats, "a further page begins with the rows of the first"),
        ("shrunken_list", listing.is_read and _shows_too_few(listing), _counted(listing)),
        (
            "shrunken_list",
            listing.unasked > 0,
            f"{listing.unasked} of {listing.held} articles were never asked for",
        ),
        *_list_troubles(listing),
    )
    return [Finding(reason=reason, url=listing.url, says=says) for reason, holds, says in checks if holds]


def _drafted(listing: ListObservation) -> str:
    return f"the declared rule finds no row; {listing.links} were read in the general way, drafted rule: {listing.drafted}"


def _list_troubles(listing: ListObservation) -> tuple[tuple[str, bool, str], ...]:
    why = listing.reason or "no reason was given"
    is_challenge = _is_challenge(listing.reason or "")
    return (
        ("unreachable", listing.outcome == "failed", f"the list did not come: {why}"),
        (
            "challenge",
            listing.outcome == "blocked" and is_challenge,
            f"a challenge instead of the list: {why}",
        ),
        ("blocked", listing.outcome == "blocked" and not is_challenge, f"the list was refused: {why}"),
    )


def _of_further(listing: ListObservation) -> list[Finding]:
    checks = (
        ("empty_list", _is_empty(listing), "a further page without a row"),
        (
            "shrunken_list",
            _is_cut_off(listing),
            f"a further page is not to be had: {listing.reason or listing.outcome}",
        ),
        *_list_troubles(listing),
    )
    return [Finding(reason=reason, url=listing.url, says=says) for reason, holds, says in checks if holds]


def _counted_pages(observed: CrawlObservation) -> list[ListObservation]:
    """Return the further pages that should be there.

    A list that counts none ends where nothing comes.
    """
    return [listing for listing in observed.further if listing.is_counted]


def _is_cut_off(further: ListObservation) -> bool:
    """Return whether a further page that its list counts does not show what it should.

    Its rows are then not seen.
    """
    return further.outcome in ("unreadable", "gone") and not further.repeats


def _counted(listing: ListObservation) -> str:
    before = f", {listing.links_before} before" if listing.links_before is not None else ""
    announced = f", {listing.announced} announced" if listing.announced is not None else ""
    pages = (
        f", {listing.counted} pages ({listing.counted_before} before)" if listing.counted is not None else ""
    )
    further = f" and {listing.shown_further} on further pages" if listing.further else ""
    ever = f", {listing.ever} seen so far" if listing.ever is not None and _falls_short(listing) else ""
    return f"{listing.links} rows{further}{before}{announced}{pages}{ever}"


def _explanation(reason: str, observed: CrawlObservation, expect: Expect) -> str:
    if reason == "mass_change":
        return f"{observed.mass_changed} documents changed at once and wait for yuanben review"
    if reason == "silent":
        return f"nothing newer than {newest_row_day(observed)}"
    if reason == "slow":
        return f"an answer takes {observed.pace:.1f} s, {median(observed.paces):.1f} s before"
    if reason == "copy_ahead":
        return ", ".join(observed.ahead[:3])
    if reason == "shrunken_list":
        return f"{sum(listing.links or 0 for listing in observed.lists)} links, at least {expect.articles} expected"
    if reason == "redesigned":
        if observed.gone_at_once > observed.read_articles:
            return f"{observed.gone_at_once} articles are gone that were there at the look before"
        if observed.missed_articles > observed.unreadable_articles:
            return f"the declared rules find nothing in {observed.missed_articles} of {observed.read_articles} articles"
        return f"{observed.unreadable_articles} of {observed.read_articles} articles cannot be read"
    if reason == "accounting":
        ended = sum(n for outcome, n in observed.counts.items() if outcome != "captures")
        return f"{observed.counts.get('captures', 0)} requests, {ended} outcomes, {observed.waiting} still to be read"
    why = {
        "robots": [text for text in observed.refused if "robots" in text and _MUTE not in text],
        "unreachable": [*observed.failed_reasons, *(text for text in observed.refused if _MUTE in text)],
    }.get(reason, observed.blocked_reasons)
    return ", ".join(dict.fromkeys(text for text in why if text))[:300] or _MEANS.get(
        reason, reason.replace("_", " ")
    )


def _falls_short(listing: ListObservation) -> bool:
    """Return whether a list followed to known ground has shown fewer rows, ever, than it announces.

    A list that counts pages announces all rows of the pages but the last. Rows that it dropped since still
    count as shown, so this may miss a shortfall but invents none.
    """
    if listing.ever is None:
        return False
    size = (listing.links or 0) + listing.left_out
    least = max(listing.announced or 0, ((listing.counted or 1) - 1) * size)
    return listing.ever < LEAST_OF_ANNOUNCED * least


def _shows_too_few(listing: ListObservation) -> bool:
    """Return whether a list shows less than half of what it did, or less than it announces itself."""
    links = listing.links or 0
    if listing.links_before and links and links * 2 < listing.links_before:
        return True
    if links and _falls_short(listing):
        return True
    claims = ((listing.announced, listing.announced_before), (listing.counted, listing.counted_before))
    if any(now is not None and before and now * 2 < before for now, before in claims):
        return True
    # A fifth may be missing: rows that occur twice are announced twice. Only a list seen to its end can be
    # judged so.
    shown = links + listing.left_out + listing.shown_further
    is_whole = listing.further >= listing.pages
    return (
        listing.announced is not None
        and is_whole
        and links > 0
        and shown < LEAST_OF_ANNOUNCED * listing.announced
    )


def _is_slow(observed: CrawlObservation) -> bool:
    if observed.pace is None or len(observed.paces) < 3:
        return False
    return observed.pace >= SLOW_SECONDS and observed.pace > SLOWER * median(observed.paces)
