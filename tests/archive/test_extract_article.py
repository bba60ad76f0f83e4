"""A page becomes an article: the body of each family of publishing systems, without what stands around it."""

from __future__ import annotations

import pytest

from archive.extract import read
from archive.model import Article, Page, Role, Rules, Site, Unreadable
from tests.archive.extract_pages import BODY, BYLINE, METAS, PARAGRAPHS, SIGNED, TITLE, TOOLS, article, page

TEXT = "\n".join((*PARAGRAPHS, "市交通运输局", "2024年5月6日"))

CONTAINERS = {
    "TRS": '<div class="TRS_Editor">{}</div>',
    "TRS UEDITOR": '<div id="Zoom"><div class="trs_editor_view TRS_UEDITOR trs_paper_default">{}</div></div>',
    "Hanweb jpaas": '<div class="ccontent center" id="con_con">{}</div>',
    "Hanweb table": '<table><tr><td class="bt_content"><div id="zoom">{}</div></td></tr></table>',
    "UCAP": '<div class="pages_content" id="UCAP-CONTENT">{}</div>',
    "UCAP element": '<div id="zoomcon"><UCAPCONTENT>{}</UCAPCONTENT></div>',
    "Kaipu": '<div class="mainTextBox"><div id="mainText">{}</div></div>',
    "EasySite": '<div class="easysite-news-text" id="easysiteText"><div>{}</div></div>',
    "Longxun": '<div class="j-fontContent newscontnet minh500">{}</div>',
    "IVS": '<div class="Article_content"><div id="ivs_content" class="trout-region-content">{}</div></div>',
    "chinanews": '<div class="left_zw" style="position:relative">{}</div>',
    "people": '<div class="box_con" id="rwb_zw">{}</div>',
    "xinhua": '<div id="detail"><span id="detailContent">{}</span></div>',
    "nobody described it": '<div class="q7 w-640"><section>{}</section></div>',
    "no names at all": "<div><div>{}</div></div>",
    "a layout table": "<table width=960><tr><td width=200></td><td>{}</td></tr></table>",
}


def read_article(given: Page, site: Site | None = None) -> Article:
    found = read(given, site)
    assert isinstance(found, Article), found
    return found


_ROW = "<tr><td>{n}</td><td>{day}</td><td>第{n}号样品</td><td>城东市场</td><td>{last}</td></tr>"
_SHEETS = {
    "days": ("2026-03-{n:02}", "合格"),
    "days with slashes": ("2026/3/{n}", "不合格"),
    "hours": ("2026-03-{n:02} 09:30:00", "合格"),
    "words of controls": ("2026年3月{n}日", "更多"),
    "editors": ("2026.3.{n}", "编辑：甲"),
    "links to other pages": ("2026-03-{n:02}", '<a href="/spcj/{n}.html">查看批复</a>'),
}


@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS.keys())
@pytest.mark.parametrize("sheet", _SHEETS.values(), ids=_SHEETS.keys())
def test_a_table_of_days_and_links_is_part_of_its_text(container: str, sheet: tuple[str, str]) -> None:
    """A cell that would be a date line by itself is a value; ten rows of them pulled a whole article down."""
    first, last = PARAGRAPHS[0], PARAGRAPHS[2]
    rows = "".join(
        _ROW.format(n=n, day=sheet[0].format(n=n), last=sheet[1].format(n=n)) for n in range(1, 31)
    )
    body = f"<p>{first}</p><table>{rows}</table><p>{last}</p><p>市交通运输局</p>"
    found = read_article(page(article(container, body)))
    lines = found.text.splitlines()
    assert [lines[0], *lines[-2:]] == [first, last, "市交通运输局"]
    shown = sheet[0].format(n=30), "查看批复" if "href" in sheet[1] else sheet[1]
    assert lines[30] == f"30\t{shown[0]}\t第30号样品\t城东市场\t{shown[1]}" and len(lines) == 33
    assert found.published_at == "2024-05-07T15:30+08:00"


def test_a_table_that_opens_a_text_keeps_its_days() -> None:
    rows = "".join(f"<tr><td>{n}</td><td>2026-02-{n:02}</td><td>东河镇道路</td></tr>" for n in range(1, 5))
    body = f"<table>{rows}</table><p>{PARAGRAPHS[1]}</p><p>{PARAGRAPHS[2]}</p>"
    text = read_article(page(article(CONTAINERS["TRS"], body))).text
    assert text.splitlines()[:2] == ["1\t2026-02-01\t东河镇道路", "2\t2026-02-02\t东河镇道路"]


