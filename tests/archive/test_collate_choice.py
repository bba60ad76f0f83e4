"""Which candidate is the original, with the reasons said, and where to look when none is."""

from __future__ import annotations

from typing import Any

import pytest

from archive.collate.leads import leads, outlets
from archive.collate.originals import Candidate, Witness, choose
from archive.collate.sameness import containment, sampled, shingles, sought
from archive.model import Role, Site
from archive.text import fold
from tests.archive.collating import TEXT

SITES = {
    "bureau": Site(
        publisher="示例委",
        role=Role.ORIGINAL,
        domains=("bureau.example",),
        articles=(r"^https://www\.bureau\.example/art/\d{4}/art_\w+\.html$",),
    )
}


def candidate(document: int, **fields: Any) -> Candidate:
    told: dict[str, Any] = {
        "document": document,
        "version_id": document,
        "version": 1,
        "url": f"https://www.bureau.example/art/2026/art_{document}.html",
        "site": "bureau",
        "publisher": "示例委",
        "role": "unknown",
        "title": "",
        "text": "",
        "published_at": None,
        "issuer": None,
        "source_line": None,
        "doc_number": None,
        "first_seen": "2026-01-01T00:00:00.000Z",
        "shared": 500,
        "containment": 1.0,
        "of_copy": 1.0,
        "of_original": 1.0,
    }
    return Candidate(**{**told, **fields})


@pytest.mark.parametrize(
    ("better", "worse", "witness", "reason"),
    [
        pytest.param({"role": "original"}, {}, Witness(), "declared an issuing site", id="role"),
        pytest.param(
            {"url": "https://a.example/2026/0918/712474.shtml"},
            {"url": "https://b.example/x/20260918.shtml"},
            Witness(url="http://mirror.example/2026/0918/712474.shtml"),
            "has its path",
            id="the path of a mirror",
        ),
        pytest.param(
            {"publisher": "示例日报"},
            {"publisher": "某某网"},
            Witness(outlets=("示例日报",)),
            "names 示例日报",
            id="outlet",
        ),
        pytest.param(
            {"published_at": "2026-03-01"},
            {"published_at": "2026-03-05"},
            Witness(),
            "the earliest date",
            id="date",
        ),
        pytest.param(
            {},
            {"of_original": 0.1},
            Witness(),
            "100% of the copy",
            id="not a volume that holds it among others",
        ),
        pytest.param(
            {"shared": 500}, {"shared": 200, "of_copy": 0.4}, Witness(), "of the copy", id="more of the copy"
        ),
    ],
)
def test_the_better_candidate_is_chosen_with_its_reason(
    better: dict[str, Any], worse: dict[str, Any], witness: Witness, reason: str
) -> None:
    one, other = candidate(2, **better), candidate(1, **worse)
    for order in ((one, other), (other, one)):
        choice = choose(order, witness)
        assert choice.original == one
        assert any(reason in said for said in choice.reasons)


@pytest.mark.parametrize(
    "candidates",
    [
        pytest.param((), id="nothing is held"),
        pytest.param((candidate(1, containment=0.31),), id="common phrases only"),
        pytest.param((candidate(1, role="copy"),), id="only another copy is held"),
    ],
)
def test_no_original_is_a_proper_answer_and_says_why(candidates: tuple[Candidate, ...]) -> None:
    choice = choose(candidates, Witness())
    assert choice.original is None
    assert choice.reasons


def test_an_address_with_the_path_of_a_known_site_leads_there() -> None:
    found = leads("http://mirror.example/art/2026/art_0f3a.html", (), SITES)
    assert [lead.url for lead in found] == ["https://www.bureau.example/art/2026/art_0f3a.html"]
    assert found[0].command == "scrapy keep https://www.bureau.example/art/2026/art_0f3a.html"


@pytest.mark.parametrize(
    "before", ["/mirror", "/www.bureau.example", "/site/2026/copy", "/proxy/https/www.bureau.example"]
)
def test_the_path_below_a_mirrors_own_folders_leads_there(before: str) -> None:
    found = leads(f"http://mirror.example{before}/art/2026/art_0f3a.html", (), SITES)
    assert [lead.url for lead in found] == ["https://www.bureau.example/art/2026/art_0f3a.html"]


def test_an_address_inside_an_address_leads_there() -> None:
    found = leads("http://t.example/go?url=https%3A%2F%2Fwww.bureau.example%2Fa%2F1.html", (), {})
    assert [lead.url for lead in found] == ["https://www.bureau.example/a/1.html"]


def test_a_big5_gateway_leads_to_the_page_behind_it() -> None:
    found = leads("http://big5.portal.example/gate/big5/www.bureau.example/a/1.html", (), {})
    assert [lead.url for lead in found] == ["https://www.bureau.example/a/1.html"]


