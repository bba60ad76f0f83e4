"""Exchanges from WARC files, in the form in which they are kept, and the identity of a WARC record.

Nothing is asked of the network: the file says what came, and when.

A record is identified by its name, by the digests by which others refer to its body, and, where it has no
body, by what it repeats. A record's name proves nothing of its content: name and digests are the word of the
writing program, or were computed here from the bytes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from archive.attach.kinds import is_file_answer
from archive.clock import moment, utc_text
from archive.errors import BadInput, NotCanonical
from archive.evidence.warc import LEAF, record_id
from archive.exchange import FILE_LIMIT, PAGE_LIMIT
from archive.model import Exchange, Kind, Repeat, Role, Site
from archive.model.files import is_unnamed
from archive.store.file.captures import NO_END
from archive.urls import as_asked, canonical_url, host_of, is_article, is_attachment, posted, site_of
from crawler.decode import content_encodings, decode
from crawler.errors import DecodeError, TooLarge
from crawler.warc import Damage, Record, records
from crawler.warc.answer import HttpAnswer, agrees, captured_at, http_answer

# The profile in WARC 1.0 and 1.1, and in drafts of both.
_SAME_PAYLOAD = "identical-payload-digest"
_HEX = frozenset("0123456789abcdef")


def record_name(record: Any, url: str, at: str, raw: bytes | None) -> str:
    """Return the identity of a record: its id, where it has one, its address, time and bytes.

    The bytes belong to it: a record that is cut in one file and whole in another counts as two.
    """
    named = record.rec_headers.get_header("WARC-Record-ID") or ""
    held = hashlib.sha256(raw or b"").hexdigest()
    return " ".join(part for part in (named, record.rec_type, at, held, url) if part)


def entity_digests(record: Any, raw: bytes | None) -> tuple[str, ...]:
    """Return the digests that other records may use for these bytes.

    They are SHA-1, and the kind that the writing program used.
    """
    if not raw or record.rec_type == "revisit":
        return ()
    kind = (_declared(record) or "").partition(":")[0]
    kinds = dict.fromkeys(("sha1", kind if kind in hashlib.algorithms_guaranteed else "sha1"))
    return tuple(f"{kind}:{hashlib.new(kind, raw).hexdigest()}" for kind in kinds if "shake" not in kind)


def repeat(record: Any) -> Repeat | None:
    """Return what a revisit record repeats; None for another record, and for a 304 of the server."""
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
    """Return the digest of a record, its value in hex; None where no known kind is given."""
    said = record.rec_headers.get_header("WARC-Payload-Digest") or ""
    kind, _, value = said.strip().partition(":")
    kind = kind.lower().replace("-", "")
    try:
        size = hashlib.new(kind).digest_size if value and "shake" not in kind else 0
        written = value.lower()
        if size and len(written) == 2 * size and set(written) <= _HEX:
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


RECORDS = ("response", "revisit", "resource")
_LEAF = {
    "conditional", "error", "flags", "headers", "kind", "method", "origin", "status", "tls_verified", "truncated", "url",
}  # fmt: skip
_LONGEST_FORM = 1_500
_KINDS = ("listing", "article", "attachment", "robots")
OnDamage = Callable[[Damage], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Came:
    """The answer in a record, and why it cannot be read, if so.

    ``raw`` is the body as it was sent, its chunks joined; None for a record that only repeats another.
    """

    status: int | None
    headers: tuple[tuple[str, str], ...]
    raw: bytes | None = None
    body: bytes | None = None
    flags: tuple[str, ...] = ()
    error: str | None = None
    truncated: str | None = None


def exchanges(
    path: Path, sites: Mapping[str, Site], told: OnDamage = lambda damage: None
) -> Iterator[Exchange]:
    """Yield one exchange for each response, revisit and resource record of a WARC file, in its order.

    ``captured_at`` is the record's WARC-Date: the word of whoever wrote the file. An unreadable place costs
    its record, and is reported to ``told``, as is every record that is kept but incomplete. Raise BadInput
    for a file without any record, and at the end of a file that breaks off inside its last.
    """
    found, cut = 0, None
    try:
        for record, form in _with_forms(records(path, lambda url: _limit(url, sites))):
            if isinstance(record, Damage):
                told(record)
                continue
            found += 1
            cut = record.place if record.is_cut_off else None
            if record.rec_type not in RECORDS and not _leaf(record):
                continue
            exchange = _exchange(record, sites, form)
            if isinstance(exchange, Damage):
                told(exchange)
                continue
            if why := exchange.truncated or (exchange.error if _is_damage(exchange.error) else None):
                told(Damage(place=record.place, says=f"{exchange.url[:200]}: {why}; kept, not read"))
            yield exchange
    except FileNotFoundError:
        raise BadInput(f"no file {path} — give the path of a WARC file") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read as WARC ({str(error)[:200]}) — is it complete?") from None
    if not found:
        raise BadInput(f"{path} cannot be read as WARC (no record in it) — give a .warc, .arc or .wacz file")
    if cut is not None:
        raise BadInput(f"{path} cannot be read as WARC to its end ({cut} breaks off) — is it complete?")


def _with_forms(found: Iterator[Record | Damage]) -> Iterator[tuple[Record | Damage, str]]:
    """Yield each record with the form that was posted for its answer, "" for most.

    The record of a request is before its answer or after it, and one of the two names the other.
    """
    waiting: Record | None = None
    form, asked_by = "", ""
    for record in found:
        if isinstance(record, Record) and record.rec_type == "request":
            sent = _form(record)
            if sent and waiting is not None and _belong_together(waiting, record):
                yield waiting, sent
                waiting = None
            elif sent:
                form, asked_by = sent, _id(record)
                if to := record.rec_headers.get_header("WARC-Concurrent-To"):
                    asked_by += " " + to
            yield record, ""
            continue
        if waiting is not None:
            yield waiting, ""
            waiting = None
        if isinstance(record, Damage) or record.rec_type not in RECORDS:
            yield record, ""
        elif form and {_id(record), record.rec_headers.get_header("WARC-Concurrent-To")} & set(
            asked_by.split()
        ):
            yield record, form
            form = ""
        else:
            waiting = record
    if waiting is not None:
        yield waiting, ""


def _id(record: Record) -> str:
    return record.rec_headers.get_header("WARC-Record-ID") or "?"


def _belong_together(answer: Record, request: Record) -> bool:
    return (
        request.rec_headers.get_header("WARC-Concurrent-To") == _id(answer)
        or answer.rec_headers.get_header("WARC-Concurrent-To") == _id(request)
    )  # fmt: skip


def _form(request: Record) -> str:
    """Return the form that a request sent, "" where it posted none."""
    head, _, body = request.block.partition(b"\r\n\r\n")
    if not head.startswith(b"POST ") or b"x-www-form-urlencoded" not in head.lower():
        return ""
    return body.decode("ascii", "replace").strip() if 0 < len(body) <= _LONGEST_FORM else ""


def exchange_of(record: Record, sites: Mapping[str, Site]) -> Exchange | Damage:
    """Return another archive's record of a page as an exchange to be kept.

    ``captured_at`` and the bytes are that archive's word, and ``origin`` is the address at which it shows
    them.
    """
    found = _exchange(record, sites)
    return found if isinstance(found, Damage) else replace(found, clock="cdx")


def limit_of(url: str, sites: Mapping[str, Site]) -> int:
    """Return the greatest number of bytes wanted of an address."""
    return _limit(url, sites)


def _is_damage(error: str | None) -> bool:
    return (error or "").startswith(("digest", "decode_error"))


def _exchange(record: Record, sites: Mapping[str, Site], form: str = "") -> Exchange | Damage:
    url = record.rec_headers.get_header("WARC-Target-URI")
    url = posted(url, form) if url and form else url
    date = record.rec_headers.get_header("WARC-Date")
    if not url:
        return Damage(place=record.place, says=f"a {record.rec_type} record without WARC-Target-URI")
    at = captured_at(date or "")
    if at is None:
        return Damage(
            place=record.place, says=f"{url[:200]}: WARC-Date {date or 'missing'!r} names no moment"
        )
    came = _came(record, _limit(url, sites))
    said = _leaf(record)
    # Other programs keep DNS answers and notes of their own under special addresses.
    site = site_of(url, sites) or host_of(url) or url.partition(":")[0][:40]
    exchange = Exchange(
        url=url,
        kind=_kind(url, sites.get(site), came),
        site=site,
        method=as_asked(url)[0],
        captured_at=at,
        status=came.status,
        error=came.error or _trouble(url, came.status),
        headers=came.headers,
        body=came.body,
        flags=came.flags,
        truncated=came.truncated,
        peer=record.rec_headers.get_header("WARC-IP-Address"),
        origin=record.place,
        clock="warc",
        record=record_name(record, url, at, came.raw),
        entity=() if came.error or came.truncated else entity_digests(record, came.raw),
        repeats=repeat(record),
    )
    return _as_witnessed(exchange, said, record) if said else exchange


def _leaf(record: Record) -> dict[str, Any] | None:
    """Return the fields that an export of ours adds to a capture's record; None where it is incomplete."""
    told = record.rec_headers.get_header(LEAF)
    if told is None or record_id(told.encode()) != record.rec_headers.get_header("WARC-Record-ID"):
        return None
    try:
        said = json.loads(told)
    except ValueError:
        return None
    return said if isinstance(said, dict) and said.keys() >= _LEAF and said["kind"] in _KINDS else None


