"""The card of an official document: labels and values in every dress that government pages give them."""

from __future__ import annotations

import pytest

from archive.extract import read
from archive.model import Article, Page

BODY = (
    "<div id='zoom'><p>" + "为提升服务水平，经研究，现就有关工作通知如下，请认真贯彻执行。" * 3 + "</p></div>"
)
CELLS = {
    "cells with colons": "<table><tr><td><b>成文日期：</b></td><td>{a}</td><td><b>主题分类：</b></td><td>{b}</td></tr></table>",
    "cells without": "<table><tr><th>成文日期</th><td>{a}</td></tr><tr><th>主题分类</th><td>{b}</td></tr></table>",
    "brackets": "<table><tr><th>[成文日期]</th><td>{a}</td></tr><tr><th>[主题分类]</th><td>{b}</td></tr></table>",
    "definitions": "<dl><dt>成文日期：</dt><dd>{a}</dd></dl><dl><dt>主题分类：</dt><dd>{b}</dd></dl>",
    "items": "<ul><li><span>成文日期：</span>{a}</li><li><span>主题分类：</span>{b}</li></ul>",
    "one text": "<ul><li>成文日期：{a}</li><li>主题分类：{b}</li></ul>",
    "wide spaces": "<table><tr><td><b>成\u3000文\u3000日\u3000期：</b></td><td>{a}</td><td><b>主题分类:</b></td><td>{b}</td></tr></table>",
}  # fmt: skip


def _read(card: str) -> Article:
    html = (
        "<html><head><title>关于做好某项工作的通知</title></head><body>"
        f"<div class='info'>{card}</div><h1>关于做好某项工作的通知</h1><p>发布日期：2026-09-09</p>{BODY}</body></html>"
    )
    article = read(
        Page(url="https://www.example.gov.cn/a/1.html", body=html.encode(), content_type="text/html")
    )
    assert isinstance(article, Article)
    return article


@pytest.mark.parametrize("dress", CELLS.values(), ids=CELLS)
def test_labels_and_values_are_read_in_every_dress(dress: str) -> None:
    article = _read(dress.format(a="2026年9月4日", b="城乡建设\\社区"))
    assert article.card == {"written_at": "2026-09-04", "theme": "城乡建设\\社区"}
    assert article.evidence["written_at"].startswith("card ")
    assert article.published_at == "2026-09-09"


@pytest.mark.parametrize(
    ("card", "found"),
    [
        ("<tr><th>成文日期</th><td></td></tr><tr><th>主题分类</th><td>科技</td></tr><tr><th>有效性</th><td>有效</td></tr>", {"theme": "科技", "validity": "有效"}),
        ("<tr><th>主题分类</th><td>科技</td></tr><tr><th>有效性</th><td>废止</td></tr><tr><th>主题词</th><td></td></tr>", {"theme": "科技", "validity": "废止"}),
        ("<tr><th>主题分类</th><td>科技</td></tr><tr><th>成文日期</th><td>近日</td></tr><tr><th>有效性</th><td>有效</td></tr>", {"theme": "科技", "validity": "有效"}),
        ("<tr><th>主题分类</th><td>科技</td></tr><tr><th>有效性</th><td>有效</td></tr><tr><th>主题词</th><td></td></tr><tr><td>【打印】</td></tr>", {"theme": "科技", "validity": "有效"}),
        ("<tr><th>施行日期</th><td>2026-11-01</td></tr><tr><th>废止日期</th><td>2031-10-31</td></tr>", {"effective_at": "2026-11-01", "lapsed_at": "2031-10-31"}),
        ("<tr><th>有效性</th><td>有效</td></tr>", {}),
        ("", {}),
    ],
    ids=["an empty cell", "the headline is no value", "no date", "a control is no value", "three dates apart", "one label is no card", "no card"],
)  # fmt: skip
def test_what_a_card_does_not_say_is_not_made_up(card: str, found: dict[str, str]) -> None:
    assert _read(f"<table>{card}</table>").card == found


def test_numbers_without_a_colon_fill_what_was_not_read_before() -> None:
    article = _read(
        "<table><tr><th>发文字号</th><td>京政办发[2026]31号</td></tr><tr><th>索引号</th><td>11A000/ZK-2026-000231</td></tr>"
        "<tr><th>发文机关</th><td>某市人民政府办公厅</td></tr></table>"
    )
    assert (article.doc_number, article.index_number, article.issuer) == (
        "京政办发〔2026〕31号",
        "11A000/ZK-2026-000231",
        "某市人民政府办公厅",
    )
    assert article.evidence["doc_number"].startswith("card ")


def test_a_text_about_dates_has_no_card() -> None:
    article = _read("<p>本办法所称成文日期，是指签发日期；有效性由制定机关认定。</p>")
    assert article.card == {}
