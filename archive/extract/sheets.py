"""The rules of a page's own style sheets that decide whether, and how, something is seen.

Sheets that other addresses hold are not asked for: what only they hide is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cssselect import HTMLTranslator, SelectorError, parse
from lxml import etree

from archive.extract.styles import COMMENT, Effects, effects

_MAY_SHOW = re.compile(
    r"none|hidden|collapse|pre|block|list-style|font|height|width|-\d{3}|line-through|opacity|clip|transform|vertical",
    re.I,
)
_BRACE = re.compile(r"([{}])")
_COMPOUND = re.compile(r"([a-zA-Z][\w-]*|\*)?((?:[#.][\w\u0080-\uffff-]+)*)$")
_SEEN_MEDIA = re.compile(r"(?:only\s+)?(?:all|screen)$", re.I)
_BOUND = re.compile(r"\(\s*(min|max)-(?:device-)?width\s*:\s*(\d{1,6}(?:\.\d+)?)\s*(px|r?em)\s*\)")
_DESK = 1280
_LARGEST = 400_000
_MOST_RULES = 2_000
# States, and parts that are no elements.
_IS_STATE = re.compile(
    r"::|:(?:before|after|hover|focus|active|visited|link|first-line|first-letter|target|placeholder|selection)"
)
# What libxml2 must look for in the whole tree costs the square of it in the worst case.
_MOST_SOUGHT, _MOST_ELEMENTS = 40, 5_000
# So far above an element is looked for what a selector names, and so often in a page: a nest of a thousand levels took
# ten seconds. Pages that people made are thirty levels deep.
_MOST_ABOVE, _MOST_LOOKS = 200, 400_000

Steps = tuple[tuple[str, str, frozenset[str], str], ...]
"""A selector from the element upwards: tag, id, classes, and the combinator to the step above."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """A selector with what it does and how strong it is. Without steps it matches what was sought for it."""

    steps: Steps
    does: Effects
    rank: tuple[int, int, int, int]


class Sheet:
    """The rules of a page's ``<style>`` elements that decide whether something is seen."""

    def __init__(self, root: Any) -> None:
        self._by: dict[str, list[_Rule]] = {}
        self._sought: dict[Any, list[_Rule]] = {}
        self._looks = _MOST_LOOKS
        count, sought = 0, 0
        for prelude, body in _rules(_css(root)):
            does = effects(body)
            for selector in prelude.split(",") if does else ():
                if count >= _MOST_RULES:
                    return
                count += 1
                if steps := _steps(selector):
                    self._keep(steps, does, count)
                elif sought < _MOST_SOUGHT and not _IS_STATE.search(selector):
                    sought += 1
                    self._seek(root, selector, does, count)

    def _keep(self, steps: Steps, does: Effects, count: int) -> None:
        tag, name, classes, _ = steps[0]
        key = f"#{name}" if name else f".{min(classes)}" if classes else tag
        ids, named = sum(bool(s[1]) for s in steps), sum(len(s[2]) for s in steps)
        rank = (ids, named, sum(bool(s[0]) for s in steps), count)
        self._by.setdefault(key, []).append(_Rule(steps, does, rank))

    def _seek(self, root: Any, selector: str, does: Effects, count: int) -> None:
        """Keep a rule whose selector says more than names (``[title]``, ``b:not(.x)``, ``i + b``) with its elements."""
        if sum(1 for _ in zip(root.iter(), range(_MOST_ELEMENTS + 1), strict=False)) > _MOST_ELEMENTS:
            return
        try:
            (parsed,) = parse(selector[:200])
            elements = root.xpath(HTMLTranslator().selector_to_xpath(parsed))
        except (SelectorError, ValueError, RecursionError, etree.LxmlError):
            return
        rule = _Rule((), does, (*parsed.specificity(), count))
        for element in elements:
            self._sought.setdefault(element, []).append(rule)

    def __bool__(self) -> bool:
        return bool(self._by or self._sought)

    def of(self, element: Any) -> dict[str, tuple[str, bool]]:
        """Return what the rules that match an element do to it; of two that set one property the stronger."""
        keys = [str(element.tag), *(f".{name}" for name in (element.get("class") or "").split())]
        if name := element.get("id"):
            keys.append(f"#{name}")
        rules = [rule for key in keys for rule in self._by.get(key, ()) if self._matches(element, rule.steps)]
        rules += self._sought.get(element, ()) if self._sought else ()
        found: dict[str, tuple[str, bool]] = {}
        for rule in sorted(rules, key=lambda r: r.rank):
            for prop, (what, important) in rule.does.items():
                if important or not found.get(prop, ("", False))[1]:
                    found[prop] = (what, important)
        return found

    def _matches(self, element: Any, steps: Steps) -> bool:
        """Return whether an element has a selector's names, and those above it theirs, as far up as is looked."""
        if not _fits(element, steps[0]):
            return False
        for at, step in enumerate(steps[:-1]):
            element = element.getparent()
            up = 0
            while step[3] == " " and element is not None and not _fits(element, steps[at + 1]):
                element = element.getparent()
                up += 1
                if up > _MOST_ABOVE or self._looks < 0:
                    return False
                self._looks -= 1
            if element is None or not _fits(element, steps[at + 1]):
                return False
        return True


