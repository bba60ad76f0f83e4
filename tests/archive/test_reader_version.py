"""Another reading of the same page is another reader: its version rises with what the saved pages give."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from archive import READER_VERSION, extract, reader_name
from archive.model import Article
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


def digest() -> str:
    """Return the digest of what every saved page gives, read as a page of no declared site."""
    found = hashlib.sha256()
    for one in labelled_pages():
        read = extract.read(one.page)
        said = [getattr(read, name) for name in SAID] if isinstance(read, Article) else [read.reason]
        found.update(json.dumps([one.name, *said], ensure_ascii=False, sort_keys=True).encode())
    return "sha256:" + found.hexdigest()


def test_what_the_saved_pages_give_is_what_this_version_of_the_reader_gave() -> None:
    stated = json.loads(STATED.read_text("utf-8"))
    now = {"reader": reader_name(), "digest": digest()}
    if stated["digest"] == now["digest"]:
        return
    assert stated["reader"] != now["reader"], (
        f"what pages give has changed: raise READER_VERSION above {READER_VERSION} in archive/__init__.py, unless it was "
        f"raised since the last release; then put {json.dumps(now)} into {STATED.name}"
    )


def test_a_reader_names_the_libraries_that_decide_what_it_reads() -> None:
    assert "trafilatura" in reader_name() and "selectolax" in reader_name()
    assert reader_name().startswith(f"yuanben-reader/{READER_VERSION} ")
