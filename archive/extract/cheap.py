"""The reading of last resort: no tree is built, so it ends in time on any page. Its article is flagged."""

from __future__ import annotations

import html
import re

from archive import CHEAP
from archive.extract.charset import decode
from archive.models import Article, Page, Unreadable

FLAG = CHEAP
SENTENCE = re.compile(r"[。！？；，]")
_SILENT = re.compile(r"<(script|style|noscript|textarea)\b", re.IGNORECASE)
_BLOCK = re.compile(r"</?(?:p|div|br|tr|li|h[1-6]|table|section|article)\b[^<>]{0,400}>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,4000}>")
_TITLE = re.compile(r"<title[^<>]{0,400}>([^<]{1,500})", re.IGNORECASE)


def read_cheaply(page: Page) -> Article | Unreadable:
    """Return the lines of a page that read like sentences, with whatever its title element says.

    It knows nothing of containers: menus without punctuation fall away, a disclaimer may stay.
    """
    text = decode(page.body, page.content_type).text
    title = _TITLE.search(text)
    lines = html.unescape(_TAG.sub("", _BLOCK.sub("\n", _without_scripts(text)))).splitlines()
    kept = [line.strip() for line in lines if len(line.strip()) > 20 and SENTENCE.search(line)]
    if not kept or title is None:
        return Unreadable(reason="reader_time: no text found in time", flags=(FLAG,))
    return Article(
        title=title[1].strip(),
        text="\n".join(kept).replace("\0", ""),
        flags=(FLAG,),
        evidence={"title": "title element", "text": "lines with sentence marks"},
    )


def _without_scripts(text: str) -> str:
    pieces, at = [], 0
    while opened := _SILENT.search(text, at):
        pieces.append(text[at : opened.start()])
        end = text.lower().find(f"</{opened[1].lower()}", opened.end())
        if end < 0:
            return "".join(pieces)
        at = end
    return "".join(pieces) + text[at:]
