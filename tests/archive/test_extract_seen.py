"""The text of a page is what a visitor sees of it: no less, no more, and written as it is shown."""

from __future__ import annotations

import pytest

from archive.extract import read, visible_digest
from archive.model import Article, Page

URL = "http://www.qinghe.example.gov.cn/zw/202604/t20260402_7.html"
TITLE = "关于做好防汛物资储备工作的通知"
LINE = "各镇人民政府要把防汛物资储备落实到人，每月清点一次，缺额在十日内补足，并向区防汛办报告。"
PROSE = "".join(f"<p>{mark}、{LINE}</p>" for mark in "一二三四")


def page(
    body: str, *, head: str = "", info: str = "发布时间：2026-04-02 08:30　来源：区防汛办", before: str = ""
) -> str:
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{TITLE}_青禾区人民政府</title>{head}</head><body>"
        f"{before}<div class='nav'><a href='/'>首页</a></div><div class='wrap'><h1>{TITLE}</h1>"
        f"<div class='info'>{info}</div><div class='article'>{body}</div></div>"
        "<div class='footer'>主办单位：青禾区人民政府办公室</div></body></html>"
    )


def article(html: str, captured_at: str = "") -> Article:
    found = read(Page(url=URL, body=html.encode(), content_type="text/html", captured_at=captured_at))
    assert isinstance(found, Article), found
    return found


def last(body: str, **around: str) -> str:
    """Return what the page says after its four paragraphs."""
    text = article(page(PROSE + body, **around)).text
    assert text.startswith(f"一、{LINE}\n") and text.count(LINE) == 4
    return text.split(LINE)[-1].strip("\n")


