"""How a version is cited. What a citation says is what the page claimed and when it was seen, no more. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from archive.reading_room.typeset import shown_date, shown_time

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
_END = re.compile(r"[\s。.]+$")


def gb_t_7714(document: Mapping[str, Any], version: Mapping[str, Any]) -> str:
    """Return the citation of an electronic document by GB/T 7714—2015."""
    day = shown_date(version["published_at"])[:10]
    title = _END.sub("", _one_line(version["title"]))
    return (
        f"{_END.sub('', _responsible(document, version))}. {title}[EB/OL]. "
        f"{f'({day})' if day else ''}[{_seen(document)}]. {document['url']}."
    )


def bibtex(document: Mapping[str, Any], version: Mapping[str, Any]) -> str:
    """Return the entry for a bibliography, in the fields of biblatex."""
    day = shown_date(version["published_at"])[:10]
    fields = {
        "title": "{" + _escaped(version["title"]) + "}",
        "author": "{" + _escaped(_responsible(document, version)) + "}",
        "date": day,
        "number": _escaped(version["doc_number"] or ""),
        "url": re.sub(r"[{}\\]", lambda found: f"%{ord(found[0]):02X}", document["url"]),
        "urldate": _seen(document),
        "note": f"yuanben {document['id']}/{version['number']}, {version['text_digest']}",
        "langid": "chinese",
    }
    lines = [f"  {name:<8}= {{{text}}}," for name, text in fields.items() if text]
    return "\n".join([f"@online{{yuanben-{document['id']}-{version['number']},", *lines, "}"])


def _responsible(document: Mapping[str, Any], version: Mapping[str, Any]) -> str:
    return _one_line(version["issuer"] or version["author"] or document["publisher"])


def _seen(document: Mapping[str, Any]) -> str:
    return shown_time(document["last_seen"])[:10]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(letter, letter) for letter in _one_line(text))
