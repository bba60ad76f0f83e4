"""Lists of unknown systems, read generally: by the look of their rows, not by declared selectors."""

from __future__ import annotations

from dataclasses import replace

from archive.lists import Reading, read_list
from archive.lists.drafting import draft_rule
from archive.model import Link, Outcome, Page, Rows, Site, Unreadable
from archive.urls import in_domains
from crawler.cms import absolute, no_list, rows_of, substitute_page

_MOST_PAGES = 2_000
FLAG = "general_list"
_LEAST_ROWS, _LEAST_SURE = 3, 0.5


def rows(page: Page, site: Site) -> Rows | Unreadable:
    """Return the rows of any list that link to the site's articles, and the further pages that it names.

    The result need not contain all rows of the page; a day without a year is no date.
    """
    reading = read_list(page)
    found = rows_of(links_of(reading), site, pages=pages_of(reading, page))
    return found if found.links or found.pages else no_list(page, "no row leads to an article of the site")


def further(page: Page, read: Rows | Unreadable) -> Rows | Unreadable:
    """Return the result of a list's rule, with the pager's further pages where none are declared."""
    if isinstance(read, Unreadable) or read.pages or not read.links:
        return read
    return replace(read, pages=pages_of(read_list(page), page))


def links_of(reading: Reading) -> list[Link]:
    """Return the rows of a reading as links, dated by the day they show, else by that in their address."""
    return [
        Link(
            url=row.url.partition("#")[0], name=row.title, date=row.date if len(row.date) == 10 else row.filed
        )
        for row in reading.rows
    ]


def pages_of(reading: Reading, page: Page) -> tuple[str, ...]:
    """Return the addresses of a list's further pages: all counted ones, else the next one."""
    pager = reading.pager
    if pager.pattern and pager.total and pager.kind != "json":
        last = min(pager.total, _MOST_PAGES) + pager.first
        numbers = range(pager.first + 1, last)
        found = [absolute(page, pager.pattern.replace("{n}", str(number))) for number in numbers]
        return tuple(url for url in found if url and url != page.url)
    following = absolute(page, pager.next) if pager.next else ""
    return (following,) if following and following != page.url else ()


def instead(page: Page, site: Site, read: Rows | Unreadable) -> Rows | Unreadable:
    """Return a list's rows, or those of the general reading where the declared one found none.

    A redesigned site is still followed, and its rows are flagged. This is never done for a page in a list's
    place (a challenge, a block, an error page), nor where the list itself says that it has no rows.
    """
    if isinstance(read, Unreadable):
        if read.outcome is not Outcome.UNREADABLE or "repeated_page" in read.flags:
            return read
    elif read.links or read.is_shell or 0 in (read.announced, read.counted):
        return read
    if substitute_page(page) is not None:
        return read
    reading = read_list(page)
    found = rows_of(links_of(reading), site)
    if not _is_list(reading, found):
        return read
    pages = tuple(url for url in pages_of(reading, page) if in_domains(url, site.domains))
    flags = read.flags if isinstance(read, Rows) else ()
    kept = tuple(flag for flag in flags if flag != "no_rows")
    return replace(found, pages=pages, flags=(*kept, FLAG), drafted=rule_of(reading))


def _is_list(reading: Reading, found: Rows) -> bool:
    """Return whether the general reading shows the page's list, not a few links to articles beside it."""
    if len(found.links) < min(_LEAST_ROWS, len(reading.rows)) or not found.links:
        return False
    if len(found.links) * 2 < len(reading.rows):
        return False
    group = reading.group
    return group is None or (not group.beside and reading.sure.get("rows", 0.0) >= _LEAST_SURE)


def rule_of(reading: Reading) -> str:
    """Return the rule that would give the rows of a reading, in the form of a declaration."""
    if reading.group is None:
        return "none: " + reading.because.get("rows", "data")
    rule = draft_rule(reading.group.elements[0].getroottree().getroot(), reading.group)
    if rule is None:
        return "none that is short"
    return f'rows="{rule.rows}"' + (f', date="{rule.date}"' if rule.date else "")
