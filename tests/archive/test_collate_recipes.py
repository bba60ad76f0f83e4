"""Recipes nobody is told: what a machine did throughout is found out, and what a hand did is left to the hand."""

from __future__ import annotations

from functools import cache

from archive.collate import Collation, collate, key_of
from archive.collate.alignment import applied
from tests.archive.recipes import Cooked, cooked, judged

COPIES = range(60)


@cache
def collated(seed: int) -> tuple[Cooked, Collation]:
    one = cooked(seed)
    return one, collate(key_of(one.copy), key_of(one.original))


def test_of_twenty_hidden_recipes_nineteen_are_recovered_exactly() -> None:
    wrong = {seed: found for seed in COPIES if not (found := judged(*collated(seed))).is_exact}
    assert len(wrong) * 20 <= len(COPIES), wrong


def test_no_rule_explains_what_a_hand_did() -> None:
    assert {seed: found.explained for seed in COPIES if (found := judged(*collated(seed))).explained} == {}


def test_the_differences_make_the_copy_out_of_its_original_whatever_the_recipe() -> None:
    for seed in COPIES:
        one, found = collated(seed)
        copy, original = key_of(one.copy), key_of(one.original)
        spans = [difference.span for difference in found.differences]
        assert applied(original.letters, spans, copy.letters) == copy.letters, seed
