"""A text as a tree by its own numbering: 编章节条款项目, 一、（一）1.（1）, annexes. Pure.

Only lines that begin with a marker open a clause. A clause ends with the last line that belongs to it; a
signature, a date, a list of annexes and a remark on publication belong to none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from archive.patterns import regex
from archive.relations.grammar import figure, plain, squeezed

_N = "[〇零一二三四五六七八九十百千两]"
_MARKERS = (
    (1, re.compile(rf"(第{_N}{{1,5}}(?:编|篇))(?=[\s:]|[\u3400-\u9fff])")),
    (2, re.compile(rf"(第(?:{_N}{{1,5}}|\d{{1,3}})章)(?=[\s:]|[\u3400-\u9fff]|$)")),
    (3, re.compile(rf"(第(?:{_N}{{1,5}}|\d{{1,3}})节)(?=[\s:]|[\u3400-\u9fff]|$)")),
    (
        4,
        re.compile(
            rf"(第(?:{_N}{{1,8}}|\d{{1,4}})条(?:之[一二三四五六七八九十])?)(?!第|款|规定|所称|所列|的|、|，|,|和|或|至)"
        ),
    ),
    (5, re.compile(rf"({_N}{{1,4}})[、．.]")),
    (6, re.compile(rf"(\({_N}{{1,4}}\))")),
    (7, re.compile(r"(\d{1,2})(?:[.．、](?!\d(?!\d{3}年)))(?!\s?$)")),
    (8, re.compile(r"(\(\d{1,2}\))")),
)
_FIRST = frozenset("第(0123456789〇零一二三四五六七八九十百千两")
_ANNEX = regex(rf"(附件|附录|附表)\s?(\d{{1,2}}|{_N}{{1,2}})?\s?[:：]?$")
_ANNEX_LISTED = regex(r"附件\s?\d{0,2}\s?[:：]\s?(?:\d{1,2}\s?[.．、])?\s?(?P<title>\S.{2,60})$")
_DAY = regex(r"(?:(?:19|20)\d\d|[一二][〇零○0-9一二三四五六七八九]{3})年.{1,4}月.{1,4}日(?:印发)?$")
_REMARK = regex(
    r"\(?(?:此件|本文有删减|公开方式|公开属性|信息公开选项|联系人|联系电话|抄送|主题词)|[(].{2,16}(?:公开发布|删减)[)]$"
)
_PRINTED = regex(r"[\u3400-\u9fff、 \u3000]{2,60}\s?(?:19|20)\d\d年\d{1,2}月\d{1,2}日\s?印发$")
_BODY = regex(
    r"[\u3400-\u9fff、 \u3000()]{2,60}(?:府|厅|局|院|委|会|部|办公室|中心|署|行|司|处|室|社|集团|公司|大学|学院|法院|检察院|秘书处|总局|组)$"
)
_LEADER = regex(
    r"(?:市|省|区|县|州)?\s?(?:长|主\s?席|总\s?理|主\s?任|部\s?长|局\s?长|署\s?长|省\s?长|市\s?长)\s?[:：]?\s?[\u3400-\u9fff\s]{2,8}$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A numbered part of a text. ``path``: the markers from the top; ``level``: how deep it lies, from 1."""

    path: str
    level: int
    start: int
    end: int
    heading: str
    marker: str
    rank: int


@dataclass(slots=True)
class _Open:
    rank: int
    marker: str
    path: str
    value: int
    start: int
    heading: str
    depth: int
    last: int = 0


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    words: str


def clauses(text: str) -> list[Clause]:
    """Return the numbered parts of a text in their order, each with its path and place."""
    lines = list(_lines(plain(text)))
    outside = _outside(lines)
    builder = _Builder()
    titles = _annex_titles(lines)
    for number, line in enumerate(lines):
        if number in outside:
            builder.hold(line, is_break=outside[number])
        elif annex := _annex(line, titles):
            builder.close_all()
            builder.begin(rank=0, marker=annex, value=figure(annex[2:]) or 1, line=line)
        else:
            builder.read(line)
    builder.close_all()
    return sorted(builder.done, key=lambda clause: (clause.start, clause.level))


def _lines(flat: str) -> Iterator[_Line]:
    at = 0
    for line in flat.split("\n"):
        words = line.strip()
        start = at + len(line) - len(line.lstrip()) if words else at
        yield _Line(start, start + len(words), words)
        at += len(line) + 1


def _annex_titles(lines: list[_Line]) -> dict[str, str]:
    """Return the titles that a list of annexes names, when a later line of its own repeats one."""
    if any((match := _ANNEX.fullmatch(line.words)) and match[1] != "附表" for line in lines):
        return {}
    listed: dict[str, int] = {}
    for number, line in enumerate(lines):
        if match := _ANNEX_LISTED.match(line.words):
            listed[squeezed(match["title"])] = number
    last = max(listed.values(), default=0)
    alone = {squeezed(line.words) for line in lines[last + 1 :]}
    found = [title for title in listed if title in alone]
    return {title: "附件" if len(listed) == 1 else f"附件{n}" for n, title in enumerate(found, 1)}


def _annex(line: _Line, titles: dict[str, str]) -> str | None:
    match = _ANNEX.fullmatch(line.words)
    if match and match[1] != "附表":
        return match[1] + (match[2] or "")
    return titles.get(squeezed(line.words))


