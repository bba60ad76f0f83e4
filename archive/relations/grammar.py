"""The small forms that the other modules read: numerals, days, document numbers, titles as keys. Pure.

Every offset counts code points of the text as it is given. ``plain`` changes no length, so what is found in
it lies at the same place in the original.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path

from archive.patterns import regex
from archive.text.script import simplified

_FOLDER = Path(__file__).parent
_WIDE = {chr(c + 0xFEE0): chr(c) for c in range(0x21, 0x7F)}
_KEPT = dict.fromkeys("，；！？～")
_SHAPES = (
    {wide: narrow for wide, narrow in _WIDE.items() if wide not in _KEPT}
    | dict.fromkeys("[［【﹝〖｛{„", "〔")
    | dict.fromkeys("]］】﹞〗｝}‟", "〕")
    | dict.fromkeys("<＜", "〈")
    | dict.fromkeys(">＞", "〉")
    | {"號": "号", "～": "~", "∼": "~", "〜": "~"}
)
# A search for the few signs that change is ten times as fast as str.translate on Chinese text.
_CHANGED = regex("[" + re.escape("".join(_SHAPES)) + "]")
_DIGITS = (
    {c: n for n, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2} | dict.fromkeys("○ＯO0", 0)
)
_UNITS = {"十": 10, "百": 100, "千": 1000}
HAN_NUMERAL = "〇零○一二三四五六七八九十百千两"

_YEAR = r"(?:1\s{0,3}9|2\s{0,3}0)\s{0,3}\d\s{0,3}\d"
_FIGURE = r"\d(?:\s?\d){0,5}"
_HAN = "\u3400-\u9fff"
_CODE = regex(
    rf"[〔(〈]\s{{0,3}}({_YEAR})\s{{0,3}}年?\s{{0,3}}[〕)〉]\s{{0,3}}年?\s{{0,3}}(?:第\s{{0,3}})?({_FIGURE})\s{{0,3}}号"
)
# The courts' older numbers name the chamber in a bracket: 法（民）发〔1985〕22号.
_COURT = regex(r"(?:法|高检|司)\s?\([民刑经行研办司]{1,2}\)\s?$")
_OLD_CODE = regex(
    rf"[〔(]\s{{0,3}}([4-9]\s{{0,3}}\d)\s{{0,3}}[〕)]\s{{0,3}}([{_HAN}]{{1,8}}?)\s{{0,3}}(?:第\s{{0,3}})?({_FIGURE})\s{{0,3}}号"
)
_ORDER = regex(
    rf"(令|公告|通告|公报)\s{{0,3}}(?:[〔(]?\s{{0,3}}({_YEAR})\s{{0,3}}[〕)]?\s{{0,3}}年?)?\s{{0,3}}[〔(]?\s{{0,3}}(?:第\s{{0,3}}({_FIGURE}|[{HAN_NUMERAL}]{{1,6}})|({_FIGURE}))\s{{0,3}}号\s{{0,3}}[〕)]?"
)
_COUNTED = regex(rf"(?:({_YEAR})\s?年\s?)?第\s?({_FIGURE}|[{HAN_NUMERAL}]{{1,6}})\s?号(?!令|公告|通告)")
_ORDER_AFTER = regex(
    rf"(?:({_YEAR})\s{{0,3}}年\s{{0,3}})?第\s{{0,3}}({_FIGURE}|[{HAN_NUMERAL}]{{1,6}})\s{{0,3}}号\s{{0,3}}(令|公告|通告)(?!第)"
)
_STANDARD = regex(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:GB|GBZ|GBJ|DB\s?\d\d|DBJ|HJ|JGJ|CJJ)(?:\s?/\s?[TZ]?)?\s?(?:\d{2,6}|\d(?=\.))(?:[./]\d{1,4}){0,3}(?:\s?[-—–]\s?(?:19|20)?\d\d)?"
    r"|(?:[A-Z]{2,3}|T\s?/\s?[A-Z]{2,8})(?:\s?/\s?[TZ])?\s?\d{1,6}(?:[./]\d{1,4}){0,3}\s?[-—–]\s?(?:19|20)\d\d"
    r"|[A-Z]{2}\s?/\s?[TZ]\s?\d{2,6}(?:\.\d{1,4}){0,2}"
    r"|ISO(?:\s?/\s?IEC)?\s?\d{4,5}(?:-\d{1,2})?(?:\s?[:：]\s?(?:19|20)\d\d)?"
    r")(?!\d)"
)
_DAY = regex(
    rf"(?P<y>(?:19|20)\d\d)\s{{0,3}}年\s{{0,3}}(?P<m>\d{{1,2}})\s{{0,3}}月\s{{0,3}}(?P<d>\d{{1,2}})\s{{0,3}}日"
    r"|(?P<y2>(?:19|20)\d\d)(?P<sep>[-/.])(?P<m2>\d{1,2})(?P=sep)(?P<d2>\d{1,2})(?!\d)"
    rf"|(?P<y3>[一二][{HAN_NUMERAL}0OＯ]{{3}})\s{{0,3}}年\s{{0,3}}(?P<m3>[{HAN_NUMERAL}]{{1,2}})\s{{0,3}}月\s{{0,3}}(?P<d3>[{HAN_NUMERAL}]{{1,3}})\s{{0,3}}日"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day written in a text, and its place."""

    start: int
    end: int
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A document number in a text. ``number`` has one form; ``is_order``: it belongs to an order or announcement."""

    start: int
    end: int
    number: str
    is_order: bool = False


@cache
def words(section: str) -> tuple[str, ...]:
    """Return the words of one section of ``words.txt``, the longest first."""
    _, found, rest = (_FOLDER / "words.txt").read_text(encoding="utf-8").partition(f"[{section}]\n")
    assert found, section
    return tuple(sorted(set(rest.partition("\n[")[0].split()), key=lambda word: (-len(word), word)))


@cache
def law_names() -> frozenset[str]:
    """Return the names by which the country's laws are cited without brackets."""
    lines = (_FOLDER / "laws.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())


def law_before(flat: str, end: int) -> int | None:
    """Return where the name of a law begins that ends at a place, the country's name included; None without one."""
    names = law_names()
    start = next((end - size for size in range(min(26, end), 1, -1) if flat[end - size : end] in names), None)
    if start is not None and flat.endswith("中华人民共和国", 0, start):
        return start - 7
    return start


@lru_cache(maxsize=64)
def plain(text: str) -> str:
    """Return the text in Simplified characters with half-width signs and one shape of brackets, place for place."""
    return _CHANGED.sub(lambda match: _SHAPES[match[0]], simplified(text))


def squeezed(text: str) -> str:
    """Return the text without white space."""
    return "".join(text.split())


def figure(numeral: str) -> int | None:
    """Return the value of 12, 十二, 一百零三 or 二〇二四; None for anything else."""
    numeral = squeezed(numeral)
    if numeral.isdigit():
        return int(numeral)
    if not numeral or any(c not in _DIGITS and c not in _UNITS for c in numeral):
        return None
    if not any(c in _UNITS for c in numeral):
        return int("".join(str(_DIGITS[c]) for c in numeral))
    total, digit = 0, 0
    for c in numeral:
        if c in _UNITS:
            total, digit = total + (digit or 1) * _UNITS[c], 0
        else:
            digit = _DIGITS[c]
    return total + digit


def days(text: str) -> list[Day]:
    """Return the full days written in a text in digits or numerals; a day that no calendar has is left out."""
    return [day for match in _DAY.finditer(plain(text)) if (day := _day(match))]


def _day(match: re.Match[str]) -> Day | None:
    parts = [match["y"] or match["y2"] or match["y3"], match["m"] or match["m2"] or match["m3"]]
    values = [figure(part) for part in [*parts, match["d"] or match["d2"] or match["d3"]]]
    try:
        return Day(start=match.start(), end=match.end(), day=date(*(value or 0 for value in values)))
    except ValueError:
        return None


def later(day: date, *, years: int = 0, months: int = 0, count: int = 0) -> date:
    """Return a day moved on; 29 February becomes 28 where the year has none."""
    month = day.month - 1 + months
    year, month = day.year + years + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last)) + timedelta(days=count)
        except ValueError:
            continue
    raise ValueError(day)


