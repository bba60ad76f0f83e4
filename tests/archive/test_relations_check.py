"""A report's citations and quotations held against documents at hand. Every report and document here is made up."""

from __future__ import annotations

from datetime import date

import pytest

from archive.relations.check import Holding, checked, held

HARBOUR = """海州市人民政府关于印发海州市渔港管理办法的通知
各区：现将《海州市渔港管理办法》印发给你们。
海州市人民政府
2021年4月16日
海州市渔港管理办法
第一条 为加强渔港管理，制定本办法。
第二条 渔港管理坚持“统一规划、分级负责、便民高效、安全第一”的原则。
第三条 进港船舶应当提前二十四小时报告，渔港服务单位应当优先安排避风船舶。
第四条 市财政按不低于年度收入的30%提取渔港维护资金，专款专用。
第五条 本办法自2021年5月1日起施行，有效期5年。《海州市渔港管理办法》（海府〔2016〕9号）同时废止。
"""
LAW_2010 = "第一条 为了保护渔业，制定本法。\n第二条 从事捕捞的经营者应当向主管部门办理备案登记手续。\n第三条 捕捞应当遵守禁渔期。\n第四条 本法自2011年1月1日起施行。"
LAW_2022 = "第一条 为了保护渔业，制定本法。\n第二条 捕捞应当遵守禁渔期。\n第三条 本法自2011年1月1日起施行。"
HOLDING = Holding(
    [
        held(
            "u1",
            title="海州市人民政府关于印发海州市渔港管理办法的通知",
            number="海府〔2021〕3号",
            text=HARBOUR,
        ),
        held(
            "u4",
            title="海州市渔船登记规定",
            number="海州市人民政府令第42号",
            text="第一条 登记费不满十米的每船五十元，十米以上的每船八十元。\n第二条 违反第一条规定，未登记的处二百元以上五百元以下罚款。",
        ),
        held("u2", title="中华人民共和国渔捞法", number=None, text=LAW_2010, published=date(2010, 9, 1)),
        held("u3", title="中华人民共和国渔捞法", number=None, text=LAW_2022, published=date(2022, 12, 30)),
    ]
)
DAY = date(2025, 3, 1)


@pytest.mark.parametrize(
    ("report", "verdict"),
    [
        (
            "《海州市渔港管理办法》（海府〔2021〕3号）第二条坚持“统一规划、分级负责、便民高效、安全第一”的原则。",
            "right",
        ),
        ("《海州市渔港管理办法》（海府〔2021〕8号）自2021年起实施。", "wrong_number"),
        ("《海州市渔港管理办法》（海府〔2020〕3号）自2021年起实施。", "wrong_year"),
        ("《海州市渔港管理条例》（海府〔2021〕3号）规范了进港秩序。", "wrong_title"),
        ("《海州市渔港办法》规定“统一规划、分级负责、便民高效、安全第一”。", "wrong_title"),
        (
            "《海州市渔港管理办法》第四条规定进港船舶应当提前二十四小时报告，渔港服务单位应当优先安排避风船舶。",
            "wrong_article",
        ),
        ("《海州市渔港管理办法》第十九条对罚款作了规定。", "wrong_article"),
        ("《海州市渔港管理办法》第二条坚持“统一规划、分级收费、便民高效、安全第一”的原则。", "misquoted"),
        ("《海州市渔港管理办法》要求市财政按不低于年度收入的50%提取渔港维护资金。", "misquoted"),
        ("《海州市渔港管理办法》第三条要求进港船舶提前四十八小时报告。", "misquoted"),
        ("《海州市渔港管理办法》第三条要求进港船舶应当提前24小时报告。", "right"),
        ("《海州市渔港管理办法》（海府〔2016〕9号）是现行依据。", "not_in_force"),
        ("《中华人民共和国渔捞法》第二条要求捕捞的经营者办理备案登记手续，企业须照办。", "not_in_force"),
        ("《海州市渔船补贴条例》（海府〔2024〕99号）另有规定。", "not_held"),
        ("早在2020年，海府〔2020〕3号就对海州市渔港管理办法作了部署。", "wrong_year"),
        ("《海州市渔港管理办法》自2020年5月1日起施行。", "wrong_year"),
        ("《海州市渔港管理办法》要求市财政按不低于年度收入的百分之三十提取资金。", "right"),
        ("市财政按不低于年度收入的百分之四十提取渔港维护资金（《海州市渔港管理办法》第四条）。", "misquoted"),
        ("《海州市渔港管理办法》（海府〔2021〕3号）有效期为3年。", "misquoted"),
        ("《海州市渔港管理办法》第三条规定，渔港服务单位可以优先安排避风船舶。", "misquoted"),
        ("海州市《渔港管理办法》（海府[2021]3号）规范了进港秩序。", "right"),
        ("《海州市渔船登记规定》（市政府令第42号）第二条：未登记的处二百元以上五百元以下罚款。", "right"),
        ("《海州市渔船登记规定》第二条：未登记的处三百元以上五百元以下罚款。", "misquoted"),
        ("《海州市渔船登记规定》第一条：登记费不满十米的每船五十元，十米以上的每船八十元。", "right"),
        ("《海州市渔船登记规定》第一条：登记费不满十米的每船八十元，十米以上的每船八十元。", "misquoted"),
        ("《海州市渔船登记规定》（市政府令第24号）第二条作了规定。", "wrong_number"),
        ("《海州市渔船登记办法》规定登记费不满十米的每船五十元，十米以上的每船八十元。", "wrong_title"),
    ],
)
def test_a_citation_gets_its_verdict(report: str, verdict: str) -> None:
    first = checked(report, HOLDING, DAY)[0]
    assert first.verdict == verdict
    assert report[first.start : first.end] == first.text


