"""Characters of GB 18030 that had no number in Unicode when codecs were written: they arrive as private ones.

Unicode has had them since 2005, and GB 18030 names those numbers today.
"""

from __future__ import annotations

import re

# From U+E815 on, what 0xFE50 and the following stand for; "" where a private number was never given.
_RADICALS = (
    "2E81 20087 20089 200CC 2E84 3473 3447 2E88 2E8B 9FB4 359E 361A 360E 2E8C 2E97 396E 3918 9FB5 39CF 39DF 3A73 39D0 "
    "9FB6 9FB7 3B4E 3C6E 3CE0 2EA7 215D7 9FB8 2EAA 4056 415F 2EAE 4337 2EB3 2EB6 2EB7 2298F 43B1 43AC 2EBB 43DD 44D6 "
    "4661 464C 9FB9 4723 4729 477C 478D 2ECA 4947 497A 497D 4982 4983 4985 4986 499F 499B 49B7 49B6 9FBA 241FE 4CA3 "
    "4C9F 4CA0 4CA1 4C77 4CA2 4D13 4D14 4D15 4D16 4D17 4D18 4D19 4DAE 9FBB"
)
_UPRIGHT = "FE10 FE12 FE11 FE13 FE14 FE15 FE16 FE17 FE18 FE19"
_OTHERS = {0xE7C7: 0x1E3F, 0xE7C8: 0x01F9, 0xE7E7: 0x303E} | {0xE7E8 + n: 0x2FF0 + n for n in range(12)}
_STANDARD = (
    {0xE815 + n: int(code, 16) for n, code in enumerate(_RADICALS.split())}
    | {0xE78D + n: int(code, 16) for n, code in enumerate(_UPRIGHT.split())}
    | _OTHERS
)
_PRIVATE = re.compile(f"[{''.join(map(chr, _STANDARD))}]")
_CJK = "\u3001-\u301e\u3400-\u9fff\uff01-\uff5e"
_BESIDE = re.compile(f"(?<=[{_CJK}]){_PRIVATE.pattern}|{_PRIVATE.pattern}(?=[{_CJK}])")


def with_standard(text: str, *, gb18030: bool) -> str:
    """Return the text with the standard characters for private ones.

    In bytes of GB 18030 each is certain. Elsewhere fonts of icons use the same numbers, so only one beside Chinese
    text is taken for it.
    """
    if text.isascii():
        return text
    return (_PRIVATE if gb18030 else _BESIDE).sub(lambda match: chr(_STANDARD[ord(match[0])]), text)
