"""The places in a text that name another document."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from archive.relations.citations import citations
from archive.relations.grammar import figure, number_key, numbers, plain, title_key


@pytest.mark.parametrize(
    ("text", "number"),
    [
        pytest.param("按川府发〔2019〕8号执行", "川府发〔2019〕8号", id="year in corner brackets"),
        pytest.param("按川府发(2019)8号执行", "川府发〔2019〕8号", id="round brackets"),
        pytest.param("按川府发【2019】第08号执行", "川府发〔2019〕08号", id="heavy brackets and 第"),
        pytest.param("按川府发［2019］ 8 号执行", "川府发〔2019〕8号", id="square brackets, spaces"),
        pytest.param("川府发〔２０１９〕８号", "川府发〔2019〕8号", id="full-width digits"),
        pytest.param("川府发〔20\n19〕8\n号", "川府发〔2019〕8号", id="broken over lines"),
        pytest.param("国务院令第七百号", "国务院令第七百号", id="order in numerals"),
        pytest.param("水利部第44号令", "水利部令第44号", id="order number before 令"),
        pytest.param("2018年水利部令第3号", "水利部令2018年第3号", id="year before the order"),
        pytest.param("水利部公告2018年第3号", "水利部公告2018年第3号", id="announcement"),
        pytest.param("生态环境部、水利部令第9号公布", "生态环境部、水利部令第9号", id="order of two bodies"),
        pytest.param("2006年5月1日原水产总局令第9号公布", "水产总局令第9号", id="day and 原 before it"),
        pytest.param("请你厅对照浙水函〔2020〕6号办理", "浙水函〔2020〕6号", id="words run into it"),
        pytest.param("（88）水财字第12号文", "水财字〔88〕12号", id="year of two digits in front"),
        pytest.param("符合GB/T 50001-2017要求", "GB/T 50001-2017", id="standard"),
        pytest.param("按GB/T 1.1-2020起草", "GB/T 1.1-2020", id="standard with a part of one digit"),
        pytest.param("执行DB99/ 1066-2014的限值", "DB99/ 1066-2014", id="standard of a place"),
        pytest.param("按T/HZYX 1-2019检验", "T/HZYX 1-2019", id="standard of a society"),
        pytest.param("（川农发[2017]年11号）", "川农发〔2017〕11号", id="年 behind the bracket"),
        pytest.param(
            "海州市人民政府办公厅建渔标〔2020〕38号",
            "建渔标〔2020〕38号",
            id="a code behind a body's full name",
        ),
        pytest.param("通过ISO 9001:2015认证", "ISO 9001:2015", id="standard of the world"),
        pytest.param("(川办发„2009‟3号)", "川办发〔2009〕3号", id="quotation marks for brackets"),
        pytest.param(
            "海州市教育考试院川教考〔2024〕15号", "川教考〔2024〕15号", id="its body written out before it"
        ),
    ],
)
def test_a_number_is_read_in_every_form(text: str, number: str) -> None:
    (found,) = numbers(text)
    assert found.number == number
    assert (
        number_key(text[found.start : found.end]) == number_key(found.number)
        or "令" in number
        or "（8" in text
    )


@pytest.mark.parametrize(
    ("text", "kinds", "spans"),
    [
        pytest.param(
            "根据《河道采砂管理办法》（川府发〔2019〕8号）第三条、第五条第二款，",
            ["title+number"], ["《河道采砂管理办法》（川府发〔2019〕8号）第三条、第五条第二款"], id="title, number, articles",
        ),
        pytest.param(
            "《河道采砂管理办法》（川府发〔2019〕8号，以下简称《办法》）施行后，《办法》第二条",
            ["title+number", "short_name", "short_name"],
            ["《河道采砂管理办法》（川府发〔2019〕8号", "《办法》", "《办法》第二条"], id="number and short name share a bracket",
        ),
        pytest.param(
            "见川府发〔2019〕8号文件《关于规范河道采砂的意见》", ["title+number"],
            ["川府发〔2019〕8号文件《关于规范河道采砂的意见》"], id="number before the title",
        ),
        pytest.param(
            "《关于规范河道采砂的意见》川府发〔2019〕8号", ["title+number"],
            ["《关于规范河道采砂的意见》川府发〔2019〕8号"], id="number behind the title, no bracket",
        ),
        pytest.param(
            "《关于规范采砂的意见》（川府发〔2019〕8号、川水函〔2020〕1号）", ["title+number", "number"],
            ["《关于规范采砂的意见》（川府发〔2019〕8号", "川水函〔2020〕1号"], id="two numbers in one bracket",
        ),
        pytest.param(
            "省水利厅关于规范河道采砂的意见（川水函〔2020〕1号）", ["title+number"],
            ["省水利厅关于规范河道采砂的意见（川水函〔2020〕1号）"], id="title without brackets",
        ),
        pytest.param(
            "《关于印发〈〈河道条例〉实施细则〉的通知》", ["title"], ["《关于印发〈〈河道条例〉实施细则〉的通知》"],
            id="titles in titles",
        ),
        pytest.param(
            "水产总局令第86号公布的《渔港管理规定》", ["number", "title"], ["水产总局令第86号", "《渔港管理规定》"],
            id="an order that published a title is a citation of its own",
        ),
        pytest.param(
            "依照刑法第一百条和行政处罚法第十二条处理", ["short_name", "short_name"],
            ["刑法第一百条", "行政处罚法第十二条"], id="laws without brackets",
        ),
        pytest.param(
            "违反本条例第十条、第十一条第一款规定的", ["article"], ["本条例第十条、第十一条第一款"], id="own articles",
        ),
        pytest.param("第十条　单位应当登记。", [], [], id="an article's own heading"),
        pytest.param("符合第五条第（一）（二）项条件", ["article"], ["第五条第（一）（二）项"], id="items in a row"),
        pytest.param(
            "等依据《微塑料试验》等3项标准", ["title"], ["《微塑料试验》"], id="a name that is called a standard behind it",
        ),
    ],
)  # fmt: skip
def test_a_citation_has_its_kind_and_its_exact_span(text: str, kinds: list[str], spans: list[str]) -> None:
    found = citations(text)
    assert [c.kind for c in found] == kinds
    assert [c.text for c in found] == spans
    assert all(text[c.start : c.end] == c.text for c in found)


@pytest.mark.parametrize(
    "name",
    [
        "海州晚报", "渔业经济周刊", "长河落日", "渔船登记申请表", "捕捞许可证", "行政处罚决定书", "劳动合同",
        "港口保安计划", "职工花名册", "验资报告", "〈渔船登记申请表〉填写说明", "一场关于鱼的争论：谁之过",
    ],
)  # fmt: skip
def test_papers_forms_and_books_are_no_documents(name: str) -> None:
    assert citations(f"据《{name}》所载，情况如下。") == []


@pytest.mark.parametrize(
    "name",
    [
        "渔港水域交通条例",
        "关于进一步规范捕捞的几点思考",
        "海州市碳达峰行动计划",
        "渔业基础术语",
        "巴黎协定",
        "渔船目录（2021年版）",
    ],
)
def test_laws_plans_and_treaties_are_documents(name: str) -> None:
    text = f"按照《{name}》执行。" if "术语" not in name else f"按照《{name}》（SC/T 1001-2001）执行。"
    assert len(citations(text)) == 1


def test_orders_end_with_their_line_and_begin_with_all_their_bodies() -> None:
    text = "政府令〔2010〕第15号\n《渔港规定》已经通过；水利部、海关总署2020年第38号公告"
    assert [text[n.start : n.end] for n in numbers(text)] == [
        "政府令〔2010〕第15号",
        "水利部、海关总署2020年第38号公告",
    ]
    assert [n.number for n in numbers(text)] == ["政府令〔2010〕15号", "水利部、海关总署公告2020年第38号"]


def test_one_order_may_name_several_counts() -> None:
    found = citations("水利部令第24号、第31号公布的《渔港办法》（2002年2月20日水利部令第1号）")
    assert [c.number for c in found] == ["水利部令第24号", "水利部令第31号", "水利部令第1号"]


def test_a_title_behind_the_number_of_another_is_its_own() -> None:
    text = "《渔港规划》（川府发〔2015〕74号）\n《关于渔船更新的意见》"
    assert [c.text for c in citations(text)] == text.split("\n")


def test_traditional_titles_are_documents_and_keep_their_letters() -> None:
    (found,) = citations("依據《臨江市漁港管理辦法》（臨政發〔2016〕51號）")
    assert (found.title, found.number) == ("臨江市漁港管理辦法", "臨政發〔2016〕51号")
    assert number_key(found.number) == number_key("临政发〔2016〕51号")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("依照企业破产法规定重整，违反教育法规定的", ["企业破产法", "教育法"]),
        ("新修订的安全生产法实施以来", ["安全生产法"]),
        (
            "依据渔业法实施细则第九条、合同法司法解释（二）第二条",
            ["渔业法实施细则第九条", "合同法司法解释（二）第二条"],
        ),
        ("《渔港规定》第十五、十六条", ["《渔港规定》第十五、十六条"]),
        ("全国渔民代表大会议事规则第八条", ["全国渔民代表大会议事规则第八条"]),
        ("民法典第一千一百六十五条第一款规定", ["民法典第一千一百六十五条第一款"]),
        (
            "见《渔港规划》（以下简称《重点任务》），《重点任务》提出",
            ["《渔港规划》", "《重点任务》", "《重点任务》"],
        ),
        ("（以下简称“放管服”）改革", []),
        ("国务院令第687号《渔业担保条例》", ["国务院令第687号《渔业担保条例》"]),
        ("甲：《论渔业法典的编纂规则》，《渔业研究》2015年第4期", []),
        ("双方签订《战略合作协议》，发放《员工手册》", []),
        ("印发了《绿色渔业行动计划》，企业应当制定《应急预案》", ["《绿色渔业行动计划》"]),
        ("《渔业志如何编纂办法》《孙子兵法》", []),
    ],
)
def test_documents_are_told_from_what_only_looks_like_one(text: str, names: list[str]) -> None:
    assert [c.text for c in citations(text)] == names


def test_a_short_name_knows_what_it_stands_for() -> None:
    text = "《中华人民共和国渔港法》（以下简称渔港法）公布后，渔港法第三条已经适用，其他简称的“公司”不算。"
    names = [c for c in citations(text) if c.kind == "short_name"]
    assert [c.text for c in names] == ["渔港法", "渔港法第三条"]
    assert {c.stands_for for c in names} == {"中华人民共和国渔港法"}


def test_a_company_and_a_mark_are_no_laws() -> None:
    assert citations("公司法人和商标法律事务，劳动法律、行政法规，合同法庭。") == []


def test_offsets_hold_and_do_not_overlap_in_scrambled_text() -> None:
    pieces = [
        "《渔港条例》", "（川府发〔2019〕8号）", "第三条", "、", "《", "》", "〈", "〉", "\n", "根据", "国务院令第5号", "以下简称",
        "关于规范采砂的通知", "(", ")", " ", "刑法", "第（一）项", "20", "号", "。",
    ]  # fmt: skip
    chance = random.Random(14)
    for _ in range(300):
        text = "".join(chance.choice(pieces) for _ in range(chance.randint(1, 24)))
        found = citations(text)
        assert all(text[c.start : c.end] == c.text for c in found), text
        assert all(a.end <= b.start for a, b in pairwise(found)), text


def test_flattening_changes_no_length_and_keys_ignore_shape() -> None:
    text = "〔２０１９〕（一）《甲》<乙>【丙】"
    assert len(plain(text)) == len(text)
    assert title_key("中华人民共和国《渔港》法") == title_key("渔港法")


@pytest.mark.parametrize(
    ("numeral", "value"), [("十二", 12), ("一百零三", 103), ("二〇二四", 2024), ("12", 12), ("甲", None)]
)
def test_numerals_have_their_value(numeral: str, value: int | None) -> None:
    assert figure(numeral) == value


@pytest.mark.parametrize(
    "name",
    [
        "企业会计准则第22号——金融工具",
        "企业会计准则解释第9号",
        "监管规则适用指引——机构类第3号",
        "推动渔业提质增效方案",
        "深化渔业体制改革总体方案",
        "海洋经济发展行动计划",
    ],
)
def test_one_of_a_series_and_a_plan_of_a_government_are_documents(name: str) -> None:
    assert [one.title for one in citations(f"按照《{name}》执行。")] == [name]


@pytest.mark.parametrize("name", ["员工提升计划", "推进工作方案", "家庭行动计划", "送达通知书第3号"])
def test_a_plan_of_anybody_is_no_document(name: str) -> None:
    assert citations(f"各单位自行制定《{name}》。") == []


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "根据海州市人民政府办公室转发市水利局关于整顿渔港秩序意见的通知（海政办〔2011〕8号）精神",
            "海州市人民政府办公室转发市水利局关于整顿渔港秩序意见的通知",
        ),
        (
            "国务院批转水利部等部门关于加快渔港建设意见的通知（国发〔1993〕2号）",
            "国务院批转水利部等部门关于加快渔港建设意见的通知",
        ),
        ("现转发市水利局关于渔港秩序的通知（海水〔2011〕8号）", "市水利局关于渔港秩序的通知"),
    ],
)
def test_who_passes_a_document_on_belongs_to_its_bare_title(text: str, title: str) -> None:
    assert [one.title for one in citations(text)] == [title]


def test_a_number_behind_a_title_may_say_that_it_was_published() -> None:
    (found,) = citations("《渔船公告》（2019年第4号公布）")
    assert (found.number, found.text) == ("2019年第4号", "《渔船公告》（2019年第4号")


def test_a_further_count_may_have_its_own_year() -> None:
    found = [one.number for one in numbers("水利部公告2006年第3号、2010年第12号和第15号")]
    assert found == ["水利部公告2006年第3号", "水利部公告2010年第12号", "水利部公告2010年第15号"]
