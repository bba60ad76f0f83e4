"""What one attached file may cost, and what can be wrong with one. Over a bound the text is cut, and flagged.

The reader process has limits of its own on CPU and memory; these bounds keep ordinary large files inside them,
so that they give their text, and hostile ones from taking a reader with them.
"""

from __future__ import annotations

import struct
import zipfile
import zlib

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
