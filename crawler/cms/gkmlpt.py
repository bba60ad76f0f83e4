"""政府信息公开平台 of 广东 (``/gkmlpt/``): one catalogue of open information for offices of the whole province.

As reported up to 2026-08:

- ``{base}/gkmlpt/index`` holds no list. A script in it, ``window._CONFIG``, names the office (``SID``) and
  its columns (``TREE``: id, name, children, post_count). The rows are JSON:
  ``{base}/gkmlpt/api/all/<id>?page=N&sid=<SID>``, a hundred a page; the office and the ids are read from the
  page, never configured.
- A column may list fewer rows than its ``post_count`` says: ``total`` of the answer counts what can be
  listed.
- A row gives title, number, issuer, day and whether the document is still in force. ``date``,
  ``first_publish_time`` and ``display_publish_time`` are seconds since 1970 (unconfirmed for ``date``),
  ``created_at`` is a string.
- Articles are ``/content/N/NNNN/post_<id>.html``; ``mpost_`` is the page for telephones, with the same id.
- Rows with ``jump_url`` lead elsewhere, and are left out with what is off the grammar.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from archive.lists.drafting import BY_NAME
from archive.model import Page, Rows, Site, Unreadable
from archive.patterns import regex
from crawler.cms import JsonList, at, count_of, json_rows, no_list, text_of, visible_text_of

_COLUMN = JsonList(
    rows="articles",
    total="total",
    page="page",
    size=100,
    url=("url", "post_url"),
    date=("display_publish_time", "first_publish_time", "created_at", "date"),
)
_MOST_COLUMNS = 12
_SID = regex(r"\bSID['\"]?\s*:\s*['\"]?(\d{1,9})")
_TREE = regex(r"\bTREE['\"]?\s*:\s*(?=\[)")
_WANTED = regex(r"规范性文件|政策|文件|法规|规章|公报|通知|公告|解读|规划|计划")
CANONICAL = ((r"/mpost_(\d+)", r"/post_\1"), (r"\?.*$", ""))
BODIES = (".article-content", ".content", "#zoomcon")


def articles(host: str) -> str:
    """Return the grammar of the articles on a host, given as a regular expression."""
    return BY_NAME["gkmlpt"].on(host)


def rows(page: Page, site: Site) -> Rows | Unreadable:
    """Return where a catalogue's columns are to be asked, or the rows of such an answer."""
    return json_rows(page, site, _COLUMN) if "/gkmlpt/api/" in page.url else _columns(page)


def _columns(page: Page) -> Rows | Unreadable:
    text = text_of(page)
    office, tree = _SID.search(text), _TREE.search(text)
    if not office or not tree:
        return no_list(page, "the catalogue names no office and no columns (no SID, no TREE)")
    try:
        named, _ = json.JSONDecoder().raw_decode(text, tree.end())
    except (ValueError, RecursionError):
        return Unreadable(reason="the catalogue's columns are no JSON")
    base = page.url.partition("/gkmlpt/")[0]
    wanted = [c for c in _leaves(named) if _WANTED.search(c[1])] or list(_leaves(named))
    # The fullest columns first: empty ones are also listed.
    wanted.sort(key=lambda column: -column[2])
    pages = tuple(f"{base}/gkmlpt/api/all/{i}?page=1&sid={office[1]}" for i, _, _ in wanted[:_MOST_COLUMNS])
    return Rows(links=(), pages=pages)


def _leaves(tree: Any, deep: int = 0) -> Iterator[tuple[int, str, int]]:
    """Yield the columns of a tree that hold documents: their id, name and number of documents."""
    for column in tree if isinstance(tree, list) and deep < 8 else ():
        children = at(column, "children")
        if isinstance(children, list) and children:
            yield from _leaves(children, deep + 1)
        elif (identity := count_of(at(column, "id"))) and not at(column, "jump_url"):
            yield identity, visible_text_of(at(column, "name")), count_of(at(column, "post_count"))
