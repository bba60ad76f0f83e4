"""The text of one attached file, whatever its kind, and why there is none."""

from __future__ import annotations

import zipfile
from collections.abc import Callable

from archive.attach.kinds import OLE2, kind_of, leads_out, safe_path
from archive.attach.letters import doc_text, rtf_text
from archive.attach.ofd import ofd_text
from archive.attach.office import docx_text, pptx_text, word_xml_text
from archive.attach.packed import BROKEN, MOST_CHARACTERS, Bundle, Read, TooMuch, member_name, parsed
from archive.attach.pdf import pdf_text
from archive.attach.sheets import ods_text, xls_text, xlsx_text
from archive.attach.webpage import csv_text, mht_text, office_page_text, txt_text
from archive.model import AttachmentText
from archive.model.files import BY_NAME
from archive.patterns import regex

_NO_CHARACTERS = regex("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_MOST_NAMES = 500


def read_file(body: bytes, name: str, media_type: str, *, cheap: bool) -> AttachmentText:
    """Return what a file is and the text in it: see ``archive.attach.text_of``."""
    kind = kind_of(body, name, media_type)
    text, flags, reason = _within_bounds(body, name, kind, cheap=cheap, is_member=False)
    if text is not None:
        text = _plain(text)
        if len(text) > MOST_CHARACTERS:
            text, flags = text[:MOST_CHARACTERS], (*flags, "cut")
    if kind != "unknown" and _contradicts(kind, media_type):
        flags = (*flags, "media_type")
    if not text and reason is None and kind != "image":
        reason = "there is no text in it"
    return AttachmentText(kind=kind, text=text or None, flags=tuple(dict.fromkeys(flags)), reason=reason)


def _within_bounds(body: bytes, name: str, kind: str, *, cheap: bool, is_member: bool) -> Read:
    try:
        return _read(body, kind, cheap=cheap, is_member=is_member)
    except TooMuch as error:
        return None, ("bomb",), str(error)
    except BROKEN as error:
        return None, ("broken",), f"{type(error).__name__}: {error}"[:200]


def _read(body: bytes, kind: str, *, cheap: bool, is_member: bool) -> Read:
    if kind == "zip" and is_member:
        return None, (), "kept, not opened: it is packed in another"
    reader = READERS.get(kind)
    return reader(body, cheap) if reader else (None, (), BY_NAME[kind].unread)


def _letter(body: bytes, cheap: bool) -> Read:
    """Read a .doc: many are saved as web pages, some as what Word 2003 wrote in XML."""
    if body.startswith((OLE2, *BY_NAME["doc"].magic)):
        return doc_text(body)
    if b"<w:wordDocument" in body[:4096]:
        return *word_xml_text(parsed(body)), None
    return office_page_text(body)


def _sheet(body: bytes, cheap: bool) -> Read:
    """Read an .xls: many are saved as web pages."""
    if body.startswith(OLE2):
        return *xls_text(body, cheap=cheap), None
    return office_page_text(body)


def _zip(bundle: Bundle, *, cheap: bool) -> Read:
    """Return the names of a ZIP's members, each with the text in it; a ZIP within it is named only."""
    lines: list[str] = []
    flags: list[str] = []
    left = MOST_CHARACTERS
    reason = _too_much(bundle)
    if reason:
        flags.append("bomb")
    for number, member in enumerate(bundle.members):
        if number >= _MOST_NAMES or left <= 0:
            flags.append("cut")
            break
        name = member_name(member)
        flags += ["unsafe_names"] * leads_out(name)
        text, found = (None, ()) if cheap else _member(bundle, member, name)
        flags += [flag for flag in found if flag not in ("image", "scanned")]
        lines += [safe_path(name), *([text[:left]] if text else [])]
        left -= len(text or "")
    return "\n".join(lines), tuple(flags), reason


def _too_much(bundle: Bundle) -> str | None:
    try:
        bundle.check()
    except TooMuch as error:
        return str(error)
    return None


def _member(bundle: Bundle, member: zipfile.ZipInfo, name: str) -> tuple[str | None, tuple[str, ...]]:
    if member.flag_bits & 0x1:
        return None, ("encrypted",)
    try:
        body = bundle.read(member)
    except TooMuch:
        return None, ("bomb",)
    except BROKEN:
        return None, ("broken",)
    text, flags, _ = _within_bounds(body, name, kind_of(body, name), cheap=False, is_member=True)
    return text, flags


def _contradicts(kind: str, media_type: str) -> bool:
    """Return whether the server named another kind than the bytes show; general names contradict nothing."""
    claimed = media_type.partition(";")[0].strip().lower()
    if kind == "pdf":
        return claimed.startswith(("text/html", "image/", "application/msword"))
    return claimed == "application/pdf" or (claimed.startswith("image/") and kind != "image")


def _plain(text: str) -> str:
    lines = (line.rstrip() for line in _NO_CHARACTERS.sub("", text.replace("\r\n", "\n")).split("\n"))
    return "\n".join(line for line in lines if line.strip())


#: Who reads each kind of ``archive.model.files`` that is read.
READERS: dict[str, Callable[[bytes, bool], Read]] = {
    "pdf": lambda body, cheap: pdf_text(body, cheap=cheap),
    "doc": _letter,
    "wps": _letter,
    "docx": lambda body, cheap: (*docx_text(Bundle(body)), None),
    "xls": _sheet,
    "xlsx": lambda body, cheap: (*xlsx_text(Bundle(body), cheap=cheap), None),
    "ods": lambda body, cheap: (*ods_text(Bundle(body), cheap=cheap), None),
    "ofd": lambda body, cheap: (*ofd_text(Bundle(body), cheap=cheap), None),
    "pptx": lambda body, cheap: (*pptx_text(Bundle(body), cheap=cheap), None),
    "rtf": lambda body, cheap: rtf_text(body),
    "mht": lambda body, cheap: mht_text(body),
    "csv": lambda body, cheap: csv_text(body),
    "txt": lambda body, cheap: txt_text(body),
    "zip": lambda body, cheap: _zip(Bundle(body), cheap=cheap),
    "image": lambda body, cheap: (None, ("image",), None),
}
