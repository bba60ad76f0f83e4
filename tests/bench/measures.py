"""How right a reading is, measured as the labelled folder's README says.

Characters are compared as bags of tokens: one a Chinese character, one a run of Latin letters or digits; F4 is the
same over runs of four tokens, so that order counts. Strings are compared without white space.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from statistics import fmean

from tests.bench.cells import Cells, cells_found
from tests.bench.labelled import Labelled, Labels

_TOKENS = re.compile("[㐀-鿿]|[A-Za-z0-9]+")
_HAN = re.compile("[㐀-鿿]")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_BEIJING = timezone(timedelta(hours=8))
_BRACKETS = str.maketrans("[［(（【]］)）】", "〔〔〔〔〔〕〕〕〕〕")
FACTS = ("title", "date", "source", "author", "doc_number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an extractor made of a page. ``knows`` are the facts that it has a field for."""

    text: str = ""
    facts: dict[str, str | None] = field(default_factory=dict)
    knows: tuple[str, ...] = FACTS
    how: str = ""
    stripped: str = ""
    distrusted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The figures of one page. ``facts`` holds only those that are labelled and known to the extractor."""

    f1: float
    f4: float
    lacks: tuple[str, ...]
    holds: tuple[str, ...]
    empty: bool | None
    facts: dict[str, bool]
    invented: tuple[str, ...]
    cells: Cells
    distrusted: bool


def score(one: Labelled, got: Reading) -> Score:
    """Measure one reading against the labels. A page without text is right when no Chinese character comes out."""
    labels, flat = one.labels, squash(got.text)
    empty = None if labels.body else not _HAN.search(got.text)
    return Score(
        f1=similarity(labels.body, got.text) if empty is None else float(empty),
        f4=similarity(labels.body, got.text, 4) if empty is None else float(empty),
        lacks=tuple(m for m in labels.must if squash(m) not in flat),
        holds=tuple(m for m in labels.must_not if squash(m) in flat),
        empty=empty,
        facts={n: same(n, wanted(labels, n), got.facts.get(n)) for n in got.knows if wanted(labels, n)},
        invented=tuple(
            n for n in got.knows if labels.complete and got.facts.get(n) and not wanted(labels, n)
        ),
        cells=cells_found(one, got.text, got.how),
        distrusted=got.distrusted and empty is None,
    )


def similarity(gold: str, text: str, run: int = 1) -> float:
    """Return F1 over runs of ``run`` tokens; 0.0 when nothing is common."""
    one, other = _bag(gold, run), _bag(text, run)
    common = (one & other).total()
    return 2 * common / (one.total() + other.total()) if common else 0.0


def _bag(text: str, run: int) -> Counter[tuple[str, ...]]:
    tokens = _TOKENS.findall(text)
    return Counter(tuple(tokens[at : at + run]) for at in range(len(tokens) - run + 1))


def squash(text: str | None) -> str:
    """Return a text without white space."""
    return "".join((text or "").split())


def wanted(labels: Labels, name: str) -> str | None:
    """Return what the labels say about a fact."""
    value: str | None = getattr(labels, name)
    return value


def same(name: str, one: str | None, other: str | None) -> bool:
    """Say whether two values of a fact are the same: days by the day in China, numbers whatever their brackets."""
    return _comparable(name, one) == _comparable(name, other)


def _comparable(name: str, value: str | None) -> str:
    flat = squash(value)
    if name == "date":
        return _day(value or "")
    if name == "source":
        return re.sub(r"^(?:信息|文章|稿件)?(?:来源|稿源)[:：]", "", flat)
    if name == "author":
        return re.sub(r"^(?:作者|记者|文)[:：/]", "", flat)
    return flat.translate(_BRACKETS) if name == "doc_number" else flat


def _day(value: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        match = _DAY.search(value)
        return f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}" if match else ""
    return (moment.astimezone(_BEIJING) if moment.tzinfo else moment).date().isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of a group of pages. Pairs are (right, of how many)."""

    pages: int
    f1: float
    f4: float
    below: int
    lacks: int
    holds: int
    empty: tuple[int, int]
    facts: dict[str, tuple[int, int]]
    invented: int
    tables: tuple[int, int]
    cells: tuple[int, int]
    own_tables: tuple[int, int]
    distrusted: int


def figures(scores: list[Score]) -> Figures:
    """Add the scores of a group up."""
    empties = [s.empty for s in scores if s.empty is not None]
    facts = {name: [s.facts[name] for s in scores if name in s.facts] for name in FACTS}
    return Figures(
        pages=len(scores),
        f1=fmean(s.f1 for s in scores),
        f4=fmean(s.f4 for s in scores),
        below=sum(s.f1 < 0.8 for s in scores),
        lacks=sum(bool(s.lacks) for s in scores),
        holds=sum(bool(s.holds) for s in scores),
        empty=(sum(empties), len(empties)),
        facts={name: (sum(right), len(right)) for name, right in facts.items()},
        invented=sum(len(s.invented) for s in scores),
        tables=_sum([s.cells.tables for s in scores]),
        cells=_sum([s.cells.cells for s in scores]),
        own_tables=_sum([s.cells.own_tables for s in scores]),
        distrusted=sum(s.distrusted for s in scores),
    )


def _sum(pairs: list[tuple[int, int]]) -> tuple[int, int]:
    return sum(a for a, _ in pairs), sum(b for _, b in pairs)