@lru_cache(maxsize=16)
def numbers(text: str) -> tuple[Number, ...]:
    """Return the document numbers of a text in their order: 国办发〔2018〕5号, 国务院令第7号, GB 3095-2012."""
    flat = plain(text)
    found = [*_codes(text, flat), *_old_codes(flat), *_orders(flat), *_standards(flat)]
    found.sort(key=lambda number: (number.start, -number.end))
    kept: list[Number] = []
    for number in found:
        if not kept or number.start >= kept[-1].end:
            kept.append(number)
    return tuple(kept)


def _codes(text: str, flat: str) -> Iterator[Number]:
    for match in _CODE.finditer(flat):
        start = issuer_start(flat, match.start())
        if court := _COURT.search(flat[max(0, start - 8) : start]):
            start -= len(court[0])
        prefix = squeezed(text[start : match.start()])
        if prefix and not prefix.isdigit():
            code = f"{prefix}〔{squeezed(match[1])}〕{squeezed(match[2])}号"
            yield Number(start=start, end=match.end(), number=code)


def _old_codes(flat: str) -> Iterator[Number]:
    for match in _OLD_CODE.finditer(flat):
        code = f"{match[2]}〔{squeezed(match[1])}〕{squeezed(match[3])}号"
        yield Number(start=match.start(), end=match.end(), number=code)


