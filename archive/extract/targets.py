"""Where a link leads that is no plain one: by a script, through a viewer's page, in a frame of the page itself.

Nothing is run: an address is taken from a script only where it stands there whole, between quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urljoin

from archive.models.files import ADDRESSES, is_unnamed, leads_to_file, name_in

_QUOTED = re.compile(r"""'((?:[^'\\]|\\.){1,2083})'|"((?:[^"\\]|\\.){1,2083})\"""")
_BREAKS = re.compile(r"[\t\r\n]+")
# As scripts write characters that they do not write as they are.
_WRITTEN = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_JOINED = re.compile(r"""(["'])\s*\+\s*\1""")
_PATH = re.compile(r"(?:https?:)?//|/|\.{1,2}/|\.{0,2}\\", re.I)
_VIEWER = re.compile(
    r"view(?:er)?\b|viewer|preview|pdfjs|pdf\.js|onlinePreview|/op/(?:view|embed)|web/web", re.I
)
_VALUE = re.compile(
    r"[?&#](?:file|src|url|path|pdf|furl|fileurl|file_url|filepath|doc)=([^&#]{1,2083})", re.I
)
_FRAMES = {"iframe": "src", "embed": "src", "object": "data"}
_HELD = ("data-href", "data-url", "data-file", "data-src", "data-path")


def target_of(attributes: Mapping[str, str], words: str = "") -> str:
    """Return the address that a link leads to, as it stands in the page; "" when it leads nowhere.

    ``words`` are those that the link is shown under: where they name a file, a bare path in its script is one.
    """
    href = _BREAKS.sub("", attributes.get("href") or "").strip()
    if href and not _is_script(href):
        return behind_viewer(href)
    scripts = (href if _is_script(href) else "", attributes.get("onclick") or "")
    for script in scripts:
        if script and (found := _in_script(script, words)):
            return behind_viewer(found)
    held = next((value for name in _HELD if (value := attributes.get(name)) and leads_to_file(value)), "")
    return behind_viewer(held) if held else href


def framed(element: Any) -> str:
    """Return the file that a frame of the page shows; "" where it shows none or a page."""
    address = (element.get(_FRAMES.get(str(element.tag), "")) or "").strip()
    if element.tag == "object" and not address:
        values = (
            p.get("value") or ""
            for p in element.iter("param")
            if (p.get("name") or "").lower() in ("src", "filename")
        )
        address = next(values, "")
    found = behind_viewer(address).partition("#")[0]
    return found if leads_to_file(found, ADDRESSES) else ""


def behind_viewer(address: str) -> str:
    """Return the file that a viewer's page is asked to show: ``viewer.html?file=%2Ffiles%2F1.pdf`` → ``/files/1.pdf``.

    A program that hands out files under the names it is asked for is no viewer.
    """
    path, mark, _ = address.partition("?")
    if not mark and "#" in address:
        path, mark, _ = address.partition("#")
    if not mark or not _VIEWER.search(path) or not (match := _VALUE.search(address)):
        return address
    value = unquote(match[1]) if "%" in match[1] else match[1]
    value = unquote(value) if value[:7].lower().startswith(("http%3a", "https%3", "%2f")) else value
    if not leads_to_file(value):
        return address
    try:
        return urljoin(path, value) if not _PATH.match(value) or value.startswith(".") else value
    except ValueError:
        return address


def _is_script(href: str) -> bool:
    return href.startswith("#") or href.lower().replace(" ", "").startswith("javascript:")


def _in_script(script: str, words: str) -> str:
    """Return the first address of a file that a script names; where the words name one, the first path."""
    whole = _JOINED.sub("", (unquote(script) if script.lower().startswith("javascript:%") else script)[:8000])
    found = [_plain(one or other) for one, other in _QUOTED.findall(whole)]
    files = [
        one for one in found if leads_to_file(one) and (_PATH.match(one) or "/" in one or len(found) == 1)
    ]
    if files:
        return files[0]
    return next(
        (one for one in found if name_in(words) and _PATH.match(one) and is_unnamed(one, programs=True)), ""
    )


def _plain(quoted: str) -> str:
    shown = _WRITTEN.sub(lambda match: chr(int(match[1] or match[2], 16)), quoted)
    return re.sub(r"\\([/'\"])", r"\1", shown)
