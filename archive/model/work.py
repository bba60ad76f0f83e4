"""What passes between the crawl, the archive and its readers: exchanges, jobs, what was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from archive.model.reading import Article, AttachmentText, Outcome, Page, Rows, Unreadable

if TYPE_CHECKING:
    # The relations read texts in both scripts, and the text's modules speak of this model.
    from archive.relations import Connections


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """What a WARC record says that it repeats: a payload by its digest, or the answer of an address at a time.

    It is the word of whoever wrote the file that both are the same.
    """

    digest: str | None = None
    url: str | None = None
    at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One exchange with a server as it is handed over to be kept.

    ``body`` has its content encodings undone; None when there was none or it could not be decoded (``error`` then
    says why). ``headers`` are names and values in the order the framework gave them, which is not proof of the
    order on the wire. ``frontier`` is the row that asked, ``retry_in`` the seconds until a failed exchange is
    tried again in this run (None: not in this run). ``conditional``: whether it asked only for what changed since.
    ``record`` names the WARC record it was read from, ``entity`` the digests other records may call its body by,
    ``repeats`` what a record without a body stands for, ``led_by`` the record of the redirect that led here;
    ``was_followed``: a crawl of ours kept it, which asks for what a redirect leads to.
    """

    url: str
    kind: str
    site: str
    captured_at: str
    status: int | None = None
    error: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    method: str = "GET"
    redirected_from: int | None = None
    peer: str | None = None
    tls_verified: bool | None = None
    truncated: str | None = None
    flags: tuple[str, ...] = ()
    origin: str = "network"
    clock: str = "wall"
    frontier: int | None = None
    part_of: int | None = None
    asked: str | None = None
    retry_in: float | None = None
    conditional: bool | None = None
    record: str | None = None
    entity: tuple[str, ...] = ()
    repeats: Repeat | None = None
    led_by: str | None = None
    was_followed: bool = False

    def header(self, name: str) -> str:
        """Return the first header of that name, in any case, or an empty text."""
        return next((v for k, v in self.headers if k.lower() == name), "")

    @property
    def media_type(self) -> str:
        """The media type the answer names, in lower case and without parameters."""
        return self.header("content-type").split(";")[0].strip().lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptExchange:
    """What became of an exchange at once: its capture, and the outcome unless it waits to be read."""

    capture: int
    outcome: Outcome | None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleEvidence:
    """What is known of a document's title beside its page.

    ``title`` and ``text`` are of the version before, None where there is none; ``listed_as`` is what a list called
    it; ``rested`` are strange titles that the page showed a day before or earlier: a second sighting is believed.
    """

    title: str | None = None
    text: str = ""
    listed_as: str = ""
    rested: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One capture to be read, with all that a reader process needs: it opens no file.

    ``known_visible`` is the visible digest of the last reading of this address by the same reader and rules: a
    page that shows just that is not read again. ``previous`` is the current text, for what only a
    comparison can tell. ``before`` is the payload that ``previous`` came from when another reader or other
    rules read it: it is read first, so that our change is never taken for theirs. ``witness``: what a title is held
    against.
    """

    capture: int
    kind: str
    site: str
    rules: int
    page: Page
    known_visible: str | None = None
    previous: str | None = None
    before: Job | None = None
    again: bool = False
    witness: TitleEvidence = TitleEvidence()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What the archive derives from an article's text: worked out beside the reading, kept with the version.

    ``state_digest`` is over the tuple that makes a version: ``canon/1`` of text, title, source line and number,
    the shown date and the attachments. ``grams`` are the pieces for the search index, ``shingles`` those by which
    copies are found (None: worked out before there were any, and again when the version is added). ``damage`` is how
    many places of the text are damaged, for each thousand characters.
    """

    text_simplified: str
    state_digest: str
    text_digest: str
    grams: str
    shingles: tuple[int, ...] | None = None
    damage: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingResult:
    """What a reader made of a job. ``result`` is None when the page shows just what was read before.

    ``signs`` are reasons for distrust; with ``trusted`` false they are enough for quarantine. ``grams`` are the
    search pieces of an attached file's text; an article's are in ``prepared``. ``connections``: what an article's text
    names and does (None: worked out when its version is settled).
    """

    result: Article | AttachmentText | Unreadable | Rows | None
    visible_digest: str | None = None
    prepared: Prepared | None = None
    signs: tuple[str, ...] = ()
    trusted: bool = True
    before: ReadingResult | None = None
    grams: str = ""
    connections: Connections | None = None