def _as_witnessed(exchange: Exchange, said: dict[str, Any], record: Record) -> Exchange:
    """Return an exchange as it was kept in the archive that exported it.

    It is the word of whoever wrote the file, like everything in it.
    """
    has_failed = record.rec_type == "metadata"
    return replace(
        exchange,
        kind=said["kind"],
        method=said["method"],
        status=None if has_failed else exchange.status,
        error=exchange.error if _is_damage(exchange.error) and not said["error"] else said["error"],
        headers=tuple((name, value) for name, value in json.loads(said["headers"])),
        body=None if has_failed else exchange.body,
        truncated=said["truncated"] or _own_truncation(exchange, said),
        flags=tuple(flag for flag in json.loads(said["flags"]) if flag != NO_END),
        tls_verified=None if said["tls_verified"] is None else bool(said["tls_verified"]),
        conditional=None if said["conditional"] is None else bool(said["conditional"]),
        led_by=record.rec_headers.get_header("WARC-Concurrent-To"),
        was_followed=said["origin"] == "network",
    )


def _own_truncation(exchange: Exchange, said: dict[str, Any]) -> str | None:
    """Return why the record itself is incomplete, where it was complete when it was written."""
    return None if said["error"] else exchange.truncated


def _came(record: Record, limit: int) -> _Came:
    """Return the answer in a record with chunks and encodings undone, or why it cannot be read."""
    media = (("Content-Type", record.rec_headers.get_header("Content-Type") or ""),)
    answer = http_answer(record.block) if record.rec_type != "resource" else None
    if record.rec_type == "revisit":
        status = (answer.status if answer else 200) if repeat(record) else 304
        return _Came(status=status, headers=answer.headers if answer else media)
    if answer is None:
        is_http = record.rec_type == "response" and "http" in media[0][1].lower()
        status = None if is_http else 200
        answer = HttpAnswer(status=status, headers=media, raw=record.block, body=record.block)
    if record.is_too_long or len(answer.raw) > limit:
        return _Came(status=answer.status, headers=answer.headers, raw=answer.raw, error="too_large")
    truncated = _why_short(record, answer)
    error, flags, body = None, answer.flags, answer.body
    try:
        decoded = decode(body, content_encodings(answer.values("content-encoding")), limit)
        body, flags = decoded.body, (*flags, *decoded.flags)
    except DecodeError as problem:
        error, body = problem.reason, problem.body
    except TooLarge as problem:
        error, body = problem.reason, b""
    if truncated is None and error is None:
        error = _digest_trouble(record, answer, body)
    return _Came(
        status=answer.status, headers=answer.headers, raw=answer.body, body=body or None, flags=flags, error=error,
        truncated=truncated,
    )  # fmt: skip


