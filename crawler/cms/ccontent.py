"""The system of 国资委, 审计署 and others (``/nN/…/c<id>/content.html``): the further pages of its lists.

As reported up to 2026-08:

- A list is ``index.html``; its further pages are ``index_<component>_<N>.html``. Whether N counts up, or down
  from the newest, is unconfirmed. So no address is made up here: of the pages that a list names, the next one
  is asked. It is the page marked as next (下一页), else the nearest in the order of the numbers.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from archive.lists import read_list
from archive.model import Page, Rows, Unreadable
from archive.patterns import regex
from crawler.cms import absolute, text_of

_FURTHER = regex(r"""["'(=\s]((?:[\w./:-]*/)?index_\d{4,}_\d{1,4}\.html)""")
_NUMBER = regex(r"_(\d{1,4})\.html$")


def further(page: Page, read: Rows | Unreadable) -> Rows | Unreadable:
    """Return the result of a list's rule, with the next page where the list names it."""
    if isinstance(read, Unreadable) or not read.links:
        return read
    pager = read_list(page).pager
    # Page numbers are read here: their order shows the next page better than their size.
    says_so = "says the next page" in pager.because and _FURTHER.search(f" {pager.next}")
    following = absolute(page, pager.next) if says_so else _next(page)
    return replace(read, pages=(following,) if following and following != page.url else ())


def _next(page: Page) -> str:
    """Return the next page by the order of the named pages, "" where that does not decide."""
    folder = page.url.rpartition("/")[0]
    named = dict.fromkeys(absolute(page, href) for href in _FURTHER.findall(text_of(page)))
    numbers = {int(_NUMBER.findall(url)[0]): url for url in named if url.rpartition("/")[0] == folder}
    own = _NUMBER.findall(page.url.rpartition("/")[2])
    if not own:
        return next(iter(numbers.values()), "")
    counts_down = sum(b < a for a, b in pairwise(numbers)) * 2 > len(numbers) - 1
    return numbers.get(int(own[0]) + (-1 if counts_down else 1), "")
