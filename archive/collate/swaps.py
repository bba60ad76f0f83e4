"""Changes that somebody made on purpose although they are alike everywhere: who is meant, and when.

An outlet that reprints a ministry's text puts the ministry's name for 我们, 中国 for 我国, 近日 for 昨天. That is an
editor's work. A machine's table of words holds no such pairs, however often the change is met.
"""

from __future__ import annotations

import re
from functools import lru_cache

from archive.collate.lexicon import TIME_WORD, is_known
from archive.collate.values import Span

_REACH, _LONGEST = 6, 24
_PRONOUN = re.compile(
    "[我咱你您他她它](?:们)?|[我本该此贵全](?:国|省|市|区|县|州|盟|旗|乡|镇|村|部|委|局|厅|署|院|会|司|处|办|所|站|社|报|网|刊|台|校|行|厂|矿|"
    "公司|集团|单位|机关|中心|企业|协会|学会|研究院|研究所)|其|该|大家|双方|各方|对方|自己|笔者|记者|前者|后者|有关部门|有关方面|相关部门|相关方面"
)
_TIME = re.compile(
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
_NAMED = re.compile(_NAMES)
_ENTITY = re.compile(f"{_NAMES}|{_BODY}")
# With one of these every name, pronoun and time of the tables above ends.
_ENDS = frozenset(
    "们我咱你您他她它国省市区县州盟旗乡镇村部委局厅署院会司处办所站社报网刊台校行厂矿团位关心业学家方己者门面其该"
    "天日晚晨夜期前内早此久月年周号度一二三四五六底初末京津海庆北西宁林江苏徽建东南广川贵云陕肃藏夏疆港湾澳湖浙安福河山吉辽重甘青门古龙盟"
    "大央室府会署总行资"
    "斯本印"
)
_SUFFIXES = frozenset("部委局厅署省市县州盟旗")


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
        if a[a1 - 1] not in _ENDS or b[b1 - 1] not in _ENDS:
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
    if _TIME.fullmatch(here) and _TIME.fullmatch(there):
        return True
    # With the characters beside it any word may end like a body's name: only what is known counts there.
    names = _NAMED if is_wide else _ENTITY
    return bool(names.fullmatch(here) and names.fullmatch(there))
