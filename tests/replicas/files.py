"""Attachments made from nothing: small, valid enough for their kind to be told from the bytes alone."""

from __future__ import annotations

import io
import zipfile
from html import escape

from .wire import Reply

MEDIA = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "wps": "application/vnd.ms-works",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "zip": "application/zip",
}


def pdf(text: str) -> bytes:
    """Return a one-page PDF that shows ``text`` (ASCII)."""
    shown = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode("ascii", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(shown), shown),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    made = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    made += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(made)


def ole2(text: str) -> bytes:
    """Return bytes that begin as an old binary Word file does. No reader finds a document in them."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + text.encode("utf-16-le").ljust(1024, b"\0")


def docx(text: str) -> bytes:
    """Return a Word file of one paragraph."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    body = f'<w:document xmlns:w="{space}"><w:body><w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p></w:body>'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            ("[Content_Types].xml", f'<Types xmlns="{types}"/>'),
            ("word/document.xml", body + "</w:document>"),
        ):
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content)
    return made.getvalue()


def file_reply(name: str, text: str) -> Reply:
    """Return the file of this name; ``text`` is what it says, the same text gives the same bytes."""
    kind = name.rpartition(".")[2].lower()
    made = {"pdf": pdf, "docx": docx, "zip": docx}.get(kind, ole2)(text)
    return Reply(media=MEDIA.get(kind, "application/octet-stream"), body=made)
