"""What a document does to the documents it names."""

from __future__ import annotations

import pytest

from archive.relations import connections
from archive.relations.links import listed, relations, title_relations
from archive.relations.standing import stated_term

SAID = [
    ("based_on", "根据《渔业法》《取水条例》等法律法规，结合本市实际，制定本办法。", ""),
    ("based_on", "依据川府发〔2019〕5号文件精神，制定如下实施意见。", ""),
    (
        "implements",
        "为深入贯彻落实《关于促进渔业振兴的意见》（川府发〔2019〕12号）精神，现提出如下措施。",
        "",
    ),
    ("implements", "为全面落实《渔业意见》和省水利厅联合印发的《采砂意见》，制定方案。", ""),
    ("repeals", "决定废止《海州市渣土管理办法》（市政府令第12号）。", ""),
    ("repeals", "《关于加强监测的通知》（川价〔2009〕12号）自即日起停止执行。", ""),
    ("repeals", "自本规定施行之日起，《渔港若干规定》（川水〔2000〕5号）即行废止。", ""),
    ("replaces", "原《提取办法》（海金〔2012〕3号）、《补充通知》（海金〔2013〕8号）同时废止。", ""),
    ("replaces", "此前印发的《专家办法》与本办法不一致的，以本办法为准。", ""),
    ("amends", "对《渔港条例》作如下修改：", "海州市关于修改《渔港条例》的决定"),
    ("amends", "将《渔港管理条例》第九条修改为：“渔船应当登记。”", ""),
    ("amends", "修订部门正在会同各方，对《渔港规划》进行修订，", ""),
    ("forwards", "现将《关于做好开渔工作的通知》转发给你们，请遵照执行。", ""),
    ("issues", "现将《海州市渔业项目管理办法》印发给你们，请遵照执行。", ""),
    ("issues", "《渔船登记办法》已经2024年10月1日局务会议通过，现予公布，自2025年2月10日起施行。", ""),
    ("issues", "关于印发海州市节水方案的通知", "关于印发海州市节水方案的通知"),
    (
        "forwards",
        "市政府办公室转发省水利厅关于防汛工作报告的通知",
        "市政府办公室转发省水利厅关于防汛工作报告的通知",
    ),
    ("interprets", "省水利厅负责人就《河道条例》答记者问", ""),
    ("interprets", "《渔港若干措施》《采砂若干措施》政策解读", ""),
    ("interprets", "最高人民法院关于适用《渔业法》若干问题的解释", ""),
    ("drafts", "我局起草了《停车场管理办法（征求意见稿）》，现公开征求意见。", ""),
    ("drafts", "关于公开征求《停车场条例》意见的通知", "关于公开征求《停车场条例》意见的通知"),
    ("corrects", "《渔船补贴名单》（海农〔2024〕9号）附件1勘误如下：第三行更正为“甲”。", ""),
    ("extends", "《人才公寓管理办法》（海建规〔2020〕1号）有效期延长至2027年12月31日。", ""),
    ("extends", "经评估，《扶持办法》（海府〔2018〕1号）继续有效，有效期三年。", ""),
    ("repeals", "《渔船通知》（海金〔2023〕2号）自本通知施行之日起停止执行。", ""),
    ("repeals", "市政府决定，废止2005年1月5日市政府公布的《海州市渔港规定》。", ""),
    ("repeals", "决定废止《排水办法》（2008年3月10日公布）、《绿线规定》（2009年公布）等2件规章。", ""),
    (
        "repeals",
        "以下文件全文废止：1.《渔税通知》（海税〔2003〕37号）；2.《渔票通知》（海税〔2005〕9号）。",
        "",
    ),
    ("repeals", "同时废止2010年印发的《渔港档案办法》。", ""),
    ("repeals", "此前印发的《渔港方案》（海办发〔2020〕5号）不再实施。", ""),
    ("repeals", "《护渔通知》（海林发〔2012〕240号）不再作为行政管理依据。", ""),
    ("repeals", "宣布失效的文件：海税发〔2006〕108号。", ""),
    ("amends", "将《渔船登记办法》（2011年公布，2015年修改）第四条第一款修改为：“略”。", ""),
    ("amends", "在《渔港条例》第五条后增加一条；", ""),
    ("amends", "删去《渔港条例》第三十条。", ""),
    ("amends", "根据上级意见，我市对《渔港规定》进行了修订。", ""),
    ("issues", "现公布《渔业指导意见》，自公布之日起施行。", ""),
    ("issues", "现将修订后的《渔港规定》公布，自公布之日起施行。", ""),
    ("issues", "《渔船办法》已经局务会议通过。现予公布，自公布之日起施行。", ""),
    ("issues", "我们制定了《渔业资金办法》。现印发给你们，请遵照执行。", ""),
    ("issues", "现批准《渔港监测指南》为地方标准，并予发布。", ""),
    ("based_on", "本办法依据《渔业法》制定。", ""),
    ("based_on", "二、制定依据\n1.《渔业法》；\n2.《渔港条例》（国务院令第9号）。", ""),
    ("based_on", "依據《海州市漁業條例》，制定本辦法。", ""),
    ("implements", "为保障《渔业法》的实施，制定本办法。", ""),
    ("interprets", "关于《渔港条例（草案）》的说明", ""),
    ("extends", "川税务公告2022年第10号第一条规定的政策，执行期限延长至2027年12月31日。", ""),
    ("extends", "《渔业办法》（海发〔2022〕15号）经评估决定延续实施，有效期至2028年6月30日。", ""),
    ("cites", "《渔港渣土办法》（市政府令第239号）已被涵盖，拟予废止。", ""),
    ("cites", "依据《渔业法》第九条，责令改正。", ""),
    ("cites", "1999年7月1日开始实施的《渔业法》没有规定。", ""),
    ("cites", "参见《渔港暂行规定》（已失效）。", ""),
    ("cites", "违反《渔业法》的，依法处罚。", ""),
    ("cites", "根据《车船税法》、《关于车船税的公告》（海税〔2019〕6号）的有关规定停止执行。", ""),
    ("cites", "提出对《资产评估办法》的修订建议。", ""),
]


