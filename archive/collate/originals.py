"""Which of the versions that share a copy's words is its original, and what speaks for it.

Judgement with its reasons beside it, never proof: an archive holds what it was sent to fetch, and the true
original may not be among it. What is weighed are shared words, declared roles, hosts, names, addresses and days; a
positive sum speaks for a candidate, a negative one for the document that it is compared with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from archive.text import fold
from archive.urls import behind_gateway, host_of

_SHORTEST = 2
Sign = tuple[float, str]
ENOUGH = 0.4
_NEAR = 0.85
# What a page must share before it is called a copy although nobody declared its site a copier: the greater of the
# two shares, and the share of its own words. Notices of many offices are cut from one pattern.
_OF_UNDECLARED = {"unknown": (0.5, 0.4), "original": (0.8, 0.8)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A version that shares words with a copy.

    ``shared`` counts the shingles both have, ``of_copy`` and ``of_original`` are its shares of either side,
    ``containment`` the larger of the two. ``removed`` is what our reader took off the page, ``doubt`` why the page
    cannot be called an original, empty when nothing speaks against it.
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
    removed: tuple[str, ...] = ()
    doubt: str = ""

    @property
    def alike(self) -> float:
        """Return how near the two are to being one text: the share of all shingles that both have."""
        whole = (
            self.shared / self.of_copy + self.shared / self.of_original - self.shared if self.shared else 0
        )
        return self.shared / whole if whole else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """What a copy says of where it comes from: its address, its date, the outlets it names, its title.

    ``role``, ``publisher``, ``issuer`` and ``first_seen`` are known of a copy that the archive holds. Only of such
    a one it must be shown that the other came first: what is handed in is handed in as a copy.
    """

    url: str | None = None
    published_at: str | None = None
    outlets: tuple[str, ...] = ()
    title: str = ""
    source_line: str | None = None
    role: str | None = None
    publisher: str | None = None
    issuer: str | None = None
    first_seen: str | None = None


def is_known_name(name: str, known: Iterable[str]) -> bool:
    """Say whether a name is one of the known ones, or a part of it, or holds it. Hosts count without their ``www``."""
    named = _folded_host(name)
    if len(named) < _SHORTEST:
        return False
    names = [_folded_host(name) for name in known]
    return any(named in name or name in named for name in names if len(name) >= _SHORTEST)


def _folded_host(name: str) -> str:
    return fold(name.removeprefix("www."))


def precedence(candidate: Candidate, witness: Witness) -> list[Sign]:
    """Return what speaks for a candidate (and, below zero, against it) as the original of a held document."""
    signs = (_by_role, _by_host, _by_name, _by_address, _by_day, _by_issuer, _by_sight)
    return [sign for ask in signs if (sign := ask(candidate, witness))[0]]


def _by_role(candidate: Candidate, witness: Witness) -> Sign:
    return _weighed(
        2.0, "an issuing site by its declaration", candidate.role == "original", witness.role == "original"
    )


def _by_host(candidate: Candidate, witness: Witness) -> Sign:
    return _weighed(
        1.5, "a government's host", *(_is_government(url) for url in (candidate.url, witness.url or ""))
    )


def _by_name(candidate: Candidate, witness: Witness) -> Sign:
    named = any(
        is_known_name(outlet, _names(candidate.publisher, candidate.issuer)) for outlet in witness.outlets
    )
    names = is_known_name(candidate.source_line or "", _names(witness.publisher, None))
    return _weighed(1.5, "named as the source", named, names)


def _by_address(candidate: Candidate, witness: Witness) -> Sign:
    behind = behind_gateway(witness.url) if witness.url else None
    return _weighed(
        6.0,
        "behind the gateway",
        bool(behind) and _without_scheme(behind or "") == _without_scheme(candidate.url),
        False,
    )


def _by_day(candidate: Candidate, witness: Witness) -> Sign:
    mine, theirs = (candidate.published_at or "")[:10], (witness.published_at or "")[:10]
    is_dated = bool(mine and theirs)
    return _weighed(0.7, "dated earlier", is_dated and mine < theirs, is_dated and theirs < mine)


def _by_issuer(candidate: Candidate, witness: Witness) -> Sign:
    mine = _is_own(candidate.issuer, candidate.publisher)
    return _weighed(0.5, "issued by the site itself", mine, _is_own(witness.issuer, witness.publisher))


def _by_sight(candidate: Candidate, witness: Witness) -> Sign:
    if witness.first_seen is None:
        return 0.0, ""
    return _weighed(
        0.2,
        "seen first",
        candidate.first_seen < witness.first_seen,
        witness.first_seen < candidate.first_seen,
    )


def _weighed(weight: float, reason: str, for_candidate: bool, for_document: bool) -> Sign:
    if for_candidate == for_document:
        return 0.0, ""
    return (weight, reason) if for_candidate else (-weight, reason)


def _is_own(issuer: str | None, publisher: str | None) -> bool:
    return bool(issuer and publisher) and fold(issuer or "") == fold(publisher or "")


def _names(*names: str | None) -> list[str]:
    return [name for name in names if name]


def _is_government(url: str) -> bool:
    return f".{host_of(url)}".endswith(".gov.cn")


def _without_scheme(url: str) -> str:
    return url.partition("://")[2]


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
    enough = [candidate for candidate in candidates if candidate.containment >= ENOUGH]
    if not enough:
        best = max(candidates, key=lambda candidate: candidate.containment)
        share = f"{best.containment:.0%}"
        return Choice(original=None, reasons=(f"the nearest text shares {share}: common phrases reach that",))
    unfit = {
        candidate.document: reason for candidate in candidates if (reason := unfitness(candidate, witness))
    }
    own = [candidate for candidate in enough if candidate.document not in unfit]
    if not own:
        return Choice(original=None, reasons=(_none_fit(enough, unfit),), unfit=unfit)
    most = max(candidate.shared for candidate in own)
    near = [candidate for candidate in own if candidate.shared >= _NEAR * most]
    best = max(
        near,
        key=lambda candidate: (
            sum(w for w, _ in _reasons(candidate, near, witness)),
            candidate.alike,
            -candidate.document,
        ),
    )
    reasons = [reason for _, reason in _reasons(best, near, witness) if reason]
    if len(near) > 1:
        reasons.append(f"preferred to {len(near) - 1} more that share as much")
    return Choice(original=best, reasons=tuple(reasons), unfit=unfit, lead=lead_of(best, witness))


def unfitness(candidate: Candidate, witness: Witness) -> str:
    """Return why a candidate cannot be called the original of a copy, empty when it can."""
    if candidate.doubt:
        return candidate.doubt
    if candidate.role == "copy":
        return "its site is declared a copier"
    if witness.role not in _OF_UNDECLARED:
        return ""
    if witness.url and host_of(candidate.url) == host_of(witness.url):
        return "a page of the same host"
    containment, of_copy = _OF_UNDECLARED[witness.role]
    if candidate.containment < containment or candidate.of_copy < of_copy:
        return "it shares too little for a page that nobody declared a copy"
    if lead_of(candidate, witness) <= 0:
        return "nothing shows that it came first"
    return ""


def lead_of(candidate: Candidate, witness: Witness) -> float:
    """Return how much speaks for a candidate's having come before a held document, below zero for the reverse."""
    return sum(weight for weight, _ in precedence(candidate, witness))


