"""What kind of file bytes are, and names of files made safe.

The bytes decide; the name only where bytes of one kind go by several names. The kinds and what each is known by stand
in ``archive.model.files``. Names are kept as shown, and made safe wherever one could become a path or be printed.
"""

from __future__ import annotations

import io
import re
import struct
import unicodedata
import zipfile
import zlib

from archive.model.files import (
    BY_NAME,
    KINDS,
    OLE2,
    FileKind,
    ending,
    kind_claimed,
    kind_named,
    leads_to_file,
    name_in,
)
from archive.patterns import regex

__all__ = ["OLE2", "ending", "is_file_answer", "is_html", "kind_of"]

_HTML = (
    b"<!doctype html",
    b"<html",
    b"<head",
    b"<script",
    b"<body",
    b"<meta",
    b"<title",
    b"<div",
    b"<table",
    b"<style",
    b"<p>",
    b"<center",
    b"<font",
)
# What a damaged directory of a ZIP raises; the libraries of the formats are not loaded to name a kind.
_BROKEN = (
    EOFError, LookupError, NotImplementedError, OSError, OverflowError, ValueError, struct.error, zipfile.BadZipFile,
    zlib.error,
)  # fmt: skip

# So far into a file its header may stand: mail gateways and CMSs put bytes in front.
_SEARCHED = 1024
# Of so many bytes it is decided whether they are text.
_SAMPLE = 16_384
_NO_TEXT = regex(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# What Word and Excel write into web pages that they save; without these marks a page with links is a page.
_OFFICE = regex(
    rb"urn:schemas-microsoft-com:office|mso-application|ProgId|mso-number-format|vnd\.ms-excel", re.I
)
_PAGE = regex(rb"<(?:script|form|iframe|a\s)", re.IGNORECASE)
_TABLE = regex(rb"<table\b", re.IGNORECASE)
_SHEETS, _LETTERS = ("xls", "xlsx", "csv", "ods"), ("doc", "wps", "docx", "rtf")
LONGEST = 120
# Besides control characters: what turns the direction of a line can hide an ending ("exe.fdp").
_CONTROL = regex("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_NOT_IN_NAMES = regex(r'[<>:"|?*\\/]+')
_RESERVED = regex(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)


def kind_of(body: bytes, name: str, media_type: str = "") -> str:
    """Return the kind of a file: ``pdf``, ``doc``, ``docx``, ``xlsx``, …, ``image``, ``html``, or ``unknown``.

    It says how the file begins and what it contains by name, not that it can be read.
    """
    head = body[:_SEARCHED]
    if head.startswith(OLE2):
        return _in_ole2(body, name)
    # A ZIP may hold a PDF as it is, whose header then stands near its own.
    if head.startswith(BY_NAME["zip"].magic):
        return _in_zip(body)
    if b"%PDF-" in head:
        return "pdf"
    for kind in KINDS:
        # Two letters begin a bitmap; a text may begin with them.
        if kind.magic and head.startswith(kind.magic) and (head[:2] != b"BM" or head[6:10] == bytes(4)):
            return kind.name
    if head[8:12] == b"WEBP":
        return "image"
    return _text_kind(body, name, media_type)


def is_html(body: bytes) -> bool:
    """Return whether bytes begin as a web page does: what a server sends in place of a file."""
    head = body[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith(b"<?xml"):
        head = head.partition(b"?>")[2].lstrip()
    while head.startswith(b"<!--"):
        head = head.partition(b"-->")[2].lstrip()
    return head.startswith(_HTML)


def is_file_answer(body: bytes, media_type: str, disposition: str = "") -> bool:
    """Return whether an answer is an attached file by what it is and how it was sent, whatever its address.

    A picture is none, and no text without a name that says so.
    """
    kind = kind_of(body, _sent_name(disposition), media_type)
    if BY_NAME[kind].magic or kind in ("pdf", "docx", "xlsx", "xls", "ofd", "ppt", "pptx", "ods", "mht"):
        return BY_NAME[kind].is_attached
    return kind in ("csv", "txt") and leads_to_file("/" + _sent_name(disposition))


def _sent_name(disposition: str) -> str:
    return disposition.rpartition("=")[2].strip("\"' ;") if name_in(disposition) else ""


def _text_kind(body: bytes, name: str, media_type: str) -> str:
    """Return what kind of text a file is: sheets and letters are often sent as web pages, tables of text, or mails."""
    named = kind_named(name) or kind_claimed(media_type)
    head = body[:_SAMPLE]
    if is_mail(head):
        return "mht"
    if is_html(body) or _OFFICE.search(head):
        return _office_page(body, named)
    if named is None or named.name not in (*_SHEETS, *_LETTERS, "txt") or not _is_text(head):
        return "unknown"
    return "csv" if named.name in _SHEETS else "txt"


def is_mail(head: bytes) -> bool:
    """Return whether bytes begin as a web page saved into one file (MHTML): with headers, parts after them."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:_SEARCHED].lower()
    is_headed = re.match(rb"(?:[a-z][a-z0-9-]{1,40}:[^\n]*\n(?:[ \t][^\n]*\n)*)*?mime-version:", start)
    return bool(is_headed) and b"content-type:" in head.lower()


def _office_page(body: bytes, named: FileKind | None) -> str:
    head = body[: 4 * _SAMPLE]
    if named is None or not (named.name in _SHEETS or named.name in _LETTERS):
        return "html"
    is_plain = _TABLE.search(head) is not None and not _PAGE.search(head)
    if not (_OFFICE.search(head) or is_plain):
        return "html"
    return "xls" if named.name in _SHEETS else "doc"


def _is_text(head: bytes) -> bool:
    if not head.strip():
        return False
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or not _NO_TEXT.search(head)


def _in_ole2(body: bytes, name: str) -> str:
    # Names of streams stand in the directory as UTF-16; where it stands is not known without reading the file.
    named = kind_named(name)
    fitting = [kind for kind in KINDS if any(stream.encode("utf-16-le") in body for stream in kind.stream)]
    if fitting:
        return named.name if named in fitting else fitting[0].name
    return named.name if named is not None and named.stream else "doc"


def _in_zip(body: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as opened:
            names = set(opened.namelist())
            media = _beginning(opened, "mimetype") if "mimetype" in names else b""
    except _BROKEN:
        return "zip"
    found = next((kind.name for kind in KINDS if any(member in names for member in kind.member)), "")
    claimed = kind_claimed(media.decode("latin-1")) if not found else None
    return found or (claimed.name if claimed is not None else "zip")


def _beginning(opened: zipfile.ZipFile, name: str) -> bytes:
    member = opened.getinfo(name)
    if member.flag_bits & 0x1:
        return b""
    with opened.open(member) as stream:
        return stream.read(80)


def safe_name(name: str, *, otherwise: str = "file") -> str:
    """Return a name under which a file can be put into a directory: one component, nothing hidden in it.

    Two names may become the same: whoever writes files has to tell them apart.
    """
    last = _CONTROL.sub("", name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    plain = _NOT_IN_NAMES.sub("_", unicodedata.normalize("NFC", last)).strip(" .")
    if not plain:
        return otherwise
    if _RESERVED.match(plain):
        plain = f"_{plain}"
    stem, dot, last = plain.rpartition(".")
    if dot and len(last) <= 8:
        return f"{stem[: LONGEST - len(last) - 1]}.{last}"
    return plain[:LONGEST]


def safe_path(path: str) -> str:
    """Return a member's path as it may be shown: its folders stay, what leads out of them does not."""
    plain = _CONTROL.sub("", path).replace("\\", "/")
    parts = [part for part in plain.split("/") if part not in ("", ".", "..")]
    return "/".join(safe_name(part) for part in parts)[: 4 * LONGEST] or "file"


def leads_out(path: str) -> bool:
    """Return whether a member's path would leave the directory it is unpacked into, or hides what it is."""
    plain = path.replace("\\", "/")
    is_absolute = plain.startswith("/") or re.match(r"[A-Za-z]:", plain) is not None
    return is_absolute or ".." in plain.split("/") or _CONTROL.search(path) is not None
