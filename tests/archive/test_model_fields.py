"""One table of the fields of a version: tables, article, views and words follow it."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from archive.digests import state_digest
from archive.model import Article
from archive.model.fields import FIELDS, LISTED, NAMES, VersionField
from archive.reading_room.words import translate
from archive.store.file.connection import empty

ARTICLE = Article(title="关于示范的通知", text="第一条 示范。")


def columns(table: str) -> set[str]:
    return {row[1] for row in empty().execute(f"pragma table_info({table})")}


def test_each_field_is_a_field_of_an_article_and_a_column_of_versions() -> None:
    assert set(NAMES) <= {field.name for field in fields(Article)} & columns("versions")


def test_each_listed_field_is_a_column_of_latest_and_of_documents() -> None:
    assert set(LISTED) <= columns("latest") & columns("documents")


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_a_value_that_makes_a_version_is_part_of_the_state_and_no_other_is(field: VersionField) -> None:
    changed = replace(ARTICLE, **{field.name: "2026-03-05"})
    assert (state_digest(changed) != state_digest(ARTICLE)) is field.makes_version


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_the_room_calls_each_field_by_its_names(field: VersionField) -> None:
    assert [translate(language, f"field.{field.name}") for language in ("zh", "en")] == [field.zh, field.en]
