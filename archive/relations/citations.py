"""The places in a text that name another document. Pure.

A citation says that a text names a document, by its number, its title, a short name or an article. It does not
say that such a document exists, or that the text names it rightly.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from archive.patterns import regex
from archive.relations.grammar import (
    HAN_NUMERAL,
    Number,
    issuer_start,
    law_before,
    numbers,
    plain,
    squeezed,
    words,
)

_HAN = "\u3400-\u9fff"
_COUNT = rf"(?:[{HAN_NUMERAL}]{{1,8}}|\d{{1,4}})"
_ITEM = rf"第?\s?\({_COUNT}\)(?:\s?[至、到和]?\s?(?:第\s?)?\({_COUNT}\))*\s?项|第\s?{_COUNT}\s?项"
_PART = (
    rf"第\s?{_COUNT}(?:\s?[、,，和至到]\s?{_COUNT})*\s?[章节条款项目](?:之[一二三四五六七八九十])?|{_ITEM}"
)
_ARTICLE = rf"第\s?{_COUNT}(?:\s?[、,，和至到]\s?{_COUNT})*\s?条(?:之[一二三四五六七八九十])?(?:\s?第\s?{_COUNT}\s?款)*(?:\s?(?:{_ITEM}))*(?:\s?第\s?{_COUNT}\s?目)?"
_CHAPTER = rf"第\s?{_COUNT}\s?章(?:\s?第\s?{_COUNT}\s?节)?之?\s?"
_PARAGRAPH = rf"第\s?{_COUNT}\s?款(?:\s?(?:{_ITEM}))*"
_JOIN = r"\s?(?:、|,|，|和|及|与|或者|或|以及|至|到|—|-|~)\s?"
_ARTICLES = regex(
    rf"(?:(?:{_CHAPTER})?{_ARTICLE}|{_PARAGRAPH}|第\s?\({_COUNT}\)\s?项|第\s?{_COUNT}\s?项)(?:{_JOIN}(?:{_ARTICLE}|{_PARAGRAPH}|{_ITEM}))*"
)
_PARTS = regex(_PART)
_OWN = r"本(?:法|条例|办法|规定|细则|规则|解释|实施细则|实施办法|暂行规定|暂行办法|通知|意见|决定|规程|准则|标准|规范|章程|公告|方案|条|章|节)"
_SELF = regex(rf"{_OWN}(?=\s?第)")
_HEADING = regex(rf"(?:^|\n)[ \t\u3000\xa0\u2002]*(?:-\s?|#+\s?|\*+)?第\s?{_COUNT}\s?[条款项目]")
_NAMED = regex(
    rf"(?<=[{_HAN}])(?:法典|法|条例|通则|总则|(?<=[\u3400-\u9fff]{{4}})规则)(?=\s?第\s?{_COUNT}\s?条)"
)
_SHORT = regex(
    r"(?:以下|下)(?:统一|统|并|合并|均|分别)?(?:简称|称)(?:为)?\s?[:：]?\s?(?:省|市|县|区|国家|原)?\s?[“\"‘「]?"
    r"(《[^《》]{1,30}》(?!《)|[^，,。；;()《》“”\"、\s]{1,24})[”\"’」]?"
)
_GAP = regex(r"\s{0,3}(?:——|—|--|-|:|，|,)?\s{0,3}")
_FILE = regex(r"\s{0,3}(?:文件|文|:|号文件)?\s{0,3}(?:精神)?\s{0,3}")
_CALLED = regex(
    r"(?:等|这)?[\d一二三四五六七八九十两]{0,4}[项个部件份]?(?:国家|行业|地方|推荐性|强制性|团体)?"
    r"(?:标准|规范性文件|文件(?:精神|要求|规定)|法律法规|法律、|法规|规章)"
)
_ISSUED_ABOUT = regex(rf"(?:[{_HAN}、]{{0,38}}[部委局厅会院办署校门府室司组区市省县社行团])?关于")
_IS_ISSUER = regex(
    rf"[\s原即见:]*(?:(?:19|20)\d\d年\d{{1,2}}月\d{{1,2}}日)?(?:发?文号)?:?\s{{0,3}}(?:[{_HAN}、\s]{{2,18}}[部委厅局会室府院署行]|[{_HAN}]{{1,2}}\s)?\s{{0,3}}"
)
_LONGEST_TITLE = 260
# What follows the title of an essay: 《…》，《中国法学》2015年第4期.
_PUBLISHED_IN = regex(
    r"[,，]?\s?(?:载于?|刊于|原载)?\s?《[^《》]{2,20}》\s?[(]?(?:(?:19|20)\d\d年?[)]?[,，]?\s?)?第\s?\d{1,4}\s?期"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """One place that names a document. ``title``: as written; ``stands_for``: what a short name was made for."""

    start: int
    end: int
    text: str
    kind: str
    title: str | None = None
    number: str | None = None
    articles: tuple[str, ...] = ()
    stands_for: str | None = None
    is_own: bool = False


def citations(text: str) -> list[Citation]:
    """Return the places where a text names a document, in their order. Overlaps are left out."""
    flat = plain(text)
    known = numbers(text)
    taken = _Taken(len(text))
    bare = taken.add(_bare(text, flat, known))
    titles = taken.add(_titled(text, flat, known))
    alone = taken.add(_numbered(text, flat, known, taken))
    names = _short_names(flat, sorted([*titles, *bare, *alone], key=lambda c: c.start))
    titles += taken.add(_short_titles(text, flat, names, taken))
    laws = taken.add(_lawful(text, flat, names, taken))
    own = taken.add(_own(text, flat, taken))
    found = [_resolved_short_name(citation, names) for citation in [*titles, *bare, *alone, *laws]]
    return sorted([*found, *own], key=lambda citation: citation.start)


class _Taken:
    """Which places of a text are taken, asked in order of the kinds of citation."""

    def __init__(self, length: int) -> None:
        self.places = bytearray(length)

    def is_free(self, start: int, end: int) -> bool:
        return self.places.find(1, start, end) < 0

    def add(self, found: Iterable[Citation]) -> list[Citation]:
        kept = []
        for citation in found:
            if self.is_free(citation.start, citation.end):
                self.places[citation.start : citation.end] = b"\1" * (citation.end - citation.start)
                kept.append(citation)
        return kept


def brackets(flat: str) -> list[tuple[int, int]]:
    """Return the outer 《…》 of a text. One that is never closed is left out, what lies inside it is not."""
    spans: list[tuple[int, int]] = []
    opened: list[int] = []
    for match in re.finditer("[《》]", flat):
        if match[0] == "《":
            opened.append(match.start())
        elif opened:
            start = opened.pop()
            if match.end() - start <= _LONGEST_TITLE:
                while spans and spans[-1][0] > start:
                    spans.pop()
                spans.append((start, match.end()))
    return spans


def _titled(text: str, flat: str, known: Sequence[Number]) -> Iterator[Citation]:
    last = 0
    for start, end in brackets(flat):
        title = " ".join(text[start + 1 : end - 1].split("\n")).strip()
        title = (
            re.sub(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", "", title)
            if "\n" in text[start:end]
            else title
        )
        number, number_end = _beside(flat, start, end, known)
        before = None if number else _before(flat, last, start, known)
        inside = None if number or before else _inside(flat, start, end, known)
        parts_at = number_end or end
        parts = _ARTICLES.match(flat, _skip(flat, parts_at))
        last = parts_at
        has_more = number or before or parts or _CALLED.match(flat, end)
        if not number and not before and _is_essay_or_contract(flat, start, end):
            continue
        is_named = is_short(title) or is_document(title, is_sure=bool(has_more))
        if not is_named and not (_is_generic(_stem(title)) and _is_issued(flat, start, end)):
            continue
        a, b = (before.start if before else start), (parts.end() if parts else parts_at)
        value = number or before or inside
        kind = "title+number" if value else "short_name" if is_short(title) else "title"
        yield _citation(text, a, b, kind, title=title, number=value.number if value else None, parts=parts)


def _is_essay_or_contract(flat: str, start: int, end: int) -> bool:
    """Say whether a title is one of an essay in a journal, or of a contract that somebody signs."""
    if _PUBLISHED_IN.match(flat, end):
        return True
    is_signed = re.search(r"签(?:订|署|定)(?:了|的)?$", flat[max(0, start - 5) : start])
    return bool(is_signed) and re.search(r"国|省|市|州|区域|自由贸易|自贸", flat[start:end]) is None


def _is_issued(flat: str, start: int, end: int) -> bool:
    """Say whether the words beside a title say that it was issued: a plan of that name, not any such plan."""
    before = re.search(
        r"(?:印发|发布|出台|公布|下发|转发|颁布|审议通过)(?:了|的)?$", flat[max(0, start - 6) : start]
    )
    return bool(before) or re.match(r"(?:已经|业经|已于|\(以下)", flat[end : end + 4]) is not None


def _skip(flat: str, at: int) -> int:
    return at + 1 if flat[at : at + 1] == " " else at


def _citation(
    text: str,
    start: int,
    end: int,
    kind: str,
    *,
    title: str | None,
    number: str | None,
    parts: re.Match[str] | None,
) -> Citation:
    articles = tuple(squeezed(m[0]) for m in _PARTS.finditer(plain(parts[0]))) if parts else ()
    if parts:
        articles = tuple(
            squeezed(text[parts.start() + m.start() : parts.start() + m.end()])
            for m in _PARTS.finditer(parts[0])
        )
    return Citation(
        start=start, end=end, text=text[start:end], kind=kind, title=title, number=number, articles=articles
    )


def _beside(flat: str, start: int, end: int, known: Sequence[Number]) -> tuple[Number | None, int]:
    """Return the number that follows a title, in brackets or without, and where the citation ends."""
    at = (
        end + len(flat[end:]) - len(flat[end:].lstrip())
        if flat[end : end + 3].strip() != flat[end : end + 3]
        else end
    )
    if flat[at : at + 1] in ("(", "〔"):
        return _bracketed(flat, at, known)
    gap = _GAP.match(flat, end)
    for number in _near(known, end, 12):
        if gap and number.start in (end, at, gap.end()) and not ("," in gap[0] or "，" in gap[0]):
            return number, number.end
    return None, 0


def _bracketed(flat: str, at: int, known: Sequence[Number]) -> tuple[Number | None, int]:
    close = {"(": ")", "〔": "〕"}[flat[at]]
    for number in _near(known, at + 1, 24):
        if _IS_ISSUER.fullmatch(flat, at + 1, number.start):
            rest = re.match(r"\s{0,3}(?:文件?\s{0,3}(?=[)〕]))?", flat[number.end :])
            after = number.end + (rest.end() if rest else 0)
            closed = flat[after : after + 1] in (close, ")", "〕")
            body = re.sub(r"^\d{4}年\d{1,2}月\d{1,2}日", "", squeezed(flat[at + 1 : number.start]))
            if body and (number.is_order or len(body) <= 2):
                number = replace(number, number=body.lstrip("原即见:") + number.number)
            return number, after + 1 if closed else number.end
    written = re.match(
        rf"[(〔]\s{{0,3}}([^()〔〕，,;；。\n《》]{{0,40}}?第?\s?(?:\d{{1,5}}|[{HAN_NUMERAL}]{{1,6}})\s?号)\s{{0,3}}(?P<more>公布|发布|印发)?[)〕]",
        flat[at:],
    )
    if written and re.search(
        r"(?:第|年|令|公告|文|字|发)\s{0,3}[\d一二三四五六七八九十]+\s{0,3}号", written[1]
    ):
        number = Number(start=at + 1, end=at + 1 + len(written[1]), number=squeezed(written[1]))
        return number, number.end if written["more"] else at + written.end()
    return None, 0


def _near(known: Sequence[Number], at: int, reach: int) -> Iterator[Number]:
    """Yield the numbers that begin at a place or up to so many characters behind it."""
    for index in range(bisect_left(known, at, key=lambda number: number.start), len(known)):
        if known[index].start > at + reach:
            return
        yield known[index]


def _before(flat: str, last: int, start: int, known: Sequence[Number]) -> Number | None:
    """Return the number that stands before a title as its own: 国发〔2018〕5号文件《…》."""
    for number in _near(known, max(last, start - 60), 60):
        if last <= number.end <= start and (not number.is_order or "\n" not in flat[number.end : start]):
            gap = _FILE.match(flat, number.end + (flat[number.end : number.end + 1] in (")", "〕")))
            if gap and gap.end() == start:
                return number
    return None


def _inside(flat: str, start: int, end: int, known: Sequence[Number]) -> Number | None:
    """Return a standard's code at the head of its own title: 《GB7713学位论文撰写格式》."""
    for number in _near(known, start + 1, 0):
        if number.end < end and not number.number.endswith("号"):
            return replace(number, number=number.number)
    return None


