"""What a reader could use of a page, as one digest: bytes may differ while this does not."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from html import unescape

from archive.models import Page
from archive.models.files import is_unnamed, leads_to_file, name_in

_UNSEEN = re.compile(rb"<!--|<script\b", re.IGNORECASE)
_END = {b"<!--": b"-->", b"<scr": b"</script"}
# What decides by its tag alone whether a text is seen, and how: a tag that comes or goes changes what is read.
_TELLING = re.compile(rb"</?(?:del|s|strike|sup|sub|rt|rp|ruby|ol|li|pre|br|p|style)\b", re.IGNORECASE)
_TELLING_ATTRIBUTE = re.compile(
    rb"\s(?:style|hidden|value|start|reversed)\b(?:\s{0,9}=\s{0,9}(?:\"[^\"]{0,2000}\"|'[^']{0,2000}'|[^\s\"'>]{1,2000}))?",
    re.IGNORECASE,
)
_META = re.compile(rb"<meta\b[^<>]{0,2000}>", re.IGNORECASE)
_LINK = re.compile(rb"<a\b([^<>]{1,4000})>", re.IGNORECASE)
_ADDRESS = re.compile(
    rb"\b(?:href|onclick)\s{0,9}=\s{0,9}(?:\"([^\"]{1,2083})|'([^']{1,2083})|([^\"'\s]{1,2083}))",
    re.IGNORECASE,
)
_TAG = re.compile(rb"<[^<>]{0,20000}>")
_SPACE = re.compile(rb"\s+")


def visible_digest(page: Page) -> str:
    """Return ``sha256:`` and hex over a page's texts, its meta elements and the addresses of attached files.

    What hides a text, strikes it out, raises or numbers it counts with the text.

    Equal digests mean that no reader could tell the pages apart; unequal ones may differ in a counter only.
    """
    body = _seen(page.body)
    marks = b"\n".join([*(match[0] for match in _META.finditer(body)), *_files(body)])
    text = _SPACE.sub(b" ", _TAG.sub(_told_by_tag, body))
    digest = hashlib.sha256(page.content_type.encode() + b"\0" + marks + b"\0" + text)
    return "sha256:" + digest.hexdigest()


def _told_by_tag(match: re.Match[bytes]) -> bytes:
    """Return what a tag says about the text in it: its name where that tells, what hides, numbers or fills in."""
    name = _TELLING.match(match[0])
    told = b"".join(_TELLING_ATTRIBUTE.findall(match[0])) if b" " in match[0] else b""
    return b" " + (name[0] if name else b"") + told + b" "


def _files(body: bytes) -> Iterator[bytes]:
    """Yield the addresses that lead to files, or may: those without an ending, and what scripts of links name."""
    for link in _LINK.finditer(body):
        for found in _ADDRESS.finditer(link[1]):
            address = unescape((found[1] or found[2] or found[3]).decode("latin-1"))
            is_script = found[0][:2].lower() == b"on" or address[:11].lower() == "javascript:"
            named = name_in(address[-400:]) if is_script else leads_to_file(address)
            if named or (not is_script and is_unnamed(address, programs=True)):
                yield address.encode("utf-8")


def _seen(body: bytes) -> bytes:
    """Return the body without comments and scripts; one that never ends swallows the rest."""
    lower = body.lower()
    pieces, at = [], 0
    while opened := _UNSEEN.search(body, at):
        pieces.append(body[at : opened.start()])
        closing = _END[lower[opened.start() : opened.start() + 4]]
        end = lower.find(closing, opened.end())
        if end < 0:
            return b"".join(pieces)
        at = end + len(closing)
    return b"".join(pieces) + body[at:]
