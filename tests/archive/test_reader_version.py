"""Another reading of the same page is another reader: its version rises with what the saved pages give."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from archive import READER_VERSION, extract, reader_name
from archive.model import Article, Unreadable
from tests.bench.labelled import labelled_pages

STATED = Path(__file__).parents[1] / "reader.json"
SAID = (
    "title",
    "text",
    "published_at",
    "source_line",
    "author",
    "doc_number",
    "issuer",
    "index_number",
    "card",
)


def digests() -> dict[str, str]:
    """Return the digest of what each saved page gives, read as a page of no declared site."""
    return {one.name: _digest(extract.read(one.page)) for one in labelled_pages()}


def _digest(read: Article | Unreadable) -> str:
    said = [getattr(read, name) for name in SAID] if isinstance(read, Article) else [read.reason]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]


def test_what_the_saved_pages_give_is_what_this_version_of_the_reader_gave() -> None:
    stated, now = json.loads(STATED.read_text("utf-8")), digests()
    other = sorted(name for name, digest in stated["pages"].items() if now.get(name, digest) != digest)
    if stated["reader"] == reader_name():
        assert other == [], (
            f"raise READER_VERSION above {READER_VERSION} in archive/__init__.py, unless it was raised since the last "
            "release; then run: python -m tests.archive.test_reader_version"
        )


def test_a_reader_names_the_libraries_that_decide_what_it_reads() -> None:
    assert "trafilatura" in reader_name() and "selectolax" in reader_name()
    assert reader_name().startswith(f"yuanben-reader/{READER_VERSION} ")


if __name__ == "__main__":
    found = json.dumps({"reader": reader_name(), "pages": digests()}, ensure_ascii=False, indent=1)
    STATED.write_text(found + "\n", "utf-8")
