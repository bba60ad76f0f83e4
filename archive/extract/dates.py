"""The date that a page shows as the day it was published, and what its head claims.

A date says what the page shows; it does not prove when anything was published.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from archive.extract.notation import LABELLED, MOMENT, claimed, is_future, is_period, iso, plain
from archive.extract.outline import Outline
from archive.extract.surroundings import Surroundings
from archive.model import Article, Unreadable
from archive.patterns import regex

_GAP = r"[\s\x1e\x1f:：】\]]{0,6}"
_PUBLISHED = regex(
    r"(?:(?:(?<![\u4e00-\u9fff])|(?<=信息|文章|网站|稿件|网上|首次))(?:发\s?布|發\s?[佈布]|发\s?表|發\s?表|公\s?[布佈]|公\s?[开開]|发\s?稿|發\s?稿|刊\s?[发發]|提交|添加|公\s?告|時間發佈)\s?(?:日\s?期|时\s?间|時\s?間)"
    r"|时间发布)" + _GAP
)
# The day on which a document was sent out: where no day of publication is shown.
_SENT = regex(
    r"(?:(?<![\u4e00-\u9fff])|(?<=信息|文章|网站|稿件))(?:发文|發文)\s?(?:日\s?期|时\s?间|時\s?間)" + _GAP
)
_LABELLED = regex(
    r"(?:(?<![\u4e00-\u9fff])(?:时\s?间|日\s?期|時間|日期)|(?:更新|创建|加入|上传|添加)(?:时间|日期|時間)|录入时间)"
    + _GAP
)
# Skins that set year, month and day in elements of their own: 2024 | 05 / 07 | 10:11
_APART = regex(
    r"(?<!\d)(?P<year>20\d{2})[\x1e\x1f]{1,2}(?P<month>\d{1,2})[\x1e\x1f]?\s?[/-]\s?[\x1e\x1f]?"
    r"(?P<day>\d{1,2})[\x1e\x1f]{1,2}(?P<hour>\d{1,2}):(?P<minute>\d{2})"
)
_OTHER = regex(
    r"(?:(?:成文|生成|实施|施行|失效|废止|有效|印发|制定|签署|生效|开始|结束|截止|截至|活动|报名|展会|会议|比赛|考试|办理|服务|开放|营业|公示)"
    r"(?:日\s?期|时\s?间|期)?|(?:起止|征求意见|意见征[集求]|征集|征询|招聘|招标|投标|开标|递交|申报|受理|反馈|填报|培训|直播|访谈|举办|"
    r"召开|统计|数据|出生|检查|抽[样检]|处罚|决定|公示|报名|活动|开始|截止|结束)(?:活动|工作|起止|开始|截止|结束)?"
    r"(?:日\s?期|时\s?间|期限|期间|时段|时限))[\s\x1e\x1f:：至到自于为】\]]{0,6}$"
)
# A label that a date without a label of publication stands after: which are such labels after all.
_LABEL = regex(
    r"([\u4e00-\u9fff]{1,12}(?:时\s?间|日\s?期|期限|期间|时限|时段))[\s\x1f】\]]{0,3}[:：][\s\x1e\x1f]{0,4}$"
)
_OF_PUBLICATION = regex(
    r"(?:发\s?布|发\s?表|公\s?布|公\s?开|发\s?稿|刊\s?发|刊\s?登|更\s?新|录\s?入|添\s?加|提\s?交|上\s?传|上\s?网|上\s?线|编\s?辑|创\s?建|推\s?送|入\s?库|"
    r"入\s?稿|信\s?息|新\s?闻|文\s?章|稿\s?件|公\s?告|发\s?文|发\s?送|撰\s?写|网\s?站|本\s?文|最后修改|修\s?改)(?:的)?(?:时\s?间|日\s?期)$"
)
_Read = TypeVar("_Read", Article, Unreadable, Article | Unreadable)
_META = (
    "pubdate",
    "publishdate",
    "firstpublishedtime",
    "article:published_time",
    "publish-date",
    "date",
    "_pubtime",
)


def shown_date(around: Surroundings) -> tuple[str | None, str]:
    """Return the date that the page shows as its publication and where; (None, "") when it shows none.

    A labelled date near the headline or the body wins, then one in the line under the headline, then one with
    another label. Dates in the body, of signature, of coming into force, and the ends of periods are none. The date
    line with its hour says more than the bare day of a card.
    """
    text = plain(around.text)
    labelled = list(_after(around, text, _PUBLISHED)) or list(_after(around, text, _SENT))
    lines = list(_in_datelines(around, text))
    if labelled:
        best = min(labelled)
        timed = min((one for one in (*labelled, *lines) if one.is_timed_line), default=best)
        return (timed if not best.has_time and best.is_card else best).value_and_place
    for found in (lines, list(_after(around, text, _LABELLED)), list(_set_apart(around, text))):
        if found:
            return min(found).value_and_place
    return None, ""


@dataclass(frozen=True, slots=True, order=True)
class _Candidate:
    """A date found, ranked: nearest to the body first, then the longest."""

    distance: int
    size: int
    value: str
    where: str
    is_card: bool = False
    is_timed_line: bool = False

    @property
    def has_time(self) -> bool:
        return "T" in self.value

    @property
    def value_and_place(self) -> tuple[str, str]:
        return self.value, self.where


def _candidate(around: Surroundings, text: str, match: re.Match[str], at: int) -> _Candidate | None:
    value = iso(match)
    if not value or _OTHER.search(text[max(0, at - 24) : at]) or is_period(text, match.start(), match.end()):
        return None
    line = around.line_at(match.start())
    distance = around.distance(match.start())
    in_card = around.page.nodes[line.node].cell >= 0 or _in_list(around.page, line.node)
    close = match.start() < around.start and distance <= 14 and not in_card
    return _Candidate(
        distance,
        -len(value),
        value,
        around.where(match.start()),
        in_card or distance > 14,
        close and "T" in value,
    )


def _in_list(page: Outline, node: int) -> bool:
    """Say whether a line is an item of a list: the cards of official documents are tables or lists."""
    while node >= 0:
        if page.nodes[node].tag in ("li", "dd", "dt"):
            return True
        node = page.nodes[node].parent
    return False


def _after(around: Surroundings, text: str, label: re.Pattern[str]) -> Iterator[_Candidate]:
    for found in label.finditer(text):
        match = next((m for form in LABELLED if (m := form.match(text, found.end()))), None)
        if match and (shown := _candidate(around, text, match, found.start())):
            yield shown


def _in_datelines(around: Surroundings, text: str) -> Iterator[_Candidate]:
    for match in MOMENT.finditer(text):
        label = _LABEL.search(text[max(0, match.start() - 24) : match.start()])
        if label and not (_OF_PUBLICATION.search(label[1]) or label[1] in ("时间", "日期", "时 间", "日 期")):
            continue
        if around.is_dateline(match.start(), match.end()) and (
            shown := _candidate(around, text, match, match.start())
        ):
            yield shown


def _set_apart(around: Surroundings, text: str) -> Iterator[_Candidate]:
    for match in _APART.finditer(text):
        if shown := _candidate(around, text, match, match.start()):
            yield shown


def declared_date(metas: dict[str, str]) -> tuple[str | None, str]:
    """Return the PubDate of a page that shows the table of an official document but no day of publication.

    Such pages (政府信息公开) show when a document takes effect and lapses, and leave its publication to the meta
    element that the standard for government sites requires. It is the site's word all the same, and flagged.
    """
    if not metas.get("pubdate") or not metas.get("sitename"):
        return None, ""
    return claimed(metas["pubdate"]), "meta[PubDate]"


def meta_date(metas: dict[str, str]) -> tuple[str | None, str]:
    """Return the date that the meta elements claim and the name of the one that does."""
    for name in _META:
        if (value := metas.get(name)) and (day := claimed(value)):
            return day, f"meta[{name}]"
    return None, ""


def believed(found: _Read, captured_at: str) -> _Read:
    """Return what was read without a date later than the day after; the evidence of an article says what it was."""
    if not is_future(found.published_at, captured_at):
        return found
    flags = (*found.flags, "future_date")
    if isinstance(found, Unreadable):
        return dataclasses.replace(found, published_at=None, flags=flags)
    where = f"{found.evidence.get('published_at', '')}: {found.published_at} had not come when it was read"
    return dataclasses.replace(
        found, published_at=None, flags=flags, evidence={**found.evidence, "published_at": where}
    )


def metas_of(root: Any) -> dict[str, str]:
    """Return the page's meta elements by lower-case name, the first that is not empty for each; bounded."""
    found: dict[str, str] = {}
    for count, meta in enumerate(root.iter("meta")):
        if count > 2000:
            break
        name = (meta.get("name") or meta.get("property") or "").strip().lower()
        content = (meta.get("content") or "").strip()
        if name and content:
            found.setdefault(name, content[:2000])
    return found