@cache
def _ending(section: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(map(re.escape, words(section)))})$")


def _stem(title: str) -> str:
    """Return a title without what may follow its last noun: （试行）, （2021年版）, 第1部分…."""
    flat = squeezed(plain(title)).strip("〈〉")
    while match := re.search(r"[(〔][^()〔〕]{1,30}[)〕]$", flat):
        flat = flat[: match.start()]
    # 企业会计准则第14号——收入, 监管规则适用指引——发行类第1号: one of a series.
    flat = re.sub(
        r"(?:[-—–]{1,2}[^-—–]{1,12})?第[\d一二三四五六七八九十]{1,3}号(?:[-—–]{1,2}.{1,30})?$", "", flat
    )
    return re.sub(r"(?:之?[一二三四五六七八九十]|\d{1,4}|[-—]\d{4}|全文|等)$", "", flat) or flat


def is_document(title: str, *, is_sure: bool = False) -> bool:
    """Say whether a name in 《》 is one of a document rather than of a newspaper, a form, a book or a film.

    ``is_sure``: a number or an article stands beside it. A name alone proves little: this is a guess by its ending.
    """
    flat, stem = squeezed(plain(title)), _stem(title)
    if is_sure and len(stem) > 1:
        return True
    paper = _ending("papers").search(stem)
    noun = _ending("documents").search(stem)
    if paper and (not noun or len(paper[0]) >= len(noun[0])):
        return bool(re.match(r"[^表书证]*关于", flat)) and not re.search(r"(?:表|书|证|单)$", stem)
    if re.search(r"(?:申请|审批|登记|备案|报名|推荐)表〉?(?:填写|填报)", flat):
        return False
    if stem in words("no documents") or re.search(r"(?:兵|书|方|心|疗|语|技|写|画|唱|拳|棋)法$", stem):
        return False
    if (noun and _is_generic(stem)) or re.search(r"如何|怎样|为何|为什么|吗$", stem):
        return False
    return (
        bool(noun)
        or bool(_ISSUED_ABOUT.match(flat))
        or bool(re.search(r"(?:征求意见稿|送审稿|草案|试行)", flat))
    )


