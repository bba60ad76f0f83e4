"""Words that a filter took out of a text, suspected where nothing of the original is at hand.

Republishers run texts through filters that delete words: 中央政治局委员 becomes 中央局委员, 习近平总书记 习总. Titles,
names of bodies and slogans are always written alike, so that one with a hole in it shows. It is a suspicion: what
stood there is *probably* one of the candidates, and a text without a hole may have lost whole sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations

from archive.patterns import regex

# What filters delete; longer ones first where one holds another.
_DELETED = ("习近平", "近平", "总书记", "书记", "政治", "主席", "共产党", "党中央", "人民", "政府", "委员长")
# What is left after a deletion but is written that way all the same.
_ORDINARY = regex(
    r"中央(?:委员|常委|会议)|[省市区县]政府|自治区政府|各级政府|[省市区县]人民|(?:省|市|区|县|自治区党|党)委|党组(?:副)?|"
    r"中共中央局?|习近平(?:指出|强调|关于|重要..)|习总书记.*|[省市](?:政府)?办公[厅室]|全国代表大会(?:常务委员会)?|中国章程|中华共和国.{0,3}|国务院|.*国务院决策部署|全国政协|坚持以为中心.{0,4}"
)
_LEAST = 4
_STARS = regex(r"(?<=[\u3400-\u9fff])(?:[*＊]{1,8}|[×Xx□]{2,8})(?=[\u3400-\u9fff、，])")
# Family names that begin no other word after 市委.
_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱林郭罗梁宋郑谢韩唐冯董程曹袁邓沈彭吕苏卢蒋蔡贾丁魏薛叶阎潘杜戴汪姜范姚谭廖邹熊陆郝孔崔邱秦顾侯邵孟钱汤尹黎乔赖龚"
_LEADER = regex(
    rf"[省市区县州盟旗]委(?=(?:同志)?(?P<name>[{_FAMILY}][\u3400-\u9fff]{{1,2}}?)"
    r"(?:同志)?(?:主持|出席|指出|强调|讲话|表示|要求|率队|率团|调研|会见|作出?批示|宣布|致辞|参加|在.{2,12}(?:调研|会上)))"
)
_NO_NAME = regex(r"[办部委会组局厅处院校党政宣书常副全]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """A place where words are probably missing: what stands there, and what it probably was, likeliest first."""

    start: int
    end: int
    found: str
    candidates: tuple[str, ...]
    evidence: str

    @property
    def says(self) -> str:
        """Why something is thought to be missing, and what it probably was, in one line."""
        return f"{self.evidence}, probably {' or '.join(self.candidates)}"


def holes(text: str) -> tuple[Hole, ...]:
    """Return where set phrases of official language have a hole, in order, none overlapping another.

    ``text`` is in Simplified characters. What is said of a hole proves nothing; that none is found neither.
    """
    found = sorted(
        (*_in_phrases(text), *_before_names(text), *_starred(text)), key=lambda hole: (hole.start, -hole.end)
    )
    kept: list[Hole] = []
    for hole in found:
        if not kept or hole.start >= kept[-1].end:
            kept.append(hole)
    return tuple(kept)


def _in_phrases(text: str) -> Iterator[Hole]:
    torn = _torn()
    for match in _pattern().finditer(text):
        whole = torn[match[0]]
        yield Hole(
            start=match.start(),
            end=match.end(),
            found=match[0],
            candidates=whole,
            evidence=f"a set phrase without {_missing(whole[0], match[0])}",
        )


def _before_names(text: str) -> Iterator[Hole]:
    for match in _LEADER.finditer(text):
        if not _NO_NAME.search(match["name"]):
            yield Hole(
                start=match.start(),
                end=match.end("name"),
                found=text[match.start() : match.end("name")],
                candidates=(f"{match[0]}书记{match['name']}", f"{match[0]}副书记{match['name']}"),
                evidence="a name right after a committee, without an office",
            )


def _starred(text: str) -> Iterator[Hole]:
    """Yield marks put for words, where a set phrase has the same words on both sides of the gap."""
    for match in _STARS.finditer(text):
        before, after = text[max(0, match.start() - 6) : match.start()], text[match.end() : match.end() + 6]
        whole = [phrase for phrase in _phrases() if _fits(phrase, before, after)]
        if whole:
            yield Hole(
                start=match.start(),
                end=match.end(),
                found=match[0],
                candidates=tuple(whole[:5]),
                evidence="marks stand for words within a set phrase",
            )


def _fits(phrase: str, before: str, after: str) -> bool:
    """Say whether a phrase goes on, over a gap of a word that filters delete, from what is before to what is after."""
    for word in _DELETED:
        head, found, tail = phrase.partition(word)
        if found and len(head) + len(tail) >= 3 and before.endswith(head) and after.startswith(tail[:6]):
            return True
    return False


@cache
def _phrases() -> tuple[str, ...]:
    lines = files(__package__).joinpath("phrases.txt").read_text("utf-8").splitlines()
    return tuple(dict.fromkeys(line.strip() for line in lines if line.strip() and not line.startswith("#")))


@cache
def _torn() -> dict[str, tuple[str, ...]]:
    """Return what set phrases look like when words are taken out of them, each with the phrases it may have been."""
    found: dict[str, list[str]] = {}
    whole = "\n".join(_phrases())
    for phrase in _phrases():
        held = [word for word in _DELETED if word in phrase]
        for count in (1, 2, 3):
            for words in combinations(held, count):
                rest = phrase
                for word in words:
                    rest = rest.replace(word, "", 1)
                is_whole = rest in whole or _ORDINARY.fullmatch(rest) is not None
                # Only a hole within: a phrase may be shortened at its ends by anybody.
                within = phrase[0] == rest[:1] and phrase[-1] == rest[-1:]
                if within and len(rest) >= _LEAST and not is_whole:
                    found.setdefault(rest, []).append(phrase)
    return {rest: tuple(dict.fromkeys(phrases))[:5] for rest, phrases in found.items()}


@cache
def _pattern() -> re.Pattern[str]:
    # By the first character, so that most places of a text are passed over at once.
    torn = sorted(_torn(), key=lambda rest: (-len(rest), rest))
    grouped = {
        first: [rest[1:] for rest in torn if rest[0] == first] for first in sorted({r[0] for r in torn})
    }
    # 学习重要讲话 lacks nothing.
    behind = {"习": "(?<![学练复温补]习)"}
    return re.compile(
        "|".join(
            f"{re.escape(first)}{behind.get(first, '')}(?:{'|'.join(map(re.escape, rests))})"
            for first, rests in grouped.items()
        )
    )


def _missing(whole: str, rest: str) -> str:
    """Return the word that a phrase lacks, as far as one cut explains it."""
    start = next((at for at, (a, b) in enumerate(zip(whole, rest, strict=False)) if a != b), len(rest))
    return whole[start : start + len(whole) - len(rest)]
