"""The kinds of files that pages attach: the one table of them, and what an address or a name says of a file. Pure.

Everything that must know a kind reads this table: which links lead to files, what counts as a change of them, by which
bytes a file is known, who reads it, what it is called. To add a kind, add a row here, and its reader to
``archive.attach.reading`` where there is one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from archive.patterns import regex

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """One kind of file: how it is named, by what it is known, who reads it, what people call it.

    ``magic`` are first bytes; ``member`` is a name within a ZIP and ``stream`` one within an OLE2 container that only
    this kind has. ``is_read`` says that a reader of ``archive.attach`` gets text from it; else ``unread`` says why not.
    ``is_attached``: a link to an address with one of its endings leads to an attached file.
    """

    name: str
    endings: tuple[str, ...]
    zh: str
    en: str
    media: tuple[str, ...] = ()
    magic: tuple[bytes, ...] = ()
    member: tuple[str, ...] = ()
    stream: tuple[str, ...] = ()
    is_read: bool = True
    unread: str = ""
    is_attached: bool = True


_OOXML = "application/vnd.openxmlformats-officedocument."
_PACKED = "kept, not opened"
_KEPT = "kept, not read"

# Kinds in an OLE2 container and in a ZIP are tried in this order.
KINDS = (
    FileKind(name="pdf", endings=("pdf",), zh="PDF 文件", en="PDF", media=("application/pdf", "application/x-pdf")),
    FileKind(
        name="doc", endings=("doc", "dot"), zh="Word 文档", en="Word document", media=("application/msword",),
        # Word 6 and before stands without a container.
        magic=(b"\xdb\xa5-\0\0\0", b"1\xbe\0\0"), stream=("WordDocument",),
    ),
    FileKind(
        name="wps", endings=("wps", "wpt"), zh="WPS 文字", en="WPS document",
        media=("application/kswps", "application/wps-office.wps", "application/vnd.ms-works"), stream=("WordDocument",),
    ),
    FileKind(
        name="docx", endings=("docx", "docm", "dotx"), zh="Word 文档", en="Word document",
        media=(_OOXML + "wordprocessingml", "application/wps-office.docx", "application/vnd.ms-word.document.macroenabled"),
        member=("word/document.xml",),
    ),
    FileKind(
        name="xls", endings=("xls", "et", "xlt", "ett"), zh="Excel 表格", en="Excel workbook",
        media=("application/vnd.ms-excel", "application/msexcel", "application/kset", "application/wps-office.et"),
        stream=("Workbook", "Book\0"),
    ),
    FileKind(
        name="xlsx", endings=("xlsx", "xlsm", "xlsb", "xltx"), zh="Excel 表格", en="Excel workbook",
        media=(_OOXML + "spreadsheetml", "application/wps-office.xlsx", "application/vnd.ms-excel.sheet"),
        member=("xl/workbook.xml", "xl/workbook.bin"),
    ),
    FileKind(
        name="ods", endings=("ods",), zh="ODS 表格", en="OpenDocument sheet",
        media=("application/vnd.oasis.opendocument.spreadsheet",),
    ),
    FileKind(
        name="odt", endings=("odt", "odp", "uof", "uot", "uos", "uop"), zh="开放文档", en="OpenDocument or UOF",
        media=("application/vnd.oasis.opendocument",), is_read=False, unread=_KEPT,
    ),
    FileKind(name="ofd", endings=("ofd",), zh="OFD 版式文件", en="OFD", media=("application/ofd",), member=("OFD.xml",)),
    FileKind(
        name="ppt", endings=("ppt", "pps", "pot", "dps"), zh="幻灯片", en="slides",
        media=("application/vnd.ms-powerpoint", "application/kswpp"), stream=("PowerPoint Document",),
        is_read=False, unread=_KEPT,
    ),
    FileKind(
        name="pptx", endings=("pptx", "pptm", "ppsx"), zh="幻灯片", en="slides",
        media=(_OOXML + "presentationml",), member=("ppt/presentation.xml",),
    ),
    FileKind(
        name="rtf", endings=("rtf",), zh="RTF 文档", en="RTF", media=("application/rtf", "text/rtf"), magic=(b"{\\rtf",)
    ),
    FileKind(
        name="mht", endings=("mht", "mhtml"), zh="单一文件网页", en="MHTML",
        media=("multipart/related", "message/rfc822", "application/x-mimearchive"),
    ),
    FileKind(
        name="csv", endings=("csv", "tsv"), zh="CSV 表格", en="CSV",
        media=("text/csv", "application/csv", "text/tab-separated-values"),
    ),
    FileKind(name="txt", endings=("txt",), zh="纯文本", en="plain text"),
    FileKind(
        name="zip", endings=("zip",), zh="压缩包", en="ZIP", media=("application/zip", "application/x-zip"),
        magic=(b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"),
    ),
    FileKind(
        name="rar", endings=("rar",), zh="压缩包", en="RAR", media=("application/vnd.rar", "application/x-rar"),
        magic=(b"Rar!\x1a\x07",), is_read=False, unread=_PACKED,
    ),
    FileKind(
        name="7z", endings=("7z",), zh="压缩包", en="7z", media=("application/x-7z",), magic=(b"7z\xbc\xaf\x27\x1c",),
        is_read=False, unread=_PACKED,
    ),
    FileKind(
        name="gz", endings=("gz", "tgz", "tar", "bz2", "xz"), zh="压缩包", en="compressed file",
        media=("application/gzip", "application/x-gzip", "application/x-tar"),
        magic=(b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\0"), is_read=False, unread=_PACKED,
    ),
    FileKind(
        name="ceb", endings=("ceb", "cebx", "gd", "gw"), zh="版式公文", en="CEB or GD",
        magic=(b"Founder CEB",), is_read=False, unread=_KEPT,
    ),
    FileKind(
        name="image", endings=("png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp"), zh="图片", en="picture",
        media=("image/",),
        magic=(b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*"), is_attached=False,
    ),
    FileKind(
        name="html", endings=("html", "htm", "shtml", "xhtml"), zh="网页", en="web page", media=("text/html",),
        is_read=False, unread="a web page, not a file", is_attached=False,
    ),
    FileKind(
        name="unknown", endings=(), zh="不明文件", en="file of an unknown kind", is_read=False,
        unread="no kind of file that is known here", is_attached=False,
    ),
)  # fmt: skip

BY_NAME = {kind.name: kind for kind in KINDS}
BY_ENDING = {ending: kind for kind in KINDS for ending in kind.endings}
ATTACHED = tuple(ending for kind in KINDS if kind.is_attached for ending in kind.endings)

# Programs that hand out files by a number: /front/document/download?id=…, download.jsp?…, /module/download/downfile.jsp?…
_PROGRAM = (
    r"/[\w-]{0,40}(?:down-?load|down_load|downfile|filedown|getfile|attachdown)[\w-]{0,40}"
    r"(?:\.(?:jspx?|do|action|aspx?|ashx|php|cgi))?\?[^#]*\w"
)
_ALTERNATIVES = "|".join(sorted(map(re.escape, ATTACHED), key=lambda ending: (-len(ending), ending)))
#: The addresses that end as files do: their links are text of an article, a button of a program is none.
ENDINGS = rf"\.(?:{_ALTERNATIVES})$"
#: The addresses that lead to attached files: an ending, of the path or of a value asked for, or such a program.
ADDRESSES = rf"\.(?:{_ALTERNATIVES})(?:$|&)|{_PROGRAM}"
_NAMED = regex(
    r"\.(?:" + "|".join(map(re.escape, (*ATTACHED, *BY_NAME["image"].endings))) + r")(?![A-Za-z0-9])", re.I
)
_LABELLED = regex(r"附\s{0,3}件\s{0,3}[0-9０-９一二三四五六七八九十]{0,3}\s{0,3}(?:[:：.．、\s]|$)")
_OTHER_SCHEME = regex(r"(?!https?:)[a-z][a-z0-9+.-]*:", re.I)
_ASKED = regex(r"\.(?:jspx?|do|action|aspx?|ashx|php|cgi)$", re.I)
_SESSION = regex(r";jsessionid=[\w.!-]{1,200}$", re.IGNORECASE)
_TAIL = 400


def kind_named(name: str) -> FileKind | None:
    """Return the kind that a file's name ends as; None where its ending is no kind's."""
    return BY_ENDING.get(ending(name))


def kind_claimed(media_type: str) -> FileKind | None:
    """Return the kind of attached file that a media type names; general ones (octet-stream, text/plain) name none."""
    claimed = media_type.partition(";")[0].strip().lower()
    fitting = [(len(media), kind) for kind in KINDS for media in kind.media if claimed.startswith(media)]
    kind = max(fitting, key=lambda pair: pair[0])[1] if fitting else None
    return kind if kind is not None and kind.is_attached else None


def ending(name: str) -> str:
    """Return the ending of a file's name, in lower case, without its dot; empty where it has none."""
    stem, dot, last = name.partition("?")[0].rpartition(".")
    return last.lower() if dot and stem and len(last) <= 5 else ""


