"""The values that pass between the parts: frozen, typed, without behaviour beyond their own consistency."""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass, field
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


def _patterns(values: tuple[str, ...], where: str) -> None:
    for value in values:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"{where}: {value!r} is no regular expression ({error})") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How the pages of one site are read. CSS selectors, tried in order; the first that matches wins.

    ``title``, ``published``, ``source``, ``author`` and ``doc_number`` select elements whose text (or, with
    ``::attr(name)``, whose attribute) holds the field. ``drop`` removes elements inside the body; what is
    removed is recorded. ``next_pages`` selects the links to the further pages of one article.
    """

    body: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    doc_number: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    next_pages: tuple[str, ...] = ()
    title_suffixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How one kind of list page is read: ``rows`` selects the rows, the others are sought inside a row.

    ``total`` is a regular expression over the page whose first group is the number of list pages, ``pages``
    the address of page N with ``{n}`` (N counted from ``first``), relative to the list's own address.
    """

    rows: str = ""
    link: str = "a[href]"
    title: str = ""
    date: str = ""
    total: str = ""
    pages: str = ""
    first: int = 1

    def __post_init__(self) -> None:
        _patterns((self.total,), "Listing.total")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What a healthy crawl of a site shows. Less than this is a finding, not an error.

    ``articles`` is the least number of article links that its lists show together; ``newest_within_days`` the
    greatest age in days of the newest dated row.
    """

    articles: int = 1
    newest_within_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What is declared about one site.

    ``articles``: regular expressions (``re.search`` on the whole address) that an article's address matches.
    ``parts``: pairs (pattern, replacement) that turn the address of an article's further page into its first
    page's. ``canonical``: pairs (pattern, replacement) that turn an article's address into the one it is known
    by (host twin, https, dropped tracking parameters); only addresses of the article grammar are rewritten.
    ``delay``: seconds between two requests to one host. ``referer``: sent with every request; empty means none.
    """

    publisher: str
    role: Role
    domains: tuple[str, ...]
    listings: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    canonical: tuple[tuple[str, str], ...] = ()
    attachments: str = r"\.(?:pdf|docx?|xlsx?|wps|ofd|zip|rar)$"
    listing: tuple[Listing, ...] = ()
    rules: Rules = field(default_factory=Rules)
    expects: Expect = field(default_factory=Expect)
    delay: float = 3.0
    referer: str = ""

    def __post_init__(self) -> None:
        if not self.publisher or not self.domains:
            raise ValueError("a Site names its publisher and at least one domain")
        _patterns(self.articles, "Site.articles")
        _patterns(tuple(p for p, _ in self.parts + self.canonical), "Site.parts, Site.canonical")
        _patterns((self.attachments,), "Site.attachments")

    def to_json(self) -> str:
        """Return the whole declaration as canonical JSON: what the table ``rules`` keeps and digests."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def site_from_json(text: str) -> Site:
    """Return the declaration that ``Site.to_json`` wrote, so that an old reading can be repeated from the file."""
    raw: dict[str, Any] = json.loads(text)

    def tuples(value: Any) -> Any:
        return tuple(tuples(v) for v in value) if isinstance(value, list) else value

    raw = {k: tuples(v) for k, v in raw.items()}
    return Site(
        **{
            **raw,
            "role": Role(raw["role"]),
            "rules": Rules(**{k: tuples(v) for k, v in raw["rules"].items()}),
            "expects": Expect(**raw["expects"]),
            "listing": tuple(Listing(**row) for row in raw["listing"]),
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a reader is given: the decoded body (content encodings undone, characters not) and where it came from.

    ``content_type`` is the server's header, a claim like any other; ``parts`` are the bodies of the article's
    further pages, in order, with their addresses.
    """

    url: str
    body: bytes
    content_type: str = ""
    parts: tuple[tuple[str, bytes, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address found in a page, absolute, with the text it was shown under."""

    url: str
    name: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A block of the page that is no part of the text: what it was and what it said (cut at 500 characters)."""

    kind: str
    text: str
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What a reader made of a page.

    ``text`` has one block a line; the cells of a table row stand in one line, separated by tabs. ``published_at``
    is what the page shows, ``YYYY-MM-DD`` or ``YYYY-MM-DDTHH:MM+08:00``; ``meta_published_at`` what its meta
    elements claim. ``evidence`` says for each field where in the page it came from. Nothing here proves who
    wrote the text: that is the host's word and the capture's.
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
    removed: tuple[Removed, ...] = ()
    flags: tuple[str, ...] = ()
    evidence: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Why a page gave no article. ``outcome`` is UNREADABLE, QUARANTINED, BLOCKED or GONE (a soft 404)."""

    reason: str
    outcome: Outcome = Outcome.UNREADABLE
    flags: tuple[str, ...] = ()
    title: str = ""
    removed: tuple[Removed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What a list page shows: links to articles (newest first as shown), further list pages, the total announced.

    ``left_out`` counts rows that point off the site or out of the article grammar.
    """

    links: tuple[Link, ...]
    pages: tuple[str, ...] = ()
    announced: int | None = None
    left_out: int = 0
    flags: tuple[str, ...] = ()

    @property
    def is_shell(self) -> bool:
        """Whether the page holds no list but says where it is: it shows no rows and counts none."""
        return not self.links and self.announced is None and bool(self.pages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One exchange with a server as it is handed over to be kept.

    ``body`` has its content encodings undone; None when there was none or it could not be decoded (``error`` then
    says why). ``headers`` are names and values in the order the framework gave them, which is not proof of the
    order on the wire. ``frontier`` is the row that asked, ``retry_in`` the seconds until a failed exchange is
    tried again in this run (None: not in this run).
    """

    url: str
    kind: str
    site: str
    captured_at: str
    status: int | None = None
    error: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    method: str = "GET"
    redirected_from: int | None = None
    peer: str | None = None
    tls_verified: bool | None = None
    truncated: str | None = None
    flags: tuple[str, ...] = ()
    origin: str = "network"
    clock: str = "wall"
    frontier: int | None = None
    part_of: int | None = None
    asked: str | None = None
    retry_in: float | None = None

    def header(self, name: str) -> str:
        """Return the first header of that name, in any case, or an empty text."""
        return next((v for k, v in self.headers if k.lower() == name), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of an exchange at once: its capture, and the outcome unless it waits to be read."""

    capture: int
    outcome: Outcome | None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One capture to be read, with all that a reader process needs: it opens no file.

    ``known_visible`` is the visible digest of the last reading of this address by the same reader and rules: a
    page that shows just that is not read again. ``previous`` is the current text, for what only a
    comparison can tell. ``before`` is the payload that ``previous`` came from when another reader or other
    rules read it: it is read first, so that our change is never taken for theirs.
    """

    capture: int
    kind: str
    site: str
    rules: int
    page: Page
    known_visible: str | None = None
    previous: str | None = None
    before: Job | None = None
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What the archive derives from an article's text: worked out beside the reading, kept with the version.

    ``state_digest`` is over the tuple that makes a version: ``canon/1`` of text, title, source line and number,
    the shown date and the attachments. ``grams`` are the pieces for the search index.
    """

    text_simplified: str
    state_digest: str
    text_digest: str
    grams: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a reader made of a job. ``result`` is None when the page shows just what was read before.

    ``signs`` are reasons for distrust; with ``trusted`` false they are enough for quarantine.
    """

    result: Article | Unreadable | Rows | None
    visible_digest: str | None = None
    prepared: Prepared | None = None
    signs: tuple[str, ...] = ()
    trusted: bool = True
    before: Found | None = None
