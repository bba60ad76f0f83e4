"""Files of every kind that is attached, made from nothing: small, and real enough for the libraries that read them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from html import escape

import openpyxl
from pypdf import PdfReader, PdfWriter

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END, _FAT, _FREE = -2, -3, -1


def pdf(*pages: str) -> bytes:
    """Return a PDF, one page a text, its characters as UTF-16 codes of a font of their own; empty: no text."""
    made: list[bytes] = []
    kids = " ".join(f"{6 + 2 * n} 0 R" for n in range(len(pages)))
    made.append(b"<< /Type /Catalog /Pages 2 0 R >>")
    made.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    made.append(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Song /Encoding /Identity-H /DescendantFonts [4 0 R]"
        b" /ToUnicode 5 0 R >>"
    )
    made.append(b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Song /DW 1000 >>")
    made.append(
        _stream(b"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n" + _identity(set("".join(pages))))
    )
    for n, text in enumerate(pages):
        made.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {7 + 2 * n} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        lines = (f"<{line.encode('utf-16-be').hex()}> Tj 0 -20 Td" for line in text.split("\n") if line)
        made.append(_stream(f"BT /F1 12 Tf 72 720 Td {' '.join(lines)} ET".encode()))
    return _pdf_of(made)


def drawn_pdf(*pages: str, lost: str = "", names: bool = True) -> bytes:
    """Return a PDF that holds the outlines of its font. Characters in ``lost``, all without ``names``, have no Unicode."""
    characters = sorted({c for page in pages for c in page if c != "\n"})
    codes = {c: n for n, c in enumerate(characters, 1)}
    glyphs = " ".join(f"/g{n} 4 0 R" for n in codes.values())
    differences = " ".join(f"/g{n}" for n in codes.values())
    rows = "".join(f"<{n:02X}> <{c.encode('utf-16-be').hex()}>\n" for c, n in codes.items() if c not in lost)
    table = f"1 begincodespacerange\n<00> <FF>\nendcodespacerange\n{rows.count('> <')} beginbfchar\n{rows}endbfchar\n"
    kids = " ".join(f"{6 + 2 * n} 0 R" for n in range(len(pages)))
    made = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        (
            f"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0]"
            f" /CharProcs << {glyphs} >> /Encoding << /Type /Encoding /Differences [1 {differences}] >>"
            f" /FirstChar 1 /LastChar {len(codes)} /Widths [{'1000 ' * len(codes)}] /Resources << >>"
            f" {'/ToUnicode 5 0 R' if names else ''} >>"
        ).encode(),
        _stream(b"1000 0 0 0 900 900 d1 50 50 800 800 re f"),
        _stream(table.encode()),
    ]
    for n, text in enumerate(pages):
        made.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {7 + 2 * n} 0 R"
            " /Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        lines = (f"<{bytes(codes[c] for c in line).hex()}> Tj 0 -20 Td" for line in text.split("\n") if line)
        made.append(_stream(f"BT /F1 12 Tf 72 720 Td {' '.join(lines)} ET".encode()))
    return _pdf_of(made)


def pdf_without_fonts(
    codes: bytes, *, encoding: str = "Identity-H", kind: str = "CIDFontType2", script: str = "GB1"
) -> bytes:
    """Return a PDF whose font is not in it and has no table of characters, only an encoding and a script."""
    return _pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> >>",
            _stream(b"BT /F1 14 Tf 72 700 Td <" + codes.hex().encode() + b"> Tj ET"),
            f"<< /Type /Font /Subtype /Type0 /BaseFont /Kai /Encoding /{encoding} /DescendantFonts [6 0 R] >>".encode(),
            (
                f"<< /Type /Font /Subtype /{kind} /BaseFont /Kai /DW 1000"
                f" /CIDSystemInfo << /Registry (Adobe) /Ordering ({script}) /Supplement 2 >> >>"
            ).encode(),
        ]
    )


def many_pages(count: int) -> bytes:
    """Return a PDF of so many pages that all show one and the same stream."""
    kids = " ".join(f"{5 + n} 0 R" for n in range(count))
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 3 0 R >> >> >>"
    )
    return _pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            _stream(b"BT /F1 12 Tf 72 720 Td (the same on every page) Tj ET"),
            *[page] * count,
        ]
    )


def stream_bomb(megabytes: int) -> bytes:
    """Return a PDF whose one page's stream unpacks to so many megabytes."""
    packed = zlib.compress(bytes(megabytes << 20), 9)
    head = b"<< /Length %d /Filter /FlateDecode >>" % len(packed)
    return _pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
            head + b"\nstream\n" + packed + b"\nendstream",
        ]
    )