def _is_generic(stem: str) -> bool:
    """Say whether a name is one of a kind of plan that everybody has, not of one plan: 《港口设施保安计划》."""
    plan = re.search(rf"(?:{'|'.join(words('bare plans'))})$", stem)
    if plan is None or is_short(stem):
        return False
    has_place = re.search(
        r"^(?:深化|推动|推进|加快).{6,}|改革.{0,4}方案|.{4,}(?:行动方案|行动计划|总体方案)|政府工作|国|省|市|县|区|州|部|厅|局|委|院|校|大学|“|十[一二三四]五|\d|[一二三四五六七八九]年|办法|条例|若干|中央|全民|行业|规范|关于",
        stem,
    )
    return (
        has_place is None
        and len(stem) <= 14
        and plan[0] in ("计划", "应急预案", "预案", "方案", "工作方案", "报告")
    )


def is_short(title: str) -> bool:
    """Say whether a title is a bare noun that can only stand for a document named elsewhere: 《办法》."""
    return squeezed(plain(title)) in _short_nouns()


@cache
def _short_nouns() -> frozenset[str]:
    return frozenset(words("short names"))


_BARE_NOUN = "通知|意见|办法|决定|规定|方案|批复|函|公告|通告|通报|细则|条例|规划|纲要|措施|计划|指引|规程|请示|报告|要点|标准|目录|解释|复函"
_BARE_AFTER = regex(
    rf"\s{{0,3}}(?:文件|文)?\s{{0,3}}[:：]?\s{{0,3}}(关于[^。；;！？\n]{{2,90}}?(?:的(?:{_BARE_NOUN})|(?:{_BARE_NOUN})(?=\s|$|[。；;,，）)]))(?:\s?\((?:试行|暂行)\))?)"
)
_BARE_BEFORE = regex(
    rf"(?:[{_HAN}、 \u3000\xa0]{{0,60}})关于[^。；;！？\n]{{2,110}}?(?:{_BARE_NOUN})(?:\s?\((?:试行|暂行|修订)\))?(?:\s?[(〔]|[ \u3000\xa0]+)$"
)


