"""The values that pass between the parts: frozen, typed, without behaviour beyond their own consistency."""

from archive.models.reading import Article, AttachmentText, Link, Page, Removed, Rows, Unreadable
from archive.models.site import Expect, Listing, Rules, Site, site_from_json
from archive.models.words import Cause, Kind, Outcome, Role, State, Verdict
from archive.models.work import Exchange, Found, Job, Kept, Prepared, Repeat, TitleEvidence

__all__ = [
    "Article",
    "AttachmentText",
    "Cause",
    "Exchange",
    "Expect",
    "Found",
    "Job",
    "Kept",
    "Kind",
    "Link",
    "Listing",
    "Outcome",
    "Page",
    "Prepared",
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
    "site_from_json",
]
