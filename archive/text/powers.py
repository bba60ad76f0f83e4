"""Raised and lowered characters written in plain text, so that 10⁴ is never read as 104. Pure.

HTML (``sup``, ``sub``), Word and OpenXML sheets hold them as formatting, which plain text has not. Where Unicode has a
character for each, those are written (m², CO₂, 10⁻⁶); else a sign stands before them (``10^(3/2)``, ``x_甲``).
"""

from __future__ import annotations

import re

_PLAIN_SIGNS = str.maketrans("−–－＋＝（）０１２３４５６７８９", "---+=()0123456789")
_RAISED = dict(
    zip(
        "0123456789+-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ",
        strict=True,
    )
)
_LOWERED = dict(zip("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
# Marks that mean the same on the line: notes in brackets or circles, signs of trade, daggers, what is raised already.
_ALREADY_APART = re.compile(r"[\[【〔［].*[\]】〕］]|[®©™℠*※†‡°′″‰%①-⑳⓪㈠-㈩⑴-⒇²³¹⁰-ⁿ₀-ₜᵃ-ᶻ]+", re.DOTALL)


def raised(text: str) -> str:
    """Return raised text as plain text: ``4`` → ``⁴``, ``3/2`` → ``^(3/2)``; a note in brackets stays as it is."""
    return _written(text, _RAISED, "^")


def lowered(text: str) -> str:
    """Return lowered text as plain text: ``2`` → ``₂``, ``max`` → ``ₘₐₓ``, ``甲`` → ``_甲``."""
    return _written(text, _LOWERED, "_")


def _written(text: str, table: dict[str, str], sign: str) -> str:
    inner = text.strip()
    if not inner or _ALREADY_APART.fullmatch(inner):
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    plain = inner.translate(_PLAIN_SIGNS)
    if all(character in table for character in plain):
        return before + "".join(table[character] for character in plain) + after
    return f"{before}{sign}{inner if len(inner) == 1 else f'({inner})'}{after}"
