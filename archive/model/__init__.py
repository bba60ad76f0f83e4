"""The values that pass between the parts: frozen, typed, without behaviour beyond their own consistency."""

from __future__ import annotations

from archive.model.reading import (
    Article,
    AttachmentText,
    Block,
    Cause,
    Cell,
    Kind,
    Link,
    Outcome,
    Page,
    Removed,
    Role,
    Rows,
    State,
    Unreadable,
    Verdict,
    blocks_from,
    blocks_json,
)
from archive.model.site import Expect, Listing, Rules, Site, site_from_json
from archive.model.work import Exchange, Job, KeptExchange, Prepared, ReadingResult, Repeat, TitleEvidence

__all__ = [
    "Article",
    "AttachmentText",
    "Block",
    "Cause",
    "Cell",
    "Exchange",
    "Expect",
    "Job",
    "KeptExchange",
    "Kind",
    "Link",
    "Listing",
    "Outcome",
    "Page",
    "Prepared",
    "ReadingResult",
    "Removed",
    "Repeat",
    "Role",
    "Rows",
    "Rules",
    "Site",
    "State",
    "TitleEvidence",
    "Unreadable",
    "Verdict",
    "blocks_from",
    "blocks_json",
    "site_from_json",
]