_BARE_ALONE = regex(
    rf"(?<![（(《〈])关于[^。；;！？\n《》〈〉，,]{{4,60}}?的(?:{_BARE_NOUN})(?:\((?:[一二三四五六七八九十]{{1,2}}|试行|暂行)\))?(?=\s|$|[(（])"
)


def _bare(text: str, flat: str, known: Sequence[Number]) -> Iterator[Citation]:
    """Yield the titles without 《》 that have their number beside them."""
    for number in known:
        after = None if number.is_order else _BARE_AFTER.match(flat, number.end)
        if after and flat[number.end : number.end + 1] not in (")", "〕"):
            end = _closed(flat, after.start(1), after.end(1))
            title = " ".join(text[after.start(1) : end].split())
            yield _citation(
                text, number.start, end, "title+number", title=title, number=number.number, parts=None
            )
        elif head := _bare_before(flat, number):
            start, title_end = head
            is_closed = flat[number.start - 1] in "(〔" and flat[number.end : number.end + 1] in (")", "〕")
            end = number.end + is_closed
            title = " ".join(text[start:title_end].split())
            parts = _ARTICLES.match(flat, end)
            end = parts.end() if parts else end
            yield _citation(text, start, end, "title+number", title=title, number=number.number, parts=parts)

    for match in _BARE_ALONE.finditer(flat):
        start = _issuers_start(flat, max(0, match.start() - 60), match.start())
        if not _is_in_brackets(flat, match.start()) and re.search(
            r"[部委局厅会院办署校门府][ \u3000]?$", flat[start : match.start()]
        ):
            title = " ".join(text[start : match.end()].split())
            yield _citation(text, start, match.end(), "title", title=title, number=None, parts=None)


