"""What a site declares about its pages, applied: CSS selectors on the one parsed tree."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from lxml import etree
from lxml.cssselect import CSSSelector

from archive.extract.outline import Outline

_ATTRIBUTE = re.compile(r"::attr\(\s*([\w:-]+)\s*\)\s*$")
_TEXT = re.compile(r"::text\s*$")


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