def _orders(flat: str) -> Iterator[Number]:
    for match in _ORDER.finditer(flat):
        start = _joint_start(flat, issuer_start(flat, match.start(), is_body=True))
        body = squeezed(flat[start : match.start()])
        year, figures = squeezed(match[2] or ""), squeezed(match[3] or match[4])
        before = re.search(rf"({_YEAR})\s{{0,3}}年\s{{0,3}}$", flat[:start][-12:])
        if before and not year:
            start, year = start - len(before[0]), squeezed(before[1])
        is_whole = bool(body) or flat[max(0, match.start() - 1) : match.start()] in ("", "(", "〔", "部")
        if is_whole and (match[3] or year):
            end = _closed(flat, match)
            number = _order(body, match[1], year, figures)
            yield Number(start=start, end=end, number=number, is_order=True)
            for more in _further(flat, end) if body else ():
                year = squeezed(more[1] or "") or year
                number = _order(body, match[1], year, more[2])
                yield Number(start=more.start(), end=more.end(), number=number, is_order=True)
    for match in _ORDER_AFTER.finditer(flat):
        start = _joint_start(flat, issuer_start(flat, match.start(), is_body=True))
        body = squeezed(flat[start : match.start()])
        number = _order(body, match[3], squeezed(match[1] or ""), squeezed(match[2]))
        if body:
            yield Number(start=start, end=match.end(), number=number, is_order=True)


def _further(flat: str, at: int) -> Iterator[re.Match[str]]:
    """Yield the further counts that an order's number is followed by: 水利部令第24号、第31号; 公告2005年第9号、2009年第85号."""
    while (joined := re.match(r"\s?[、和及]\s?", flat[at : at + 4])) and (
        more := _COUNTED.match(flat, at + joined.end())
    ):
        yield more
        at = more.end()


def _joint_start(flat: str, start: int) -> int:
    """Return where the bodies begin that gave an order together: 环境保护部、农业部令."""
    while start > 1 and flat[start - 1] in "、 \u3000\xa0" and flat[start - 2] in "部委院厅局会署行府":
        earlier = issuer_start(flat, start - 1, is_body=True)
        if earlier >= start - 1:
            break
        start = earlier
    return start


def _closed(flat: str, match: re.Match[str]) -> int:
    """Return where an order's number ends: a bracket that closes it belongs to it when it also opened in it."""
    closes, opens = (sum(match[0].count(c) for c in signs) for signs in (")〕", "(〔"))
    whole = len(match[0].rstrip()) if closes <= opens else match[0].rindex("号") + 1
    return match.start() + whole


def _order(body: str, kind: str, year: str, figures: str) -> str:
    return f"{body}{kind}{year + '年' if year else ''}第{figures}号"


def _standards(flat: str) -> Iterator[Number]:
    for match in _STANDARD.finditer(flat):
        yield Number(start=match.start(), end=match.end(), number=" ".join(match[0].split()))


@cache
def _leads() -> tuple[re.Pattern[str], frozenset[str]]:
    whole = [re.escape(word) for word in words("leads") if len(word) > 1]
    return re.compile("|".join(whole)), frozenset(word for word in words("leads") if len(word) == 1)


