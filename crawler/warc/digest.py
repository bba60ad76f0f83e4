"""What a record's digests say of its bytes: passed, failed, or nothing that can be checked."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable

_NAMES = {"sha1", "sha224", "sha256", "sha384", "sha512", "md5"}


def agrees(said: str | None, candidates: Iterable[bytes]) -> bool | None:
    """Return whether a digest is that of one of the candidates; None where it is missing or of no known kind.

    ``sha1:`` and base 32 is the custom; hexadecimal and base 64 are written, too.
    """
    known = _parsed(said)
    if known is None:
        return None
    name, value = known
    return any(hashlib.new(name, body, usedforsecurity=False).digest() == value for body in candidates)


def _parsed(said: str | None) -> tuple[str, bytes] | None:
    name, colon, value = (said or "").strip().partition(":")
    name, value = name.strip().lower().replace("-", ""), value.strip()
    if not colon or name not in _NAMES:
        return None
    size = hashlib.new(name, usedforsecurity=False).digest_size
    return next(((name, found) for found in _spellings(value) if len(found) == size), None)


def _spellings(value: str) -> Iterable[bytes]:
    if re.fullmatch(r"[0-9a-fA-F]+", value) and len(value) % 2 == 0:
        yield bytes.fromhex(value)
    bare = value.rstrip("=")
    for decode, text in (
        (base64.b32decode, bare.upper() + "=" * (-len(bare) % 8)),
        (base64.urlsafe_b64decode, bare.replace("+", "-").replace("/", "_") + "=" * (-len(bare) % 4)),
    ):
        try:
            yield decode(text)
        except (binascii.Error, ValueError):
            continue
