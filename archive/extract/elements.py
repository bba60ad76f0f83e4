"""Which elements stand in a line, which hold no text, and which show what is not in their characters."""

from __future__ import annotations

_SKIPPED = (
    "script style noscript template svg math object embed applet iframe select textarea button input "
    "head title canvas audio video meter progress map datalist param link meta noframes"
)
SKIPPED = frozenset(_SKIPPED.split())
_INLINE = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q rb rp rt rtc ruby s samp "
    "small span strike strong sub sup time tt u var wbr nobr o:p st1 publishtime html-slot"
)
INLINE = frozenset(_INLINE.split())
# Elements that hold a whole text in some pages: with line breaks of their own they count as blocks.
BROKEN = frozenset(("span", "font"))
FIELDS = frozenset(("input", "textarea", "select"))
FRAMES = frozenset(("iframe", "embed", "object"))
PRE = frozenset(("pre", "listing", "xmp", "plaintext"))
LISTS = {"ol": "decimal", "ul": "disc", "menu": "disc"}
SMALL = {"sup": "super", "sub": "sub"}