SEEN = {
    "display none": ("<p>沙袋<i style='display: none !important'>q7</i>三千条</p>", "沙袋三千条"),
    "visibility": ("<p>沙袋<b style='visibility:hidden'>q7</b>三千条</p>", "沙袋三千条"),
    "visible within invisible": ("<p>沙<b style='visibility:hidden'>q<u style='visibility:visible'>袋</u></b></p>", "沙袋"),
    "hidden attribute": ("<p>沙袋<span hidden=''>q7</span>三千条</p>", "沙袋三千条"),
    "no size": ("<p>沙袋<font style='font-size:0.0px'>q7</font>三千条</p>", "沙袋三千条"),
    "off the screen": ("<p>沙袋<em style='position:absolute;left:-999em'>q7</em>三千条</p>", "沙袋三千条"),
    "size set again": ("<div style='font-size:0'>q<span style='font-size:16px'>沙袋三千条</span></div>", "沙袋三千条"),
    "inline-block lists": ("<p style='font-size:16px'>沙袋三千条</p>", "沙袋三千条"),
    "zero width": ("<p>沙\u200b袋&#8203;三&zwnj;千\ufeff条</p>", "沙袋三千条"),
    "struck": ("<p>补助<del>3</del>8万元，<s>五</s>六月<strike>底</strike>前</p>", "补助8万元，六月前"),
    "struck by style": ("<p>补助<span style='text-decoration:line-through'>3</span>8万元</p>", "补助8万元"),
    "a price": ("<p>原价<s>120元</s>，现价90元</p>", "原价，现价90元"),
    "ruby": ("<p>饔飧<ruby>饕餮<rp>（</rp><rt>tāotiè</rt><rp>）</rp></ruby>不继</p>", "饔飧饕餮不继"),
    "ruby left open": ("<p><ruby>阌<rt>wén<rb>乡<rt>xiāng</ruby>县</p>", "阌乡县"),
    "power": ("<p>6×10<sup>5</sup>方</p>", "6×10⁵方"),
    "negative power": ("<p>10<sup>−6</sup>秒</p>", "10⁻⁶秒"),
    "broken power": ("<p>10<sup>1.5</sup>倍</p>", "10^1.5倍"),
    "power by style": ("<p>80m<span style='vertical-align:super'>2</span></p>", "80m²"),
    "note": ("<p>水位<sup>[2]</sup>，警戒线<sup><a href='#n'>3</a></sup></p>", "水位[2]，警戒线³"),
    "ordinal": ("<p>the 4<sup>th</sup> flood</p>", "the 4th flood"),
    "lowered": ("<p>SO<sub>2</sub>、PM<sub>2.5</sub></p>", "SO₂、PM2.5"),
    "filled in": ("<p>储备<input type='text' disabled value='450'>套</p>", "储备450套"),
    "field in a cell": ("<table><tr><td>物资</td><td>数量</td></tr><tr><td>帐篷</td><td><input value='60'></td></tr></table>", "物资\t数量\n帐篷\t60"),
    "no field of a text": ("<p>储备<input type=hidden value=9><input type=checkbox value=1><input type=submit value=交>套</p>", "储备套"),
    "search box": ("<p><input value='请输入关键词'></p><p>完</p>", "完"),
    "items": ("<ol><li>沙袋</li><li>块石</li></ol>", "1. 沙袋\n2. 块石"),
    "items from seven": ("<ol start='7'><li><p>沙袋</p></li><li>块石</li></ol>", "7. 沙袋\n8. 块石"),
    "letters": ("<ol type='a'><li>沙袋</li><li value='5'>块石</li></ol>", "a. 沙袋\ne. 块石"),
    "Roman backwards": ("<ol type=I reversed><li>沙袋</li><li>块石</li><li>钢管</li></ol>", "III. 沙袋\nII. 块石\nI. 钢管"),
    "Chinese": ("<ol style='list-style-type:cjk-ideographic'><li>沙袋</li><li>块石</li></ol>", "一、沙袋\n二、块石"),
    "no numbers": ("<ol style='list-style:none'><li>沙袋</li></ol>", "沙袋"),
    "items that are no items": ("<ol><li style='display:block'>沙袋</li></ol>", "沙袋"),
    "own numbers": ("<ol><li>（一）沙袋</li><li>（二）块石</li></ol>", "（一）沙袋\n（二）块石"),
    "a figure is no number": ("<ol><li>3.5万条沙袋</li></ol>", "1. 3.5万条沙袋"),
    "nested": ("<ol><li>沙袋<ul><li>编织</li></ul></li><li>块石</li></ol>", "1. 沙袋\n编织\n2. 块石"),
    "lines": ("<pre>沙袋\n  块石\r\n\n钢管</pre>", "沙袋\n块石\n钢管"),
    "lines by style": ("<div style='white-space:pre-wrap'>沙袋\n块石</div>", "沙袋\n块石"),
    "no lines in a paragraph": ("<p>沙袋\n块石</p>", "沙袋 块石"),
    "power in a style of its own": ("<p>10<sup><span style='font-size:9pt'>8</span></sup>吨</p>", "10⁸吨"),
    "power of Word": ("<p>10<sup><o:p>8</o:p></sup>吨</p>", "10⁸吨"),
    "power raised twice": ("<p>10<sup><span style='vertical-align:super'>8</span></sup>吨</p>", "10⁸吨"),
    "power corrected": ("<p>10<sup><del>7</del>8</sup>吨</p>", "10⁸吨"),
    "power with a hidden figure": ("<p>10<sup>8<i style='display:none'>7</i></sup>吨</p>", "10⁸吨"),
    "power before a line break": ("<p>10<sup>8<br></sup>吨</p>", "10⁸\n吨"),
    "range of powers": ("<p>10<sup>8～9</sup>吨</p>", "10^(8～9)吨"),
    "formula": ("<p>3×<math><msup><mn>10</mn><mn>8</mn></msup></math>吨</p>", "3×10⁸吨"),
    "fraction": ("<p>约<math><mfrac><mn>1</mn><mrow><mi>a</mi><mo>+</mo><mn>2</mn></mrow></mfrac></math></p>", "约1/(a+2)"),
    "struck in red": ("<p>补<u style='text-decoration:line-through;text-decoration-color:red'>3</u>8</p>", "补8"),
    "struck no more": ("<p>补助<s style='text-decoration:none'>3</s>8万元</p>", "补助38万元"),
    "no place for it": ("<div style='height:0;overflow:hidden'>q7</div><p>沙袋</p>", "沙袋"),
    "clipped": ("<p>沙袋<b style='clip-path:inset(50%)'>q7</b><b style='transform:scale(0)'>q7</b></p>", "沙袋"),
    "size in the font": ("<p>沙袋<b style='font:0/0 a'>q7</b></p>", "沙袋"),
    "style with a remark": ("<p>沙袋<b style='display:/**/none'>q7</b></p>", "沙袋"),
    "attribute overruled": ("<p>沙袋<b hidden style='display:inline'>三千</b></p>", "沙袋三千"),
    "dialog": ("<dialog>q7</dialog><p>沙袋</p>", "沙袋"),
    "what old browsers show": ("<p>沙袋<meter value=.6>60%</meter><video>q7</video></p>", "沙袋"),
    "hidden field": ("<p>储备<input style='display:none' value=9><input hidden value=9>套</p>", "储备套"),
    "fixed area": ("<textarea readonly>沙袋三千条\n块石</textarea>", "沙袋三千条\n块石"),
    "hidden column": ("<table><tr><td>物资</td><td style='display:none'>9</td><td>60</td></tr><tr><td>帐篷</td><td hidden>9</td><td>7</td></tr></table>", "物资\t60\n帐篷\t7"),
    "hidden item": ("<ol><li>沙袋</li><li style='display:none'>q7</li><li>块石</li></ol>", "1. 沙袋\n2. 块石"),
    "invisible item": ("<ol><li>沙袋</li><li style='visibility:hidden'>q7</li><li>块石</li></ol>", "1. 沙袋\n3. 块石"),
    "numbers by style": ("<ul style='list-style:decimal inside'><li>沙袋</li><li>块石</li></ul>", "1. 沙袋\n2. 块石"),
    "letters from five": ("<ol start=5 type=A><li>沙袋<ol type=i><li>编织</li></ol></li><li>块石</li></ol>", "E. 沙袋\ni. 编织\nF. 块石"),
    "letters after z": ("<ol start=27 type=a><li>沙袋</li></ol>", "aa. 沙袋"),
    "letter of nothing": ("<ol start=0 type=A><li>沙袋</li></ol>", "0. 沙袋"),
    "hundreds in Chinese": ("<ol start=110 style='list-style-type:cjk-ideographic'><li>沙袋</li></ol>", "一百一十、沙袋"),
    "stems": ("<ol style='list-style-type:cjk-heavenly-stem'><li>沙袋</li><li>块石</li></ol>", "甲、沙袋\n乙、块石"),
    "Greek": ("<ol start=2 style='list-style-type:lower-greek'><li>沙袋</li></ol>", "β. 沙袋"),
    "a sign for a number": ("<ol style='list-style-type:\"● \"'><li>沙袋</li></ol>", "沙袋"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "text"), SEEN.values(), ids=SEEN.keys())
