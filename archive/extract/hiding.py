"""What no visitor of a page sees: by an element's style, class or attribute, by the page's own style sheets.

Sheets that other addresses hold are not asked for: what only they hide is not known. A part that a script shows
later is hidden here, too; ``worth.correct`` brings such a body to light.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

STRUCK, RUBY = "struck", "ruby"
_BY_TAG = {"del": STRUCK, "s": STRUCK, "strike": STRUCK, "rt": RUBY, "rp": RUBY, "rtc": RUBY}
# A descendant that sets these anew is seen again.
UNDONE_BELOW = {"font-size": "font", "visibility": "visibility"}
_ZERO = re.compile(r"0*\.?0+(?:px|pt|r?em|ex|%|vw|vh)?(?![\d.])")
_OUT_OF_SIGHT = re.compile(r"-(?:\d{4,}(?:\.\d+)?(?:px|pt)?|\d{3,}(?:\.\d+)?r?em)(?![\w.])")
_MOVES = frozenset(("left", "top", "right", "text-indent", "margin-left", "margin-top"))
_HIDDEN_CLASSES = "hidden hide ng-hide d-none dn undis none display-none displaynone visually-hidden sr-only"
_HIDDEN_CLASS = frozenset(_HIDDEN_CLASSES.split())
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_MAY_HIDE = re.compile(
    r"none|hidden|collapse|pre|block|decimal|size\s*:\s*\.?0|-\d{3}|line-through|opacity|clip|vertical", re.I
)
_BLOCK = re.compile(r"([^{}]*)([{}])")
_COMPOUND = re.compile(r"([a-zA-Z][\w-]*|\*)?((?:[#.][\w\u0080-\uffff-]+)*)$")
_SEEN_MEDIA = re.compile(r"(?:only\s+)?(?:all|screen)$", re.I)
_LARGEST = 400_000
_MOST_RULES = 2_000

Effects = Mapping[str, tuple[str, bool]]
"""Property → (what it does, whether it is important). "" does nothing, but does it instead of another rule."""


@lru_cache(maxsize=16_384)
def effects(style: str) -> Effects:
    """Return what the declarations of a style do to what is seen: ``display`` → ``none``, ``font-size`` → ``font`` …"""
    found: dict[str, tuple[str, bool]] = {}
    for declaration in style[:4000].lower().split(";"):
        name, _, value = declaration.partition(":")
        name, plain = name.strip(), value.replace("!important", "").strip()
        if plain and (effect := _effect(name, plain)) is not None:
            key, what = effect
            found[key] = (what, "!important" in value)
    return found


def _effect(name: str, value: str) -> tuple[str, str] | None:
    if name in ("display", "list-style", "list-style-type", "white-space", "vertical-align"):
        return name.removesuffix("-type"), value
    if name == "visibility":
        return name, "visibility" if value in ("hidden", "collapse") else ""
    if name == "font-size":
        if _ZERO.match(value):
            return name, "font"
        # Of nothing, a part is nothing: only a size of its own is one.
        return None if re.search(r"[\d.](?:em|%)|smaller|larger|inherit", value) else (name, "")
    if name == "opacity":
        return name, "style" if _ZERO.fullmatch(value) else ""
    if name in _MOVES:
        return name, "style" if _OUT_OF_SIGHT.match(value) else ""
    if name == "clip":
        return name, "style" if re.match(r"rect\(\s*(?:[01](?:px)?[\s,]*){4}\)", value) else ""
    if name.startswith("text-decoration"):
        return "text-decoration", STRUCK if "line-through" in value else ""
    return None


@dataclass(frozen=True, slots=True)
class _Rule:
    """A selector without pseudo-classes, from the element upwards, with what it does and how strong it is."""

    steps: tuple[tuple[str, str, frozenset[str], str], ...]  # tag, id, classes, combinator to the step above
    does: Effects
    rank: tuple[int, int, int, int]


class Sheet:
    """The rules of a page's ``<style>`` elements that decide whether something is seen."""

    def __init__(self, root: Any) -> None:
        self._by: dict[str, list[_Rule]] = {}
        count = 0
        for prelude, body in _rules(_css(root)):
            does = effects(body)
            for selector in prelude.split(",") if does else ():
                if (steps := _steps(selector)) and count < _MOST_RULES:
                    count += 1
                    self._keep(steps, does, count)

    def _keep(
        self, steps: tuple[tuple[str, str, frozenset[str], str], ...], does: Effects, count: int
    ) -> None:
        tag, name, classes, _ = steps[0]
        key = f"#{name}" if name else f".{min(classes)}" if classes else tag
        ids, named = sum(bool(s[1]) for s in steps), sum(len(s[2]) for s in steps)
        rank = (ids, named, sum(bool(s[0]) for s in steps), count)
        self._by.setdefault(key, []).append(_Rule(steps, does, rank))

    def __bool__(self) -> bool:
        return bool(self._by)

    def of(self, element: Any) -> dict[str, tuple[str, bool]]:
        """Return what the rules that match an element do to it; of two that set one property the stronger."""
        keys = [str(element.tag), *(f".{name}" for name in (element.get("class") or "").split())]
        if name := element.get("id"):
            keys.append(f"#{name}")
        rules = [rule for key in keys for rule in self._by.get(key, ()) if _matches(element, rule.steps)]
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
        if not (media := element.get("media")) or _SEEN_MEDIA.match(media.strip())
    ]
    css = "\n".join(texts)[:_LARGEST]
    return _COMMENT.sub("", css) if _MAY_HIDE.search(css) else ""


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Give selector and declarations of each rule that holds on a screen of any width."""
    stack: list[str] = []
    for match in _BLOCK.finditer(css):
        if match[2] == "{":
            stack.append(
                match[1].rsplit(";", 1)[-1].strip() if match[1].lstrip()[:1] != "@" else match[1].strip()
            )
        elif stack:
            prelude = stack.pop()
            if not prelude.startswith("@") and all(_holds(above) for above in stack):
                yield prelude, match[1]


def _holds(prelude: str) -> bool:
    return prelude.startswith("@media") and bool(_SEEN_MEDIA.match(prelude.removeprefix("@media").strip()))


def _steps(selector: str) -> tuple[tuple[str, str, frozenset[str], str], ...]:
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


def _matches(element: Any, steps: tuple[tuple[str, str, frozenset[str], str], ...]) -> bool:
    if not _fits(element, steps[0]):
        return False
    for at, step in enumerate(steps[:-1]):
        element = element.getparent()
        while step[3] == " " and element is not None and not _fits(element, steps[at + 1]):
            element = element.getparent()
        if element is None or not _fits(element, steps[at + 1]):
            return False
    return True


def _fits(element: Any, step: tuple[str, str, frozenset[str], str]) -> bool:
    tag, name, classes, _ = step
    if (tag and element.tag != tag) or (name and element.get("id") != name):
        return False
    return not classes or classes <= set((element.get("class") or "").split())


def hidden_by(tag: str, attributes: Mapping[str, str], does: Effects) -> str:
    """Return how an element is hidden from a reader ("" when it is not): by tag, attribute, style or class.

    ``struck`` is what is crossed out, ``ruby`` what only says how a word is read: seen, but no text.
    """
    if how := _BY_TAG.get(tag):
        return how
    if not attributes and not does:
        return ""
    if attributes.get("hidden", "until-found") != "until-found":
        return "attribute"
    if (display := does.get("display")) and display[0].startswith("none"):
        return "style"
    others = (what for name, (what, _) in does.items() if name not in _OF_LAYOUT)
    if how := next((what for what in others if what), ""):
        return how
    classes = attributes.get("class", "")
    if classes and not display and not _HIDDEN_CLASS.isdisjoint(classes.split()):
        return "class"
    return ""


_OF_LAYOUT = frozenset(("display", "list-style", "white-space", "vertical-align"))
