"""What the replicas tell on which day. A world is a value; the sites render from it.

The same articles stand on every day unless the table says otherwise (the day's ``now`` is 09:00 in Beijing):

===  ==========  ==========================================================================================
day  now         what is different from the day before
===  ==========  ==========================================================================================
1    2026-09-15  everything is well
2    2026-09-16  miit: a new notice heads a list. most: one number edited in an old article (1.5亿元 →
                 15亿元); another article replaced by a spam page, its ``<title>`` too. gov_cn: one article
                 answers 404 but is still listed; ``lastmodifiedtime`` of another moves and nothing else.
                 chinanews: one page is republished: comments in the head, counters, related links, ads.
                 From here on chinanews and the other news sites have one more article every day.
3    2026-09-17  gov_cn: the list of newest policies is ``[]`` with status 200. chinanews: every page answers
                 521 with a script (robots.txt still answers).
4    2026-09-18  gov_cn: the list is back; one text really edited (5% → 6%) and ``lastmodifiedtime`` with it.
                 chinanews answers again. most: the spam is gone, the article as it was; another has a new
                 title and the same text. miit: an attachment replaced under the same name.
5–   2026-09-19  nothing else changes any more; counters and ads go on turning on chinanews
===  ==========  ==========================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from .columns import COLUMNS, DAILY, SOURCES
from .loom import weave
from .modes import Modes
from .pieces import Piece, read_pieces

TEXTS = Path(__file__).parent / "texts"
_FIRST_DAY = datetime(2026, 9, 15, 1, tzinfo=UTC)

__all__ = ["COLUMNS", "TEXTS", "Stage", "World"]


@dataclass(frozen=True, slots=True)
class World:
    """The state of all sites on one day; ``bulk`` adds so many woven articles to each site's first column."""

    day: int = 1
    bulk: int = 0

    @property
    def now(self) -> str:
        """Return the moment of the day's crawl, as ``YUANBEN_NOW`` wants it."""
        return (_FIRST_DAY + timedelta(days=self.day - 1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def advance(self) -> World:
        """Return the world of the next day."""
        return replace(self, day=self.day + 1)

    def pieces(self, site: str) -> tuple[Piece, ...]:
        """Return the articles of a site as they are today, newest first; gone and spoilt ones are marked."""
        return _pieces(site, self.day, self.bulk)

    def piece(self, key: str) -> Piece:
        """Return one article as it is today."""
        return next(piece for piece in self.pieces(key.partition("/")[0]) if piece.key == key)


@dataclass(slots=True)
class Stage:
    """What the sites look at when they answer: the world and the modes of this moment."""

    world: World
    modes: Modes


@lru_cache(maxsize=64)
def _pieces(site: str, day: int, bulk: int) -> tuple[Piece, ...]:
    today: list[Piece | None] = [_on_day(piece, day) for piece in _all(site, bulk)]
    if site in DAILY:
        today += [_of_the_day(site, number) for number in range(2, day + 1)]
    kept = [piece for piece in today if piece is not None]
    return tuple(sorted(kept, key=lambda piece: (piece.published, piece.key), reverse=True))


@lru_cache(maxsize=16)
def _all(site: str, bulk: int) -> tuple[Piece, ...]:
    columns = COLUMNS[site]
    first = next(iter(columns))
    woven = [
        _woven(site, column, place)
        for column, count in columns.items()
        for place in range(count + (bulk if column == first else 0))
    ]
    written = TEXTS / f"{site}.txt"
    return (*(read_pieces(written) if written.exists() else ()), *woven)


def _woven(site: str, column: str, place: int) -> Piece:
    key = f"{site}/{column}/{place}"
    text = weave(key)
    hours = 20 if site in DAILY else 31
    moment = datetime(2026, 9, 14, 22, 30) - timedelta(hours=hours * place + len(column), minutes=7 * place)
    return Piece(
        key=key,
        title=text.title,
        column=column,
        published=moment.strftime("%Y-%m-%d %H:%M"),
        number=str(10_000_000 * (list(COLUMNS[site]).index(column) + 1) - 2 * place),
        blocks=text.blocks,
        source=SOURCES[site],
    )


def _of_the_day(site: str, day: int) -> Piece:
    column = "gn" if site == "chinanews" else next(iter(COLUMNS[site]))
    piece = _woven(site, column, 10_000 + day)
    published = (_FIRST_DAY + timedelta(days=day - 1)).strftime("%Y-%m-%d 07:%M")
    return replace(piece, key=f"{site}/of-day-{day}", published=published)


def _edited(piece: Piece, old: str, new: str) -> Piece:
    blocks = tuple(block.replace(old, new) if isinstance(block, str) else block for block in piece.blocks)
    if blocks == piece.blocks:
        raise ValueError(f"{piece.key} does not say {old}")
    return replace(piece, blocks=blocks)


def _on_day(piece: Piece, day: int) -> Piece | None:
    """Return the piece as it is on this day, None when it is not published yet. The table above, as code."""
    match piece.key:
        case "miit/new-notice":
            return piece if day >= 2 else None
        case "most/fund" if day >= 2:
            return _edited(piece, "1.5亿元", "15亿元")
        case "most/victim" if day in (2, 3):
            return replace(piece, state="spam")
        case "most/retitled" if day >= 4:
            return replace(piece, title=piece.title.replace("总结会", "总结交流会"))
        case "gov_cn/gone" if day >= 2:
            return replace(piece, state="gone")
        case "gov_cn/touched" if day >= 2:
            return replace(piece, republished="2026-09-15-20:11:42")
        case "gov_cn/edited" if day >= 4:
            return replace(_edited(piece, "5%", "6%"), republished="2026-09-17-21:40:05")
    return piece
