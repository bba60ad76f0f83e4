"""Bytes and rules to an article: pure functions, no network, no state."""

from archive import READER, READER_VERSION
from archive.extract.charset import Decoded, decode
from archive.extract.forms import with_pictures
from archive.extract.reader import read, read_cheaply, visible_digest
from archive.extract.rows import read_rows

__all__ = [
    "READER",
    "READER_VERSION",
    "Decoded",
    "decode",
    "read",
    "read_cheaply",
    "read_rows",
    "visible_digest",
    "with_pictures",
]
