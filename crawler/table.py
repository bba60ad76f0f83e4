"""Sites as rows of a table: their own fields in a TOML file of ``spiders``, shared in ``[family]``.

An invalid declaration is reported in one line: the file, the site, the field, and the nearest right word.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, ClassVar

from parsel import Selector

from archive.errors import BadInput
from archive.lists.drafting import BY_NAME
from archive.model import Earlier, Expect, Listing, Page, Role, Rows, Rules, Site, Unreadable
from crawler.cms import (
    absolute,
    ccontent,
    epaper,
    general,
    gkmlpt,
    hanweb,
    rss,
    shanghai,
    text_of,
    trs,
    ucap,
    xinhua,
)
from crawler.site import PolicySpider

Read = Callable[[Page, Site], Rows | Unreadable]
Further = Callable[[Page, Rows | Unreadable], Rows | Unreadable]


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """What the sites of one publishing system share, unless a table says otherwise.

    ``articles`` makes the grammar of articles from a pattern of hosts; ``read`` reads lists where selectors
    cannot; ``further`` finds the further pages of a list that its declaration cannot name.
    """

    articles: Callable[[str], str] | None = None
    canonical: tuple[tuple[str, str], ...] = ((r"^http:", "https:"), (r"\?.*$", ""))
    body: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    listing: tuple[Listing, ...] = ()
    paging: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    read: Read | None = None
    further: Further | None = None


_TRS_PAGES = {"total": trs.COUNTED, "pages": "index_{n}.html", "first": 0}
SYSTEMS = {
    "trs": System(
        articles=trs.articles, canonical=((r"\?.*$", ""),), body=trs.BODIES, drop=trs.DROPS, listing=trs.ROWS_BY_ADDRESS,
        paging=_TRS_PAGES,
    ),
    "hanweb": System(articles=BY_NAME["hanweb"].on, body=hanweb.BODIES, read=hanweb.rows),
    "ucap": System(articles=BY_NAME["ucap"].on, body=ucap.BODIES, drop=ucap.DROPS, read=ucap.rows),
    "gkmlpt": System(
        articles=lambda hosts: gkmlpt.articles(hosts.replace("[.]", r"\.")),
        canonical=((r"^https?:", "{scheme}:"), *gkmlpt.CANONICAL), body=gkmlpt.BODIES, read=gkmlpt.rows,
    ),
    "ccontent": System(
        articles=BY_NAME["ccontent"].on, canonical=((r"\?.*$", ""),), body=("#zoom", ".zsy_comain"), further=ccontent.further,
    ),
    "shanghai": System(articles=BY_NAME["shanghai"].on, body=shanghai.BODIES, paging=shanghai.PAGING),
    "epaper": System(articles=BY_NAME["epaper"].on, canonical=((r"\?.*$", ""),), read=epaper.rows),
    "xinhua": System(articles=BY_NAME["xinhua"].on, read=xinhua.rows),
    "feed": System(read=rss.rows),
    "general": System(read=general.rows),
    "rows": System(),
}  # fmt: skip

_SITE = {field.name for field in dataclasses.fields(Site)} - {
    "listings",
    "listing",
    "rules",
    "role",
    "expects",
}
_RULES = {field.name for field in dataclasses.fields(Rules)}
_EXPECT = {field.name for field in dataclasses.fields(Expect)}
_LISTING = {field.name for field in dataclasses.fields(Listing)}
_MOST_LEADS = 12
_OWN = {
    "base", "lists", "hosts", "rows", "expects", "ending", "channels", "word", "size", "role",
    "closed", "system", "sure", "further", "leads", "layout", "like", "notes",
}  # fmt: skip
FIELDS = _SITE | _RULES | _OWN
_MANY = {"lists", "rows", "channels", "earlier"} | {
    field.name for kind in (Site, Rules) for field in dataclasses.fields(kind) if str(field.type).startswith("tuple")
} - {"hours"}  # fmt: skip
_EARLIER = {"until", "rows", "ending", *_RULES}


class TableSpider(PolicySpider):
    """One row of a table.

    ``read`` reads its lists (None: by selectors), ``further`` finds further pages, ``leads`` selects links to
    more lists, ``layout`` is the address of a newspaper's first page of a day, ``table`` the name of the
    file, ``sure`` the certainty of its facts.
    """

    read: ClassVar[Read | None] = None
    further: ClassVar[Further | None] = None
    leads: ClassVar[str] = ""
    layout: ClassVar[str] = ""
    table: ClassVar[str] = ""
    sure: ClassVar[str] = ""

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return the rows of a list as its system writes them, and the pages that follow."""
        found = cls.read(page, cls.site) if cls.read else super().parse_listing(page)
        if cls.layout and isinstance(found, Rows) and not found.links:
            found = epaper.of_the_day(page, found, cls.layout)
        if cls.further:
            found = cls.further(page, found)
        return _leading_on(page, found, cls.leads) if cls.leads else found


def _leading_on(page: Page, found: Rows | Unreadable, leads: str) -> Rows | Unreadable:
    """Return a list's rows with the further lists that it names; without rows, only those lists."""
    hrefs = Selector(text=text_of(page) or " ", type="html").css(leads).xpath("@href").getall()
    named = tuple(dict.fromkeys(url for href in hrefs if (url := absolute(page, href)) and url != page.url))[
        :_MOST_LEADS
    ]
    if not named:
        return found
    if isinstance(found, Rows):
        return dataclasses.replace(found, pages=(*found.pages, *named))
    return Rows(links=(), pages=named) if not found.flags else found


