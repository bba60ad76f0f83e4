"""What a policy document names, does to others, says of its validity, and how its text is numbered. Pure.

``grammar``: numerals, days, document numbers; ``citations``: the places that name a document; ``links``: what a
document does to those it names; ``validity``: what a text says of its own term; ``standing``: in force or not on a
day; ``clauses``: the text as a tree; ``contrast``: two versions side by side; ``check``: a report held against
documents at hand. Here: all that is read of one text, and what class of document it is.

Nothing here reads a file of an archive or asks the network. ``RELATIONS_VERSION`` rises with every change that
makes another reading of a kept text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from archive.patterns import regex

# The functions under other names: they would hide the modules of the same names.
from archive.relations.citations import Citation
from archive.relations.citations import citations as read_citations
from archive.relations.clauses import Clause
from archive.relations.clauses import clauses as read_clauses
from archive.relations.grammar import bare_title, plain, squeezed
from archive.relations.links import Relation, listed, target_of, title_relations
from archive.relations.links import relations as read_relations
from archive.relations.validity import Validity
from archive.relations.validity import validity as read_validity

RELATIONS_VERSION = 4
# What stands further behind in a text than this is not read: a reader's time is bounded.
MOST = 400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """All that is read of one version of a document: what it cites and does, its validity, its clauses."""

    citations: tuple[Citation, ...]
    relations: tuple[Relation, ...]
    validity: Validity
    clauses: tuple[Clause, ...]


def _of_title(title: str, known: set[tuple[str, str | None]], cited: list[Citation]) -> list[Relation]:
    """Return what only a document's title says that it does. The text has no place for it: start and end are 0.

    The number is the one that the text gives to the same title.
    """
    numbers = {bare_title(c.title): c.number for c in cited if c.title and c.number}
    said = [relation for relation in title_relations(title) if (relation.kind, relation.title) not in known]
    return [
        replace(
            relation, start=0, end=0, number=relation.number or numbers.get(bare_title(relation.title or ""))
        )
        for relation in said
    ]


def connections(text: str, title: str) -> Connections:
    """Return what one text names, does, says of itself, and how it is numbered, up to its 400,000th character."""
    text = text[:MOST]
    cited = read_citations(text)
    made = read_relations(text, title, cited)
    known = {(relation.kind, target_of(relation)) for relation in made}
    made += [one for one in listed(text, title) if (one.kind, target_of(one)) not in known]
    made += _of_title(title, {(relation.kind, relation.title) for relation in made}, cited)
    return Connections(
        citations=tuple(cited),
        relations=tuple(made),
        validity=read_validity(text, title, made),
        clauses=tuple(read_clauses(text)),
    )


CLASSES = (
    "law", "regulation", "rules", "normative", "notice", "announcement", "plan", "draft", "interpretation", "conference",
    "speech", "news", "statistics", "other",
)  # fmt: skip
_RULES = (
    (r"征求意见稿|送审稿|\(草案\)|草案(?:征求意见|公开征求)|公开征求.{0,60}意见|征求.{2,60}意见的(?:通知|函|公告)|关于.{2,60}征求意见", "draft"),
    (r"解读|答记者问|图解|一图读懂|一图看懂|政策问答|起草说明|权威发布.*问答|专家谈", "interpretation"),
    (r"(?:讲话|致辞|演讲|发言|贺信|署名文章|致词)(?:\(.*\))?$|在.{2,40}(?:上的(?:讲话|致辞|报告|发言|演讲))", "speech"),
    (r"统计公报|(?:运行|经济|行业|生产|价格|指数|收支|用电量|进出口)(?:情况|数据|统计|指数)(?:$|\()|同比(?:增长|下降|上涨)|月份.{0,20}(?:情况|数据|指数)$|统计(?:数据|快报|月报|年报)", "statistics"),
)  # fmt: skip
_CONFERENCE = regex(
    r"(?:召开|举行|举办).{0,40}(?:会|论坛|座谈|会议|发布会|仪式)|(?:常务|全体|工作|专题|电视电话)会议$"
)
_BY_CARD = {
    "法律": "law", "行政法规": "regulation", "地方性法规": "regulation", "部门规章": "rules", "地方政府规章": "rules",
    "规章": "rules", "规范性文件": "normative", "行政规范性文件": "normative", "通知": "notice", "公告": "announcement",
    "司法解释": "rules", "政策解读": "interpretation",
}  # fmt: skip
_ISSUES = regex(r"关于(?:印发|发布|公布|重新印发|修订印发|转发)")


def class_of(title: str, *, number: str | None = None, kind: str | None = None, text: str = "") -> str:
    """Return a document's class; ``kind`` is what its card calls it (体裁, 文种, 效力级别)."""
    if kind and (known := _BY_CARD.get(squeezed(kind))):
        return known
    flat = squeezed(plain(title))
    for pattern, name in _RULES:
        if re.search(pattern, flat):
            return name
    if "令" in (number or "") and "〔" not in (number or ""):
        return "regulation" if re.match(r"(?:中华人民共和国)?国务院", number or "") else "rules"
    return _by_form(flat, number, text)


def _by_form(flat: str, number: str | None, text: str) -> str:
    ending = re.sub(r"\([^()]*\)$", "", flat)
    if re.search(r"^中华人民共和国[^第]{1,30}法$|^中华人民共和国[^第]{1,30}法典$", ending):
        return "law"
    if _ISSUES.search(flat):
        if re.search(r"(?:规划|计划|方案|纲要|要点|行动)的?(?:通知|公告)?$", ending):
            return "plan"
        return (
            "normative" if number or re.search(r"(?:办法|规定|细则|规则|意见|指引|措施)", flat) else "notice"
        )
    if re.search(r"条例$", ending):
        return "regulation"
    if re.search(r"(?:规划|纲要|行动计划|实施方案|工作方案|工作要点|工作计划)$", ending):
        return "plan"
    if re.search(r"(?:办法|规定|实施细则|规则)$", ending):
        return (
            "rules"
            if re.search(r"第.{1,6}号令|令第.{1,6}号|部令", squeezed(plain(text[:400])))
            else "normative"
        )
    if re.search(r"(?:意见|措施|指引|批复|决定|若干政策|命令)$", ending):
        return "normative"
    if re.search(r"(?:通知|通报|函|复函)$", ending):
        return "normative" if number and "规" in number.partition("〔")[0] else "notice"
    if re.search(r"(?:公告|公示|通告|公布|启事|招标公告|名单)$", ending):
        return "announcement"
    if _CONFERENCE.search(flat):
        return "conference"
    return "news" if _is_news(text) else "other"


def _is_news(text: str) -> bool:
    """Say whether a text begins as reports do: 新华社北京…电, 本报讯, 记者…."""
    return bool(
        re.search(
            r"新华社.{0,12}电|本报讯|\(?记者|中新网|据.{1,12}报道|\d{1,2}月\d{1,2}日[,，电]",
            plain(text[:160]),
        )
    )
