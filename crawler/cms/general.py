"""Lists of no known system, read in the general way: by what their rows look like, not by declared selectors."""

from __future__ import annotations

from archive.lists import Reading, read_list
from archive.models import Link, Page, Rows, Site, Unreadable
from crawler.answers import absolute, no_list, rows_of

_MOST_PAGES = 2_000


def rows(page: Page, site: Site) -> Rows | Unreadable:
    """Return the rows of any list that lead to the site's articles, and the further pages that it names.

    Nothing proves that all rows of the page are among them; a day without a year dates nothing.
    """
    reading = read_list(page)
    found = rows_of(links_of(reading), site, pages=pages_of(reading, page))
    return found if found.links or found.pages else no_list(page, "no row leads to an article of the site")


def links_of(reading: Reading) -> list[Link]:
    """Return the rows of a reading as links, dated by the day they show, else by the day of their address."""
    return [
        Link(
            url=row.url.partition("#")[0], name=row.title, date=row.date if len(row.date) == 10 else row.filed
        )
        for row in reading.rows
    ]


def pages_of(reading: Reading, page: Page) -> tuple[str, ...]:
    """Return the addresses of a list's further pages: all that are counted, else the next one."""
    pager = reading.pager
    if pager.pattern and pager.total and pager.kind != "json":
        last = min(pager.total, _MOST_PAGES) + pager.first
        numbers = range(pager.first + 1, last)
        found = [absolute(page, pager.pattern.replace("{n}", str(number))) for number in numbers]
        return tuple(url for url in found if url and url != page.url)
    following = absolute(page, pager.next) if pager.next else ""
    return (following,) if following and following != page.url else ()
