"""Which of the texts that share a copy's words is its original, and what speaks for it.

Judgement with its reasons beside it, never proof: an archive holds what it was sent to fetch, and the true
original may not be among it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from archive.collate.candidate import Candidate, Witness
from archive.collate.names import names_one
from archive.collate.precedence import precedence
from archive.text import fold
from archive.urls import behind_gateway, host_of

_ENOUGH = 0.4
_NEAR = 0.85
# What a page must share before it is called a copy although nobody declared its site a copier: the greater of the
# two shares, and the share of its own words. Notices of many offices are cut from one pattern.
_OF_UNDECLARED = {"unknown": (0.5, 0.4), "original": (0.8, 0.8)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The original, if there is one among the candidates, and the reasons in plain words.

    ``unfit`` has, by document, why a candidate that shares enough cannot be called the original. ``lead`` is how
    much speaks for its having come before a copy that is held.
    """

    original: Candidate | None
    reasons: tuple[str, ...]
    unfit: Mapping[int, str] = field(default_factory=dict)
    lead: float = 0.0


def choose(candidates: Sequence[Candidate], witness: Witness) -> Choice:
    """Return which candidate is the original. That none is, is a proper answer."""
    if not candidates:
        return Choice(original=None, reasons=("no version in the archive shares enough of its text",))
    enough = [one for one in candidates if one.containment >= _ENOUGH]
    if not enough:
        best = max(candidates, key=lambda one: one.containment)
        share = f"{best.containment:.0%}"
        return Choice(original=None, reasons=(f"the nearest text shares {share}: common phrases reach that",))
    unfit = {one.document: reason for one in candidates if (reason := unfitness(one, witness))}
    own = [one for one in enough if one.document not in unfit]
    if not own:
        return Choice(original=None, reasons=(_none_fit(enough, unfit),), unfit=unfit)
    most = max(one.shared for one in own)
    near = [one for one in own if one.shared >= _NEAR * most]
    best = max(
        near, key=lambda one: (sum(w for w, _ in _reasons(one, near, witness)), one.alike, -one.document)
    )
    reasons = [said for _, said in _reasons(best, near, witness) if said]
    if len(near) > 1:
        reasons.append(f"preferred to {len(near) - 1} more that share as much")
    return Choice(original=best, reasons=tuple(reasons), unfit=unfit, lead=lead_of(best, witness))


def unfitness(one: Candidate, witness: Witness) -> str:
    """Return why a candidate cannot be called the original of a copy, empty when it can."""
    if one.doubt:
        return one.doubt
    if one.role == "copy":
        return "its site is declared a copier"
    if witness.role not in _OF_UNDECLARED:
        return ""
    if witness.url and host_of(one.url) == host_of(witness.url):
        return "a page of the same host"
    containment, of_copy = _OF_UNDECLARED[witness.role]
    if one.containment < containment or one.of_copy < of_copy:
        return "it shares too little for a page that nobody declared a copy"
    if lead_of(one, witness) <= 0:
        return "nothing shows that it came first"
    return ""


def lead_of(one: Candidate, witness: Witness) -> float:
    """Return how much speaks for a candidate's having come before a held document, below zero for the reverse."""
    return sum(weight for weight, _ in precedence(one, witness))


def _none_fit(enough: Sequence[Candidate], unfit: Mapping[int, str]) -> str:
    if all(one.role == "copy" and not one.doubt for one in enough):
        return "the archive holds this text only from sites that are declared copiers"
    told = "; ".join(dict.fromkeys(unfit[one.document] for one in enough))
    return f"no page that shares this text can be called its original ({told})"


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
    known = [name for name in (one.publisher, one.issuer) if name]
    return next((outlet for outlet in outlets if names_one(outlet, known)), None)