def _closed(flat: str, start: int, end: int) -> int:
    """Return where a bare title ends when a 《 in it is still open: 关于转发《…通知》的通知."""
    if flat.count("《", start, end) > flat.count("》", start, end):
        close = flat.find("》", end, end + 60)
        noun = re.match(rf"的(?:{_BARE_NOUN})", flat[close + 1 : close + 8]) if close >= 0 else None
        return end if close < 0 else close + 1 + (noun.end() if noun else 0)
    return end


def _bare_before(flat: str, number: Number) -> tuple[int, int] | None:
    """Return where the title that ends before a number in brackets begins and ends."""
    line = max(flat.rfind(sign, 0, number.start) for sign in "\n。；;！？号") + 1
    base = max(line, number.start - 180)
    window = flat[base : number.start]
    if _BARE_BEFORE.search(window) is None:
        return _bare_plain(flat, base, number.start)
    about = next((at for at in _abouts(window) if not _is_in_brackets(window, at)), -1)
    if about < 0:
        return None
    return _issuers_start(flat, base, base + about), base + len(window.rstrip("(〔 "))


def _bare_plain(flat: str, base: int, at: int) -> tuple[int, int] | None:
    """Return where a title without 关于 begins and ends: 农药登记管理办法（2017年农业部令第3号）."""
    match = re.search(rf"([{_HAN}]{{5,40}})(?:\s?\((?:试行|暂行)\))?\s?[(〔]$", flat[base:at])
    if match is None:
        return None
    start = issuer_start(flat, base + match.end(1), is_body=True)
    name = flat[start : base + match.end(1)]
    if len(name) < 5 or is_short(name) or not re.search(rf"(?:{_BARE_NOUN})$", name):
        return None
    return start, at - 1 if flat[at - 1] in "(〔" else at


