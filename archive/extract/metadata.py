"""Title, dates, source, people and numbers of a page, each with where in the page it came from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from archive.extract.dates import declared_date, meta_date, metas_of, shown_date
from archive.extract.notation import normal_number, number_in_body, number_in_title, parse_date
from archive.extract.outline import Outline
from archive.extract.surroundings import Surroundings, labelled, surroundings, unlabelled_source, value_in
from archive.extract.title import shown_title
from archive.extract.tree import first_text
from archive.model import Rules
from archive.model.fields import NAMES
from archive.patterns import regex

# Not 图片来源, 数据来源: what stands there is the source of a picture or a figure.
_SOURCE = r"(?:(?<![\u4e00-\u9fff])|(?<=[日分秒时]))(?:信息|文章|稿件|新闻|内容|消息|本文)?(?:来\s?源|來\s?源)(?:于|自)?|稿\s?源|文章出处|出\s?处|出處|来稿单位|供稿单位"
_NUMBER = r"发\s?文\s?字\s?号|文\s?号|发文文号|文件编号|文件字号|公文字号|文件号|发布文号"
_ISSUER = r"发\s?文\s?机\s?关|发\s?布\s?机\s?构|发\s?文\s?机\s?构|发\s?文\s?单\s?位|制发机关|发\s?布\s?机\s?关|公开责任部门|责任部门|发布单位"
_FIRST_LINES = "first lines of the text"
_INDEX = r"索\s?引\s?号|信息索引|索取号|信息索引号"
_AUTHOR = r"(?<![\u4e00-\u9fff])(?:作\s?者|撰\s?稿人?|文\s?字|記者|记\s?者)"
_EDITOR = r"责任编辑|責任編輯|责编|(?<![\u4e00-\u9fff])编\s?辑|(?<![\u4e00-\u9fff])編輯"
_LABELS_OF_NUMBER = regex(rf"^(?:{_NUMBER})\s?[:：]\s?")
_EMPTY_SOURCE = regex(rf"(?:^|[\x1e\x1f\s])(?:{_SOURCE})\s?[:：]\s?(?=$|[\x1e\x1f])")
_NOBODY = regex(r"^[\d\s\-_.,:：/|]+$|^(?:无|null|undefined|未知|佚名|admin)$", re.I)
# What follows a name behind a blank, or with a colon; 上海发布 and 人民日报评论 are names.
_BEHIND = "收听|点击|责任|字体|字号|浏览|打印|分享|评论|责编|查看|论坛|原标题|订阅|关注|作者|编辑|发布"
_SOURCE_END = regex(
    rf"\s(?:{_BEHIND})[^\s]{{0,8}}$|(?:{_BEHIND})[^\s:：]{{0,4}}[:：][^\s]{{0,8}}$|\s?(?:收听|我要|原标题|字号|字体)[^\s]{{0,8}}$|[\]】]+$"
)


@dataclass(slots=True)
class Facts:
    """What the page says about its article; a field without evidence is None."""

    title: str = ""
    published_at: str | None = None
    meta_published_at: str | None = None
    source_line: str | None = None
    author: str | None = None
    editor: str | None = None
    doc_number: str | None = None
    issuer: str | None = None
    index_number: str | None = None
    flags: tuple[str, ...] = ()
    evidence: dict[str, str] = field(default_factory=dict)

    def named(self) -> dict[str, Any]:
        """Return the fields of a version by their names, as an article takes them."""
        return {name: getattr(self, name) for name in NAMES}

    def note(self, name: str, value: str | None, where: str) -> None:
        """Set a field that is still empty and note where its value was found."""
        if value and getattr(self, name) is None:
            setattr(self, name, value)
            self.evidence[name] = where


def facts_of(page: Outline, node: int, head: str, body: list[str], rules: Rules | None = None) -> Facts:
    """Return what the page says about the article at ``node``: by the site's rules, then by what stands around.

    Meta elements are claims of the page's head; a claim that is not shown fills no field that says "as shown".
    """
    metas = metas_of(page.root)
    around = surroundings(page, node)
    facts = Facts()
    if rules:
        _by_rules(facts, page, rules)
    if not facts.title:
        suffixes = rules.title_suffixes if rules else ()
        facts.title, where, facts.flags = shown_title(page, node, _cut(head, suffixes), metas, "".join(body))
        facts.evidence["title"] = where
    facts.note("published_at", *shown_date(around))
    facts.note("meta_published_at", *meta_date(metas))
    facts.note("source_line", *_value(around, _SOURCE, 60))
    facts.note("source_line", *unlabelled_source(around))
    facts.note("source_line", *_left_to_script(around, metas))
    facts.note("author", *_value(around, _AUTHOR, 30))
    facts.note("editor", *_value(around, _EDITOR, 30))
    facts.note("issuer", *_value(around, _ISSUER, 60))
    for value, at in labelled(around, _INDEX, 60, whole=True):
        facts.note("index_number", _index(value), around.where(at))
    _note_number(facts, around, body)
    if (
        not facts.published_at
        and facts.doc_number
        and facts.evidence["doc_number"] not in ("title", _FIRST_LINES)
    ):
        facts.note("published_at", *declared_date(metas))
        facts.flags += ("date_not_shown",) if facts.published_at else ()
    return facts


def _by_rules(facts: Facts, page: Outline, rules: Rules) -> None:
    title, where = first_text(page, rules.title)
    if title:
        facts.title, facts.evidence["title"] = _cut(_plain(title), rules.title_suffixes), f"rule {where}"
    published, where = first_text(page, rules.published)
    facts.note("published_at", parse_date(published, labelled=True), f"rule {where}")
    source, where = first_text(page, rules.source)
    facts.note("source_line", value_in(source, _SOURCE), f"rule {where}")
    author, where = first_text(page, rules.author)
    facts.note("author", value_in(author, _AUTHOR), f"rule {where}")
    number, where = first_text(page, rules.doc_number)
    facts.note("doc_number", normal_number(_LABELS_OF_NUMBER.sub("", _plain(number))), f"rule {where}")


def _plain(text: str) -> str:
    return " ".join(text.replace("\x1f", " ").split())


def _cut(title: str, suffixes: tuple[str, ...]) -> str:
    for suffix in suffixes:
        title = title.removesuffix(suffix).strip() if title.strip() != suffix.strip() else title
    return title


def _value(around: Surroundings, label: str, limit: int) -> tuple[str | None, str]:
    for value, at in labelled(around, label, limit):
        value = _SOURCE_END.sub("", value).strip()
        value = value if "“" in value else value.rstrip("”")
        value = value.rstrip(")）") if not re.search("[(（]", value) else value
        if value and not _NOBODY.match(value) and not parse_date(value):
            return value, around.where(at)
    return None, ""


def _index(value: str) -> str | None:
    """Return an index number: letters, digits and their marks, at least one digit; no words, no bare date."""
    number = value.split(" ")[0]
    plain = re.fullmatch(r"[A-Za-z0-9/_.\-—〔〕\[\]()（）]{5,50}", number)
    return (
        number
        if plain and re.search(r"\d{3}", number) and not re.fullmatch(r"[\d./-]{8,10}", number)
        else None
    )


def _left_to_script(around: Surroundings, metas: dict[str, str]) -> tuple[str | None, str]:
    """Return ContentSource where the page shows the label 来源： and leaves the name to a script."""
    empty = _EMPTY_SOURCE.search(around.text)
    if not empty or not 0 < len(metas.get("contentsource", "")) <= 100 or around.distance(empty.start()) > 10:
        return None, ""
    return metas["contentsource"], f"meta[ContentSource], label at {around.where(empty.start())}"


def _note_number(facts: Facts, around: Surroundings, body: list[str]) -> None:
    for value, at in labelled(around, _NUMBER, 60):
        facts.note("doc_number", normal_number(value), around.where(at))
    facts.note("doc_number", number_in_title(facts.title), "title")
    facts.note("doc_number", number_in_body(body), _FIRST_LINES)
