"""Names of files: kept as shown, and made safe wherever one could become a path or be printed."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120
# Besides control characters: what turns the direction of a line can hide an ending ("exe.fdp").
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_NOT_IN_NAMES = re.compile(r'[<>:"|?*\\/]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)


def safe_name(name: str, *, otherwise: str = "file") -> str:
    """Return a name under which a file can be put into a directory: one component, nothing hidden in it.

    Two names may become the same: whoever writes files has to tell them apart.
    """
    last = _CONTROL.sub("", name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    plain = _NOT_IN_NAMES.sub("_", unicodedata.normalize("NFC", last)).strip(" .")
    if not plain:
        return otherwise
    if _RESERVED.match(plain):
        plain = f"_{plain}"
    stem, dot, last = plain.rpartition(".")
    if dot and len(last) <= 8:
        return f"{stem[: LONGEST - len(last) - 1]}.{last}"
    return plain[:LONGEST]


def shown_name(path: str) -> str:
    """Return a member's path as it may be shown: its folders stay, what leads out of them does not."""
    plain = _CONTROL.sub("", path).replace("\\", "/")
    parts = [part for part in plain.split("/") if part not in ("", ".", "..")]
    return "/".join(safe_name(part) for part in parts)[: 4 * LONGEST] or "file"


def leads_out(path: str) -> bool:
    """Return whether a member's path would leave the directory it is unpacked into, or hides what it is."""
    plain = path.replace("\\", "/")
    is_absolute = plain.startswith("/") or re.match(r"[A-Za-z]:", plain) is not None
    return is_absolute or ".." in plain.split("/") or _CONTROL.search(path) is not None
