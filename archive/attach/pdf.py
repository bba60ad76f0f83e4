"""PDF: the text of its pages, in their order, and whether it is one of pictures.

A page's text is what the file says, which need not be what is seen: a scanned page may carry a machine's reading
of it. Nothing is recognised here. PDFium reads what it reads the same way on every machine: files that hold the
outlines of their fonts. pypdf reads the others and what PDFium refuses, slowly, and looks at the fonts of all.

A font says by a table (ToUnicode), by an encoding with a name, or by names of glyphs which characters its codes show.
Where it says nothing, any text is a guess: the codes are numbers of outlines in a font file.
"""

from __future__ import annotations

import ctypes
import io
import logging
import re
import zlib
from collections.abc import Iterator
from contextlib import closing
from enum import Enum
from functools import partial
from itertools import islice
from typing import Any

import pypdfium2
from pypdf import PasswordType, PdfReader
from pypdf.generic import NameObject
from pypdfium2 import raw

from archive.attach.packed import BROKEN, FEW_PAGES, MOST_CHARACTERS, MOST_OF_ONE, MOST_PAGES, Read
from archive.patterns import regex

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
_NAMED = regex(
    r"/(?:GB-EUC|GBpc-EUC|GBK-EUC|GBK2K|ETen(?:ms)?-B5|Uni(?:GB|CNS|JIS)-(?:UTF16|UCS2)|90ms-RKSJ)-[HV]"
)
_SCRIPTS = ("GB1", "CNS1", "Japan1", "Korea1", "KR")
# /g12, /c45, /G01, /cid1234, /a7: numbers of outlines, no names of characters.
_NUMBER_OF_GLYPH = regex(r"/(?:[a-zA-Z]{1,3}|glyph|index|char)[_-]?\d+")
_UNICODE_NAME = regex(r"/(?:uni(?:[0-9A-F]{4})+|u[0-9A-F]{4,6})(?:\.\w+)?")
_SYMBOLIC = 4
_STANDARD = regex(r"/(?:Helvetica|Times|Courier)(?:-[A-Za-z]+)?|/Symbol|/ZapfDingbats")
_LONGEST_NAME = 256
# Where a line ends within a word PDFium writes this for the hyphen.
_SIGNS = str.maketrans({"\x02": "-", "\ufffe": "", "\0": ""})
# A page of a picture may carry a number or a stamp.
_TEXT_OF_A_PICTURE = 8
# Private use and the replacement character: what a font without its table of characters gives.
_GARBLED_SHARE = 0.3
# A character of a font that does not say which it is.
LOST = "□"
_STREAM = regex(rb"(?<!end)stream\r?\n(?=[\x08-\x78])")
_IMAGE = regex(rb"/Subtype\s*/Image\b")
_SIZE_OF_HEAD = 600


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


def page_text(document: pypdfium2.PdfDocument, number: int, lost: frozenset[str] = frozenset()) -> str | None:
    """Return the text of a page, with □ for each character without Unicode or of a font in ``lost``; None where it cannot be read."""
    try:
        with closing(document[number]) as page, closing(page.get_textpage()) as text:
            is_clear = not lost and not any(
                map(partial(raw.FPDFText_HasUnicodeMapError, text.raw), range(text.count_chars()))
            )
            shown = text.get_text_range(errors="replace") if is_clear else _marked(text, lost)
    except (pypdfium2.PdfiumError, *BROKEN):
        return None
    return shown.replace("\r\n", "\n").translate(_SIGNS).strip()


def _marked(text: pypdfium2.PdfTextPage, lost: frozenset[str]) -> str:
    characters: list[str] = []
    name = ctypes.create_string_buffer(_LONGEST_NAME)
    flags = ctypes.c_int()
    for index in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text.raw, index)
        character = chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
        if not character.isspace() and not raw.FPDFText_IsGenerated(text.raw, index):
            raw.FPDFText_GetFontInfo(text.raw, index, name, _LONGEST_NAME, ctypes.byref(flags))
            is_lost = raw.FPDFText_HasUnicodeMapError(text.raw, index) == 1
            if is_lost or name.value.decode("utf-8", "replace") in lost:
                character = "□"
        characters.append(character)
    return "".join(characters)


def pdf_text(body: bytes, *, cheap: bool = False) -> Read:
    """Return the text of a PDF's pages, flags, and a reason where there is none."""
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = PdfReader(io.BytesIO(body), strict=False)
    flags: list[str] = []
    if reader.is_encrypted:
        flags.append("encrypted")
        # Many are only protected against changes: the password to read them is empty.
        if reader.decrypt("") is PasswordType.NOT_DECRYPTED:
            return None, tuple(flags), "it needs a password"
    most = FEW_PAGES if cheap else MOST_PAGES
    pages = list(_within_characters(_pages(body, reader, most), flags))
    if len(reader.pages) > most:
        flags.append("cut")
    return _result(pages, flags)


