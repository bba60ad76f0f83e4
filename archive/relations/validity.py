"""What a text says of its own validity: from when, until when, what it ends, and which days it sets. Pure.

Only what the text says. A document without a day of effect may be in force all the same, and a licence's term is
not the document's.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

from archive.patterns import regex
from archive.relations.grammar import HAN_NUMERAL, days, figure, later, plain, squeezed
from archive.relations.links import Relation, relations

STATUSES = ("现行有效", "已废止", "失效", "已修改", "尚未生效", "部分失效")
_D = r"(?:(?:19|20)\d\d年\d{1,2}月\d{1,2}日|[一二][〇零○0OＯ一二三四五六七八九]{3}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日|(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2})"
_COUNT = rf"(?:\d{{1,3}}|[{HAN_NUMERAL}]{{1,4}})"
_ACT = r"(?:正式|开始|起|施行|实施|执行|生效|试行|实行)"
_FORCE = r"(?:正式|开始)?(?:施行|实施|执行|生效|试行|实行|启用|有效|暂行)"
_SELF = r"(?:本|该|此)?(?:法|条例|办法|规定|暂行规定|暂行办法|细则|实施细则|规则|准则|通知|意见|决定|公告|通告|解释|方案|规程|规范|标准|预案|指引|制度|措施|政策|规划|目录|名录|文件|规章|章程|守则)"
_FROM = regex(rf"(?:自|从|于|由)?(?P<day>{_D})(?:零时|0时)?(?:起|开始)?(?:,|，)?(?:正式|开始)?{_FORCE}")
_TERM = regex(
    rf"(?P<label>执行期限|执行期|实施期|有效期限|有效期|实施期限|试行期|施行期限|执行时间|施行时间|政策期限|适用期限)(?:为|是|:|自|从)?(?P<a>{_D})(?:起)?(?:至|到|-|—|~)(?P<b>{_D})"
    rf"|(?:期限|有效期)[^。,，]{{0,14}}[,，](?:自|从)(?P<a3>{_D})(?:起)?(?:至|到)(?P<b3>{_D})"
    rf"|(?:自|从)(?P<a2>{_D})(?:起)?(?:至|到)(?P<b2>{_D})(?:止|期间)?(?:继续)?(?:施行|实施|执行|有效|试行)"
)
_RULE = regex(
    rf"(?:自|从)(?P<what>公布|发布|颁布|印发|下发|发文|签发|公告|通过|批准|颁发|公开发布|正式发布)(?:之)?日(?:起)?(?:[满]?(?P<n>{_COUNT})(?P<unit>个?月|日|天)(?:后|之后|以后)?)?(?:起)?(?:(?:,|，)?{_FORCE}|(?<=起)(?:至|到)(?={_D}))"
)
_ISSUED = ("印发", "下发", "发文", "签发")
_EXPIRES_ON = regex(
    rf"(?:有效期(?:限)?(?:自|从)(?:本[^。,，]{{1,6}})?(?:发布|公布|印发|施行|实施)之日起(?:至|到)|有效期(?:限)?(?:暂定|暂时)?(?:截止|截至|至|到|为至)|(?:有效|执行|实施|试行|施行)(?:期限?)?(?:为)?(?:至|到|截止到|截至)|(?:有效|执行|实施|施行)[,，](?:执行|有效|截止)?(?:至|到)(?={_D}(?:止|失效|自行失效|终止|废止|期满)))(?:(?P<day>{_D})(?:止)?|(?P<month>(?:19|20)\d\d年(?:\d{{1,2}}月)?)[底末])"
    rf"|(?:至|到)(?P<last>{_D})(?:止)?(?:有效|(?:自行|自动)?(?:失效|废止)|期满)"
)
# A policy, no document named, goes on: 实施期限延长至2024年12月31日.
_LONGER = regex(rf"(?:实施|执行|政策)(?:期限|期)(?:延长|顺延|延续)(?:至|到)(?P<day>{_D})")
# What another document says of itself: 《…条例》第二十四条规定，本条例自….
_OF_ANOTHER = regex(r"《[^》]+》(?:第[^,，]{1,8}条)?(?:明确)?规定[,，:]")
_COUNTED_FROM = regex(rf"有效期[^。;；《》]{{0,12}}[,，]自(?P<day>{_D})起(?:计算|算起|计)")
_LASTS = regex(
    rf"(?P<label>有效期(?:限)?|试行期(?:限)?|施行期(?:限)?|暂行期|期限|试行|暂行|暂定(?:执行|施行|实施|试行))(?:为|是|:|暂定|暂定为|定为)?(?P<n>{_COUNT})(?P<unit>年|个月)"
)
_LICENCE = regex(
    r"证书|许可|执照|成绩|证件|居住证|选址|意见书|优待卡|卡(?:片)?|报告|标志|资格|资质|核准|名称|票据|合同|保函|检验|凭证|批准文件|手册|户口簿|船民证|船舶|证(?:》|的|有)|注册|登记|备案|认定|授权|职称|聘|保险|协议|码|体检|检测"
)
# A day of publication before 自公布之日起: not the day on which the text was passed, nor one before 现予公布.
_ANNOUNCED = regex(
    rf"({_D})(?:(?!通过|审议|会议|同意|批准[,，]|现予?|{_D})[^。()]){{0,40}}(?:发布|公布|颁布|印发)[,，]?$"
)
# A bracket behind a title, a number or an entry of a list tells of that document: 《…》（2000年1月1日起施行）.
_ABOUT_ANOTHER = regex(
    rf"[》号](?:\([^()]*\))?\([^()]*$|(?:\d[.、．]|[{HAN_NUMERAL}]、|^\([{HAN_NUMERAL}\d]{{1,3}}\))(?!本)[^()]{{4,60}}\([^()]*$"
)
_CLASS = regex(
    r"(?:规章|法规|行政法规|规范性文件|自治条例|单行条例|文件)(?:一般)?(?:应当|可以|自|在|从)|应当(?:自|在)|可以自|一般应当"
)
_CARD_LABELS = {
    "effective": r"(?:实施|施行|生效|执行)(?:日期|时间)|有效开始(?:日期|时间)",
    "expires": r"(?:失效|废止|终止|有效期?截止)(?:日期|时间)|有效期至|有效期",
    "status": r"(?:时效性?|有效性|效力状态|效力|文件状态|状态|法规状态|是否有效)",
}
_STATUS_WORDS = (
    (r"尚未(?:生效|施行)|未生效|未施行|待生效", "尚未生效"),
    (r"部分(?:失效|废止|条款失效)|条款失效|部分有效", "部分失效"),
    (r"已?(?:被)?废止|宣布废止", "已废止"),
    (r"已?(?:被)?(?:修改|修订|修正)", "已修改"),
    (r"停止执行|已?(?:经)?失效|无效|已过期|过期|否$", "失效"),
    (r"现行有效|有效|现行|继续有效|生效中|是$", "现行有效"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """From when: a day, or a rule such as ``publication+30d``; where the text says so.

    ``is_own``: its words speak of this document itself, not perhaps of another one that a report tells of.
    """

    day: date | None = None
    rule: str | None = None
    start: int = 0
    end: int = 0
    is_own: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """Until when: a day, or a duration such as ``P5Y``; where the text says so."""

    day: date | None = None
    duration: str | None = None
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A day by which something is due. ``day``: YYYY-MM-DD, or --MM-DD where the text names no year."""

    kind: str
    day: str | None
    first: str | None = None
    duration: str | None = None
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """What a text says of its own validity and of what it ends."""

    effect: Effect | None
    expiry: Expiry | None
    status: str | None
    ends: tuple[Relation, ...]
    deadlines: tuple[Deadline, ...]