@pytest.mark.parametrize(
    ("kind", "text", "title"), SAID, ids=[f"{k} {n}" for n, (k, _, _) in enumerate(SAID)]
)
def test_the_words_around_a_name_say_what_is_done_to_it(kind: str, text: str, title: str) -> None:
    made = relations(text, title)
    assert {relation.kind for relation in made} == {kind}
    assert all(
        relation.title is None or relation.title in text[relation.start : relation.end] for relation in made
    )


@pytest.mark.parametrize(
    "text",
    [
        "复议期间不停止执行行政处罚决定。",
        "许可证有效期届满未延续的，自行失效。",
        "法规草案经常务委员会审议通过，征求意见。",
        "《行政处罚决定书》送达后，处罚决定不停止执行。",
        "申请材料有错误的，允许当场更正。",
        "（2003年4月27日水利部令第37号公布）",
        "发文字号：海府〔2016〕8号 文件状态：停止执行",
    ],
)
def test_words_of_other_things_make_no_relation(text: str) -> None:
    assert relations(text) == []


def test_a_decision_in_a_history_did_it_to_this_document() -> None:
    (made,) = relations(
        "（2006年1月29日国务院令第45号公布 根据2019年3月2日《关于修改部分渔业法规的决定》修订）"
    )
    assert (made.kind, made.is_incoming) == ("amends", True)


def test_the_history_of_an_ended_title_is_not_ended() -> None:
    text = "本办法自2012年3月1日起施行。2004年6月水产局公布、根据《关于修改渔港规定的决定》修正的《渔港管理规定》同时废止。"
    ended = [relation.title for relation in relations(text) if relation.is_end]
    assert ended == ["渔港管理规定"]


def test_only_articles_end_where_only_articles_are_named() -> None:
    (made,) = relations("《渔船通知》（海税〔2010〕5号）第三条停止执行。")
    assert made.is_partial and made.articles == ("第三条",)


def test_articles_behind_a_history_end_alone_and_an_end_that_is_told_is_none() -> None:
    text = "《渔税公告》（2015年第3号发布，2018年修改）第五条第二款自2021年1月1日起废止。"
    (partly,) = relations(text)
    assert (partly.is_partial, partly.is_end) == (True, True)
    (told,) = relations("原《城市渔业法》已废止，不再引用。")
    assert (told.kind, told.is_end) == ("repeals", False)