class _Builder:
    """The clauses that are open at a line, and those that are closed."""

    def __init__(self) -> None:
        self.done: list[Clause] = []
        self.stack: list[_Open] = []
        self.children: dict[tuple[str, int], tuple[int, int]] = {}
        self.last_end = 0

    def hold(self, line: _Line, *, is_break: bool) -> None:
        """Pass over a line that belongs to no clause; behind a signature a new text may begin."""
        if is_break and not any(entry.rank == 0 for entry in self.stack):
            self.close_all()

    def read(self, line: _Line) -> None:
        marked = _marker(line.words)
        if marked and self._is_in_turn(*marked):
            rank, marker, value = marked
            while self.stack and self.stack[-1].rank >= rank:
                self._close()
            self.begin(rank=rank, marker=marker, value=value, line=line)
        elif line.words:
            self.last_end = line.end

    def begin(self, *, rank: int, marker: str, value: int, line: _Line) -> None:
        parent = self.stack[-1].path if self.stack else ""
        run, last = self.children.get((parent, rank), (1, -1))
        run += value <= last
        self.children[parent, rank] = run, value
        named = marker if run == 1 else f"[{run}]{marker}"
        path = f"{parent}/{named}" if parent else named
        depth = len(self.stack) + 1
        self.stack.append(_Open(rank, marker, path, value, line.start, _heading(line.words, marker), depth))
        self.last_end = line.end

    def _is_in_turn(self, rank: int, marker: str, value: int) -> bool:
        """Say whether a marker may open a clause here: a wrapped line that begins 第三条 after 第八条 may not."""
        if rank != 4 or value == 1:
            return True
        open_articles = [entry for entry in self.stack if entry.rank == 4]
        return not open_articles or value > open_articles[-1].value or "之" in marker

    def _close(self) -> None:
        entry = self.stack.pop()
        self.done.append(
            Clause(
                path=entry.path,
                level=entry.depth,
                start=entry.start,
                end=max(self.last_end, entry.start),
                heading=entry.heading,
                marker=entry.marker,
                rank=entry.rank,
            )
        )

    def close_all(self) -> None:
        while self.stack:
            self._close()


def _marker(words: str) -> tuple[int, str, int] | None:
    if words[:1] not in _FIRST:
        return None
    for rank, pattern in _MARKERS:
        if match := pattern.match(words):
            value = figure(re.sub(r"之.$", "", match[1]).strip("()第编篇章节条"))
            if value is not None:
                return rank, _wide_brackets(match[1]), value
    return None


def _wide_brackets(marker: str) -> str:
    return marker.replace("(", "（").replace(")", "）")


def _heading(words: str, marker: str) -> str:
    """Return a clause's own first words: its heading, or its first sentence cut at forty characters."""
    rest = words[len(marker) :].lstrip(" \u3000、.．:：\u2002")
    first = re.split(r"[。；;]", rest)[0]
    return " ".join(first.split())[:40]


def _outside(lines: list[_Line]) -> dict[int, bool]:
    """Return the lines that belong to no clause; True for those behind which a new text begins."""
    outside: dict[int, bool] = {}
    for number, line in enumerate(lines):
        if _DAY.fullmatch(squeezed(line.words)):
            outside[number] = True
            _mark_signature(lines, number, outside)
        elif _REMARK.match(line.words) or _PRINTED.fullmatch(line.words):
            outside[number] = False
    _mark_lists(lines, outside)
    _mark_tail(lines, outside)
    return outside


def _mark_signature(lines: list[_Line], number: int, outside: dict[int, bool]) -> None:
    """Mark the names above a date, and the remark and title below it."""
    above = number - 1
    while above >= 0 and number - above <= 12 and (not lines[above].words or _is_name(lines[above].words)):
        if lines[above].words:
            outside[above] = True
        above -= 1
    below = number + 1
    while (
        below < len(lines)
        and below - number <= 4
        and (not lines[below].words or _is_title(lines[below].words))
    ):
        if lines[below].words:
            outside[below] = False
        below += 1


def _is_name(words: str) -> bool:
    return _marker(words) is None and bool(_BODY.fullmatch(words) or _LEADER.fullmatch(words))


def _is_title(words: str) -> bool:
    return (
        _marker(words) is None
        and len(words) <= 40
        and words[-1] not in "。；;：:，,、"
        and not _ANNEX.fullmatch(words)
    )


def _mark_lists(lines: list[_Line], outside: dict[int, bool]) -> None:
    """Mark the lists of annexes: 附件：1.…, and the numbered lines that go on from them."""
    for number, line in enumerate(lines):
        if not re.match(
            r"(?:附件|附表|附)\s?[:：]|附件\s?\d{1,2}\s?[:：.．]\s?\S", line.words
        ) or _ANNEX.fullmatch(line.words):
            continue
        outside[number] = False
        at = number + 1
        while (
            at < len(lines)
            and re.match(r"\d{1,2}\s?[.．、]\s?\S", lines[at].words)
            and len(lines[at].words) < 60
        ):
            if lines[at].words[-1] in "。；;":
                break
            outside[at] = False
            at += 1


def _mark_tail(lines: list[_Line], outside: dict[int, bool]) -> None:
    """Mark the names at the end of a text that no date follows."""
    number = len(lines) - 1
    while number >= 0 and (number in outside or not lines[number].words or _is_name(lines[number].words)):
        if lines[number].words and number not in outside:
            outside[number] = False
        number -= 1


def articles(text: str, found: list[Clause] | None = None) -> list[Clause]:
    """Return the 条 of a text; of a text without 条 its uppermost numbered parts."""
    parts = clauses(text) if found is None else found
    wanted = [clause for clause in parts if clause.rank == 4]
    return wanted or [clause for clause in parts if clause.level == 1]
