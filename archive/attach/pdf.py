"""PDF: the text of its pages, in their order, and whether it is one of pictures.

A page's text is what the file says, which need not be what is seen: a scanned page may carry a machine's reading
of it, a font without a table of characters gives other characters. Nothing is recognised here.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from itertools import islice

from pypdf import PasswordType, PdfReader

from archive.attach.bounds import BROKEN, FEW_PAGES, MOST_CHARACTERS, MOST_PAGES

# A page of a picture may carry a number or a stamp.
_TEXT_OF_A_PICTURE = 8
# Private use and the replacement character: what a font without its table of characters gives.
_GARBLED_SHARE = 0.3


def pdf_text(body: bytes, *, cheap: bool = False) -> tuple[str | None, tuple[str, ...], str | None]:
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
    pages = list(_pages(reader, most, flags))
    if len(reader.pages) > most:
        flags.append("cut")
    read = [page for page in pages if page is not None]
    text = "\n".join(page for page in read if page)
    pictures = sum(len("".join(page.split())) <= _TEXT_OF_A_PICTURE for page in read)
    if read and pictures * 2 > len(read):
        flags.append("scanned")
    if is_garbled(text):
        flags.append("garbled")
    reason = "most of its pages are pictures" if "scanned" in flags else None
    return text or None, tuple(flags), reason


def _pages(reader: PdfReader, most: int, flags: list[str]) -> Iterator[str | None]:
    """Yield the text of each page, None for one that cannot be read."""
    left = MOST_CHARACTERS
    for page in islice(reader.pages, most):
        try:
            text = page.extract_text().strip()
        except BROKEN:
            flags.append("page_errors")
            yield None
            continue
        yield text[:left]
        left -= len(text)
        if left <= 0:
            flags.append("cut")
            return


def is_garbled(text: str) -> bool:
    """Return whether much of a text is characters that stand for nothing."""
    strange = sum(
        1 for c in text if "\ue000" <= c <= "\uf8ff" or c == "\ufffd" or (c < " " and c not in "\t\n\r")
    )
    return bool(text) and strange > _GARBLED_SHARE * len(text)
