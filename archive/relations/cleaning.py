"""Lists of documents that an announcement of cleaning up (清理结果) ends, keeps or means to amend. Pure.

A list says what the announcing body decided on the day of its announcement; a body cannot end what another one
gave, and whether it could is not looked at here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.relations.citations import is_document
from archive.relations.grammar import numbers, plain, squeezed
from archive.relations.links import Relation

_IS_CLEANING = re.compile(r"清理|废止|失效|停止执行|继续有效")
_HEADS = (
    (
        re.compile(r"(?:继续有效|保留|继续执行|现行有效)的?[^。]{0,30}(?:目录|清单|文件|规章|一览|法规)"),
        "extends",
    ),
    (
        re.compile(
            r"(?:废止|失效|停止执行|不再执行)(?:和失效|、失效|、宣布失效|和宣布失效)?(?:的)?[^。]{0,30}(?:目录|清单|文件|规章|一览|法规)"
        ),
        "repeals",
    ),
    (re.compile(r"(?:修改|修订|修正)的?[^。]{0,30}(?:目录|清单|文件|规章|一览|法规)"), "amends"),
)
_ENTRY = re.compile(
    r"\s{0,6}(?:\|\s?)?(?:\(?[一二三四五六七八九十\d]{1,4}\)?\s?(?:[.．、|\t]|\s(?=[\u3400-\u9fff《])))\s?(?P<rest>\S.{4,220})$"
)
_CELL = re.compile(r"[|\t]|\s{2,}")
_NOUN = re.compile(
    r"(?:通知|意见|办法|决定|规定|方案|批复|函|公告|通告|细则|条例|规划|规程|制度|措施|标准|解释|指引|答复|报告|纪要)(?:\([^()]{1,12}\))?$"
)


def listed(text: str, title: str) -> list[Relation]:
    """Return what the lists of an announcement of cleaning up do to the documents in them."""
    if not _IS_CLEANING.search(title):
        return []
    return list(_entries(text, _kind_of(title)))


def _kind_of(words: str) -> str | None:
    """Return what a heading says of the list below it; a heading of several kinds says nothing of one entry."""
    kinds = [kind for pattern, kind in _HEADS if pattern.search(words)]
    return kinds[0] if len(kinds) == 1 else None


def _entries(text: str, kind: str | None) -> Iterator[Relation]:
    flat, at = plain(text), 0
    for line in flat.split("\n"):
        entry = _ENTRY.match(line)
        if entry is None:
            if len(line) < 80 and (said := _kind_of(line)):
                kind = said
        elif kind and (made := _entry(text, at + entry.start("rest"), entry["rest"], kind)):
            yield made
        at += len(line) + 1


def _entry(text: str, start: int, rest: str, kind: str) -> Relation | None:
    """Return one line of a list: a title, in 《》 or bare, and its number behind it or in the next cell."""
    found = numbers(rest)
    number = found[0] if found else None
    quoted = re.match(r"《(.+?)》(?=\s|[(|\t,，。;；]|$)", rest)
    name = quoted[1] if quoted else _bare(rest, number.start if number else len(rest))
    if not name or (not quoted and not _NOUN.search(squeezed(name))) or not is_document(name, is_sure=True):
        return None
    a = start + rest.find(name)
    return Relation(
        kind=kind, title=text[a : a + len(name)], number=number.number if number else None, start=a,
        end=a + len(name), is_end=kind == "repeals",
    )  # fmt: skip


def _bare(rest: str, stop: int) -> str:
    head = rest[:stop].rstrip(" (〔|\t")
    cells = [cell.strip() for cell in _CELL.split(head) if cell.strip()]
    return next((cell for cell in cells if len(cell) > 5), "")
