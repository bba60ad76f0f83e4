"""What a reader is given and what it makes of it.

The closed sets of words: what a site is, how a capture ended, how a document stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What a site is to the texts it shows. A declaration of ours, never a claim of the page."""

    ORIGINAL = "original"
    COPY = "copy"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """What became of one capture; each capture has exactly one."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    NOT_MODIFIED = "not_modified"
    UNREADABLE = "unreadable"
    QUARANTINED = "quarantined"
    GONE = "gone"
    BLOCKED = "blocked"
    FAILED = "failed"
    REDIRECTED = "redirected"
    ROBOTS = "robots"
    LISTING = "listing"
    ATTACHMENT = "attachment"


class State(StrEnum):
    """How a document stood when it was last looked at."""

    LIVE = "live"
    MOVED = "moved"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    QUARANTINED = "quarantined"
    UNREADABLE = "unreadable"


class Cause(StrEnum):
    """Why a version exists. Only SOURCE is news: READING means that our reader changed."""

    FIRST = "first"
    SOURCE = "source"
    READING = "reading"


class Verdict(StrEnum):
    """How a crawl of one site went."""

    OK = "OK"
    WARN = "WARN"
    BROKEN = "BROKEN"


class Kind(StrEnum):
    """What a frontier row asks for."""

    LISTING = "listing"
    ARTICLE = "article"
    ATTACHMENT = "attachment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a reader is given: the decoded body (content encodings undone, characters not) and where it came from.

    ``content_type`` is the server's header, a claim like any other; ``parts`` are the bodies of the article's
    further pages, in order, with their addresses; ``listed_as`` the words under which a list led to it, for a file.
    ``captured_at`` says when it was received ("" when nobody knows): a date later than that is not believed.
    """

    url: str
    body: bytes
    content_type: str = ""
    parts: tuple[tuple[str, bytes, str], ...] = ()
    listed_as: str = ""
    captured_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address found in a page, absolute, with the text it was shown under."""

    url: str
    name: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A block of the page that is no part of the text: what it was and what it said (cut at 500 characters).

    ``by`` says who took it out of the container: our ``rules``, ``trafilatura``, or ``both``.
    """

    kind: str
    text: str
    where: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table: its part of the text, its place in the grid, and how many rows and columns it covers."""

    start: int
    end: int
    row: int
    column: int
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A part of a text: ``heading``, ``paragraph``, ``item``, ``table``, ``caption``, or a ``picture`` without length.

    ``level`` is that of a heading (1–6) or of the list an item stands in; ``number`` what the list shows before it.
    """

    kind: str
    start: int
    end: int
    level: int = 0
    number: str = ""
    cells: tuple[Cell, ...] = ()
    address: str = ""
    words: str = ""


def blocks_json(blocks: Iterable[Block]) -> str:
    """Return blocks as JSON, without what is as it is by default."""
    return json.dumps([_plain(block) for block in blocks], ensure_ascii=False, separators=(",", ":"))


def blocks_from(kept: Iterable[dict[str, Any]]) -> tuple[Block, ...]:
    """Return the blocks that JSON was made of."""
    return tuple(
        Block(**{**block, "cells": tuple(Cell(**cell) for cell in block.get("cells", ()))}) for block in kept
    )


def _plain(value: Block | Cell) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for one in fields(value):
        part = getattr(value, one.name)
        if part != one.default:
            said[one.name] = [_plain(cell) for cell in part] if one.name == "cells" else part
    return said


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What a reader made of a page.

    ``text`` has one block a line; the cells of a table row stand in one line, separated by tabs. ``published_at``
    is what the page shows, ``YYYY-MM-DD`` or ``YYYY-MM-DDTHH:MM+08:00``; ``meta_published_at`` what its meta
    elements claim. ``blocks`` are its headings, items, tables and pictures with their places in ``text``; where
    nothing is known of them there are none. ``card`` is what the table of an official document says that no other field holds: written_at
    (成文日期), theme, subjects, validity, effective_at, lapsed_at. ``branches``
    are articles of the site that belong to this one and that its page links: the parts of a press conference.
    ``evidence`` says for each field where in the
    page it came from. Nothing here proves who wrote the text: that is the host's word and the capture's.
    """

    title: str
    text: str
    published_at: str | None = None
    meta_published_at: str | None = None
    source_line: str | None = None
    author: str | None = None
    editor: str | None = None
    doc_number: str | None = None
    issuer: str | None = None
    index_number: str | None = None
    attachments: tuple[Link, ...] = ()
    next_pages: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    removed: tuple[Removed, ...] = ()
    blocks: tuple[Block, ...] = ()
    flags: tuple[str, ...] = ()
    card: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Why a page gave no article. ``outcome`` is UNREADABLE, QUARANTINED, BLOCKED or GONE (a soft 404).

    What the page said of itself all the same (title, date, source) is kept with the reading; it makes no version.
    """

    reason: str
    outcome: Outcome = Outcome.UNREADABLE
    flags: tuple[str, ...] = ()
    title: str = ""
    published_at: str | None = None
    meta_published_at: str | None = None
    source_line: str | None = None
    removed: tuple[Removed, ...] = ()

    @property
    def claims_json(self) -> str | None:
        """What a page without a text said of itself, as JSON; None where it said nothing, or is not to be believed."""
        names = ("title", "published_at", "meta_published_at", "source_line")
        claims = {name: value for name in names if (value := getattr(self, name))}
        return (
            json.dumps(claims, ensure_ascii=False) if claims and self.outcome is Outcome.UNREADABLE else None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What a list page shows: links to articles (newest first as shown), further list pages, what it announces.

    ``announced`` is how many rows the list says it has, over all its pages, ``counted`` how many pages; both are its
    claims. ``left_out`` counts rows that point off the site or out of the article grammar. ``drafted``: where the
    declared rules found nothing and the general way read the rows (flag ``general_list``), the rule it would declare.
    """

    links: tuple[Link, ...]
    pages: tuple[str, ...] = ()
    announced: int | None = None
    counted: int | None = None
    left_out: int = 0
    flags: tuple[str, ...] = ()
    drafted: str = ""

    @property
    def is_shell(self) -> bool:
        """Whether the page holds no list but says where it is: it shows no rows and counts none."""
        shows_rows = self.links or self.left_out or self.announced is not None or self.counted is not None
        return not shows_rows and bool(self.pages)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentText:
    """What a reader made of an attached file: its kind by its bytes, the text in it, and why there is none.

    ``flags``: ``scanned`` (pages of pictures), ``image``, ``encrypted``, ``macro``, ``cut``, ``bomb``, ``broken``,
    ``garbled``, ``no_unicode`` (a font that does not say which characters it shows), ``struck``, ``hidden`` (left out of the
    text), ``page_errors``, ``unsafe_names``, ``media_type``, ``doc_needs_antiword``, ``cheap_reading``.
    """

    kind: str
    text: str | None = None
    flags: tuple[str, ...] = ()
    reason: str | None = None