def _css(root: Any) -> str:
    texts = [
        "".join(element.itertext())
        for element in root.iter("style")
        if any(map(_is_seen, (element.get("media") or "").split(",")))
    ]
    css = "\n".join(texts)[:_LARGEST]
    return COMMENT.sub("", css) if _MAY_SHOW.search(css) else ""


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Give selector and declarations of each rule that holds on a screen of any width."""
    stack: list[str] = []
    pieces = _BRACE.split(css)
    for before, brace in zip(pieces[::2], pieces[1::2], strict=False):
        if brace == "{":
            stack.append(before.rsplit(";", 1)[-1].strip())
        elif stack:
            prelude = stack.pop()
            if not prelude.startswith("@") and all(_holds(above) for above in stack):
                yield prelude, before


def _holds(prelude: str) -> bool:
    name, _, condition = prelude.partition(" ")
    if name in ("@supports", "@layer"):
        return not condition.lstrip().startswith("not")
    return name.startswith("@media") and any(map(_is_seen, prelude.removeprefix("@media").split(",")))


def _is_seen(query: str) -> bool:
    """Return whether a media query holds for who sits at a desk, with a screen of 1,280 points."""
    medium, *conditions = re.split(r"\s+and\s+|(?<=\))\s*and\s*", query.strip().lower())
    if medium.startswith("("):
        conditions.insert(0, medium)
    elif medium and not _SEEN_MEDIA.fullmatch(medium):
        return False
    return all(map(_is_of_desk, conditions))


def _is_of_desk(condition: str) -> bool:
    bound = _BOUND.fullmatch(condition.strip())
    if not bound:
        return "orientation" in condition and "landscape" in condition
    size = float(bound[2]) * (16 if bound[3].endswith("em") else 1)
    return size <= _DESK if bound[1] == "min" else size >= _DESK


def _steps(selector: str) -> Steps:
    """Return a selector's steps from the element upwards, () for one that more is needed for than names."""
    steps: list[tuple[str, str, frozenset[str], str]] = []
    above = ""
    for word in reversed(re.sub(r"\s*>\s*", " > ", selector).split()):
        if word == ">":
            above = ">"
            continue
        match = _COMPOUND.match(word)
        if not match:
            return ()
        names = re.findall(r"[#.][^#.]+", match[2] or "")
        name = next((n[1:] for n in names if n[0] == "#"), "")
        tag = (match[1] or "").lower().replace("*", "")
        if steps:
            steps[-1] = (*steps[-1][:3], above or " ")
        steps.append((tag, name, frozenset(n[1:] for n in names if n[0] == "."), ""))
        above = ""
    return tuple(steps) if steps and any(steps[0][:3]) and not above else ()


def _fits(element: Any, step: tuple[str, str, frozenset[str], str]) -> bool:
    tag, name, classes, _ = step
    if (tag and element.tag != tag) or (name and element.get("id") != name):
        return False
    return not classes or classes <= _names_in(element.get("class") or "")


@lru_cache(maxsize=1024)
def _names_in(classes: str) -> frozenset[str]:
    """Return the classes an attribute names; a page's elements share few attributes."""
    return frozenset(classes.split())
