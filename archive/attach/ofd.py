"""OFD (GB/T 33190): a ZIP of XML whose pages hold text objects; each gives its characters and where they stand.

The objects of a page and of its templates (forms, letterheads) are put in order by their places on the page.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from archive.attach.bounds import FEW_PAGES, MOST_PAGES
from archive.attach.ofdobjects import pieces_of, rules_of
from archive.attach.packed import Bundle
from archive.attach.placed import Piece, Rule, lines_of

_NUMBER = re.compile(r"\d+")
_MOST_OBJECTS = 50_000


def ofd_text(bundle: Bundle, *, cheap: bool = False) -> tuple[str, tuple[str, ...]]:
    """Return an OFD's text, page by page, a line or table row a line, and flags."""
    places, templates = _pages(bundle)
    most = FEW_PAGES if cheap else MOST_PAGES
    flags = ["cut"] * (len(places) > most)
    read: dict[str, tuple[list[Piece], list[Rule]]] = {}
    pages: list[list[str]] = []
    for place in places[:most]:
        page = bundle.tree(place) if place in bundle.names else None
        if page is None:
            continue
        pieces, rules = _objects(page)
        for template in dict.fromkeys(node.get("TemplateID") for node in _elements(page, "Template")):
            where = templates.get(template or "")
            if where is None or where not in bundle.names:
                continue
            if where not in read:
                read[where] = _objects(bundle.tree(where))
            pieces, rules = read[where][0] + pieces, read[where][1] + rules
        pages.append(lines_of(pieces, rules))
    if pages and sum(not page for page in pages) * 2 > len(pages):
        flags.append("scanned")
    return "\n".join(line for page in pages for line in page), tuple(flags)


def _objects(page: Any) -> tuple[list[Piece], list[Rule]]:
    """Return what stands on a page: its pieces of text and the rules of its tables."""
    pieces: list[Piece] = []
    rules: list[Rule] = []
    for count, node in enumerate(page.iter()):
        name = node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
        if name == "TextObject":
            pieces += pieces_of(node)
        elif name == "PathObject":
            rules += rules_of(node)
        if count > 20 * _MOST_OBJECTS or len(pieces) > _MOST_OBJECTS:
            break
    return pieces, rules


def _pages(bundle: Bundle) -> tuple[list[str], dict[str, str]]:
    """Return where the pages are, as the document says, or else by their numbers; and where its templates are."""
    found: list[str] = []
    templates: dict[str, str] = {}
    for place in _texts(bundle.tree("OFD.xml"), "DocRoot"):
        document = posixpath.normpath(place.lstrip("/"))
        tree = bundle.tree(document)
        if tree is None:
            continue
        folder = posixpath.dirname(document)
        found += [_joined(folder, page.get("BaseLoc") or "") for page in _elements(tree, "Page")]
        for template in _elements(tree, "TemplatePage"):
            templates[template.get("ID") or ""] = _joined(folder, template.get("BaseLoc") or "")
    if found:
        return found, templates
    contents = [name for name in bundle.names if name.endswith("Content.xml") and "Tpl" not in name]
    return sorted(contents, key=lambda name: [int(n) for n in _NUMBER.findall(name)]), templates


def _joined(folder: str, base: str) -> str:
    return posixpath.normpath(base.lstrip("/") if base.startswith("/") else posixpath.join(folder, base))


def _elements(root: Any, name: str) -> Iterator[Any]:
    for node in root.iter():
        if isinstance(node.tag, str) and node.tag.rpartition("}")[2] == name:
            yield node


def _texts(root: Any, name: str) -> list[str]:
    return [(node.text or "").strip() for node in _elements(root, name)]