def validity(text: str, title: str = "", made: list[Relation] | None = None) -> Validity:
    """Return what a text says of its own validity. ``made``: its relations, when they are known already."""
    flat, places = tight(text)
    effect, expiry = _effect(flat, places), _expiry(flat, places)
    card = card_status(text)
    return Validity(
        effect=effect,
        expiry=expiry,
        status=card,
        ends=tuple(
            r for r in (relations(text, title) if made is None else made) if r.is_end and not r.is_incoming
        ),
        deadlines=tuple(deadlines(text)),
    )


class Places:
    """Where the characters of a text without white space lie in the text as it is."""

    __slots__ = ("_at", "_shift")

    def __init__(self, flat: str) -> None:
        self._at, self._shift, gone = [0], [0], 0
        for match in re.finditer(r"\s+", flat):
            self._at.append(match.start() - gone)
            gone += match.end() - match.start()
            self._shift.append(gone)

    def __getitem__(self, at: int) -> int:
        return at + self._shift[bisect_right(self._at, at) - 1]

    def end(self, at: int) -> int:
        """Return where a span ends whose last character is before ``at``: white space behind it is left out."""
        return self[at - 1] + 1 if at else 0


@lru_cache(maxsize=16)
def tight(text: str) -> tuple[str, Places]:
    """Return the text without white space, and where each of its characters lies in the original."""
    flat = plain(text)
    return "".join(flat.split()), Places(flat)