def test_the_text_is_what_is_seen(body: str, text: str) -> None:
    assert last(body) == text


SHEETS = {
    "class": (".zq{display:none}", "沙袋三千条"),
    "descendant": (".article p .zq{font-size:0px}", "沙袋三千条"),
    "child and id": ("#x > .zq { visibility : hidden }", "沙袋三千条"),
    "shown again": (".zq{display:none} p .zq{display:inline}", "沙袋q7三千条"),
    "in print only": ("@media print{.zq{display:none}}", "沙袋q7三千条"),
    "narrow screens": ("@media (max-width:600px){.zq{display:none}}", "沙袋q7三千条"),
    "on screens": ("@media screen{.zq{display:none}}", "沙袋三千条"),
    "a state": (".zq:hover{display:none}", "沙袋q7三千条"),
    "commented": ("/* .zq{display:none} */", "沙袋q7三千条"),
    "in a comment of HTML": ("<!-- .zq{display:none} -->", "沙袋三千条"),
    "after an import": ("@charset 'utf-8';@import url(a.css);.zq{display:none}", "沙袋三千条"),
    "wide screens": ("@media (min-width:600px){.zq{display:none}}", "沙袋三千条"),
    "screens of a desk": (
        ".zq{display:none}@media screen and (min-width:48em){.zq{display:inline}}",
        "沙袋q7三千条",
    ),
    "where it can be done": ("@supports (display:grid){.zq{display:none}}", "沙袋三千条"),
    "important": (".zq{display:none ! important} #x .zq{display:inline}", "沙袋三千条"),
    "attribute": ("[class^=z]{display:none}", "沙袋三千条"),
    "negation": ("p i:not(.a){display:none}", "沙袋三千条"),
    "place": ("p > i:first-child{font-size:0}", "沙袋三千条"),
    "part that is no element": (".zq::before{display:none}", "沙袋q7三千条"),
    "no selector": ("p >> [[{display:none}", "沙袋q7三千条"),
}


