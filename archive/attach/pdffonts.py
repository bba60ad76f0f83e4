"""The fonts of a PDF: whether their codes can be told as characters, and whether the file holds their outlines.

A font says by a table (ToUnicode), by an encoding with a name, or by names of glyphs which characters its codes show.
Where it says nothing, any text is a guess: the codes are numbers of outlines in a font file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from itertools import islice
from typing import Any

from pypdf import PdfReader
from pypdf.generic import NameObject

from archive.attach.bounds import BROKEN

_MOST_FONTS, _DEEPEST_FORM = 2_000, 4
# Encodings that pypdf does not know, by those it does: the same codes but for some widths or signs.
_ALIKE = {
    "GBKp-EUC": "GBK-EUC",
    "GBT-EUC": "GB-EUC",
    "GBTpc-EUC": "GBpc-EUC",
    "B5pc": "ETen-B5",
    "HKscs-B5": "ETen-B5",
    "ETHK-B5": "ETen-B5",
}
_NAMED = re.compile(
    r"/(?:GB-EUC|GBpc-EUC|GBK-EUC|GBK2K|ETen(?:ms)?-B5|Uni(?:GB|CNS|JIS)-(?:UTF16|UCS2)|90ms-RKSJ)-[HV]"
)
_SCRIPTS = ("GB1", "CNS1", "Japan1", "Korea1", "KR")
# /g12, /c45, /G01, /cid1234, /a7: numbers of outlines, no names of characters.
_NUMBER_OF_GLYPH = re.compile(r"/(?:[a-zA-Z]{1,3}|glyph|index|char)[_-]?\d+")
_UNICODE_NAME = re.compile(r"/(?:uni(?:[0-9A-F]{4})+|u[0-9A-F]{4,6})(?:\.\w+)?")
_SYMBOLIC = 4
_STANDARD = re.compile(r"/(?:Helvetica|Times|Courier)(?:-[A-Za-z]+)?|/Symbol|/ZapfDingbats")


class Sense(Enum):
    """Whether the codes of a font can be told as characters."""

    CLEAR = "clear"
    # By the tables of its script, which only PDFium has; its outlines are in the file, so its numbers are the script's.
    BY_SCRIPT = "by script"
    NONE = "none"


def sense_of(font: Any) -> Sense:
    """Return whether a font says which characters its codes show."""
    if "/ToUnicode" in font:
        return Sense.CLEAR
    encoding = font.get("/Encoding")
    encoding = encoding.get_object() if encoding is not None else None
    if font.get("/Subtype") == "/Type0":
        return _sense_of_composite(font, encoding)
    names = [name for name in (encoding or {}).get("/Differences", ()) if isinstance(name, NameObject)] if (
        hasattr(encoding, "get")
    ) else []  # fmt: skip
    nameless = sum(
        bool(_NUMBER_OF_GLYPH.fullmatch(name)) and not _UNICODE_NAME.fullmatch(name) for name in names
    )
    if names and nameless * 2 > len(names):
        return Sense.NONE
    return Sense.NONE if encoding is None and _is_subset_of_symbols(font) else Sense.CLEAR


def is_embedded(font: Any) -> bool:
    """Return whether a font's outlines are in the file, or PDFium has them: no font of the machine is used then."""
    if font.get("/Subtype") == "/Type3" or _STANDARD.fullmatch(str(font.get("/BaseFont"))):
        return True
    descriptor = _descendant(font).get("/FontDescriptor")
    descriptor = descriptor.get_object() if descriptor is not None else {}
    return any(name in descriptor for name in ("/FontFile", "/FontFile2", "/FontFile3"))


def fonts_of(reader: PdfReader, most_pages: int) -> list[Any]:
    """Return the fonts that the pages of a file name, each once; those of forms on them, too."""
    found: dict[int, Any] = {}
    seen: set[int] = set()
    for page in islice(reader.pages, most_pages):
        try:
            for font in _fonts_in(page, seen, 0):
                found.setdefault(id(font), font)
        except BROKEN:
            continue
        if len(found) > _MOST_FONTS:
            break
    return list(found.values())


def name_known_encodings(fonts: list[Any]) -> None:
    """Give encodings that pypdf does not know the names of those that have the same codes."""
    for font in fonts:
        encoding = font.get("/Encoding")
        name, dash, direction = str(encoding)[1:].rpartition("-")
        if isinstance(encoding, NameObject) and dash and name in _ALIKE:
            font[NameObject("/Encoding")] = NameObject(f"/{_ALIKE[name]}-{direction}")


def _sense_of_composite(font: Any, encoding: Any) -> Sense:
    if isinstance(encoding, NameObject) and _NAMED.fullmatch(encoding):
        return Sense.CLEAR
    descendant = _descendant(font)
    script = (descendant.get("/CIDSystemInfo") or {}).get("/Ordering")
    # Numbers in a TrueType font are the font's own, whatever script it claims.
    is_of_script = descendant.get("/Subtype") == "/CIDFontType0" and str(script) in _SCRIPTS
    is_identity = encoding in ("/Identity-H", "/Identity-V")
    is_known = isinstance(encoding, NameObject) and not is_identity
    if is_embedded(font) and str(script) in _SCRIPTS and (is_known or (is_identity and is_of_script)):
        return Sense.BY_SCRIPT
    return Sense.NONE


def _is_subset_of_symbols(font: Any) -> bool:
    descriptor = font.get("/FontDescriptor")
    flags = descriptor.get_object().get("/Flags", 0) if descriptor is not None else 0
    is_symbolic = isinstance(flags, int) and bool(flags & _SYMBOLIC)
    is_subset = re.match(r"/[A-Z]{6}\+", str(font.get("/BaseFont", ""))) is not None
    return font.get("/Subtype") == "/Type3" or (
        font.get("/Subtype") == "/TrueType" and is_symbolic and is_subset
    )


def _descendant(font: Any) -> Any:
    below = font.get("/DescendantFonts")
    return below.get_object()[0].get_object() if below is not None else font


def _fonts_in(holder: Any, seen: set[int], depth: int) -> Iterator[Any]:
    """Yield the fonts in the resources of a page or form, and in those of the forms it shows."""
    resources = holder.get("/Resources")
    resources = resources.get_object() if resources is not None else None
    if resources is None or id(resources) in seen:
        return
    seen.add(id(resources))
    for font in (resources.get("/Font") or {}).values():
        yield font.get_object()
    if depth >= _DEEPEST_FORM:
        return
    for shown in (resources.get("/XObject") or {}).values():
        form = shown.get_object()
        if form.get("/Subtype") == "/Form":
            yield from _fonts_in(form, seen, depth + 1)
