"""A list page by the declared dialects: the rows that lead to articles, and the further pages of the list."""

from __future__ import annotations

import re
from typing import Any

from archive.extract.charset import decode
from archive.extract.notation import parse_date
from archive.extract.tree import base_url, joined, parse, select
from archive.model import Link, Listing, Page, Rows, Site
from archive.patterns import regex
from archive.urls import canonical_url, in_domains, is_article, is_attachment

_MOST_PAGES = 2_000
_MOST_ROWS = 5_000
_MOST_WITHIN = 50
_LONGEST = 20_000
_DAY_IN_NAME = regex(r"/t?((?:19|20)\d{2})[-/]?(\d{2})[-/]?(\d{2})[_/]")


def read_rows(page: Page, site: Site) -> Rows:
    """Return what a list page shows: of the site's dialects the one that gives most rows of its article grammar.

    A row without a date gets the day in its address, if there is one; that is the day of the copy's publication,
    and the flag ``date_from_address`` says so. A row that leads elsewhere is counted, not returned.
    """
    decoded = decode(page.body, page.content_type)
    parsed = parse(decoded.text)
    root, flags = parsed.root, parsed.flags
    if root is None:
        return Rows(links=(), flags=(*decoded.flags, *flags, "empty"))
    base = base_url(root, page.url)
    dialects = site.listing or (Listing(rows="li"),)
    read = [(listing, *_links(root, base, listing, site)) for listing in dialects]
    listing, links, left_out, derived = max(read, key=_rank)
    missed = ("rule_missed",) * bool(links and not listing.rows and any(r.rows for r in dialects))
    pages, counted = _pages(page.url, decoded.text, listing)
    if not counted:
        pages, counted = next(
            (p for r in dialects if (p := _pages(page.url, decoded.text, r))[1]), (pages, counted)
        )
    more = ("date_from_address",) * derived + (() if links else ("no_rows",))
    return Rows(
        links=tuple(links),
        pages=pages,
        counted=counted,
        left_out=left_out,
        flags=(*decoded.flags, *flags, *missed, *more),
    )


def _rank(read: tuple[Listing, list[Link], int, bool]) -> tuple[bool, int]:
    """Rank a dialect by its rows; taking every link of the page comes last."""
    listing, links, _, _ = read
    return bool(listing.rows and links), len(links)


def _links(root: Any, base: str, listing: Listing, site: Site) -> tuple[list[Link], int, bool]:
    links: dict[str, Link] = {}
    left_out, derived = 0, False
    for row in _rows(root, listing.rows) if listing.rows else [root]:
        if listing.mark and any(not _text(element) for element in select(row, listing.mark)):
            left_out += 1
            continue
        for anchor in _anchors(row, base, listing, site):
            url = joined(base, anchor.get("href") or "").split("#")[0]
            key = _key(url, site)
            if not key:
                left_out += 1
                continue
            beside = row if listing.rows else anchor.getparent()
            date, of_address = _date(beside, anchor, listing, url)
            derived = derived or of_address
            # The first link of a row may be a picture: the one with words tells its title.
            if key not in links or not links[key].name:
                links[key] = Link(url=url, name=_name(beside, anchor, listing), date=date)
    return list(links.values()), left_out, derived


def _anchors(row: Any, base: str, listing: Listing, site: Site) -> list[Any]:
    """Return the links to look at: of a row the first that has words and leads to an article, else its first."""
    found = select(row, listing.link)[:_MOST_ROWS]
    if not listing.rows or len(found) < 2:
        return found
    worded = [a for a in found[:20] if a.get("title") or _text(a)] or found
    leading = (a for a in worded if _key(joined(base, a.get("href") or "").split("#")[0], site))
    return [next(leading, worded[0])]


def _key(url: str, site: Site) -> str:
    """Return what a row's address is known by, "" when it leads off the site or out of its grammar."""
    if not url or not in_domains(url, site.domains):
        return ""
    if is_article(url, site):
        return canonical_url(url, site)
    return url if is_attachment(url, site) else ""


def _name(row: Any, anchor: Any, listing: Listing) -> str:
    """Return the title of a row: by rule, else the link's ``title`` (lists cut what they show), else its text."""
    for element in select(row, listing.title) if listing.title else ():
        if text := _text(element):
            return text
    return " ".join((anchor.get("title") or "").split()) or _text(anchor)


def _date(row: Any, anchor: Any, listing: Listing, url: str) -> tuple[str, bool]:
    words = _text(anchor)
    beside = _text(row).replace(words, " ") if words else _text(row)
    shown = [_text(e) for e in select(row, listing.date)] if listing.date else [beside]
    for text in reversed(shown):
        if day := parse_date(text):
            return day[:10], False
    match = _DAY_IN_NAME.search(url)
    day = parse_date("-".join(match.groups())) if match else None
    return (day, True) if day else ("", False)


def _rows(root: Any, selector: str) -> list[Any]:
    """Return the rows, without those that hold many others: layout, or a page made to be slow."""
    rows = select(root, selector)[:_MOST_ROWS]
    within = dict.fromkeys(rows, 0)
    for row in reversed(rows):
        above = row.getparent()
        while above is not None and above not in within:
            above = above.getparent()
        if above is not None:
            within[above] += within[row] + 1
    return [row for row in rows if within[row] <= _MOST_WITHIN]


def _text(element: Any) -> str:
    pieces, size = [], 0
    for piece in element.itertext():
        pieces.append(piece)
        size += len(piece)
        if size > _LONGEST:
            break
    return " ".join("".join(pieces).split())[:500]


def _pages(url: str, source: str, listing: Listing) -> tuple[tuple[str, ...], int | None]:
    """Return the addresses of the list's other pages and how many it says there are, believed up to two thousand."""
    match = re.search(listing.total, source) if listing.total else None
    if not match or not listing.pages:
        return (), None
    digits = next((g for g in match.groups() if g and g.isdigit()), "")
    total = int(digits) if digits and len(digits) <= 9 else 0
    numbers = range(listing.first, listing.first + min(total, _MOST_PAGES))
    addresses = (_numbered(url, listing.pages.replace("{n}", str(n))) for n in list(numbers)[1:])
    return tuple(a for a in addresses if a and a != url), total


def _numbered(url: str, page: str) -> str:
    """Return the address of a further page: relative to the list's, or (``&page=2``) the list's with that parameter."""
    if not page.startswith("&"):
        return joined(url, page)
    name, _, number = page[1:].partition("=")
    asked, found = re.subn(rf"([?&]{re.escape(name)}=)[^&#]*", rf"\g<1>{number}", url, count=1)
    return asked if found else f"{url}{'&' if '?' in url else '?'}{name}={number}"