_ADDRESSED = regex(
    r"[你我贵该本][部省市县区局厅院委办会校所司处署行](?=.)|[年月日号届次](?=.)|等(?!.?[一二三四五六七八九十\d])(?=.)"
)
_BODY_END = regex(
    r"(?:委员会|办公室|人民政府|考试院|研究院|管委会|中心|总署|[厅局部委院署])"
    r"(?=(?!办公).{2,7}[发函字办规通综令电文便呈请批复审督规]$|[京津沪渝冀豫云滇辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙内陕吉闽黔贵粤青藏川宁琼穗深][\u3400-\u9fff]{1,6}$)"
)
_FULL_BODY_END = regex(r"(?:委员会|办公厅|办公室|人民政府|[总税]局|总署)(?=[\u3400-\u9fff]{2,7}$)")
_TOGETHER = regex(r"等[一二三四五六七八九十\d]{1,3}(?:个?部门|单位|部委)")
_JOINING = regex("|".join(words("bodies with 和")))


def issuer_start(flat: str, end: int, *, is_body: bool = False) -> int:
    """Return where the issuer's part of a number begins, when the number's year or order word begins at ``end``.

    ``is_body``: a body's whole name is expected (国家税务总局 of 国家税务总局公告), not an abbreviation (国税发).
    """
    stop = end
    while stop and end - stop < 2 and flat[stop - 1].isspace():
        stop -= 1
    start = stop
    while start and stop - start < 40 and _is_letter(flat, start - 1, stop):
        start -= 1
    run = flat[start:stop]
    cut = _cut(run, is_body=is_body)
    if cut == 0 and len(run) > 28:
        return end
    return start + cut if run[cut:] else end


def _is_letter(flat: str, at: int, stop: int) -> bool:
    c = flat[at]
    if "\u3400" <= c <= "\u9fff" or (c.isalpha() and c.isascii()):
        return True
    # A number broken over two lines: 国办↵发〔2018〕5号. One sign alone on a line is no issuer.
    return c == "\n" and stop - at == 2 and at > 0 and "\u3400" <= flat[at - 1] <= "\u9fff"


def _cut(run: str, *, is_body: bool) -> int:
    pattern, single = _leads()
    cut = max((match.end() for match in pattern.finditer(run) if match.end() < len(run)), default=0)
    for match in _ADDRESSED.finditer(run, cut):
        cut = max(cut, match.end()) if not _is_ordinal(run, match) else cut
    kept = {at for match in _JOINING.finditer(run) for at in range(match.start(), match.end())}
    kept |= {at for match in _TOGETHER.finditer(run) for at in range(match.start(), match.end())}
    for at in range(cut, len(run) - 1):
        if run[at] in single and at not in kept and (at == cut or not is_body or run[at] not in "和与及以"):
            cut = at + 1
    for ending in () if is_body else (_BODY_END, _FULL_BODY_END):
        cut = max((match.end() for match in ending.finditer(run, cut)), default=cut)
    return cut


def _is_ordinal(run: str, match: re.Match[str]) -> bool:
    """Say whether 届 or 次 belongs to a body's name: 第十一届人民代表大会."""
    return match[0] in "届次" and "第" in run[: match.start()]


def number_key(number: str) -> str:
    """Return what two ways of writing one number share."""
    flat = squeezed(plain(number)).replace("(", "〔").replace(")", "〕").replace("中华人民共和国", "")
    flat = re.sub(r"〔(\d{2,4})年?〕年?第?0*(\d+)号", r"〔\1〕\2号", flat)
    flat = re.sub(rf"第([{HAN_NUMERAL}]+)号", lambda match: f"第{figure(match[1])}号", flat)
    return re.sub(r"[—–]", "-", flat).upper().removeprefix("原")


_TRIAL = regex(
    r"\((?:试行|暂行|试行稿|(?:19|20)\d\d年?(?:修订|修正|版|本|修订版|修订本)?|修订|修订版|修订本)\)$"
)


def title_key(title: str) -> str:
    """Return what two ways of writing one title share: width, brackets and the country's name make no difference."""
    flat = squeezed(plain(title)).replace("中华人民共和国", "")
    return re.sub(r"[《》〈〉“”\"'‘’「」『』()〔〕,，、.。·:：;；\-—]", "", flat)


def bare_title(title: str) -> str:
    """Return a title's key without its (试行) or (2021年修订): the work rather than its state."""
    return title_key(_TRIAL.sub("", squeezed(plain(title))))
