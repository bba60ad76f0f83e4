"""What kind of difference a variant is, told by the words that differ and those beside them.

Some words are known before a page is seen: what filters delete, what rewriting tables put, what counts as a
title.

Some changes were made by somebody on purpose although they are alike everywhere: changes of who is meant, and
when. An outlet that reprints a ministry's text puts the ministry's name for 我们, 中国 for 我国, 近日 for 昨天. That is
an editor's work. A machine's table of words holds no such pairs, however often the change is met.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

from archive.collate.figures import is_figure_edit, whole_figure
from archive.collate.key import letters_only
from archive.collate.values import Kind, Span
from archive.patterns import regex
from archive.text.glosses import read_words

#: Words that filters were seen to delete from copies, titles and offices of living people above all.
FILTERED = frozenset(
    [
        "近平",
        "习近平",
        "政治",
        "书记",
        "总书记",
        "指示",
        "主席",
        "总理",
        "常委",
        "中央",
        "党中央",
        "国务院",
        "政府",
        "政协",
        "人大",
        "党委",
        "党组",
        "市委",
        "省委",
        "中共",
        "共产党",
        "马克思",
        "毛泽东",
        "邓小平",
        "江泽民",
        "胡锦涛",
        "维权",
        "民主",
        "自由",
        "宗教",
        "军委",
        "解放军",
        "台湾",
        "香港",
        "西藏",
        "新疆",
        "敏感",
        "腐败",
        "反腐",
        "赌",
        "毒品",
        "枪",
    ]
)

#: Pairs of a table of synonyms that rewriting sites share.
SYNONYMS = frozenset(
    {
        ("发展", "生长"), ("实施", "实行"), ("改革", "改造"), ("大力", "鼎力"), ("重要", "主要"), ("作用", "感化"),
        ("安全", "平安"), ("第一", "前茅"), ("进行", "举行"), ("问题", "题目"), ("提高", "进步"), ("建立", "成立"),
        ("企业", "公司"), ("支持", "撑持"), ("推动", "鞭策"), ("加强", "增强"), ("促进", "增进"), ("利用", "操纵"),
        ("环境", "情况"), ("影响", "感染"), ("帮助", "辅助"), ("特别", "出格"), ("组织", "构造"), ("保护", "庇护"),
    }
)  # fmt: skip

_OFFICES = (
    "总书记|书记|主席|总理|委员长|委员|常委|部长|副部长|主任|司长|局长|处长|厅长|省长|市长|区长|县长|行长|院长|校长|署长|秘书长|"
    "发言人|总经理|董事长|总裁|院士|教授|研究员|记者|同志|先生|女士|代表"
)
OFFICE = regex(_OFFICES)
TIME_WORD = regex(
    "昨[天日]|今[天日]|明[天日]|前[天日]|近日|日前|近期|今年|去年|明年|上年|本年|本月|上月|上半年|下半年|年初|年底|年末|"
    "[一二三四1-4]季度|星期[一二三四五六日天]|周[一二三四五六日]"
)
_DIGIT = regex(r"[0-9零一二三四五六七八九十百千万亿两半]")
_FIGURE = regex(r"[0-9][0-9.,]*")
_SCALES, _ENDS = "万亿千百十", ",.:∶~/"
_NUMERAL = regex(r"[0-9.,%‰~零一二三四五六七八九十百千万亿两半多余约近超]*")
_UNITS_OF_TIME = "年月日号时分"
_UNITS = frozenset(_UNITS_OF_TIME)
_TIME = regex(rf"[0-9一二三四五六七八九十零〇:/-]*[{_UNITS_OF_TIME}]?(?:[0-9:/-]*[{_UNITS_OF_TIME}]?){{0,4}}")
_REACH, _LONGEST = 6, 24
_PRONOUN = regex(
    "[我咱你您他她它](?:们)?|[我本该此贵全](?:国|省|市|区|县|州|盟|旗|乡|镇|村|部|委|局|厅|署|院|会|司|处|办|所|站|社|报|网|刊|台|校|行|厂|矿|"
    "公司|集团|单位|机关|中心|企业|协会|学会|研究院|研究所)|其|该|大家|双方|各方|对方|自己|笔者|记者|前者|后者|有关部门|有关方面|相关部门|相关方面"
)
_TIME_WORDS = regex(
    rf"(?:{TIME_WORD.pattern}|昨晚|今晚|今晨|昨夜|前天|日内|早前|此前|不久前|目前|当前|当日|当天|同日|次日|本周|上周|下周|下月|当月|当年|同年|"
    r"[0-9一二三四五六七八九十零〇]{1,4}[年月日号](?:[0-9一二三四五六七八九十]{1,3}[月日号]){0,2})"
)
_NAMES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|"
    "内蒙古|广西|西藏|宁夏|新疆|香港|澳门|台湾|中国|美国|英国|法国|德国|俄罗斯|日本|韩国|印度|欧盟|中央|国务院|全国人大|党中央|"
    "(?:国家)?发展改革委|国家发改委|发改委|工业和信息化部|工信部|(?:教育|科技|科学技术|公安|民政|司法|财政|人社|人力资源社会保障|"
    "人力资源和社会保障|自然资源|生态环境|住建|住房城乡建设|住房和城乡建设|交通|交通运输|水利|农业农村|商务|文旅|文化和旅游|外交|应急|应急管理)部|"
    "国家卫生健康委|卫健委|人民银行|央行|证监会|银保监会|国资委|市场监管总局|税务总局|海关总署|国家统计局|国家能源局"
)
_BODY = (
    "[\u4e00-\u9fff]{2,16}(?:部|委|局|厅|署|省|市|区|县|州|盟|旗|院|办|公司|集团|大学|学院|研究所|银行|协会|学会|联合会|理事会|委员会|"
    "办公厅|办公室|日报|晚报|电视台|通讯社)|[\u4e00-\u9fff]{1,4}(?:委|局|厅|署)"
)
_NAMED = regex(_NAMES)
_ENTITY = regex(f"{_NAMES}|{_BODY}")
# With one of these every name, pronoun and time of the tables above ends.
_ENDS_OF_NAMES = frozenset(
    "们我咱你您他她它国省市区县州盟旗乡镇村部委局厅署院会司处办所站社报网刊台校行厂矿团位关心业学家方己者门面其该"
    "天日晚晨夜期前内早此久月年周号度一二三四五六底初末京津海庆北西宁林江苏徽建东南广川贵云陕肃藏夏疆港湾澳湖浙安福河山吉辽重甘青门古龙盟"
    "大央室府会署总行资"
    "斯本印"
)
_SUFFIXES = frozenset("部委局厅署省市县州盟旗")


@cache
def words() -> frozenset[str]:
    """Return the words every policy text is made of."""
    lines = files("archive.text").joinpath("words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if line[:1] not in "=#" for word in line.split())


def is_word(text: str) -> bool:
    """Say whether characters are a word: of policy texts, or one whose reading the pinyin table knows."""
    return len(text) > 1 and (text in words() or text in read_words())


@cache
def _known() -> re.Pattern[str]:
    sought = {*FILTERED, *(sought for sought, _ in SYNONYMS)}
    return re.compile("|".join(sorted(sought)))


def has_known(text: str) -> bool:
    """Say whether a text holds anything of what ``is_known`` knows the rewriting."""
    return bool(_known().search(text))


def is_known(rewriting: tuple[str, str]) -> bool:
    """Say whether filters or tables of synonyms are known to rewrite so: then once is enough for a rule."""
    sought, put = rewriting
    is_filtered = sought in FILTERED and (not put or not any(c.isalnum() for c in put))
    return is_filtered or rewriting in SYNONYMS


def is_figure(text: str) -> bool:
    """Say whether a text is figures, and points and commas between them."""
    return bool(_FIGURE.fullmatch(text))


def whole_figures(a: str, b: str, span: Span, low: int, high: int) -> Span:
    """Return a change inside a figure widened to the whole figure: 1.5万亿→15万亿, not a lost point."""
    if is_figure_edit(a, b, span):
        return _without_units(a, b, whole_figure(a, b, span, low, high), span)
    return span


def _without_units(a: str, b: str, wide: Span, span: Span) -> Span:
    """Return a widened figure without the scale behind it that both sides keep, and without marks at its ends."""
    a1, b1 = wide.a1, wide.b1
    while a1 > span.a1 and (a[a1 - 1] in _SCALES or a[a1 - 1] in _ENDS):
        a1, b1 = a1 - 1, b1 - 1
    a0, b0 = wide.a0, wide.b0
    while a0 < span.a0 and a[a0] in _ENDS:
        a0, b0 = a0 + 1, b0 + 1
    return Span(a0, a1, b0, b1)


def whole_times(a: str, b: str, span: Span) -> Span:
    """Return a change of a time with the unit that both keep: 2月27日→近日, not 2月27→近."""
    unit = a[span.a1 : span.a1 + 1]
    if unit not in _UNITS or unit != b[span.b1 : span.b1 + 1]:
        return span
    here, there = a[span.a0 : span.a1] + unit, b[span.b0 : span.b1] + unit
    is_time_word = TIME_WORD.fullmatch(here) or TIME_WORD.fullmatch(there)
    if is_time_word and _is_time(here, "") and _is_time(there, ""):
        return Span(span.a0, span.a1 + 1, span.b0, span.b1 + 1)
    return span


def kind_of(a: str, b: str, span: Span) -> Kind:
    """Return what kind of difference a span of two keys is."""
    here, there = a[span.a0 : span.a1], b[span.b0 : span.b1]
    words = letters_only(here), letters_only(there)
    is_figures = is_figure_edit(a, b, span)
    if not any(words) and not is_figures:
        return Kind.PUNCTUATION
    if _is_date(a, b, span, here, there):
        return Kind.DATE
    if is_figures and not (words[0] and words[1] and max(len(here), len(there)) > 12):
        is_clause = (not here or not there) and not _is_numeral(here + there)
        if not is_clause:
            return Kind.NUMBER
    if _NUMERAL.fullmatch(here) and _NUMERAL.fullmatch(there) and _DIGIT.search(here + there):
        return Kind.NUMBER
    if not all(words):
        return Kind.ADDED if words[1] else Kind.OMITTED
    if _is_office(a, span, here, there):
        return Kind.NAME_OR_TITLE
    figures = [_DIGIT.findall(text) for text in (here, there)]
    is_short = len(here) <= 12 and len(there) <= 12
    return Kind.NUMBER if is_short and any(figures) and figures[0] != figures[1] else Kind.ALTERED


def _is_numeral(text: str) -> bool:
    return all(c.isdigit() or c in "零〇一二三四五六七八九十百千万亿两" or not c.isalnum() for c in text)


def _is_date(a: str, b: str, span: Span, here: str, there: str) -> bool:
    if len(here) > 16 or len(there) > 16:
        return False
    if TIME_WORD.fullmatch(here.strip(",")) or TIME_WORD.fullmatch(there.strip(",")):
        return True
    after = a[span.a1 : span.a1 + 1], b[span.b1 : span.b1 + 1]
    return bool(_DIGIT.search(here + there)) and all(
        _is_time(text, unit) for text, unit in zip((here, there), after, strict=True)
    )


def _is_time(text: str, following: str) -> bool:
    if not text or TIME_WORD.fullmatch(text):
        return True
    if not _TIME.fullmatch(text):
        return False
    return text[-1] in _UNITS or following in _UNITS


def _is_office(a: str, span: Span, here: str, there: str) -> bool:
    """Say whether an office or the name beside it may have been changed: what differs holds one, or is short and touches it."""
    first = max(0, span.a0 - 4)
    offices = [*OFFICE.finditer(a[first : span.a1 + 4])]
    if not offices:
        return False
    if OFFICE.search(here) or OFFICE.search(there):
        return True
    touches = any(office.start() + first <= span.a1 and span.a0 <= office.end() + first for office in offices)
    return touches and len(here) <= 4 and len(there) <= 4


def is_swap(a: str, b: str, span: Span) -> bool:
    """Say whether a change puts one body, person, place or time for another, or for the pronoun that stands for it.

    The characters beside it that both sides keep are looked at, too: of 我国→中国 only 我→中 differs.
    """
    return swapped(a, b, span, 0, len(a)) is not None


def swapped(a: str, b: str, span: Span, low: int, high: int) -> Span | None:
    """Return a change of that kind with the characters of the two names that both sides keep, else nothing.

    ``low`` and ``high`` are where the neighbouring changes of the original end and begin.
    """
    if span.a0 == span.a1 or span.b0 == span.b1 or span.size > 2 * _LONGEST:
        return None
    back = _agreeing(a, b, span.a0 - 1, span.b0 - 1, -1, min(_REACH, span.a0 - low, span.b0))
    on = _agreeing(a, b, span.a1, span.b1, 1, min(_REACH, high - span.a1, len(b) - span.b1))
    for after in range(on + 1):
        a1, b1 = span.a1 + after, span.b1 + after
        if a[a1 - 1] not in _ENDS_OF_NAMES or b[b1 - 1] not in _ENDS_OF_NAMES:
            continue
        for before in range(back + 1):
            a0, b0 = span.a0 - before, span.b0 - before
            if _is_pair(a[a0:a1], b[b0:b1], is_wide=bool(before or after)):
                return Span(a0, a1, b0, b1)
    return None


def _agreeing(a: str, b: str, i: int, j: int, step: int, most: int) -> int:
    """Return how many characters agree from two places on, in one direction."""
    count = 0
    while count < most and a[i + step * count] == b[j + step * count]:
        count += 1
    return count


@lru_cache(maxsize=20_000)
def _is_pair(here: str, there: str, *, is_wide: bool) -> bool:
    if max(len(here), len(there)) > _LONGEST or is_known((here, there)):
        return False
    if not is_wide and here in _SUFFIXES and there in _SUFFIXES:
        return True
    is_pronoun = _PRONOUN.fullmatch(here) or _PRONOUN.fullmatch(there)
    if is_pronoun and all(_PRONOUN.fullmatch(text) or _ENTITY.fullmatch(text) for text in (here, there)):
        return True
    if _TIME_WORDS.fullmatch(here) and _TIME_WORDS.fullmatch(there):
        return True
    # With the characters beside it any word may end like a body's name: only what is known counts there.
    names = _NAMED if is_wide else _ENTITY
    return bool(names.fullmatch(here) and names.fullmatch(there))
