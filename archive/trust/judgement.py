"""Which pages of a document are believed, and under which title. Pure.

A page is held against what its document showed *before* it was captured, in the order of the times. So the same pages
come to the same end in whatever order an archive learns of them: what was decided without an earlier page is decided
again when that page is known.

The title is judged apart from the text. Whoever takes over a template often changes the title alone, because that is
what search engines show; the text is then still the authority's and is kept, and the last good title stays. A site may
also retitle a page in good faith, so a title that is only strange, not spam, is believed at its second sighting.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from archive.clock import later, seconds_between
from archive.digests import state_digest
from archive.model import Article, Removed, TitleEvidence
from archive.trust.signs import KINDS, change_signs, is_spam, strange_segments, verdict

Doubt = Literal["spam_title", "title_foreign"]
#: The flag of an article whose title is not the page's own, and the kind of removed block that holds what it said.
TITLE_QUARANTINED, STRANGE = "title_quarantined", "strange title"
_SHORTEST = 4
RELEASE_AFTER = 24 * 3600.0
WAITS = ("body_replaced", "shrunken")
_OF_TITLES = frozenset({TITLE_QUARANTINED, "spam_title", "title_foreign"})


def with_good_title(article: Article, witness: TitleEvidence) -> Article:
    """Return an article under the last good title where its own is not to be believed, else as it is.

    What the page said is kept as a removed block of kind ``strange title``. That a title was put aside does not prove who
    changed it, nor that the site was broken into.
    """
    doubt = title_doubt(article, witness)
    good = _good_title(article, witness) if doubt else None
    if not doubt or good is None:
        return article
    return replace(
        article,
        title=good[0],
        flags=tuple(dict.fromkeys((*article.flags, doubt, TITLE_QUARANTINED))),
        removed=(*article.removed, Removed(kind=STRANGE, text=article.title[:500], where="title")),
        evidence={**article.evidence, "title": good[1]},
    )


def title_doubt(article: Article, witness: TitleEvidence) -> Doubt | None:
    """Return why a title is not to be believed, None where nothing speaks against it.

    It must say what neither the text nor the title before says. Without a version before only spam counts.
    """
    if article.title == witness.title:
        return None
    known = "\n".join((article.text, witness.title or "", witness.text, witness.listed_as))
    strange = strange_segments(article.title, known)
    if is_spam(strange):
        return "spam_title"
    if article.title in witness.rested:
        return None
    if witness.title is None or is_spam(strange_segments(witness.title, witness.text)):
        return None
    is_new = "body_replaced" not in change_signs(article.text, witness.text)
    if is_new and strange and sum(map(len, strange)) >= 0.75 * len(article.title) >= _SHORTEST:
        return "title_foreign"
    return None


def _good_title(article: Article, witness: TitleEvidence) -> tuple[str, str] | None:
    """Return the title to believe and where it comes from; None where nothing else names the article."""
    if witness.title:
        return witness.title, "the version before: the page's own title is not believed"
    listed = witness.listed_as.strip()
    if listed and not strange_segments(listed, article.text):
        return listed, "the list that led here: the page's own title is not believed"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An article that one look read, under the title that the page itself bears, and what was decided of it.

    ``titled`` and ``state`` are the title under which it was kept and the digest of that state. ``is_settled``: what
    was decided (by a person, by a run in which very much changed) was not decided by what came before.
    """

    at: str
    capture: int
    article: Article
    titled: str
    state: str
    flags: tuple[str, ...] = ()
    reason: str | None = None
    is_shown: bool = True
    is_settled: bool = False
    listed_as: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a page counts for: under which title, why it had to wait (None: it had not), whether it is believed by now."""

    page: Page
    article: Article
    state: str
    flags: tuple[str, ...]
    reason: str | None
    is_shown: bool

    @property
    def is_as_recorded(self) -> bool:
        """Whether that is what was decided before."""
        now, was = ((one.reason, one.is_shown, one.state, frozenset(one.flags)) for one in (self, self.page))
        return now == was

    @property
    def strange_title(self) -> str | None:
        """The title that the page bears and that is not believed."""
        return strange_title_of(self.article)


def judge(pages: Iterable[Page]) -> list[Judgement]:
    """Return what each page counts for, in the order of their times."""
    made: list[Judgement] = []
    for page in sorted(pages, key=lambda judgement: (judgement.at, judgement.capture)):
        judgement = _settled(page) if page.is_settled else _judged(page, made)
        made.append(judgement)
        if judgement.is_shown and set(WAITS) & set(judgement.flags) and not page.is_settled:
            made = [_released(earlier, judgement) for earlier in made]
    return made


def own_article(article: Article, title: str | None) -> Article:
    """Return an article as its page has it. ``title``: the title that was put aside, or what a hijacked head said.

    The title is judged again when the page is.
    """
    removed = tuple(block for block in article.removed if block.kind != STRANGE)
    if TITLE_QUARANTINED in article.flags and title is not None:
        return replace(
            article,
            title=title,
            flags=tuple(flag for flag in article.flags if flag not in _OF_TITLES),
            removed=removed,
            evidence={**article.evidence, "title": "the page's own title"},
        )
    of_head = () if title is None else (Removed(kind=STRANGE, text=title, where="title"),)
    return replace(article, removed=(*removed, *of_head))


def strange_title_of(article: Article) -> str | None:
    """Return the title that was put aside when an article was read, or else what its hijacked head said."""
    return next((block.text for block in reversed(article.removed) if block.kind == STRANGE), None)


def _settled(page: Page) -> Judgement:
    return Judgement(
        page=page,
        article=page.article,
        state=page.state,
        flags=page.flags,
        reason=page.reason,
        is_shown=page.is_shown,
    )


def _judged(page: Page, before: list[Judgement]) -> Judgement:
    last = next((judgement.article for judgement in reversed(before) if judgement.is_shown), None)
    article = with_good_title(page.article, _witness(page, last, before))
    signs = [flag for flag in article.flags if flag in KINDS]
    signs += _change_signs(article.text, last.text) if last else ()
    state = page.state if article.title == page.titled else state_digest(article)
    reason = _reason(page, signs, [judgement for judgement in before if judgement.state == state])
    return Judgement(
        page=page,
        article=article,
        state=state,
        flags=tuple(dict.fromkeys((*article.flags, *signs))),
        reason=reason,
        is_shown=reason is None,
    )


def _witness(page: Page, last: Article | None, before: list[Judgement]) -> TitleEvidence:
    rested = {
        judgement.strange_title
        for judgement in before
        if judgement.is_shown
        and judgement.strange_title
        and judgement.page.at <= later(page.at, -RELEASE_AFTER)
    }
    return TitleEvidence(
        title=last.title if last else None,
        text=last.text if last else "",
        listed_as=page.listed_as,
        rested=frozenset(rested),
    )


def _reason(page: Page, signs: list[str], alike: list[Judgement]) -> str | None:
    """Return why a page must wait. ``alike``: the pages before it that showed the same state."""
    if verdict(sign for sign in signs if sign != "shrunken") == "quarantined":
        return ", ".join(signs)
    reasons = waits_for(signs)
    if not reasons or any(judgement.is_shown for judgement in alike):
        return None
    waited = [judgement.page.at for judgement in alike if judgement.page.at < page.at]
    return None if waited and may_be_released(waited[0], page.at) else reasons


def waits_for(signs: Iterable[str]) -> str:
    """Return which of some signs make a page wait for its second sighting, empty where none does."""
    present = set(signs)
    return ", ".join(sign for sign in WAITS if sign in present)


def may_be_released(first: str, at: str) -> bool:
    """Return whether a state that was first seen at one moment may be believed at another."""
    return seconds_between(first, at) >= RELEASE_AFTER


def _released(earlier: Judgement, now: Judgement) -> Judgement:
    """Return what an earlier page counts for, now that one that shows the same is believed at a second sighting."""
    waited = earlier.reason is not None and earlier.state == now.state and not earlier.page.is_settled
    return replace(earlier, is_shown=True) if waited else earlier


@lru_cache(maxsize=256)
def _change_signs(text: str, previous: str) -> tuple[str, ...]:
    return () if text == previous else change_signs(text, previous)
