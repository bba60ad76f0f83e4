"""What a site puts under every text: a wire's mark, a notice on copyright. Declared, because only the site knows."""

from __future__ import annotations

import dataclasses
import re

from archive.models import Article, Removed


def without_closing(article: Article, closing: tuple[str, ...]) -> Article:
    """Return the article up to where a declared closing begins; what follows is recorded as removed.

    An article that begins with it is left as it is: nothing would remain.
    """
    found = [match.start() for one in closing if (match := re.search(one, article.text, re.MULTILINE))]
    if not found or not (text := article.text[: min(found)].rstrip()):
        return article
    mark = Removed(kind="closing", text=article.text[min(found) :].strip(), where="end of text")
    return dataclasses.replace(article, text=text, removed=(*article.removed, mark))
