"""Direction marks never reach a title or a text, and a reading that met them says so."""

from __future__ import annotations

import json

import pytest

from archive.model import Article, AttachmentText, Link, Rows, Unreadable
from archive.text.script import FLAG, KIND, in_reading_order, visible_marks
from tests.archive.desk import PARAGRAPHS, Desk, html

TITLE = "关于做好公共数据资源登记工作的通知"
MARKS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize("mark", MARKS, ids=[f"U+{ord(m):04X}" for m in MARKS])
def test_no_mark_reaches_a_title_or_a_text(mark: str) -> None:
    desk = Desk()
    desk.see(html(PARAGRAPHS[0], f"前文{mark}后文，经费安排12万元，分三次拨付。", title=f"{TITLE[:4]}{mark}{TITLE[4:]}"),
             "2026-04-01T08:00:00")  # fmt: skip
    row = desk.latest()
    assert row["title"] == TITLE and "前文后文" in row["text"] and mark not in row["title"] + row["text"]
    assert FLAG in json.loads(row["flags"])


def test_marks_put_in_or_taken_out_are_no_edit() -> None:
    desk = Desk()
    desk.see(html(), "2026-04-01T08:00:00")
    turned = html(f"\u202e{PARAGRAPHS[0]}\u202c", *PARAGRAPHS[1:])
    assert desk.see(turned, "2026-04-02T08:00:00") == "unchanged" and desk.changes() == []


def test_what_was_left_out_is_named_with_its_place() -> None:
    article = Article(
        title="甲\u202e乙\u202c",
        text="丙\u200f丁\u200f",
        attachments=(Link(url="http://a.example/1", name="\u2066戊"),),
    )
    plain = in_reading_order(article)
    assert (plain.title, plain.text, plain.attachments[0].name) == ("甲乙", "丙丁", "戊")
    assert [(b.kind, b.text, b.where) for b in plain.removed] == [
        (KIND, "U+202E ×1, U+202C ×1", "title"),
        (KIND, "U+200F ×2", "text"),
        (KIND, "U+2066 ×1", "attachments"),
    ]
    assert in_reading_order(plain).title == plain.title
    clean = Article(title="甲", text="乙")
    assert in_reading_order(clean) is clean


def test_lists_files_and_unreadable_pages_are_held_to_it_too() -> None:
    rows = in_reading_order(Rows(links=(Link(url="http://a.example/1", name="\u202e甲"),)))
    assert rows.links[0].name == "甲" and FLAG in rows.flags
    assert in_reading_order(AttachmentText(kind="pdf", text="甲\u202d乙")).text == "甲乙"
    assert in_reading_order(Unreadable(reason="no text", title="\u2067甲")).title == "甲"


def test_marks_are_written_out_where_what_came_is_shown() -> None:
    assert visible_marks("甲\u202e乙") == "甲⟨U+202E⟩乙" and visible_marks("甲乙") == "甲乙"