def _abouts(window: str) -> Iterator[int]:
    last = max(window.rfind("，"), window.rfind(","), window.rfind("》和"), window.rfind("》、"))
    for match in re.finditer("关于", window):
        if match.start() > last:
            yield match.start()


_PASSED_ON = regex(
    rf"(?<=[部委局厅会院署办室府])(?<![我本贵你该各].)(?P<by>转发|批转)[{_HAN}、 \u3000\xa0]{{2,40}}?[部委局厅会院署办室府司](?:等[{_HAN}]{{0,3}}(?:部门|单位))?$"
)


def _issuers_start(flat: str, base: int, about: int) -> int:
    """Return where a title's issuers begin, one or several: 财政部 税务总局关于…."""
    start = issuer_start(flat, about, is_body=True)
    # 国务院办公厅转发市物价局关于…的通知: the whole is the title, and who passes it on its issuer.
    passed = _PASSED_ON.search(flat, max(base, about - 60), about)
    if passed and passed.start("by") >= base:
        return max(base, issuer_start(flat, passed.start("by"), is_body=True))
    while start > base and flat[start - 1] in " \u3000\xa0、":
        earlier = issuer_start(flat, start - 1, is_body=True)
        if earlier < base or not re.search(r"[部委局厅会院办行署校社室司府]$", flat[earlier : start - 1]):
            break
        start = earlier
    return start


def _numbered(text: str, flat: str, known: Sequence[Number], taken: _Taken) -> Iterator[Citation]:
    for number in known:
        if taken.is_free(number.start, number.end):
            parts = _ARTICLES.match(flat, number.end)
            end = parts.end() if parts else number.end
            yield _citation(text, number.start, end, "number", title=None, number=number.number, parts=parts)


def _short_names(flat: str, found: list[Citation]) -> dict[str, str]:
    """Return the short names a text makes for the documents it cites, each with the title it stands for."""
    names: dict[str, str] = {}
    for match in _SHORT.finditer(flat):
        near = [
            c
            for c in found
            if c.end <= match.start() and match.start() - c.end <= 14 and c.kind != "short_name"
        ]
        if not near or re.search(
            r"[。；;，]", flat[near[-1].end : match.start()].removeprefix("，").removeprefix(",")
        ):
            continue
        name = match[1].strip("《》")
        names[squeezed(name)] = near[-1].title or near[-1].number or ""
    return names


def _short_titles(text: str, flat: str, names: dict[str, str], taken: _Taken) -> Iterator[Citation]:
    """Yield the short names in 《》 that end like no document: （以下简称《重点工作任务》）."""
    for start, end in brackets(flat):
        name = squeezed(flat[start + 1 : end - 1])
        if name in names and taken.is_free(start, end):
            parts = _ARTICLES.match(flat, _skip(flat, end))
            last = parts.end() if parts else end
            title = text[start + 1 : end - 1]
            yield _citation(text, start, last, "short_name", title=title, number=None, parts=parts)


def _resolved_short_name(citation: Citation, names: dict[str, str]) -> Citation:
    """Return a citation whose title is a short name of this text as what it is."""
    name = squeezed(plain(citation.title or ""))
    if citation.number is None and citation.kind in ("title", "short_name") and name in names:
        return replace(citation, kind="short_name", stands_for=names[name] or None)
    return citation


