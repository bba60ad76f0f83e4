"""What yuanben keeps, reads, versions and compares. No Scrapy and no network in here."""

from functools import cache

__version__ = "0.1.0"
# What the store knows of the reader stands here, not beside it: what only searches need not load the reader.
READER = "yuanben-reader"
READER_VERSION = "5"
# What a page is parsed and stripped by: another version of one may read the same page otherwise.
_READ_BY = ("trafilatura", "selectolax", "lxml")
ATTACHMENT_READER = "yuanben-attachment/2"
# The flag of a reading that was made in haste.
CHEAP = "cheap_reading"


@cache
def reader_name() -> str:
    """Return the reader as readings name it: its version, and those of the libraries that decide what it reads.

    An upgrade of one of them is another reader: ``scrapy reread`` reads again what the one before has read.
    """
    # Imported here: what only searches names no reader.
    from importlib.metadata import version

    return f"{READER}/{READER_VERSION} ({', '.join(f'{name} {version(name)}' for name in _READ_BY)})"
