"""The links of a page: where each leads, which files are attached to the body, and the hosts it points to.

A link may lead by a script, through a viewer's page or in a frame of the page itself. Nothing is run: an address is
taken from a script only where it stands there whole, between quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urljoin

from archive.extract.outline import Outline
from archive.extract.tree import joined
from archive.model import Link, Site
from archive.model.files import ADDRESSES, ENDINGS, is_labelled, is_unnamed, leads_to_file, name_in
from archive.patterns import regex
from archive.urls import canonical_url, is_article

_QUOTED = regex(r"""'((?:[^'\\]|\\.){1,2083})'|"((?:[^"\\]|\\.){1,2083})\"""")
_BREAKS = regex(r"[\t\r\n]+")
# As scripts write characters that they do not write as they are.
_ESCAPED = regex(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_JOINED = regex(r"""(["'])\s*\+\s*\1""")
_PATH = regex(r"(?:https?:)?//|/|\.{1,2}/|\.{0,2}\\", re.I)
_VIEWER = regex(r"view(?:er)?\b|viewer|preview|pdfjs|pdf\.js|onlinePreview|/op/(?:view|embed)|web/web", re.I)
_VALUE = regex(r"[?&#](?:file|src|url|path|pdf|furl|fileurl|file_url|filepath|doc)=([^&#]{1,2083})", re.I)
_FRAMES = {"iframe": "src", "embed": "src", "object": "data"}
_HELD = ("data-href", "data-url", "data-file", "data-src", "data-path")
# What draws a file into the page: an element of 苏迪 WebPlus, a call of 博达 VSB.
_DRAWN = regex(
    r"""\bshow\w{0,20}(?:pdf|file|doc)\w{0,20}\(\s*(?:'([^'\s]{1,2083})'|"([^"\s]{1,2083})")""", re.I
)
_NUMBERED = regex(r"\s*[（(]?[0-9０-９一二三四五六七八九十]{1,3}\s?[.．、)）:：]")
_NOT_AFTER = ("footer", "navigation", "related", "comment", "advert", "breadcrumb")
_AFTER = 400
_MOST_BRANCHES = 50
# To keep twenty thousand of one page held up the one writer for fourteen seconds.
MOST_FILES = 500


def target_of(attributes: Mapping[str, str], words: str = "") -> str:
    """Return the address that a link leads to, as it stands in the page; "" when it leads nowhere.

    ``words`` are those that the link is shown under: where they name a file, a bare path in its script is one.
    """
    href = _BREAKS.sub("", attributes.get("href") or "").strip()
    if href and not _is_script(href):
        return behind_viewer(href)
    scripts = (href if _is_script(href) else "", attributes.get("onclick") or "")
    for script in scripts:
        if script and (found := _in_script(script, words)):
            return behind_viewer(found)
    held = next((value for name in _HELD if (value := attributes.get(name)) and leads_to_file(value)), "")
    return behind_viewer(held) if held else href


def framed(element: Any) -> str:
    """Return the file that a frame of the page shows; "" where it shows none or a page."""
    address = (element.get(_FRAMES.get(str(element.tag), "")) or "").strip()
    if element.tag == "object" and not address:
        values = (
            p.get("value") or ""
            for p in element.iter("param")
            if (p.get("name") or "").lower() in ("src", "filename")
        )
        address = next(values, "")
    found = behind_viewer(address).partition("#")[0]
    return found if leads_to_file(found, ADDRESSES) else ""


def behind_viewer(address: str) -> str:
    """Return the file that a viewer's page is asked to show: ``viewer.html?file=%2Ffiles%2F1.pdf`` → ``/files/1.pdf``.

    A program that hands out files under the names it is asked for is no viewer.
    """
    path, mark, _ = address.partition("?")
    if not mark and "#" in address:
        path, mark, _ = address.partition("#")
    if not mark or not _VIEWER.search(path) or not (match := _VALUE.search(address)):
        return address
    value = unquote(match[1]) if "%" in match[1] else match[1]
    value = unquote(value) if value[:7].lower().startswith(("http%3a", "https%3", "%2f")) else value
    if not leads_to_file(value):
        return address
    try:
        return urljoin(path, value) if not _PATH.match(value) or value.startswith(".") else value
    except ValueError:
        return address


def _is_script(href: str) -> bool:
    return href.startswith("#") or href.lower().replace(" ", "").startswith("javascript:")


def _in_script(script: str, words: str) -> str:
    """Return the first address of a file that a script names; where the words name one, the first path."""
    whole = _JOINED.sub("", (unquote(script) if script.lower().startswith("javascript:%") else script)[:8000])
    found = [_plain(one or other) for one, other in _QUOTED.findall(whole)]
    files = [
        one for one in found if leads_to_file(one) and (_PATH.match(one) or "/" in one or len(found) == 1)
    ]
    if files:
        return files[0]
    return next(
        (one for one in found if name_in(words) and _PATH.match(one) and is_unnamed(one, programs=True)), ""
    )


def _plain(quoted: str) -> str:
    shown = _ESCAPED.sub(lambda match: chr(int(match[1] or match[2], 16)), quoted)
    return re.sub(r"\\([/'\"])", r"\1", shown)


class Anchors:
    """The link that the walk is in, and those it has found: node, address and words of each."""

    def __init__(self, links: list[tuple[int, str, str]]) -> None:
        self._links = links
        self._open = -1
        self._attributes: dict[str, str] = {}
        self._words: list[str] = []
        self._href = ""
        self._is_file = False

    def open(self, index: int, attributes: dict[str, str]) -> None:
        """Begin a link. One to a file counts as text: names of attachments belong to the article."""
        self._open, self._attributes, self._words = index, attributes, []
        self._href = target_of(attributes)
        self._is_file = leads_to_file(self._href, ENDINGS)

    def add(self, text: str) -> int:
        """Take in words of the link that is open; return how many characters count as those of a link."""
        if self._open < 0:
            return 0
        self._words.append(text)
        return 0 if self._is_file else len("".join(text.split()))

    def close(self) -> None:
        """Note the link that is open; where its address is a script, its words help to understand it."""
        words = " ".join("".join(self._words).split())
        if self._open >= 0:
            named = (words, self._attributes.get("download", ""), self._attributes.get("title", ""))
            href = self._href
            if not href or href.startswith("#") or href.lower().startswith("javascript:"):
                href = target_of(self._attributes, " ".join(named))
            if href:
                self._links.append((self._open, href, words))
        self._open = -1

    def opened_by(self, index: int, attributes: dict[str, str], words: str) -> None:
        """Note the file that an element opens by a script although it is no link."""
        if "onclick" in attributes and leads_to_file(target := target_of(attributes, words)):
            self._links.append((index, target, " ".join(words.split())[:300]))

    def player(self, index: int, attributes: dict[str, str]) -> None:
        """Note the file that an element is there to show, with the name that it gives beside it."""
        if leads_to_file(address := behind_viewer(attributes["pdfsrc"].strip())):
            named = re.search(r"'title'\s*:\s*'([^']{1,300})'", attributes.get("sudyfile-attr", ""))
            self._links.append((index, address, named[1] if named else ""))

    def drawn(self, index: int, script: str) -> None:
        """Note the files that a script within the text draws into the page."""
        for one, other in _DRAWN.findall(script[:20_000])[:20]:
            if leads_to_file(address := behind_viewer(_plain(one or other))):
                self._links.append((index, address, ""))

    def frame(self, index: int, element: Any) -> None:
        """Note the file that a frame shows."""
        if href := framed(element):
            self._links.append((index, href, (element.get("title") or "").strip()))


def attachments(page: Outline, node: int, base: str, site: Site | None) -> tuple[Link, ...]:
    """Return the files linked in the body or right after it, absolute, each once, with the name shown.

    The form of the address decides, or, where it has no ending, the words: those of the link that name a file
    (清单.xlsx), or 附件 before it. What the server will send is not known. One more than ``MOST_FILES`` says that there
    are more than that.
    """
    pattern = site.attachments if site else ADDRESSES
    end = page.nodes[node].end
    labelled: frozenset[int] | None = None
    found: dict[str, Link] = {}
    for index, href, text in page.links:
        if len(found) > MOST_FILES:
            break
        here = page.nodes[index]
        if index < node or index > end + _AFTER or (index >= end and here.zone in _NOT_AFTER):
            continue
        is_file = leads_to_file(href, pattern)
        if not is_file and is_unnamed(href, programs=True):
            labelled = _labelled(page) if labelled is None else labelled
            is_file = name_in(" ".join((text, _named(here.element)))) or (
                is_unnamed(href) and (index in labelled or is_labelled(text))
            )
            is_file = is_file and not (site and is_article(joined(base, href), site))
        url = joined(base, href) if is_file else ""
        if url and len(url) <= 2083:
            name = (
                text
                or (here.element.get("download") or here.element.get("title") or "").strip()
                or unquote(url.rsplit("/", 1)[-1])
            )
            found.setdefault(url, Link(url=url, name=name[:300]))
    return tuple(found.values())


def _named(element: Any) -> str:
    """Return the name under which a link says it is to be kept, or is explained."""
    return " ".join((element.get("download") or "", element.get("title") or ""))


def _labelled(page: Outline) -> frozenset[int]:
    """Return the nodes of the lines that list attached files: one that begins with 附件, the numbered ones after it."""
    found: set[int] = set()
    is_listed = False
    for line in page.lines:
        is_listed = is_labelled(line.text) or (is_listed and bool(_NUMBERED.match(line.text)))
        if is_listed:
            found.update(index for _, index in line.pieces)
            found.update(page.nodes[index].parent for _, index in line.pieces)
    return frozenset(found)


def branches(page: Outline, url: str, base: str, site: Site | None) -> tuple[str, ...]:
    """Return the articles below a page's own address that it links and that the site declares as branches, at most 50."""
    if site is None or not site.branches:
        return ()
    own = canonical_url(url, site)
    folder = own.rpartition("/")[0] + "/"
    linked = (joined(base, href) for _, href, _ in page.links)
    known = dict.fromkeys(canonical_url(one, site) for one in linked if one and is_article(one, site))
    below = [
        one
        for one in known
        if one != own and one.startswith(folder) and any(re.search(p, one) for p in site.branches)
    ]
    return tuple(below[:_MOST_BRANCHES])


def outlinks(page: Outline, node: int, base: str) -> tuple[str, ...]:
    """Return the addresses on named hosts that the body links to, at most 500; relative ones are the page's own."""
    end = page.nodes[node].end
    hrefs = [h for index, h, _ in page.links if node <= index < end and h.lstrip()[:4].lower() == "http"]
    hrefs += [h for index, h, _ in page.links if node <= index < end and h.lstrip().startswith("//")]
    return tuple(url for href in hrefs[:500] if (url := joined(base, href)))
