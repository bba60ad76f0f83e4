"""What a WARC record is: which one, by which digests others call its body, and what one without a body repeats.

A record's name proves nothing of its content: both name and digests are what the writing program said, or were
worked out here from the bytes that came.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any

from archive.clock import moment, utc_text
from archive.errors import BadInput
from archive.models import Repeat

# Under WARC 1.0 and 1.1, and as drafts of both wrote it.
_SAME_PAYLOAD = "identical-payload-digest"
_HEX = frozenset("0123456789abcdef")


def record_name(record: Any, url: str, at: str, raw: bytes | None) -> str:
    """Return what tells a record from every other: its id, where it has one, its address, time and bytes.

    The bytes belong to it: a record that was cut in one file and is whole in another is two.
    """
    named = record.rec_headers.get_header("WARC-Record-ID") or ""
    held = hashlib.sha256(raw or b"").hexdigest()
    return " ".join(part for part in (named, record.rec_type, at, held, url) if part)


def entity_digests(record: Any, raw: bytes | None) -> tuple[str, ...]:
    """Return the digests that other records may call these bytes by: SHA-1, and that of the kind its writer used."""
    if not raw or record.rec_type == "revisit":
        return ()
    kind = (_declared(record) or "").partition(":")[0]
    kinds = dict.fromkeys(("sha1", kind if kind in hashlib.algorithms_guaranteed else "sha1"))
    return tuple(f"{kind}:{hashlib.new(kind, raw).hexdigest()}" for kind in kinds if "shake" not in kind)


def repeat(record: Any) -> Repeat | None:
    """Return what a revisit record stands for; None for another record, and for a 304 of the server."""
    profile = record.rec_headers.get_header("WARC-Profile") or _SAME_PAYLOAD
    if record.rec_type != "revisit" or _SAME_PAYLOAD not in profile:
        return None
    found = Repeat(
        digest=_declared(record),
        url=record.rec_headers.get_header("WARC-Refers-To-Target-URI"),
        at=_time(record.rec_headers.get_header("WARC-Refers-To-Date")),
    )
    return found if found.digest or (found.url and found.at) else None


def _declared(record: Any) -> str | None:
    """Return the digest a record names, its value in hex; None where it names none that can be understood."""
    said = record.rec_headers.get_header("WARC-Payload-Digest") or ""
    kind, _, value = said.strip().partition(":")
    kind = kind.lower().replace("-", "")
    try:
        size = hashlib.new(kind).digest_size if value and "shake" not in kind else 0
        written = value.lower()
        if len(written) == 2 * size and set(written) <= _HEX:
            return f"{kind}:{written}"
        held = base64.b32decode(value.upper() + "=" * (-len(value) % 8))
    except (ValueError, binascii.Error):
        return None
    return f"{kind}:{held.hex()}" if size and len(held) == size else None


def _time(said: str | None) -> str | None:
    try:
        return utc_text(moment(said)) if said else None
    except BadInput:
        return None
