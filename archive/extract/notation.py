"""How dates, times and document numbers are written: 2026-03-01, ２０２６年３月１日, 下午3:05, 国发〔2026〕1号.

Times are those of Beijing, UTC+8. A day that the calendar does not have is no date. An hour that no day has is
left out.

Document numbers (发文字号) need more care, because a policy text cites other documents by theirs all the time. Only
a number in a labelled field, in the title's brackets, or alone on one of the first lines of the body is taken
for the page's own.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

from archive.patterns import regex
from archive.text import simplified

_WIDE = str.maketrans("０１２３４５６７８９：．／", "0123456789:./")
_CN = "〇一二三四五六七八九"
_DIGIT = {**{c: n for n, c in enumerate(_CN)}, "零": 0, "○": 0, "Ο": 0, "O": 0, "◯": 0}
_DASH = r"[-/.\u2010-\u2015\u2212\uff0d]"
_GAP = r"[\s\x1f]"
_TIME = (
    rf"(?:[\sT\x1f-]{{0,4}}(?:[（(]?(?:星期.|周.|礼拜.)[）)]?)?{_GAP}{{0,3}}"
    rf"(?P<half>上午|下午|早上|早晨|凌晨|清晨|中午|傍晚|晚上|晚间|夜间|晚|[AaPp]\.?[Mm]\.?)?{_GAP}{{0,3}}"
    r"(?:(?P<hour>\d{1,2})\s?(?:[:]\s?(?P<minute>\d{1,2})(?:\s?:\s?\d{1,2}(?:\.\d{1,6})?)?"
    r"|\s?[时時点點](?![击擊评評赞贊播])(?:\s?(?:(?P<part>半|整|[一三13]刻)|(?P<minutes>\d{1,2})\s?分?(?:\s?\d{1,2}\s?秒)?))?)(?!\d)"
    r"|(?P<cn_hour>[一二三四五六七八九十]{1,3})[时時点點](?:(?P<cn_part>半|整|[一三]刻)|(?P<cn_minute>[〇零一二三四五六七八九十]{1,3})分)?)"
    r"(?:\s?(?P<meridiem>[AaPp]\.?[Mm]\.?)(?![A-Za-z]))?)?"
)
_DAY = (
    rf"(?<!\d)(?P<year>(?:19|20)\d{{2}})\s?(?:年|{_DASH}{{1,2}})\s?(?P<month>\d{{1,2}})\s?(?:月|{_DASH}{{1,2}})"
    r"\s?(?P<day>\d{1,2})(?!\d)\s?[日号號]?"
)
MOMENT = regex(_DAY + _TIME)
_YEAR = r"[〔\[（(【﹝［]\s?((?:19|20)\d{2})\s?[〕\]）)】﹞］]"
_NUMBER = regex(r"([\u4e00-\u9fffA-Za-z]{1,16})\s?" + _YEAR + r"\s?第?\s?(\d{1,5})\s?[号號]")
_ORDER = regex(
    r"((?:[\u4e00-\u9fff]{2,24}?(?:部|委员会|政府|国务院|总局|局|署|银行|办公厅|会|院|主席|国)|国务院|国)?令)\s?(?:((?:19|20)\d{2})年\s?)?第?\s?"
    r"([0-9〇○零一二三四五六七八九十百]{1,6})\s?[号號]"
)
_ANNOUNCED = regex(r"((?:19|20)\d{2})年\s?第\s?(\d{1,5})\s?[号號](令|公告|通告)?")
_ALONE = regex(r"^[（(\[【]?\s?(?:文号|发文字号|文件编号)?[:：]?\s?(.{4,40}?[号號])\s?[）)\]】]?$")
_BRACKETED = regex(
    r"[（(]\s?([^（）()]{2,30}[〔\[（(【﹝［]\s?(?:19|20)\d{2}\s?[〕\]）)】﹞］]\s?第?\s?\d{1,5}\s?[号號])\s?[）)]\s*$"
)


"""A day with, perhaps, its hour. To be sought in what ``plain`` returns."""
# Some heads write 2026-03-01:15:05.
_CLAIMED = regex(_DAY + _TIME.replace(r"[\sT\x1f-]{0,4}", r"[\sT:\x1f-]{0,4}", 1))
_COMPACT = regex(
    r"(?<!\d)(?P<year>20\d{2})(?P<month>[01]\d)(?P<day>[0-3]\d)(?:(?P<hour>[0-2]\d)(?P<minute>[0-5]\d)(?:[0-5]\d)?)?(?!\d)"
)
_COMPACT_TIME = regex(_COMPACT.pattern.split("(?:(?P<hour>")[0] + r"(?!\d)" + _TIME)
_IN_WORDS = regex(
    r"(?P<year>[一二][〇零○ΟO0◯一二三四五六七八九]{3})\s?年\s?(?P<month>[一二三四五六七八九十]{1,2})\s?月\s?"
    r"(?P<day>[一二三四五六七八九十廿卅]{1,3})\s?[日号]" + _TIME
)
LABELLED = (MOMENT, _COMPACT_TIME, _COMPACT, _IN_WORDS)
"""The forms in which a day may stand after a label. Without one a run of eight digits is no day."""
_UNTIL = (
    rf"{_GAP}{{0,3}}起?{_GAP}{{0,3}}(?:至|到|[\u2010-\u2015\u2212\uff0d~～]{{1,2}}|-{{1,2}}){_GAP}{{0,3}}"
)
_WEEKDAY = rf"{_GAP}{{0,2}}(?:[（(]?(?:星期|周|礼拜|週)[一二三四五六日天][）)]?)?"
_GOES_ON = regex(
    _WEEKDAY
    + _UNTIL
    + rf"(?:(?:19|20)\d{{2}}\s?(?:年|{_DASH}|\d{{4}})|\d{{1,2}}\s?[月日号]|\d{{1,2}}{_DASH}\d{{1,2}}|\d{{1,2}}\s?[:时点]|[今长永])"
    rf"|{_GAP}{{0,2}}(?:起|止|前|之前|以前|截止|至今)(?![\u4e00-\u9fff])"
)
_WENT_BEFORE = regex(
    rf"(?:\d\s?[日号號]?|[日号时点分]){_WEEKDAY}(?:\s?\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?{_UNTIL}$|(?:截至|截止|至|自)[\s\x1f:：]{{0,3}}$"
)
_ZONE = regex(r"Z(?![A-Za-z])|[+-](?:0\d|1[0-4]):?[0-5]\d(?![\d:-])")
_NOON = ("上午", "早上", "早晨", "凌晨", "清晨")
_BEIJING = timezone(timedelta(hours=8))


def plain(text: str) -> str:
    """Return a text with its full-width figures, colons and points made narrow; places in it stay the same."""
    return text if text.isascii() else text.translate(_WIDE)


def iso(match: re.Match[str]) -> str | None:
    """Return a match as ``YYYY-MM-DD`` or ``YYYY-MM-DDTHH:MM+08:00``, None for no real day.

    An hour that another zone follows (``07:05Z``) is moved to Beijing's.
    """
    groups = match.groupdict()
    try:
        day = date(_year(groups["year"]), _number(groups["month"]), _number(groups["day"])).isoformat()
    except ValueError:
        return None
    time = _time(groups)
    if time is None:
        return day
    zone = _ZONE.match(match.string, match.end()) if groups.get("hour") else None
    return _in_beijing(f"{day}T{time[0]:02d}:{time[1]:02d}", zone[0] if zone else "+08:00")


def _in_beijing(moment: str, zone: str) -> str:
    offset = "+00:00" if zone == "Z" else f"{zone[:3]}:{zone[-2:]}"
    try:
        local = datetime.fromisoformat(moment + offset).astimezone(_BEIJING)
    except (ValueError, OverflowError):
        return moment + "+08:00"
    return local.strftime("%Y-%m-%dT%H:%M+08:00")


def _time(groups: dict[str, str | None]) -> tuple[int, int] | None:
    hour_text = groups.get("hour") or groups.get("cn_hour")
    if not hour_text:
        return None
    part = groups.get("part") or groups.get("cn_part")
    minute_text = groups.get("minute") or groups.get("minutes") or groups.get("cn_minute") or "0"
    minute = {"半": 30, "一刻": 15, "1刻": 15, "三刻": 45, "3刻": 45}.get(part or "", 0) or _number(
        minute_text
    )
    hour = _of_day(_number(hour_text), groups.get("half") or groups.get("meridiem") or "")
    return (hour, minute) if 0 <= hour <= 23 and 0 <= minute <= 59 else None


def _of_day(hour: int, half: str) -> int:
    """Return the hour of the day; -1 where the words and the figure contradict each other."""
    mark = half.lower().replace(".", "")
    if mark in _NOON or mark == "am":
        return 0 if hour == 12 and mark in ("am", "凌晨", "上午") else hour if hour <= 12 else -1
    if mark in ("下午", "傍晚", "pm"):
        return hour + 12 if 1 <= hour < 12 else hour
    if mark in ("晚上", "晚间", "夜间", "晚"):
        return hour + 12 if 5 <= hour < 12 else hour if hour > 12 else -1
    if mark == "中午":
        return hour + 12 if 1 <= hour <= 3 else hour
    return hour


def _year(text: str | None) -> int:
    return int("".join(str(_DIGIT.get(c, c)) for c in text or ""))


def _number(text: str | None) -> int:
    if not text or text.isdigit():
        return int(text or 0)
    head, ten, tail = text.replace("廿", "二十").replace("卅", "三十").partition("十")
    if not ten:
        return int("".join(str(_DIGIT[c]) for c in text))
    return (_DIGIT[head] if head else 1) * 10 + (_DIGIT[tail.lstrip("零〇")] if tail else 0)


def is_period(text: str, start: int, end: int) -> bool:
    """Say whether a day is an end of a period: 2026-03-01至2026-03-07, 9:00—11:00, 截至 …, … 起."""
    return bool(_GOES_ON.match(text, end) or _WENT_BEFORE.search(text[max(0, start - 30) : start]))


def parse_date(text: str, *, labelled: bool = False) -> str | None:
    """Return the first date in ``text`` in the form of ``iso``, or None. A period is no date.

    ``labelled`` says that the text is the value of a label: then 20260301 and 二〇二六年三月一日 are days, too.
    """
    flat = plain(text[:200])
    for pattern in LABELLED if labelled else (MOMENT,):
        if match := pattern.search(flat):
            return iso(match)
    return None


def claimed(value: str) -> str | None:
    """Return the date of a meta element, which may name another zone than Beijing's."""
    flat = plain(value[:100])
    match = _CLAIMED.search(flat)
    return iso(match) if match else parse_date(flat, labelled=True)


