"""What styles do to what is seen: hide it, strike it out, raise, number or break it.

Declarations stand in an element's attribute or in the page's own style sheets. Sheets that other addresses hold are
not asked for: what only they hide is not known. A part that a script shows later is hidden here, too;
``worth.correct`` brings such a body to light.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cssselect import HTMLTranslator, SelectorError, parse
from lxml import etree

from archive.patterns import regex

STRUCK, RUBY = "struck", "ruby"
# A comment that is not closed goes on to the end, as in browsers.
COMMENT = regex(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.S)
_ZERO = regex(r"0*\.?0+(?:px|pt|r?em|ex|%|vw|vh)?(?![\d.])")
_OUT_OF_SIGHT = regex(r"-(?:\d{4,}(?:\.\d+)?(?:px|pt)?|\d{3,}(?:\.\d+)?r?em)(?![\w.])")
_MOVES = frozenset(("left", "top", "right", "text-indent", "margin-left", "margin-top"))
_NOWHERE = regex(
    r"inset\(\s*(?:50|100)%|circle\(\s*0|polygon\(\s*0(?:px|%)?\s+0(?:px|%)?\s*"
    r"(?:,\s*0(?:px|%)?\s+0(?:px|%)?\s*)*\)"
)

Effects = Mapping[str, tuple[str, bool]]
_BY_TAG = {"del": STRUCK, "s": STRUCK, "strike": STRUCK, "rt": RUBY, "rp": RUBY, "rtc": RUBY}
# What hides without any attribute.
HIDING_TAGS = frozenset((*_BY_TAG, "dialog"))
# A descendant that sets these anew is seen again.
UNDONE_BELOW = {"font-size": "font", "visibility": "visibility"}
_HIDDEN_CLASSES = "hidden hide ng-hide d-none dn undis none display-none displaynone visually-hidden sr-only"
_HIDDEN_CLASS = frozenset(_HIDDEN_CLASSES.split())
_OF_LAYOUT = frozenset(
    ("display", "list-style", "white-space", "vertical-align", "overflow", "height", "width")
)
_MAY_SHOW = regex(
    r"none|hidden|collapse|pre|block|list-style|font|height|width|-\d{3}|line-through|opacity|clip|transform|vertical",
    re.I,
)
_BRACE = regex(r"([{}])")
_COMPOUND = regex(r"([a-zA-Z][\w-]*|\*)?((?:[#.][\w\u0080-\uffff-]+)*)$")
_SCREEN_MEDIA = regex(r"(?:only\s+)?(?:all|screen)$", re.I)
_BOUND = regex(r"\(\s*(min|max)-(?:device-)?width\s*:\s*(\d{1,6}(?:\.\d+)?)\s*(px|r?em)\s*\)")
_DESK = 1280
_LARGEST = 400_000
_MOST_RULES = 2_000
# States, and parts that are no elements.
_IS_STATE = regex(
    r"::|:(?:before|after|hover|focus|active|visited|link|first-line|first-letter|target|placeholder|selection)"
)
# What libxml2 must look for in the whole tree costs the square of it in the worst case.
_MOST_SOUGHT, _MOST_ELEMENTS = 40, 5_000
# So far above an element is looked for what a selector names, and so often in a page: a nest of a thousand levels took
# ten seconds. Pages that people made are thirty levels deep.
_MOST_ABOVE, _MOST_LOOKS = 200, 400_000

Step = tuple[str, str, frozenset[str], str]
Steps = tuple[Step, ...]


"""Property → (what it does, whether it is important). "" does nothing, but does it instead of another rule."""

_EMPTY_BOX = frozenset(("height", "max-height", "width", "max-width"))
_HOW = {"visibility": "visibility"}
_HIDING: dict[str, Callable[[str], object]] = {
    "mso-hide": re.compile("all").match,
    "visibility": re.compile("hidden|collapse").match,
    "content-visibility": re.compile("hidden").match,
    "opacity": _ZERO.fullmatch,
    "clip": re.compile(r"rect\(\s*(?:[01](?:px)?[\s,]*){4}\)").match,
    "clip-path": _NOWHERE.match,
    "transform": re.compile(r"scale[xy]?\(\s*0*\.?0+\s*[,)]").match,
}


@lru_cache(maxsize=16_384)
def effects(style: str) -> Effects:
    """Return what the declarations of a style do to what is seen: ``display`` → ``none``, ``font-size`` → ``font`` …"""
    found: dict[str, tuple[str, bool]] = {}
    for declaration in COMMENT.sub("", style[:4000].lower()).split(";"):
        name, _, value = declaration.partition(":")
        plain, mark, _ = value.partition("!")
        if plain.strip() and (effect := _effect(name.strip(), plain.strip())) is not None:
            key, what = effect
            found[key] = (what, bool(mark) and "important" in value)
    return found


def _effect(name: str, value: str) -> tuple[str, str] | None:
    if name in ("display", "list-style", "list-style-type", "white-space", "vertical-align"):
        return name.removesuffix("-type"), value
    if name in ("font-size", "font"):
        return _font_size(name, value)
    if name in ("text-decoration", "text-decoration-line", "-webkit-text-decoration"):
        return "text-decoration", STRUCK if "line-through" in value else ""
    if name in _EMPTY_BOX:
        return name.removeprefix("max-"), "empty" if _ZERO.fullmatch(value) else ""
    if name in ("overflow", "overflow-x", "overflow-y"):
        return "overflow", "cut" if value.startswith(("hidden", "clip")) else ""
    test = _HIDING.get(name) or (_OUT_OF_SIGHT.match if name in _MOVES else None)
    if test is None:
        return None
    return name, (_HOW.get(name, "style") if test(value) else "")


def _font_size(name: str, value: str) -> tuple[str, str] | None:
    size = re.search(r"(?:^|\s)([\d.]+[a-z%]*)(?:/|\s|$)", value) if name == "font" else None
    value = size[1] if size else value if name == "font-size" else ""
    if _ZERO.match(value):
        return "font-size", "font"
    # Of nothing, a part is nothing: only a size of its own is one.
    is_part = not value or re.search(r"[\d.](?:em|%)|smaller|larger|inherit", value)
    return None if is_part else ("font-size", "")


def hidden_by(tag: str, attributes: Mapping[str, str], does: Effects) -> str:
    """Return how an element is hidden from a reader ("" when it is not): by tag, attribute, style or class.

    ``struck`` is what is crossed out, ``ruby`` what only says how a word is read: seen, but no text.
    """
    if (how := _BY_TAG.get(tag)) and not (
        how == STRUCK and does.get("text-decoration", ("?", False))[0] == ""
    ):
        return how
    if tag == "dialog" and "open" not in attributes and "display" not in does:
        return "attribute"
    if not attributes and not does:
        return ""
    display = does.get("display") if does else None
    if attributes.get("hidden", "until-found") != "until-found" and not display:
        return "attribute"
    if does:
        if (display and display[0].startswith("none")) or _is_empty_box(does):
            return "style"
        for name, (what, _) in does.items():
            if what and name not in _OF_LAYOUT:
                return what
    classes = attributes.get("class", "")
    if classes and not display and not _HIDDEN_CLASS.isdisjoint(classes.split()):
        return "class"
    return ""


def takes_no_place(does: Effects, how: str) -> bool:
    """Return whether what is hidden is not laid out at all, so that a list does not count it."""
    return how in ("attribute", "class") or does.get("display", ("", False))[0].startswith("none")


def _is_empty_box(does: Effects) -> bool:
    is_cut = does.get("overflow", ("", False))[0] == "cut"
    return is_cut and any(does.get(name, ("", False))[0] == "empty" for name in ("height", "width"))


"""A selector from the element upwards: tag, id, classes, and the combinator to the step above."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """A selector with what it does and how strong it is. Without steps it matches what was sought for it.

    ``above``: the names that elements above it must bear (``div``, ``#main``, ``.hide``), whichever of them.
    """

    steps: Steps
    does: Effects
    rank: tuple[int, int, int, int]
    above: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Place:
    """What selectors can name of an element: its tag, id and classes, the place above it.

    ``keys`` are the names that it bears, as rules are looked up, ``above`` those of all above it.
    """

    tag: str
    name: str
    classes: frozenset[str]
    parent: _Place | None
    keys: tuple[str, ...]
    above: frozenset[str]

    @classmethod
    def of(cls, tag: str, name: str, classes: str, parent: _Place | None) -> _Place:
        """Return the place of an element under another."""
        above = parent.above.union(parent.keys) if parent else frozenset[str]()
        return cls(tag, name, _names_in(classes), parent, _keys_of(tag, name, classes), above)

    def fits(self, step: Step) -> bool:
        """Return whether the element is one that a step of a selector names."""
        tag, name, classes, _ = step
        return (not tag or self.tag == tag) and (not name or self.name == name) and classes <= self.classes


class Sheet:
    """The rules of a page's ``<style>`` elements that decide whether something is seen."""

    def __init__(self, root: Any) -> None:
        self._by: dict[str, list[_Rule]] = {}
        self._sought: dict[Any, list[_Rule]] = {}
        self._looks = _MOST_LOOKS
        self._paths: dict[tuple[int, str, str, str], tuple[int, list[_Rule], Effects]] = {}
        self._places = [_Place.of(str(root.tag), root.get("id", ""), root.get("class", ""), None)]
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
        above = frozenset(key for tag, name, classes, _ in steps[1:] for key in _keys(tag, name, classes))
        self._by.setdefault(key, []).append(_Rule(steps, does, rank, above))

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

    def of(self, element: Any, attributes: Mapping[str, str], above: int) -> tuple[int, Effects]:
        """Return the path of an element and what the rules that match it do to it.

        ``above`` is the path of its parent, 0 for the root's. Elements of one path have the same tag, id and classes,
        and so have all above them: names match them alike, and a page has few paths.
        """
        key = (above, element.tag, attributes.get("id", ""), attributes.get("class", ""))
        known = self._paths.get(key)
        if known is None:
            place = _Place.of(*key[1:], self._places[above] if element.getparent() is not None else None)
            rules = [
                rule for named in place.keys for rule in self._by.get(named, ()) if self._matches(place, rule)
            ]
            known = self._paths[key] = (len(self._places), rules, _strongest(rules))
            self._places.append(place)
        path, rules, does = known
        if self._sought and (sought := self._sought.get(element)):
            does = _strongest([*rules, *sought])
        return path, does

    def _matches(self, place: _Place, rule: _Rule) -> bool:
        """Return whether an element has a selector's names, and those above it theirs, as far up as is looked."""
        steps = rule.steps
        if not place.fits(steps[0]) or not rule.above <= place.above:
            return False
        for at, step in enumerate(steps[:-1]):
            above, up = place.parent, 0
            while step[3] == " " and above is not None and not above.fits(steps[at + 1]):
                above = above.parent
                up += 1
                if up > _MOST_ABOVE or self._looks < 0:
                    return False
                self._looks -= 1
            if above is None or not above.fits(steps[at + 1]):
                return False
            place = above
        return True


def _strongest(rules: list[_Rule]) -> Effects:
    """Return what rules do together; of two that set one property the stronger, of equal ones the later."""
    found: dict[str, tuple[str, bool]] = {}
    for rule in sorted(rules, key=lambda r: r.rank):
        for prop, (what, important) in rule.does.items():
            if important or not found.get(prop, ("", False))[1]:
                found[prop] = (what, important)
    return found


def _css(root: Any) -> str:
    texts = [
        "".join(element.itertext())
        for element in root.iter("style")
        if any(map(_is_on_screen, (element.get("media") or "").split(",")))
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
    return name.startswith("@media") and any(map(_is_on_screen, prelude.removeprefix("@media").split(",")))


def _is_on_screen(query: str) -> bool:
    """Return whether a media query holds for who sits at a desk, with a screen of 1,280 points."""
    medium, *conditions = re.split(r"\s+and\s+|(?<=\))\s*and\s*", query.strip().lower())
    if medium.startswith("("):
        conditions.insert(0, medium)
    elif medium and not _SCREEN_MEDIA.fullmatch(medium):
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


def _keys(tag: str, name: str, classes: Iterable[str]) -> list[str]:
    """Return the names of an element or of a step as they are looked up: ``div``, ``#main``, ``.hide``."""
    return [key for key in (tag, name and f"#{name}", *(f".{one}" for one in classes)) if key]


@lru_cache(maxsize=4096)
def _keys_of(tag: str, name: str, classes: str) -> tuple[str, ...]:
    return tuple(_keys(tag, name, _names_in(classes)))


@lru_cache(maxsize=1024)
def _names_in(classes: str) -> frozenset[str]:
    """Return the classes an attribute names; a page's elements share few attributes."""
    return frozenset(classes.split())
