"""In which of title, date and source a copy and its original differ, as people would say it."""

from __future__ import annotations

from collections.abc import Iterator

from archive.collate.candidate import Candidate
from archive.collate.comparison import Copy, FieldDifference
from archive.collate.names import names_one
from archive.text import canon, simplified


def field_differences(copy: Copy, original: Candidate) -> tuple[FieldDifference, ...]:
    """Return what a copy says otherwise of its title, day and source. A field that it does not show is no difference."""
    return tuple(_differences(copy, original))


def _differences(copy: Copy, original: Candidate) -> Iterator[FieldDifference]:
    if copy.title and canon(simplified(copy.title)) != canon(simplified(original.title)):
        yield FieldDifference(field="title", copy=copy.title, original=original.title or None)
    if copy.published_at and copy.published_at[:10] != (original.published_at or "")[:10]:
        yield FieldDifference(
            field="published_at", copy=copy.published_at, original=original.published_at or None
        )
    if copy.source_line and not _is_same_source(copy.source_line, original):
        yield FieldDifference(
            field="source_line", copy=copy.source_line, original=original.source_line or None
        )


def _is_same_source(said: str, original: Candidate) -> bool:
    """Say whether a copy names what the original names, or the site or the body that published the original."""
    if original.source_line and canon(simplified(said)) == canon(simplified(original.source_line)):
        return True
    return names_one(said, [name for name in (original.publisher, original.issuer) if name])