def _sentence(flat: str, at: int) -> str:
    """Return what stands before a place in its sentence."""
    return re.split(r"[。；;!！?？]", flat[max(0, at - 120) : at])[-1]


def _effect(flat: str, places: Places) -> Effect | None:
    found = [*_dated(flat, places), *_ruled(flat, places)]
    if not found:
        return None
    weight, best = max(found, key=lambda pair: (pair[0], -pair[1].start))
    best = replace(best, is_own=weight >= 4)
    if best.day is None and best.rule and (near := _announced(flat, places, best)):
        return near
    return best


def _announced(flat: str, places: Places, effect: Effect) -> Effect | None:
    """Return a rule with its day when the words right before it give the day: …日卫生部令第17号发布 自发布之日起施行."""
    assert effect.rule is not None
    at = next((m.start() for m in _RULE.finditer(flat) if places[m.start()] == effect.start), 0)
    match = _ANNOUNCED.search(flat[max(0, at - 80) : at])
    if match is None or not (day := days(match[1])):
        return None
    count = int(effect.rule.partition("+")[2].rstrip("dm"))
    return Effect(
        day=day[0].day + timedelta(days=count), rule=effect.rule, start=effect.start, end=effect.end
    )


def _dated(flat: str, places: Places) -> Iterator[tuple[int, Effect]]:
    for match in _FROM.finditer(flat):
        day = days(match["day"])
        before, behind = _sentence(flat, match.start()), flat[match.end() : match.end() + 12]
        if before[-1:] in ("至", "到") or _is_of_another(flat, places, match.start()):
            continue
        if day and (weight := _weight(before, behind, match[0])):
            yield weight, Effect(day=day[0].day, start=places[match.start()], end=places.end(match.end()))
    for match in _TERM.finditer(flat):
        if (day := days(match["a"] or match["a2"] or match["a3"])) and not _LICENCE.search(
            _sentence(flat, match.start())[-20:]
        ):
            yield 4, Effect(day=day[0].day, start=places[match.start()], end=places.end(match.end()))
    for match in _COUNTED_FROM.finditer(flat):
        if day := days(match["day"]):
            yield 8, Effect(day=day[0].day, start=places[match.start()], end=places.end(match.end()))
    for day_text, a, b in _labelled(flat, "effective"):
        yield 9, Effect(day=days(day_text)[0].day, start=places[a], end=places.end(b))
    for match in re.finditer(rf"〔({_D})(?:起)?(?:施行|实施|执行|生效)〕", flat):
        yield 9, Effect(day=days(match[1])[0].day, start=places[match.start()], end=places.end(match.end()))


def _is_of_another(flat: str, places: Places, at: int) -> bool:
    """Say whether a place lies in a bracket right behind another document; one on a line of its own does not."""
    before = _sentence(flat, at)
    if not _ABOUT_ANOTHER.search(before):
        return False
    opened = at - len(before) + before.rindex("(")
    return places[opened] - places[opened - 1] == 1


