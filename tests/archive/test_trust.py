"""What stands in an article's place is known by its signature; what is only odd is flagged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Article, Outcome
from archive.trust import change_signs, page_signature, page_signs, page_title, verdict, visible_text
from archive.trust.signs import KINDS
from tests.conftest import Ends


def _page(title: str, body: str, head: str = "") -> str:
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{title}</title>{head}</head>"
        f"<body>{body}</body></html>"
    )


def _signature(html: str) -> tuple[str, str] | None:
    found = page_signature(visible_text(html), page_title(html), html)
    return (found.outcome.value, found.reason) if found else None


JSL_FIRST = (
    "<script>document.cookie=('_')+('_')+('j')+('s')+('l')+('_')+('c')+(+!+[]+'')+('=')+(~~''+'')"
    "+(';path=/');location.href=location.pathname+location.search</script>"
)
JSL_SECOND = (
    '<html><head><script>var _0x3a=[\'a\',\'b\'];function go(o){}go({"bts":["176.1|0|","%3D"],"chars":"xyz",'
    '"ct":"00","ha":"sha256","is":true,"tn":"__jsl_clearance_s","vt":"3600","wt":"1500"})</script></head></html>'
)
RIVERS = (
    "<html><head><meta charset='utf-8'><script r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={};</script>"
    "<script src='/q/c.js' r='m'></script></head><body></body></html>"
)

STAND_INS = [
    pytest.param(JSL_FIRST, "blocked", "challenge: cookie", id="加速乐, first answer"),
    pytest.param(JSL_SECOND, "blocked", "challenge: 加速乐", id="加速乐, second answer"),
    pytest.param(RIVERS, "blocked", "challenge: 瑞数", id="瑞数"),
    pytest.param(
        _page("", "<script>var a='WZWS-RAY';wzwschallenge='x'</script><noscript>wait</noscript>"),
        "blocked",
        "challenge: WZWS",
        id="WZWS",
    ),
    pytest.param(
        _page("", "<script>document.cookie='EO_Bot_Ssid=1';location.reload()</script>"),
        "blocked",
        "challenge: EdgeOne",
        id="EdgeOne",
    ),
    pytest.param(
        _page(
            "Just a moment...",
            "<h1>www.example.cn</h1><p>Verifying you are human. This may take a moment.</p>",
        ),
        "blocked",
        "challenge: Cloudflare",
        id="Cloudflare",
    ),
    pytest.param(
        _page("河湾市人民政府", "<noscript>请开启JavaScript并刷新该页。</noscript><script>go()</script>"),
        "blocked",
        "challenge",
        id="only in noscript",
    ),
    pytest.param(
        _page("", "<p>请启用 JavaScript 后重新访问本站</p>"), "blocked", "challenge", id="请启用JavaScript"
    ),
    pytest.param(
        _page("安全验证", "<div>为了您的访问安全，请拖动滑块完成拼图</div>"),
        "blocked",
        "challenge",
        id="安全验证",
    ),
    pytest.param(
        _page("访问验证 - 某网", "<form><input name='captcha'></form>"), "blocked", "challenge", id="访问验证"
    ),
    pytest.param(
        _page("提示", "<p>您的访问过于频繁，请稍后再试。</p>"), "blocked", "challenge", id="访问过于频繁"
    ),
    pytest.param(
        _page("403 Forbidden", "<center><h1>403 Forbidden</h1></center><hr><center>nginx</center>"),
        "blocked",
        "blocked",
        id="403 with status 200",
    ),
    pytest.param(
        _page("访问被拦截！", "<p>当前访问疑似黑客攻击，已被创宇盾拦截。</p><p>365cyd</p>"),
        "blocked",
        "blocked",
        id="创宇盾",
    ),
    pytest.param(
        _page("405", "<p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</p>"),
        "blocked",
        "blocked",
        id="阻断",
    ),
    pytest.param(
        _page("网站防火墙", "<p>您的请求带有不合法的参数，已被网站管理员设置拦截！</p>"),
        "blocked",
        "blocked",
        id="不合法的参数",
    ),
    pytest.param(
        _page("404 Not Found", "<h1>404</h1><a href='/'>返回首页</a>"),
        "gone",
        "soft_404",
        id="404 in the title",
    ),
    pytest.param(
        _page("对不起，您访问的页面不存在！", "<p>5秒后返回首页</p>"),
        "gone",
        "soft_404",
        id="您访问的页面不存在",
    ),
    pytest.param(
        _page("河湾市科技局", "<h2>抱歉，您要查看的文章不存在或已被删除</h2>"),
        "gone",
        "soft_404",
        id="已被删除",
    ),
    pytest.param(
        _page("页面不存在-河湾市人民政府", "<ul>" + "<li><a href='/x'>政务公开目录</a></li>" * 150 + "</ul>"),
        "gone",
        "soft_404",
        id="inside the site's whole menu",
    ),
    pytest.param(
        _page("example.com 域名出售", "<p>该域名正在出售，有意者请联系。</p>"),
        "unreadable",
        "parked_domain",
        id="for sale",
    ),
    pytest.param(
        _page("Parked", "<p>This domain has expired. Buy this domain.</p>"),
        "unreadable",
        "parked_domain",
        id="expired",
    ),
    pytest.param(
        _page("温馨提示", "<p>您访问的网站未进行ICP备案，暂时无法访问。</p>"),
        "blocked",
        "icp_expired",
        id="未备案",
    ),
    pytest.param(
        _page("网站暂时无法访问", "<p>该域名备案已注销，请联系接入商。</p>"),
        "blocked",
        "icp_expired",
        id="备案注销",
    ),
    pytest.param(
        _page("502 Bad Gateway", "<center><h1>502 Bad Gateway</h1></center>"),
        "unreadable",
        "error_page",
        id="502",
    ),
    pytest.param(
        _page("Welcome to nginx!", "<h1>Welcome to nginx!</h1><p>Further configuration is required.</p>"),
        "unreadable",
        "default_page",
        id="default page",
    ),
    pytest.param(
        _page("系统维护中", "<p>网站正在升级，请稍后访问</p>"), "unreadable", "error_page", id="maintenance"
    ),
    pytest.param(
        "<html><script>window.location.href='./fzggwl/'</script></html>",
        "unreadable",
        "script_shell",
        id="redirect by script",
    ),
    pytest.param(
        _page("百度安全验证", "<p>网络不给力，请稍后重试</p>"), "blocked", "challenge", id="a brand's check"
    ),
    pytest.param(
        _page("", "<p>檢測到您的網絡環境存在異常，請完成安全驗證後繼續訪問。</p>"),
        "blocked",
        "challenge",
        id="Traditional",
    ),
    pytest.param(
        _page("", "<p>您的请求已被该站点的安全策略拦截</p>"), "blocked", "blocked", id="a provider's policy"
    ),
    pytest.param(
        _page("找不到網頁", "<p>很抱歉，您訪問的頁面已刪除</p>"),
        "gone",
        "soft_404",
        id="lost, in Traditional",
    ),
    pytest.param(_page("某网", "<p>该信息不存在或未审核。</p>"), "gone", "soft_404", id="该信息不存在"),
    pytest.param(
        _page(
            "Not Found", "<h1>Not Found</h1><p>The requested URL /a.html was not found on this server.</p>"
        ),
        "gone",
        "soft_404",
        id="Apache's words",
    ),
    pytest.param(
        _page("温馨提示", "<p>该网站未进行工业和信息化部ICP备案，暂时无法访问。</p>"),
        "blocked",
        "icp_expired",
        id="备案",
    ),
    pytest.param(
        _page(
            "app", "<noscript>You need to enable JavaScript to run this app.</noscript><div id='root'></div>"
        ),
        "unreadable",
        "script_shell",
        id="an application's shell",
    ),
]


@pytest.mark.parametrize(("html", "outcome", "reason"), STAND_INS)
def test_what_stands_in_an_articles_place_is_known(html: str, outcome: str, reason: str) -> None:
    assert _signature(html) == (outcome, reason)


DEFAULT_PAGES = [
    (
        "Apache2 Debian Default Page: It works",
        "<p>This is the default welcome page used to test the server.</p>",
    ),
    ("", "<h1>It works!</h1>"),
    (
        "Apache Tomcat/9.0.71",
        "<h1>Apache Tomcat/9.0.71</h1><p>If you're seeing this, you've installed it.</p>",
    ),
    (
        "Welcome to OpenResty!",
        "<p>If you see this page, the OpenResty web platform is successfully installed.</p>",
    ),
    ("IIS Windows Server", "<a href='http://x'><img src='iisstart.png'></a>"),
    ("HTTP Server Test Page powered by CentOS", "<p>This page is used to test the proper operation.</p>"),
    ("Index of /zwgk/", "<pre><a href='../'>../</a> <a href='a.html'>a.html</a></pre>"),
    ("没有找到站点", "<p>您的请求在Web服务器中没有找到对应的站点！</p>"),
    ("恭喜，站点创建成功！", "<p>这是默认index.html，本页面由系统自动生成</p>"),
    ("", "<p>这是服务器面板自动生成的默认页面，请上传您的网站程序。</p>"),
    ("XAMPP for Linux", "<p>You have successfully installed XAMPP on this system!</p>"),
    (
        "Welcome to CentOS",
        "<p>Just visiting? The website you just visited is either experiencing problems.</p>",
    ),
    ("phpStudy 探针", "<p>服务器参数</p>"),
]


@pytest.mark.parametrize(("title", "body"), DEFAULT_PAGES, ids=[t or b[:20] for t, b in DEFAULT_PAGES])
def test_a_servers_default_page_is_no_article(title: str, body: str) -> None:
    assert _signature(_page(title, body)) == ("unreadable", "default_page")


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("关于默认公示期限的说明", "<p>来源：河湾市政务服务局</p><p>公示期限默认为五个工作日。</p>"),
        ("宝塔区人民政府关于印发工作要点的通知", "<p>　　现将工作要点印发给你们，请认真贯彻执行。</p>"),
        ("护卫神舟精神学习材料", "<p>　　各支部要组织学习，并于月底前报送情况。</p>"),
        ("恭喜！我市创建成功", "<p>　　我市创建国家卫生城市成功，各单位要巩固成果。</p>"),
        ("小皮影大舞台活动通知", "<p>　　活动定于周六上午举行，请准时参加。</p>"),
    ],
    ids=["默认", "宝塔区", "护卫", "恭喜", "小皮影"],
)
def test_an_article_that_shares_words_with_default_pages_is_read(title: str, body: str) -> None:
    assert _signature(_page(title, body)) is None


SENTENCE = "<p>　　各县区要压实责任，按季度报送进展，经费由本级财政安排，不得挤占挪用。</p>"
ARTICLES = [
    pytest.param(
        _page("河湾市网信办提醒", "<h1>谨防假冒验证页面</h1><p>近日有网民反映，登录时弹出“访问验证”。</p>"),
        id="a short warning about challenge pages",
    ),
    pytest.param(
        _page("安全验证办法_河湾市", "<h1>移动终端安全验证办法</h1>" + SENTENCE * 8),
        id="rules for 安全验证",
    ),
    pytest.param(
        _page(
            "关于网站访问过于频繁问题的说明",
            "<p>来源：河湾市网信办</p><p>因访问过于频繁，部分用户受到限制。</p>",
        ),
        id="a notice about too many requests",
    ),
    pytest.param(
        _page("404家企业入选名单公布", "<p>全市共404家企业入选，页面不存在遗漏的可反馈。</p>"), id="404 firms"
    ),
    pytest.param(
        _page(
            "关于注销一批网站备案的公告",
            "<h1>公告</h1>" + SENTENCE * 3 + "<p>下列单位的网站备案予以注销。</p>",
        ),
        id="authority cancels registrations",
    ),
    pytest.param(
        _page("系统维护公告", "<p>发布时间：2026-09-01</p><p>网站正在升级，期间暂停申报。</p>"),
        id="a dated notice of maintenance",
    ),
    pytest.param(
        _page("“您访问的页面不存在”成顽疾", SENTENCE * 7 + "<p>点开链接，您访问的页面不存在。</p>"),
        id="a report about dead links",
    ),
    pytest.param(
        _page(
            "关于召开会议的通知",
            "<div>" + SENTENCE * 2 + "</div><script>document.cookie='v=1';location.hash='x'</script>",
        ),
        id="a short notice with a cookie script",
    ),
    pytest.param(
        _page(
            "关于召开会议的通知",
            "<p>　　会议定于9月3日召开。</p>",
            '<meta name="ArticleTitle" content="关于召开会议的通知"><script>window.location.href</script>',
        ),
        id="one line, and marked as an article",
    ),
    pytest.param(
        _page("域名争议解决办法", SENTENCE * 2 + "<p>本办法自公布之日起施行</p>"), id="rules on names"
    ),
    pytest.param(
        _page("任免通知", "<p>　　免去某某同志的职务。</p>" + "<script>__jsl_clearance_note=1</script>" * 0),
        id="a very short article",
    ),
]


@pytest.mark.parametrize("html", ARTICLES)
def test_an_article_that_uses_such_words_is_no_stand_in(html: str) -> None:
    assert _signature(html) is None


def test_the_evidence_is_the_first_part_of_the_page_only() -> None:
    late = _page("通知", SENTENCE * 2_000 + "<script>$_ts=1</script>")
    assert _signature(late) is None


HOSTILE = [
    "<" * 100_000,
    "<script" * 15_000,
    "<title" * 16_000,
    "访问" * 50_000,
    "您访问的" * 25_000,
    "请" + "开启您的" * 25_000,
    "网站" * 50_000,
    " \t" * 50_000,
    "<meta " + "name " * 20_000,
    "document.cookie location " * 4_000,
    "404" * 33_000,
    "域名" * 50_000,
    "this domain " * 8_000,
    "-_|" * 33_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=[t[:8] for t in HOSTILE])
def test_no_hostile_page_holds_it_up(text: str, ends: Ends) -> None:
    with ends(5):
        page_signature(text, text, text)
        page_signature(visible_text(text), page_title(text), text)
        page_signs(_article(text, text), html_title=text, outlinks=[text], domains=["a.cn"], hidden=[text])
        change_signs(text, text[::2])


@given(st.text(), st.text(), st.text())
def test_no_page_raises(text: str, title: str, html: str) -> None:
    found = page_signature(text, title, html)
    assert found is None or found.outcome in {Outcome.BLOCKED, Outcome.GONE, Outcome.UNREADABLE}


# --- weak signs -------------------------------------------------------------------------------------------

TITLE = "河湾市加快海洋渔业转型升级若干措施"
TEXT = "\n".join(
    [
        "为推动海洋渔业高质量发展，结合本市实际，制定以下措施。",
        "一、支持建造深水抗风浪网箱，单只补助不超过60万元，三年内新增网箱300只。",
        "二、鼓励渔船更新改造，对拆解木质渔船的船主按每千瓦5000元给予补贴。",
        "三、建设冷链集散中心，到2028年鲜销水产品冷链流通率达到75%以上。",
        "四、完善渔民培训制度，每年培训职务船员不少于800人次，费用由市财政承担。",
        "五、加强渔港监督，严查“三无”船舶和电毒炸鱼行为，对举报属实的予以奖励。",
    ]
)
CASINO = "\n".join(
    [
        "澳门新葡京娱乐场官网，真人百家乐平台，注册送彩金88元，老虎机游戏下载。",
        "开云体育、九游会、华体会官方入口，世界杯买球网站，投注平台大全，秒到账。",
        "本平台拥有最高返水，时时彩、北京赛车、一肖一码每日更新，客服全天在线。",
    ]
    * 3
)


def _article(title: str = TITLE, text: str = TEXT) -> Article:
    return Article(title=title, text=text)


def _signs(**changes: object) -> tuple[str, ...]:
    given_: dict[str, object] = {
        "html_title": f"{TITLE}_政务公开_河湾市人民政府",
        "outlinks": [],
        "domains": ("hewan.example.cn",),
        "page_text": "首页 政务公开 河湾市人民政府办公室主办",
    }
    article = changes.pop("article", _article())
    assert isinstance(article, Article)
    return page_signs(article, **{**given_, **changes})  # type: ignore[arg-type]


def test_a_clean_page_shows_no_sign() -> None:
    assert _signs() == ()
    assert verdict(()) == "trusted"


@pytest.mark.parametrize(
    "title",
    [
        "国产精品久久|亚洲无码|在线观看免费",
        "澳门新葡京丨真人百家乐丨注册送彩金",
        "国-产-精-品,人·妻,乱 伦",
        "澳門新葡京_真人娛樂_老虎機遊戲",
        "白癜风医院哪家好_专治白癜风_河湾",
        "某某体育app下载-某某体育官方网站登录入口",
        "日本免费高清视频在线观看,中文字幕",
        "河湾棋牌游戏平台下载|手机版",
    ],
)
def test_a_spam_title_over_an_intact_body_is_flagged_and_not_quarantined(title: str) -> None:
    found = _signs(html_title=title)
    assert "spam_title" in found
    assert verdict(found) == "flagged"


def test_a_title_that_shares_nothing_with_the_page_is_foreign() -> None:
    assert _signs(html_title="秋季新款女装清仓特卖会") == ("title_foreign",)
    assert _signs(html_title="河湾市人民政府") == (), "the site's name stands in its footer"
    assert _signs(html_title="") == ()


def test_a_replaced_body_with_spam_is_quarantined() -> None:
    found = _signs(
        article=_article("澳门新葡京娱乐场", CASINO), html_title="澳门新葡京娱乐场"
    ) + change_signs(CASINO, TEXT)
    assert {"spam_title", "spam_body", "body_replaced"} <= set(found)
    assert verdict(found) == "quarantined"


def test_a_spam_page_is_quarantined_at_first_sight() -> None:
    found = _signs(article=_article("澳门新葡京娱乐场", CASINO), html_title="澳门新葡京娱乐场")
    assert verdict(found) == "quarantined"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "公安机关打击跨境赌博",
            "警方捣毁赌场3处，查获老虎机26台，涉案百家乐台桌9张，参赌人员投注逾两百万元。" + TEXT,
        ),
        (
            "彩票公益金使用公告",
            "体彩开奖与彩票发行工作有序开展，中奖号码以公证为准，公益金用于养老服务。" + TEXT,
        ),
        ("艾滋病性病防治计划", "加强性病、不孕不育、癫痫等诊疗规范管理，整治代孕和虚假医疗广告。" + TEXT),
        ("网络版权“剑网”行动", "严厉打击私服、外挂和色情网站，清理成人内容，规范在线观看平台。" + TEXT),
        ("电子税务提醒", "纳税人可以到办税厅代开增值税专用发票，谨防办证刻章类诈骗信息。" + TEXT),
    ],
    ids=["police", "lottery", "health", "copyright", "tax"],
)
def test_honest_texts_about_such_things_show_no_spam(title: str, text: str) -> None:
    found = _signs(article=_article(title, text), html_title=f"{title}_河湾市人民政府")
    assert "spam_title" not in found
    assert "spam_body" not in found


def test_links_out_of_the_body_count_by_foreign_host() -> None:
    out = ["https://a1.top/x", "https://b2.xyz/y", "https://c3.example.com/z"]
    assert _signs(outlinks=out) == ("foreign_links",)
    assert _signs(outlinks=out[:2]) == ()
    assert _signs(outlinks=["https://a.shop.com/1", "https://b.shop.com/2", "http://shop.com/3"]) == ()
    assert _signs(outlinks=["https://service.weibo.com/share", *out[:2]]) == ()
    own = [
        "https://www.gov.cn/x",
        "https://kjj.hewan.example.cn/1",
        "https://www.nsfc.edu.cn/",
        "mailto:x",
        "http://[",
    ]
    assert _signs(outlinks=own * 3) == ()


def test_spam_that_no_visitor_sees_is_a_sign_of_its_own() -> None:
    assert _signs(hidden=[CASINO]) == ("hidden_text",)
    assert _signs(hidden=["更多要闻", TEXT * 50]) == (), "hidden headlines are common and harmless"
    assert verdict(_signs(hidden=[CASINO], html_title="老虎机游戏_北京赛车")) == "quarantined"


def test_change_signs_tell_edits_from_replacement_and_loss() -> None:
    edited = TEXT.replace("60万元", "80万元").replace("鼓励", "可以")
    assert change_signs(edited, TEXT) == ()
    assert change_signs(TEXT + TEXT, TEXT) == ()
    assert change_signs(TEXT[: len(TEXT) // 3], TEXT) == ("shrunken",)
    assert change_signs("公告正在整理。", TEXT) == ("shrunken",)
    assert "body_replaced" in change_signs(CASINO, TEXT)
    assert change_signs(TEXT, "短讯。") == ()
    assert change_signs(TEXT, "") == ()


def test_a_text_in_other_characters_is_not_replaced() -> None:
    traditional = str.maketrans("为动业发结实际补鼓励渔费们举报损", "為動業發結實際補鼓勵漁費們舉報損")
    assert change_signs(TEXT.translate(traditional), TEXT) == ()


@pytest.mark.parametrize("sign", sorted(set(KINDS) - {"shrunken"}))
def test_one_weak_sign_only_flags(sign: str) -> None:
    assert verdict([sign]) == "flagged"


@pytest.mark.parametrize(
    ("signs", "follows"),
    [
        (["shrunken"], "quarantined"),
        (["title_foreign", "spam_title"], "flagged"),
        (["spam_title", "spam_body"], "quarantined"),
        (["foreign_links", "body_replaced"], "quarantined"),
        (["hidden_text", "title_foreign"], "quarantined"),
    ],
    ids=["shrunken alone", "both about the title", "title and body", "links and change", "hidden and title"],
)
def test_two_signs_quarantine_when_they_look_at_different_things(signs: list[str], follows: str) -> None:
    assert verdict(signs) == follows