def encrypted_pdf(text: str, *, to_read: str = "") -> bytes:
    """Return a PDF that is encrypted: with a password to read it, or against changes only."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(text))))
    writer.encrypt(user_password=to_read, owner_password="owner", algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def packed(members: Mapping[str, bytes | str], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP of members by their names, in their order."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as opened:
        for name, content in members.items():
            opened.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, compress_type=method)
    return made.getvalue()


def docx(*paragraphs: str, body: str = "", more: Mapping[str, bytes | str] | None = None) -> bytes:
    """Return a Word file of paragraphs, and of ``body``: WordprocessingML as it is."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    written = "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in paragraphs)
    document = f'<w:document xmlns:w="{space}"><w:body>{written}{body}</w:body></w:document>'
    return packed(
        {"[Content_Types].xml": f'<Types xmlns="{types}"/>', "word/document.xml": document, **(more or {})}
    )


def xlsx(rows: Sequence[Sequence[object]], title: str = "附件1") -> bytes:
    """Return a workbook of one sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def ofd(*pages: Sequence[str]) -> bytes:
    """Return an OFD, a page for each sequence of lines. Pages are listed in another order than they are named."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    count = len(pages)
    listed = "".join(
        f'<ofd:Page ID="{n + 1}" BaseLoc="Pages/Page_{count - 1 - n}/Content.xml"/>' for n in range(count)
    )
    members: dict[str, bytes | str] = {
        "OFD.xml": f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {space}><ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
    }
    for n, lines in enumerate(pages):
        objects = "".join(
            f'<ofd:TextObject ID="{n}" Boundary="20 {20 + 8 * at} 150 6"><ofd:TextCode X="0" Y="4">{escape(line)}'
            "</ofd:TextCode></ofd:TextObject>"
            for at, line in enumerate(lines)
        )
        members[f"Doc_0/Pages/Page_{count - 1 - n}/Content.xml"] = (
            f"<ofd:Page {space}><ofd:Content><ofd:Layer>{objects}</ofd:Layer></ofd:Content></ofd:Page>"
        )
    return packed(members)


