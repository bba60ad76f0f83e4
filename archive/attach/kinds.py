"""What kind of file bytes are. The bytes decide; the name only where bytes of one kind go by several names."""

from __future__ import annotations

import io
import zipfile

from archive.attach.bounds import BROKEN
from archive.classify import is_html

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIPPED = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"II*\0", "tif"),
    (b"MM\0*", "tif"),
)
_OTHERS = (
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"{\\rtf", "rtf"),
    # Word 6 and before, without the OLE2 container.
    (b"\xdb\xa5-\0\0\0", "doc"),
    (b"1\xbe\0\0", "doc"),
)
_OLE2_NAMES = {"xls": "xls", "et": "xls", "xlt": "xls", "ppt": "ppt", "dps": "ppt", "wps": "wps"}
# So far into a file its header may stand: mail gateways and CMSs put bytes in front.
_SEARCHED = 1024


def kind_of(body: bytes, name: str) -> str:
    """Return the kind of a file: ``pdf``, ``doc``, ``docx``, ``xlsx``, …, ``image``, ``html``, or ``unknown``.

    It says how the file begins and what it contains by name, not that it can be read.
    """
    head = body[:_SEARCHED]
    if head.startswith(OLE2):
        return _in_ole2(body, name)
    # A ZIP may hold a PDF as it is, whose header then stands near its own.
    if head.startswith(_ZIPPED):
        return _in_zip(body)
    if b"%PDF-" in head:
        return "pdf"
    for magic, kind in _OTHERS:
        if head.startswith(magic):
            return kind
    if any(head.startswith(magic) for magic, _ in _IMAGES) or head[8:12] == b"WEBP":
        return "image"
    return "html" if is_html(body) else "unknown"


def ending(name: str) -> str:
    """Return the ending of a file's name, in lower case, without its dot; empty where it has none."""
    stem, dot, last = name.partition("?")[0].rpartition(".")
    return last.lower() if dot and stem and len(last) <= 5 else ""


def _in_ole2(body: bytes, name: str) -> str:
    # Names of streams stand in the directory as UTF-16; where it stands is not known without reading the file.
    if "WordDocument".encode("utf-16-le") in body:
        return "wps" if ending(name) == "wps" else "doc"
    if any(stream.encode("utf-16-le") in body for stream in ("Workbook", "Book\0")):
        return "xls"
    if "PowerPoint Document".encode("utf-16-le") in body:
        return "ppt"
    return _OLE2_NAMES.get(ending(name), "doc")


def _in_zip(body: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as opened:
            names = set(opened.namelist())
    except BROKEN:
        return "zip"
    if "word/document.xml" in names:
        return "docx"
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return "xlsx"
    if "OFD.xml" in names:
        return "ofd"
    return "pptx" if "ppt/presentation.xml" in names else "zip"
