"""From where the tables of ``canon/1`` and ``fold/2`` were taken: what OpenCC, Unicode and GB 18030 say of each character.

``python -m tests.archive.upstream`` writes them anew. That moves digests: it makes a new ``canon`` or ``fold``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import opencc

OPENCC = "1.4.2"
UNICODE = "14.0.0"

_FOLDER = Path(__file__).parents[2] / "archive" / "text"
_IDEOGRAPHS = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0x20000, 0x323B0))
_COMPATIBILITY = (range(0xF900, 0xFB00), range(0x2F800, 0x2FA20))
_FORMS = (
    range(0xFE10, 0xFE1A),
    range(0xFE30, 0xFE45),
    range(0xFE47, 0xFE49),
    range(0xFE50, 0xFE6C),
    range(0xFFE0, 0xFFE7),
)
_SQUARED = (
    range(0x3371, 0x337B),
    range(0x3380, 0x33E0),
    range(0x2100, 0x2102),
    range(0x2103, 0x2104),
    range(0x2109, 0x210A),
)

# EquivalentUnifiedIdeograph.txt of Unicode 14.0.0, lines 2E81 to 2EF3; the Kangxi radicals follow from NFKC.
RADICALS = {
    0x2E81: 0x5382, 0x2E82: 0x4E5B, 0x2E83: 0x4E5A, 0x2E84: 0x4E59, 0x2E85: 0x4EBB, 0x2E86: 0x5182, 0x2E87: 0x20628,
    0x2E88: 0x5200, 0x2E89: 0x5202, 0x2E8A: 0x535C, 0x2E8B: 0x353E, 0x2E8C: 0x5C0F, 0x2E8D: 0x5C0F, 0x2E8E: 0x5140,
    0x2E8F: 0x5C23, 0x2E90: 0x5C22, 0x2E91: 0x21BC2, 0x2E92: 0x5DF3, 0x2E93: 0x5E7A, 0x2E94: 0x5F51, 0x2E95: 0x5F50,
    0x2E96: 0x5FC4, 0x2E97: 0x5FC3, 0x2E98: 0x624C, 0x2E99: 0x6535, 0x2E9B: 0x65E1, 0x2E9C: 0x65E5, 0x2E9D: 0x6708,
    0x2E9E: 0x6B7A, 0x2E9F: 0x6BCD, 0x2EA0: 0x6C11, 0x2EA1: 0x6C35, 0x2EA2: 0x6C3A, 0x2EA3: 0x706C, 0x2EA4: 0x722B,
    0x2EA5: 0x722B, 0x2EA6: 0x4E2C, 0x2EA7: 0x725B, 0x2EA8: 0x72AD, 0x2EA9: 0x738B, 0x2EAA: 0x24D14, 0x2EAB: 0x76EE,
    0x2EAC: 0x793A, 0x2EAD: 0x793B, 0x2EAE: 0x25AD7, 0x2EAF: 0x7CF9, 0x2EB0: 0x7E9F, 0x2EB1: 0x7F53, 0x2EB2: 0x7F52,
    0x2EB3: 0x34C1, 0x2EB4: 0x5197, 0x2EB5: 0x2626B, 0x2EB6: 0x7F8A, 0x2EB7: 0x2634C, 0x2EB8: 0x2634B, 0x2EB9: 0x8002,
    0x2EBA: 0x8080, 0x2EBB: 0x807F, 0x2EBC: 0x8089, 0x2EBD: 0x26951, 0x2EBE: 0x8279, 0x2EBF: 0x8279, 0x2EC0: 0x8279,
    0x2EC1: 0x864E, 0x2EC2: 0x8864, 0x2EC3: 0x8980, 0x2EC4: 0x897F, 0x2EC5: 0x89C1, 0x2EC6: 0x89D2, 0x2EC7: 0x278B2,
    0x2EC8: 0x8BA0, 0x2EC9: 0x8D1D, 0x2ECA: 0x27FB7, 0x2ECB: 0x8F66, 0x2ECC: 0x8FB6, 0x2ECD: 0x8FB6, 0x2ECE: 0x8FB6,
    0x2ECF: 0x9091, 0x2ED0: 0x9485, 0x2ED1: 0x9577, 0x2ED2: 0x9578, 0x2ED3: 0x957F, 0x2ED4: 0x95E8, 0x2ED5: 0x28E0F,
    0x2ED6: 0x961D, 0x2ED7: 0x96E8, 0x2ED8: 0x9752, 0x2ED9: 0x97E6, 0x2EDA: 0x9875, 0x2EDB: 0x98CE, 0x2EDC: 0x98DE,
    0x2EDD: 0x98DF, 0x2EDE: 0x2967F, 0x2EDF: 0x98E0, 0x2EE0: 0x9963, 0x2EE1: 0x29810, 0x2EE2: 0x9A6C, 0x2EE3: 0x9AA8,
    0x2EE4: 0x9B3C, 0x2EE5: 0x9C7C, 0x2EE6: 0x9E1F, 0x2EE7: 0x5364, 0x2EE8: 0x9EA6, 0x2EE9: 0x9EC4, 0x2EEA: 0x9EFE,
    0x2EEB: 0x6589, 0x2EEC: 0x9F50, 0x2EED: 0x6B6F, 0x2EEE: 0x9F7F, 0x2EEF: 0x7ADC, 0x2EF0: 0x9F99, 0x2EF1: 0x9F9C,
    0x2EF2: 0x4E80, 0x2EF3: 0x9F9F,
}  # fmt: skip
# The places of GB 18030 that Python's codec still leads to private characters, and what they show.
PRIVATE = {
    0xE5E5: 0x3000, 0xE7C7: 0x1E3F, 0xE7C8: 0x01F9, 0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4,
    0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F, 0xE843: 0x9FB9,
    0xE854: 0x9FBA, 0xE855: 0x241FE, 0xE864: 0x9FBB,
    **dict(zip(range(0xE78D, 0xE797), (0xFE10, 0xFE12, 0xFE11, *range(0xFE13, 0xFE1A)), strict=True)),
}  # fmt: skip
# One character under two code points: what a page that has the one looks like to a reader of the other.
ALIKE = dict(zip("巿戸靑淸髙呉黒歩毎徳増郞緖曽", "市户青清高吴黑步每德增郎绪曾", strict=True))


def script() -> dict[str, str]:
    """Return Traditional character → Simplified character, as OpenCC's ``t2s`` says, 著 → 着 included."""
    characters = list(map(chr, _codes(_IDEOGRAPHS)))
    # One a line: converted together, neighbours would be taken for words.
    simplified = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    table = {c: s for c, s in zip(characters, simplified, strict=True) if s != c and len(s) == 1}
    table["著"] = "着"
    return {c: table.get(s, s) for c, s in table.items()}


