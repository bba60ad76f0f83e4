"""By which lines a text differs from what its document stands at: so the same edit of many documents is known.

A new template adds a sentence to every text of a site, and on the same day somebody may edit one of them. Which lines
the documents of one run share, and which one of them has for itself, tells the two apart. That several documents gain
the same line does not prove a template: one announcement may stand at several addresses.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from archive.digests import text_digest

# So many documents that gain (or lose) the very same lines in one run are one change of their site.
FEW = 3
# Of a longer edit only is kept which one it is.
_MOST_LINES = 200

Marks = frozenset[str]


@dataclass(frozen=True, slots=True)
class LineEdit:
    """The lines that went and those that came, sorted; a line that stood twice stands here twice."""

    gone: tuple[str, ...]
    come: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Return the digest by which a person's word on this edit is known again."""
        return text_digest(json.dumps([self.gone, self.come], ensure_ascii=False))

    @property
    def marks(self) -> Marks:
        """Return one short mark a line, with its sign and how often it stands; of a very long edit one for each sign."""
        if len(self.gone) + len(self.come) > _MOST_LINES:
            sides = [("-", self.gone), ("+", self.come)]
            return frozenset(sign + text_digest("\n".join(lines)) for sign, lines in sides if lines)
        return frozenset(
            f"{sign}{times}{text_digest(line)[7:23]}"
            for sign, lines in (("-", self.gone), ("+", self.come))
            for line, times in Counter(lines).items()
        )


def line_edit(before: str, after: str) -> LineEdit | None:
    """Return by which lines a text differs from another; None where none does (they may stand in another order)."""
    old, new = Counter(before.split("\n")), Counter(after.split("\n"))
    edit = LineEdit(tuple(sorted((old - new).elements())), tuple(sorted((new - old).elements())))
    return edit if edit.gone or edit.come else None


def shared_edits(edits: Iterable[tuple[str, Marks]]) -> list[Marks]:
    """Return the edits that ``FEW`` addresses or more have alike: as a template makes them, lines that only come or only go."""
    addresses: dict[Marks, set[str]] = {}
    for url, marks in edits:
        if len({mark[0] for mark in marks}) == 1:
            addresses.setdefault(marks, set()).add(url)
    return [marks for marks, urls in addresses.items() if len(urls) >= FEW]


def own_part(marks: Marks, shared: Iterable[Marks]) -> Marks:
    """Return what of an edit is the document's own, without the edits of its site that are part of it."""
    return marks.difference(*(edit for edit in shared if edit <= marks))


def alike_and_own(
    edits: Mapping[int, tuple[str, Marks | None]],
) -> tuple[set[int], set[str]]:
    """Return the captures that show no more than an edit of the site, and the addresses that changed beside it.

    ``edits``: address and marks by capture; None where what changed is not the text.
    """
    shared = shared_edits((url, marks) for url, marks in edits.values() if marks)
    alike = {
        capture for capture, (_, marks) in edits.items() if marks is not None and not own_part(marks, shared)
    }
    return alike, {url for capture, (url, _) in edits.items() if capture not in alike}
