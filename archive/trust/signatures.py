"""Pages that stand where an article should be, and the table of what such pages say of themselves.

They are challenges, blocks, lost and broken pages, soft 404s, parked names and default pages. The table is the
knowledge: every entry was written from pages of its kind, in the words that providers put on them. Text is
compared without white space, in lower case and in Simplified characters; the patterns are linear on any input.

The same words occur in articles ("…须通过安全验证…"), so words alone never decide. They count on a page with little to
read, no prose and no mark of an article, and only as its title, as a whole sentence of their kind, or beside
the script that such pages are made of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape

from archive.model import Outcome, Unreadable
from archive.patterns import regex

_LONGEST = 20_000
_ARTICLE = regex(
    r"<meta[^<>]{0,200}name\s*=\s*[\"']?(?:ArticleTitle|PubDate|publishdate|firstpublishedtime)\b"
    r"|(?:发布|發佈|發布)(?:时间|日期|時間)\s*[:：]\s*\d|[来來]\s*源\s*[:：]\s*[\u4e00-\u9fff]",
    re.IGNORECASE,
)
_SCRIPTED = regex(
    r"document\.cookie|location\.(?:reload|replace|href)|location\s*=|window\.location|noscript|captcha|setTimeout",
    re.IGNORECASE,
)
_COOKIE = regex(r"document\s*(?:\.\s*cookie|\[\s*['\"]cookie)")
_LEAVES = regex(
    r"location\s*(?:\.\s*href\s*|\[[^\[\]]{1,20}\]\s*)?=[^=]|location\s*\.\s*(?:reload|replace|assign)\s*\("
    r"|http-equiv\s*=\s*[\"']?refresh",
    re.IGNORECASE,
)
_SILENT = regex(r"<(?=/?(?:script|style)\b)", re.IGNORECASE)
_TAG = regex(r"<[^<>]*>")
_AROUND = regex(r"[\s!！。.,，…:：·]+")
_SIMPLIFIED = str.maketrans(
    "訪問頁網請驗證開啟啓過頻內檢測攔絕戶閱覽連結資訊錯誤備發條擊動塊繼續後還見尋該無關閉維護壞應於為會這對該資料經",
    "访问页网请验证开启启过频内检测拦绝户阅览连结资讯错误备发条击动块继续后还见寻该无关闭维护坏应于为会这对该资料经",
)
_IS_TRADITIONAL = regex("[" + "".join(map(chr, _SIMPLIFIED)) + "]")
_SORRY = regex(r"^(?:(?:很|非常)?抱歉|对不起|對不起|sorry|提示信息|提示|错误提示|error)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One kind of page: what its whole title is, sentences that only it says, words, and marks of its script."""

    outcome: Outcome
    reason: str
    titles: re.Pattern[str]
    sentences: re.Pattern[str]
    words: re.Pattern[str]
    script: re.Pattern[str]


def _known(
    outcome: Outcome,
    reason: str,
    *,
    titles: Sequence[str] = (),
    sentences: Sequence[str] = (),
    words: Sequence[str] = (),
    script: str = "",
) -> Known:
    def any_of(patterns: Sequence[str]) -> re.Pattern[str]:
        return re.compile("|".join(patterns) or r"(?!)")

    return Known(
        outcome=outcome,
        reason=reason,
        titles=any_of(titles),
        sentences=any_of(sentences),
        words=any_of(words),
        script=re.compile(script or r"(?!)", re.IGNORECASE),
    )


