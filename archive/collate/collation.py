"""A copy set against an original, and the version of its original that a copy follows best.

``collate`` finds every difference, names it, and says who or what may have made it. It holds the order of the
steps; most steps are in the modules beside it. Places of damaged bytes are one character each while the keys
are aligned, so that they cannot be taken for words.

``followed`` judges a version by all that sets the copy apart from it. What a copy leaves out weighs little,
because copies are cut. What it says otherwise weighs most, because nobody but the copier or another version can
have said it. The result does not prove which version the copier had in hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from archive.collate import damage
from archive.collate.alignment import align, at_home, moves, without
from archive.collate.classify import (
    Classified,
    Classifier,
    equal_places,
    phrases,
    shares,
    variants_of,
    with_script,
    with_values,
)
from archive.collate.frame import Line, as_blocks, body_of, keys_of, lines_of, outside_joined
from archive.collate.key import Key, Masked, in_key, key_of, line_starts, masked, unmarked
from archive.collate.originals import Candidate, Witness
from archive.collate.rules import Ruled, as_rule, ruled
from archive.collate.values import Boilerplate, Collation, Damage, Difference, Kind, Rule, Span
from archive.text import fold
from archive.text.folding import without as without_spans
from archive.text.glosses import gloss_spans
from archive.text.script import simplified

#: So many different texts are collated in full; of more, those nearest by their letters.
MOST_COLLATED = 24
_MOST_LETTERS = 30_000
_CHANGED = frozenset({Kind.ALTERED, Kind.NUMBER, Kind.DATE, Kind.NAME_OR_TITLE})


def collate(
    copy: Key, original: Key, *, stripped: tuple[Sequence[str], Sequence[str]] = ((), ())
) -> Collation:
    """Set a copy against an original and account for every difference between their keys.

    ``stripped`` are the texts that our reader took off the copy's page and off the original's. What differs is certain; what it is taken for is a judgement, and the texts of both sides stand beside it.
    """
    mask = masked(copy, original.letters)
    a = unmarked(original.letters)
    _, lines = lines_of(copy)
    lines = [
        Line(line.start, line.end, mask.place(line.b0), mask.place(line.b1), line.kind) for line in lines
    ]
    spans, blocks = align(a, mask.letters)
    spans, b = _in_one_script(original, mask, spans)
    whole = {span: mask.unmasked(span) for span in spans}
    foreign = phrases(original, copy, list(whole.values()))
    barred = frozenset(span for span in spans if whole[span] in foreign)
    places = [Ruled(span) for span in spans]
    spans = [place.span for place in outside_joined(a, b, places, body_of(places, lines, len(b)))]
    places, rewritings = ruled(a, b, spans, barred)
    places = _settled(a, b, places, (line_starts(original), frozenset(line.b0 for line in lines)))
    body = body_of(places, lines, len(b))
    places = outside_joined(a, b, places, body)
    moved = moves(a, b, [place.span for place in places if place.rule is None], blocks)
    sorting = Classifier(
        original, copy, replace(mask, letters=b), lines, body, damage.Proofs(original, copy),
        edges=(_edges(original), frozenset(at for line in lines for at in (line.b0, line.b1))),
        kept=keys_of(stripped[1]), left_off=keys_of(stripped[0]),
    )  # fmt: skip
    pieces = [
        line
        for place in places
        for span, move in ([(place.span, None)] if place.rule is not None else without([place.span], moved))
        for line in sorting.classified(span, place.rule, move)
    ]
    pieces = [
        replace(line, role="phrase") if line.span in foreign and line.rule is None else line
        for line in pieces
    ]
    pieces, same = with_values(original, copy, with_script(original, copy, pieces))
    return replace(_collation_of(original, copy, pieces, rewritings), same_values=same)


def _in_one_script(original: Key, mask: Masked, spans: Sequence[Span]) -> tuple[list[Span], str]:
    """Return the spans without those that only a look at whole words shows to be script, and the key without them.

    瞭 is 了 in 瞭解 and 瞭 in 瞭望; character by character nobody can tell.
    """
    forms = unmarked(original.letters), unmarked(original.converted), mask.letters, mask.converted
    differing, parts, at = [], [], 0
    for span in spans:
        first, last = _of_script(forms, span)
        if not first and not last:
            differing.append(span)
            continue
        left = Span(span.a0 + first, span.a1 - last, span.b0 + first, span.b1 - last)
        parts += [mask.letters[at : span.b0], forms[0][span.a0 : left.a0], mask.letters[left.b0 : left.b1],
                  forms[0][left.a1 : span.a1]]  # fmt: skip
        at = span.b1
        differing += [left] if left.size else []
    return differing, "".join([*parts, mask.letters[at:]])


def _of_script(forms: tuple[str, str, str, str], span: Span) -> tuple[int, int]:
    """Return how many characters at the beginning and at the end of a difference differ in script alone."""

    def is_script(a: int, b: int) -> bool:
        return not {forms[0][a], in_key(forms[1][a])}.isdisjoint((forms[2][b], in_key(forms[3][b])))

    most = min(span.a1 - span.a0, span.b1 - span.b0)
    first = last = 0
    while first < most and is_script(span.a0 + first, span.b0 + first):
        first += 1
    while last < most - first and is_script(span.a1 - 1 - last, span.b1 - 1 - last):
        last += 1
    return first, last


def _edges(key: Key) -> frozenset[int]:
    return line_starts(key) | {len(key.letters)}


def _settled(
    a: str, b: str, places: Sequence[Ruled], starts: tuple[frozenset[int], frozenset[int]]
) -> list[Ruled]:
    fixed = frozenset(index for index, place in enumerate(places) if place.rule is not None)
    settled = at_home(a, b, [place.span for place in places], starts, fixed)
    return [Ruled(span, place.rule) for span, place in zip(settled, places, strict=True)]


def _collation_of(
    original: Key, copy: Key, pieces: list[Classified], rewritings: Sequence[tuple[str, str]]
) -> Collation:
    counts = Counter(piece.rule for piece in pieces if piece.rule is not None)
    rules = [as_rule(rewriting, counts[index]) for index, rewriting in enumerate(rewritings)]
    blocks = as_blocks(copy, [(piece.span, piece.line) for piece in pieces if piece.line])
    coverage, carried = shares(original, copy, pieces)
    return Collation(
        coverage=coverage,
        carried=carried,
        damage=_damage(original, copy, pieces),
        boilerplate=tuple(blocks),
        variants=variants_of(original, copy, pieces, [rule.name for rule in rules]),
        rules=(
            *sorted((r for r in rules if r.count), key=lambda r: -r.count),
            *_appended(copy, blocks, pieces),
        ),
        differences=tuple(Difference(span=piece.span, role=piece.role) for piece in pieces),
    )


def _damage(original: Key, copy: Key, pieces: Sequence[Classified]) -> Damage:
    script, width = damage.clothes(original, copy, equal_places(pieces, len(original.letters)))
    return Damage(
        glosses=len(copy.glosses) + sum(piece.role == "gloss" for piece in pieces),
        script=script + sum(piece.role == "script" for piece in pieces),
        width=width,
        phrases=sum(piece.role == "phrase" for piece in pieces),
        lost=tuple(piece.lost for piece in pieces if piece.lost),
    )


def _appended(copy: Key, blocks: Sequence[Boilerplate], pieces: Sequence[Classified]) -> list[Rule]:
    """Return what a copier set behind the text, as a rule of its own."""
    if not blocks or not pieces or not pieces[-1].line or copy.text[blocks[-1].end :].strip():
        return []
    first = len(blocks) - 1
    while first and not copy.text[blocks[first - 1].end : blocks[first].start].strip():
        first -= 1
    footer = copy.text[blocks[first].start : blocks[-1].end]
    return [Rule(kind="append", found=_plainly(footer), original="", count=1)]


def _plainly(text: str) -> str:
    """Return a footer without what other machines did to it: glosses out, in Simplified characters."""
    return simplified(without_spans(text, gloss_spans(text, fewest=1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One version of the original against the copy. ``versions`` in a report lists them by their number."""

    version: int
    substantive: int
    coverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """The version that a copy follows best, the collation with it, and how the others compare.

    It says what the copy resembles most, not which version the copier had in hand.
    """

    best: Candidate
    collation: Collation
    versions: tuple[Followed, ...]


