"""Whether an answer turns us away, told while crawling: by its status, or by what stands where a page should. Pure."""

from __future__ import annotations

from archive.attach.kinds import is_html
from archive.extract.charset import decode
from archive.models import Exchange, Kept, Outcome
from archive.trust import page_signature, page_title, visible_text

# No challenge is longer; a longer page is the reader's alone.
_LONGEST = 256 * 1024


def turns_away(exchange: Exchange, kept: Kept) -> bool | None:
    """Return whether an answer refuses us or fails: 403, 412, 429, 521, a challenge with status 200, nothing at all.

    None where it says nothing of that: a hop of a redirect, robots.txt, what our own bounds kept out. False does not
    prove that a page is an article: soft 404s and spam are the reader's.
    """
    if exchange.kind == "robots" or kept.outcome is Outcome.REDIRECTED:
        return None
    if kept.outcome in (Outcome.BLOCKED, Outcome.FAILED):
        return None if (kept.reason or "").startswith(("too_large", "decode_error", "redirect")) else True
    return _is_challenge(exchange)


def _is_challenge(exchange: Exchange) -> bool:
    body = exchange.body or b""
    if not body or len(body) > _LONGEST or (exchange.kind == "attachment" and not is_html(body)):
        return False
    text = decode(body, exchange.header("content-type")).text
    found = page_signature(visible_text(text), page_title(text), text)
    return found is not None and found.outcome is Outcome.BLOCKED