def test_an_annex_that_ends_ends_no_document() -> None:
    (annex,) = relations("《渔卡通知》（海汇发〔2010〕53号）附件1同时废止。")
    assert annex.is_partial


def test_what_is_carried_out_is_not_ended_with_what_follows() -> None:
    made = relations("按照《裁量基准公告》（海关总署公告2023年第182号）执行，海关总署令第236号同时废止。")
    assert [(r.kind, r.is_end) for r in made] == [("cites", False), ("replaces", True)]


def test_a_long_line_of_commas_is_read_at_once() -> None:
    assert relations("根据" + "甲，" * 60 + "《渔业法》" + "乙，" * 100)


def test_giving_way_is_no_end() -> None:
    (made,) = relations("《渔船解释》（海法〔1998〕2号）与本解释不一致的，以本解释为准。")
    assert made.kind == "replaces" and not made.is_end


def test_a_list_of_cleaning_up_ends_and_keeps_documents() -> None:
    text = (
        "现将清理结果公布如下：\n附件1\n继续有效的规范性文件目录\n1.关于印发节水办法的通知（海府〔2015〕3号）\n"
        "附件2\n废止的规范性文件目录\n序号 | 文件名称 | 文号\n1 | 关于户外广告的通知 | 海府〔2009〕31号\n2 | 《养犬规定》 | 海府办〔2016〕12号\n"
    )
    made = connections(text, "海州市人民政府关于公布规范性文件清理结果的通知").relations
    found = {(r.kind, r.title, r.number) for r in made if r.kind in ("repeals", "extends")}
    assert found == {
        ("extends", "关于印发节水办法的通知", "海府〔2015〕3号"),
        ("repeals", "关于户外广告的通知", "海府〔2009〕31号"),
        ("repeals", "养犬规定", "海府办〔2016〕12号"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "《渔港办法》（海府〔2014〕5号）不得擅自停止执行。",
        "《渔港办法》尚未废止，各单位应当遵守。",
        "对《渔港办法》中与本意见不符的规定，按程序提请修订或废止。",
        "《渔港办法》的实施细则应当清理、废止。",
        "《渔港办法》早在2015年就已作废。",
        "《渔港办法》已由省政府令第21号废止。",
        "《渔港办法》已于2011年被《港口条例》取代并废止。",
        "《渔业条例》第四条规定，本条例自发布之日起施行，《渔港办法》同时废止。",
        "《渔业条例》施行后，原水产局发布的《渔港办法》即予废止。",
        "请各县及时修订或者废止《渔港办法》。",
        "决定废止《渔港办法》的配套文件。",
        "《渔港办法》（海府〔2014〕5号）有效期届满自行失效。",
        "《渔港办法》是否已经废止，尚待查明。",
    ],
)
def test_an_end_that_is_forbidden_told_asked_or_planned_is_none(text: str) -> None:
    assert not [one for one in relations(text) if one.is_end and not one.is_partial], text


@pytest.mark.parametrize(
    "text",
    [
        "《渔港公告》（2017年第54号）中的《渔船表》同时停止使用。",
        "海渔〔2019〕33号文件中有关渔船补贴的规定同时停止执行。",
    ],
)
def test_a_part_of_a_document_ends_alone(text: str) -> None:
    assert [one.is_partial for one in relations(text)] == [True]


def test_a_document_may_end_an_older_one_of_its_own_title() -> None:
    text = "本规定施行之日起，水产局《渔船检验规定》不再执行。"
    assert [(one.title, one.is_end) for one in relations(text, "渔船检验规定")] == [("渔船检验规定", True)]


def test_a_numbered_line_may_head_a_list_of_cleaning_up() -> None:
    text = "一、继续有效的文件目录\n1.《渔港办法》（海府〔2014〕5号）\n二、废止的文件目录\n1.渔船规定（1999年市政府发布）\n2.《禁渔通知》（海府〔2003〕1号）"
    found = {one.title: one.kind for one in listed(text, "关于公布文件清理结果的公告")}
    assert found == {"渔港办法": "extends", "渔船规定": "repeals", "禁渔通知": "repeals"}