KNOWN = (
    _known(Outcome.BLOCKED, "challenge: 加速乐", script=r"__jsl_clearance|__jsluid"),
    _known(Outcome.BLOCKED, "challenge: 瑞数", script=r"\$_ts\b"),
    _known(Outcome.BLOCKED, "challenge: WZWS", script=r"wzws"),
    _known(
        Outcome.BLOCKED,
        "challenge: EdgeOne",
        sentences=(r"(?:restrictedaccess|securitycheck|blocked).{0,200}edgeone",),
        script=r"EO_Bot_Ssid|__tst_status|edgeone[-_. ]?(?:challenge|captcha|security)|EO-Request-ID",
    ),
    _known(
        Outcome.BLOCKED,
        "challenge: Cloudflare",
        titles=("justamoment", r"attentionrequired\|?cloudflare", "请稍候", "onemorestep"),
        sentences=(
            "checking(?:if)?(?:your|thesiteconnection)",
            "enablejavascriptandcookiestocontinue",
            "verify(?:ing)?youarehuman",
        ),
        script=r"_cf_chl_opt|cf-browser-verification",
    ),
    _known(Outcome.BLOCKED, "challenge: 阿里云", script=r"acw_sc__v[23]|aliyun_waf|_waf_bd8ce2ce37"),
    _known(
        Outcome.BLOCKED,
        "challenge",
        titles=(
            "(?:百度|腾讯|阿里|知乎|搜狗|微信|网站|网络|系统)?(?:访问|安全|人机|滑动|身份|浏览器)(?:安全)?"
            "(?:验证|检查|检测)(?:中|码|页面|中心)?",
            "(?:您的|你的)?访问(?:过于|太)?频繁",
            "robotcheck|captcha|验证码|请(?:启用|开启)javascript",
        ),
        sentences=(
            "请(?:先|您)?(?:在浏览器中)?(?:开启|启用|打开|允许)(?:您的)?(?:浏览器的?)?(?:javascript|cookie)",
            "(?:您|你)的?(?:访问|操作|请求)(?:过于|太)(?:频繁|快)",
            "请(?:完成|通过|进行)(?:以下|下方|安全|人机|滑动|操作){0,3}[,，]?验证(?:后|以|码|您|,|，)",
            "(?:不是|并非)(?:机器人|自动程序)",
            "正在(?:进行)?(?:安全|人机|浏览器|访问)?(?:验证|检查|检测)(?:您|浏览器|访问|环境|中|[,，.…。])",
            "(?:浏览器|网站)安全检查中",
            "(?:检测到|发现)(?:您|你|当前)?的?(?:网络|访问|ip|请求|操作|环境)[^。]{0,12}异常",
            "拖动(?:下方)?滑块",
            "请输入验证码(?:后)?(?:继续|访问)",
            "pleaseenable(?:js|javascript|cookies)",
        ),
        words=("访问验证", "安全验证", "人机验证", "滑动验证", "访问过于频繁", "访问频率过高"),
    ),
    _known(
        Outcome.BLOCKED,
        "blocked",
        titles=(
            "(?:http|error)?(?:40[35]|41[28])?-?(?:forbidden|accessdenied|requestdenied|禁止访问|访问被拒绝|拒绝访问)",
            "(?:http|error)?(?:403|405|412|418)(?:error|错误)?",
            "(?:访问|请求)(?:已?被)?(?:阻断|拦截|拒绝|禁止)",
            "(?:网站)?(?:waf|防火墙|云防护|安全防护|创宇盾)(?:拦截)?(?:提示|页面)?",
            "405methodnotallowed|requestblocked|youhavebeenblocked|安全拦截|拦截提示",
        ),
        sentences=(
            "(?:您|你|当前)的?(?:访问|请求|ip|操作|行为)[^。]{0,30}被[^。]{0,16}(?:阻断|拦截|拒绝|禁止|屏蔽)",
            "疑似(?:黑客)?攻击",
            "请求中?[带含]有(?:不合法|非法|危险)的?参数",
            "可能对网站造成(?:安全)?威胁",
            "365cyd",
            "[被由](?:创宇盾|云锁|安全狗|玄武盾|宝塔|网站卫士|d盾|云防护|云加速|waf|防火墙)[^。]{0,12}拦截",
            "youdon'?thavepermissiontoaccess",
            "therequest(?:edurl)?(?:was|is)(?:blocked|rejected)",
            "yourip[^.]{0,40}blocked",
        ),
        words=("创宇盾", "网站防火墙", "安全狗", "玄武盾"),
    ),
    _known(
        Outcome.GONE,
        "soft_404",
        titles=(
            "(?:http|error|错误)?404(?:error|错误|notfound|pagenotfound|页面?|错误页面?)?",
            "404[-_|—–]?(?:页面?)?(?:不存在|未找到|找不到|没有找到|丢失|出错)(?:了)?",
            "404[-_|—–](?:notfound|error|错误|页面)",
            "(?:您|你)?[所要想]?(?:访问|查看|请求|浏览|找)?的?(?:页面?|网页|文章|内容|信息)(?:已经?)?"
            "(?:不存在|未找到|没有找到|没找到|无法找到|找不到|被?删除|丢失|走丢)(?:了|或已?被?删除)?",
            "(?:找不到|未找到|没有找到|无法找到)(?:该|此|您?[要所]?(?:访问|请求)的)?(?:页面?|网页|文件|内容)",
            "(?:page|file|object)?notfound",
        ),
        sentences=(
            "(?:您|你)(?:所)?[要想]?所?(?:访问|查看|请求|浏览|查找|寻找)的"
            "(?:页面|网页|文章|内容|信息|资源|url|地址|链接|栏目)[^。]{0,12}"
            "(?:不存在|未找到|没有找到|没找到|找不到|已?被?删除|丢失|失效|走丢|下线|过期)",
            "[该此本](?:页面|网页|文章|内容|信息|新闻|稿件|栏目|链接)(?:不存在|未找到|已(?:经)?被?[^。]{0,6}(?:删除|下线|失效|过期))",
            "(?:页面|网页|文章)(?:不存在|已(?:经)?(?:被)?删除|未找到|找不到|没有找到|走丢)"
            "(?:了|或|请|返回|系统|点击|[^\u4e00-\u9fff]|$)",
            "therequestedurl[^.]{0,80}wasnotfound",
            "thepageyou(?:requested|arelookingfor|'relookingfor)[^.]{0,40}(?:notfound|exist|beenremoved)",
        ),
    ),
    _known(
        Outcome.BLOCKED,
        "icp_expired",
        titles=(
            "[该此本]?(?:网站|域名)?(?:未备案(?:提示)?|备案已?(?:过期|失效|注销)|暂时无法访问|访问受限)",
        ),
        sentences=(
            "(?:网站|域名)[^。]{0,20}未(?:进行|完成|取得|通过|办理)?[^。]{0,14}备案",
            "(?:网站|域名)[^。]{0,20}备案(?:信息|号)?已?被?(?:过期|失效|注销|取消)",
            "[因由]于?[^。]{0,12}未备案[^。]{0,20}(?:无法|不能|关闭|拦截|阻断)",
            "non-complianceicpfiling",
        ),
    ),
    _known(
        Outcome.UNREADABLE,
        "parked_domain",
        titles=(
            "[该此本]?域名(?:正在)?(?:出售|转让|已?过期|已?到期|停放|待售).{0,12}",
            "domain(?:name)?(?:forsale|expired|parking).{0,12}",
            r"[a-z0-9.-]{4,40}(?:isforsale|域名(?:出售|转让|待售))",
        ),
        sentences=(
            "域名[^。]{0,20}(?:正在(?:出售|转让)|可以?(?:出售|转让)|已经?(?:过期|到期)|(?:出售|转让)中)",
            "th(?:is|e)domain[^.]{0,40}(?:forsale|expired|parked)",
            "buythisdomain|domain(?:has)?expired|(?:is|domain)parked(?:free|by)",
        ),
        script=r"sedoparking|parkingcrew|bodis\.com|parklogic|hugedomains\.com|afternic\.com",
    ),
    _known(
        Outcome.UNREADABLE,
        "default_page",
        titles=(
            "welcometo(?:nginx|openresty|tengine|centos|caddy|jboss|wildfly|apachetomcat|lighttpd|freenginx|rockylinux"
            "|almalinux|fedora|your(?:new)?(?:website|site|domain|server)).{0,60}",
            "(?:http(?:server)?)?testpage(?:forthe|poweredby|fornginx|-?rockylinux).{0,80}|httpserver(?:testpage).{0,60}",
            "iis(?:windows(?:server)?|[0-9]).{0,12}|apache[0-9]?.{0,30}defaultpage.{0,40}|apachetomcat(?:/[0-9.]+)?",
            "indexof/.{0,80}|directorylistingfor.{0,80}|[0-9a-z.-]{4,60}-/",
            "it'?sworks?!?|itworks!?|(?:nginx|apache|httpd|openresty|caddy|lighttpd).{0,10}(?:isworking|works)",
            "(?:default|placeholder)(?:web)?(?:site|server)?(?:page|index)|defaultwebsitepage|plesk.{0,20}defaultpage",
            "(?:wampserver|xampp|mamp|phpstudy|upupw|lnmp|lamp|wdcp|oneinstack|appnode|phpnow)[^\u4e00-\u9fff]{0,30}"
            "(?:探针|首页|面板|环境|一键安装包|默认页面?|php环境){0,2}",
            "(?:宝塔|护卫神|小皮|云帮手|主机大师)(?:linux|windows)?(?:面板|服务器|主机大师|探针|默认|环境|·|-).{0,20}",
            "(?:恭喜.{0,2})?(?:您?的?(?:站点|网站|主机|服务器))(?:已经?)?(?:创建|建立|开通|搭建|部署|安装)成功.{0,4}",
            "没有找到站点|站点不存在|(?:网站|站点|服务器|虚拟主机)?默认(?:首页|主页|页面?|站点)",
            "weblogicserver.{0,20}|oracleweblogic.{0,20}|glassfishserver.{0,30}|thinkphp.{0,20}|helloworld",
        ),
        sentences=(
            "ifyou(?:can)?(?:see|arereading)thispage,?(?:the|itmeans|your)[^.]{0,60}"
            "(?:webserver|server|httpd|nginx|installed|working)",
            "(?:this|it)is(?:the|a)(?:default|placeholder)(?:welcome)?(?:web)?page",
            "defaultwebpageforthisserver|nocontenthasbeenadded(?:,?yet)?|theweb(?:server)?softwareisrunning",
            "furtherconfigurationisrequired|replacethisfile(?:before|with)",
            "恭喜.{0,4}站点创建成功|没有找到站点|您的(?:站点|网站)(?:创建|建立)成功",
            "(?:这是|本页为?)[^。]{0,20}(?:服务器|网站|站点|虚拟主机|面板)[^。]{0,10}(?:默认|自动生成)的?(?:首页|主页|页面|文件)",
            "本页面由系统自动生成|您的请求在web服务器中没有找到对应的站点",
            "^it'?sworks!?$|^itworks!?$",
            "(?:十年磨一剑|为api开发设计的高性能框架)",
        ),
    ),
    _known(
        Outcome.UNREADABLE,
        "error_page",
        titles=(
            "(?:http)?(?:error)?50[0-4](?:internalservererror|badgateway|service(?:temporarily)?unavailable"
            "|gatewaytime-?out|error|错误)?",
            "internalservererror|badgateway|service(?:temporarily)?unavailable|gatewaytimeout|runtimeerror",
            "(?:系统|服务器|运行时?)?(?:出错|错误)[了啦]?",
            "(?:网站|系统|站点)(?:正在)?(?:维护|升级|建设)(?:中|公告|升级){0,2}",
            "(?:网站|站点)已?(?:暂停|关闭|停止)(?:服务|访问|中)?",
        ),
        sentences=(
            "(?:网站|系统|站点)(?:正在|目前)(?:进行)?(?:维护|升级|建设)(?:中|，|,|。|请)",
            "therequestedurlcouldnotberetrieved",
            "(?:fatalerror|uncaughtexception|odbcdriver|sqlsyntax|stacktrace):",
        ),
    ),
    _known(
        Outcome.UNREADABLE,
        "script_shell",
        sentences=(
            "youneedtoenablejavascripttorunthisapp",
            "doesn'?tworkproperlywithoutjavascriptenabled",
        ),
    ),
)


