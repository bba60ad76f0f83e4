"""The closed sets of words: what a site is, how a capture ended, how a document stands."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a site is to the texts it shows. A declaration of ours, never a claim of the page."""

    ORIGINAL = "original"
    COPY = "copy"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """What became of one capture; each capture has exactly one."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    NOT_MODIFIED = "not_modified"
    UNREADABLE = "unreadable"
    QUARANTINED = "quarantined"
    GONE = "gone"
    BLOCKED = "blocked"
    FAILED = "failed"
    REDIRECTED = "redirected"
    ROBOTS = "robots"
    LISTING = "listing"
    ATTACHMENT = "attachment"


class State(StrEnum):
    """How a document stood when it was last looked at."""

    LIVE = "live"
    MOVED = "moved"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    UNREACHABLE = "unreachable"
    BLOCKED = "blocked"
    QUARANTINED = "quarantined"
    UNREADABLE = "unreadable"


class Cause(StrEnum):
    """Why a version exists. Only SOURCE is news: READING means that our reader changed."""

    FIRST = "first"
    SOURCE = "source"
    READING = "reading"


class Verdict(StrEnum):
    """How a crawl of one site went."""

    OK = "OK"
    WARN = "WARN"
    BROKEN = "BROKEN"


class Kind(StrEnum):
    """What a frontier row asks for."""

    LISTING = "listing"
    ARTICLE = "article"
    ATTACHMENT = "attachment"
