"""OFD (GB/T 33190): a ZIP of XML whose pages hold text objects; each gives its characters and where they stand."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from archive.attach.bounds import FEW_PAGES, MOST_PAGES
from archive.attach.packed import Bundle

_NUMBER = re.compile(r"\d+")
# Lines are this far apart, as a share of the height of a line.
_SAME_LINE = 0.5


def ofd_text(bundle: Bundle, *, cheap: bool = False) -> tuple[str, tuple[str, ...]]:
    """Return an OFD's text codes in the order of its pages and of the objects on each, and flags."""
    places = _pages(bundle)
    most = FEW_PAGES if cheap else MOST_PAGES
    pages = [list(_lines(bundle.tree(place))) for place in places[:most] if place in bundle.names]
    flags = ["cut"] * (len(places) > most)
    if pages and sum(not page for page in pages) * 2 > len(pages):
        flags.append("scanned")
    return "\n".join(line for page in pages for line in page), tuple(flags)


def _pages(bundle: Bundle) -> list[str]:
    """Return where the pages are, as the document says; where it does not, by their numbers."""
    found: list[str] = []
    root = bundle.tree("OFD.xml")
    for place in _texts(root, "DocRoot"):
        document = posixpath.normpath(place.lstrip("/"))
        tree = bundle.tree(document)
        if tree is None:
            continue
        folder = posixpath.dirname(document)
        for page in _elements(tree, "Page"):
            base = page.get("BaseLoc") or ""
            joined = base.lstrip("/") if base.startswith("/") else posixpath.join(folder, base)
            found.append(posixpath.normpath(joined))
    if found:
        return found
    contents = [name for name in bundle.names if name.endswith("Content.xml")]
    return sorted(contents, key=lambda name: [int(n) for n in _NUMBER.findall(name)])


def _lines(page: Any) -> Iterator[str]:
    line, height = "", (0.0, 0.0)
    for text in _elements(page, "TextObject"):
        codes = "".join(code.text or "" for code in _elements(text, "TextCode"))
        here = _boundary(text)
        if line and abs(here[0] - height[0]) > _SAME_LINE * max(here[1], height[1], 0.1):
            yield line
            line = ""
        line, height = line + codes, here
    if line:
        yield line


def _boundary(text: Any) -> tuple[float, float]:
    """Return how far down a text object stands, and how high it is (millimetres)."""
    numbers = (text.get("Boundary") or "").split()
    try:
        return float(numbers[1]), float(numbers[3])
    except (IndexError, ValueError):
        return 0.0, 0.0


def _elements(root: Any, name: str) -> Iterator[Any]:
    for node in root.iter():
        if isinstance(node.tag, str) and node.tag.rpartition("}")[2] == name:
            yield node


def _texts(root: Any, name: str) -> list[str]:
    return [(node.text or "").strip() for node in _elements(root, name)]
