"""What no visitor of a page sees: by an element's tag, style, class or attribute.

A part that a script shows later is hidden here, too; ``worth.correct`` brings such a body to light.
"""

from __future__ import annotations

from collections.abc import Mapping

from archive.extract.styles import RUBY, STRUCK, Effects

_BY_TAG = {"del": STRUCK, "s": STRUCK, "strike": STRUCK, "rt": RUBY, "rp": RUBY, "rtc": RUBY}
# A descendant that sets these anew is seen again.
UNDONE_BELOW = {"font-size": "font", "visibility": "visibility"}
_HIDDEN_CLASSES = "hidden hide ng-hide d-none dn undis none display-none displaynone visually-hidden sr-only"
_HIDDEN_CLASS = frozenset(_HIDDEN_CLASSES.split())
_OF_LAYOUT = frozenset(
    ("display", "list-style", "white-space", "vertical-align", "overflow", "height", "width")
)


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
    display = does.get("display")
    if attributes.get("hidden", "until-found") != "until-found" and not display:
        return "attribute"
    if (display and display[0].startswith("none")) or _is_empty_box(does):
        return "style"
    others = (what for name, (what, _) in does.items() if name not in _OF_LAYOUT)
    if how := next((what for what in others if what), ""):
        return how
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