def _weight(before: str, behind: str, said: str) -> int:
    """Return how surely a day of effect is the document's own; 0: it is not."""
    if re.match(r"(?:的|以来|前|后)(?!,|，|。)", behind) and not re.search(r"本[^,，]{1,8}$", before):
        return 0
    if re.search(r"《[^》]*$", before) or _OF_ANOTHER.match(before):
        return 0
    if re.search(rf"本{_SELF[len('(?:本|该|此)?') :]}(?:[^,，]{{0,6}}|\([^()]*\))$", before):
        return 8
    if re.match(rf"(?:第.{{1,8}}条)?本{_SELF[len('(?:本|该|此)?') :]}[^《》]*[,，]$", before):
        return 8
    if re.search(r"现予(?:公布|发布|以公布)[,，]?$|(?:公布|发布|颁布|通过)[,，]?$", before):
        return 7
    if before.strip("(（") == "" or re.search(r"[(（]$", before) or re.search(rf"{_SELF}(?:全文)?$", before):
        return 6
    if re.search(r"(?:上述|以上|该|此)[^,，]{0,16}$", before):
        return 5
    if said[0] in "自从于" and re.search(
        r"(?:现|决定)(?:予以?|将)?(?:公布|发布|印发|颁布)[^,，]*[,，](?:作为[^,，]{2,20}[,，])?$", before
    ):
        return 5
    return (
        3
        if said.startswith(("自", "从", "于")) and re.search(r"[,，]$", before)
        else 2
        if len(before) < 40
        else 1
    )


def _ruled(flat: str, places: Places) -> Iterator[tuple[int, Effect]]:
    for match in _RULE.finditer(flat):
        before = _sentence(flat, match.start())
        if _OF_ANOTHER.match(before) or _is_of_another(flat, places, match.start()):
            continue
        if _CLASS.search(before[-24:] + "自") and not re.search(r"本[^,，。]{1,10}$", before):
            continue
        if re.search(r"应当|可以|一般$", before[-6:]):
            continue
        count = figure(match["n"]) or 0 if match["n"] else 0
        origin = "issue" if match["what"] in _ISSUED else "publication"
        unit = "m" if match["unit"] and "月" in match["unit"] else "d"
        weight = 8 if re.search(r"本[^,，。]{1,14}$", before) else 5
        yield (
            weight,
            Effect(rule=f"{origin}+{count}{unit}", start=places[match.start()], end=places.end(match.end())),
        )


def _labelled(flat: str, label: str) -> Iterator[tuple[str, int, int]]:
    for match in re.finditer(rf"(?:{_CARD_LABELS[label]})[〕\]】]?(?::|为)?({_D})", flat):
        yield match[1], match.start(), match.end()


def _expiry(flat: str, places: Places) -> Expiry | None:
    for match in _TERM.finditer(flat):
        if _is_own_term(flat, match.start(), match.end()):
            return Expiry(
                day=days(match["b"] or match["b2"] or match["b3"])[0].day,
                start=places[match.start()],
                end=places.end(match.end()),
            )
    for match in _LONGER.finditer(flat):
        if "》" not in (before := _sentence(flat, match.start())) and not _LICENCE.search(before[-14:]):
            return Expiry(
                day=days(match["day"])[0].day, start=places[match.start()], end=places.end(match.end())
            )
    for match in _EXPIRES_ON.finditer(flat):
        if _is_own_term(flat, match.start(), match.end()):
            return Expiry(
                day=_last_day(match["month"])
                if match["month"]
                else days(match["day"] or match["last"])[0].day,
                start=places[match.start()],
                end=places.end(match.end()),
            )
    for match in _LASTS.finditer(flat):
        if _is_own_term(flat, match.start(), match.end()) and (count := figure(match["n"])):
            unit = "Y" if match["unit"] == "年" else "M"
            return Expiry(
                duration=f"P{count}{unit}", start=places[match.start()], end=places.end(match.end())
            )
    for day_text, a, b in _labelled(flat, "expires"):
        return Expiry(day=days(day_text)[0].day, start=places[a], end=places.end(b))
    return None


def _last_day(month: str) -> date | None:
    """Return the last day of 2025年6月 or of 2025年; None for a month that no calendar has."""
    year, _, rest = month.partition("年")
    count = int(rest.removesuffix("月") or 12)
    return later(date(int(year), 1, 1), months=count) - timedelta(days=1) if 1 <= count <= 12 else None


