"""Weak signs that a page was tampered with. Each has innocent explanations; together they have few."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from archive.models import Article
from archive.trust.lexicon import branded_in, topical_in
from archive.urls import host_of, in_domains

KINDS = {
    "title_foreign": "title",
    "spam_title": "title",
    "spam_body": "body",
    "foreign_links": "links",
    "hidden_text": "hidden",
    "body_replaced": "change",
    "shrunken": "change",
}
"""What each sign looks at: two that look at the same thing are not independent."""

_ALONE = "shrunken"
_SEEN = 60_000
_STRONG = re.compile(r"[_|丨,，、;；/]+")
_WEAK = re.compile(r"[-–—·•.\s\u200b-\u200f]+")
_LETTERS = re.compile(r"[^\w]+|_+")
_PUBLIC = re.compile(
    r"\.(?:gov|edu|ac|mil|org)(?:\.[a-z]{2})?\Z"
    r"|(?:^|\.)(?:people|xinhuanet|news|cctv|china|chinanews)\.(?:com|cn|com\.cn)\Z"
    r"|(?:^|\.)(?:weibo|qq|jiathis|bshare|bdimg|facebook|twitter|addthis)\.(?:com|cn)\Z"
)
_SECOND_LEVEL = frozenset({"com", "net", "co", "org", "gov", "edu", "ac", "idv"})


def page_signs(
    article: Article,
    *,
    html_title: str,
    outlinks: Sequence[str],
    domains: Sequence[str],
    hidden: Sequence[str] = (),
    page_text: str = "",
) -> tuple[str, ...]:
    """Return the signs that one page shows by itself.

    ``html_title`` is the ``<title>`` element, ``outlinks`` the addresses linked inside the body,
    ``domains`` the site's own, ``hidden`` texts that no visitor sees, ``page_text`` what a visitor sees of
    the whole page (a column's or a site's name in the title is found there). A sign is no proof.
    """
    strange = strange_segments(html_title, article.title + article.text[:_SEEN] + page_text[:_SEEN])
    found = {
        "title_foreign": _is_foreign(html_title, strange),
        "spam_title": _is_spam_title(strange, article),
        "spam_body": _is_spam_body(article.text[:_SEEN]),
        "foreign_links": len(_strangers(outlinks, domains)) >= 3,
        "hidden_text": _is_spam_hidden(hidden, article.text),
    }
    return tuple(name for name, holds in found.items() if holds)


def change_signs(text: str, previous: str) -> tuple[str, ...]:
    """Return the signs that a text shows against the one held before: replaced, or shrunken by half.

    An authority may do both in good faith; a second sighting tells more.
    """
    now, before = _letters(text), _letters(previous)
    if len(before) >= 100 and len(now) * 2 < len(before):
        return ("body_replaced", "shrunken") if _is_other(now, before) else ("shrunken",)
    return ("body_replaced",) if _is_other(now, before) else ()


def verdict(signs: Iterable[str]) -> Literal["trusted", "flagged", "quarantined"]:
    """Return what follows from signs: one only flags, two about different things quarantine.

    ``shrunken`` quarantines alone: whether it is a second sighting, which releases it, the caller knows.
    """
    found = set(signs)
    if _ALONE in found or len({KINDS[sign] for sign in found}) > 1:
        return "quarantined"
    return "flagged" if found else "trusted"


def strange_segments(html_title: str, known: str) -> list[str]:
    """Return the parts of a title that share next to nothing with a text: with what the page shows, or showed."""
    text = "".join(known.lower().split())
    return [s for s in _segments(html_title[:1_000]) if _shown(_grams(_letters(s), 2), text) < 0.34]


def _segments(title: str) -> Iterator[str]:
    """Give a title's parts; single characters held apart (``国-产``) are one part: spam does so."""
    for part in _STRONG.split(title):
        pieces = [piece for piece in _WEAK.split(part) if piece]
        if all(len(piece) == 1 for piece in pieces):
            pieces = ["".join(pieces)]
        yield from (piece for piece in pieces if len(piece) > 1)


def _is_foreign(html_title: str, strange: list[str]) -> bool:
    said = len(_letters(html_title))
    return said >= 6 and sum(len(_letters(s)) for s in strange) >= 0.75 * said


def _is_spam_title(strange: list[str], article: Article) -> bool:
    named = branded_in(article.title)
    if says_spam(strange):
        return True
    # A headline about a raid names one brand too: it counts when the text is spam itself.
    return len(named) > 1 or (bool(named) and _is_spam_body(article.text[:_SEEN]))


def says_spam(strange: Sequence[str]) -> bool:
    """Return whether parts of a title that do not belong to its page are spam: one brand, or two of its topics."""
    odd = "。".join(strange)
    return bool(branded_in(odd)) or len(topical_in(odd)) > 1


def _is_spam_body(text: str) -> bool:
    branded = branded_in(text)
    return len(branded) >= 3 or (len(branded) >= 1 and len(branded | topical_in(text)) >= 4)


def _is_spam_hidden(hidden: Sequence[str], text: str) -> bool:
    unseen = "。".join(hidden)[: 5 * _SEEN]  # such blocks are long: 120,000 characters on one page
    named = branded_in(unseen)
    return len(named) > 1 and len(named - branded_in(text)) > 1


def _strangers(outlinks: Sequence[str], domains: Sequence[str]) -> frozenset[str]:
    """Return whose hosts are linked, own domains, public bodies and share buttons left out.

    An owner is guessed from the name (``a.b.com`` and ``c.b.com`` count once), without a list of suffixes.
    """
    hosts = {host_of(link) for link in outlinks if not in_domains(link, domains)}
    return frozenset(_owner(host) for host in hosts if host and not _PUBLIC.search(host))


def _owner(host: str) -> str:
    labels = host.split(".")[-3:]
    return ".".join(labels if len(labels) < 3 or labels[1] in _SECOND_LEVEL else labels[1:])


def _is_other(now: str, before: str) -> bool:
    """Tell whether less than 0.3 of the shorter text's runs of three characters stand in the other."""
    ours, theirs = _grams(now, 3), _grams(before, 3)
    few, many = sorted((ours, theirs), key=len)
    return len(few) >= 30 and _share(few, many) < 0.3


def _shown(pairs: frozenset[str], known: str) -> float:
    return sum(pair in known for pair in pairs) / len(pairs) if pairs else 1.0


def _letters(text: str) -> str:
    return _LETTERS.sub("", text[:_SEEN]).lower()


def _grams(text: str, size: int) -> frozenset[str]:
    return frozenset(text[i : i + size] for i in range(len(text) - size + 1))


def _share(few: frozenset[str], many: frozenset[str]) -> float:
    return len(few & many) / len(few) if few else 0.0