def test_questions_of_a_reporter_are_no_bylines() -> None:
    turns = [
        ("记者：今年春播进展如何？", "负责人：总体顺利。"),
        ("记者：有哪些困难？", "负责人：个别地方缺水。"),
    ] * 12
    body = "".join(f"<p>{n + 1}{ask}</p><p>{say}</p>" for n, (ask, say) in enumerate(turns))
    bare = "".join(f"<p>{ask}</p><p>{say}</p>" for ask, say in turns[:2])
    assert len(read_article(page(article(CONTAINERS["TRS"], body))).text.splitlines()) == 48
    assert read_article(page(article(CONTAINERS["TRS"], BODY + bare))).text.count("记者：") == 2
    opening = bare + BODY
    assert read_article(page(article(CONTAINERS["TRS"], opening))).text.startswith("记者：今年春播进展如何？")


def test_what_a_portal_says_of_its_authors_is_no_text() -> None:
    said = (
        "<p>特别声明：以上内容为自媒体平台用户上传并发布，本平台仅提供信息存储服务。</p>"
        "<p>Notice: The content above is uploaded and posted by a user of a platform, which only provides storage.</p>"
    )
    assert read_article(page(article("<div class='post_body'>{}</div>" + said, BODY))).text == "\n".join(
        PARAGRAPHS
    )


def test_an_invitation_keeps_its_hour() -> None:
    body = f"<p>时间：2026年5月6日10:00</p><p>地点：市民中心二楼</p>{BODY}"
    assert read_article(page(article(CONTAINERS["TRS"], body))).text.splitlines()[:2] == [
        "时间：2026年5月6日10:00",
        "地点：市民中心二楼",
    ]


def test_paragraphs_beside_many_links_are_all_read() -> None:
    links = "".join(f'<a href="/hot/{n}.html">城东新区第{n}批重点项目集中开工</a><br>' for n in range(12))
    made = f"<html><head><title>{TITLE}</title></head><body><div><h1>{TITLE}</h1>{BODY}{links}</div></body></html>"
    text = read_article(page(made)).text
    assert [text.count(one) for one in PARAGRAPHS] == [1, 1, 1, 1]


@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS.keys())
def test_the_body_is_read_and_nothing_else(container: str) -> None:
    found = read_article(page(article(container)))
    assert found.text == TEXT
    assert found.title == TITLE
    assert found.published_at == "2024-05-07T15:30+08:00"
    assert found.meta_published_at == "2024-05-09T08:00+08:00"
    assert found.source_line == "公共交通处"
    assert set(found.evidence) >= {"text", "title", "published_at", "source_line"}


@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS.keys())
def test_furniture_inside_the_container_is_taken_out_and_recorded(container: str) -> None:
    inner = f"<h1>{TITLE}</h1>{BYLINE}{SIGNED}{TOOLS}"
    found = read_article(page(article(container, inner, heading="", after="")))
    assert found.text == TEXT
    kinds = {r.kind for r in found.removed}
    assert {"byline", "title", "editor", "neighbours"} <= kinds
    assert all(r.text and r.where for r in found.removed)


def test_a_hidden_block_is_no_text_and_its_removal_is_recorded() -> None:
    spam = (
        '<div style="display:none">'
        + "".join(f"<p>隐藏的推广词句，第{n}条，与正文无关。</p>" for n in range(90))
        + "</div>"
    )
    found = read_article(page(article('<div id="zoom">{}</div>', SIGNED + spam)))
    assert found.text == TEXT
    assert any(r.kind == "hidden" and r.text.startswith("隐藏的推广词句") for r in found.removed)


@pytest.mark.parametrize("hide", ["<body style='opacity:0'>", "<body class='hide'>"], ids=["style", "class"])
def test_a_body_hidden_until_a_script_runs_is_read(hide: str) -> None:
    given = page(article('<div id="zoom">{}</div>'))
    hidden = Page(
        url=given.url, body=given.body.replace(b"<body>", hide.encode()), content_type=given.content_type
    )
    found = read_article(hidden)
    assert found.text == TEXT
    assert "hidden_body" in found.flags


def test_a_second_printed_copy_is_left_out() -> None:
    inner = article('<div class="pc">{}</div>', after="") + article('<div class="wap">{}</div>', after="")
    assert read_article(page(inner)).text == TEXT


