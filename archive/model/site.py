"""What is declared about a site: facts, as values. A misspelt field or a bad pattern fails at import."""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from archive.clock import BEIJING, beijing_day, day_text
from archive.errors import BadInput
from archive.model.files import ADDRESSES
from archive.model.reading import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How the pages of one site are read. CSS selectors, tried in order; the first that matches wins.

    ``title``, ``published``, ``source``, ``author`` and ``doc_number`` select elements whose text (or, with
    ``::attr(name)``, whose attribute) holds the field. ``drop`` removes elements inside the body; what is
    removed is recorded. ``next_pages`` selects the links to the further pages of one article. ``closing``: regular
    expressions (``re.M``) over the text; from where one matches to the end it is the site's own, and is removed.
    ``answer`` is for sites whose articles are JSON: pairs of a field (``title``, ``body``, which is HTML, ``published``,
    ``source``, ``author``, ``doc_number``, ``files``) and the dotted path to it; that of ``files`` names the list and in each
    of its rows the address and the name, ``data.files:url:name``. ``script`` is for transcripts whose turns stand in a
    script file: ``address`` selects the element whose ``src`` names it, ``turns`` is what the list is assigned to, and
    ``speaker`` and ``words`` (HTML) are its fields.
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
    closing: tuple[str, ...] = ()
    answer: tuple[tuple[str, str], ...] = ()
    script: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        _patterns(self.closing, "Rules.closing")
        if self.answer and "body" not in dict(self.answer):
            raise ValueError("Rules.answer names no body")
        if self.script and set(dict(self.script)) != {"address", "turns", "speaker", "words"}:
            raise ValueError("Rules.script needs address, turns, speaker and words")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How one kind of list page is read: ``rows`` selects the rows, the others are sought inside a row.

    ``total`` is a regular expression over the page whose first group is the number of list pages, ``pages``
    the address of page N with ``{n}`` (N counted from ``first``), relative to the list's own address; where it begins
    with ``&`` (``&page={n}``) it is a parameter that is set in the list's own query. A row in which what ``mark`` selects is there and empty is counted as left out: some sites mark their real rows. A dialect without ``rows`` takes every link of the page; it
    is read only where no other dialect finds a row.
    """

    rows: str = ""
    link: str = "a[href]"
    title: str = ""
    date: str = ""
    total: str = ""
    pages: str = ""
    first: int = 1
    mark: str = ""

    def __post_init__(self) -> None:
        _patterns((self.total,), "Listing.total")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What a healthy crawl of a site shows. Less than this is a finding, not an error.

    ``articles`` is the least number of article links that its lists show together; ``newest_within_days`` the
    greatest age in days of the newest dated row. With ``articles=0`` nothing is expected: the site is known to be
    dead or frozen, and that it does not answer is no alarm.
    """

    articles: int = 1
    newest_within_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """How a site was read before a redesign: ``until`` is the last day, in Beijing, on which that held.

    What is None was then as it is now. Addresses need no earlier form: every grammar a site ever had stays declared.
    """

    until: str
    listing: tuple[Listing, ...] | None = None
    rules: Rules | None = None

    def __post_init__(self) -> None:
        try:
            day_text(self.until)
        except BadInput as error:
            raise ValueError(f"Earlier.until: {error}") from None


