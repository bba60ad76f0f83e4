"""The card of an official document (政府信息公开): label and value, cell beside cell, with or without a colon.

Three dates are kept apart: when a document was written (成文), when it was published, when it takes effect. None of
them proves the others.
"""

from __future__ import annotations

import dataclasses
import re

from archive.extract.docnumber import normal_number
from archive.extract.furniture import kind_of, squash
from archive.extract.moments import parse_date
from archive.extract.outline import Outline
from archive.extract.surroundings import surroundings
from archive.models import Article

_LABELS = {
    "written_at": "成文日期|成文时间|生成日期",
    "theme": "主题分类|体裁分类",
    "subjects": "主题词",
    "validity": "有效性|是否有效|时效性",
    "effective_at": "施行日期|实施日期|生效日期",
    "lapsed_at": "废止日期|失效日期",
    "doc_number": "发文字号|文号|文件编号",
    "issuer": "发文机关|发布机构|发文机构|发文单位|公开责任部门",
    "index_number": "索引号|信息索引号",
}
_DATES = ("written_at", "effective_at", "lapsed_at")
_OTHER = "标题|名称|发布日期|公开日期|发布时间|信息名称|有效期|关键词"
_ANY = re.compile("|".join((*_LABELS.values(), _OTHER)))
_INDEX = re.compile(r"[A-Za-z0-9/_.\-—〔〕\[\]()（）]{5,50}")


def with_card(article: Article, page: Outline, node: int) -> Article:
    """Return the article with what the card of its page says, each with its place; what was read before stays.

    ``card`` holds what an article has no field for. A page that shows fewer than two labels has no card.
    """
    head = sum(bool(_ANY.search("".join(line.text.split()))) for line in page.lines[:400] if line.size < 200)
    found = _card(page, node, squash(article.title)) if head else {}
    if len(found) < 2:
        return article
    said = {name: value for name, (value, _) in found.items()}
    named = {name: article.evidence.get(name) for name in ("doc_number", "issuer", "index_number")}
    places = {name: where for name, (_, where) in found.items() if named.get(name) is None}
    return dataclasses.replace(
        article,
        doc_number=article.doc_number or said.get("doc_number"),
        issuer=article.issuer or said.get("issuer"),
        index_number=article.index_number or said.get("index_number"),
        card={name: value for name, value in said.items() if name not in named},
        evidence={**article.evidence, **places},
    )


def _card(page: Outline, node: int, title: str) -> dict[str, tuple[str, str]]:
    around = surroundings(page, node)
    found: dict[str, tuple[str, str]] = {}
    cells = [(match.start(), match[0]) for match in re.finditer(r"[^\x1e\x1f]+", around.text)]
    for at, (offset, cell) in enumerate(cells):
        if around.start <= offset <= around.end:
            continue
        label, value = _split(cell)
        name = next((name for name, labels in _LABELS.items() if re.fullmatch(labels, label)), "")
        if not name or name in found:
            continue
        if not value and at + 1 < len(cells):
            # The cell of an empty value leaves no trace: what follows may be the headline, or the body.
            after, value = cells[at + 1][0], cells[at + 1][1].strip()
            value = "" if around.start <= after <= around.end or squash(value) in title else value
        if (said := _value(name, value)) is not None:
            found[name] = (said, f"card {around.where(offset)}")
    return found


def _split(cell: str) -> tuple[str, str]:
    """Return a cell's label without spaces and brackets, and the value that stands in the same cell, if any."""
    head, _, value = cell[:300].replace(":", "：").partition("：")
    bare = re.sub(r"[\s\[\]【】［］]", "", head)
    return (bare, value.strip()) if len(bare) <= 8 else ("", "")


def _value(name: str, value: str) -> str | None:
    flat = " ".join(value.split())
    bare = re.sub(r"[\s\[\]【】［］:：]", "", flat)
    if not flat or len(flat) > 120 or (len(bare) <= 8 and _ANY.fullmatch(bare)):
        return None
    if name in _DATES:
        return parse_date(flat, labelled=True)
    if name == "doc_number":
        return normal_number(flat)
    if name == "index_number":
        return flat if _INDEX.fullmatch(flat) and re.search(r"\d{3}", flat) else None
    return flat if re.search(r"\w{2}", flat) and not kind_of(flat) else None
