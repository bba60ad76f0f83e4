"""What stands around the body as one string: where bylines, tables of fields and toolbars are sought.

Lines are separated by U+001E, the text nodes of a line by U+001F, so that a label and its value are told apart
although the markup between them differs from site to site.

The card of an official document (政府信息公开) is label and value, cell beside cell, with or without a colon. Three
dates are kept apart: when a document was written (成文), when it was published, when it takes effect. None of them
proves the others.
"""

from __future__ import annotations

import dataclasses
import re
from bisect import bisect_right
from dataclasses import dataclass

from archive.extract.furniture import is_byline, kind_of, squash
from archive.extract.notation import normal_number, parse_date
from archive.extract.outline import Line, Outline
from archive.model import Article
from archive.patterns import regex

_SPACE = regex(r"[ \t\r\n\f\v\u3000\u00a0\u2002\u2003\u2009\u200b\ufeff]+")
_BEFORE, _INSIDE, _AFTER = 160, 16, 30
_LABELS = r"来\s?源|來源|时\s?间|時間|日\s?期|作\s?者|编\s?辑|編輯|浏览|点击|阅读|访问|字\s?体|字\s?号|字號|分享|打印|责编|关闭|评论|记者"
# Labels that end a value only with their colon: as words they stand in names.
_MORE_LABELS = r"审\s?核|校\s?对|审\s?稿|初\s?审|复\s?审|终\s?审|供\s?稿|摄\s?影|图\s?片|通讯员|单\s?位|文\s?号|索引号|(?:所属)?栏\s?目|人\s?气|热\s?度"
_TOOLS = r"视力保护色|保护视力色|语音播报|[Aa][+-]|T\s?[|｜]\s?T|大\s+中\s+小"
_NEXT = regex(
    r"\s(?=[【\[〖(（])|[【〖|｜]|\s/\s|\s?(?:"
    + _TOOLS
    + r")|\s?(?:发布|发表|更新|发稿|信息|稿件|文章|新闻)?(?:"
    + _LABELS
    + r"|"
    + _MORE_LABELS
    + r")[\w\u4e00-\u9fff]{0,4}\s?[:：]|(?:19|20)\d{2}[-年/.]\d|\s{2,}|\s(?:"
    + _LABELS
    + r")"
)
_CARD_LABELS = {
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
_ANY = regex("|".join((*_CARD_LABELS.values(), _OTHER)))
_INDEX = regex(r"[A-Za-z0-9/_.\-—〔〕\[\]()（）]{5,50}")
_DATE_TIME = regex(
    r"(?:19|20)\d{2}\s?[-年/.]\s?\d{1,2}\s?[-月/.]\s?\d{1,2}日?\s?\d{1,2}[:：]\d{2}(?:[:：]\d{2})?"
)
_OUTLET = regex(r"^[\w\u4e00-\u9fff·\-]{1,16}$")
_OUTLET_END = regex(r"(?:网|报|社|新闻|在线|电视台|频道|客户端|广播|周刊|杂志|网站|通讯|財經|新聞網|報)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The visible lines before, around and after the start of the body, as one string with offsets."""

    text: str
    page: Outline
    lines: tuple[Line, ...]
    offsets: tuple[int, ...]
    start: int
    end: int

    def line_at(self, offset: int) -> Line:
        """Return the line that holds ``offset``."""
        return self.lines[max(0, bisect_right(self.offsets, offset) - 1)]

    def where(self, offset: int) -> str:
        """Return the name of the element that holds ``offset``."""
        return self.page.where(self.line_at(offset).node)

    def distance(self, offset: int) -> int:
        """Return how far ``offset`` is from the body, in lines."""
        at = bisect_right(self.offsets, offset) - 1
        first, last = bisect_right(self.offsets, self.start) - 1, bisect_right(self.offsets, self.end) - 1
        if at < first:
            return first - at
        return 8 if at <= last else 8 + at - last

    def is_dateline(self, start: int, end: int) -> bool:
        """Say whether a date without a label stands where pages show theirs: in a byline close to the body."""
        line = self.line_at(start)
        if self.start + 200 < start <= self.end or self._is_linked(
            line, self.text[start:end].split("\x1f")[0]
        ):
            return False
        if start < self.start:
            plain = line.size <= 60 and not any(stop in line.text for stop in "。，；")
            return self.distance(start) <= 14 and (plain or (line.size <= 140 and is_byline(line.text)))
        return line.size <= 140 and self.distance(start) <= 11 and is_byline(line.text)

    def _is_linked(self, line: Line, words: str) -> bool:
        """Say whether ``words`` stand in a link that holds much else: the date of another article."""
        if line.linked <= 0.6 * line.size:
            return False
        nodes = self.page.nodes
        owners = [index for piece, index in line.pieces if words[:8] in _SPACE.sub(" ", piece)]
        return any(nodes[i].tag == "a" or nodes[nodes[i].parent].tag == "a" for i in owners)


def surroundings(page: Outline, node: int) -> Surroundings:
    """Return what stands around ``node``: 160 lines before it, its first ten, and the 30 after it."""
    shown = [line for line in page.lines if not page.nodes[line.node].hidden]
    inside = [i for i, line in enumerate(shown) if page.within(line, node)]
    first, last = (inside[0], inside[-1]) if inside else (len(shown), len(shown))
    chosen = [*shown[max(0, first - _BEFORE) : first], *shown[first : min(last + 1, first + _INSIDE)]]
    chosen += shown[max(first + _INSIDE, last - 2) : last + 1]
    cut = len(chosen)
    chosen += shown[max(last + 1, first) : last + 1 + _AFTER]
    parts, offsets, at = [], [], 0
    for line in chosen:
        text = "\x1f".join(
            t for t in (_SPACE.sub(" ", piece).strip() for piece, _ in line.pieces[:200]) if t
        )[:2000]
        parts.append(text)
        offsets.append(at)
        at += len(text) + 1
    before = min(first, _BEFORE)
    start = offsets[before] if before < len(offsets) else at
    end = offsets[cut] - 1 if cut < len(offsets) else at
    return Surroundings(
        text="\x1e".join(parts),
        page=page,
        lines=tuple(chosen),
        offsets=tuple(offsets) or (0,),
        start=start,
        end=end,
    )


def labelled(
    around: Surroundings, label: str, limit: int = 80, *, whole: bool = False
) -> list[tuple[str, int]]:
    """Return the values that stand after ``label`` (a pattern) and a colon, with their offsets, nearest first.

    A value ends with its text node, or where the next label begins. A label whose next text is another label has
    no value: a script was to fill it in. ``whole`` takes the text node as it is: for numbers.
    """
    pattern = re.compile(
        rf"(?<![“\"])(?:{label})(?:\s?[】\]]?\s?\x1f?[:：]|\s?[】\]])\s?[\x1f\x1e]{{0,2}}([^\x1f\x1e]{{1,{limit}}})"
    )
    found = []
    for match in pattern.finditer(around.text):
        value = match[1].strip()
        ends = None if whole else _NEXT.search(value)
        value = value[: ends.start()].strip() if ends else value
        value = value.strip(" :：;；,，|>")
        into_body = match.start() < around.start <= match.start(1)
        is_label = value.endswith((":", "：")) or value.startswith(("[", "【"))
        if value and not is_label and not into_body and "。" not in value:
            found.append((value, match.start()))
    return sorted(found, key=lambda f: around.distance(f[1]))


def value_in(text: str, label: str) -> str | None:
    """Return what stands after ``label`` in the text of one element, the whole text where it has no label.

    None where that is nothing, a number, or longer than any name.
    """
    match = re.search(rf"(?:{label})\s?[:：][\s\x1f]*([^\x1f]{{0,80}})", text)
    value = match[1] if match else "" if re.search(r"[:：]|\d{4}", text) else text.replace("\x1f", " ")
    ends = _NEXT.search(value)
    value = (value[: ends.start()] if ends else value).strip(" :：;；,，|>\x1f")
    return value if 0 < len(value) <= 100 and not re.fullmatch(r"[\d\s:：.-]+", value) else None


def unlabelled_source(around: Surroundings) -> tuple[str | None, str]:
    """Return the outlet named right after the date and time in the line under the headline, where no label stands.

    Only a name that is a link or that ends as names of outlets do, alone in its text node.
    """
    for match in _DATE_TIME.finditer(around.text[: around.start]):
        line = around.line_at(match.start())
        if around.distance(match.start()) > 10 or line.size > 60:
            continue
        rest = around.text[match.end() :].split("\x1e", 1)[0].split("\x1f")
        name = next((part.strip() for part in rest if part.strip()), "")
        if _OUTLET.match(name) and (_OUTLET_END.search(name) or _is_link(around, line, name)):
            return name, around.where(match.start()) + " (no label)"
    return None, ""


def _is_link(around: Surroundings, line: Line, name: str) -> bool:
    owners = (index for piece, index in line.pieces if piece.strip() == name)
    return any(around.page.nodes[index].tag == "a" for index in owners) and kind_of(name) == ""


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
        name = next((name for name, labels in _CARD_LABELS.items() if re.fullmatch(labels, label)), "")
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
