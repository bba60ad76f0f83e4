"""Lines that are furniture of a page, recognised by what they say: controls, editors' lines, disclaimers, bylines.

Each rule looks at one whole line, short, with its white space taken out. A rule that could hit a sentence of an
article is only used at the edges of the text (``EDGE``).
"""

from __future__ import annotations

import re
from functools import lru_cache

from archive.extract.notation import plain

# Patterns are written in Simplified; these characters of theirs are folded before matching, nothing else.
_TRADITIONAL = "關閉窗視轉載權經聯閱讀報導連結鏈編輯責來發佈時間點擊瀏覽頁頂聲許證備類熱門選網評論們圖書簽檢視參與專題總數據後條則聞臺記撰處單級標題體號鍵詞讚擴繁簡無礙訂閱"
_SIMPLIFIED = "关闭窗视转载权经联阅读报导连结链编辑责来发布时间点击浏览页顶声许证备类热门选网评论们图书签检视参与专题总数据后条则闻台记撰处单级标题体号键词赞扩繁简无碍订阅"
_FOLD = str.maketrans(_TRADITIONAL, _SIMPLIFIED)
_FOLDED = re.compile(f"[{_TRADITIONAL}]")
SPACE = re.compile(r"[\s\u3000\u00a0\u200b\ufeff]+")
_CONTROL_WORDS = re.compile(
    r"打印(?:本页|页面|文章|此页|正文|本文|预览|本稿|文稿)?|列印|友善列印|关闭(?:窗口|本页|页面|当前页面?|此页)?|關閉視窗|關閉窗口|"
    r"返回(?:顶部|首页|列表|专栏首页|上一[页级]|頂部|首頁|目录)|回到顶部|收藏(?:本文|此页|本页)?|加入收藏|"
    r"(?:将本文|我要|文章)?分享(?:到|文章到|至|本文|按钮|工具|让更多人看到)?|转发(?:到|至)?|字体(?:大小|颜色)?|字型(?:大小)?|字號|"
    r"(?:浏览|文字)?字号|默认|放大|缩小|正常|超大|增大|减小|保存|下载(?:本文|文字版|图片版|pdf)?|复制链接|微信(?:好友)?|朋友圈|微博|"
    r"qq空间|qq好友|新浪微博|腾讯微博|人人网|开心网|豆瓣|facebook|twitter|plurk|line|email|"
    r"(?:内容|我要)?纠错|推荐(?:给朋友)?|举报|评论|语音(?:播报|朗读)?|朗读|收听|繁体|简体|手机(?:版|看新闻)|无障碍(?:阅读|浏览)?|"
    r"取消|标签|更多|本页|页面|正文|大|中|小|t\||a[-+]|[at]|打 ?印|关 ?闭|top|投稿|背景色|护眼",
    re.I,
)
_STRONG_CONTROL = re.compile(
    r"打印|列印|关闭|關閉|返回|收藏|分享|字体|字号|字號|字型|纠错|顶部|朗读|播报|复制链接|空间|微博|转发",
    re.I,
)
_PUNCTUATION = re.compile(r"[\[\]【】〖〗()（）|｜:：/·>»«<\-+_,，、.。!！\s]+")

