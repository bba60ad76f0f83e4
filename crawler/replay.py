"""Exchanges out of WARC files, as they are handed over to be kept. Nothing is asked of the network."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed

from archive.attach.kinds import is_file_answer
from archive.clock import moment, utc_text
from archive.errors import BadInput, NotCanonical
from archive.limits import FILE_LIMIT, PAGE_LIMIT
from archive.models import Exchange, Kind, Role, Site
from archive.models.files import is_unnamed
from archive.urls import canonical_url, host_of, is_article, is_attachment, site_of
from crawler.decode import content_encodings, decode
from crawler.errors import DecodeError, TooLarge

_Body = tuple[bytes | None, str | None, tuple[str, ...]]
RECORDS = ("response", "revisit", "resource")


def exchanges(path: Path, sites: Mapping[str, Site]) -> Iterator[Exchange]:
    """Yield one exchange for each response, revisit and resource record of a WARC file, in its order.

    ``captured_at`` is the record's WARC-Date: the word of whoever wrote the file. Raise BadInput where the file
    cannot be read on; what was yielded before stands.
    """
    try:
        with path.open("rb") as stream:
            records = ArchiveIterator(stream)
            for record in records:
                if record.rec_type in RECORDS:
                    url = _told(record, "WARC-Target-URI")
                    # The body first: asking for the offset reads on past the record.
                    body = _body(record, _limit(url, sites))
                    origin = f"{path.name}+{records.get_record_offset()}"
                    yield _exchange(record, url, origin, body, sites)
    except FileNotFoundError:
        raise BadInput(f"no file {path} — give the path of a WARC file") from None
    # warcio itself asks a record's address without looking whether there is one, and reads any length it is told.
    except (OSError, OverflowError, AttributeError, ArchiveLoadFailed) as error:
        raise BadInput(f"{path} cannot be read as WARC ({str(error)[:200]}) — is it complete?") from None


def _exchange(record: Any, url: str, origin: str, kept: _Body, sites: Mapping[str, Site]) -> Exchange:
    headers = _headers(record)
    status = _status(record)
    body, error, flags = kept
    # Other programs keep answers of the DNS and notes of their own under addresses of their own.
    site = site_of(url, sites) or host_of(url) or url.partition(":")[0][:40]
    declared = sites.get(site)
    return Exchange(
        url=url,
        kind=_kind(url, declared, headers, body),
        site=site,
        captured_at=utc_text(moment(_told(record, "WARC-Date"))),
        status=status,
        error=error or _trouble(url, status),
        headers=headers,
        body=body,
        flags=flags,
        truncated=record.rec_headers.get_header("WARC-Truncated"),
        peer=record.rec_headers.get_header("WARC-IP-Address"),
        origin=origin,
        clock="warc",
    )


def _told(record: Any, name: str) -> str:
    value = record.rec_headers.get_header(name)
    if not value:
        raise ArchiveLoadFailed(f"a {record.rec_type} record without {name}")
    return str(value)


def _status(record: Any) -> int | None:
    """Return the status of an answer; None where its first line holds none that HTTP knows."""
    if record.rec_type == "revisit":
        return 304
    if not record.http_headers:
        return 200
    told = record.http_headers.get_statuscode()
    return int(told) if re.fullmatch(r"[1-9][0-9]{2}", told, re.ASCII) else None


def _trouble(url: str, status: int | None) -> str | None:
    """Return why a body is kept but nothing is read out of it."""
    try:
        canonical_url(url)
    except NotCanonical:
        return "no_page_address"
    return None if status else "bad_status"


def _limit(url: str, sites: Mapping[str, Site]) -> int:
    return FILE_LIMIT if _is_file(url, sites.get(site_of(url, sites) or "")) else PAGE_LIMIT


def _is_file(url: str, declared: Site | None) -> bool:
    return is_attachment(url, declared or Site(publisher="*", role=Role.UNKNOWN, domains=("*",)))


def _kind(url: str, declared: Site | None, headers: tuple[tuple[str, str], ...], body: bytes | None) -> str:
    if url.endswith("/robots.txt"):
        return "robots"
    if declared is not None and is_article(url, declared):
        return Kind.ARTICLE
    if _is_file(url, declared):
        return Kind.ATTACHMENT
    told = {name.lower(): value for name, value in headers}
    media = told.get("content-type", "")
    # Many files have addresses without an ending: the answer tells what it is.
    is_open = is_unnamed(url, programs=True)
    if is_open and body and is_file_answer(body, media, told.get("content-disposition", "")):
        return Kind.ATTACHMENT
    is_list = declared is not None and (url in declared.listings or "json" in media)
    return Kind.LISTING if is_list else Kind.ARTICLE


def _headers(record: Any) -> tuple[tuple[str, str], ...]:
    if record.http_headers:
        return tuple(record.http_headers.headers)
    return (("Content-Type", record.rec_headers.get_header("Content-Type") or ""),)


def _body(record: Any, limit: int) -> _Body:
    """Return a record's body with its encodings undone, or why it has none, and what was odd about it."""
    if record.rec_type == "revisit":
        return None, None, ()
    headers = [(name.lower(), value) for name, value in _headers(record)]
    stream = record.raw_stream
    if any(name == "transfer-encoding" and "chunked" in value.lower() for name, value in headers):
        stream = ChunkedDataReader(stream)
    raw = stream.read(limit + 1)
    if len(raw) > limit:
        return None, "too_large", ()
    try:
        encodings = content_encodings(value for name, value in headers if name == "content-encoding")
        decoded = decode(raw, encodings, limit)
    except (DecodeError, TooLarge) as error:
        return None, error.reason, ()
    return decoded.body, None, tuple(decoded.flags)
