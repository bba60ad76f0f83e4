"""Pages with labels: a folder with ``index.jsonl``, or the pages that the tests keep."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from archive.model import Page

OWN = Path(__file__).resolve().parents[1] / "pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What a person, or the making of the page, says it holds. None: not on the page, or not labelled.

    A page whose ``body`` is empty has no text. ``must`` and ``must_not`` are strings that a reading holds, or not.
    Where the labels are ``complete``, None is "not on the page": what is read all the same was invented.
    """

    body: str
    title: str | None = None
    date: str | None = None
    source: str | None = None
    author: str | None = None
    doc_number: str | None = None
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    complete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A page, its labels, and the groups it is counted in."""

    name: str
    page: Page
    labels: Labels
    site: str
    site_type: str
    cms: str
    template: bool = False

    @property
    def is_government(self) -> bool:
        """Whether an authority's site published the page."""
        return self.site_type.startswith("gov")


def labelled_pages(folder: Path | None = None) -> list[Labelled]:
    """Return the labelled pages of a folder, without one our own."""
    if folder and (folder / "index.jsonl").is_file():
        lines = (folder / "index.jsonl").read_text("utf-8").splitlines()
        return [_indexed(folder, json.loads(line)) for line in lines if line.strip()]
    saved = sorted((folder or OWN).glob("*/*/page.json"))
    return [one for path in saved if (one := _saved(path.parent))]


def _indexed(folder: Path, row: dict[str, Any]) -> Labelled:
    body = (folder / row["file"]).read_bytes()
    if body.startswith(b"\x1f\x8b"):
        body = gzip.decompress(body)
    return Labelled(
        name=row["id"],
        page=Page(url=row["original_url"] or f"http://pages.example/{quote(row['id'])}.html", body=body),
        labels=_labels(row["labels"]),
        site=row["site"] or "",
        site_type=row["site_type"],
        cms=row["cms"] or "other",
        template=row.get("label_origin") == "template",
    )


def _labels(raw: dict[str, Any]) -> Labels:
    return Labels(
        body=raw["body_text"] or "",
        must=tuple(raw.get("body_must_contain") or ()),
        must_not=tuple(raw.get("body_must_not_contain") or ()),
        complete=raw.get("complete", False),
        **{name: raw.get(name) or None for name in ("title", "date", "source", "author", "doc_number")},
    )


def _saved(folder: Path) -> Labelled | None:
    """Return a page of ``tests/pages``: its labels stand in ``page.json``, else in what was found right to expect."""
    meta = json.loads((folder / "page.json").read_text("utf-8"))
    expected = folder / "expected.json"
    if "labels" in meta:
        labels = _labels(meta["labels"])
    elif meta.get("kind") == "article" and expected.exists():
        labels = _expected(json.loads(expected.read_text("utf-8")))
    else:
        return None
    site = folder.parent.name
    return Labelled(
        name=f"{site}/{folder.name}",
        page=saved_page(folder, meta),
        labels=labels,
        site=meta.get("site", site),
        site_type=meta.get("site_type", "news_central" if site == "chinanews" else "gov_central"),
        cms=meta.get("cms", "declared"),
    )


def saved_page(folder: Path, meta: dict[str, Any]) -> Page:
    """Return the page that a folder of ``tests/pages`` holds, its further parts with it."""
    kind = meta.get("content_type", "")
    return Page(
        url=meta["url"],
        body=(folder / meta.get("body", "page.html")).read_bytes(),
        content_type=kind,
        parts=tuple((url, (folder / name).read_bytes(), kind) for url, name in meta.get("parts", ())),
    )


def _expected(read: dict[str, Any]) -> Labels:
    return Labels(
        body=read.get("text") or "",
        title=read.get("title"),
        date=(read.get("published_at") or "")[:10] or None,
        source=read.get("source_line"),
        author=read.get("author"),
        doc_number=read.get("doc_number"),
        complete=True,
    )
