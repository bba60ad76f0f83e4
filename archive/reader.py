"""What a reader process does with a job. Pure: a job in, what was found out; no file, no network.

``Parse`` is how the crawler hands over what it knows of sites: archive code never imports a spider.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from archive import CHEAP
from archive.attach import text_of
from archive.attach.document import is_file, read_document
from archive.collate.shingles import sampled
from archive.extract import visible_digest
from archive.models import Article, Found, Job, Prepared, Rows, Unreadable
from archive.text import canon, fold, simplified
from archive.text.pieces import different_pieces, folded_pieces
from archive.trust import KINDS, change_signs, verdict

# Names that scripts have, not files.
_FILE = re.compile(r"\.(?!(?:jsp|do|action|aspx?|php|html?)$)[a-z0-9]{2,5}$", re.IGNORECASE)

Parse = Callable[[Job, bool], Article | Unreadable | Rows]


def read_job(job: Job, parse: Parse, *, cheap: bool = False) -> Found:
    """Return what a reader makes of a job; ``cheap`` asks for the reading that cannot take long."""
    if job.kind == "attachment":
        return _file(job, cheap=cheap)
    before = read_job(job.before, parse, cheap=cheap) if job.before else None
    if job.kind == "listing":
        return Found(result=parse(job, cheap))
    is_document = is_file(job.page)
    seen = None if job.page.parts or is_document else visible_digest(job.page)
    if seen is not None and seen == job.known_visible:
        return Found(result=None, visible_digest=seen, before=before)
    result = _document(job, cheap=cheap) if is_document else parse(job, cheap)
    if not isinstance(result, Article):
        return Found(result=result, visible_digest=seen, before=before)
    # What a page shows by itself the reader has flagged; what only a comparison can tell is added here.
    signs = [flag for flag in result.flags if flag in KINDS]
    previous = _previous(job, before)
    if previous:
        signs += change_signs(result.text, previous)
    return Found(
        result=result,
        visible_digest=seen,
        prepared=prepare(result),
        signs=tuple(signs),
        trusted=verdict(sign for sign in signs if sign != "shrunken") != "quarantined",
        before=before,
    )


def _document(job: Job, *, cheap: bool) -> Article | Unreadable:
    found = read_document(job.page, cheap=cheap)
    return replace(found, flags=(*found.flags, CHEAP)) if cheap else found


def _file(job: Job, *, cheap: bool) -> Found:
    found = text_of(job.page.body, file_name(job.page.url), job.page.content_type, cheap=cheap)
    if cheap:
        found = replace(found, flags=(*found.flags, CHEAP))
    return Found(result=found, grams=different_pieces(found.text or ""))


def _previous(job: Job, before: Found | None) -> str | None:
    if before and isinstance(before.result, Article):
        return before.result.text
    return job.previous


def prepare(article: Article) -> Prepared:
    """Return what the archive derives from an article: its digests, its Simplified text, what it is found by."""
    folded = fold(article.text)
    return Prepared(
        text_simplified=simplified(article.text),
        state_digest=state_digest(article),
        text_digest=text_digest(article.text),
        grams=folded_pieces(fold(article.title), folded),
        shingles=sampled(folded),
    )


def state_digest(article: Article) -> str:
    """Return the digest of what makes a version: ``canon/1`` of an article's state, so that noise is no state."""
    state: list[object] = [
        canon(article.text),
        canon(article.title),
        article.published_at,
        canon(article.source_line or ""),
        canon(article.doc_number or ""),
        sorted({file_name(link.url) for link in article.attachments}),
    ]
    return text_digest(json.dumps(state, ensure_ascii=False))


def file_name(url: str) -> str:
    """Return what tells the files of one page apart: the last part of the path, or all that follows it."""
    path, query = urlsplit(url).path, urlsplit(url).query
    last = unquote(path.rpartition("/")[2])
    # Before a download script's query the name of the script says nothing; after a file's it is a counter.
    return last if not query or _FILE.search(last) else f"{last}?{query}"


def text_digest(text: str) -> str:
    """Return ``sha256:`` and the hex digest of a text in UTF-8."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