def _is_own_term(flat: str, start: int, end: int) -> bool:
    """Say whether a term is the document's own rather than a licence's or a score's."""
    before, behind = _sentence(flat, start), flat[end : end + 8]
    if re.search(rf"本{_SELF[len('(?:本|该|此)?') :]}[^。]*$", before):
        return not _LICENCE.search(re.split(r"[,，]", before)[-1])
    if re.search(r"(?:施行|实施|执行|生效|印发|发布)[,，]?$", before) or re.search(r"[〔【]$", before):
        return True
    if re.search(r"(?:上述|以上)?(?:政策|文件|规定|办法|措施)[^。]{0,40}$", before):
        return not _LICENCE.search(before[-14:])
    return before == "" and behind.startswith(("。", "", "〕")) and bool(re.match(r"[。〕]|$", behind))


def card_status(text: str) -> str | None:
    """Return the status that a short text states as a card does, in one of ``STATUSES``."""
    flat = squeezed(plain(text))
    labelled = re.search(
        rf"{_CARD_LABELS['status']}[〕】]?(?::([^〔〕:：\s]{{1,8}})|([^〔〕:：\s]{{2,8}}))", flat
    )
    if labelled and (status := _status_of(labelled[1] or labelled[2])):
        return status
    for match in re.finditer(r"〔([^〔〕]{2,6})〕", flat[:400]):
        if status := _status_of(match[1], is_whole=True):
            return status
    if (
        len(flat) < 200
        and "。" not in flat
        and re.search(r"(?:公布|成文|发布|施行|实施|印发)(?:日期|时间)", flat)
    ):
        free = re.search(
            r"部分条款失效|条款失效|全文失效|全文废止|全文有效|现行有效|尚未(?:生效|施行)|已(?:被)?(?:废止|修改|修订|失效)",
            flat,
        )
        return _status_of(free[0].removeprefix("全文")) if free else None
    return None


def _status_of(words: str, *, is_whole: bool = False) -> str | None:
    for pattern, status in _STATUS_WORDS:
        if re.fullmatch(pattern, words) if is_whole else re.match(pattern, words):
            return status
    return None


