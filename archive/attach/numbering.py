"""The automatic numbers of a DOCX: what ``word/numbering.xml`` says of each list, counted through the document."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from archive.attach.wordstyles import Styles, attribute, child, is_on, local, value_of
from archive.text.numerals import numeral

_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
# After these a number and its text are one word; else 1. and 5万元 would be 1.5万元.
_CLOSED = "、）)】》：，。"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    pattern: str = ""
    restart: int | None = None
    is_legal: bool = False


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    by_style: dict[str, int] = field(default_factory=dict)
    linked: str | None = None


class Numbering:
    """The lists of one document. Asked once for each paragraph, in their order, it counts."""

    def __init__(self, tree: Any, styles: Styles) -> None:
        self._styles = styles
        self._abstract: dict[str, _List] = {}
        self._numbers: dict[str, tuple[str, dict[int, int], dict[int, _Level]]] = {}
        self._begun: set[tuple[str, int]] = set()
        for node in tree if tree is not None else ():
            if local(node) == "abstractNum":
                self._abstract[attribute(node, "abstractNumId") or ""] = _list_of(node)
            elif local(node) == "num":
                self._numbers[attribute(node, "numId") or ""] = _number_of(node)

    def label(self, number: str | None, level: int | None, style: str | None) -> str:
        """Return the number that Word writes before a paragraph, with a space where it needs one; empty for none."""
        own, own_level = self._styles.numbering(style)
        name = own if number is None else number
        if name is None or name not in self._numbers:
            return ""
        listed = self._list(name)
        if level is None:
            by_style = listed.by_style.get(style or "") if listed else None
            level = by_style if by_style is not None else (own_level or 0)
        if listed is None or not 0 <= level < _LEVELS:
            return ""
        return self._counted(name, listed, level)

    def _list(self, name: str) -> _List | None:
        listed = self._abstract.get(self._numbers[name][0])
        # A list may only say by which style another one is found.
        if listed is not None and listed.linked and not listed.levels:
            other, _ = self._styles.numbering(listed.linked)
            if other is not None and other in self._numbers:
                return self._abstract.get(self._numbers[other][0])
        return listed

    def _counted(self, name: str, listed: _List, level: int) -> str:
        _, starts, overrides = self._numbers[name]
        levels = {**listed.levels, **overrides}
        if (name, level) not in self._begun:
            self._begun.add((name, level))
            if level in starts:
                listed.counts[level] = starts[level] - 1
        listed.counts[level] = listed.counts.get(level, levels.get(level, _Level()).start - 1) + 1
        for deeper in range(level + 1, _LEVELS):
            restart = levels.get(deeper, _Level()).restart
            if restart is None or level < restart:
                listed.counts.pop(deeper, None)
        return _written(levels, listed.counts, level)


def _written(levels: dict[int, _Level], counts: dict[int, int], level: int) -> str:
    shown = levels.get(level, _Level())
    if shown.form == "bullet":
        return ""

    def number(place: re.Match[str]) -> str:
        at = int(place[1]) - 1
        of = levels.get(at, _Level())
        return numeral(counts.get(at, of.start), "decimal" if shown.is_legal else of.form)

    label = _PLACE.sub(number, shown.pattern)
    return label if not label or label[-1] in _CLOSED or label[-1].isspace() else label + " "


def _list_of(node: Any) -> _List:
    found = _List(linked=value_of(child(node, "numStyleLink")))
    for level in node:
        if local(level) == "lvl" and (at := _whole(attribute(level, "ilvl"))) is not None:
            found.levels[at] = _level_of(level)
            if style := value_of(child(level, "pStyle")):
                found.by_style[style] = at
    return found


def _level_of(node: Any) -> _Level:
    legal = child(node, "isLgl")
    form = child(node, "numFmt")
    start = _whole(value_of(child(node, "start")))
    return _Level(
        start=1 if start is None else start,
        form=value_of(form) or "decimal",
        pattern=(value_of(child(node, "lvlText")) or "")[:80],
        restart=_whole(value_of(child(node, "lvlRestart"))),
        is_legal=legal is not None and is_on(legal),
    )


def _number_of(node: Any) -> tuple[str, dict[int, int], dict[int, _Level]]:
    starts: dict[int, int] = {}
    levels: dict[int, _Level] = {}
    for override in node:
        at = _whole(attribute(override, "ilvl"))
        if local(override) != "lvlOverride" or at is None:
            continue
        if (start := _whole(value_of(child(override, "startOverride")))) is not None:
            starts[at] = start
        if (level := child(override, "lvl")) is not None:
            levels[at] = _level_of(level)
    return value_of(child(node, "abstractNumId")) or "", starts, levels


def _whole(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"\d{1,6}", text, re.ASCII) else None
