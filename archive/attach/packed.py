"""What one attached file may cost, and ZIP files within those bounds: office files, OFD, and packed files.

The reader process has limits of its own on CPU and memory; these bounds keep ordinary large files inside them,
so that they give their text, and hostile ones from taking a reader with them. Over a bound the text is cut, and
flagged. Before anything is unpacked the sizes that the directory claims are added up; a member that is longer than
it claims is cut there by the decompressor and fails its checksum.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from lxml import etree
from pypdf.errors import PyPdfError
from xlrd.biffh import XLRDError
from xlrd.compdoc import CompDocError

MOST_PAGES = 2_000
# When the whole took too long: so much of it is read in the second try.
FEW_PAGES = 20
# What a reader gives: a text, flags, and the reason where there is no text.
Read = tuple[str | None, tuple[str, ...], str | None]
# Some seven hundred dense pages; to index four times as many held up the one writer for five seconds.
MOST_CHARACTERS = 1_000_000
MOST_MEMBERS = 2_000
MOST_UNPACKED = 256 << 20
# One member that is read: XML takes ten times its size as a tree.
MOST_OF_ONE = 48 << 20
# Deflate cannot do more than 1,032 to 1; office files and texts stay below 100.
MOST_RATIO = 200
RATIO_COUNTS_FROM = 1 << 20

# What the libraries raise for files that are not what they claim: measured on cut, flipped and forged ones.
BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    CompDocError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    PyPdfError,
    RecursionError,
    TypeError,
    ValueError,
    XLRDError,
    etree.LxmlError,
    struct.error,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
)


class TooMuch(ValueError):
    """A file that would cost more than a bound allows."""


class Bundle:
    """A ZIP file whose members are unpacked one at a time, each within bounds."""

    def __init__(self, body: bytes) -> None:
        self._opened = zipfile.ZipFile(io.BytesIO(body))
        self.members = [member for member in self._opened.infolist() if not member.is_dir()]
        self._left = MOST_UNPACKED

    def check(self) -> None:
        """Raise TooMuch where unpacking everything would go over a bound."""
        if len(self.members) > MOST_MEMBERS:
            raise TooMuch(f"{len(self.members)} members: at most {MOST_MEMBERS} are looked at")
        claimed = sum(member.file_size for member in self.members)
        if claimed > MOST_UNPACKED:
            raise TooMuch(f"unpacks to {claimed} bytes: at most {MOST_UNPACKED} are unpacked")
        for member in self.members:
            _check_member(member, MOST_OF_ONE)

    @property
    def names(self) -> set[str]:
        """The members' names as the directory gives them."""
        return {member.filename for member in self.members}

    def read(self, member: str | zipfile.ZipInfo) -> bytes:
        """Return a member's bytes. Raise TooMuch over a bound, KeyError for a name it does not hold."""
        found = self._opened.getinfo(member) if isinstance(member, str) else member
        _check_member(found, min(MOST_OF_ONE, self._left))
        self._left -= found.file_size
        with self._opened.open(found) as stream:
            return stream.read(found.file_size)

    def tree(self, name: str) -> Any:
        """Return a member parsed as XML; None where it is not held. No entity is resolved, nothing fetched."""
        if name not in self.names:
            return None
        return parsed(self.read(name))


def _check_member(member: zipfile.ZipInfo, most: int) -> None:
    if member.file_size > most:
        raise TooMuch(f"a member of {member.file_size} bytes: at most {most} are unpacked here")
    if member.file_size > max(RATIO_COUNTS_FROM, MOST_RATIO * member.compress_size):
        raise TooMuch(f"a member unpacks to {MOST_RATIO} times its size and more")


def parsed(body: bytes) -> Any:
    """Return the root of an XML document: without its DTD, entities and network."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True, recover=True,
    )  # fmt: skip
    root = etree.fromstring(body, parser)
    if root is None:
        raise ValueError("no XML")
    return root


def each(body: bytes, names: tuple[str, ...]) -> Iterator[Any]:
    """Yield the elements of these names as they are parsed, and let go of them: for XML that is long, not deep."""
    parser = etree.iterparse(
        io.BytesIO(body), events=("end",), tag=tuple(f"{{*}}{name}" for name in names), resolve_entities=False,
        no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True, recover=True,
    )  # fmt: skip
    for _, node in parser:
        yield node
        node.clear()
        parent = node.getparent()
        while parent is not None and node.getprevious() is not None:
            del parent[0]


def member_name(member: zipfile.ZipInfo) -> str:
    """Return a member's name in the characters it was meant in: without the UTF-8 mark it is often GBK."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        raw = member.filename.encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    for charset in ("utf-8", "gb18030"):
        try:
            return raw.decode(charset)
        except UnicodeDecodeError:
            continue
    return member.filename
