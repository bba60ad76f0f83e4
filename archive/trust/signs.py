"""Weak signs that a page was tampered with, and the words of search-engine spam.

Each sign has innocent explanations; together they have few.

The words of spam are names and phrases that no authority's page and hardly any article uses. They are not
topics: 赌博, 彩票, 性病, 代开发票 stand in honest notices about gambling, lotteries, health and tax. BRANDED words count
alone; TOPICAL ones occur in police reports too and count only several together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from archive.model import Article
from archive.patterns import regex
from archive.urls import host_of, in_domains

# Names change monthly; the way such phrases are built does not.
_BUILT = regex(
    r"(?:娱乐|棋牌|彩票|博彩|电竞|真人|捕鱼|体育)(?:城|场|在线|手机|游戏|平台|官方|app|官网|网址|网站|最新版){1,4}"
    r"(?:下载|注册|登录|登陆|入口|开户|试玩|送|代理|投注|首页)"
    r"|(?:亚洲|欧美|日韩|日本|国产|成人|无码|免费|在线|观看|视频|高清|精品|自拍|偷拍|中文|字幕|黄色|av|一区|二区|综合|毛片|色){5,12}"
    r"|(?:医院|诊所|门诊)(?:治疗)?(?:哪家|哪个|哪里)(?:好|正规|便宜|专业)"
    r"|(?:办理|代办|定做|定制)[^。，]{0,4}(?:毕业证|文凭|学位证|驾驶证)"
)
_TRADITIONAL = str.maketrans(
    "澳門網娛樂開獎馬場頭戲電視頻賭國產歐亞無觀線體癲癇醫專現錢幣碼資註冊閒龍發館壽區費韓愛絲慾約會遊藝彈爾證槍藥孕興壯陽早洩豐減貸現觀載傳聊號"
    "業買賣總皇贏輸賽車機關婦處亂倫強姦視訊陰莖壹貳參萬與於裡麗",
    "澳门网娱乐开奖马场头戏电视频赌国产欧亚无观线体癫痫医专现钱币码资注册闲龙发馆寿区费韩爱丝欲约会游艺弹尔证枪药孕兴壮阳早泄丰减贷现观载传聊号"
    "业买卖总皇赢输赛车机关妇处乱伦强奸视讯阴茎一二三万与于里丽",
)
_IS_TRADITIONAL = regex("[" + "".join(map(chr, _TRADITIONAL)) + "]")
# What NFKC may change into a letter, a digit or a separator: neither ASCII, nor CJK, nor its common punctuation.
_UNUSUAL = regex("[^\x00-\x7f\u00b7\u2014\u2018-\u201d\u2026\u3000-\u301f\u4e00-\u9fff！（），：；？]")
_BETWEEN = regex(r"[\s·•….．。_\-—~*|丨/\\+=^`'\"\u200b-\u200f\ufeff]+")
KINDS = {
    "title_foreign": "title",
    "spam_title": "title",
    "spam_body": "body",
    "foreign_links": "links",
    "hidden_text": "hidden",
    "body_replaced": "change",
    "shrunken": "change",
}
_ALONE = "shrunken"
_LONGEST = 60_000
_STRONG = regex(r"[_|丨,，、;；/]+")
_WEAK = regex(r"[-–—·•.\s\u200b-\u200f]+")
_LETTERS = regex(r"[^\w]+|_+")
_PUBLIC = regex(
    r"\.(?:gov|edu|ac|mil|org)(?:\.[a-z]{2})?\Z"
    r"|(?:^|\.)(?:people|xinhuanet|news|cctv|china|chinanews)\.(?:com|cn|com\.cn)\Z"
    r"|(?:^|\.)(?:weibo|qq|jiathis|bshare|bdimg|facebook|twitter|addthis)\.(?:com|cn)\Z"
)
_SECOND_LEVEL = frozenset({"com", "net", "co", "org", "gov", "edu", "ac", "idv"})


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


BRANDED = _words(
    """
    新葡京 葡京娱乐 葡京赌场 永利皇宫 永利娱乐 威尼斯人娱乐 威尼斯人官网 金沙娱乐 金沙赌场 银河娱乐城
    太阳城娱乐 太阳城官网 必威体育 伟德国际 伟德体育 万博体育 开云体育 米兰体育 星空体育 爱游戏体育 华体会
    九游会 乐鱼体育 江南体育 半岛体育 皇冠体育 皇冠现金 皇冠网址 沙巴体育 澳门皇冠 bet365 bet356 betway
    188bet 1xbet ag真人 ag旗舰 pg电子 mg电子 pt老虎机 北京赛车 pk10 时时彩 幸运飞艇 极速赛车 一肖一码
    一码中特 三中三 特码资料 管家婆一 必中一肖 香港六合彩开奖 澳门六合彩开奖 澳门精准 精准免费资料
    免费资料大全 今晚必中 天天彩 彩票注册 彩票投注平台 购彩平台 购彩大厅 真人娱乐 真人荷官 亚博体育
    亚博官网 申博娱乐 申博官网 爱趣彩 彩票平台注册 真人百家乐 百家乐官网 百家乐平台 网上百家乐 老虎机游戏
    电子游艺 棋牌娱乐 棋牌平台 棋牌下载 捕鱼游戏平台 娱乐城官网 娱乐平台注册 注册送彩金 注册送38 送彩金
    首存优惠 博彩平台 博彩网站大全 体育投注平台 世界杯买球 欧洲杯买球 买球网站 买球平台 投注平台 滚球盘口
    一区二区 二区三区 国产精品 国产自拍 国产乱码 国产无码 精品久久 久久精品 久久久 亚洲精品 亚洲无码
    亚洲欧美 日韩无码 欧美日韩一区 无码高清 无码视频 中文字幕无码 av在线 av天堂 av免费 在线观看av 麻豆传媒
    麻豆视频 成人视频 成人网站在线 成人影院 成人抖音 黄色网站在线 黄片免费 三级片在线 三级电影在线
    色情视频在线 强奸乱 啪啪 床戏视频 裸聊直播 约炮 上门服务学生 全国空降 美女上门 做爱视频 操逼 肉棒 巨乳
    爆乳 草莓视频 丝瓜视频 秋葵视频 专业代孕 包成功代孕 代开发票电话 假钞出售 男科医院哪家好
    癫痫病医院哪家好 白癜风医院哪家好 妇科医院哪家好 不孕不育医院哪家好 哪家医院治 医院哪家好 专治白癜风
    专治牛皮癣 包皮手术 人流多少钱 无痛人流 丰胸产品 增大增粗 传奇私服 私服发布 新开传奇 黑帽seo 泛目录
    快排优化
    """
)
TOPICAL = _words(
    """
    百家乐 六合彩 老虎机 赌场 博彩 投注 下注 娱乐城 棋牌 彩金 荷官 赔率 盘口 开奖 注册送 真人视讯 中奖号码
    特码 赌球 网赌 体彩 成人 色情 情色 黄色视频 三级片 裸聊 激情 偷拍 自拍 免费观看 在线观看 在线播放
    高清完整版 日韩 欧美 熟女 人体艺术 不孕不育 白癜风 牛皮癣 癫痫 男科 妇科 人流 整形 祛斑 丰胸 减肥药
    代孕 刻章 办证 私服 外挂 代开 秒下款 套现 下款 人妻 乱伦 早泄 阳痿 壮阳 迷药 催情 春药 蒙汗药 毛片
    少妇 性爱 代孕机构 外围女 现金网 网上赌场 在线赌场 蜘蛛池 博彩公司 今晚开奖 激情视频 枪支出售 澳门开奖
    香港开奖
    """
)


def branded_in(text: str) -> frozenset[str]:
    """Return the spam names and phrases that a text holds, or that are built as they are; separators are ignored."""
    plain = _plain(text)
    return frozenset(word for word in BRANDED if word in plain).union(_BUILT.findall(plain))


def topical_in(text: str) -> frozenset[str]:
    """Return the words a text shares with spam that honest texts use too."""
    plain = _plain(text)
    return frozenset(word for word in TOPICAL if word in plain)


def _plain(text: str) -> str:
    # Both take long on a long text, and most texts need neither.
    text = unicodedata.normalize("NFKC", text) if _UNUSUAL.search(text) else text
    text = _BETWEEN.sub("", text.lower())
    return text.translate(_TRADITIONAL) if _IS_TRADITIONAL.search(text) else text


"""What each sign looks at: two that look at the same thing are not independent."""


def page_signs(
    article: Article,
    *,
    html_title: str,
    outlinks: Sequence[str],
    domains: Sequence[str],
    hidden: Sequence[str] = (),
    page_text: str = "",
) -> tuple[str, ...]:
    """Return the signs that one page shows by itself.

    ``html_title`` is the ``<title>`` element, ``outlinks`` the addresses linked inside the body,
    ``domains`` the site's own, ``hidden`` texts that no visitor sees, ``page_text`` what a visitor sees of
    the whole page (a column's or a site's name in the title is found there). A sign is no proof.
    """
    strange = strange_segments(html_title, article.title + article.text[:_LONGEST] + page_text[:_LONGEST])
    checks = {
        "title_foreign": _is_foreign(html_title, strange),
        "spam_title": _is_spam_title(strange, article),
        "spam_body": _is_spam_body(article.text[:_LONGEST]),
        "foreign_links": len(_strangers(outlinks, domains)) >= 3,
        "hidden_text": _is_spam_hidden(hidden, article.text),
    }
    return tuple(name for name, holds in checks.items() if holds)


def change_signs(text: str, previous: str) -> tuple[str, ...]:
    """Return the signs that a text shows against the one held before: replaced, or shrunken by half.

    An authority may do both in good faith; a second sighting tells more.
    """
    now, before = _letters(text), _letters(previous)
    if len(before) >= 100 and len(now) * 2 < len(before):
        return ("body_replaced", "shrunken") if _is_other(now, before) else ("shrunken",)
    return ("body_replaced",) if _is_other(now, before) else ()


def verdict(signs: Iterable[str]) -> Literal["trusted", "flagged", "quarantined"]:
    """Return what follows from signs: one only flags, two about different things quarantine.

    ``shrunken`` quarantines alone: whether it is a second sighting, which releases it, the caller knows.
    """
    present = set(signs)
    if _ALONE in present or len({KINDS[sign] for sign in present}) > 1:
        return "quarantined"
    return "flagged" if present else "trusted"


def strange_segments(html_title: str, known: str) -> list[str]:
    """Return the parts of a title that share next to nothing with a text: with what the page shows, or showed."""
    text = "".join(known.lower().split())
    return [s for s in _segments(html_title[:1_000]) if _share_known(_grams(_letters(s), 2), text) < 0.34]


def _segments(title: str) -> Iterator[str]:
    """Give a title's parts; single characters held apart (``国-产``) are one part: spam does so."""
    for part in _STRONG.split(title):
        pieces = [piece for piece in _WEAK.split(part) if piece]
        if all(len(piece) == 1 for piece in pieces):
            pieces = ["".join(pieces)]
        yield from (piece for piece in pieces if len(piece) > 1)