def shapes() -> dict[str, str]:
    """Return radicals, compatibility ideographs, private characters and forms, and the character each of them shows."""
    table = {chr(code): chr(shown) for code, shown in {**RADICALS, **_of_gb18030(), **PRIVATE}.items()}
    for code in [*range(0x2F00, 0x2FD6), *_codes(_COMPATIBILITY), *_codes(_FORMS)]:
        shown = unicodedata.normalize("NFKC", chr(code))
        if len(shown) == 1 and shown != chr(code):
            table[chr(code)] = shown
    table.update(ALIKE)
    return {c: table.get(shown, shown) for c, shown in sorted(table.items())}


def units() -> dict[str, str]:
    """Return units written as one character, and the letters and powers they are made of."""
    parts = {chr(code): unicodedata.decomposition(chr(code)).split()[1:] for code in _codes(_SQUARED)}
    return {c: "".join(chr(int(part, 16)) for part in found) for c, found in parts.items() if found}


def bare() -> dict[str, str]:
    """Return letters, and the small letters without accents that each is folded to."""
    table = {c: folded for c in map(chr, range(0x110000)) if (folded := _bare(c)) and folded != c}
    skipped = {*shapes(), *script(), *units()}
    return {c: folded for c, folded in table.items() if c not in skipped and not 0xFF00 < ord(c) < 0xFF5F}


def letters() -> list[tuple[int, int]]:
    """Return the ranges of the characters that are letters or figures, those not assigned yet of planes 2 and 3 included."""
    ranges: list[list[int]] = []
    for code in [*range(0x20000), *range(0x40000, 0x110000)]:
        if not chr(code).isalnum():
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return [(first, last) for first, last in sorted([*ranges, [0x20000, 0x3FFFD]])]


def _bare(character: str) -> str:
    code = ord(character)
    if 0xC0 <= code < 0x250 or 0x1E00 <= code < 0x1F00 or code == 0x212B:
        character = unicodedata.normalize("NFD", character)[0].lower()
    return "".join(filter(str.isalnum, character.casefold()))


def _codes(ranges: Iterable[range]) -> Iterator[int]:
    return (code for codes in ranges for code in codes)


def _of_gb18030() -> dict[int, int]:
    """Return the private characters to which GB 18030 once led 80 of its ideographs, as Python's codec has them now."""
    places = [*range(0x50, 0x7F), *range(0x80, 0xA1)]
    shown = (bytes([0xFE, place]).decode("gb18030") for place in places)
    return {0xE815 + n: ord(c) for n, c in enumerate(shown) if not 0xE000 <= ord(c) < 0xF900}


def written() -> dict[str, str]:
    """Return the tables as they stand in their files."""
    return {
        "script.txt": _file(
            f"Traditional and Simplified characters: OpenCC {OPENCC}, t2s, one by one; 著 by hand.", script()
        ),
        "shapes.txt": _file(
            f"What radicals, compatibility and private characters show: Unicode {UNICODE}, EquivalentUnifiedIdeograph, GB 18030-2022.",
            shapes(),
        ),
        "units.txt": _file(f"Units written as one character: Unicode {UNICODE}.", units()),
        "bare.txt": _file(f"Letters in small and without accents: Unicode {UNICODE}.", bare()),
        "letters.txt": f"# Ranges of letters and figures: Unicode {UNICODE}, planes 2 and 3 as a whole.\n"
        + "".join(f"{first:04X} {last:04X}\n" for first, last in letters()),
    }


def _file(title: str, table: dict[str, str]) -> str:
    lines = (f"{ord(c):04X} {c if c.isprintable() else '?'} {put}\n" for c, put in sorted(table.items()))
    return f"# {title}\n" + "".join(lines)


if __name__ == "__main__":
    for name, text in written().items():
        (_FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
