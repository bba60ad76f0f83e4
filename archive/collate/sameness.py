"""Whether two documents are one work at two addresses: a formal copy, a library's, a gateway's.

The number (发文字号) says which documents to look at and never decides: letters and announcements of many bodies share
numbers, notices quote those of others, and readers err. The titles must agree as well, and the words of the shorter
text must stand in the longer one.

Shingles, pieces of five characters, measure that. The share that two texts have in common tells copies from others far
better than any fingerprint of the whole. An index holds a sample of them, chosen by their hash, so that a piece is in
the sample of every text or of none: what is counted over samples is an estimate of containment, also for copies that
are cut, or wrapped in foreign text. One piece in 32 finds a fifth of an article; texts too short for that give one in
eight.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from archive.collate.damage import phrases
from archive.patterns import regex
from archive.text import fold, is_traditional, simplified

LENGTH = 5
DENSE, SPARSE = 8, 32
_SHORT = 800
#: The share of the shorter text's pieces that the longer must hold.
LEAST_HELD = 0.8
#: So much of a text is looked at: the writer waits while two are measured.
LONGEST = 20_000
# Of a text with fewer pieces every letter must agree: 全文见附件 stands in hundreds of notices.
_FEWEST_PIECES, _SHORTEST = 40, 15
_NUMBER_IN_TITLE = regex(r"[（(【〔\[][^（()）]{2,40}[号號]\s?[）)】〕\]]\s*$")
_SHORTEST_MATTER = 6
# Before 关于 stand the names of those who issue; a page about the document has other words there.
_NOT_ISSUED = regex("转发|印发|解读|贯彻|落实|学习|答记者问|图解|执行|废止|修改|延长|答复|征求")
_COVERED = regex("关于(?:印发|发布|公布)(.{4,120})的(?:通知|公告|通告|函)")
Pieces = tuple[str, frozenset[str]]


def shingles(folded: str) -> frozenset[str]:
    """Return all shingles of a folded text."""
    return frozenset([folded[i : i + LENGTH] for i in range(len(folded) - LENGTH + 1)])


def sampled(folded: str) -> tuple[int, ...]:
    """Return what the index holds of a folded text: hashes of 48 bits, in order."""
    return tuple(sorted(_hashes(folded, DENSE if len(folded) <= _SHORT else SPARSE)))


def sought(folded: str) -> tuple[int, ...]:
    """Return what to look up for a copy: the dense sample, which holds every text's sparser one."""
    return tuple(sorted(_hashes(folded, DENSE)))


def containment(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of the smaller set that the larger one holds. Says nothing of who copied from whom."""
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def _hashes(folded: str, one_in: int) -> set[int]:
    encoded = memoryview(folded.encode("utf-32-le"))
    width = 4 * LENGTH
    crc = zlib.crc32
    pieces = {
        encoded[at : at + width].tobytes()
        for at in range(0, len(encoded) - width + 1, 4)
        if crc(encoded[at : at + width]) % one_in == 0
    }
    return {int.from_bytes(blake2b(piece, digest_size=6).digest(), "big") for piece in pieces}


@dataclass(frozen=True)
class Identity:
    """What one document says of itself: its number, title and text, as read."""

    number: str
    title: str
    text: str

    @cached_property
    def titles(self) -> frozenset[str]:
        """The title's readings, without marks and without a number at its end."""
        bare = _NUMBER_IN_TITLE.sub("", simplified(self.title[:400]))
        return frozenset((fold(bare), fold(_by_phrases(_NUMBER_IN_TITLE.sub("", self.title[:400])))))

    @cached_property
    def plain(self) -> Pieces:
        """The folded text and its pieces."""
        return _pieces(self.text[:LONGEST])

    @cached_property
    def mainland(self) -> Pieces:
        """The same of a text in Traditional characters, its words put as the mainland does."""
        text = self.text[:LONGEST]
        return _pieces(phrases().convert(text)) if is_traditional(text) else self.plain


def spellings(number: str) -> tuple[str, ...]:
    """Return the ways in which a number is written; an order of the State Council has three."""
    match = re.fullmatch(r"(?:中华人民共和国)?国(?:务院)?令(.+)", number)
    if match is None:
        return (number,)
    return tuple(f"{name}{match[1]}" for name in ("国令", "国务院令", "中华人民共和国国务院令"))


def may_be_same_work(one: Identity, other: Identity) -> bool:
    """Return whether number and title allow two documents to be one work. Their texts are not looked at."""
    return other.number in spellings(one.number) and _agree(one.titles, other.titles)


def shared_part(one: Identity, other: Identity) -> float | None:
    """Return how much of the shorter text the longer holds when the two are one work, else None.

    That they are does not say which was first, nor that both say the same in every place.
    """
    if not may_be_same_work(one, other):
        return None
    share = _share(one.plain, other.plain)
    if share < LEAST_HELD:
        share = max(_share(one.mainland, other.plain), _share(one.plain, other.mainland))
    return share if share >= LEAST_HELD else None


def _by_phrases(text: str) -> str:
    return phrases().convert(text) if is_traditional(text) else text


def _agree(ones: frozenset[str], others: frozenset[str]) -> bool:
    return any(_is_same_title(one, other) for one in ones for other in others)


def _is_same_title(one: str, other: str) -> bool:
    if not one or not other:
        return False
    if one == other or _covers(one, other) or _covers(other, one):
        return True
    heads, matters = zip(*(_parted(title) for title in (one, other)), strict=True)
    if matters[0] != matters[1] or len(matters[0]) < _SHORTEST_MATTER:
        return False
    return not any(_NOT_ISSUED.search(head) for head in heads)


def _parted(title: str) -> tuple[str, str]:
    """Return who issues, as a title begins, and what about."""
    head, about, matter = title.partition("关于")
    return (head, matter) if about else ("", title)


def _covers(cover: str, title: str) -> bool:
    """Return whether a title is the notice by which a document of the other title was issued."""
    head, matter = _parted(cover)
    match = _COVERED.fullmatch(f"关于{matter}")
    return match is not None and match[1] == title and not _NOT_ISSUED.search(head)


def _pieces(text: str) -> Pieces:
    folded = fold(text)
    return folded, shingles(folded)


def _share(one: Pieces, other: Pieces) -> float:
    (text, pieces), (other_text, other_pieces) = one, other
    if min(len(pieces), len(other_pieces)) < _FEWEST_PIECES:
        return 1.0 if text == other_text and len(text) >= _SHORTEST else 0.0
    return containment(pieces, other_pieces)