def page_signature(text: str, title: str, html: str) -> Unreadable | None:
    """Return what stands in the article's place, or None where no known signature fits.

    ``text`` is what a visitor sees, ``title`` the ``<title>``; the first 20,000 characters are looked
    at. None does not prove an article: a home page served for a lost one is only known by asking for an
    address that never was.
    """
    text, html = text[:_LONGEST], html[:_LONGEST]
    visible = _plain(text)
    if script := _by_script(visible, html):
        return script
    if text.count("。") > 5 or _ARTICLE.search(html) or _ARTICLE.search(text):
        return None
    return _by_words(visible, _bare(title), html)


def visible_text(html: str) -> str:
    """Return about what a visitor sees of a page, unparsed: good enough to tell little from much."""
    pieces = _SILENT.split(html[:_LONGEST])
    shown = pieces[:1] + [p.partition(">")[2] for p in pieces[1:] if p.startswith("/")]
    return unescape(_TAG.sub(" ", "".join(shown)))


def page_title(html: str) -> str:
    """Return what the first ``<title>`` says, empty where there is none."""
    match = re.search(r"<title[^<>]*>([^<]*)", html[:_LONGEST], re.IGNORECASE)
    return unescape(match[1]).strip() if match else ""


def _by_script(visible: str, html: str) -> Unreadable | None:
    """Return what a page made of script and little else is. No script is run, no challenge solved."""
    if len(visible) > 300:
        return None
    for known in KNOWN:
        if known.script.search(html):
            return Unreadable(reason=known.reason, outcome=known.outcome)
    if _ARTICLE.search(html):
        return None
    if len(visible) < 60 and _COOKIE.search(html) and _LEAVES.search(html):
        return Unreadable(reason="challenge: cookie", outcome=Outcome.BLOCKED)
    if len(visible) < 30 and len(html) < 2_048 and _LEAVES.search(html):
        return Unreadable(reason="script_shell")
    return None


