"""Pages for the tests of the reader: our own texts in the markup of publishing systems that sites run."""

from __future__ import annotations

from archive.model import Page

PARAGRAPHS = (
    "为进一步做好城市公共自行车站点的布局和维护工作，方便市民绿色出行，现就有关事项通知如下。",
    "一、各区要在年底前完成站点的摸底调查，建立台账，明确责任人，做到底数清、情况明。",
    "二、新建小区应当同步规划公共自行车站点，与道路、公交站点的距离一般不超过三百米。",
    "三、运营单位要定期检修车辆，及时更换损坏部件，保证车辆完好率不低于百分之九十五。",
)
TITLE = "关于做好公共自行车站点布局工作的通知"
BODY = "".join(f"<p>　　{p}</p>" for p in PARAGRAPHS)
SIGNED = BODY + "<p style='text-align:right'>市交通运输局</p><p style='text-align:right'>2024年5月6日</p>"

_MENU = "".join(
    f'<li><a href="/{n}/">{name}</a></li>'
    for n, name in enumerate(("首页", "政务公开", "政务服务", "互动交流"))
)
_FOOT = (
    '<div class="footer"><p>主办单位：某市交通运输局　承办单位：市信息中心</p>'
    '<p><a href="/map">网站地图</a> | <a href="/us">联系我们</a></p>'
    "<p>某ICP备00000000号-1　网站标识码：0000000000　某公网安备 00000000000000号</p></div>"
)
METAS = (
    f'<meta name="SiteName" content="某市交通运输局"><meta name="ArticleTitle" content="{TITLE}">'
    '<meta name="PubDate" content="2024-05-09 08:00"><meta name="ContentSource" content="公共交通处">'
)
BYLINE = (
    '<div class="info"><span>发布时间：2024-05-07 15:30</span>　<span>来源：公共交通处</span>　'
    "<span>【字体：<a>大</a> <a>中</a> <a>小</a>】</span> <span>浏览次数：<b id='n'></b></span></div>"
)
TOOLS = (
    '<div class="tools"><a>【打印】</a><a>【关闭】</a></div>'
    '<div class="share">分享到：<a>微信</a><a>微博</a></div><p>责任编辑：编辑部</p><div>扫一扫在手机打开当前页</div>'
    '<ul class="pn"><li>上一篇：<a href="1.html">关于开展冬季安全检查的通知</a></li>'
    '<li>下一篇：<a href="2.html">关于调整部分公交线路的公告</a></li></ul>'
)


def page(
    inner: str,
    *,
    title: str = f"{TITLE}_某市交通运输局",
    head: str = METAS,
    url: str = "https://www.example.gov.cn/zwgk/202405/t20240507_100.html",
    content_type: str = "text/html; charset=utf-8",
) -> Page:
    """Return a page with navigation and footer around ``inner``."""
    text = (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>{head}'
        "<script>var a='<p>脚本里的文字，不是正文。</p>';</script></head><body>"
        f'<div class="header"><ul class="nav">{_MENU}</ul></div>'
        '<div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/tz/">通知公告</a></div>'
        f"{inner}{_FOOT}</body></html>"
    )
    return Page(url=url, body=text.encode(), content_type=content_type)


def article(
    container: str, body: str = SIGNED, *, heading: str = f"<h1>{TITLE}</h1>", after: str = TOOLS
) -> str:
    """Return headline, byline, the container with the body in it (``{}`` marks its place), and the tools."""
    return f'<div class="main">{heading}{BYLINE}{container.format(body)}{after}</div>'