def test_a_repeated_paragraph_is_no_second_copy() -> None:
    body = f"<p>{PARAGRAPHS[0]}</p>" * 12
    assert read_article(page(article("<div>{}</div>", body))).text.count(PARAGRAPHS[0]) == 12


def test_every_cell_of_a_table_is_in_the_text_and_a_row_is_a_line() -> None:
    rows = "".join(
        f"<tr><td>{n}</td><td>站点{n}号</td><td></td><td><p>{n * 10}辆</p><p>在建</p></td></tr>"
        for n in range(1, 40)
    )
    table = f"<table><tr><th>序号</th><th>站点</th><th>备注</th><th>车辆</th></tr>{rows}</table>"
    lines = read_article(page(article('<div class="TRS_Editor">{}</div>', BODY + table))).text.split("\n")
    assert "序号\t站点\t备注\t车辆" in lines
    assert "7\t站点7号\t\t70辆 在建" in lines
    assert sum("\t" in line for line in lines) == 40


def test_a_page_that_is_all_table_is_read() -> None:
    rows = "".join(
        f"<tr><td>{n}</td><td>某市第{n}建筑公司</td><td>罚款{n}万元</td></tr>" for n in range(1, 30)
    )
    table = f"<table><tr><td>序号</td><td>当事人</td><td>处罚内容</td></tr>{rows}</table>"
    found = read_article(page(article("<div>{}</div>", table)))
    assert "29\t某市第29建筑公司\t罚款29万元" in found.text


def test_headings_lists_breaks_and_inline_tags_keep_their_lines() -> None:
    body = (
        "<h2>一、总体要求</h2>"
        + BODY
        + "<ul><li>附件清单甲，请各区查收。</li><li>附件清单乙，请各区查收。</li></ul>第一行，内容甲<br>第二行，<b>内容</b><span>乙</span>"
    )
    lines = read_article(page(article('<div id="zoom">{}</div>', body))).text.split("\n")
    assert lines[0] == "一、总体要求"
    assert lines[-4:] == [
        "附件清单甲，请各区查收。",
        "附件清单乙，请各区查收。",
        "第一行，内容甲",
        "第二行，内容乙",
    ]


def test_names_of_attachments_stay_and_their_addresses_are_listed() -> None:
    body = SIGNED + (
        '<p>附件：1.<a href="./W020240507.docx">站点布局表</a></p><p>2.<a href="/files/2.PDF?x=1">技术要求</a></p>'
    )
    found = read_article(page(article('<div id="zoom">{}</div>', body)))
    assert found.text.split("\n")[-2:] == ["附件：1.站点布局表", "2.技术要求"]
    assert [(a.name, a.url) for a in found.attachments] == [
        ("站点布局表", "https://www.example.gov.cn/zwgk/202405/W020240507.docx"),
        ("技术要求", "https://www.example.gov.cn/files/2.PDF?x=1"),
    ]


def test_an_attachment_block_after_the_body_is_listed() -> None:
    block = '<div class="attachment"><a href="P020240507.pdf">通知全文.pdf</a></div>'
    found = read_article(page(article('<div class="article_con">{}</div>', after=block + TOOLS)))
    assert [a.name for a in found.attachments] == ["通知全文.pdf"]


def test_links_to_other_articles_after_the_text_are_left_out() -> None:
    more = "<p>相关链接：</p>" + "".join(
        f'<p><a href="{n}.html">关于另一件事情的第{n}号公告</a></p>' for n in range(5)
    )
    found = read_article(page(article('<div id="zoom">{}</div>', SIGNED + more)))
    assert found.text == TEXT
    assert any(r.kind == "related" for r in found.removed)


def test_a_disclaimer_and_a_footer_at_the_end_are_left_out() -> None:
    tail = "<p>版权声明：凡本网注明来源的作品，未经本网授权不得转载、摘编或利用其它方式使用。</p><p>Copyright © 2024 某网 版权所有</p>"
    found = read_article(page(article("<div>{}</div>", SIGNED + tail)))
    assert found.text == TEXT
    assert {"disclaimer", "footer"} <= {r.kind for r in found.removed}


def test_sentences_about_printing_sharing_and_copyright_stay() -> None:
    body = BODY + (
        "<p>四、申请人可在窗口打印证明，也可以分享给家人，关闭账户的须到柜台办理。</p>"
        "<p>五、审核：由区交通运输局负责，十个工作日内完成；编辑出版单位享有版权的，从其约定。</p>"
        "<p>六、上一年度已经申报的单位不再重复申报，下一步由市局统一组织验收并公布结果。</p>"
    )
    assert len(read_article(page(article('<div id="zoom">{}</div>', body))).text.split("\n")) == 7


