"""Sites that are rows of a table: what differs stands in a TOML file of ``spiders``, what they share in its ``[family]``.

A declaration that cannot be used is said in one line: the file, the site, the field, and the nearest right word.
"""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from parsel import Selector

from archive.errors import BadInput
from archive.lists.drafting import BY_NAME
from archive.model import Earlier, Expect, Listing, Page, Role, Rows, Rules, Site, Unreadable
from crawler.cms import absolute, ccontent, epaper, general, gkmlpt, hanweb, rss, text_of, trs, ucap, xinhua
from crawler.site import PolicySpider

Read = Callable[[Page, Site], Rows | Unreadable]
Further = Callable[[Page, Rows | Unreadable], Rows | Unreadable]


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """What the sites of one publishing system share, unless a table says otherwise.

    ``articles`` makes the grammar of articles of a pattern of hosts; ``read`` reads lists where selectors cannot;
    ``further`` finds the further pages of a list that its declaration cannot name.
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
    "shanghai": System(
        articles=BY_NAME["shanghai"].on, body=(".Article_content", "#ivs_content"),
        paging={"total": r"\btotalPage\s*:\s*['\"]?(\d{1,9})", "pages": "index_{n}.html", "first": 1},
    ),
    "epaper": System(articles=BY_NAME["epaper"].on, canonical=((r"\?.*$", ""),), read=epaper.rows),
    "xinhua": System(articles=BY_NAME["xinhua"].on, read=xinhua.rows),
    "feed": System(read=rss.rows),
    "general": System(read=general.rows),
    "rows": System(),
}  # fmt: skip

_SITE = {field.name for field in dataclasses.fields(Site)} - {"listings", "listing", "rules", "role"}
_RULES = {field.name for field in dataclasses.fields(Rules)}
_LISTING = {field.name for field in dataclasses.fields(Listing)}
_MOST_LEADS = 12
_OWN = {
    "base", "lists", "hosts", "rows", "ending", "channels", "word", "size", "role",
    "closed", "system", "sure", "further", "leads", "layout", "like", "notes",
}  # fmt: skip
FIELDS = _SITE | _RULES | _OWN
_EARLIER = {"until", "rows", *_RULES}


class TableSpider(PolicySpider):
    """One row of a table.

    ``read`` reads its lists (None: by selectors), ``further`` finds further pages,
    ``leads`` selects links that lead to more lists, ``layout`` is the address of a newspaper's first page of a day,
    ``table`` the name of the file, ``sure`` how sure its facts are.
    """

    read: ClassVar[Read | None] = None
    further: ClassVar[Further | None] = None
    leads: ClassVar[str] = ""
    layout: ClassVar[str] = ""
    table: ClassVar[str] = ""
    sure: ClassVar[str] = ""

    @classmethod
    def parse_listing(cls, page: Page) -> Rows | Unreadable:
        """Return what a list shows in the way of its system, and the pages that follow."""
        found = cls.read(page, cls.site) if cls.read else super().parse_listing(page)
        if cls.layout and isinstance(found, Rows) and not found.links:
            found = epaper.of_the_day(page, found, cls.layout)
        if cls.further:
            found = cls.further(page, found)
        return _leading_on(page, found, cls.leads) if cls.leads else found


def _leading_on(page: Page, found: Rows | Unreadable, leads: str) -> Rows | Unreadable:
    """Return a list's rows with the further lists that it names; where it has no rows, these are all that it is."""
    hrefs = Selector(text=text_of(page) or " ", type="html").css(leads).xpath("@href").getall()
    named = tuple(dict.fromkeys(url for href in hrefs if (url := absolute(page, href)) and url != page.url))[:_MOST_LEADS]
    if not named:
        return found
    if isinstance(found, Rows):
        return dataclasses.replace(found, pages=(*found.pages, *named))
    return Rows(links=(), pages=named) if not found.flags else found


def spiders_of(path: Path, module: str) -> dict[str, type[TableSpider]]:
    """Return the spiders that a table declares, by the names of their classes. Raise BadInput for what is no field."""
    table = _table(path)
    family = table.pop("family", {})
    _check(path, "family", family, FIELDS)
    made = {}
    for name, row in table.items():
        if not isinstance(row, dict):
            raise BadInput(f'{_place(path)}: "{name}" stands outside of any site — put it below [family] or a [site]')
        _check(path, name, row, FIELDS)
        fields = {"system": "rows", **family, **row}
        notes = "\n\n".join(part for part in (row.get("notes"), family.get("notes")) if part)
        class_name = "".join(word.title() for word in name.split("_")) + "Spider"
        made[class_name] = _spider(path, name, class_name, fields, {"__doc__": notes, "__module__": module})
    return made


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{_place(path)} cannot be read as TOML ({error})") from None