_WHOLE = tuple(
    (kind, re.compile(pattern, re.I))
    for kind, pattern in (
        (
            "editor",
            r"^[【\[（(]?(?:本文|文章|网络|网站)?(?:责任编辑|责编|责任校对|值班编辑|值班主任)(?:人|员)?[】\]]?[:：].{0,40}$"
            r"|^[^，。；]{0,30}(?:责任编辑|责编)[】\]]?[:：][^，。；]{0,16}$|^(?:网络)?编辑[:：][^，。；]{1,12}$"
            r"|^[【\[（(](?:责任编辑|责编|编辑|作者).{0,20}[】\])）](?:[(（【\[]责任编辑.{0,20}[】\])）])?$|^(?:责任编辑|责编)$"
            r"|^[（(][\u4e00-\u9fff、]{2,12}(?:编辑|责编)[）)]$",
        ),
        (
            "qr code",
            r"^.{0,8}(?:扫一扫|扫码|扫描|二维码).{0,16}(?:页面?|页|查看|观看|分享|打开|浏览|关注|阅读)[】）)]?$|^扫一扫.{0,12}$"
            r"|^(?:请?点击|选择)?(?:右上角|在浏览器中打开).{0,10}$|^用手机(?:浏览|打开|看).{0,8}$",
        ),
        (
            "neighbours",
            r"^[▪·•<>«»\[【（(]{0,3}(?:上|下|前|后|後)(?:一?[篇条條则則]|一?(?:页|頁|新闻))[】\]）)]?(?:[:：<>»«].{0,100})?$",
        ),
        (
            "counter",
            r"^[(（\[]?(?:总?浏览|点击|阅读|点击|访问|人气|瀏覽|點擊|阅)(?:次数|量|数|人数|率|人次)?[:：]?[-\d,]*次?[)）\]]?$",
        ),
        (
            "breadcrumb",
            r"^(?:您?(?:的|所在|现在)?(?:当前|所在)?的?位置|当前位置|您所在的位置|您的位置|目前位置|現在位置)[:：是].{0,80}$|^首页[>»›].{0,60}$",
        ),
        (
            "hint",
            r"即将离开.{0,24}(?:网站|门户|本站|平台)|浏览器版本(?:过低|较低|太低)|(?:升级|更换|使用其[他它]).{0,12}浏览器|"
            r"极速模式|^(?:放弃|继续)(?:访问|浏览)?$|^我在听|没听清|请再说|^(?:正在)?加载中|^loading|请(?:您)?稍[候后]",
        ),
        (
            "controls",
            r"^(?:更多(?:新闻|精彩|内容|详情)?|查看(?:更多|全部|原文)|点击(?:查看|进入).{0,12}|阅读原文|我要评论|网友评论|发表评论|欢迎发表评论|已有\d*人?(?:参与|评论).{0,6})[>»》]*$",
        ),
    )
)
_RELATED = re.compile(
    r"^[▪·•■◆●★□▲◎【\[>]{0,2}(?:(?:相关|關聯|相關|关联)(?:链接|連結|新闻|新聞|阅读|閱讀|文章|报道|報導|报导|文档|信息|推荐|内容|稿件|解读|政策|专题|文件|消息|资讯|视频|图片|公告|话题)"
    r"|(?:延伸|推荐|更多|精彩|热门|扩展)(?:阅读|閱讀|新闻|新聞|推荐|内容|文章|报道|专题|视频|图片)|猜你喜欢|大家都在看|您?可能(?:还|会|也)?(?:喜欢|感兴趣).{0,6}|编辑推荐|"
    r"热点(?:新闻|推荐|专题|排行)|今日(?:热点|推荐)|最新(?:新闻|文章|消息|资讯|推荐)|(?:新闻|点击|阅读)排行榜?|为您推荐|往期回顾|责编推荐|友情链接|网友评论|最新评论|热门评论|文章评论|我要评论)"
    r"[】\]]?(?:[:：>»》.…]|\(\d+\)|更多)*$"
)
_DISCLAIMER = re.compile(
    r"(?:版权与?(?:及|和)?(?:免责)?声明|免责声明|版权声明|法律声明|特别(?:声明|提醒))[】]?[:：]"
    r"|^[【(（]?(?:免责|版权|特别|郑重)?(?:及免责)?声明[】)）]?[:：]"
    r"|(?:凡|所有)?(?:本网|本站|本报|本刊|本文).{0,40}(?:转载|轉載).{0,40}(?:注明|授权|版权|目的在于|不代表|观点)"
    r"|未经.{0,20}(?:授权|许可|同意|允许).{0,30}(?:转载|摘编|复制|镜像|使用)"
    r"|(?:仅|只)代表(?:作者|发布者|该?网友)(?:本?人|个人)?(?:的)?(?:观点|立场|看法)|不代表(?:本网|本站|.{2,8}(?:网|报))(?:的)?(?:观点|立场|同意)"
    r"|^凡(?:本网|本站|注明|来源|在本).{0,60}(?:注明|来源|作品|稿件)|请自行核实相关内容|投资有风险.{0,10}入市"
)
_FOOTER = re.compile(
    r"ICP[备備证證]|icp备|公网安备|公安备案|网站标识码|©|copy;|Copyright|All ?Rights? ?Reserved|版权所有|版權所有|许可证[号:：编]|"
    r"建议使用.{0,20}(?:浏览器|分辨率)|^(?:主办|承办|技术支持|网站管理|维护)(?:单位)?[:：].{0,60}(?:ICP|电话|网站|邮编|备)|"
    r"^(?:网站地图|联系我们|关于我们|网站声明|隐私声明|使用帮助|设为首页|加入收藏|站点地图)(?:[|｜].*)?$",
    re.I,
)
_PEOPLE = re.compile(
    r"^[【\[（(]?(?:编辑|校对|审核|初审|复审|终审|审校|审签|签发|监制|信息发布|信息员|发布人|录入|供稿人?|撰稿|来稿|排版|责任人)(?:人|员)?[】\]]?"
    r"[:：][^，。；]{0,30}$"
)
_WEAK_FOOTER = re.compile(
    r"^(?:主办|承办|协办|开办|主管|管理|维护|运维|技术支持|地址|邮编|电话|传真|邮箱|联系电话)(?:单位)?[:：]"
)
_SHORT = 140
_LABEL = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=[日分秒时]))(?:(?:信息|文章|稿件|新闻|文字|本文|公开)?来源(?=于《)|(?:信息|文章|稿件|新闻|资料|内容)?来源|來源|稿源|出处|出處|来自|时间|時間|日期|发布|發布|发表|更新|作者|记者|编辑|編輯|供稿|撰稿|浏览|点击|阅读|访问|字体|字号|字號|分享|责编|打印|"
    r"时间发布|信息提供|来稿单位|公开)(?:日期|时间|时間|机构|单位|次数|量|数|大小|到|人)?(?:[:：】〗]|于《)"
)
_DASHES = re.compile("[\u2010-\u2015\u2212\uff0d]{1,2}")
_DATE = re.compile(r"(?:19|20)\d{2}\s?(?:年|[-/.])\s?\d{1,2}\s?(?:月|[-/.])\s?\d{1,2}")
_DATE_TIME = re.compile(_DATE.pattern + r"日?(?:星期.|[上下]午)?\s?\d{1,2}[:：]\d{2}")
_DATED_SOURCE = re.compile(r"^[\[(（]?" + _DATE.pattern + r"[^，。；]{0,40}来源[:：]")
_ONLY_DATE = re.compile(
    r"^[\[(（]?(?:(?:发布|发表|更新)?(?:时间|日期)[:：]?)?(?:19|20)\d{2}(?:年|[-/.])\d{1,2}(?:月|[-/.])\d{1,2}日?"
    r"(?:[\sT]*(?:星期.|\d{1,2}[:：时点]\d{1,2}(?:[:：分]\d{1,2}秒?|分)?|[上下]午|中午|晚上?|凌晨|[AaPp][Mm]))*[\])）]?$"
)


