"""What the styles of a DOCX say that changes its text: struck, hidden, raised or lowered, and of which list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_DEEPEST = 20
_RAISED = {"superscript": "raised", "subscript": "lowered", "baseline": ""}


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
