"""A second way of reading: trafilatura, text only.

It runs where our own choice fails a check, and on one page in twenty to measure how often the two disagree. It is
several times slower, and on tables and notices it loses text, so it only wins where ours found next to nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter

from archive.extract.furniture import edge_kind, kind_of

_LARGEST = 1_500_000
_MOST_TAGS = 20_000
_HAN = re.compile(r"[\u3400-\u9fff]|[A-Za-z0-9]+")


def is_sampled(body: bytes) -> bool:
    """Say whether a page belongs to the one in twenty that are read twice. The bytes decide, so it is repeatable."""
    return hashlib.sha256(body[:4096]).digest()[0] % 20 == 0


def second_text(source: str, *, fast: bool = False) -> str:
    """Return what trafilatura takes for the body, without the lines that our rules know as furniture.

    ``fast`` leaves out its own second opinions: enough to measure by, not to replace a reading with.
    """
    if len(source) > _LARGEST or source.count("<") > _MOST_TAGS:
        return ""
    # Imported here: it takes a second, and most processes that import this package read no page.
    from trafilatura import extract

    text = extract(source, include_comments=False, include_tables=True, fast=fast) or ""
    lines = [line.strip() for line in text.splitlines()]
    return "\n".join(line for line in lines if line and not kind_of(line) and not edge_kind(line))


def agreement(one: str, other: str) -> float:
    """Return how much two texts have in common: F1 over runs of four tokens, 1.0 for equal texts."""
    a, b = _grams(one), _grams(other)
    total = sum(a.values()) + sum(b.values())
    return 2 * sum((a & b).values()) / total if total else 1.0


def _grams(text: str) -> Counter[tuple[str, ...]]:
    tokens = _HAN.findall(text[:200_000])
    return Counter(zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False))