def _place(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _check(path: Path, name: str, row: Mapping[str, Any], known: Iterable[str]) -> None:
    for field in row:
        if field not in known:
            raise BadInput(f'{_place(path)}, [{name}]: no field "{field}"{nearest(field, known)}')


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the end of a sentence that names the right word most like a wrong one, or the words there are."""
    words = sorted(known)
    near = get_close_matches(word, words, n=1, cutoff=0.6)
    return f' — did you mean "{near[0]}"?' if near else f" — there are: {', '.join(words)}"


def _spider(path: Path, name: str, class_name: str, fields: dict[str, Any], body: dict[str, Any]) -> type[TableSpider]:
    kind = fields.pop("system")
    if kind not in SYSTEMS:
        raise BadInput(f'{_place(path)}, [{name}]: no system "{kind}"{nearest(kind, SYSTEMS)}')
    system = SYSTEMS[kind]
    try:
        site = _site(path, name, fields, system)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise BadInput(f"{_place(path)}, [{name}]: {_plainly(error)}") from None
    given = {key: fields[key] for key in ("leads", "layout", "like", "sure") if key in fields}
    if further := general.further if fields.get("further") else system.further:
        given["further"] = staticmethod(further)
    if system.read is not None and "rows" not in fields:
        given["read"] = staticmethod(system.read)
    if given.get("like") == name:
        del given["like"]
    return type(class_name, (TableSpider,), {**body, **given, "name": name, "site": site, "table": path.stem})


def _plainly(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _site(path: Path, name: str, fields: Mapping[str, Any], system: System) -> Site:
    base: str = fields["base"].rstrip("/")
    host = base.partition("://")[2]
    hosts = fields.get("hosts") or host.replace(".", "[.]")
    if not fields.get("articles") and system.articles is None:
        raise KeyError("articles")
    articles = fields.get("articles") or [system.articles(hosts)]
    plain = {key: _tuples(value) for key, value in fields.items() if key in _SITE}
    canonical = fields.get("canonical", system.canonical)
    read = partial(_forms, path, name, fields=fields, system=system)
    expects = dict(fields.get("expects", {"articles": 5}))
    _check(path, f"{name}.expects", expects, {field.name for field in dataclasses.fields(Expect)})
    plain |= {
        "domains": tuple(one.replace("{host}", host) for one in fields.get("domains", [host.removeprefix("www.")])),
        "articles": tuple(pattern.replace("{host}", hosts) for pattern in articles),
        "canonical": tuple((a, b.replace("{scheme}", base.partition(":")[0])) for a, b in canonical),
        "expects": Expect(articles=0) if fields.get("closed") else Expect(**expects),
        "earlier": tuple(_earlier(path, name, form, read) for form in fields.get("earlier", ())),
    }
    listing, rules = read(fields)
    return Site(
        **plain, role=Role(fields.get("role", "original")), listings=_lists(fields, base), listing=listing, rules=rules
    )


def _lists(fields: Mapping[str, Any], base: str) -> tuple[str, ...]:
    lists = tuple(one if "://" in one else base + one for one in fields.get("lists", ()))
    if not (channels := fields.get("channels")):
        return lists
    return lists + ucap.addresses(base, " ".join(channels), word=fields.get("word", "searchList"), size=fields.get("size", 18))


def _forms(
    path: Path, name: str, given: Mapping[str, Any], *, fields: Mapping[str, Any], system: System
) -> tuple[tuple[Listing, ...], Rules]:
    """Return the dialects of lists and the rules of articles that a row, or an earlier form of it, declares."""
    rules = {key: _tuples(value) for key, value in {**fields, **given}.items() if key in _RULES}
    for key, shared in (("body", system.body), ("drop", system.drop)):
        own = rules.get(key, ("*",))
        rules[key] = tuple(one for part in own for one in (shared if part == "*" else (part,)))
    rows = given.get("rows", fields.get("rows"))
    if rows is None:
        return system.listing, Rules(**rules)
    paging = dict(system.paging)
    if ending := fields.get("ending"):
        paging["pages"] = re.sub(r"\w+$", ending, paging["pages"])
    listing = []
    for row in rows:
        row = {"rows": row} if isinstance(row, str) else row
        _check(path, f"{name}.rows", row, _LISTING)
        listing.append(Listing(**{**paging, **row}))
    return tuple(listing), Rules(**rules)


def _earlier(path: Path, name: str, form: Mapping[str, Any], read: Callable[..., Any]) -> Earlier:
    _check(path, f"{name}.earlier", form, _EARLIER)
    listing, rules = read(form)
    return Earlier(until=str(form["until"]), listing=listing, rules=rules)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value