def leads_to_file(address: str, pattern: str = ADDRESSES) -> bool:
    """Return whether an address, by its form, leads to an attached file. What will answer may be something else."""
    plain = address.strip().partition("#")[0]
    path, _, query = plain.partition("?")
    path = _SESSION.sub("", path)
    found = _compiled(pattern)
    return bool(found.search(path[-_TAIL:]) or (query and found.search(plain[-2 * _TAIL :])))


def name_in(words: str) -> bool:
    """Return whether the words of a link name a file: “登记表.xlsx”, “方案（附件.doc）”."""
    return bool(_NAMED.search(words[:_TAIL]))


def is_labelled(words: str) -> bool:
    """Return whether words call what they stand before an attached file: “附件1：登记表”."""
    return bool(_LABELLED.match(words.lstrip(" \t\u3000\xa0")))


def is_unnamed(address: str, *, programs: bool = False) -> bool:
    """Return whether the last part of an address's path has no ending, as where files are handed out by a number.

    With ``programs`` an address that asks a program (``get.jsp?id=3``) is one, too.
    """
    plain = address.strip().partition("#")[0]
    if _OTHER_SCHEME.match(plain):
        return False
    path, asks, _ = plain.partition("?")
    last = path.rpartition("/")[2] if "/" in path else ""
    return bool(last) and ("." not in last or bool(programs and asks and _ASKED.search(last)))


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)
