"""Document numbers (发文字号) as people type them: any brackets or none, with 第 and 号 or without."""

from __future__ import annotations

import re

from archive.text.characters import one_width

_OPEN, _CLOSE = r"[\[({【《「〈『<]", r"[\])}】》」〉』>]"
_TYPED = re.compile(
    rf"([a-z\u3400-\u9fff]{{2,24}}?){_OPEN}?((?:19|20)[0-9]{{2}}){_CLOSE}?(?:年|-|·|/|、|,)?第?0{{0,4}}([1-9][0-9]{{0,4}})号?",
    re.IGNORECASE,
)


def number_typed(query: str) -> str | None:
    """Return the document number that a query is, as ``部门〔2024〕13号``; None for any other query.

    That it has the form of a number does not say that there is one: 未来产业2026年5 has it, too.
    """
    if len(query) > 60:
        return None
    match = _TYPED.fullmatch("".join(query.translate(one_width()).split()))
    return f"{match[1]}〔{match[2]}〕{match[3]}号" if match else None
