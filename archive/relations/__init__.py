"""What a policy document names, does to others, says of its validity, and how its text is numbered. Pure.

``grammar``: numerals, days, document numbers; ``citations``: the places that name a document; ``links``: what a
document does to those it names; ``cleaning``: lists of ended documents; ``validity``: what a text says of its own
term; ``standing``: in force or not on a day; ``classes``: what class of document it is; ``clauses``: the text as a
tree; ``alignment`` and ``contrast``: two versions side by side; ``check``: a report held against documents at hand.

Nothing here reads a file of an archive or asks the network. ``RELATIONS_VERSION`` rises with every change that
makes another reading of a kept text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

# The functions under other names: they would hide the modules of the same names.
from archive.relations.citations import Citation
from archive.relations.citations import citations as read_citations
from archive.relations.clauses import Clause
from archive.relations.clauses import clauses as read_clauses
from archive.relations.cleaning import listed
from archive.relations.grammar import bare_title
from archive.relations.links import Relation, title_relations
from archive.relations.links import relations as read_relations
from archive.relations.validity import Validity
from archive.relations.validity import validity as read_validity

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


def _of_title(title: str, known: set[tuple[str, str | None]], cited: list[Citation]) -> list[Relation]:
    """Return what only a document's title says that it does. The text has no place for it: start and end are 0.

    The number is the one that the text gives to the same title.
    """
    numbers = {bare_title(c.title): c.number for c in cited if c.title and c.number}
    said = [relation for relation in title_relations(title) if (relation.kind, relation.title) not in known]
    return [
        replace(
            relation, start=0, end=0, number=relation.number or numbers.get(bare_title(relation.title or ""))
        )
        for relation in said
    ]


def connections(text: str, title: str) -> Connections:
    """Return what one text names, does, says of itself, and how it is numbered, up to its 400,000th character."""
    text = text[:MOST]
    cited = read_citations(text)
    made = [*read_relations(text, title, cited), *listed(text, title)]
    made += _of_title(title, {(relation.kind, relation.title) for relation in made}, cited)
    return Connections(
        citations=tuple(cited),
        relations=tuple(made),
        validity=read_validity(text, title, made),
        clauses=tuple(read_clauses(text)),
    )
