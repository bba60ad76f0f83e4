"""Pages that stand where an article should be: challenges, blocks, soft 404s, parked names, default pages.

The same words occur in articles ("…须通过安全验证…"), so words alone never decide. They count on a page
with little to read, no prose and no mark of an article, and only as its title, as a whole sentence of their
kind, or beside the script that such pages are made of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from archive.models import Outcome, Unreadable

_SEEN = 20_000
_ARTICLE = re.compile(
    r"<meta[^<>]{0,200}name\s*=\s*[\"']?(?:ArticleTitle|PubDate|publishdate|firstpublishedtime)\b"
    r"|(?:发布|發佈|發布)(?:时间|日期|時間)\s*[:：]\s*\d|[来來]\s*源\s*[:：]\s*[\u4e00-\u9fff]",
    re.IGNORECASE,
)
_SCRIPTED = re.compile(
    r"document\.cookie|location\.(?:reload|replace|href)|location\s*=|window\.location|noscript|captcha|setTimeout",
    re.IGNORECASE,
)
_COOKIE = re.compile(r"document\s*(?:\.\s*cookie|\[\s*['\"]cookie)")
_LEAVES = re.compile(
    r"location\s*(?:\.\s*href\s*|\[[^\[\]]{1,20}\]\s*)?=[^=]|location\s*\.\s*(?:reload|replace|assign)\s*\("
    r"|http-equiv\s*=\s*[\"']?refresh",
    re.IGNORECASE,
)
_SILENT = re.compile(r"<(?=/?(?:script|style)\b)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_AROUND = re.compile(r"[\s!！。.,，…:：·]+")
_SORRY = re.compile(r"^(?:(?:很|非常)?抱歉|对不起|對不起|sorry|提示信息|提示|错误提示|error)")


@dataclass(frozen=True, slots=True)
class _Known:
    """One kind of page: words that are its whole title, sentences that only it says, and marks of its script.

    ``titles``, ``sentences`` and ``words`` are compared without white space, in lower case; ``script`` is
    sought in the source.
    """

    outcome: Outcome
    reason: str
    titles: str = r"(?!)"
    sentences: str = r"(?!)"
    words: str = r"(?!)"
    script: str = r"(?!)"


_KNOWN = (
    _Known(Outcome.BLOCKED, "challenge: 加速乐", script=r"__jsl_clearance|__jsluid"),
    _Known(Outcome.BLOCKED, "challenge: 瑞数", script=r"\$_ts\b"),
    _Known(
        Outcome.BLOCKED,
        "challenge: WZWS",
        script=r"wzws[-_]?(?:challenge|ray|cid|method|params|confirm)|WZWS",
    ),
    _Known(
        Outcome.BLOCKED,
        "challenge: EdgeOne",
        script=r"EO_Bot_Ssid|__tst_status|edgeone[-_. ]?(?:challenge|captcha|security)|EO-Request-ID",
        sentences=r"(?:restrictedaccess|securitycheck|blocked).{0,200}edgeone",
    ),
    _Known(
        Outcome.BLOCKED,
        "challenge: Cloudflare",
        titles=r"justamoment|attentionrequired\|?cloudflare|请稍候|請稍候|onemoreste?p",
        sentences=r"checking(?:if)?(?:your|thesiteconnection|yourbrowser)|enablejavascriptandcookiestocontinue"
        r"|verify(?:ing)?youarehuman",
        script=r"_cf_chl_opt|cf-browser-verification",
    ),
    _Known(Outcome.BLOCKED, "challenge: 阿里云", script=r"acw_sc__v[23]|aliyun_waf|renderData.{0,80}acw"),
    _Known(
        Outcome.BLOCKED,
        "challenge",
        titles=r"(?:网站|网络)?(?:访问|安全|人机|滑动|身份|浏览器)(?:安全)?(?:验证|检查|检测|驗證)(?:中|码|页面|中心)?"
        r"|(?:您的|你的)?访问(?:过于|太)?频繁|robotcheck|captcha|验证码|請啟用javascript|请开启javascript",
        sentences=r"[请請](?:先)?(?:开启|開啟|启用|啟用|打开|允许)(?:您的|浏览器的?)*javascript"
        r"|(?:您|你)(?:的)?(?:访问|操作|请求)(?:过于|太)频繁|请(?:完成|通过)(?:以下|下方|安全|人机|滑动)*验证(?:后|以|码|,|，)"
        r"|正在进行(?:安全|人机|浏览器|访问)?(?:验证|检查|检测)|(?:浏览器|网站)安全检查中|拖动滑块|请输入验证码(?:后)?(?:继续|访问)",
        words=r"访问验证|安全验证|人机验证|滑动验证|访问过于频繁|访问频率过高",
    ),
    _Known(
        Outcome.BLOCKED,
        "blocked",
        titles=r"(?:40[35]|41[28])?(?:forbidden|accessdenied|requestdenied|禁止访问|访问被拒绝|拒绝访问)|403|405|412|418"
        r"|(?:访问|请求)(?:被|已被)?(?:阻断|拦截|拒绝|禁止)|(?:网站)?(?:waf|防火墙|云防护|安全防护|创宇盾)(?:拦截)?(?:提示|页面)?"
        r"|405methodnotallowed|requestblocked|youhavebeenblocked|安全拦截|拦截提示",
        sentences=r"(?:您|你|当前)的?(?:访问|请求|ip|操作|行为)[^。]{0,30}(?:被阻断|被拦截|被拒绝|被禁止|已被(?:创宇盾|网站|防火墙|系统|管理员))"
        r"|疑似(?:黑客)?攻击|请求(?:中)?(?:带|含)有(?:不合法|非法|危险)(?:的)?参数|可能对网站造成(?:安全)?威胁|365cyd"
        r"|(?:被|由)(?:创宇盾|云锁|安全狗|玄武盾|宝塔|网站卫士|d盾|云防护|waf|防火墙)[^。]{0,12}拦截"
        r"|youdon'?thavepermissiontoaccess|therequest(?:edurl)?(?:was|is)(?:blocked|rejected)|yourip[^.]{0,40}blocked",
        words=r"创宇盾|网站防火墙|安全狗|玄武盾",
    ),
    _Known(
        Outcome.GONE,
        "soft_404",
        titles=r"(?:http)?(?:error|错误)?404(?:error|错误|notfound|pagenotfound|页面?|错误页面?|(?:页面)?(?:不存在|未找到|找不到|没有找到|丢失).*)?"
        r"|404[-_|—–:](?:notfound|error|错误|页面|找不到|页面?(?:不存在|未找到|找不到|没有找到|丢失)).{0,20}"
        r"|(?:您|你)?(?:所|要|想)?(?:访问|查看|请求|浏览|找)?的?(?:页面|网页|文章|内容|信息|页)(?:已经?)?(?:不存在|未找到|没有找到|没找到|无法找到"
        r"|找不到|被?删除|丢失|走丢)(?:了|或已?被?删除)?|(?:找不到|未找到|没有找到|无法找到)(?:该|此|您?(?:要|所)?(?:访问|请求)的)?(?:页面?|网页|文件|内容)"
        r"|(?:page|file|object)?notfound|pagenotfound|找不到页面|文章不存在",
        sentences=r"(?:您|你)(?:所)?(?:要|想)?(?:所)?(?:访问|查看|请求|浏览|查找|寻找)的(?:页面|网页|文章|内容|信息|资源|url|地址|链接)"
        r"[^。]{0,12}(?:不存在|未找到|没有找到|没找到|找不到|已?被?删除|丢失|失效|走丢|下线|过期)"
        r"|(?:页面|网页|文章)(?:不存在|已(?:经)?(?:被)?删除|未找到|找不到|没有找到|走丢)(?:了|或|请|返回|系统|点击|[^\u4e00-\u9fff]|$)"
        r"|therequestedurlwasnotfound|thepageyou(?:requested|arelookingfor)[^.]{0,40}(?:notfound|exist)",
    ),
    _Known(
        Outcome.BLOCKED,
        "icp_expired",
        titles=r"(?:网站|域名|该网站|该域名)?(?:未备案|备案(?:已)?(?:过期|失效|注销)|未备案提示|暂时无法访问|访问受限)",
        sentences=r"(?:网站|域名)[^。]{0,20}(?:未(?:进行|完成|取得|通过)?(?:icp)?备案|备案(?:信息|号)?(?:已)?(?:被)?(?:过期|失效|注销|取消))"
        r"|未(?:进行|完成|取得)icp备案[^。]{0,30}(?:无法|不能|暂停|禁止)|(?:因|由于)[^。]{0,12}未备案[^。]{0,20}(?:无法|不能|关闭|拦截)",
    ),
    _Known(
        Outcome.UNREADABLE,
        "parked_domain",
        titles=r"(?:该|此|本)?域名(?:正在)?(?:出售|转让|已过期|已到期|过期|到期|停放|待售).{0,12}|domain(?:name)?(?:forsale|expired|parking).{0,12}"
        r"|[a-z0-9.-]{4,40}(?:isforsale|域名(?:出售|转让|待售))",
        sentences=r"(?:该|此|本|您(?:所)?访问的)?域名[^。]{0,20}(?:正在(?:出售|转让)|可(?:以)?(?:出售|转让)|(?:已|已经)(?:过期|到期)|(?:出售|转让)中)"
        r"|th(?:is|e)domain[^.]{0,40}(?:forsale|expired|parked)|buythisdomain|domain(?:has)?expired",
        script=r"sedoparking|parkingcrew|bodis\.com|parklogic|hugedomains\.com|afternic\.com",
    ),
    _Known(
        Outcome.UNREADABLE,
        "error_page",
        titles=r"(?:http)?(?:error)?50[0-4](?:internalservererror|badgateway|service(?:temporarily)?unavailable|gatewaytime-?out|error|错误)?"
        r"|internalservererror|badgateway|service(?:temporarily)?unavailable|gatewaytimeout|runtimeerror"
        r"|welcometo(?:nginx|openresty|tengine|centos).{0,20}|iis(?:windowsserver|\d).{0,12}|apache\d?.{0,30}defaultpage.{0,20}|indexof/.{0,80}"
        r"|(?:网站|系统|站点)(?:正在)?(?:维护|升级|建设)(?:中|公告|升级)*|(?:网站|站点)(?:已)?(?:暂停|关闭|停止)(?:服务|访问|中)?|没有找到站点|(?:恭喜.{0,2})?站点创建成功",
        sentences=r"(?:网站|系统|站点)(?:正在|目前)(?:进行)?(?:维护|升级|建设)(?:中|，|,|。|请)|恭喜.{0,2}站点创建成功|没有找到站点"
        r"|(?:fatalerror|uncaughtexception|odbcdriver|sqlsyntax|stacktrace):",
    ),
)
_COMPILED = tuple(
    (
        k,
        re.compile(k.titles),
        re.compile(k.sentences),
        re.compile(k.words),
        re.compile(k.script, re.IGNORECASE),
    )
    for k in _KNOWN
)


def page_signature(text: str, title: str, html: str) -> Unreadable | None:
    """Return what stands in the article's place, or None where no known signature fits.

    ``text`` is what a visitor sees, ``title`` the ``<title>``; the first 20,000 characters are looked
    at. None does not prove an article: a home page served for a lost one is only known by asking for an
    address that never was.
    """
    text, html = text[:_SEEN], html[:_SEEN]
    seen = re.sub(r"\s+", "", text).lower()
    if script := _by_script(seen, html):
        return script
    if text.count("。") > 5 or len(seen) > 3_000 or _ARTICLE.search(html) or _ARTICLE.search(text):
        return None
    return _by_words(seen, _bare(title), html)


def visible_text(html: str) -> str:
    """Return about what a visitor sees of a page, unparsed: good enough to tell little from much."""
    pieces = _SILENT.split(html[:_SEEN])
    shown = pieces[:1] + [p.partition(">")[2] for p in pieces[1:] if p.startswith("/")]
    return unescape(_TAG.sub(" ", "".join(shown)))


def page_title(html: str) -> str:
    """Return what the first ``<title>`` says, empty where there is none."""
    found = re.search(r"<title[^<>]*>([^<]*)", html[:_SEEN], re.IGNORECASE)
    return unescape(found[1]).strip() if found else ""


def _by_script(seen: str, html: str) -> Unreadable | None:
    """Return what a page made of script and little else is. No script is run, no challenge solved."""
    if len(seen) > 300:
        return None
    for known, _, _, _, script in _COMPILED:
        if script.search(html):
            return Unreadable(reason=known.reason, outcome=known.outcome)
    if _ARTICLE.search(html):
        return None
    if len(seen) < 60 and _COOKIE.search(html) and _LEAVES.search(html):
        return Unreadable(reason="challenge: cookie", outcome=Outcome.BLOCKED)
    if len(seen) < 30 and len(html) < 2_048 and _LEAVES.search(html):
        return Unreadable(reason="script_shell")
    return None


def _by_words(seen: str, titles: tuple[str, ...], html: str) -> Unreadable | None:
    for known, title, sentences, words, _ in _COMPILED:
        named = any(title.fullmatch(t) for t in titles)
        said = len(seen) <= 600 and sentences.search(seen)
        meant = len(seen) <= 200 and words.search(seen) and _SCRIPTED.search(html)
        if named or said or meant or _in_source(known, sentences, seen, html):
            return Unreadable(reason=known.reason, outcome=known.outcome)
    return None


def _in_source(known: _Known, sentences: re.Pattern[str], seen: str, html: str) -> bool:
    """Tell whether a page that shows next to nothing says it in its source, say in ``noscript``."""
    if len(seen) > 60 or not known.reason.startswith(("challenge", "blocked")):
        return False
    return sentences.search(re.sub(r"\s+", "", html).lower()) is not None


def _bare(title: str) -> tuple[str, ...]:
    """Return a title's readings, spaces and apologies off: all of it, and what precedes a site's name."""
    whole = _AROUND.sub("", title.lower())[:200]
    parts = (whole, *re.split(r"[-_|丨—–]", whole)[:1])
    return tuple(_SORRY.sub("", part) or part for part in parts)