def test_a_flattened_address_leads_by_its_number() -> None:
    found = leads("http://m.example/html/zfxx_zfwj_201706t20170608_2964829.html", (), {})
    assert ["t20170608_2964829" in lead.command for lead in found] == [True]


def test_a_named_outlet_leads_to_its_site() -> None:
    found = leads(None, outlets("来源：示例委 2026-03-01\n正文从这里开始，讲的是渠道养护。"), SITES)
    assert [lead.command for lead in found] == ["scrapy watch bureau --backfill"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        pytest.param("来源：示例日报  作者：张三", "示例日报", id="a source line"),
        pytest.param("據示例局網站3日消息，渠道養護工作正在推進。", "示例局", id="according to"),
        pytest.param("记者李四从示例局获悉，渠道养护工作正在推进。", "示例局", id="a reporter learned"),
        pytest.param("（本文转自示例周刊）", "示例周刊", id="taken from"),
        pytest.param("新华社北京3月1日电（记者 张三）渠道养护工作正在推进。", "新华社", id="a dateline"),
        pytest.param("中新社兰州3月1日电 (丁思)渠道养护工作正在推进。", "中新社", id="another wire"),
        pytest.param("据示例社电 渠道养护工作正在推进。", "示例社", id="by wire"),
        pytest.param(
            "示例晚报讯 昨日。\n示例晚报3月1日讯 渠道养护工作正在推进。", "示例晚报", id="a paper's line"
        ),
        pytest.param("发布时间：2026-03-01 来源：示例网、示例微报", "示例微报", id="two sources"),
        pytest.param("來源:示例網(wǎng) 2026-03-01", "示例网", id="a gloss"),
        pytest.param("【来源：示例农报】\n正文在此。", "示例农报", id="in lenticular brackets"),
        pytest.param("[来源：示例农报]正文在此。", "示例农报", id="in square brackets"),
        pytest.param("稿源：示例农报　编辑：李四", "示例农报", id="the copy's source"),
    ],
)
def test_what_a_copy_names_as_its_source_is_found(text: str, named: str) -> None:
    assert named in outlets(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("版权声明：凡注明“来源：河畔资讯网”的所有作品，版权均属于河畔资讯网。", id="a notice"),
        pytest.param("凡本网注明来源：河畔网的作品，转载请注明出处。", id="a notice without quotes"),
        pytest.param(
            "来源：河畔网\n正文在此。\n凡本网注明来源：河畔网的作品，均为本网所有。",
            id="the copier's own line",
        ),
        pytest.param(
            "来源：河畔网\n正文在此。\nCopyright © 2026 河畔网 All Rights Reserved", id="the copier's rights"
        ),
        pytest.param("- 河畔院新闻\n来源：河畔院 riverside.example\n正文在此。", id="the copier's columns"),
        pytest.param("本文来源于网络，不代表本站观点。", id="the web"),
        pytest.param("来源： 编辑：张三 点击：33", id="the next label"),
        pytest.param("来源：　发布时间：2026-03-01", id="the next label, of a time"),
        pytest.param("文章来源: http://riverside.example/a.html 正文在此。", id="an address"),
        pytest.param("据了解，电子信息产业发展很快。", id="a word that begins like a wire"),
    ],
)
def test_neither_the_copier_nor_half_a_notice_is_named_as_a_source(text: str) -> None:
    assert outlets(text) == ()


def test_a_source_beside_a_notice_is_found() -> None:
    text = "来源：示例日报\n正文在此。\n免责声明：凡注明来源：河畔网的作品，未经授权不得转载。"
    assert outlets(text) == ("示例日报",)


def test_the_publisher_of_a_held_copy_is_no_source_of_it() -> None:
    assert outlets("来源：河畔网 2026-03-01", own="河畔网") == ()


@pytest.mark.parametrize("text", ["来源：mirror.example", "来源: sp20241124"])
def test_a_host_that_names_itself_and_made_up_sources_are_no_evidence(text: str) -> None:
    assert outlets(text, host="www.mirror.example") == ()


def test_the_sample_of_a_long_text_is_within_the_sample_of_any_copy() -> None:
    long = fold(TEXT * 5)
    assert set(sampled(long)) <= set(sought("前缀文字" + long + "后缀文字"))
    assert len(sampled(fold(TEXT))) >= 10


def test_a_sample_is_the_same_in_every_process_and_every_year() -> None:
    text = "渠道养护工作规范管理办法由区水务局负责解释自印发之日起施行有效期五年"
    assert sampled(text) == (65825591703985, 121633403720260, 195573040935986, 247221188940829)


def test_containment_is_of_the_smaller_set() -> None:
    whole, part = shingles(fold(TEXT)), shingles(fold(TEXT)[40:120])
    assert containment(part, whole) == containment(whole, part) == 1.0
    assert containment(frozenset(), whole) == 0.0