# Where a gateway keeps the pages that it has put into Traditional characters.
BIG5 = (r"^https?://(?:big5\.)?[a-z0-9.-]+/gate/big5/([a-z0-9.-]+)(/.*)$", r"https://\1\2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What is declared about one site.

    ``articles``: regular expressions (``re.search`` on the whole address) that an article's address matches.
    ``parts``: pairs (pattern, replacement) that turn the address of an article's further page into its first
    page's. ``canonical``: pairs (pattern, replacement) that turn an article's address into the one it is known
    by (host twin, https, dropped tracking parameters); only addresses of the article grammar are rewritten.
    ``transcripts``: which of the articles are press conferences, word for word; their text keeps one line a turn.
    ``branches``: which articles that a page links below its own address are asked for as well: the parts of a press
    conference, which no list shows.
    ``gateways``: pairs that turn the address of a localised copy (big5) into that of its original. Such a page has
    other words, not only other characters: it is no article of the site, and a document of its own, a copy.
    ``attachments``: a pattern of the addresses that lead to attached files, where the table of kinds does not say it.
    ``issues``: patterns by which the numbers (发文字号) and the issuers' names of the publisher's own documents begin: of
    one document at several addresses the issuing body's can be told.
    ``hours``: from which to which hour in Beijing (22, 6: by night) the site is asked by runs of ``--due`` and
    ``--backfill``; None means at any.
    ``earlier``: how it was read before it was redesigned; what was captured in those days is read so.
    ``delay``: seconds between two requests to one host. ``referer``: sent with every request; empty means none.
    """

    publisher: str
    role: Role
    domains: tuple[str, ...]
    listings: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    canonical: tuple[tuple[str, str], ...] = ()
    transcripts: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    gateways: tuple[tuple[str, str], ...] = (BIG5,)
    attachments: str = ADDRESSES
    listing: tuple[Listing, ...] = ()
    rules: Rules = field(default_factory=Rules)
    expects: Expect = field(default_factory=Expect)
    delay: float = 3.0
    referer: str = ""
    issues: tuple[str, ...] = ()
    hours: tuple[int, int] | None = None
    earlier: tuple[Earlier, ...] = ()

    def __post_init__(self) -> None:
        if not self.publisher or not self.domains:
            raise ValueError("a Site names its publisher and at least one domain")
        _patterns(self.articles, "Site.articles")
        _patterns(self.transcripts, "Site.transcripts")
        _patterns(self.branches, "Site.branches")
        pairs = self.parts + self.canonical + self.gateways
        _patterns(tuple(p for p, _ in pairs), "Site.parts, Site.canonical, Site.gateways")
        _patterns((self.attachments,), "Site.attachments")
        _patterns(self.issues, "Site.issues")
        if self.hours is not None and not all(0 <= hour <= 23 for hour in self.hours):
            raise ValueError(f"Site.hours: {self.hours!r} are no two hours from 0 to 23")

    def at(self, captured_at: str) -> Site:
        """Return the declaration by which what was captured at a moment ("": now) is read, without earlier forms."""
        day = beijing_day(captured_at) if captured_at and self.earlier else ""
        held = min((one for one in self.earlier if day and day <= one.until), key=_until, default=None)
        if held is None:
            return replace(self, earlier=()) if self.earlier else self
        return replace(
            self,
            earlier=(),
            listing=self.listing if held.listing is None else held.listing,
            rules=self.rules if held.rules is None else held.rules,
        )

    def is_open_at(self, at: datetime) -> bool:
        """Return whether the site may be asked at a moment by what runs on its own."""
        if self.hours is None:
            return True
        (start, end), hour = self.hours, (at + BEIJING).hour
        return start <= hour < end if start < end else hour >= start or hour < end

    def to_json(self) -> str:
        """Return the declaration as canonical JSON: what the table ``rules`` keeps and digests.

        Without the earlier forms: each is a declaration of its own (``at``), and has its own row. So a form that was
        once in force keeps its digest, and what was read by it is not read again.
        """
        # When a site is asked changes no reading: without hours the digest is what it was.
        declared = {
            name: value
            for name, value in dataclasses.asdict(self).items()
            if name != "earlier" and (name != "hours" or value)
        }
        for name in ("answer", "script"):
            if not declared["rules"][name]:
                del declared["rules"][name]
        return json.dumps(declared, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


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


def _until(form: Earlier) -> str:
    return form.until


def _patterns(values: tuple[str, ...], where: str) -> None:
    for value in values:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"{where}: {value!r} is no regular expression ({error})") from None
