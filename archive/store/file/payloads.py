"""Bodies, each kept once under the digest of its decoded bytes.

Stored form: zstd level 9. A later payload of an address is compressed against that address's ``base`` (which has
no base itself), any other page against a ``dictionary`` of pages of its site: about half the bytes of a gzip
record for a first page, a twentieth for a changed one. A digest proves which bytes were kept, not who wrote them.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import dataclass
from functools import lru_cache
from threading import get_ident

import zstandard

from archive.errors import ArchiveDamaged, NotHeld, Withheld

LEVEL = 9
QUICK_LEVEL = 1  # a tenth larger than level 9 on HTML, in a fifth of its time
# A dictionary or base that saves less than this share is not worth the second read.
WORTH = 0.7
# Standalone HTML compresses to about a fifth: below this share nothing else need be tried.
SURELY_WORTH = 0.12
LARGEST_DICTIONARY = 4 << 20


def payload_digest(body: bytes) -> str:
    """Return ``sha256:`` and the hex digest of a decoded body."""
    return "sha256:" + hashlib.sha256(body).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A body as it will be stored; ``stored`` is None where the archive holds it already."""

    digest: str
    stored: bytes | None = None
    base: str | None = None
    dictionary: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a body may be compressed against. It touches no database: any thread may do the work, one at a time."""

    base: str | None
    base_body: bytes
    dictionary: int | None
    compressor: zstandard.ZstdCompressor | None

    def packed(self, body: bytes, digest: str) -> Packed:
        """Return the stored form: the first of base and dictionary that is worth its second read, or neither."""
        if self.base is not None:
            stored = _compressor_with(self.base_body).compress(body)
            if _is_worth(stored, body):
                return Packed(digest=digest, stored=stored, base=self.base)
        if self.compressor is not None:
            stored = self.compressor.compress(body)
            if _is_worth(stored, body):
                return Packed(digest=digest, stored=stored, dictionary=self.dictionary)
        return Packed(digest=digest, stored=zstandard.ZstdCompressor(level=LEVEL).compress(body))


class Payloads:
    """The payloads of one archive. Writes belong inside the caller's transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._dictionaries: dict[str, tuple[int, zstandard.ZstdCompressor] | None] = {}

    def held(self, digest: str) -> bool:
        """Return whether a payload of that digest is kept."""
        return self._db.execute("select 1 from payloads where digest = ?", (digest,)).fetchone() is not None

    def keep(self, body: bytes, *, site: str, url: str, media_type: str, at: str,
             packed: Packed | None = None) -> str:  # fmt: skip
        """Keep a body, unless it is kept already, and return its digest. ``packed``: it was compressed before."""
        digest = packed.digest if packed else payload_digest(body)
        if self.held(digest):
            return digest
        if packed is None or packed.stored is None:
            packed = self.plan(site=site, url=url, media_type=media_type).packed(body, digest)
        self._db.execute(
            "insert into payloads (digest, body, base, dictionary, length, media_type, kept_at) "
            "values (?, ?, ?, ?, ?, ?, ?)",
            (digest, packed.stored, packed.base, packed.dictionary, len(body), media_type, at),
        )
        if packed.base is None and packed.dictionary is None and _is_text(media_type):
            self._start_dictionary(site, digest, body, at)
        return digest

    def plan(self, *, site: str, url: str, media_type: str) -> Plan:
        """Return what a body of an address may be compressed against."""
        base = self._base(url)
        known = self._dictionary(site) if _is_text(media_type) else None
        return Plan(
            base=base,
            base_body=self._unpacked(base) if base else b"",
            dictionary=known[0] if known else None,
            compressor=known[1] if known else None,
        )

    def get(self, digest: str) -> bytes:
        """Return the body of a digest. Raise NotHeld, or ArchiveDamaged when the bytes no longer agree."""
        if not self.held(digest):
            raise self._missing(digest)
        body = self._unpacked(digest)
        if payload_digest(body) != digest:
            raise ArchiveDamaged(f"payload {digest} no longer matches its digest — restore it from a backup")
        return body

    def _base(self, url: str) -> str | None:
        row = self._db.execute(
            "select p.digest, p.base from captures c join payloads p on p.digest = c.payload "
            "where c.url = ? order by c.id desc limit 1",
            (url,),
        ).fetchone()
        return (row["base"] or row["digest"]) if row else None

    def _dictionary(self, site: str) -> tuple[int, zstandard.ZstdCompressor] | None:
        if site not in self._dictionaries:
            row = self._db.execute(
                "select id from dictionaries where site = ? order by id desc limit 1", (site,)
            ).fetchone()
            self._remember(site, (row["id"], self._dictionary_body(row["id"])) if row else None)
        return self._dictionaries[site]

    def _remember(self, site: str, known: tuple[int, bytes] | None) -> None:
        if len(self._dictionaries) > 64:
            self._dictionaries.clear()
        if known is None:
            self._dictionaries[site] = None
            return
        raw = zstandard.ZstdCompressionDict(known[1], dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        raw.precompute_compress(level=LEVEL)
        self._dictionaries[site] = (known[0], zstandard.ZstdCompressor(level=LEVEL, dict_data=raw))

    def _start_dictionary(self, site: str, digest: str, body: bytes, at: str) -> None:
        if not 1024 <= len(body) <= LARGEST_DICTIONARY:
            return
        made = self._db.execute(
            "insert into dictionaries (site, members, made_at) values (?, ?, ?)",
            (site, json.dumps([digest]), at),
        )
        assert made.lastrowid is not None
        self._remember(site, (made.lastrowid, body))

    def forget_dictionaries(self) -> None:
        """Drop what was remembered about dictionaries: a transaction that made one did not commit."""
        self._dictionaries.clear()

    def _missing(self, digest: str) -> NotHeld:
        row = self._db.execute("select 1 from main.payloads where digest = ?", (digest,)).fetchone()
        if row is not None:
            return Withheld(f'payload {digest} is withheld — "yuanben withhold" says by whom and why')
        return NotHeld(f"no payload {digest} in this archive")

    def _dictionary_body(self, dictionary: int) -> bytes:
        row = self._db.execute("select members from dictionaries where id = ?", (dictionary,)).fetchone()
        return b"".join(self._unpacked(member) for member in json.loads(row["members"]))

    def _unpacked(self, digest: str) -> bytes:
        row = self._db.execute(
            # Past what hides the withheld: another body may be stored against one that is.
            "select body, base, dictionary, length from main.payloads where digest = ?",
            (digest,),
        ).fetchone()
        if row is None:
            raise self._missing(digest)
        against = b""
        if row["base"]:
            against = self._unpacked(row["base"])
        elif row["dictionary"]:
            against = self._dictionary_body(row["dictionary"])
        try:
            # The library makes room for as much as the frame says, before it unpacks anything.
            stated = zstandard.frame_content_size(row["body"])
            if stated not in (-1, row["length"]):
                raise zstandard.ZstdError(f"{stated} bytes are stated where {row['length']} were kept")
            return _decompressor(against, get_ident()).decompress(
                row["body"], max_output_size=max(1, row["length"])
            )
        except zstandard.ZstdError as error:
            raise ArchiveDamaged(
                f"payload {digest} cannot be unpacked ({error}) — restore it from a backup"
            ) from None


def _compressor_with(body: bytes) -> zstandard.ZstdCompressor:
    against = zstandard.ZstdCompressionDict(body, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    return zstandard.ZstdCompressor(level=LEVEL, dict_data=against)


def _is_worth(packed: bytes, body: bytes) -> bool:
    """Return whether packing against something else saved enough, set against a quick packing of the body alone."""
    if len(packed) < SURELY_WORTH * len(body):
        return True
    return len(packed) < WORTH * len(zstandard.ZstdCompressor(level=QUICK_LEVEL).compress(body))


# By thread: two that unpack with one decompressor at once get each other's bytes, and the reading room has several.
@lru_cache(maxsize=8)
def _decompressor(against: bytes, thread: int) -> zstandard.ZstdDecompressor:
    if not against:
        return zstandard.ZstdDecompressor()
    raw = zstandard.ZstdCompressionDict(against, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    return zstandard.ZstdDecompressor(dict_data=raw)


def _is_text(media_type: str) -> bool:
    return media_type.startswith("text/") or any(word in media_type for word in ("html", "json", "xml"))
