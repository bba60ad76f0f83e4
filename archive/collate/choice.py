"""Which of the texts that share a copy's words is its original, and what speaks for it.

Judgement with its reasons beside it, never proof: an archive holds what it was sent to fetch, and the true
original may not be among it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.text import fold
from archive.urls import behind_gateway

_ENOUGH = 0.4
_NEAR = 0.85


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A version that shares words with a copy.

    ``shared`` counts the shingles both have, ``of_copy`` and ``of_original`` are its shares of either side,
    ``containment`` the larger of the two.
    """

    document: int
    version_id: int
    version: int
    url: str
    site: str
    publisher: str
    role: str
    title: str
    text: str
    published_at: str | None
    issuer: str | None
    source_line: str | None
    doc_number: str | None
    first_seen: str
    shared: int
    containment: float
    of_copy: float
    of_original: float

    @property
    def alike(self) -> float:
        """Return how near the two are to being one text: the share of all shingles that both have."""
        whole = (
            self.shared / self.of_copy + self.shared / self.of_original - self.shared if self.shared else 0
        )
        return self.shared / whole if whole else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """What a copy says of where it comes from: its address, its date, the outlets it names, its title."""

    url: str | None = None
    published_at: str | None = None
    outlets: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The original, if there is one among the candidates, and the reasons in plain words."""

    original: Candidate | None
    reasons: tuple[str, ...]


def choose(candidates: Sequence[Candidate], witness: Witness) -> Choice:
    """Return which candidate is the original. That none is, is a proper answer."""
    if not candidates:
        return Choice(original=None, reasons=("no version in the archive shares enough of its text",))
    enough = [one for one in candidates if one.containment >= _ENOUGH]
    if not enough:
        best = max(candidates, key=lambda one: one.containment)
        share = f"{best.containment:.0%}"
        return Choice(original=None, reasons=(f"the nearest text shares {share}: common phrases reach that",))
    own = [one for one in enough if one.role != "copy"]
    if not own:
        return Choice(
            original=None, reasons=("the archive holds this text only from sites that are declared copiers",)
        )
    most = max(one.shared for one in own)
    near = [one for one in own if one.shared >= _NEAR * most]
    best = max(
        near, key=lambda one: (sum(w for w, _ in _reasons(one, near, witness)), one.alike, -one.document)
    )
    reasons = [said for _, said in _reasons(best, near, witness) if said]
    if len(near) > 1:
        reasons.append(f"preferred to {len(near) - 1} more that share as much")
    return Choice(original=best, reasons=tuple(reasons))


def _reasons(one: Candidate, near: Sequence[Candidate], witness: Witness) -> list[tuple[float, str]]:
    found = [
        (
            4 * one.alike,
            f"{one.of_copy:.0%} of the copy's words stand in it, and {one.of_original:.0%} of its words in the copy",
        )
    ]
    if one.role == "original":
        found.append((2.0, f"{one.publisher} is declared an issuing site"))
    behind = behind_gateway(witness.url) if witness.url else None
    if behind and _sans_scheme(behind) == _sans_scheme(one.url):
        found.append((6.0, "the copy's address is a Big5 gateway to it"))
    elif witness.url and _has_path_of(one.url, witness.url):
        found.append((3.0, "the copy's address has its path"))
    named = _named(one, witness.outlets)
    if named:
        found.append((1.5, f"the copy names {named}"))
    if one.issuer and fold(one.issuer) and fold(one.issuer) == fold(one.publisher):
        found.append((0.5, f"issued by {one.issuer} itself"))
    if witness.published_at and one.published_at and one.published_at[:10] <= witness.published_at[:10]:
        found.append((0.5, f"dated {one.published_at[:10]}, not later than the copy"))
    dated = [other.published_at for other in near if other.published_at]
    if len(near) > 1 and one.published_at and one.published_at == min(dated):
        found.append((0.7, "the earliest date among those that share as much"))
    if len(near) > 1 and one.first_seen == min(other.first_seen for other in near):
        found.append((0.2, "seen first"))
    return found


def _has_path_of(original: str, copy: str) -> bool:
    mine, theirs = urlsplit(original), urlsplit(copy)
    long_enough = len(mine.path) >= 12 and any(c.isdigit() for c in mine.path)
    if not long_enough or mine.netloc == theirs.netloc:
        return False
    return (mine.path, mine.query) == (theirs.path, theirs.query) or _flat(mine.path) in _flat(theirs.path)


def _sans_scheme(url: str) -> str:
    return url.partition("://")[2]


def _flat(path: str) -> str:
    return "".join(c for c in path.lower() if c.isalnum())


def _named(one: Candidate, outlets: Sequence[str]) -> str | None:
    known = {fold(name) for name in (one.publisher, one.issuer) if name}
    for outlet in outlets:
        said = fold(outlet)
        if len(said) >= 2 and any(said in name or name in said for name in known if len(name) >= 2):
            return outlet
    return None
