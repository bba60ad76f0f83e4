"""What reading kept pages again would change: for looking before doing. Nothing here writes.

The pages of a template change alike, so the differences are grouped by site and by the shape of the address.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from archive.models import Article, AttachmentText, Found, Job, Site
from archive.store import READER_NAME
from archive.store.documents.jobs import Jobs
from archive.store.file.payloads import Payloads
from archive.store.file.rules import held_declaration
from archive.text import canon

FIELDS = ("title", "published_at", "source_line", "doc_number", "issuer", "index_number", "author")
_VARIES = re.compile(r"[0-9a-f]{8,}|[0-9]+|(?<=_)\w+(?=\.)", re.IGNORECASE)
_MOST_EXAMPLES = 3
_VERSION = "select v.* from readings r join versions v on v.id = r.version where r.capture = ? order by r.id desc limit 1"
_TEXT_OF_FILE = "select t.* from captures c join attachment_texts t on t.payload = c.payload where c.id = ? order by t.id desc limit 1"


@dataclass(slots=True)
class Template:
    """What would change on the pages of one template.

    ``read``: pages read; ``changed``: those whose text or fields would change; ``unreadable``: those that today's
    reader makes nothing of. ``gone`` and ``come``: in how many texts a line would go or come; ``fields``: how many
    pages would have another value. Counts of pages, not of documents.
    """

    site: str
    template: str
    read: int = 0
    changed: int = 0
    unreadable: int = 0
    gone: Counter[str] = field(default_factory=Counter)
    come: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)


class Rereads:
    """What readers find when nothing is recorded, held against the versions that the archive has."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._templates: dict[tuple[str, str], Template] = {}

    def note(self, job: Job, found: Found) -> None:
        """Set what was found against the version that the capture showed when it was last read."""
        template = self._template(job.site, job.page.url)
        template.read += 1
        held = self._db.execute(
            _TEXT_OF_FILE if job.kind == "attachment" else _VERSION, (job.capture,)
        ).fetchone()
        if isinstance(found.result, Article | AttachmentText):
            is_other = _compare(template, held, found.result)
        else:
            is_other = held is not None
            template.unreadable += is_other
        template.changed += is_other
        if is_other and len(template.examples) < _MOST_EXAMPLES:
            template.examples.append(job.page.url)

    @property
    def templates(self) -> list[Template]:
        """The templates by site, those that change most first."""
        return sorted(self._templates.values(), key=lambda one: (one.site, -one.changed, one.template))

    def _template(self, site: str, url: str) -> Template:
        key = site, template_of(url)
        return self._templates.setdefault(key, Template(*key))


def template_of(url: str) -> str:
    """Return the shape of an address: figures, long hexadecimal names and what follows ``_`` stand as ``*``."""
    return _VARIES.sub("*", url.partition("://")[2].partition("?")[0])


def jobs_for_looking(db: sqlite3.Connection, sites: Mapping[str, Site]) -> Jobs:
    """Return the jobs of an archive that is only read: today's rules need not be held by it."""

    def rules(site: str) -> tuple[int, Site | None]:
        declared = sites.get(site)
        return held_declaration(db, site, declared) or 0, declared

    ensure: Callable[[str], tuple[int, Site | None]] = rules
    return Jobs(db, Payloads(db), READER_NAME, ensure)


def _compare(template: Template, held: sqlite3.Row | None, read: Article | AttachmentText) -> bool:
    """Count what differs, by what decides versions: lines of the text and fields; return whether anything does."""
    old, new = str((held and held["text"]) or ""), read.text or ""
    before, after = ({canon(line): line for line in text.split("\n")} for text in (old, new))
    gone = [line for key, line in before.items() if key and key not in after]
    come = [line for key, line in after.items() if key and key not in before]
    other = [name for name in FIELDS if isinstance(read, Article) and _differs(held, read, name)]
    template.gone.update(gone)
    template.come.update(come)
    template.fields.update(other)
    return bool(other) or canon(old) != canon(new)


def _differs(held: sqlite3.Row | None, article: Article, name: str) -> bool:
    return canon(str((held and held[name]) or "")) != canon(getattr(article, name) or "")