def _none_fit(enough: Sequence[Candidate], unfit: Mapping[int, str]) -> str:
    if all(candidate.role == "copy" and not candidate.doubt for candidate in enough):
        return "the archive holds this text only from sites that are declared copiers"
    doubts = "; ".join(dict.fromkeys(unfit[candidate.document] for candidate in enough))
    return f"no page that shares this text can be called its original ({doubts})"


def _reasons(candidate: Candidate, near: Sequence[Candidate], witness: Witness) -> list[tuple[float, str]]:
    reasons = [
        (
            4 * candidate.alike,
            f"{candidate.of_copy:.0%} of the copy's words stand in it, and {candidate.of_original:.0%} of its words in the copy",
        )
    ]
    if candidate.role == "original":
        reasons.append((2.0, f"{candidate.publisher} is declared an issuing site"))
    behind = behind_gateway(witness.url) if witness.url else None
    if behind and _sans_scheme(behind) == _sans_scheme(candidate.url):
        reasons.append((6.0, "the copy's address is a Big5 gateway to it"))
    elif witness.url and _has_path_of(candidate.url, witness.url):
        reasons.append((3.0, "the copy's address has its path"))
    named = _named(candidate, witness.outlets)
    if named:
        reasons.append((1.5, f"the copy names {named}"))
    if candidate.issuer and fold(candidate.issuer) and fold(candidate.issuer) == fold(candidate.publisher):
        reasons.append((0.5, f"issued by {candidate.issuer} itself"))
    if (
        witness.published_at
        and candidate.published_at
        and candidate.published_at[:10] <= witness.published_at[:10]
    ):
        reasons.append((0.5, f"dated {candidate.published_at[:10]}, not later than the copy"))
    dated = [other.published_at for other in near if other.published_at]
    if len(near) > 1 and candidate.published_at and candidate.published_at == min(dated):
        reasons.append((0.7, "the earliest date among those that share as much"))
    if len(near) > 1 and candidate.first_seen == min(other.first_seen for other in near):
        reasons.append((0.2, "seen first"))
    return reasons


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


def _named(candidate: Candidate, outlets: Sequence[str]) -> str | None:
    known = [name for name in (candidate.publisher, candidate.issuer) if name]
    return next((outlet for outlet in outlets if is_known_name(outlet, known)), None)