_T = r"(?:\(?(?:上午|下午|中午|晚上|晚|早上|零|周.|星期.)?\)?(?:\d{1,2}(?:时|点|:\d\d(?::\d\d)?)(?:整|\d{1,2}分|半)?|24时)?(?:下班|正)?)"
_MD = r"(?:(?P<y{0}>(?:19|20)\d\d)[年/.-])?(?P<m{0}>\d{{1,2}})[月/.-](?P<d{0}>\d{{1,2}})(?:日|号)?"
_P = r"(?:\((?:周|星期)[^()]{1,3}\))?"
_RANGE = regex(
    _MD.format(1)
    + _P
    + _T
    + r"(?:起|开始)?[,，]?(?:至|到|-|—|~|——|–)(?:(?:(?P<y2>(?:19|20)\d\d)[年/.-])?(?P<m2>\d{1,2})[月/.-])?(?P<d2>\d{1,2})(?:日|号)"
    + _P
    + _T
)
_LATE_RANGE = regex(r"月(?:上旬|中旬|下旬|初|底|末)(?:至|到|-|—|~)" + _MD.format(2))
_BY = regex(
    _MD.format(2) + _P + r"(?:\([^()]{1,10}\))?" + _T + r"日?(?P<by>之?前|以前|止|截止|为止|\(含\)前|\)前)"
)
_UNTIL = regex(
    r"(?:(?:截止|截至)(?:时间|日期|日)?(?:[、和及](?:开标|评审|开启)(?:时间|日期))?(?:后|统一)?(?:\([^()\d]{1,12}\))?(?:为|是|:|至|到|延长至|延至|\(){0,2}"
    r"|(?:即日|发布之日|公告之日|通知之日)起(?:开始)?(?:至|到)"
    r"|(?:时间|日期|期限|期)[,，:]?(?:自|从)(?:本)?(?:公告|通知|公示|通告)?(?:发布|公布|见报|刊登|印发)?之?日起[,，]?(?:至|到)"
    r"|(?:时间|日期|期限|截止|受理|报名|申报|缴费期|征缴期|申报期|报名期)(?:统一|适当)?(?:(?:由|从)(?:原定的?)?[^,，。]{4,14})?(?:延长|顺延|推迟|延期|延后|延|调整)(?:至|到|为))(?:北京时间)?"
    + _MD.format(2)
    + r"(?!现|,全|,共|,累)"
)
_SPAN_DAYS = regex(
    rf"(?P<label>公示期(?:限)?|公示时间|征求意见(?:期限|时间|的时间|期)|意见(?:征求|征询|征集)期(?:限)?|反馈期限)[^。,，]{{0,14}}?(?<![月\d])(?P<n>{_COUNT})(?:个)?(?P<unit>工作日|日|天|个月)"
)
_WITHIN = regex(
    rf"本(?:公告|公示|通知|通告|启事)(?:发布|公布|公示|刊登|印发)?之日起(?P<n>{_COUNT})(?:个)?(?P<unit>工作日|日|天|个月)(?:之|以)?内"
)
_HANDED_IN = regex(
    r"于※?交[\u3400-\u9fff]|邮寄|寄送|寄至|寄到|交至|交到|交回|送交|送达|递送|发送|发至|提供|报备"
)
_KINDS = (
    ("publicity", r"公示(?!系统|平台|网)"),
    ("payment", r"缴费|交费|上缴|缴清|缴存|缴纳|交纳|付款|参保"),
    (
        "comment",
        r"征求意见|意见(?:建议)?(?:反馈|书面|以|通过|发送|寄|返)|反馈意见|修改意见|意见表|提出意见|意见和建议|意见(?!书|的?报告)|建议(?:意见|反馈|和意见)",
    ),
    ("registration", r"报名|报考|预报名|注册报名|登记报名|选科|确认"),
    (
        "report",
        r"推荐|审核|年报|汇算清缴|报送|上报(?!名)|年审|年检|(?:情况|方案|总结|名单|材料|结果|计划|表|数据)报(?!名|考|告)|报至|报市|报省|报我|报县|报区|汇总|复查结果|填报|报部|报厅|报局|报委|报备|备案|报告|总结|名单报|(?<![申填预上])报(?=[\u3400-\u9fff]{1,6}(?:处|科|室|办|院|中心|部|局|厅|委|司)(?![\u3400-\u9fff]{0,3}[名考告]))|反馈|书面函|回执|送|建议书",
    ),
    ("application", r"申报|申请|受理|提交|投标|递交|投稿|补充材料|征集|论文|稿件|征文|来稿|作品"),
)


def deadlines(text: str) -> list[Deadline]:
    """Return the days that a text sets for comments, applications, reports, payments and the like."""
    flat, places = tight(text)
    found: list[tuple[int, int, Deadline]] = []
    for match in [
        *_RANGE.finditer(flat),
        *_LATE_RANGE.finditer(flat),
        *_BY.finditer(flat),
        *_UNTIL.finditer(flat),
    ]:
        span = match.span()
        if not any(a < span[1] and span[0] < b for a, b, _ in found) and (
            made := _deadline(flat, places, match)
        ):
            found.append((*span, made))
    for match in _SPAN_DAYS.finditer(flat):
        made = _lasting(flat, places, match)
        if made and not any(
            _share_sentence(flat, (a, b), match.span()) and d.kind == made.kind for a, b, d in found
        ):
            found.append((*match.span(), made))
    for match in _WITHIN.finditer(flat):
        before, after = _clause(flat, *match.span())
        kind = _first(after) or _nearest(before)
        if kind in ("comment", "application", "registration"):
            found.append((*match.span(), _counted(flat, places, match, kind)))
    return [made for _, _, made in sorted(found, key=lambda entry: entry[0])]


def _share_sentence(flat: str, a: tuple[int, int], b: tuple[int, int]) -> bool:
    """Say whether two places stand in one sentence: a term beside the days it comes to."""
    return not re.search(r"[。；;]", flat[min(a[1], b[1]) : max(a[0], b[0])])


