"""Articles that are JSON answers: laid out by the declared paths, and read as any page is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from archive import extract
from archive.model import Article, Outcome, Page, Role, Rules, Site, Unreadable, site_from_json

URL = "https://www.bureau.example/api/doc?id=7"
SENTENCES = "<p>各单位要在2026年底前完成改造，单个项目补助不超过15万元。</p><p>本通知自印发之日起施行，有效期五年。</p>"
SITE = Site(
    publisher="示例局",
    role=Role.ORIGINAL,
    domains=("www.bureau.example",),
    articles=(r"/api/doc\?id=\d+$",),
    rules=Rules(
        answer=(
            ("title", "result.head.name"),
            ("body", "result.html"),
            ("published", "result.day"),
            ("source", "result.from"),
            ("doc_number", "result.number"),
            ("files", "result.files:path:label"),
        )
    ),
)


def read(said: Any) -> Article | Unreadable:
    body = said if isinstance(said, bytes) else json.dumps(said, ensure_ascii=False).encode()
    return extract.read(Page(url=URL, body=body, content_type="application/json"), SITE)


def answer(**fields: Any) -> dict[str, Any]:
    told = {"head": {"name": "关于开展改造工作的通知"}, "html": SENTENCES, "day": "2026-04-02 09:30:00"}
    return {"code": 0, "result": told | fields}


def test_each_field_is_read_from_its_path_and_evidence_names_it() -> None:
    files = [{"path": "/f/1.pdf", "label": "附件1：项目表.pdf"}, {"label": "没有地址"}]
    found = read(answer(**{"from": "规划司", "number": "示发〔2026〕7号", "files": files}))
    assert isinstance(found, Article)
    assert (found.title, found.published_at) == ("关于开展改造工作的通知", "2026-04-02T09:30+08:00")
    assert (found.source_line, found.doc_number) == ("规划司", "示发〔2026〕7号")
    assert [(link.url, link.name) for link in found.attachments] == [
        ("https://www.bureau.example/f/1.pdf", "附件1：项目表.pdf")
    ]
    assert found.text.splitlines()[:2] == [
        "各单位要在2026年底前完成改造，单个项目补助不超过15万元。", "本通知自印发之日起施行，有效期五年。"
    ]  # fmt: skip
    assert "result.head.name" in found.evidence["title"]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"\xef\xbb\xbf" + json.dumps(answer()).encode(), id="with a byte order mark"),
        pytest.param(answer(day=None, head={}), id="nothing but the text"),
        pytest.param(answer(files={"path": "x"}, number=True, **{"from": ["a"]}), id="fields of other kinds"),
        pytest.param(answer(head={"name": "<b>通知</b>&\"'"}), id="markup in a title"),
    ],
)
def test_what_is_missing_or_odd_costs_its_field_alone(said: Any) -> None:
    found = read(said)
    assert isinstance(found, Article) and "15万元" in found.text
    if found.title.startswith("<b>"):
        assert found.title == "<b>通知</b>&\"'"


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"code": 1, "msg": "系统繁忙"}, id="no document"),
        pytest.param([], id="a list"),
        pytest.param(answer(html=None), id="no text"),
        pytest.param(answer(html="<script>x()</script>"), id="an empty text"),
        pytest.param(f"<html><body><h1>首页</h1>{SENTENCES * 9}</body></html>".encode(), id="the front page"),
        pytest.param(b"[" * 100_000, id="a deep nest"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_what_is_no_answer_is_unreadable_and_never_an_article(said: Any) -> None:
    found = read(said)
    assert isinstance(found, Unreadable) and found.outcome is Outcome.UNREADABLE


def test_only_sites_that_declare_an_answer_have_it_in_their_declaration() -> None:
    assert site_from_json(SITE.to_json()) == SITE and '"answer"' in SITE.to_json()
    plain = Site(publisher="示例局", role=Role.ORIGINAL, domains=("www.bureau.example",))
    assert '"answer"' not in plain.to_json() and site_from_json(plain.to_json()) == plain


def test_an_answer_without_a_body_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="names no body"):
        Rules(answer=(("title", "a"),))
