"""What a reader could use of a page, as one digest: bytes may differ while this does not."""

from __future__ import annotations

import hashlib
import re

from archive.models import Page

_UNSEEN = re.compile(rb"<!--|<(?:script|style)\b", re.IGNORECASE)
_END = {b"<!--": b"-->", b"<scr": b"</script", b"<sty": b"</style"}
_KEPT = re.compile(
    rb"<meta\b[^<>]{0,2000}>|\bhref\s{0,9}=\s{0,9}[\"']?([^\"'<>\s]{1,500}\.(?:pdf|docx?|xlsx?|wps|ofd|zip|rar)\b)",
    re.IGNORECASE,
)
_TAG = re.compile(rb"<[^<>]{0,20000}>")
_SPACE = re.compile(rb"\s+")


def visible_digest(page: Page) -> str:
    """Return ``sha256:`` and hex over a page's texts, its meta elements and the addresses of attached files.

    Equal digests mean that no reader could tell the pages apart; unequal ones may differ in a counter only.
    """
    body = _seen(page.body)
    marks = b"\n".join(match[0] for match in _KEPT.finditer(body))
    text = _SPACE.sub(b" ", _TAG.sub(b" ", body))
    digest = hashlib.sha256(page.content_type.encode() + b"\0" + marks + b"\0" + text)
    return "sha256:" + digest.hexdigest()


def _seen(body: bytes) -> bytes:
    """Return the body without comments, scripts and styles; one that never ends swallows the rest."""
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