def squash(text: str) -> str:
    """Return ``text`` without any white space."""
    return SPACE.sub("", text)


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Return ``text`` squashed and in the characters that the patterns are written in. For matching only."""
    short = squash(text)
    return short.translate(_FOLD) if _FOLDED.search(short) else short


@lru_cache(maxsize=4096)
def kind_of(line: str) -> str:
    """Return which kind of furniture a whole line is, wherever it stands, or ""."""
    if len(line) > _SHORT:
        return ""
    short = folded(line)
    for kind, pattern in _WHOLE:
        if pattern.search(short):
            return kind
    return "controls" if _only_controls(short) else ""


def is_related_heading(line: str) -> bool:
    """Say whether a line announces links to other articles."""
    return len(line) <= 40 and bool(_RELATED.match(folded(line)))


def edge_kind(line: str) -> str:
    """Return which kind of furniture a line is when it stands before or after the text, or ""."""
    short = folded(line[:900])[:600]
    if len(short) <= 60 and _PEOPLE.search(short):
        return "editor"
    if _DISCLAIMER.search(short):
        return "disclaimer"
    return "footer" if _FOOTER.search(short) else ""


def is_weak_footer(line: str) -> bool:
    """Say whether a line may be a footer's, if a footer follows it: 主办单位, 地址, 电话."""
    return len(line) <= 80 and bool(_WEAK_FOOTER.match(folded(line)))


def _only_controls(short: str) -> bool:
    if not _STRONG_CONTROL.search(short):
        return False
    return not _PUNCTUATION.sub("", _CONTROL_WORDS.sub("", short))


@lru_cache(maxsize=4096)
def is_byline(line: str) -> bool:
    """Say whether a line is a date, source or author line and no sentence of an article."""
    if len(line) > 140:
        return False
    short = _DASHES.sub("-", plain(folded(line)))
    if _ONLY_DATE.match(short):
        return ":" in short or "：" in short or short[-1].isdigit() or "[" in short
    if "。" in short or "；" in short:
        return False
    if short.startswith(("http://", "https://")) and _DATE.search(short) and len(short) < 80:
        return True
    if len(short) < 80 and _DATED_SOURCE.match(short):
        return True
    labels = len(_LABEL.findall(short))
    if labels == 0:
        at_time = _DATE_TIME.search(short[:50])
        return bool(at_time) and len(short) < 60 and "，" not in short
    if labels >= 2:
        return len(short) < 120
    match = _LABEL.search(short)
    at = match.start() if match else 99
    return (at <= 4 and len(short) < 40) or bool(_DATE.search(short[:30]) and len(short) < 80)
