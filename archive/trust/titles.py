"""A title that does not belong to its text: spam put over an intact body.

Whoever takes over a template often changes the title alone, because that is what search engines show. The text is
then still the authority's and is kept; the title is not believed, and the last good one stays. A site may also give
a page a new title in good faith, so a title that is only strange, not spam, is believed at its second sighting.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from archive.models import Article, Removed, TitleEvidence
from archive.trust.signs import change_signs, says_spam, strange_segments

Doubt = Literal["spam_title", "title_foreign"]
#: The flag of an article whose title is not the page's own, and the kind of removed block that holds what it said.
KEPT, STRANGE = "title_quarantined", "strange title"
_SHORTEST = 4


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
        flags=tuple(dict.fromkeys((*article.flags, doubt, KEPT))),
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
    if says_spam(strange):
        return "spam_title"
    if article.title in witness.rested:
        return None
    if witness.title is None or says_spam(strange_segments(witness.title, witness.text)):
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