@pytest.mark.parametrize(("css", "text"), SHEETS.values(), ids=SHEETS.keys())
def test_sheets_of_the_page_hide(css: str, text: str) -> None:
    body = "<p id='x'>沙袋<i class='zq'>q7</i>三千条</p>"
    assert last(body, head=f"<style>{css}</style>") == text


def test_what_is_struck_or_hidden_is_recorded() -> None:
    found = article(page(PROSE + "<p>补助<del>3</del>8万元<i style='display:none'>q7</i></p>"))
    assert [(one.kind, one.text) for one in found.removed] == [("struck", "3"), ("hidden", "q7")]
    assert "hidden_text" not in found.flags


PANES = {
    "twin panes": f"<div class='pane'>索引号：0001，发布机构：区防汛办。</div><div class='pane' style='display:none'>{PROSE}</div>",
    "named by a link": f"<a href='#two'>正文</a><p>本页提供摘要，请点击查看。</p><div id='two' style='display:none'>{PROSE}</div>",
    "named by a control": f"<b onclick=\"show('two')\">正文</b><p>本页提供摘要，请点击查看。</p><div id='two' hidden>{PROSE}</div>",
    "shown by a script": f"<div class='txt' style='display:none'>{PROSE}</div>",
}


@pytest.mark.parametrize("body", PANES.values(), ids=PANES.keys())
def test_a_body_that_waits_for_a_script_is_brought_to_light(body: str) -> None:
    found = article(page(body))
    assert found.text.count(LINE) == 4 and "hidden_body" in found.flags


def test_a_hidden_block_beside_the_text_stays_hidden() -> None:
    found = article(page(PROSE + f"<div style='display:none'>{PROSE.replace('防汛', '彩票') * 3}</div>"))
    assert "彩票" not in found.text and "hidden_body" not in found.flags


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(lambda html: html.replace("<div class='nav'>", "</body><div class='nav'>", 1), id="body"),
        pytest.param(lambda html: html.replace("<div class='wrap'>", "</body></html><div class='wrap'>", 1), id="html"),
        pytest.param(lambda html: html.replace("<h1>", "</div></html></body><h1>", 1), id="both and a block"),
        pytest.param(lambda html: html.replace("</body></html>", ""), id="never closed"),
        pytest.param(lambda html: html.replace("<div class='article'>", "<table><div class='article'>"), id="in a table"),
    ],
)  # fmt: skip
def test_a_page_is_built_as_browsers_build_it(broken) -> None:  # type: ignore[no-untyped-def]
    found = article(broken(page(PROSE)))
    assert found.title == TITLE and found.text.count(LINE) == 4


def test_sentences_in_links_are_a_text_and_titles_in_links_are_none() -> None:
    law = "".join(f"<p><a href='/f/{n}.html'>第{n}条　{LINE}</a></p>" for n in range(1, 4))
    assert article(page(law)).text.count(LINE) == 3
    titles = "".join(
        f"<li><a href='/f/{n}.html'>青禾区关于第{n}批防汛物资的公告</a></li>" for n in range(1, 9)
    )
    assert not isinstance(read(Page(url=URL, body=page(f"<ul>{titles}</ul>").encode())), Article)


def test_a_short_table_is_a_text() -> None:
    rows = "".join(
        f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in (("物资", "数量"), ("沙袋", "300"), ("块石", "20"))
    )
    assert article(page(f"<table>{rows}</table>")).text == "物资\t数量\n沙袋\t300\n块石\t20"


TELLING = [
    ("10<sup>2</sup>", "102"),
    ("<del>5</del>8", "<b>5</b>8"),
    ("<i style='display:none'>5</i>8", "<i style='color:red'>5</i>8"),
    ("<ol><li>甲</ol>", "<ol start=2><li>甲</ol>"),
    ("<input value=3>", "<input value=4>"),
]


@pytest.mark.parametrize(("one", "other"), TELLING)
def test_the_visible_digest_counts_what_tags_alone_say(one: str, other: str) -> None:
    digests = {visible_digest(Page(url=URL, body=page(PROSE + body).encode())) for body in (one, other)}
    assert len(digests) == 2


def test_a_page_too_odd_for_a_browsers_parser_is_read_all_the_same_and_flagged() -> None:
    found = read(Page(url=URL, body=(page(PROSE) + "<div>" * 30_000).encode()))
    assert isinstance(found, Article) and "not_html5" in found.flags and found.text.count(LINE) == 4
