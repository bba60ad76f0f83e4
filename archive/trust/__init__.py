"""Whether a page is what it should be: known signatures of what stands in an article's place, and weak signs.

A signature decides alone, because its conditions are narrow. A sign is weak: one of them only flags, and
two that do not depend on each other quarantine. None of this proves who tampered with a page, or that
anybody did.
"""

from archive.trust.judgement import (
    STRANGE,
    TITLE_QUARANTINED,
    Judgement,
    Page,
    judge,
    own_article,
    strange_title_of,
    with_good_title,
)
from archive.trust.signatures import page_signature, page_title, visible_text
from archive.trust.signs import KINDS, change_signs, page_signs, verdict

__all__ = [
    "KINDS",
    "STRANGE",
    "TITLE_QUARANTINED",
    "Judgement",
    "Page",
    "change_signs",
    "judge",
    "own_article",
    "page_signature",
    "page_signs",
    "page_title",
    "strange_title_of",
    "verdict",
    "visible_text",
    "with_good_title",
]
