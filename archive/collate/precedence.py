"""Which of two held documents that share a text is the original of the other, and what speaks for it.

Signs, not proof. A positive sum speaks for the candidate, a negative one for the document that is compared.
"""

from __future__ import annotations

from archive.collate.candidate import Candidate, Witness
from archive.collate.names import names_one
from archive.text import fold
from archive.urls import behind_gateway, host_of

Sign = tuple[float, str]


def precedence(one: Candidate, witness: Witness) -> list[Sign]:
    """Return what speaks for a candidate (and, below zero, against it) as the original of a held document."""
    signs = (_by_role, _by_host, _by_name, _by_address, _by_day, _by_issuer, _by_sight)
    return [sign for ask in signs if (sign := ask(one, witness))[0]]


def _by_role(one: Candidate, witness: Witness) -> Sign:
    return _weighed(
        2.0, "an issuing site by its declaration", one.role == "original", witness.role == "original"
    )


def _by_host(one: Candidate, witness: Witness) -> Sign:
    return _weighed(
        1.5, "a government's host", *(_is_government(url) for url in (one.url, witness.url or ""))
    )


def _by_name(one: Candidate, witness: Witness) -> Sign:
    named = any(names_one(outlet, _names(one.publisher, one.issuer)) for outlet in witness.outlets)
    names = names_one(one.source_line or "", _names(witness.publisher, None))
    return _weighed(1.5, "named as the source", named, names)


def _by_address(one: Candidate, witness: Witness) -> Sign:
    behind = behind_gateway(witness.url) if witness.url else None
    return _weighed(6.0, "behind the gateway", bool(behind) and _bare(behind or "") == _bare(one.url), False)


def _by_day(one: Candidate, witness: Witness) -> Sign:
    mine, theirs = (one.published_at or "")[:10], (witness.published_at or "")[:10]
    is_dated = bool(mine and theirs)
    return _weighed(0.7, "dated earlier", is_dated and mine < theirs, is_dated and theirs < mine)


def _by_issuer(one: Candidate, witness: Witness) -> Sign:
    mine = _is_own(one.issuer, one.publisher)
    return _weighed(0.5, "issued by the site itself", mine, _is_own(witness.issuer, witness.publisher))


def _by_sight(one: Candidate, witness: Witness) -> Sign:
    if witness.first_seen is None:
        return 0.0, ""
    return _weighed(
        0.2, "seen first", one.first_seen < witness.first_seen, witness.first_seen < one.first_seen
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


def _bare(url: str) -> str:
    return url.partition("://")[2]