def ole2(streams: Mapping[str, bytes]) -> bytes:
    """Return an OLE2 container of streams, each filled up to the size from which it has sectors of its own."""
    full = {name: body.ljust(-(-max(len(body), 4096) // 512) * 512, b"\0") for name, body in streams.items()}
    chains: list[int] = [_FAT]
    directory = [_entry("Root Entry", 5, 1 if full else -1, _END, 0)]
    entries = -(-(len(full) + 1) // 4)
    chains += [n + 2 for n in range(entries - 1)] + [_END]
    for n, (name, body) in enumerate(full.items(), 1):
        first, sectors = len(chains), len(body) // 512
        chains += [first + k + 1 for k in range(sectors - 1)] + [_END]
        right = n + 1 if n < len(full) else -1
        directory.append(_entry(name, 2, -1, first, len(body), right=right))
    directory += [bytes(128)] * (4 * entries - len(directory))
    assert len(chains) <= 128, "one sector of the table holds 128"
    table = struct.pack("<128i", *chains, *[_FREE] * (128 - len(chains)))
    head = OLE2 + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<iiiiiiiii", 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    head += struct.pack("<109i", 0, *[_FREE] * 108)
    return head + table + b"".join(directory) + b"".join(full.values())


def doc(
    text: str, *, in_pieces: int = 1, is_encrypted: bool = False, more: Mapping[str, bytes] | None = None
) -> bytes:
    """Return a Word 97 file; its text stands in so many pieces, the last one first."""
    size = -(-len(text) // in_pieces)
    pieces = [text[at : at + size] for at in range(0, len(text), size)] or [""]
    places, starts, written, at = [0], [0] * len(pieces), b"", 0x400
    for n in reversed(range(len(pieces))):
        starts[n] = at + len(written)
        written += pieces[n].encode("utf-16-le")
    for piece in pieces:
        places.append(places[-1] + len(piece))
    plc = struct.pack(f"<{len(places)}i", *places)
    plc += b"".join(struct.pack("<HIH", 0, start, 0) for start in starts)
    table = b"\x02" + struct.pack("<i", len(plc)) + plc
    main = bytearray(0x400)
    struct.pack_into("<HH", main, 0, 0xA5EC, 0x00C1)
    struct.pack_into("<H", main, 0x0A, 0x0200 | (0x0100 if is_encrypted else 0))
    struct.pack_into("<i", main, 0x4C, len(text))
    struct.pack_into("<ii", main, 0x01A2, 0, len(table))
    return ole2({"WordDocument": bytes(main) + written, "1Table": table, **(more or {})})


def xls(rows: Sequence[Sequence[str | float]], title: str = "Sheet1", *, forms: Sequence[str] = ()) -> bytes:
    """Return an Excel 97 file of one sheet; the figures of row N have the form N + 1 of ``forms``."""

    def piece(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def bof(kind: int) -> bytes:
        return piece(0x809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))

    cells = b""
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            if isinstance(value, str):
                shown = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                cells += piece(0x204, struct.pack("<HHH", y, x, 0) + shown)
            else:
                cells += piece(0x203, struct.pack("<HHHd", y, x, y + 1 if forms else 0, value))
    sheet = bof(0x10) + cells + piece(0x0A, b"")
    name = struct.pack("<BB", len(title), 1) + title.encode("utf-16-le")
    styles = b""
    if forms:
        font = struct.pack("<HHHHHBBBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 134, 0, 2, 1) + "宋体".encode(
            "utf-16-le"
        )
        styles += piece(0x31, font) * 5
        for n, form in enumerate(forms):
            shown = struct.pack("<HHB", 164 + n, len(form), 1) + form.encode("utf-16-le")
            styles += piece(0x41E, shown)
        for n in range(len(forms)):
            styles += piece(0xE0, struct.pack("<HHH", 0, 164 + n, 0) + bytes(14))
    start = len(bof(5)) + len(styles) + len(piece(0x85, bytes(6) + name)) + len(piece(0x0A, b""))
    sheets = piece(0x85, struct.pack("<IBB", start, 0, 0) + name)
    book = bof(5) + styles + sheets + piece(0x0A, b"") + sheet
    return ole2({"Workbook": book})


def zip_bomb(megabytes: int) -> bytes:
    """Return a ZIP of one member of zeros."""
    return packed({"annex.txt": bytes(megabytes << 20)})


def _entry(name: str, kind: int, root: int, first: int, size: int, *, right: int = -1) -> bytes:
    written = (name + "\0").encode("utf-16-le")
    head = written.ljust(64, b"\0") + struct.pack("<HBBiii", len(written), kind, 1, -1, right, root)
    return head + bytes(36) + struct.pack("<iii", first, size, 0)


def _stream(body: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(body), body)


def _identity(characters: set[str]) -> bytes:
    codes = sorted(f"{ord(c):04X}" for c in characters if c != "\n") or ["0020"]
    rows = "\n".join(f"<{code}> <{code}>" for code in codes[:100])
    return f"{len(codes[:100])} beginbfchar\n{rows}\nendbfchar\n".encode()


def _pdf_of(objects: Sequence[bytes]) -> bytes:
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
