"""The data source of 新华网, used by 国家能源局 as well: a section's rows as JSON beside its page.

As reported up to 2026-10:

- A section names its list as ``data="datasource:<32 hex>"``; the rows are ``ds_<32 hex>.json`` in the same
  directory, up to a thousand, no paging, with HTML in titles. A section that is rebuilt gets another hash.
- Articles are ``/YYYYMMDD/<32 hex>/c.html``, before ``/YYYY-MM/DD/c_N.htm``.
"""

from __future__ import annotations

from typing import Any

from archive.model import Link, Page, Rows, Site, Unreadable
from archive.patterns import regex
from crawler.cms import absolute, at, day_of, json_of, no_list, rows_of, text_of, visible_text_of

_NAMED = regex(r"""\bdata=["']?datasource:([0-9a-f]{32})""")


def rows(page: Page, site: Site) -> Rows | Unreadable:
    """Return the rows of a data source, or the address of a section's data source."""
    if not page.url.partition("?")[0].endswith(".json"):
        return _sources(page)
    answer = json_of(page)
    if isinstance(answer, Unreadable):
        return answer
    found = at(answer, "datasource")
    if not isinstance(found, list):
        return Unreadable(reason="the list has no datasource")
    return rows_of((_link(page, row) for row in found), site, announced=len(found))


def _sources(page: Page) -> Rows | Unreadable:
    named = dict.fromkeys(_NAMED.findall(text_of(page)))
    if not named:
        return no_list(page, "the section names no data source")
    return Rows(links=(), pages=tuple(absolute(page, f"ds_{one}.json") for one in named))


def _link(page: Page, row: Any) -> Link:
    name = visible_text_of(at(row, "showTitle")) or visible_text_of(at(row, "title"))
    return Link(
        url=absolute(page, visible_text_of(at(row, "publishUrl"))),
        name=name,
        date=day_of(at(row, "publishTime")),
    )
