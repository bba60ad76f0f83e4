"""The archive: one SQLite file, one writer, everything kept. The only package with SQL.

``archive.store.archive`` has ``Archive``, through which all writing goes. Who only reads imports ``archive.store.read``
and does not wait for the rest.
"""

from archive import reader_name

READER_NAME = reader_name()
