"""What the styles of an office file say that changes its text, and the automatic numbers of a DOCX.

Text is struck, hidden, raised or lowered by its styles; ``word/numbering.xml`` says of each list how it counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from archive.patterns import regex
from archive.text.numerals import numeral

_DEEPEST = 20
_RAISED = {"superscript": "raised", "subscript": "lowered", "baseline": ""}
_LEVELS = 9
_PLACE = regex(r"%([1-9])")
# After these a number and its text are one word; else 1. and 5万元 would be 1.5万元.
_CLOSED = "、）)】》：，。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a run is shown. None: nothing is said, so that the style, or what it is based on, decides."""

    struck: bool | None = None
    hidden: bool | None = None
    raised: str | None = None

    def over(self, below: Look) -> Look:
        """Return this look where it says something, else the one below it."""
        return Look(
            struck=below.struck if self.struck is None else self.struck,
            hidden=below.hidden if self.hidden is None else self.hidden,
            raised=below.raised if self.raised is None else self.raised,
        )


PLAIN = Look()


class Styles:
    """The styles of one document, by their ids."""

    def __init__(self, tree: Any) -> None:
        self._styles: dict[str, Any] = {}
        self._looks: dict[str | None, Look] = {}
        self.default_paragraph: str | None = None
        for style in tree if tree is not None else ():
            if local(style) == "style" and (name := attribute(style, "styleId")):
                self._styles[name] = style
                if attribute(style, "type") == "paragraph" and attribute(style, "default") in ("1", "true"):
                    self.default_paragraph = name

    def look(self, name: str | None) -> Look:
        """Return how a style shows its runs, with what it is based on."""
        if name not in self._looks:
            found = PLAIN
            for style in self._chain(name):
                found = found.over(look_of(child(style, "rPr")))
            self._looks[name] = found
        return self._looks[name]

    def numbering(self, name: str | None) -> tuple[str | None, int | None]:
        """Return the list a paragraph style belongs to, and its level: None where it says none."""
        number, level = None, None
        for style in self._chain(name):
            found = numbering_of(child(style, "pPr"))
            number = found[0] if number is None else number
            level = found[1] if level is None else level
        return number, level

    def _chain(self, name: str | None) -> list[Any]:
        found: list[Any] = []
        while name in self._styles and len(found) < _DEEPEST:
            assert name is not None
            found.append(self._styles[name])
            name = value_of(child(found[-1], "basedOn"))
        return found


def look_of(properties: Any) -> Look:
    """Return what the properties of a run say of how it is shown."""
    if properties is None:
        return PLAIN
    said: dict[str, bool] = {}
    raised: str | None = None
    for node in properties:
        name = local(node)
        if name in ("strike", "dstrike"):
            said["struck"] = said.get("struck", False) or is_on(node)
        elif name == "vanish":
            said["hidden"] = is_on(node)
        elif name == "vertAlign":
            raised = _RAISED.get(value_of(node) or "", "")
    return Look(struck=said.get("struck"), hidden=said.get("hidden"), raised=raised)


def numbering_of(properties: Any) -> tuple[str | None, int | None]:
    """Return the list and the level that the properties of a paragraph name."""
    numbered = child(properties, "numPr")
    level = value_of(child(numbered, "ilvl"))
    return value_of(child(numbered, "numId")), int(level) if level and level.isdecimal() else None


def local(node: Any) -> str:
    """Return the name of an element without its namespace; empty for what is no element."""
    tag = node.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(node: Any, name: str) -> Any:
    """Return the first child of that name, or None."""
    return next((one for one in node if local(one) == name), None) if node is not None else None


def attribute(node: Any, name: str) -> str | None:
    """Return an attribute by its name, whatever its namespace."""
    if node is None:
        return None
    return next((value for key, value in node.attrib.items() if key.rpartition("}")[2] == name), None)


def value_of(node: Any) -> str | None:
    """Return the ``val`` of an element."""
    return attribute(node, "val")


def is_on(node: Any) -> bool:
    """Return whether an element that switches something switches it on."""
    return value_of(node) not in ("0", "false", "off", "none")


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
        return _label(levels, listed.counts, level)


def _label(levels: dict[int, _Level], counts: dict[int, int], level: int) -> str:
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
