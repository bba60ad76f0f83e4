"""How a version is cited: what its page claimed, and between which days it was seen, no more. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from archive.reading_room.typeset import shown_date
from archive.store.answers.seen import Sightings, is_ahead, said_of

Row = Mapping[str, Any]

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
_END = re.compile(r"[\s。.]+$")


def gb_t_7714(document: Row, version: Row, seen: Sightings, address: str) -> str:
    """Return the citation of one version of an electronic document by GB/T 7714—2015.

    The day of citation is that of the last whole capture that showed this version; ``address`` is where it is kept.
    """
    day = _day(version, seen)
    title = _END.sub("", _one_line(version["title"]))
    days = f"{f'({day})' if day else ''}{f'[{seen.days[1]}]' if seen.days else ''}"
    return (
        f"{_END.sub('', _responsible(document, version))}. {title}[EB/OL]. "
        f"{f'{days}. ' if days else ''}{document['url']}. "
        f"原本存档第{version['number']}版, {_seen_in_chinese(seen)}: {address}."
    )


def bibtex(document: Row, version: Row, seen: Sightings, address: str) -> str:
    """Return the entry of one version for a bibliography, in the fields of biblatex."""
    day = _day(version, seen)
    note = f"yuanben {document['id']}/{version['number']}, {version['text_digest']}; seen {said_of(seen)}; kept at "
    fields = {
        "title": "{" + _escaped(version["title"]) + "}",
        "author": "{" + _escaped(_responsible(document, version)) + "}",
        "date": day,
        "number": _escaped(version["doc_number"] or ""),
        "version": str(version["number"]),
        "url": _address(document["url"]),
        "urldate": seen.days[1] if seen.days else "",
        "note": note + rf"\url{{{_address(address)}}}",
        "langid": "chinese",
    }
    lines = [f"  {name:<8}= {{{text}}}," for name, text in fields.items() if text]
    return "\n".join([f"@online{{yuanben-{document['id']}-{version['number']},", *lines, "}"])


def _day(version: Row, seen: Sightings) -> str:
    """Return the day a page names as its own; nothing when the page was seen before that day."""
    return "" if is_ahead(version["published_at"], seen.first) else shown_date(version["published_at"])[:10]


def _seen_in_chinese(seen: Sightings) -> str:
    if not seen.days:
        return "无完整抓取"
    first, last = seen.days
    anew = f", 同一原文后经重读为第{seen.read_anew_as}版" if seen.read_anew_as else ""
    if first == last:
        return f"{first}所见(北京时间; 为所见之界, 非存续之证{anew})"
    between = ", 其间另有他版或缺失" if len(seen.stretches) > 1 else ""
    return f"{first}至{last}间所见(北京时间, 首末完整抓取之日{between}; 为所见之界, 非存续之证{anew})"


def _responsible(document: Row, version: Row) -> str:
    return _one_line(version["issuer"] or version["author"] or document["publisher"])


def _address(url: str) -> str:
    return re.sub(r"[{}\\]", lambda found: f"%{ord(found[0]):02X}", url)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(letter, letter) for letter in _one_line(text))