def spiders_of(path: Path, module: str) -> dict[str, type[TableSpider]]:
    """Return the spiders that a table declares, by class name. Raise BadInput for an unknown field."""
    place = f"{path.parent.name}/{path.name}"
    table = _table(path, place)
    family = _Row(f"{place}, [family]", table.pop("family", {}))
    family.check(family.given, FIELDS)
    made = {}
    for name, given in table.items():
        if not isinstance(given, dict):
            raise BadInput(f'{place}: "{name}" belongs to no site — put it below [family] or a [site]')
        row = _Row(f"{place}, [{name}]", {"system": "rows", **family.given, **given})
        row.check(row.given, FIELDS)
        notes = "\n\n".join(part for part in (given.get("notes"), family.given.get("notes")) if part)
        class_name = "".join(word.title() for word in name.split("_")) + "Spider"
        body = {"__doc__": notes, "__module__": module, "name": name, "table": path.stem}
        made[class_name] = type(class_name, (TableSpider,), {**body, **row.attributes(name)})
    return made


def _table(path: Path, place: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{place} cannot be read as TOML ({error})") from None


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the end of a sentence with the known word nearest to a wrong one, or all known words."""
    words = sorted(known)
    near = get_close_matches(word, words, n=1, cutoff=0.6)
    return f' — did you mean "{near[0]}"?' if near else f" — there are: {', '.join(words)}"


@dataclass(frozen=True, slots=True)
class _Row:
    """The fields of a site in a table, its family's included; ``place`` is where they must be corrected."""

    place: str
    given: Mapping[str, Any]

    def check(self, given: Mapping[str, Any], known: Iterable[str], part: str = "") -> None:
        """Raise BadInput for an unknown field, and for a single value where several are expected."""
        for field, value in given.items():
            if field not in known:
                raise BadInput(f'{self.place}{part}: no field "{field}"{nearest(field, known)}')
            if not part and field in _MANY and not isinstance(value, list):
                raise BadInput(f'{self.place}: "{field}" holds several — write {field} = [{value!r}]')

    def attributes(self, name: str) -> dict[str, Any]:
        """Return the attributes of the spider's class: the declaration, and how its lists are read."""
        kind = self.given["system"]
        if kind not in SYSTEMS:
            raise BadInput(f'{self.place}: no system "{kind}"{nearest(kind, SYSTEMS)}')
        system = SYSTEMS[kind]
        held = {key: self.given[key] for key in ("leads", "layout", "sure") if key in self.given}
        if self.given.get("like", name) != name:
            held["like"] = self.given["like"]
        if further := general.further if self.given.get("further") else system.further:
            held["further"] = staticmethod(further)
        if system.read is not None and "rows" not in self.given:
            held["read"] = staticmethod(system.read)
        try:
            return {**held, "site": self.site(system)}
        except KeyError as error:
            raise BadInput(f"{self.place}: {error} is missing") from None
        except (TypeError, ValueError, AttributeError) as error:
            raise BadInput(f"{self.place}: {error}") from None

    def site(self, system: System) -> Site:
        """Return the declaration."""
        given, base = self.given, self.given["base"].rstrip("/")
        scheme, _, host = base.partition("://")
        hosts = given.get("hosts") or host.replace(".", "[.]")
        articles = (
            given.get("articles") or (system.articles and [system.articles(hosts)]) or given["articles"]
        )
        expects = given.get("expects", {"articles": 5})
        self.check(expects, _EXPECT, ".expects")
        listing, rules = self.forms({}, system)
        plain = {key: _tuples(value) for key, value in given.items() if key in _SITE}
        plain |= {
            "domains": tuple(
                d.replace("{host}", host) for d in given.get("domains", [host.removeprefix("www.")])
            ),
            "articles": tuple(pattern.replace("{host}", hosts) for pattern in articles),
            "canonical": tuple(
                (pattern, put.replace("{scheme}", scheme))
                for pattern, put in given.get("canonical", system.canonical)
            ),
            "earlier": tuple(self.earlier(form, system) for form in given.get("earlier", ())),
        }
        return Site(
            **plain,
            role=Role(given.get("role", "original")),
            listings=self.lists(base),
            listing=listing,
            rules=rules,
            expects=Expect(articles=0) if given.get("closed") else Expect(**expects),
        )

    def lists(self, base: str) -> tuple[str, ...]:
        """Return the addresses of the lists: paths below the base, whole addresses, channels as JSON."""
        lists = tuple(one if "://" in one else base + one for one in self.given.get("lists", ()))
        if not (channels := self.given.get("channels")):
            return lists
        word, size = self.given.get("word", "searchList"), self.given.get("size", 18)
        return lists + ucap.addresses(base, " ".join(channels), word=word, size=size)

    def forms(self, form: Mapping[str, Any], system: System) -> tuple[tuple[Listing, ...], Rules]:
        """Return the list dialects and article rules, of today or of an earlier form."""
        said = {**self.given, **form}
        rules = {key: _tuples(value) for key, value in said.items() if key in _RULES}
        for key, shared in (("body", system.body), ("drop", system.drop)):
            own = rules.get(key, ("*",))
            rules[key] = tuple(one for part in own for one in (shared if part == "*" else (part,)))
        if "rows" not in said:
            return system.listing, Rules(**rules)
        paging = dict(system.paging)
        if ending := said.get("ending"):
            paging["pages"] = re.sub(r"\w+$", ending, paging["pages"])
        dialects = [{"rows": row} if isinstance(row, str) else row for row in said["rows"]]
        for dialect in dialects:
            self.check(dialect, _LISTING, ".rows")
        return tuple(Listing(**{**paging, **dialect}) for dialect in dialects), Rules(**rules)

    def earlier(self, form: Mapping[str, Any], system: System) -> Earlier:
        """Return the declaration by which the site was read until a day."""
        self.check(form, _EARLIER, ".earlier")
        listing, rules = self.forms(form, system)
        return Earlier(until=str(form["until"]), listing=listing, rules=rules)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value