def _by_words(visible: str, titles: tuple[str, ...], html: str) -> Unreadable | None:
    for known in KNOWN:
        named = any(known.titles.fullmatch(title) for title in titles)
        matched = len(visible) <= 600 and known.sentences.search(visible)
        meant = len(visible) <= 200 and known.words.search(visible) and _SCRIPTED.search(html)
        if named or matched or meant or _in_source(known, visible, html):
            return Unreadable(reason=known.reason, outcome=known.outcome)
    return None


def _in_source(known: Known, visible: str, html: str) -> bool:
    """Tell whether a page that shows next to nothing says it in its source, say in ``noscript``."""
    if len(visible) > 60 or not known.reason.startswith(("challenge", "blocked", "script")):
        return False
    return known.sentences.search(_plain(html)) is not None


def _bare(title: str) -> tuple[str, ...]:
    """Return a title's readings, spaces and apologies off: all of it, and what precedes a site's name."""
    whole = _AROUND.sub("", _plain(title[:400]))[:200]
    parts = (whole, *re.split(r"[-_|丨—–]", whole)[:1])
    return tuple(_SORRY.sub("", part) or part for part in parts)


def _plain(text: str) -> str:
    flat = "".join(text.split()).lower()
    return flat.translate(_SIMPLIFIED) if _IS_TRADITIONAL.search(flat) else flat
