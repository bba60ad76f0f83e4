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


TOLD = Site(
    publisher="示例网",
    role=Role.ORIGINAL,
    domains=("bureau.example",),
    articles=(r"/live/\d+\.htm$",),
    rules=Rules(
        title=("h1",),
        script=(("address", "#told"), ("turns", "told['turns']"), ("speaker", "who"), ("words", "said")),
    ),
)
SCRIPT = "http://told.bureau.example/7.js"
LIVE = (
    "<html><head><title>发布会_示例网</title></head><body><h1>海岛邮路情况发布会</h1>"
    '<div id="told" src="//told.bureau.example/7.js"></div></body></html>'
)
TURNS = [
    {"who": "主持人", "said": "<p>各位上午好。</p>"},
    {"who": "记者", "said": "请问今年安排多少？"},
    {
        "who": "发言人",
        "said": "<p>安排<b>3.5亿元</b>。</p><p>来源：中央财政。&lt;完&gt;</p><script>x()</script>",
    },
    {"who": "", "said": "（掌声）"},
    {"who": "记者", "said": ""},
]


def told(script: str | None, page: str = LIVE) -> Article | Unreadable:
    parts = () if script is None else ((SCRIPT, script.encode(), "application/javascript; charset=utf-8"),)
    url = "http://www.bureau.example/live/7.htm"
    return extract.read(
        Page(url=url, body=page.encode(), content_type="text/html; charset=utf-8", parts=parts), TOLD
    )


def assigned(turns: Any) -> str:
    return f"var told = {{}};\ntold['turns'] = {json.dumps(turns, ensure_ascii=False)};\ntold['end'] = 1;"


def test_a_page_whose_turns_stand_in_a_script_file_asks_for_it() -> None:
    found = told(None)
    assert isinstance(found, Article) and found.next_pages == (SCRIPT,)


def test_every_word_of_the_turns_is_kept_with_its_speaker() -> None:
    found = told(assigned(TURNS))
    assert isinstance(found, Article) and found.title == "海岛邮路情况发布会" and found.next_pages == ()
    assert found.text.splitlines() == [
        "主持人：各位上午好。", "记者：请问今年安排多少？", "发言人：安排3.5亿元。", "来源：中央财政。<完>", "（掌声）"
    ]  # fmt: skip
    assert "transcript" in found.flags and "#told" in found.evidence["text"]


def test_half_a_character_in_an_answer_or_a_script_can_be_stored() -> None:
    half = '"\\ud83d半个字符"'
    found = told(f'told[\'turns\'] = [{{"who": "记者", "said": {half}}}];')
    assert isinstance(found, Article) and found.text == "记者：\ufffd半个字符"
    found = read(json.dumps(answer(html="<p>HALF</p>" + SENTENCES)).replace("<p>HALF", "<p>\\ud83d").encode())
    assert isinstance(found, Article) and "15万元" in found.text
    assert found.text.encode()


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("", id="empty"),
        pytest.param("told['turns'] = [{who: 'a'}];", id="no JSON"),
        pytest.param("told['turns'];", id="not assigned"),
        pytest.param(assigned([]), id="no turns"),
        pytest.param(assigned("x"), id="a text"),
        pytest.param("<html>404</html>", id="a page"),
    ],
)
def test_a_script_file_without_turns_makes_no_article(script: str) -> None:
    assert isinstance(told(script), Unreadable)


def test_a_page_that_names_no_script_file_is_read_as_any_other() -> None:
    page = f"<html><body><h1>海岛邮路</h1><div class=text>{SENTENCES * 3}</div></body></html>"
    found = told(None, page)
    assert isinstance(found, Article) and "15万元" in found.text and found.next_pages == ()


def test_a_script_is_declared_whole_or_not_at_all() -> None:
    with pytest.raises(ValueError, match="needs address"):
        Rules(script=(("address", "#a"),))