def test_a_list_behind_a_decision_that_names_another_law_ends_what_it_lists() -> None:
    text = "为适应《渔业法》实施，决定对下列规定予以废止：\n1.《渔港办法》（海府〔2014〕5号）\n2.《渔船办法》"
    ended = [one.title for one in relations(text) if one.is_end]
    assert ended == ["渔港办法", "渔船办法"]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("《渔港办法》有效期延长至2030年4月30日。\n2026年4月2日印发", "2030-04-30"),
        ("《渔港办法》有效期延长两年。", "P2Y"),
        ("《渔港办法》继续执行，有效期另行通知。", None),
        ("《渔港办法》自2026年8月1日起废止。", "2026-08-01"),
        ("自2026年8月1日起，《渔港办法》停止执行。", "2026-08-01"),
        ("本规定自2026年8月1日起施行，《渔港办法》同时废止。", None),
        ("2022年6月1日起施行的《渔港办法》同时废止。", None),
    ],
)
def test_an_end_or_an_extension_may_have_a_day_of_its_own(text: str, term: str | None) -> None:
    (relation,) = [one for one in relations(text) if one.title == "渔港办法"]
    assert stated_term(text, relation) == term


@pytest.mark.parametrize(
    "text",
    [
        "《渔港收费办法》（海财〔2013〕3号）中有关规定同时废止。",
        "《渔港收费办法》的相关内容停止执行。",
        "《渔港收费目录》（海财〔2011〕8号）所列收费项目停止执行。",
        "《渔港收费办法》（海财〔2013〕3号）中与本通知不一致的条款停止执行。",
        "海财〔2013〕3号文件第七条同时废止。",
        "海财〔2013〕3号文件规定的收费标准停止执行。",
    ],
)
def test_a_part_is_a_part_without_its_object_too(text: str) -> None:
    assert [(one.is_partial, one.is_end) for one in relations(text) if one.kind != "cites"] == [(True, True)]


@pytest.mark.parametrize(
    "text",
    [
        "修订《渔业法》《港口法》，清理和废止妨碍公平竞争的各种规定。",
        "落实《渔业条例》，及时清理废止限制外地渔船的规定。",
        "对照《渔业条例》，抓紧开展清理，停止执行与条例不一致的规定。",
        "开展《渔业法》涉及文件清理，需要废止的文件于9月底前报送。",
        "各县要抓紧修改、废止与《渔业条例》不一致的文件。",
        "对与《渔业条例》不一致的，及时予以修改或者废止。",
        "凡与《渔业条例》、《渔港条例》相抵触的规定，一律废止。",
        "各镇自行出台的措施同《渔业条例》要求不符的，停止执行。",
        "海州海事局公告2021年第7号（关于废止部分渔港规定的公告）\n为便利渔民，公告如下。",
    ],
)
def test_what_ends_another_thing_ends_no_document_beside_it(text: str) -> None:
    assert not [one for one in relations(text) if one.is_end and not one.is_partial], text


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        ("根据《渔业条例》，《渔港办法》（海府〔2014〕5号）同时废止。", ["渔港办法"]),
        ("《渔港办法》停止执行后，按本办法办理。", ["渔港办法"]),
        ("《渔港办法》同时废止，按照原办法核发的证书在有效期内继续有效。", ["渔港办法"]),
        ("《渔港办法》（海府〔2014〕5号）停止执行，已签订的合同继续执行。", ["渔港办法"]),
        ("《渔港办法》于本规定施行之日同时废止。", ["渔港办法"]),
        ("《渔港办法》在本条例施行后废止。", ["渔港办法"]),
        ("《渔港办法》（2003年5月1日起施行）予以废止。", ["渔港办法"]),
        (
            "废止《渔港办法》（市政府令第5号公布，根据2012年市政府令第9号修正）、《渔船办法》和《采砂办法》。",
            ["渔港办法", "渔船办法", "采砂办法"],
        ),
        (
            "《渔港办法》（1996年市政府令第2号发布，1999年市政府令第3号、2005年市政府令第4号修正）同时废止。",
            ["渔港办法"],
        ),
        ("海州海事局公告2021年第7号（关于渔船检验的公告）同时废止。", [None]),
        (
            "决定废止下列文件：\n（一）海州市人民政府批转市水利局关于整顿渔港秩序意见的通知（海府〔1994〕8号）；",
            ["海州市人民政府批转市水利局关于整顿渔港秩序意见的通知"],
        ),
    ],
)
def test_an_end_is_read_beside_what_goes_on_and_in_every_order(text: str, ended: list[str | None]) -> None:
    assert [one.title for one in relations(text) if one.is_end] == ended


