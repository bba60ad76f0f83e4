"""Lists without a declaration: what any page shows of articles, how it goes on, and what kind of page it is.

Pure. Nothing here knows a site; what it says rests on the page alone, and says on what. A sureness is a rank, not a
probability: it orders readings, and says where a person should look.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from archive.extract.charset import decode
from archive.extract.tree import base_url, parse
from archive.lists.pager import Pager, read_pager
from archive.lists.rows import Group, Row, groups, main_group
from archive.lists.shape import columns_of, kind_of, signs_of
from archive.lists.written import data_rows
from archive.model import Page

__all__ = ["ListedRow", "Pager", "Reading", "read_list"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRow:
    """A row of a list as the page gives it.

    ``date`` is ``YYYY-MM-DD``, ``MM-DD`` where the page shows no year, "" without a day. ``filed`` is the day in the
    address: when the copy was put there, which is no date of the document.
    """

    href: str
    url: str
    title: str
    date: str = ""
    filed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the general way reads on a page.

    ``kind``: list, home, article, feed or other. ``columns``: links of the navigation. ``sure``: by part (kind,
    rows, dates, pager), from 0 to 1. ``because``: what each part rests on. ``flags``: what the decoding met.
    ``group``: the elements of the rows, for drafting selectors; None where the rows stand in no element.
    """

    kind: str
    rows: tuple[ListedRow, ...] = ()
    pager: Pager = field(default_factory=Pager)
    columns: tuple[str, ...] = ()
    sure: dict[str, float] = field(default_factory=dict)
    because: dict[str, str] = field(default_factory=dict)
    encoding: str = ""
    flags: tuple[str, ...] = ()
    group: Group | None = None


def read_list(page: Page) -> Reading:
    """Return the rows, the pager, the columns and the kind of a page of which nothing is declared."""
    decoded = decode(page.body, page.content_type)
    text = decoded.text
    if data := data_rows(text, page.url):
        return Reading(
            kind=data.kind, rows=_listed_rows(data.rows), pager=data.pager, sure=data.sure, because=data.because,
            encoding=decoded.encoding, flags=decoded.flags,
        )  # fmt: skip
    parsed = parse(text)
    root = parsed.root
    if root is None:
        return Reading(
            kind="other", encoding=decoded.encoding, flags=(*decoded.flags, *parsed.flags, "empty")
        )
    base = base_url(root, page.url)
    found = groups(root, base)
    main, pager = main_group(found), read_pager(root, parsed.source, page.url)
    signs = signs_of(root, page.url, found, main, pager)
    kind, sure, why = kind_of(signs)
    return Reading(
        kind=kind,
        rows=_listed_rows(main.rows) if main else (),
        pager=pager,
        columns=tuple(columns_of(root, page.url, found)),
        sure={"kind": sure, "rows": _sure_of_rows(main), "pager": pager.sure},
        because={"kind": why, "rows": _why_rows(main), "pager": pager.because},
        encoding=decoded.encoding,
        flags=(*decoded.flags, *parsed.flags),
        group=main,
    )


def _listed_rows(rows: list[Row]) -> tuple[ListedRow, ...]:
    return tuple(
        ListedRow(href=row.href, url=row.url, title=row.title, date=row.date, filed=row.filed) for row in rows
    )


def _sure_of_rows(group: Group | None) -> float:
    if group is None:
        return 0.0
    dated = group.dated / len(group.rows)
    sure = 0.35 + 0.35 * dated + 0.2 * group.like_articles + 0.1 * (len(group.rows) >= 5)
    return round(sure * (0.6 if group.beside else 1.0), 2)


def _why_rows(group: Group | None) -> str:
    if group is None:
        return "no links that look alike"
    where = "a column of their own" if group.apart else "the row"
    days = f"{group.dated} of {len(group.rows)} with a day in {where}" if group.dated else "none with a day"
    return f"{len(group.rows)} links of one form, {days}"
