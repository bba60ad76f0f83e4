"""One page of a PDF as PDFium reads it, each page opened and closed by itself."""

from __future__ import annotations

import ctypes
from contextlib import closing
from functools import partial

import pypdfium2
from pypdfium2 import raw

from archive.attach.bounds import BROKEN

_LONGEST_NAME = 256
# Where a line ends within a word PDFium writes this for the hyphen.
_SIGNS = str.maketrans({"\x02": "-", "\ufffe": "", "\0": ""})


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
