"""The fields of a version: the one table of what a page says of itself beside its text. Pure.

To add a field: a row here, a field of ``Article`` with its reader, and a column of ``versions`` in ``schema.sql``.
What is kept, compared, shown and printed follows from this table.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VersionField:
    """One field: its name in code and tables, and what people call it.

    ``label`` is its name in a terminal. ``makes_version``: another value is another state of the document (its value
    goes into the state digest, as it is with ``is_exact``, else by ``canon/1``). ``is_shown``: it is compared and shown
    with a version. ``is_listed``: ``latest`` and the row of the document have it.
    """

    name: str
    zh: str
    en: str
    label: str
    makes_version: bool = False
    is_exact: bool = False
    is_shown: bool = True
    is_listed: bool = True


FIELDS = (
    VersionField("title", "标题", "title", "title", makes_version=True),
    VersionField("published_at", "日期", "date", "date", makes_version=True, is_exact=True),
    VersionField(
        "meta_published_at",
        "元数据日期",
        "date in the meta elements",
        "meta",
        is_shown=False,
        is_listed=False,
    ),
    VersionField("source_line", "文章来源", "stated source", "source", makes_version=True),
    VersionField("author", "作者", "author", "author"),
    VersionField("editor", "编辑", "editor", "editor", is_listed=False),
    VersionField("doc_number", "文号", "number", "number", makes_version=True),
    VersionField("issuer", "发文机关", "issuer", "issuer"),
    VersionField("index_number", "索引号", "index number", "index"),
)
NAMES = tuple(field.name for field in FIELDS)
SHOWN = tuple(field.name for field in FIELDS if field.is_shown)
# In this order they are in the state digest: a new one goes behind the others.
STATED = tuple(field for field in FIELDS if field.makes_version)
LISTED = tuple(field.name for field in FIELDS if field.is_listed)