def _is_foreign(html_title: str, strange: list[str]) -> bool:
    length = len(_letters(html_title))
    return length >= 6 and sum(len(_letters(s)) for s in strange) >= 0.75 * length


def _is_spam_title(strange: list[str], article: Article) -> bool:
    named = branded_in(article.title)
    if is_spam(strange):
        return True
    # A headline about a raid names one brand too: it counts when the text is spam itself.
    return len(named) > 1 or (bool(named) and _is_spam_body(article.text[:_LONGEST]))


def is_spam(strange: Sequence[str]) -> bool:
    """Return whether parts of a title that do not belong to its page are spam: one brand, or two of its topics."""
    odd = "。".join(strange)
    return bool(branded_in(odd)) or len(topical_in(odd)) > 1


def _is_spam_body(text: str) -> bool:
    branded = branded_in(text)
    return len(branded) >= 3 or (len(branded) >= 1 and len(branded | topical_in(text)) >= 4)


def _is_spam_hidden(hidden: Sequence[str], text: str) -> bool:
    unseen = "。".join(hidden)[: 5 * _LONGEST]  # such blocks are long: 120,000 characters on one page
    named = branded_in(unseen)
    return len(named) > 1 and len(named - branded_in(text)) > 1


def _strangers(outlinks: Sequence[str], domains: Sequence[str]) -> frozenset[str]:
    """Return whose hosts are linked, own domains, public bodies and share buttons left out.

    An owner is guessed from the name (``a.b.com`` and ``c.b.com`` count once), without a list of suffixes.
    """
    hosts = {host_of(link) for link in outlinks if not in_domains(link, domains)}
    return frozenset(_owner(host) for host in hosts if host and not _PUBLIC.search(host))


def _owner(host: str) -> str:
    labels = host.split(".")[-3:]
    return ".".join(labels if len(labels) < 3 or labels[1] in _SECOND_LEVEL else labels[1:])


def _is_other(now: str, before: str) -> bool:
    """Tell whether less than 0.3 of the shorter text's runs of three characters stand in the other."""
    ours, theirs = _grams(now, 3), _grams(before, 3)
    few, many = sorted((ours, theirs), key=len)
    return len(few) >= 30 and _share(few, many) < 0.3


def _share_known(pairs: frozenset[str], known: str) -> float:
    return sum(pair in known for pair in pairs) / len(pairs) if pairs else 1.0


def _letters(text: str) -> str:
    return _LETTERS.sub("", text[:_LONGEST]).lower()


def _grams(text: str, size: int) -> frozenset[str]:
    return frozenset(text[i : i + size] for i in range(len(text) - size + 1))


def _share(few: frozenset[str], many: frozenset[str]) -> float:
    return len(few & many) / len(few) if few else 0.0