EMPTY = {
    "two pictures": '<p><img src="1.png"></p><p><img src="2.png"></p>',
    "a video": '<video src="a.mp4" controls></video>',
    "nothing": "",
    "only its headline": f"<h2>{TITLE}</h2>",
}


@pytest.mark.parametrize(
    "container", [CONTAINERS["Hanweb jpaas"], CONTAINERS["no names at all"]], ids=["known", "unknown"]
)
@pytest.mark.parametrize("body", EMPTY.values(), ids=EMPTY.keys())
def test_a_page_without_text_is_unreadable_and_no_footer(body: str, container: str) -> None:
    found = read(page(article(container, body)))
    assert isinstance(found, Unreadable)
    assert found.reason == "no text"


def test_a_pdf_under_the_name_of_a_page_is_no_page() -> None:
    found = read(
        Page(url="https://a.example/x.html", body=b"%PDF-1.7\n" + b"x" * 900, content_type="text/html")
    )
    assert isinstance(found, Unreadable) and found.reason == "no page: pdf"


def site(**rules: tuple[str, ...]) -> Site:
    return Site(publisher="某局", role=Role.ORIGINAL, domains=("example.gov.cn",), rules=Rules(**rules))


def test_the_rules_of_a_site_come_first() -> None:
    inner = (
        f'<div id="t">{TITLE}（全文）</div><i id="d">2024年3月1日</i><em class="s">来源：<a>某司</a></em><b id="a" data-who="张三"></b>'
        f'<div id="text">{SIGNED}<div class="ad">推广的话，与此无关，请忽略这一整句。</div></div>'
    )
    found = read_article(
        page(inner),
        site(
            body=("#none", "#text"),
            title=("#t",),
            published=("#d",),
            source=(".s",),
            author=("#a::attr(data-who)",),
            drop=(".ad",),
        ),
    )
    assert found.text == TEXT
    assert (found.title, found.published_at, found.source_line, found.author) == (
        TITLE + "（全文）",
        "2024-03-01",
        "某司",
        "张三",
    )
    assert "rule_missed" not in found.flags and found.evidence["title"] == "rule #t"
    assert any(r.kind == "rule" for r in found.removed)


def test_a_rule_that_matches_nothing_is_flagged_and_the_page_still_read() -> None:
    found = read_article(page(article('<div id="zoom">{}</div>')), site(body=("#gone",)))
    assert found.text == TEXT and "rule_missed" in found.flags


def test_an_article_in_pages_is_joined_in_order() -> None:
    pager = '<div class="zdfy"><a href="t20240507_100.html">1</a><a href="t20240507_100_1.html">2</a><a href="t20240507_100_2.html">3</a><a href="t20240507_100_1.html">下一页</a></div>'
    first = page(article('<div id="zoom">{}</div>', BODY, after=pager))
    found = read_article(first)
    stem = "https://www.example.gov.cn/zwgk/202405/t20240507_100"
    assert found.next_pages == (f"{stem}_1.html", f"{stem}_2.html")
    second = page(
        article('<div id="zoom">{}</div>', "<p>四、第二页的内容，继续说明有关要求和时限，请遵照执行。</p>"),
        url=f"{stem}_1.html",
    )
    joined = read_article(
        Page(
            url=first.url,
            body=first.body,
            content_type=first.content_type,
            parts=((f"{stem}_1.html", second.body, second.content_type),),
        )
    )
    assert joined.text == "\n".join((*PARAGRAPHS, "四、第二页的内容，继续说明有关要求和时限，请遵照执行。"))
    assert joined.next_pages == (f"{stem}_2.html",)


def test_numbered_links_to_other_articles_are_no_pages() -> None:
    pager = '<a href="t20240508_101_1.html">2</a><a href="https://other.example/zwgk/202405/t20240507_100_1.html">3</a>'
    assert read_article(page(article('<div id="zoom">{}</div>', after=pager))).next_pages == ()


def test_reading_twice_gives_the_same() -> None:
    given = page(article('<div id="zoom">{}</div>'))
    assert read(given) == read(given)


def test_a_challenge_is_no_article() -> None:
    given = Page(
        url="https://www.example.gov.cn/a.html",
        body="<html><head><title>访问验证</title></head><body><script>document.cookie='__jsl_clearance=1'</script></body></html>".encode(),
        content_type="text/html",
    )
    assert isinstance(read(given), Unreadable)


