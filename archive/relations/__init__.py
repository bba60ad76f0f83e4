"""What a policy document names, does to others, says of its validity, and how its text is numbered. Pure.

``grammar``: numerals, days, document numbers; ``citations``: the places that name a document; ``links``: what a
document does to those it names; ``cleaning``: lists of ended documents; ``validity``: what a text says of its own
term; ``standing``: in force or not on a day; ``clauses``: the text as a tree; ``alignment``: two versions side by
side; ``check``: a report held against documents at hand.

Nothing here reads a file of an archive or asks the network. ``RELATIONS_VERSION`` rises with every change that
makes another reading of a kept text.
"""

from __future__ import annotations

from dataclasses import dataclass

from archive.relations.citations import Citation, citations
from archive.relations.clauses import Clause, clauses
from archive.relations.cleaning import listed
from archive.relations.links import Relation, relations
from archive.relations.validity import Validity, validity

RELATIONS_VERSION = 1
# What stands further behind in a text than this is not read: a reader's time is bounded.
MOST = 400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """All that is read of one version of a document: what it cites and does, its validity, its clauses."""

    citations: tuple[Citation, ...]
    relations: tuple[Relation, ...]
    validity: Validity
    clauses: tuple[Clause, ...]


def connections(text: str, title: str) -> Connections:
    """Return what one text names, does, says of itself, and how it is numbered, up to its 400,000th character."""
    text = text[:MOST]
    cited = citations(text)
    made = [*relations(text, title, cited), *listed(text, title)]
    return Connections(
        citations=tuple(cited),
        relations=tuple(made),
        validity=validity(text, title, made),
        clauses=tuple(clauses(text)),
    )
