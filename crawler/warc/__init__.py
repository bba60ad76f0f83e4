"""Records out of WARC and ARC files, whatever their packing and however damaged.

What cannot be read costs the record it belongs to: reading goes on at the next one, in a packed file at the next
member. ``records`` yields what is there and, between, what is not (``Damage``). A length, a date and a digest in
such a file are the word of whoever wrote it.
"""

from crawler.warc.records import Damage, Record, records

__all__ = ["Damage", "Record", "records"]