def is_future(published_at: str | None, captured_at: str) -> bool:
    """Say whether a date is later than the day after it was read (``captured_at``, UTC); "" says it is not known when."""
    if not published_at or not captured_at:
        return False
    read = datetime.fromisoformat(captured_at.replace("Z", "+00:00"))
    bare = len(published_at) == 10
    shown = datetime.fromisoformat(published_at + "T00:00+08:00" if bare else published_at)
    return shown > read + timedelta(days=1)


def normal_number(text: str) -> str | None:
    """Return the number in ``text`` as ``部门〔2024〕13号``, or None where there is none. Nothing else may stand there."""
    flat = simplified(re.sub(r"\s+", "", text[:200]))
    if match := _NUMBER.fullmatch(flat):
        return f"{match[1]}〔{match[2]}〕{int(match[3])}号"
    if match := _ORDER.fullmatch(flat):
        year = f"{match[2]}年" if match[2] else ""
        return f"{match[1]}{year}第{match[3]}号"
    if match := _ANNOUNCED.fullmatch(flat):
        return f"{match[1]}年第{match[2]}号{match[3] or ''}"
    return None


def number_in_title(title: str) -> str | None:
    """Return the number that stands in brackets at the end of a title."""
    match = _BRACKETED.search(title)
    return normal_number(match[1]) if match else None


def number_in_body(lines: list[str]) -> str | None:
    """Return the number that stands alone on one of the first lines of a body.

    An order may be split over two lines (``…人民政府令`` / ``第179号``) or stand in the note of its promulgation.
    """
    first = [re.sub(r"\s+", "", line) for line in lines[:8]]
    for at, line in enumerate(first):
        if len(line) <= 45 and (alone := _ALONE.match(line)) and (number := normal_number(alone[1])):
            return number
        below = first[at + 1] if at + 1 < len(first) else ""
        if line.endswith("令") and len(line) <= 30 and (number := normal_number(line + below)):
            return number
    for line in first[:4]:
        if line.startswith(("(", "（")) and len(line) < 200 and (match := _ORDER.search(line)):
            return _promulgated(match)
    return None


def _promulgated(match: re.Match[str]) -> str:
    name = match[1]
    for long, short in (("中华人民共和国国务院令", "国务院令"),):
        name = short if name.endswith(long) else name
    year = f"{match[2]}年" if match[2] else ""
    return f"{name}{year}第{match[3]}号"
