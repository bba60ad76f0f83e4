"""From what a crawl counted and what was expected to a verdict. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from archive.models import Expect, Verdict

# Reasons that alone mean that we do not see the site any more.
BLINDING = frozenset(
    {"blocked", "challenge", "redesigned", "empty_list", "unreachable", "robots", "accounting"}
)
GOOD = ("new", "changed", "unchanged", "not_modified", "listing", "attachment")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSeen:
    """One list as a crawl saw it: how many links it showed now and at the sighting before (None: never)."""

    url: str
    outcome: str
    reason: str | None
    links: int | None = None
    links_before: int | None = None
    newest: str = ""
    is_shell: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a crawl of one site saw."""

    counts: Mapping[str, int]
    blocked_reasons: Sequence[str] = ()
    refused: Sequence[str] = ()
    lists: Sequence[ListSeen] = ()
    unreadable_articles: int = 0
    read_articles: int = 0
    today: str = ""
    waiting: int = 0
    failed_files: int = 0
    full: bool = True


def judge(seen: Seen, expect: Expect) -> tuple[Verdict, list[str]]:
    """Return the verdict on a crawl and the reasons for it, the gravest first.

    OK proves only that what was expected came; it does not prove that nothing was missed.
    """
    reasons = [
        reason
        for reason, holds in (
            ("accounting", _is_unaccounted(seen)),
            ("robots", any("robots" in reason for reason in seen.refused) and not _is_mute(seen, expect)),
            ("challenge", any("challenge" in reason or "521" in reason for reason in seen.blocked_reasons)),
            ("blocked", bool(seen.blocked_reasons)),
            ("unreachable", seen.counts.get("failed", 0) > seen.failed_files or _is_mute(seen, expect)),
            ("redesigned", _is_redesigned(seen)),
            ("empty_list", any(_is_empty(one) for one in seen.lists)),
            ("shrunken_list", _is_shrunken(seen, expect)),
            ("silent", is_silent(seen, expect)),
        )
        if holds
    ]
    for said, implied in (("challenge", "blocked"), ("empty_list", "shrunken_list")):
        if said in reasons and implied in reasons:
            reasons.remove(implied)
    return _verdict(seen, reasons, expect), reasons


def _verdict(seen: Seen, reasons: Sequence[str], expect: Expect) -> Verdict:
    if not reasons:
        return Verdict.OK
    sees_nothing = not any(seen.counts.get(outcome) for outcome in GOOD)
    lists_lost = any(_is_lost(one) for one in seen.lists)
    if not expect.articles and list(reasons) == ["unreachable"]:
        return Verdict.WARN
    if "accounting" in reasons or "redesigned" in reasons or "empty_list" in reasons:
        return Verdict.BROKEN
    if BLINDING & set(reasons) and (sees_nothing or lists_lost):
        return Verdict.BROKEN
    return Verdict.WARN


def _is_unaccounted(seen: Seen) -> bool:
    ended = sum(n for outcome, n in seen.counts.items() if outcome != "captures")
    return ended + seen.waiting != seen.counts.get("captures", 0)


def _is_mute(seen: Seen, expect: Expect) -> bool:
    """Return whether a site of which nothing is expected did not even answer for its robots.txt."""
    return not expect.articles and any("no answer to robots.txt" in reason for reason in seen.refused)


def _is_lost(one: ListSeen) -> bool:
    return one.outcome in ("blocked", "failed", "gone", "unreadable")


def _is_redesigned(seen: Seen) -> bool:
    if any(one.outcome in ("unreadable", "gone") for one in seen.lists):
        return True
    return seen.read_articles >= 3 and seen.unreadable_articles * 2 > seen.read_articles


def _is_empty(one: ListSeen) -> bool:
    return one.outcome == "listing" and not one.is_shell and one.links == 0


def _is_shrunken(seen: Seen, expect: Expect) -> bool:
    read = [
        one
        for one in seen.lists
        if one.outcome in ("listing", "not_modified") and not one.is_shell and one.links is not None
    ]
    if any(one.links_before and one.links and one.links * 2 < one.links_before for one in read):
        return True
    shown = sum(one.links or 0 for one in read)
    return seen.full and 0 < shown < expect.articles


def is_silent(seen: Seen, expect: Expect) -> bool:
    """Return whether the newest row that any list showed is older than the site's declaration allows."""
    newest = max((one.newest for one in seen.lists), default="")
    if expect.newest_within_days is None or not newest or not seen.today:
        return False
    return (
        date.fromisoformat(seen.today[:10]) - date.fromisoformat(newest[:10])
    ).days > expect.newest_within_days
