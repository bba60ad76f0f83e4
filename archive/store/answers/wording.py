"""What a query asks for: a phrase, words, or words joined by OR, AND and NOT. Pure; any text is a query.

Without an operator the whole query is sought as one phrase first, then as words. With one it says what it says:
A document number is sought as such before that, whatever its brackets. ``"…"`` keeps words together, ``OR`` (or ``|``) parts alternatives, ``NOT`` or a leading ``-`` leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from archive.text import bigrams, fold
from archive.text.docnumbers import number_typed
from archive.text.names import full_names

# So many pieces leave next to no false candidates; SQLite bounds the size of an expression.
_MOST_PIECES = 48
_MOST_CLAUSES = 12
_TOKEN = re.compile(r'(?<!\S)-?["“「][^"“”「」]{1,300}["”」]|\S+')
_QUOTED = re.compile(r'(-?)["“「](.*)["”」]', re.DOTALL)
# A minus, not a word to leave out: -5℃, -3.2%.
_BELOW_ZERO = re.compile(r"-[0-9０-９]+(?:[.．][0-9０-９]+)?[%％‰°℃]")
_OR, _AND, _NOT = ("OR", "|", "||"), ("AND", "&", "&&"), ("NOT", "!")


@dataclass(frozen=True, slots=True)
class Clause:
    """Folded words that must all occur, and those of which none may."""

    words: tuple[str, ...]
    without: tuple[str, ...] = ()


Wording = tuple[Clause, ...]
"""Clauses of which one must hold."""


@lru_cache(maxsize=64)
def wordings(query: str) -> tuple[Wording, ...]:
    """Return what may be sought for a query, best first; the next is asked for only when nothing holds one."""
    joined = tuple(_clauses(query))
    if joined:
        return (joined,)
    number = (fold(number_typed(query) or ""),)
    phrase = (fold(query),)
    words = tuple(dict.fromkeys(word for word in map(fold, query.split()) if word))
    return tuple((Clause(found),) for found in dict.fromkeys((number, phrase, words)) if any(found))


def expression(wording: Wording) -> str:
    """Return the FTS5 expression whose hits are the candidates for a wording.

    Safe for any input: nothing of the query but letters, figures with their marks and ideographs gets into it.
    """
    return " OR ".join(f"({_all_of(clause.words)})" for clause in wording)


def held(wording: Wording, holds: Callable[[str], bool]) -> Clause | None:
    """Return the first clause that holds, given what tells whether a folded word does."""
    for clause in wording:
        if all(map(holds, clause.words)) and not any(map(holds, clause.without)):
            return clause
    return None


def sought(query: str) -> list[str]:
    """Return the folded words that a page may be marked with: the phrase and each of the words asked for."""
    return list(dict.fromkeys(w for wording in wordings(query) for clause in wording for w in clause.words))


def _clauses(query: str) -> Iterator[Clause]:
    """Yield what the operators of a query join; nothing when it has none that joins anything."""
    tokens: list[str] = _TOKEN.findall(query)
    plain = [token for token in tokens if not _is_operator(token) and not _leaves_out(token)]
    has_operator = any(map(_is_operator, tokens)) or any(map(_leaves_out, tokens))
    if not any(map(fold, plain)) or not (has_operator or any(map(_QUOTED.fullmatch, plain))):
        return
    words: list[str] = []
    without: list[str] = []
    leaving_out, made = False, 0
    for token in [*tokens, "OR"]:
        if token in _OR:
            if words and made < _MOST_CLAUSES:
                made += 1
                yield Clause(tuple(dict.fromkeys(words)), tuple(dict.fromkeys(without)))
            words, without, leaving_out = [], [], False
        elif token in _NOT:
            leaving_out = True
        elif token not in _AND:
            word = fold(_bare(token))
            if word:
                (without if leaving_out or _leaves_out(token) else words).append(word)
            leaving_out = False


def _is_operator(token: str) -> bool:
    return token in _OR or token in _AND or token in _NOT


def _leaves_out(token: str) -> bool:
    if _BELOW_ZERO.match(token):
        return False
    return len(token) > 1 and token[0] == "-" and token[1] != "-" and bool(fold(token))


def _bare(token: str) -> str:
    quoted = _QUOTED.fullmatch(token)
    return quoted[2] if quoted else token if _BELOW_ZERO.match(token) else token.removeprefix("-")


def _all_of(words: tuple[str, ...]) -> str:
    terms = dict.fromkeys(_term(piece) for word in words if not full_names(word) for piece in bigrams(word))
    either = (_either(word) for word in words if full_names(word))
    return " AND ".join([*either, *islice(terms, _MOST_PIECES)])


def _either(word: str) -> str:
    """Return what holds a short name, or the full name of one of the bodies it stands for."""
    names = (word, *map(fold, full_names(word)))
    return (
        "("
        + " OR ".join("(" + " AND ".join(map(_term, dict.fromkeys(bigrams(name)))) + ")" for name in names)
        + ")"
    )


def _term(piece: str) -> str:
    return f'"{piece}"*' if len(piece) == 1 else f'"{piece}"'
