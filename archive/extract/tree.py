"""Text to one element tree, whatever the text is, and the elements that a site's CSS selectors match in it.

Every page goes through an HTML5 parser first, so that the tree is the one a browser builds: a body that was closed
before the article, a cell outside its table, a paragraph in a paragraph. What costs parsers more than it is worth
(200,000 levels, an element with 50,000 attributes: minutes, quadratic) is put right in the text, or takes the way
of libxml2 alone, flagged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree
from lxml.cssselect import CSSSelector
from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, SelectolaxError

from archive.extract.outline import Outline
from archive.patterns import regex

MAX_TAGS = 400_000
_REFERENCE = regex(r"&#(?:[xX]0*([0-9a-fA-F]{1,40})|0*([0-9]{1,40}))(;?)")
_CONTROL = regex("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_CONTROL_BYTES = bytes((*range(9), 11, 12, *range(14, 32), 127))
# How U+FDD0 to U+FDEF begin in UTF-8, and U+FFFE and U+FFFF.
_NO_CHARACTERS = (b"\xef\xb7", b"\xef\xbf\xbe", b"\xef\xbf\xbf")
# A joiner between two pictures makes one of them.
_ZERO_WIDTH = regex(
    "[\u00ad\u180e\u200b\u200c\u2060-\u2064\ufeff]|(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d"
)
_ZERO_CHARACTERS = "\u00ad\u180e\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff"
_ZERO_NAMES = ("&shy;", "&zwj;", "&zwnj;", "&ZeroWidthSpace;", "&NoBreak;")
_ZERO_NAMED = regex(r"&(?:shy|zwj|zwnj|ZeroWidthSpace|NoBreak);")
_ZERO_CODES = frozenset(
    (0xAD, 0x180E, 0x200B, 0x200C, 0x200D, 0x2060, 0x2061, 0x2062, 0x2063, 0x2064, 0xFEFF)
)
_LONG_TAG = regex(r"<([a-zA-Z][\w:-]{0,40})([^<>]{1500,})")
_QUOTED_TAG = regex(r"""<([a-zA-Z][\w:-]{0,40})((?:[^<>"']++|"[^"]*+"|'[^']*+')++)""")
_MANY_ATTRIBUTES = 20_000
_KEPT = regex(
    r"""\b(href|src|id|class|style|name|property|content|title|http-equiv|charset)\s*=\s*("[^"]*"|'[^']*')""",
    re.I,
)
_ANY_TAG = regex(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})[^<>]*>")
_BREAKS_IN_LINK = regex(r"[\t\r\n]+")
# libxml2 ends these where a paragraph begins.
_STRUCK = regex(r"<(/?)(?:s|strike)(?=[\s>])")
_RUN_OF_MARKS = regex("\x1e+")
_MAX_DEPTH = 1_000
# A formatting element left open is made again in every block that follows it.
_MAX_REMADE = 2_000_000
_FORMATTING = regex(r"<(/?)(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s>/]", re.I)
# Elements that end by themselves, or hold nothing, do not nest.
_NESTED = regex(
    r"<(/?)(?!(?:area|base|br|col|dd|dt|embed|hr|img|input|li|link|meta|option|p|param|source|tbody|td|th|tr|wbr)"
    r"[\s/>])[a-zA-Z]",
    re.I,
)
_BREAKS = {"p", "div", "li", "tr", "h1", "h2", "h3", "h4", "br", "table", "section", "article", "ul", "ol"}
_CP1252 = {n: bytes([n]).decode("cp1252", "replace").replace("�", "") for n in range(0x80, 0xA0)}
_ATTRIBUTE = regex(r"::attr\(\s*([\w:-]+)\s*\)\s*$")
_TEXT = regex(r"::text\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A page's root element (None when it has none), the text that was parsed and what had to be done to it."""

    root: Any
    source: str
    flags: tuple[str, ...] = ()


def parse(text: str) -> Parsed:
    """Return the one tree of a page; ``source`` is its text with what breaks parsers put right."""
    if text.count("<") > MAX_TAGS:
        return _flat(text, ("too_many_tags",))
    text = _without_controls(text)
    flags: tuple[str, ...] = ()
    long_tag = _QUOTED_TAG if text.count("=") > _MANY_ATTRIBUTES else _LONG_TAG
    if _may_hold(long_tag, text) and (fewer := long_tag.sub(_fewer_attributes, text)) != text:
        # An image written out in its own address is common, and no loss to a text.
        flags = ("attributes_cut",) if long_tag is _QUOTED_TAG else ()
        text = fewer
    built = _as_browsers_build_it(text)
    if not built:
        flags += ("not_html5",)
    root, too_deep = _parsed(built or text)
    if too_deep:
        return _flat(text, (*flags, "too_deep"))
    return Parsed(root=root, source=built or text, flags=flags)


def _as_browsers_build_it(text: str) -> str:
    """Return a page's markup as a browser's parser understands it, "" where that would cost too much.

    Scripting counts as on, as in a browser: what stands in ``<noscript>`` is no part of the page.
    """
    if _depth(text) > _MAX_DEPTH or _remade(text) > _MAX_REMADE:
        return ""
    try:
        # Without events: with them ten thousand options of one list take minutes.
        parser = LexborHTMLParser(text, scripting=True, options=LexborDocumentOptions.WO_EVENTS)
        built = parser.html or ""
    except SelectolaxError:
        return ""
    return _STRUCK.sub(r"<\1del", built) if "<s" in built else built


def _depth(text: str) -> int:
    """Return at most how deep elements nest whose end tags nothing stands for; 0 where there are few."""
    if text.count("<") <= _MAX_DEPTH:
        return 0
    depth = deepest = 0
    for closing in _NESTED.findall(text):
        depth = max(0, depth + (-1 if closing else 1))
        deepest = max(deepest, depth)
    return deepest


def _remade(text: str) -> int:
    """Return at most how many elements are made again for formatting elements that were left open."""
    tags = text.count("<")
    if tags < 2_000:
        return 0
    ends = _FORMATTING.findall(text)
    return max(0, len(ends) - 2 * sum(map(bool, ends))) * tags


def _may_hold(long_tag: re.Pattern[str], text: str) -> bool:
    """Say whether a text may hold a tag that is too long: cheaper than to seek one, and pages seldom do."""
    if long_tag is _QUOTED_TAG:
        return True
    return any(len(piece) >= 1500 and ">" not in piece[:1500] for piece in text.split("<"))


def _flat(text: str, flags: tuple[str, ...]) -> Parsed:
    source = _flattened(text)
    return Parsed(root=_parsed(source)[0], source=source, flags=flags)


def base_url(root: Any, url: str) -> str:
    """Return the address that relative links are resolved against; a broken ``<base>`` counts for nothing."""
    for base in root.iter("base"):
        href = joined(url, base.get("href") or "")
        return href or url
    return url


def joined(base: str, href: str) -> str:
    """Return ``href`` as an absolute http(s) address, or "" when it is none (script, mail, broken host)."""
    href = as_browsers_take_it(href)
    if not href or href.lower().startswith(("#", "javascript:", "mailto:", "data:", "tel:")):
        return ""
    try:
        url = urljoin(base, href)
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return ""
    return parts.scheme + url[len(parts.scheme) :]


def as_browsers_take_it(href: str) -> str:
    """Return a link's address without line breaks, and with slashes for the backslashes of its path."""
    href = _BREAKS_IN_LINK.sub("", href).strip()
    end = next((at for at, letter in enumerate(href) if letter in "?#"), len(href))
    if "\\" in href[:end] and not href.lower().startswith(("javascript:", "mailto:", "data:", "tel:")):
        return href[:end].replace("\\", "/") + href[end:]
    return href


def _parsed(text: str) -> tuple[Any, bool]:
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace") or b" ", parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None, False
    errors = parser.error_log
    return root, any("depth" in e.message for e in errors.filter_from_errors()) if len(errors) else False


def _without_controls(text: str) -> str:
    """Return a page without control characters and without those that have no width: both are seen by nobody."""
    if not text.isascii() and any(map(text.__contains__, _ZERO_CHARACTERS)):
        text = _ZERO_WIDTH.sub("", text)
    if "&" in text and any(map(text.__contains__, _ZERO_NAMES)):
        text = _ZERO_NAMED.sub("", text)
    if _may_hold_controls(text):
        text = _CONTROL.sub("", text)
    return _harmless_references(text)


def _may_hold_controls(text: str) -> bool:
    """Say whether a text may hold a control character: by its bytes, five times faster than to seek one."""
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        return True
    return len(raw.translate(None, _CONTROL_BYTES)) < len(raw) or any(map(raw.__contains__, _NO_CHARACTERS))


def _harmless_references(text: str) -> str:
    return _REFERENCE.sub(_harmless, text) if "&#" in text else text


def _harmless(match: re.Match[str]) -> str:
    """Return a numeric reference unchanged, or what a browser shows for one that XML forbids."""
    code = int(match[1], 16) if match[1] else int(match[2])
    if 0x80 <= code < 0xA0:
        return _CP1252[code]
    bad = code in _ZERO_CODES or (code < 32 and code not in (9, 10, 13))
    bad = bad or code == 127 or 0xD800 <= code < 0xE000 or 0xFDD0 <= code <= 0xFDEF
    bad = bad or code & 0xFFFE == 0xFFFE or code > 0x10FFFF
    return "" if bad else match[0]


def _fewer_attributes(match: re.Match[str]) -> str:
    if len(match[2]) < 1500:
        return match[0]
    kept: dict[str, str] = {}
    for name, value in _KEPT.findall(match[2]):
        kept.setdefault(name.lower(), value if name.lower() == "content" else value[:2000] + value[0])
    return f"<{match[1]}" + "".join(f" {name}={value}" for name, value in kept.items()) + " "


def _flattened(text: str) -> str:
    """Return a page without structure: lines only. What is left of a page too deep or too wide to parse."""
    text = _CONTROL.sub("", text)
    for name in ("script", "style"):
        text = _without_elements(text, name)

    def mark(match: re.Match[str]) -> str:
        name = match[2].lower()
        if name in {"title", "head", "body", "html"}:
            return match[0]
        return "\x1e" if name in _BREAKS else ""

    return _harmless_references(_RUN_OF_MARKS.sub("<br>", _ANY_TAG.sub(mark, text)))


def _without_elements(text: str, name: str) -> str:
    """Cut every ``name`` element by plain search: linear, also where the end tags are missing."""
    lower, kept, at = text.lower(), [], 0
    if len(lower) != len(text):
        return text
    while (start := lower.find("<" + name, at)) >= 0:
        kept.append(text[at:start])
        end = lower.find("</" + name, start)
        at = len(text) if end < 0 else end + len(name) + 2
    return "".join([*kept, text[at:]])


@lru_cache(maxsize=512)
def _compiled(selector: str) -> tuple[Any, str]:
    attribute = _ATTRIBUTE.search(selector)
    bare = _TEXT.sub("", _ATTRIBUTE.sub("", selector)).strip()
    return CSSSelector(bare, translator="html"), attribute[1] if attribute else ""


def select(root: Any, selector: str) -> list[Any]:
    """Return the elements that a declared selector matches, in the order of the page."""
    return [found for found in _compiled(selector)[0](root) if isinstance(found, etree._Element)]


def first_text(page: Outline, selectors: tuple[str, ...]) -> tuple[str, str]:
    """Return the text (or the attribute) of the first match that is not empty, and the selector that gave it.

    Text nodes are separated by U+001F, so that a label and its value can be told apart.
    """
    for selector in selectors:
        attribute = _compiled(selector)[1]
        for element in select(page.root, selector)[:20]:
            text = element.get(attribute) if attribute else _text(page, element)
            if text and text.strip("\x1f \n\t\r\u3000\xa0"):
                return text[:2000], selector
    return "", ""


def _text(page: Outline, element: Any) -> str:
    """Return the text nodes of an element as a visitor sees them; of one that nobody sees, all of them."""
    node = next((at for at, one in enumerate(page.nodes) if one.element is element), -1)
    if node < 0 or page.nodes[node].hidden:
        parts: Any = element.itertext()
    else:
        end, nodes = page.nodes[node].end, page.nodes
        pieces = (piece for line in page.lines for piece in line.pieces)
        parts = (text for text, at in pieces if node <= at < end and not nodes[at].hidden)
    return "\x1f".join(part for part in (" ".join(text.split()) for text in parts) if part)


def nodes_of(page: Outline, selectors: tuple[str, ...]) -> list[int]:
    """Return the nodes of the outline that declared selectors match, grouped by selector, in order."""
    if not selectors:
        return []
    index = {node.element: at for at, node in enumerate(page.nodes)}
    found = [index.get(element) for selector in selectors for element in select(page.root, selector)]
    return [at for at in found if at is not None]
