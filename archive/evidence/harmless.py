"""A kept page made harmless, to be shown as it was. Pure.

What is not known to be harmless goes: scripts, frames, forms, everything that could ask another server for anything.
Links keep their address as a title and lead nowhere; pictures stand only where the archive holds them. The page that
is shown is therefore not the page that was kept: the kept bytes are beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

from lxml import etree, html

from archive.patterns import regex

# For the answer that holds such a page: nothing is asked for, nothing is run, nothing is sent; pictures lie in the page.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; sandbox"

KEPT = frozenset(
    """a abbr acronym address article aside b bdi bdo big blockquote body br caption center cite code col colgroup dd del
    details dfn dir div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 head header hgroup hr html i img ins kbd
    li main mark menu nav ol p pre q rp rt ruby s samp section small span strike strong style sub summary sup table tbody
    td tfoot th thead time tr tt u ul var wbr""".split()  # noqa: SIM905
)
GONE = frozenset(
    """applet audio base basefont bgsound button canvas embed frame frameset iframe input isindex keygen link listing map
    marquee math meta noembed noframes noscript object optgroup option param picture plaintext portal script select slot
    source svg template textarea title track video xmp""".split()  # noqa: SIM905
)
_ATTRIBUTES = frozenset(
    """align alt bgcolor border cellpadding cellspacing class color cols colspan datetime dir face headers height hspace
    id lang nowrap reversed rowspan rows scope size span start style title type valign value vspace width""".split()  # noqa: SIM905
)
_ASKS = regex(
    r"url\s*\(|image\s*\(|image-set|@import|@font-face|expression\s*\(|behavior|-moz-binding|javascript:",
    re.I,
)
_ESCAPE = regex(r"\\|/\*")
_POSITION = regex(r"position\s*:\s*(?:fixed|sticky)", re.I)

Picture = Callable[[str], str | None]


def harmless(text: str, url: str, picture: Picture = lambda address: None) -> str:
    """Return a page that runs nothing and asks for nothing.

    ``picture`` gives the address under which a picture of the page is held; None where it is not.
    """
    try:
        root = html.document_fromstring(
            _without_nulls(text), parser=html.HTMLParser(encoding="utf-8", huge_tree=False)
        )
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return "<!DOCTYPE html>\n<html><head></head><body></body></html>"
    base = _base(root, url)
    etree.strip_elements(root, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    for element in list(root.iter()):
        _keep_or_drop(element, base, picture)
    return str(html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>"))


def _keep_or_drop(element: Any, base: str, picture: Picture) -> None:
    if element.getparent() is None and element.tag != "html":
        return
    if not isinstance(element.tag, str) or element.tag in GONE:
        _drop(element)
        return
    if element.tag not in KEPT:
        # What the page showed in an element of its own is shown without it.
        element.tag = "span"
    if element.tag == "style":
        element.text = _harmless_style(element.text or "")
        for child in list(element):
            element.remove(child)
    address = (
        element.get("href") if element.tag == "a" else element.get("src") if element.tag == "img" else None
    )
    for name in list(element.attrib):
        if name.lower() not in _ATTRIBUTES:
            del element.attrib[name]
    if "style" in element.attrib and _asks(element.attrib["style"]):
        del element.attrib["style"]
    if element.tag == "a" and address:
        element.set("title", address[:2_000])
    if element.tag == "img":
        _show(element, address, base, picture)


def _drop(element: Any) -> None:
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail
    before = element.getprevious()
    if tail and before is not None:
        before.tail = (before.tail or "") + tail
    elif tail:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _show(element: Any, address: str | None, base: str, picture: Picture) -> None:
    try:
        held = picture(urljoin(base, address.strip())) if address else None
    except ValueError:
        held = None
    if held is not None:
        element.set("src", held)
        return
    element.tag = "span"
    element.text = f"[{element.attrib.pop('alt', '') or '图 | picture'}]"


def _harmless_style(text: str) -> str:
    """Return a style sheet without rules that ask for anything."""
    if "<" in text or _ESCAPE.search(text):
        return ""
    return "}".join("" if _asks(rule) else rule for rule in text.split("}"))


def _asks(style: str) -> bool:
    return bool(_ASKS.search(style) or _ESCAPE.search(style) or _POSITION.search(style) or "<" in style)


def _base(root: Any, url: str) -> str:
    for element in root.iter("base"):
        try:
            return urljoin(url, str(element.get("href") or "").strip())
        except ValueError:
            return url
    return url


def _without_nulls(text: str) -> str:
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", " ", text) or " "