def _is_stated(words: str, behind: str, before: str) -> bool:
    """Say whether a day only says of when a statement is: 截至6月20日，…."""
    is_due = (
        re.search(r"(?:时间|日期|期限|报名|申报|报送|推荐|提交|受理|审核|缴费|征集)$", before) is not None
    )
    return re.match(r"截至\d", words) is not None and behind in ",，" and not is_due


def _clause(flat: str, start: int, end: int) -> tuple[str, str]:
    before = re.split(r"[。；;!！?？]", _untitled(flat[max(0, start - 70) : start]))[-1]
    after = re.split(r"[。；;!！?？]", _untitled(flat[end : end + 60]))[0]
    return before, after


def _untitled(words: str) -> str:
    """Return words without the titles in them: the 意见 in a title is not what is asked for."""
    return re.sub("《[^《》]*》", "※", words)


def _deadline(flat: str, places: Places, match: re.Match[str]) -> Deadline | None:
    before, after = _clause(flat, *match.span())
    groups = match.groupdict()
    is_range = groups.get("m1") is not None
    is_until = _UNTIL.match(match[0]) is not None
    is_by = groups.get("by") is not None
    if not _is_set(
        before,
        after,
        is_range=is_range,
        is_until=is_until,
        is_by=is_by,
        is_late=match[0].startswith("月"),
        is_stated=_is_stated(match[0], flat[match.end() : match.end() + 1], before),
    ):
        return None
    asked = flat[max(0, match.start() - 160) : match.end() + 40]
    kind = _kind(
        before,
        after,
        is_range=is_range or is_until,
        is_comment=re.search(r"征求(?:社会)?(?:公众)?意见|公众[^。]{0,10}提出[^。]{0,8}(?:建议|意见)", asked)
        is not None,
    )
    if kind is None:
        return None
    year = groups.get("y2") or groups.get("y1")
    day = _as_date(year, groups.get("m2") or groups.get("m1"), groups["d2"])
    first = _as_date(groups.get("y1") or None, groups["m1"], groups["d1"]) if is_range else None
    return Deadline(kind=kind, day=day, first=first, start=places[match.start()], end=places.end(match.end()))


def _as_date(year: str | None, month: str | None, day: str | None) -> str:
    return f"{year or '-'}-{int(month or 0):02d}-{int(day or 0):02d}"


def _is_set(
    before: str, after: str, *, is_range: bool, is_until: bool, is_by: bool, is_late: bool, is_stated: bool
) -> bool:
    """Say whether a day is one by which something is due, rather than one of the past or of a law's rule."""
    if re.search(r"(?:已|曾|于)[^,，]{0,4}$", before) and not re.search(r"请|将|须|应|可以?[于在]$", before):
        return bool(is_by and re.search(r"(?:请|务必|须|应|需|并|与)[^。]{0,30}$", before)) or bool(
            is_by
            and re.search(r"^交|^完成|(?:报|提交|反馈|送|寄)", after[:20])
            and not re.search(r"已|曾", before[-8:])
        )
    if (
        is_range
        and re.search(r"应当?|须|请", before)
        and re.match(r"(?:前|期间|之间|内)[^。]{0,24}(?:办理|提交|申报|申请|报送|缴)", after)
    ):
        return True
    if (
        is_range
        and re.search(r"(?:可|请|应当?|须)(?:以)?(?:于|在)$", before)
        and re.match(r"(?:期间)?[^。,，]{0,16}(?:申请|申报|报名|提交|办理|缴|填报)", after)
    ):
        return True
    if is_late or is_range:
        return (
            bool(
                re.search(
                    r"(?:请|须|务必)[^。,，]{0,20}(?:于|在)$|时间|期限|期间|日期|报名|申报|公示|缴费|受理|征求意见|:$|为$",
                    before[-40:],
                )
            )
            and not re.search(r"执行期|实施期|有效期|放假|举行|召开|比赛", before[-20:])
            and not re.match(r"[^。]{0,10}(?:享受|待遇|有效|放假)", after)
        )
    due = r"(?:即日|之日)起至$|(?:时间|期限|日期)(?:为|:)[^。]{0,12}$|(?:报送|提交|申报|申请|报名|审核|填报|缴费|反馈|推荐|汇总)[^。,，:]{0,8}:$"
    if is_by and re.search(due, before):
        return True
    if is_until:
        return not re.match(r"[,，]?(?:全|共|累计|已|我|现)", after) and not is_stated
    if re.match(r"[^,，。]{0,4}(?:已|完成转制|建成|出生|开工|成立|注册登记的|取得)", after):
        return False
    if re.search(r"(?:请|务必|须|应于|应在|需|应当|于|并于|与|在|前)[^。]{0,30}$", before) or before == "":
        return True
    return bool(re.match(r"[^。]{0,20}(?:报|提交|反馈|送|寄|缴|完成)", after))


