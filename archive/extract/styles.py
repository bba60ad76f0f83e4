"""What the declarations of a style do to what is seen: hide it, strike it out, raise, number or break it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

STRUCK, RUBY = "struck", "ruby"
# A comment that is not closed goes on to the end, as in browsers.
COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.S)
_ZERO = re.compile(r"0*\.?0+(?:px|pt|r?em|ex|%|vw|vh)?(?![\d.])")
_OUT_OF_SIGHT = re.compile(r"-(?:\d{4,}(?:\.\d+)?(?:px|pt)?|\d{3,}(?:\.\d+)?r?em)(?![\w.])")
_MOVES = frozenset(("left", "top", "right", "text-indent", "margin-left", "margin-top"))
_NOWHERE = re.compile(
    r"inset\(\s*(?:50|100)%|circle\(\s*0|polygon\(\s*0(?:px|%)?\s+0(?:px|%)?\s*"
    r"(?:,\s*0(?:px|%)?\s+0(?:px|%)?\s*)*\)"
)

Effects = Mapping[str, tuple[str, bool]]
"""Property → (what it does, whether it is important). "" does nothing, but does it instead of another rule."""


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