def _lawful(text: str, flat: str, names: dict[str, str], taken: _Taken) -> Iterator[Citation]:
    """Yield the laws and short names that stand without 《》."""
    found = [*_named_with_article(flat), *_listed(flat), *_made(flat, names)]
    last = 0
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if start < last or not taken.is_free(start, end) or _is_in_brackets(flat, start):
            continue
        parts = _ARTICLES.match(flat, _skip(flat, end))
        name = squeezed(text[start:end])
        last = parts.end() if parts else end
        cited = _citation(text, start, last, "short_name", title=name, number=None, parts=parts)
        yield replace(cited, stands_for=names.get(name))


def _is_in_brackets(flat: str, at: int) -> bool:
    opened = flat.rfind("《", max(0, at - _LONGEST_TITLE), at)
    return opened >= 0 and flat.find("》", opened, at) < 0 and flat.find("》", at, at + _LONGEST_TITLE) >= 0


def _named_with_article(flat: str) -> Iterator[tuple[int, int]]:
    for match in _NAMED.finditer(flat):
        start = issuer_start(flat, match.end(), is_body=True)
        listed = law_before(flat, match.end())
        name = flat[listed if listed is not None else start : match.end()]
        name = name if listed is not None else re.sub(r"^(?:新|旧|修订后的|修正前的|修改后的)", "", name)
        start = match.end() - len(name)
        if (
            len(name) > 1
            and not re.search(r"本|^(?:该|其|我国|各|同|前)", name)
            and not name.endswith(("办法", "方法", "做法"))
        ):
            yield start, match.end()


_LAW_END = regex(
    r"(?:法典|法通则|法总则|法|基本法)(?P<more>修正案(?:\([一二三四五六七八九十]+\))?|实施条例|实施细则|实施办法|司法解释(?:\([一二三四五六七八九十]+\))?)?"
    r"(?![律人院官定学庭医制治系典警通总]|规(?!定)|条约|宣传|宣誓|意识|观|权威|精神)"
)


def _listed(flat: str) -> Iterator[tuple[int, int]]:
    for match in _LAW_END.finditer(flat):
        end = match.start("more") if match["more"] else match.end()
        start = law_before(flat, end)
        if start is not None and not (start and flat[start - 1] in "市省区州县"):
            yield start, match.end()
    for match in re.finditer(r"(?:中华人民共和国)?宪法(?![律规学])", flat):
        yield match.span()


def _made(flat: str, names: dict[str, str]) -> Iterator[tuple[int, int]]:
    for name in names:
        if defined := re.search(rf"简?称(?:为)?\s?[:：]?\s?[“\"‘「]?({re.escape(name)})", flat):
            yield defined.span(1)
        if len(name) >= 3 and _ending("documents").search(name):
            for match in re.finditer(re.escape(name), flat):
                yield match.start(), match.end()


def _own(text: str, flat: str, taken: _Taken) -> Iterator[Citation]:
    """Yield the places that point into the document itself, or into one named before: 本法第六十五条, 第一款."""
    headings = {match.end() for match in _HEADING.finditer(flat)}
    for match in _ARTICLES.finditer(flat):
        first = _PARTS.match(flat, match.start())
        if first is None or (first.end() in headings and not _is_run_on(flat, match)):
            continue
        own = re.search(rf"{_OWN}\s?$", flat[max(0, match.start() - 8) : match.start()])
        start = match.start() - len(own[0]) if own else match.start()
        is_heading = own is None and "条" in first[0] and flat[match.end() : match.end() + 1].isspace()
        if taken.is_free(start, match.end()) and not is_heading and not _is_in_brackets(flat, start):
            title = squeezed(own[0]) if own else None
            cited = _citation(text, start, match.end(), "article", title=title, number=None, parts=match)
            yield replace(cited, is_own=True)


def _is_run_on(flat: str, match: re.Match[str]) -> bool:
    """Say whether a line begins with an article that its sentence goes on from, as in 第一款规定的…."""
    return re.match(r"\s?(?:规定|所列|所称|的)", flat[match.end() :]) is not None and "款" in match[0]
