"""Attached files: what kind each is and the text in it, from its bytes alone. Pure but for ``antiword``.

Made for the reader process, whose limits on CPU and memory hold here too: what takes more is read once more with
``cheap``. A file is read, never run, and nothing it names is fetched. The libraries of all the formats are loaded
when the first file is read.

A file may be a document by itself: a list led to it, or its address was given. It is read as an article is, but has
no byline: no date and no source is taken from it. Its headline is what the list called it, or its first line.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from archive.attach.kinds import kind_of, safe_name
from archive.model import Article, AttachmentText, Page, Unreadable
from archive.model.files import is_unnamed, leads_to_file
from archive.patterns import regex

__all__ = ["AttachmentText", "file_of", "is_file", "read_document", "safe_name", "text_of"]
FLAG = "file"
_NOT_A_FILE = ("html", "unknown", "image")
_LABEL = regex(r"附\s?件\s?[0-9一二三四五六七八九十]{0,3}\s?[:：]?")
_HEADLINE = (4, 90)


def text_of(body: bytes, name: str, media_type: str = "", *, cheap: bool = False) -> AttachmentText:
    """Return what a file is and the text in it, or why there is none.

    ``media_type`` is the server's claim: it is set against the bytes, never believed. The text is what the file
    says in its own order; headings, columns and pictures are lost, and it does not prove what a reader of the
    printed page sees.
    """
    from archive.attach.reading import read_file

    return read_file(body, name, media_type, cheap=cheap)


def is_file(page: Page) -> bool:
    """Say whether an address that ends as files do, or has no ending, was answered with one."""
    if not (leads_to_file(page.url) or is_unnamed(page.url, programs=True)):
        return False
    return kind_of(page.body, file_of(page.url), page.content_type) not in _NOT_A_FILE


def file_of(url: str) -> str:
    """Return the name of the file an address leads to."""
    return unquote(urlsplit(url).path.rpartition("/")[2])


def read_document(page: Page, *, cheap: bool = False) -> Article | Unreadable:
    """Return a file as an article: its text and a title. One without a text is unreadable, with why."""
    name = file_of(page.url)
    found = text_of(page.body, name, page.content_type, cheap=cheap)
    flags = (FLAG, *found.flags)
    if found.text is None:
        reason = found.reason or "there is no text in it"
        return Unreadable(reason=f"a file ({found.kind}): {reason}", flags=flags, title=safe_name(name))
    title, where = _title(page, found.text, name)
    return Article(
        title=title,
        text=found.text,
        flags=flags,
        evidence={"title": where, "text": f"the file ({found.kind})"},
    )


def _title(page: Page, text: str, name: str) -> tuple[str, str]:
    """Return the words of the list that led to a file, else its first line, else its name; and which of them."""
    if listed := " ".join(page.listed_as.split()):
        return listed[:300], "the list that led to the file"
    if headline := _headline(text):
        return headline, "first line of the file"
    return safe_name(name), "name of the file"


def _headline(text: str) -> str:
    for line in text[:4000].split("\n")[:12]:
        plain = " ".join(line.split())
        if _LABEL.fullmatch(plain) or not re.search(r"[^\W\d_]{2}", plain):
            continue
        return plain if _HEADLINE[0] <= len(plain) <= _HEADLINE[1] else ""
    return ""