def _kind(before: str, after: str, *, is_range: bool, is_comment: bool) -> str | None:
    """Return what is due: the word nearest before the day decides for spans, the words behind it for 前.

    ``is_comment``: the text right before asks for comments, so that its 公告时间 is the time for them.
    """
    if is_range:
        label = re.search(
            r"([\u3400-\u9fff]{2,10}?)的?(?:时间|日期|期限)(?:原则上|分别)?(?:为|是|:)*$", before
        )
        if label and is_comment and re.search(r"征集|征询", label[1]):
            return "comment"
        if label and _nearest(label[1]) is None:
            return "comment" if is_comment and re.search(r"公告|公布|征集|公开|征询", label[1]) else None
        return _nearest(re.split(r"[,，]", before)[-1]) or _nearest(before) or _first(after)
    if handed := re.search(r"(报名|申报|申请)(?:材料|表|书|资料)?(?:请|须|应|务必)*[于在]$", before):
        return _nearest(handed[1])
    near = _first(after)
    if near == "publicity":
        near = _first(re.sub("公示", "", after)) or ("report" if "完成" in after else near)
    if near == "report" and re.search(r"申报(?:单位|企业|人|者|主体)[^。]*$", before):
        return "application"
    if near == "report" and re.match(r"反馈", after) and re.search(r"公众|社会各界|各界人士", before):
        return "comment"
    if near in ("report", "application") and re.search(r"意见", after + before[-30:]):
        return "comment"
    return near or _nearest(before) or _handed_in(f"{before}※{after}")


def _handed_in(words: str) -> str | None:
    """Return what is due where only a verb of handing in says so: 请于…前邮寄."""
    if not _HANDED_IN.search(words):
        return None
    return "application" if re.search(r"申请|申报|材料|标书", words) else "report"


def _nearest(words: str) -> str | None:
    found = [(match.end(), kind) for kind, pattern in _KINDS for match in re.finditer(pattern, words)]
    if not found:
        return None
    best = max(end for end, _ in found)
    near = [kind for end, kind in found if end >= best - 3]
    return near[0] if near else None


def _first(words: str) -> str | None:
    found = [
        (match.start(), n, kind)
        for n, (kind, pattern) in enumerate(_KINDS)
        if (match := re.search(pattern, words))
    ]
    return min(found)[2] if found else None


def _lasting(flat: str, places: Places, match: re.Match[str]) -> Deadline | None:
    before, after = _clause(flat, *match.span())
    if re.search(r"不(?:得)?少于|不低于|不短于|届满|一般", match[0] + before[-10:] + after[:6]):
        return None
    return _counted(flat, places, match, "publicity" if "公示" in match["label"] else "comment")


def _counted(flat: str, places: Places, match: re.Match[str], kind: str) -> Deadline:
    count, unit = figure(match["n"]), {"工作日": "WD", "日": "D", "天": "D", "个月": "M"}[match["unit"]]
    return Deadline(
        kind=kind,
        day=None,
        duration=f"P{count}{unit}",
        start=places[match.start()],
        end=places.end(match.end()),
    )


def expiry_day(effective: date | None, expiry: Expiry | None) -> date | None:
    """Return the last day of a document's term; None where the text and the day of effect do not give it."""
    if expiry is None:
        return None
    if expiry.day:
        return expiry.day
    if effective is None or expiry.duration is None:
        return None
    count, unit = int(expiry.duration[1:-1]), expiry.duration[-1]
    end = later(effective, years=count) if unit == "Y" else later(effective, months=count)
    return end - timedelta(days=1)
