"""The family of errors the archive raises: one class for each thing a caller can do differently."""

from __future__ import annotations

from collections.abc import Iterable


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


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a question that names what an unknown name is nearest to; empty where nothing is near."""
    from difflib import get_close_matches  # 10 ms that only a mistake costs

    held = {one.lower(): one for one in known}
    near = get_close_matches(name.lower(), list(held), n=3, cutoff=0.5)
    return f"did you mean {', '.join(held[one] for one in near)}?" if near else ""