def followed(
    copy: Key, stripped: Sequence[str], versions: Sequence[Candidate], current: int | None, witness: Witness,
    *, most: int = MOST_COLLATED,
) -> Following:  # fmt: skip
    """Return which version a copy follows best. ``current`` is the version id that wins when texts are equal.

    ``stripped`` is what our reader took out of the copy. Versions of one text are collated once.
    """
    keys = {text: key_of(text) for text in dict.fromkeys(version.text for version in versions)}
    nearest = _nearest(copy, keys, most)
    measured = [
        (version, collate(copy, keys[version.text], stripped=(tuple(stripped), version.removed)))
        for version in versions
        if version.text in nearest
    ]
    best, collation = min(
        measured,
        key=lambda pair: (
            _distance(copy, pair[1]),
            -_agreement(pair[0], witness),
            pair[0].version_id != current,
            -pair[0].version,
        ),
    )
    listed = sorted(measured, key=lambda pair: pair[0].version)
    return Following(
        best=best,
        collation=collation,
        versions=tuple(
            Followed(version=version.version, substantive=made.substantive, coverage=made.coverage)
            for version, made in listed
        ),
    )


def _nearest(copy: Key, keys: dict[str, Key], most: int) -> frozenset[str]:
    if len(keys) <= most:
        return frozenset(keys)
    letters = copy.letters[:_MOST_LETTERS]
    apart = {text: Levenshtein.distance(letters, key.letters[:_MOST_LETTERS]) for text, key in keys.items()}
    return frozenset(sorted(apart, key=apart.__getitem__)[:most])


def _distance(copy: Key, made: Collation) -> float:
    """Return how far a copy is from a version: what differs, weighed by what it says of where a copy comes from."""
    weights = [0.5 if variant.rule else _weight(variant.kind, variant.copy_text) for variant in made.variants]
    foreign = sum(len(block.text) for block in made.boilerplate) / 20
    unproven = sum(not lost.proven for lost in made.damage.lost)
    return round(sum(weights) + foreign + unproven + len(made.same_values) / 5, 6)


def _weight(kind: Kind, copied: str) -> float:
    if kind is Kind.PUNCTUATION:
        return 0.1
    if kind in _CHANGED:
        return 3
    return 1 + len(copied) / 20 if kind is Kind.ADDED else 1


def _agreement(candidate: Candidate, witness: Witness) -> int:
    """Return in how many of the fields that a copy shows a version agrees with it."""
    shown = (
        (candidate.title, witness.title),
        (
            candidate.published_at and candidate.published_at[:10],
            witness.published_at and witness.published_at[:10],
        ),
        (candidate.source_line, witness.source_line),
    )
    return sum(bool(mine and theirs) and fold(mine or "") == fold(theirs or "") for mine, theirs in shown)
