"""Every link of the reading room leads somewhere, whatever an archive holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.model import Link, Outcome, Unreadable, Verdict
from tests.archive import copied
from tests.archive.holding import TEXT, URL, Holding, article
from tests.archive.visit import see, walk


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive with a page of each kind, and more looks than one page of a list shows."""
    holding = Holding(tmp_path_factory.mktemp("room") / "held.db")
    files = (Link(url="https://www.bureau.example/f/a.pdf", name="附件1"),)
    for day in range(1, 29):
        for name in ("one", "two"):
            holding.show(
                article(TEXT.replace("5%", f"{5 + day // 10}%"), attachments=files),
                f"2026-03-{day:02d}T00:00:00.000Z",
                url=URL.replace("one", name),
            )
    shown = {
        "flagged": article(flags=("date_not_shown", "files_cut")),
        "unread": Unreadable(reason="no text"),
        "blocked": Unreadable(reason="block page", outcome=Outcome.BLOCKED),
        "foreign": Unreadable(reason="spam page", outcome=Outcome.QUARANTINED),
    }
    for name, one in shown.items():
        holding.show(one, "2026-03-29T00:00:00.000Z", url=URL.replace("one", name))
    spam = article("立即注册领取彩金，点击下载。", title="彩金")
    holding.show(spam, "2026-03-30T00:00:00.000Z", signs=("spam_title", "spam_body"))
    holding.look("2026-03-30T00:00:00.000Z", url=URL.replace("one", "two"), status=404)
    holding.archive.end_crawl(
        holding.crawl, Verdict.BROKEN, ["empty_list", "silent"], silent_since="2026-03-20"
    )
    holding.close()
    return holding.path


def lost(found: dict[str, int]) -> dict[str, int]:
    """Return what leads nowhere. Rows of an index's own tables have keys of bytes, which no address can name."""
    return {
        address: status
        for address, status in found.items()
        if status not in (200, 302) and "_index_idx" not in address
    }


def test_no_link_of_the_room_leads_nowhere(path: Path) -> None:
    found = walk(path, alike=1)
    assert len(found) > 100 and lost(found) == {}


def test_no_link_of_a_room_with_copies_leads_nowhere(tmp_path: Path) -> None:
    copied.make(tmp_path / "held.db")
    found = walk(tmp_path / "held.db", alike=1)
    assert any(address.startswith("/copy/") for address in found) and lost(found) == {}


def test_what_a_document_is_flagged_with_is_said_on_its_page(path: Path) -> None:
    page = see(path, "/doc/3")
    assert "no date shown" in page and "only the first 500 of its files" in page