def _why_short(record: Record, answer: HttpAnswer) -> str | None:
    """Return why a record does not contain all of its answer, where it does not."""
    if record.packing:
        return f"record: its packed data is {record.packing}"
    if record.is_short:
        return f"record: {len(record.block)} bytes of {record.length}"
    if said := record.rec_headers.get_header("WARC-Truncated"):
        return said
    if record.rec_headers.get_header("WARC-Segment-Number"):
        return "record: a segment of a longer one"
    return answer.lacks


def _digest_trouble(record: Record, answer: HttpAnswer, body: bytes) -> str | None:
    """Return which digest of a record disagrees with its bytes.

    Programs differ in what they call the payload: with its chunks and encodings, or without.
    """
    if agrees(record.rec_headers.get_header("WARC-Block-Digest"), [record.block]) is False:
        return "digest: WARC-Block-Digest disagrees with the record"
    payloads = [answer.raw, answer.body, body, record.block]
    if agrees(record.rec_headers.get_header("WARC-Payload-Digest"), payloads) is False:
        return "digest: WARC-Payload-Digest disagrees with the body"
    return None


def _trouble(url: str, status: int | None) -> str | None:
    """Return why a body is kept but not read."""
    try:
        canonical_url(url)
    except NotCanonical:
        return "no_page_address"
    return None if status else "bad_status"


def _limit(url: str, sites: Mapping[str, Site]) -> int:
    return FILE_LIMIT if _is_file(url, sites.get(site_of(url, sites) or "")) else PAGE_LIMIT


def _is_file(url: str, declared: Site | None) -> bool:
    return is_attachment(url, declared or Site(publisher="*", role=Role.UNKNOWN, domains=("*",)))


def _kind(url: str, declared: Site | None, came: _Came) -> str:
    if url.endswith("/robots.txt"):
        return "robots"
    if declared is not None and is_article(url, declared):
        return Kind.ARTICLE
    if _is_file(url, declared):
        return Kind.ATTACHMENT
    said = {name.lower(): value for name, value in came.headers}
    media = said.get("content-type", "")
    # Many files have addresses without an ending: the answer shows the type.
    is_open = is_unnamed(url, programs=True)
    if is_open and came.body and is_file_answer(came.body, media, said.get("content-disposition", "")):
        return Kind.ATTACHMENT
    is_list = declared is not None and (url in declared.listings or "json" in media)
    return Kind.LISTING if is_list else Kind.ARTICLE
