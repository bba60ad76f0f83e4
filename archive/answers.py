"""The values with which the archive answers a caller in Python, and how they are written as JSON. Pure.

They hold what the archive kept and read. None of them proves who wrote a text, nor that nothing else happened
between two captures. Times are UTC text as the archive writes them; ``published_at`` is the page's own claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from archive.relations.standing import Reason
from archive.store.read.history import AsOf, Sightings
from archive.text.names import Succession

_Value = TypeVar("_Value")
# Words of Python that the JSON uses as names.
_KEYS = {"from_at": "from", "to_at": "to", "class_": "class"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A document without its text. ``state`` is how the last look found it; it may have changed since."""

    document: int
    site: str
    publisher: str
    role: str
    url: str
    title: str | None
    published_at: str | None
    doc_number: str | None
    issuer: str | None
    version: int | None
    versions: int
    state: str
    first_seen: str
    last_seen: str
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that a version links to. ``payload`` is None where the file was not kept."""

    name: str
    url: str
    payload: str | None
    captured_at: str | None
    media_type: str | None
    length: int | None
    kind: str | None
    has_text: bool
    flags: tuple[str, ...]
    reason: str | None
    capture: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A document that is the same work as another. That no other is listed does not prove there is none."""

    work: int
    document: int
    url: str
    site: str
    publisher: str
    role: str
    is_issuer: bool
    doc_number: str | None
    title: str | None
    issuer: str | None
    published_at: str | None
    state: str
    first_seen: str
    last_seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document with the text and the fields of one version.

    ``version`` and ``text`` are None when no capture was readable; ``unread`` then holds what the page said of
    itself. ``seen`` gives the first and the last whole capture of the version: the text need not have stood there
    all the time between. ``at`` is the moment that was asked for, and ``as_of`` the looks that the answer rests on.
    ``state`` is today's, or that of the moment. ``class_``, ``standing``, ``effective_from`` and ``expires_on`` are
    those of the current version today, whichever version is shown. ``damage``: damaged places of its text for each
    thousand characters; 0 does not prove that it is whole.
    """

    document: int
    site: str
    publisher: str
    role: str
    url: str
    title: str | None
    published_at: str | None
    source_line: str | None
    author: str | None
    doc_number: str | None
    issuer: str | None
    index_number: str | None
    text: str | None
    text_simplified: str | None
    version: int | None
    versions: int
    state: str
    first_seen: str
    last_seen: str
    flags: tuple[str, ...]
    published_on: str | None
    class_: str | None
    standing: str | None
    effective_from: str | None
    expires_on: str | None
    damage: float | None
    meta_published_at: str | None
    editor: str | None
    card: Mapping[str, str]
    evidence: Mapping[str, str]
    unread: Mapping[str, str]
    attachments: tuple[Attachment, ...]
    works: tuple[Work, ...]
    seen: Sightings | None
    as_of: AsOf | None
    is_current: bool
    at: str | None

    def as_json(self) -> dict[str, Any]:
        """Return the document that ``yuanben show --json`` prints."""
        left_out = {"is_current", "at"} if self.at else {"is_current", "at", "as_of"}
        found = {name: value for name, value in plain(self).items() if name not in left_out}
        return found | {"works": _works_json(self.works)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a document. ``cause``: first, source (the site changed it) or reading (our reader changed).

    The times are those of the first and the last whole capture that showed it, None where none was whole.
    """

    version: int
    cause: str
    title: str
    published_at: str | None
    first_captured_at: str | None
    last_captured_at: str | None
    text_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address and the first and last time a document was seen at it."""

    url: str
    from_at: str
    to_at: str
    document: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that was noticed of a document. ``happened_at`` is when it was noticed, not when it happened."""

    kind: str
    happened_at: str
    site: str | None
    capture: int | None
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A time in which no capture showed the document. What stood there then is not known."""

    from_at: str
    to_at: str | None
    reason: str
    looks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is known of a document over time. ``addresses`` ends with those of the same work elsewhere."""

    document: int
    url: str
    versions: tuple[Version, ...]
    addresses: tuple[Address, ...]
    works: tuple[Work, ...]
    events: tuple[Event, ...]
    gaps: tuple[Gap, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the document that ``yuanben history --json`` prints."""
        found: dict[str, Any] = plain(self)
        return found | {"works": _works_json(self.works)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One look at a document: what the server answered, and what it was read as.

    ``payload`` is the digest of the kept body: it proves which bytes were kept, not who wrote them.
    """

    capture: int
    captured_at: str
    url: str
    status: int | None
    error: str | None
    payload: str | None
    outcome: str
    reason: str | None
    version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """A held document that another one names."""

    document: int
    url: str
    title: str
    doc_number: str | None
    published_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The document whose citations are given."""

    document: int
    url: str
    title: str | None
    doc_number: str | None
    version: int | None
    published_on: str | None
    class_: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A place in the text that names another document. ``target`` is None where the archive does not hold it.

    ``relation`` is what this document does to the other, or with ``incoming`` the other to this one. ``within``: this
    document holds the text of what it names, as a notice does of the measures that it issues.
    """

    start: int
    end: int
    text: str
    kind: str
    cited_title: str | None
    cited_number: str | None
    cited_articles: tuple[str, ...]
    target: Pointer | None
    relation: str
    incoming: bool
    within: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Citing:
    """A place in another document's current version that names this one."""

    document: int
    url: str
    title: str
    doc_number: str | None
    published_at: str | None
    version: int
    relation: str
    start: int
    end: int
    is_incoming: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """Another address at which the archive holds the same work."""

    document: int
    url: str
    site: str
    publisher: str
    is_issuer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether a document is in force, as far as the archive holds what ends or amends it.

    ``standing``: in_force, not_yet, expired, repealed, partly_repealed, amended, draft or unknown. It holds from
    ``since`` up to the day before ``until``. A repeal that the archive does not hold is not in it.
    """

    standing: str
    since: date | None
    until: date | None
    effective_from: date | None = None
    expires_on: date | None = None
    because: tuple[Reason, ...] = ()
    contradiction: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One stretch of a document's standings."""

    standing: str
    since: date | None
    until: date | None
    because: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A term that the text sets: a day, or a duration. ``start`` and ``end`` are its place in the text."""

    kind: str
    date: str | None
    start_date: str | None
    duration: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Citations:
    """What a document names, what names it, and its standing. What the archive does not hold is missing.

    ``bodies``: what became of the body that issued it. That alone ends no document.
    """

    document: Subject
    cites: tuple[Cited, ...]
    cited_by: tuple[Citing, ...]
    works: tuple[Elsewhere, ...]
    standing: Standing
    timeline: tuple[Span, ...]
    deadlines: tuple[Deadline, ...]
    bodies: tuple[Succession, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the document that ``yuanben cites --json`` prints."""
        found: dict[str, Any] = plain(self)
        return found | {"standing": {"document": self.document.document} | found["standing"]}


def listed(row: Mapping[str, Any]) -> Listed:
    """Return a row of ``latest`` as a value."""
    return _made(Listed, row, flags=tuple(row["flags"]))


def document(row: Mapping[str, Any]) -> Document:
    """Return what was looked up of a document as a value."""
    files = tuple(_made(Attachment, file, flags=tuple(file["flags"])) for file in row["attachments"])
    works = tuple(_work(work) for work in row["works"])
    return _made(Document, _named(row), flags=tuple(row["flags"]), attachments=files, works=works)


def history(story: Mapping[str, Any]) -> History:
    """Return the story of a document as values."""
    return _made(
        History,
        story,
        versions=_all(Version, story["versions"]),
        addresses=_all(Address, map(_named, story["addresses"])),
        works=tuple(_work(work) for work in story["works"]),
        events=_all(Event, story["events"]),
        gaps=_all(Gap, map(_named, story["gaps"])),
    )


def captures(rows: Iterable[Mapping[str, Any]]) -> tuple[Capture, ...]:
    """Return rows of captures as values."""
    return tuple(_made(Capture, row, capture=row["id"]) for row in rows)


def citations(found: Mapping[str, Any]) -> Citations:
    """Return what was looked up of a document's citations as values."""
    return Citations(
        document=_made(Subject, _named(found["document"])),
        cites=tuple(_cited(row) for row in found["cites"]),
        cited_by=_all(Citing, found["cited_by"]),
        works=_all(Elsewhere, found["works"]),
        standing=standing(found["standing"]),
        timeline=tuple(_made(Span, row, **_days(row)) for row in found["timeline"]),
        deadlines=_all(Deadline, found["deadlines"]),
        bodies=tuple(found["bodies"]),
    )


def standing(row: Mapping[str, Any]) -> Standing:
    """Return a standing as a value."""
    return _made(
        Standing,
        row,
        contradiction=row.get("contradiction"),
        effective_from=_day(row["effective_from"]),
        expires_on=_day(row["expires_on"]),
        **_days(row),
    )


def plain(value: object) -> Any:
    """Return a value as JSON writes it: objects, lists, texts and numbers."""
    if isinstance(value, Sightings | AsOf):
        return value.as_json()
    if isinstance(value, Reason):
        return {name: said for name, said in _fields(value).items() if said is not None}
    if is_dataclass(value) and not isinstance(value, type):
        return _fields(value)
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    if isinstance(value, Mapping):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value


def _fields(value: Any) -> dict[str, Any]:
    return {_KEYS.get(field.name, field.name): plain(getattr(value, field.name)) for field in fields(value)}


def _works_json(works: Iterable[Work]) -> list[dict[str, Any]]:
    # The column is a number, and the JSON of these commands has always written it as one.
    return [plain(work) | {"is_issuer": int(work.is_issuer)} for work in works]


def _made(made: type[_Value], row: Mapping[str, Any], **other: Any) -> _Value:
    names = [field.name for field in fields(made) if field.name not in other]  # type: ignore[arg-type]
    return made(**{name: row[name] for name in names}, **other)


def _all(made: type[_Value], rows: Iterable[Mapping[str, Any]]) -> tuple[_Value, ...]:
    return tuple(_made(made, row) for row in rows)


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    return dict(row) | {name: row[key] for name, key in _KEYS.items() if key in row}


def _work(row: Mapping[str, Any]) -> Work:
    return _made(Work, row, is_issuer=bool(row["is_issuer"]))


def _cited(row: Mapping[str, Any]) -> Cited:
    target = row["target"] and _made(Pointer, row["target"])
    return _made(Cited, row, cited_articles=tuple(row["cited_articles"]), target=target)


def _days(row: Mapping[str, Any]) -> dict[str, Any]:
    because = tuple(Reason(**(said | {"day": _day(said.get("day"))})) for said in row["because"])
    return {"since": _day(row["since"]), "until": _day(row["until"]), "because": because}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
