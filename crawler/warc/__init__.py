"""Records from WARC and ARC files, in any packing and with any damage.

An unreadable place costs only its record: reading continues at the next one, in a packed file at the next
member. ``records`` yields the records and, between them, the damage (``Damage``). A length, a date and a
digest in such a file are the word of whoever wrote it.
"""

from crawler.warc.records import Damage, Record, records

__all__ = ["Damage", "Record", "records"]