def test_a_term_that_is_moved_extends() -> None:
    for text in ("《渔港办法》有效期延至2026年12月31日。", "《渔港办法》有效期续延3年。"):
        assert [one.kind for one in relations(text)] == ["extends"]


def test_an_amendment_is_announced_in_other_words() -> None:
    for text in ("现将《渔港公告》修改如下：", "《渔港公告》（海渔〔2018〕9号）作如下修订："):
        assert [one.kind for one in relations(text)] == ["amends"]


def test_the_heading_of_a_list_comes_before_the_title() -> None:
    text = (
        "一、下列规范性文件继续有效：\n1.《节水办法》（海府〔2004〕1号）\n"
        "二、以下文件拟修改：\n1.《养犬办法》（海府〔2005〕1号）\n"
        "三、下列文件予以废止：\n（1）《采砂办法》（海府〔2003〕1号）\n（2）海州市渔船检验规定（市政府令第12号）\n"
    )
    made = listed(text, "海州市关于宣布失效一批文件的公告")
    assert [(one.kind, one.title) for one in made] == [
        ("extends", "节水办法"),
        ("repeals", "采砂办法"),
        ("repeals", "海州市渔船检验规定"),
    ]


@pytest.mark.parametrize(
    ("row", "title", "number"),
    [
        (
            "一、海州市渔港细则（1992年8月2日省政府批准　1992年9月1日水利厅令第4号发布）",
            "海州市渔港细则",
            "水利厅令第4号",
        ),
        (
            "2.海州市渔船规定（1994年5月4日海州市政府令第9号公布　根据2010年3月1日《关于修改渔船规定的决定》修订）",
            "海州市渔船规定",
            "海州市政府令第9号",
        ),
        ("3《养犬规定》（海府〔2005〕1号）", "养犬规定", "海府〔2005〕1号"),
        ("4 关于节水工作的意见 1995年6月1日 海府〔1995〕12号", "关于节水工作的意见", "海府〔1995〕12号"),
        ("5 海府〔1996〕12号 关于节水工作的意见", "关于节水工作的意见", "海府〔1996〕12号"),
        ("6.海州市节水工作规定，海府〔1997〕3号", "海州市节水工作规定", "海府〔1997〕3号"),
    ],
)
def test_a_row_is_read_whatever_the_order_of_its_cells(row: str, title: str, number: str) -> None:
    (made,) = listed(row, "海州市关于废止部分文件的决定")
    assert (made.title, made.number) == (title, number)


@pytest.mark.parametrize(
    "title",
    [
        "海州市关于废止部分市政府规章的决定",
        "海州市关于废止和修改部分规章的决定",
        "海州市水利局关于公开征求意见的通知",
        "海州市关于公布失效文件的公告",
        "海州市关于公布规范性文件清理结果的通知",
    ],
)
def test_a_title_that_names_documents_in_general_names_none(title: str) -> None:
    assert title_relations(title) == []


def test_a_title_that_names_one_document_names_it() -> None:
    said = {title: [one.title for one in title_relations(title)] for title in (
        "海州市关于废止渔港若干规定的决定", "海州市关于印发部分行业节水标准的通知",
    )}  # fmt: skip
    assert [*said.values()] == [["渔港若干规定"], ["部分行业节水标准"]]


def test_a_list_of_what_is_only_planned_ends_nothing() -> None:
    text = (
        "拟废止的规范性文件目录：\n1.《渔港办法》（海府〔2001〕1号）\n2.海州市渔船规定（海府〔2002〕1号）\n"
    )
    assert not [one for one in connections(text, "关于废止部分文件的公告").relations if one.is_end]


def test_a_term_that_would_end_is_extended() -> None:
    for text in (
        "《渔港办法》将于2024年5月1日失效，有效期延长至2026年5月1日。",
        "《渔港办法》有效期届满自动失效，现决定继续执行，有效期至2028年5月1日。",
    ):
        assert [one.kind for one in relations(text)] == ["extends"]