def test_a_wrong_citation_says_what_the_document_has() -> None:
    (found,) = checked("《海州市渔港管理办法》要求按不低于年度收入的50%提取渔港维护资金。", HOLDING, DAY)
    assert (found.target, found.says, found.expected) == ("u1", "50%", "30%")


def test_a_document_whose_term_is_over_is_not_in_force() -> None:
    report = "《海州市渔港管理办法》（海府〔2021〕3号）适用于所有渔港。"
    assert [v.verdict for v in checked(report, HOLDING, date(2026, 4, 30))] == ["right"]
    assert [v.verdict for v in checked(report, HOLDING, date(2026, 5, 1))] == ["not_in_force"]


def test_what_a_report_itself_calls_repealed_is_no_fault() -> None:
    report = "《海州市渔港管理办法》（海府〔2016〕9号）已被废止。"
    assert [v.verdict for v in checked(report, HOLDING, DAY)] == ["right"]


def test_an_article_without_a_title_belongs_to_the_document_named_before() -> None:
    report = "《海州市渔港管理办法》第二条提出原则，第四条按不低于年度收入的30%提取维护资金。"
    assert [(v.verdict, v.target) for v in checked(report, HOLDING, DAY)] == [
        ("right", "u1"),
        ("right", "u1"),
    ]


def test_a_number_that_no_document_confirms_is_never_called_right() -> None:
    (found,) = checked("《中华人民共和国渔捞法》（主席令第7号）第一条。", HOLDING, DAY)
    assert found.verdict == "ambiguous"


def test_a_law_named_inside_an_article_is_not_held_against_the_rest_of_it() -> None:
    rule = "第一条 渔捞法未作规定的，处一万元以上五万元以下罚款。\n第二条 渔捞法第二条规定的渔船除外。"
    law = "第一条 违反规定的，处一万元以上十万元以下罚款。\n第二条 略。"
    holding = Holding([
        held("a", title="渔港规定", number=None, text=rule), held("b", title="渔捞法", number=None, text=law),
    ])  # fmt: skip
    report = "《渔港规定》第一条：《渔捞法》未作规定的，处一万元以上五万元以下罚款。"
    assert [v.verdict for v in checked(report, holding, DAY)] == ["right", "right"]


def test_a_quotation_goes_on_behind_its_full_stop() -> None:
    (found,) = checked("《海州市渔船登记规定》第一条：“登记费不满十米的每船六十元。”", HOLDING, DAY)
    assert found.verdict == "misquoted"


def test_an_article_belongs_to_the_title_its_sentence_ends_with() -> None:
    report = "该规定第一条确定了登记费（《海州市渔船登记规定》）。"
    assert [v.verdict for v in checked(report, HOLDING, DAY)] == ["right", "right"]


def test_an_article_named_inside_another_is_part_of_what_is_cited() -> None:
    report = "《海州市渔船登记规定》第二条，违反第一条规定，未登记的处二百元以上五百元以下罚款。"
    assert [v.verdict for v in checked(report, HOLDING, DAY)] == ["right", "right"]


def test_a_report_without_citations_has_no_verdicts() -> None:
    assert checked("渔港的秩序“明显好转”，《海州晚报》作了报道。", HOLDING, DAY) == []


def test_a_quoted_figure_that_lost_its_point_is_no_right_quotation() -> None:
    text = "第一条 渔港维护费按每平方米1.5元收取，不得另行加价。\n第二条 本办法自2021年5月1日起施行。"
    holding = Holding([held("u9", title="海州市渔港收费办法", number=None, text=text)], {})
    told = "《海州市渔港收费办法》规定，“渔港维护费按每平方米{}元收取，不得另行加价”。"
    verdicts = [checked(told.format(figure), holding, DAY)[0].verdict for figure in ("1.5", "15")]
    assert verdicts == ["right", "misquoted"]


NOTICE = held(
    "notice", title="关于减免渔港停泊费的公告", number="海州市财政局公告2023年第18号",
    text="一、对登记在册的小型渔船，免征渔港停泊费。\n二、对中型渔船减半征收渔港停泊费。", published=date(2023, 8, 2),
)  # fmt: skip
RULES = held(
    "rules", title="海州市渔市条例", number=None,
    text="第一条 为规范渔市，制定本条例。\n第五条 渔市管理机构履行下列职责：\n（一）编制规划；\n（二）管理收支；\n（三）其他职责。",
    published=date(2019, 7, 26),
)  # fmt: skip


@pytest.mark.parametrize(
    ("report", "verdict"),
    [
        ("海州市财政局公告2023年第16号规定，对登记在册的小型渔船免征渔港停泊费。", "wrong_number"),
        ("海州市财政局公告2022年第18号规定，对登记在册的小型渔船免征渔港停泊费。", "wrong_year"),
        ("海州市财政局公告2023年第16号对远洋渔船的保险作了规定。", "not_held"),
        ("《海州市渔市条例》第五条第（二）项规定管理机构管理收支。", "right"),
        ("《海州市渔市条例》第五条第（四）项规定管理机构管理收支。", "wrong_article"),
    ],
)
def test_a_number_or_an_item_that_is_off_is_found_by_what_is_said(report: str, verdict: str) -> None:
    (found,) = checked(report, Holding([NOTICE, RULES]), date(2024, 1, 1))
    assert found.verdict == verdict