def test_meta_elements_alone_show_nothing() -> None:
    """A page that shows no date and no source has none, whatever its head claims."""
    found = read_article(page(f"<div><h1>{TITLE}</h1><div id='zoom'>{SIGNED}</div></div>", head=METAS))
    assert (found.published_at, found.source_line) == (None, None)
    assert found.meta_published_at == "2024-05-09T08:00+08:00"


SHORT = {
    "a notice of one sentence": (
        "<p>经研究，决定任命张某为市园林局局长。</p>",
        "经研究，决定任命张某为市园林局局长。",
    ),
    "only an attachment": ('<p>附件：<a href="1.pdf">站点名单.pdf</a></p>', "附件：站点名单.pdf"),
}


@pytest.mark.parametrize(("body", "text"), SHORT.values(), ids=SHORT.keys())
def test_a_short_notice_below_its_headline_is_an_article(body: str, text: str) -> None:
    found = read_article(page(article('<div class="q7">{}</div>', body)))
    assert found.text == text


HINTS = {
    "leaving the site": "您访问的链接即将离开“某市政府网”门户网站，是否继续？",
    "an old browser": "当前浏览器版本过低，建议升级到新版本或者使用其他浏览器获得最佳浏览体验。",
}


@pytest.mark.parametrize("hint", HINTS.values(), ids=HINTS.keys())
def test_a_hint_for_visitors_is_no_article(hint: str) -> None:
    inner = article('<div class="q7">{}</div>', EMPTY["two pictures"]) + f"<div><p>{hint}</p></div>"
    assert isinstance(read(page(inner)), Unreadable)


def test_a_text_broken_by_line_breaks_in_one_span_is_read_without_its_headline() -> None:
    inner = (
        f'<span class="headline">{TITLE}</span><div>*****</div><span id="release">'
        + "<br><br>".join(PARAGRAPHS)
        + "</span>"
    )
    found = read_article(page(f"<div>{inner}</div>", head=""))
    assert found.text == "\n".join(PARAGRAPHS) and found.title == TITLE


def test_teasers_of_other_articles_do_not_outweigh_a_short_text() -> None:
    teasers = "".join(
        f'<div class="txt"><h4><a href="{n}.html">别处发生的第{n}件事情引起了许多人的注意</a></h4><p>本报消息，这件事情的经过大致如下，详细的内容请点击标题阅读全文，谢谢大家的关注和支持……这里被截断了 ...</p></div>'
        for n in range(12)
    )
    inner = (
        article('<div class="q7">{}</div>', f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>")
        + f"<div>{teasers}</div>"
    )
    assert read_article(page(inner)).text == "\n".join(PARAGRAPHS[:2])


BRANCHES = {
    "./tw/index_m.html": True,
    "./wjzc/202609/t20260910_1.html": True,
    "http://www.scio.gov.cn/live/2026/39001/fbyd/": True,
    "/live/2026/39002/tw/": False,
    "/xwfb/202609/t20260910_2.html": False,
    "./index.html": False,
    "./qwxz/": False,
    "https://evil.example/live/2026/39001/tw/": False,
}


@pytest.mark.parametrize(("href", "is_branch"), BRANCHES.items(), ids=BRANCHES)
def test_only_declared_parts_below_its_own_address_are_branches_of_a_page(href: str, is_branch: bool) -> None:
    site = Site(
        publisher="示例办",
        role=Role.ORIGINAL,
        domains=("www.scio.gov.cn",),
        articles=(
            r"/live/\d+/\d+/(?:(?:tw|fbyd|wjzc)/)?(?:index(?:_m)?\.html)?$",
            r"/\d{6}/t\d{8}_\d+\.html$",
        ),
        canonical=((r"^http:", "https:"), (r"index(?:_m)?\.html$", "")),
        branches=(r"/live/\d+/\d+/(?:tw|fbyd|wjzc)/",),
    )
    body = (
        "<html><head><title>发布会</title></head><body><h1>发布会</h1><div id='zoom'><p>"
        + "今天的发布会介绍设施建设的有关情况，并回答记者提问。" * 4
        + f"</p></div><div><a href='{href}'>更多</a></div></body></html>"
    )
    page = Page(url="https://www.scio.gov.cn/live/2026/39001/", body=body.encode(), content_type="text/html")
    found = read(page, site)
    assert isinstance(found, Article) and bool(found.branches) == is_branch
