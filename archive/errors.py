"""The family of errors the archive raises: one class for each thing a caller can do differently."""

from __future__ import annotations


class ArchiveError(Exception):
    """Something a person must put right. Its text is one line: what, where, what now."""

    exit_code = 2


class ArchiveMissing(ArchiveError):
    """There is no archive at the path given."""


class ArchiveForeign(ArchiveError):
    """The file is no yuanben archive, or one that a newer yuanben wrote."""


class ArchiveBusy(ArchiveError):
    """Another run holds the archive."""

    exit_code = 75


class ArchiveDamaged(ArchiveError):
    """What the file holds does not agree with its digests."""

    exit_code = 1


class NotWritable(ArchiveError):
    """The disk is full, or failed while the archive was written. What was acknowledged before is kept."""

    exit_code = 1


class NotHeld(ArchiveError):
    """The archive holds nothing under that address, number or moment."""


class Withheld(NotHeld):
    """What was asked for is held, and must not be shown."""


class BadInput(ArchiveError):
    """An argument, a file or a declaration cannot be used as it is."""


class NotCanonical(BadInput):
    """The address is none that a document can be known by."""


class ReaderBroken(ArchiveError):
    """The processes that read pages cannot be started. What is kept waits in the queue."""

    exit_code = 1


class TooLong(ArchiveError):
    """Two texts are too long, and too different, to be compared while somebody waits for a page."""
