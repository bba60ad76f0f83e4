"""PDF: the text of its pages, in their order, and whether it is one of pictures.

A page's text is what the file says, which need not be what is seen: a scanned page may carry a machine's reading
of it. Nothing is recognised here. PDFium reads what it reads the same way on every machine: files that hold the
outlines of their fonts. pypdf reads the others and what PDFium refuses, slowly, and looks at the fonts of all.
"""

from __future__ import annotations

import io
import logging
import re
import zlib
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from typing import Any

import pypdfium2
from pypdf import PasswordType, PdfReader

from archive.attach.bounds import BROKEN, FEW_PAGES, MOST_CHARACTERS, MOST_OF_ONE, MOST_PAGES, Read
from archive.attach.pdffonts import Sense, fonts_of, is_embedded, name_known_encodings, sense_of
from archive.attach.pdfium import page_text

# A page of a picture may carry a number or a stamp.
_TEXT_OF_A_PICTURE = 8
# Private use and the replacement character: what a font without its table of characters gives.
_GARBLED_SHARE = 0.3
# A character of a font that does not say which it is.
LOST = "□"
_STREAM = re.compile(rb"(?<!end)stream\r?\n(?=[\x08-\x78])")
_IMAGE = re.compile(rb"/Subtype\s*/Image\b")
_SIZE_OF_HEAD = 600


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
    return _told(pages, flags)


def _told(pages: list[str | None], flags: list[str]) -> Read:
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
