"""Beside its plain lines a text has blocks: what each part is, where it stands, how a table's cells reach."""

from __future__ import annotations

import json
import random

import pytest

from archive.extract import read
from archive.extract.forms import with_turns
from archive.model import Article, Block, Page, blocks_from, blocks_json
from tests.archive.desk import PARAGRAPHS, Desk, html

LONG = "各渔港应当建立值班制度，每日登记进出港船舶，遇有大风预警应当及时通知船主并做好记录，不得迟延。"


def article(inner: str) -> Article:
    html = (
        "<html><head><title>关于规范渔港停泊秩序的通知</title></head><body><h1>关于规范渔港停泊秩序的通知</h1>"
        f"<div class='TRS_Editor'><p>{LONG}</p>{inner}<p>{LONG.replace('渔港', '码头')}</p></div></body></html>"
    )
    got = read(
        Page(url="https://a.example/art/1.html", body=html.encode(), content_type="text/html; charset=utf-8")
    )
    assert isinstance(got, Article), got
    return got


def blocks_of(found: Article, kind: str) -> list[str]:
    return [found.text[b.start : b.end] for b in found.blocks if b.kind == kind]


KINDS = {
    "a heading by its tag": ("<h3>总则</h3>", "heading", ["总则"], {"level": 3}),
    "a chapter by its form": ("<p>第二章 停泊管理</p>", "heading", ["第二章 停泊管理"], {"level": 2}),
    "a section by its form": ("<p>第一节　登记</p>", "heading", ["第一节 登记"], {"level": 3}),
    "a caption": ("<figure><img src='/p/1.jpg'><figcaption>望海港全景</figcaption></figure>", "caption", ["望海港全景"], {}),
    "a caption by its class": ("<p class='img_desc'>南屿港码头</p>", "caption", ["南屿港码头"], {}),
    "an item with a number": ("<ol><li>登记船舶进出港时间</li></ol>", "item", ["1. 登记船舶进出港时间"], {"level": 1}),
    "an item of a list in a list": ("<ul><li>甲类渔港<ul><li>望海港区</li></ul></li></ul>", "item",
                                    ["甲类渔港", "望海港区"], {}),
}  # fmt: skip


@pytest.mark.parametrize("inner, kind, texts, more", KINDS.values(), ids=KINDS)
def test_each_part_of_a_text_is_named(inner: str, kind: str, texts: list[str], more: dict[str, int]) -> None:
    found = article(inner)
    assert blocks_of(found, kind) == texts
    block = next(b for b in found.blocks if b.kind == kind)
    assert {name: getattr(block, name) for name in more} == more


@pytest.mark.parametrize("text", ["第三条规定的情形除外。", "第一章所称渔港，包括码头。", "《条例》第二章"])
def test_a_sentence_about_a_chapter_is_no_heading(text: str) -> None:
    assert blocks_of(article(f"<p>{text}</p>"), "heading") == []


def test_the_number_that_a_list_shows_is_named() -> None:
    found = article("<ol start='3'><li>登记</li><li>报告</li></ol>")
    assert [b.number for b in found.blocks if b.kind == "item"] == ["3.", "4."]


def test_merged_cells_say_which_rows_and_columns_they_cover() -> None:
    found = article(
        "<table><tr><td rowspan='2'>类别</td><td colspan='2'>泊位</td></tr><tr><td>大型</td><td>小型</td></tr>"
        "<tr><td>甲类</td><td>36</td><td></td></tr></table>"
    )
    (table,) = [b for b in found.blocks if b.kind == "table"]
    grid = [(found.text[c.start : c.end], c.row, c.column, c.rows, c.columns) for c in table.cells]
    assert grid == [
        ("类别", 0, 0, 2, 1), ("泊位", 0, 1, 1, 2), ("大型", 1, 1, 1, 1), ("小型", 1, 2, 1, 1),
        ("甲类", 2, 0, 1, 1), ("36", 2, 1, 1, 1), ("", 2, 2, 1, 1),
    ]  # fmt: skip
    assert found.text[table.start : table.end].count("类别") == 1


def test_a_picture_has_its_place_and_its_words_but_no_length() -> None:
    found = article("<p><img src='/p/1.jpg' alt='渔港示意图'></p><p><img src='/i/dot.png' width='1'></p>")
    (picture,) = [b for b in found.blocks if b.kind == "picture"]
    assert (picture.address, picture.words) == ("https://a.example/p/1.jpg", "渔港示意图")
    assert picture.start == picture.end == len(LONG) + 1


def test_blocks_of_a_transcript_move_with_its_lines() -> None:
    text = "张三：\n各位好，现在开始。\n李四：\n第一个问题。"
    blocks, at = [], 0
    for line in text.split("\n"):
        blocks.append(Block(kind="paragraph", start=at, end=at + len(line)))
        at += len(line) + 1
    turned = with_turns(Article(title="t", text=text, blocks=tuple(blocks)))
    assert [turned.text[b.start : b.end] for b in turned.blocks] == text.split("\n")


@pytest.mark.parametrize("seed", range(12))
def test_blocks_cover_every_line_once_and_in_order(seed: int) -> None:
    chance = random.Random(seed)
    parts = [
        "<p>" + LONG[: chance.randrange(5, 40)] + "</p>", "<h2>附则</h2>", "<ul><li>登记</li><li>报告<p>及时</p></li></ul>",
        "<table><tr><td>甲</td><td colspan='3'>乙</td></tr><tr><td rowspan='9'>丙</td><td>丁</td></tr></table>",
        "<img src='/p/2.jpg'>", "<ol type='a'><li>备案<br>存档</li></ol>", "<table><tr><td><p>单元</p><p>一</p></td></tr></table>",
    ]  # fmt: skip
    found = article("".join(chance.choices(parts, k=chance.randrange(1, 14))))
    inked = [b for b in found.blocks if b.kind != "picture"]
    assert "\n".join(found.text[b.start : b.end] for b in inked) == found.text
    for block in found.blocks:
        assert all(block.start <= c.start <= c.end <= block.end for c in block.cells)


def test_blocks_come_back_from_json_as_they_were() -> None:
    found = article(
        "<ol><li>登记</li></ol><table><tr><td rowspan='2'>甲</td><td>乙</td></tr><tr><td>丙</td></tr></table>"
    )
    assert blocks_from(json.loads(blocks_json(found.blocks))) == found.blocks and found.blocks


def test_a_version_keeps_its_blocks() -> None:
    desk = Desk()
    desk.see(html(), "2026-04-01T08:00:00")
    row = desk.archive.db.execute("select text, blocks from versions").fetchone()
    blocks = blocks_from(json.loads(row["blocks"]))
    assert [row["text"][block.start : block.end] for block in blocks] == list(PARAGRAPHS)
