"""Why a page that shares a copy's words cannot be called its original."""

from __future__ import annotations

from collections.abc import Iterable

_SPAM = {"spam_title": "a spam title", "spam_body": "spam in its text", "hidden_text": "hidden spam"}
# An issuing site may have a title for the whole site and link to its partners.
_STRANGE = {"title_foreign": "a title foreign to its text", "foreign_links": "links to strangers in its text"}


def doubt_of(role: str, state: str, flags: Iterable[str]) -> str:
    """Return what speaks against a page by its state and by the flags of its version and its latest look, or nothing.

    A flag is a sign, no proof: the page may be innocent, but nobody should quote it as an original.
    """
    if state == "quarantined":
        return "quarantined: what it shows is not trusted"
    signs = _SPAM if role == "original" else _SPAM | _STRANGE
    shown = [signs[flag] for flag in dict.fromkeys(flags) if flag in signs]
    return f"flagged: {', '.join(shown)}" if shown else ""