def _result(pages: list[str | None], flags: list[str]) -> Read:
    read = [page for page in pages if page is not None]
    text = "\n".join(page for page in read if page)
    if LOST in text:
        flags.append("no_unicode")
        if not text.replace(LOST, "").strip():
            return None, tuple(flags), "its fonts do not say which characters they show"
    pictures = sum(len("".join(page.split())) <= _TEXT_OF_A_PICTURE for page in read)
    if read and pictures * 2 > len(read):
        flags.append("scanned")
    if is_garbled(text):
        flags.append("garbled")
    reason = "most of its pages are pictures" if "scanned" in flags else None
    return text or None, tuple(flags), reason


def _within_characters(pages: Iterator[str | None], flags: list[str]) -> Iterator[str | None]:
    """Yield pages as long as there is room for their text; flag those that cannot be read, and a text cut short."""
    left = MOST_CHARACTERS
    for page in pages:
        if page is None:
            flags.append("page_errors")
            yield None
            continue
        yield page[:left]
        left -= len(page)
        if left <= 0:
            flags.append("cut")
            return


def _pages(body: bytes, reader: PdfReader, most: int) -> Iterator[str | None]:
    """Yield the text of each page, None for one that cannot be read."""
    fonts = fonts_of(reader, most)
    unclear = [font for font in fonts if sense_of(font) is Sense.NONE]
    names = [str(font.get("/BaseFont")) for font in fonts]
    are_told_apart = all(names.count(str(font.get("/BaseFont"))) == 1 for font in unclear)
    if fonts and all(map(is_embedded, fonts)) and are_told_apart and not _is_bomb(body):
        document = _opened(body)
        if document is not None:
            lost = frozenset(str(font.get("/BaseFont"))[1:] for font in unclear)
            with closing(document):
                yield from (page_text(document, number, lost) for number in range(min(len(document), most)))
            return
    name_known_encodings(fonts)
    # The tables of the scripts are PDFium's.
    lost_here = any(sense_of(font) is not Sense.CLEAR for font in fonts)
    for page in islice(reader.pages, most):
        try:
            text = _without_unclear(page) if lost_here else page.extract_text()
        except BROKEN:
            yield None
            continue
        yield text.strip()


def _opened(body: bytes) -> pypdfium2.PdfDocument | None:
    try:
        return pypdfium2.PdfDocument(body)
    except (pypdfium2.PdfiumError, *BROKEN):
        return None


def _without_unclear(page: Any) -> str:
    """Return a page's text with a sign for each character of a font that does not say which it is."""
    pieces: list[str] = []
    known: dict[int, bool] = {}

    def take(text: str, _cm: Any, _tm: Any, font: Any, _size: Any) -> None:
        if font is not None and known.setdefault(id(font), sense_of(font) is not Sense.CLEAR):
            text = re.sub(r"\S", LOST, text)
        pieces.append(text)

    page.extract_text(visitor_text=take)
    return "".join(pieces)


def _is_bomb(body: bytes) -> bool:
    """Return whether a stream that is no picture unpacks to more than pypdf would take; PDFium takes any.

    One packed twice is not found out: the reader's limit on memory is there for it.
    """
    for start in _STREAM.finditer(body):
        head = body[max(0, start.start() - _SIZE_OF_HEAD) : start.start()].rpartition(b" obj")[2]
        if b"Flate" in head and not _IMAGE.search(head) and _unpacks_to_more(memoryview(body)[start.end() :]):
            return True
    return False


def _unpacks_to_more(packed: memoryview) -> bool:
    unpacker = zlib.decompressobj()
    size, at, rest = 0, 0, b""
    try:
        while size <= MOST_OF_ONE and not unpacker.eof and (rest or at < len(packed)):
            if not rest:
                rest, at = bytes(packed[at : at + 65_536]), at + 65_536
            size += len(unpacker.decompress(rest, 1 << 20))
            rest = unpacker.unconsumed_tail
    except zlib.error:
        return False
    return size > MOST_OF_ONE


def is_garbled(text: str) -> bool:
    """Return whether much of a text is characters that stand for nothing."""
    strange = sum(
        1 for c in text if "\ue000" <= c <= "\uf8ff" or c == "\ufffd" or (c < " " and c not in "\t\n\r")
    )
    return bool(text) and strange > _GARBLED_SHARE * len(text)
