"""The publishing systems: what sites of one system share, written once, declared by each of them.

The functions here read what list answers have in common when rules cannot read them: JSON, dates and titles,
numbered pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urljoin

from archive.clock import BEIJING
from archive.extract.answers import at as at
from archive.extract.answers import json_value, under
from archive.extract.charset import decode
from archive.model import Link, Page, Rows, Site, Unreadable
from archive.patterns import regex
from archive.trust import page_signature, page_title, visible_text
from archive.urls import canonical_url, is_article, is_attachment

_DAY = regex(r"((?:19|20)\d\d)\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})")
_TAG = regex(r"<[^<>]*>")
_MOST_PAGES = 2_000


def json_of(page: Page) -> Any:
    """Return the value of a JSON answer, or Unreadable where it is not JSON.

    Lone surrogates, which JSON can carry and no table can, are replaced by U+FFFD.
    """
    try:
        return json_value(page.body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return no_list(page, "no JSON where JSON was asked")


def substitute_page(page: Page) -> Unreadable | None:
    """Return the known page that came in a list's place: a challenge, a block, an error page."""
    text = text_of(page)
    return page_signature(visible_text(text), page_title(text), text)


def no_list(page: Page, otherwise: str) -> Unreadable:
    """Return why an answer is no list: the known page in its place, else ``otherwise``."""
    if not page.body.strip():
        return Unreadable(reason="empty answer")
    return substitute_page(page) or Unreadable(reason=otherwise)


def text_of(page: Page) -> str:
    """Return the text of a list page, its charset decided as for articles."""
    return decode(page.body, page.content_type).text


def absolute(page: Page, href: str) -> str:
    """Return the absolute address of a page's ``href``, empty where its host is broken."""
    try:
        return urljoin(page.url, href.strip())
    except ValueError:
        return ""


def visible_text_of(value: Any) -> str:
    """Return the visible text of a JSON string: without highlight tags, references and outer spaces."""
    return unescape(_TAG.sub("", value)).strip() if isinstance(value, str) else ""


def day_of(value: Any) -> str:
    """Return the day that a text (2026.07.08, 2026年7月8日 …) or a count of seconds or milliseconds names in Beijing.

    Empty where there is none; 0 is how these sites write "unknown".
    """
    if isinstance(value, str) and (found := _DAY.search(value)):
        return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
    if not re.fullmatch(r"[1-9]\d{11,12}|1\d{9}", str(value)):
        return ""
    seconds = int(value) if len(str(value)) == 10 else int(value) / 1000
    return (datetime.fromtimestamp(seconds, UTC) + BEIJING).date().isoformat()


def count_of(value: Any) -> int:
    """Return the count in a JSON value or an attribute, 0 where there is none."""
    return int(str(value)) if re.fullmatch(r"\d{1,9}", str(value)) else 0


def with_query(url: str, **changes: str) -> str:
    """Return ``url`` with these parameters set, the others as they were, everything percent-encoded."""
    base, _, query = url.partition("?")
    asked = dict(parse_qsl(query, keep_blank_values=True)) | changes
    return f"{base}?{urlencode(asked, quote_via=quote)}"


def asked_for(url: str, name: str) -> str:
    """Return a parameter of the address, empty where it is missing."""
    return dict(parse_qsl(url.partition("?")[2], keep_blank_values=True)).get(name, "")


def pages_after(current: int, total: int, size: int) -> range:
    """Return the numbers of the list pages that follow, for ``total`` rows at ``size`` per page.

    Bounded: of a million announced pages, only two thousand are believed.
    """
    last = -(-total // size) if size else 0
    return range(current + 1, min(last, _MOST_PAGES) + 1)


def rows_of(
    found: Iterable[Link], site: Site, *, pages: Iterable[str] = (), announced: int | None = None
) -> Rows:
    """Return a list's rows, each article or attachment once, in order.

    Rows off the grammar are counted.
    """
    links: dict[str, Link] = {}
    left_out = 0
    for link in found:
        if is_article(link.url, site):
            links.setdefault(canonical_url(link.url, site), link)
        elif is_attachment(link.url, site):
            links.setdefault(link.url, link)
        else:
            left_out += 1
    return Rows(links=tuple(links.values()), pages=tuple(pages), announced=announced, left_out=left_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonList:
    """Where a JSON answer has its rows and their parts: names with dots between them.

    Of several names for a part the first that holds something is taken. ``page`` is the parameter of the address that
    counts the pages, from 1; ``size`` the rows of a page, as a number or as the parameter that asks for so many.
    ``stated`` is where an answer says which page it is.
    """

    rows: str
    total: str
    page: str
    size: int | str
    url: tuple[str, ...] = ("url",)
    name: tuple[str, ...] = ("title",)
    date: tuple[str, ...] = ()
    stated: str = ""


def json_rows(page: Page, site: Site, shape: JsonList, *, leads: str = "") -> Rows | Unreadable:
    """Return the rows of a JSON answer and the addresses of the pages that follow.

    ``leads`` makes an address of a row's identity: ``{}`` in it is what ``url`` names. Without it the row's own address
    is taken, which may be relative.
    """
    answer = json_of(page)
    if isinstance(answer, Unreadable):
        return answer
    listed = under(answer, shape.rows)
    if not isinstance(listed, list):
        return Unreadable(reason=f"the answer holds no {shape.rows}")
    current = count_of(asked_for(page.url, shape.page)) or 1
    if shape.stated and count_of(under(answer, shape.stated)) not in (0, current):
        said = f"page {current} was asked, page {under(answer, shape.stated)} answered"
        return Unreadable(reason=said, flags=("repeated_page",))
    total = under(answer, shape.total)
    size = shape.size if isinstance(shape.size, int) else count_of(asked_for(page.url, shape.size))
    rest = pages_after(current, count_of(total), size)
    return rows_of(
        (_json_link(page, row, shape, leads) for row in listed),
        site,
        pages=(with_query(page.url, **{shape.page: str(number)}) for number in rest),
        announced=count_of(total) or (0 if total == 0 else None),
    )


def _json_link(page: Page, row: Any, shape: JsonList, leads: str) -> Link:
    found = next((value for name in shape.url if (value := under(row, name)) not in (None, "")), "")
    if leads:
        url = leads.format(found) if count_of(found) else ""
    else:
        url = absolute(page, visible_text_of(found))
    return Link(
        url=url,
        name=next((text for name in shape.name if (text := visible_text_of(under(row, name)))), ""),
        date=next((day for name in shape.date if (day := day_of(under(row, name)))), ""),
    )
