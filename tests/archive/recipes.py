"""Copies made by recipes nobody is told: filters, tables of synonyms, glosses, damaged bytes, footers, and a hand.

The texts are those of the replicas and woven ones, all invented. The same seed gives the same copy.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import permutations

from opencc import OpenCC
from rapidfuzz.fuzz import ratio

from archive.collate import Collation
from archive.damage.conversion import forward, pair_of
from archive.text.canonical import script_table
from tests.replicas.loom import _TEXTS, weave

Rewriting = tuple[str, str]

_HAN = re.compile("[\u4e00-\u9fff]+")
_SENTENCE = re.compile("[^。；\n]{8,60}[。；]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_FILTERS = ("政治", "书记", "近平", "中央", "政府", "人民", "党委", "国务院", "改革", "主席", "企业", "部门", "监督", "风险", "投诉")  # fmt: skip
_SYNONYMS = {
    "发展": "生长", "实施": "实行", "重要": "主要", "安全": "平安", "企业": "公司", "提高": "进步", "建设": "扶植", "服务": "办事",
    "技术": "手艺", "工作": "事情", "开展": "展开", "部门": "部分", "项目": "名目", "管理": "治理", "标准": "尺度", "应用": "利用",
    "数据": "数值", "平台": "渠道口", "资金": "款子", "评审": "审评", "要求": "请求", "申报": "上报", "材料": "资料", "单位": "单元",
    "支持": "撑持", "组织": "构造", "推动": "鞭策", "地区": "区域", "进行": "举行", "第一": "前茅", "公布": "发布出来", "研究": "钻研",
    "结果": "成果", "办理": "打点", "规定": "划定", "情况": "环境", "机构": "机关", "生产": "出产", "试点": "尝试点", "完善": "美满",
}  # fmt: skip
_ENGLISH = {
    "数据": "data",
    "标准": "standard",
    "平台": "platform",
    "企业": "enterprise",
    "试点": "pilot",
    "风险": "risk",
}
_FOOTERS = (
    "免责声明：本站部分内容来自网络，版权归原作者所有。",
    "更多资讯请关注河畔资讯网官方公众号，商务合作请联系在线客服。",
    "本文由河畔资讯网整理发布，转载请注明出处，谢谢合作！",
    "【河畔资讯】每天为您推荐十篇好文，欢迎收藏本站。",
)
_ADDED = (
    "业内人士对此普遍表示看好。", "有评论认为此举来得正是时候。", "记者随后走访了几家店铺，生意比往常红火。", "读者可在文末留言说说看法。",
    "据了解，此事早有传闻。", "这一说法尚未得到证实。",
)  # fmt: skip
_BY_HAND = (
    ("应当", "可以"), ("不得", "一般不得"), ("必须", "原则上应"), ("不少于", "不多于"), ("万元", "亿元"), ("以上", "左右"),
    ("三年", "五年"), ("全部", "部分"), ("已", "将"), ("年底前", "年中以前"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edit:
    """A planted edit: the range of the original it concerns, and what it put there."""

    start: int
    end: int
    put: str


@dataclass(frozen=True, slots=True)
class Cooked:
    """A copy and what was done to make it."""

    name: str
    original: str
    copy: str
    rules: frozenset[Rewriting]
    edits: tuple[Edit, ...]
    footer: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a collation says what was done: rules missed and invented, edits that a rule was made to explain."""

    missed: frozenset[Rewriting]
    invented: frozenset[Rewriting]
    explained: tuple[Edit, ...]

    @property
    def is_exact(self) -> bool:
        """Return whether the recipe was recovered exactly."""
        return not self.missed and not self.invented


def cooked(seed: int) -> Cooked:
    """Return the copy of this seed."""
    dice = random.Random(seed)
    original = _article(dice)
    edits = _edits(dice, original)
    rules = _recipe(dice, original, edits)
    copy = _rewritten(original, edits, rules)
    name = dice.choice(("plain", "traditional", "glossed", "damaged"))
    footer = dice.choice(_FOOTERS) if dice.random() < 0.5 else ""
    whole = f"{copy}\n{footer}" if footer else copy
    return Cooked(name, original, _dressed(dice, whole, name), frozenset(rules), edits, footer)


def judged(one: Cooked, found: Collation) -> Verdict:
    """Return what is right and wrong in what was found of a recipe."""
    footers = [rule.found for rule in found.rules if rule.kind == "append"]
    # Bytes of a footer that are lost stay lost: no original has them.
    is_told = all(ratio(found, one.footer) > 80 for found in footers) and len(footers) == bool(one.footer)
    rules = {(rule.original, rule.found) for rule in found.rules if rule.kind != "append"}
    ruled = [v for v in found.variants if v.rule]
    explained = tuple(
        edit
        for edit in one.edits
        if any(
            v.original_start < edit.end and edit.start < v.original_end
            for v in ruled
            if not (v.original_start < edit.start or edit.end < v.original_end)
        )
        or not any(
            v.original_start <= edit.end and edit.start <= v.original_end
            for v in found.variants
            if not v.rule
        )
    )
    missed = one.rules - rules if is_told else {*(one.rules - rules), ("", one.footer)}
    return Verdict(frozenset(missed), frozenset(rules - one.rules), explained)


@cache
def _traditional() -> OpenCC:
    return OpenCC("s2t")


@cache
def _paragraphs() -> tuple[str, ...]:
    lines = [line.removeprefix("# ") for path in sorted(_TEXTS.glob("*.txt")) if path.stem not in ("sentences", "titles", "big5")
             for line in path.read_text("utf-8").splitlines() if not re.match(r"[a-z_]+: ", line)]  # fmt: skip
    return tuple(line for line in lines if len(line) >= 12)


def _article(dice: random.Random) -> str:
    """Return an article of 500 to 4,000 characters, half of paragraphs that somebody wrote, half woven."""
    length = dice.randint(500, 4000)
    lines: list[str] = []
    while sum(map(len, lines)) < length:
        if dice.random() < 0.6:
            start = dice.randrange(len(_paragraphs()))
            lines += _paragraphs()[start : start + dice.randint(2, 8)]
        else:
            lines += [
                block for block in weave(f"recipe-{dice.random()}").blocks[:4] if isinstance(block, str)
            ]
    return "\n".join(dict.fromkeys(lines))


def _edits(dice: random.Random, text: str) -> tuple[Edit, ...]:
    """Plant edits of a hand: figures, words, clauses left out and added; apart from one another."""
    made: list[Edit] = []
    for _ in range(dice.randint(0, 5)):
        edit = dice.choice((_figure, _word, _left_out, _added))(dice, text)
        if edit and all(edit.end + 12 < other.start or other.end + 12 < edit.start for other in made):
            made.append(edit)
    seen = Counter((text[edit.start : edit.end], edit.put) for edit in made)
    return tuple(sorted((edit for edit in made if seen[text[edit.start : edit.end], edit.put] == 1),
                        key=lambda edit: edit.start))  # fmt: skip


def _figure(dice: random.Random, text: str) -> Edit | None:
    places = list(_NUMBER.finditer(text))
    if not places:
        return None
    place = dice.choice(places)
    put = str(dice.randint(2, 9)) + "".join(reversed(place[0]))
    return Edit(place.start(), place.end(), put)


def _word(dice: random.Random, text: str) -> Edit | None:
    old, new = dice.choice(_BY_HAND)
    places = [match.start() for match in re.finditer(old, text)]
    if len(places) < 2:
        return None
    start = dice.choice(places)
    return Edit(start, start + len(old), new)


def _left_out(dice: random.Random, text: str) -> Edit | None:
    places = list(_SENTENCE.finditer(text))
    if not places:
        return None
    place = dice.choice(places)
    return Edit(place.start(), place.end(), "")


def _added(dice: random.Random, text: str) -> Edit | None:
    places = [match.end() for match in re.finditer("。(?!\n)", text)]
    if not places:
        return None
    start = dice.choice(places)
    return Edit(start, start, dice.choice(_ADDED))


def _recipe(dice: random.Random, text: str, edits: tuple[Edit, ...]) -> dict[Rewriting, None]:
    """Return one to six rewritings, each of which happens at least twice outside the edits."""
    rules: dict[Rewriting, None] = {}
    wanted = dice.choice((0, 1, 1, 2, 2, 3, 4, 6))
    for _ in range(40):
        if len(rules) >= wanted:
            break
        sought, put = dice.choice((_filtered, _synonym, _any_word, _glossed))(dice, text)
        tried = {**rules, (sought, put): None}
        if sought and sought != put and _is_sound(text, edits, tried):
            rules = tried
    return rules


def _filtered(dice: random.Random, text: str) -> Rewriting:
    return dice.choice(_FILTERS), dice.choice(("", "", "", "*", "**"))


def _synonym(dice: random.Random, text: str) -> Rewriting:
    sought = dice.choice(sorted(_SYNONYMS))
    return sought, _SYNONYMS[sought]


def _any_word(dice: random.Random, text: str) -> Rewriting:
    """Return any characters of the text and any others: what no table of words foresees."""
    length = dice.choice((1, 2, 2, 2, 3, 4))
    runs = [run for run in _HAN.findall(text) if len(run) >= length]
    run = dice.choice(runs)
    start = dice.randrange(len(run) - length + 1)
    letters = "".join(_HAN.findall(text))
    sought = run[start : start + length]
    others = [c for c in letters if c not in (sought[0], sought[-1])]
    put = dice.choice(("", "".join(dice.choices(others, k=dice.choice((1, 2, 2, 2, 3, 4))))))
    return sought, put


def _glossed(dice: random.Random, text: str) -> Rewriting:
    sought = dice.choice(sorted(_ENGLISH))
    return sought, f"{sought}({_ENGLISH[sought]})"


def _is_sound(text: str, edits: tuple[Edit, ...], rules: dict[Rewriting, None]) -> bool:
    """Say whether a recipe can be told from its traces: no rule feeds another, each is met twice and by itself."""
    if any(one[0] in word for one, other in permutations(rules, 2) for word in other):
        return False
    # What a hand put in the place of a word that a rule takes away is told as put in, and the word as taken by the rule.
    if any(sought in text[edit.start : edit.end] for sought, _ in rules for edit in edits):
        return False
    traces = [_traces(piece, rules) for piece in _between_edits(text, edits)]
    return all(
        _is_distinguishable(rule, [found for piece in traces for found in piece if found[0] == rule])
        for rule in rules
    )


def _is_distinguishable(rule: Rewriting, traces: list[tuple[Rewriting, str, str]]) -> bool:
    alone = [(before, after) for _, before, after in traces if "\0" not in before + after]
    if len(traces) < 2 or not alone:
        return False
    if len(rule[0]) > 1:
        return True
    # 革→造 in nothing but 改革: nobody can tell whether the table says 革 or 改革.
    return all(len(set(beside)) > 1 for beside in zip(*alone, strict=True))


def _traces(piece: str, rules: dict[Rewriting, None]) -> list[tuple[Rewriting, str, str]]:
    """Return where a piece is rewritten: by which rule, and the characters before and after it, \\0 for rewritten ones."""
    places: list[tuple[int, int, Rewriting]] = []
    left = piece
    for rule in rules:
        places += [(match.start(), match.end(), rule) for match in re.finditer(re.escape(rule[0]), left)]
        left = left.replace(rule[0], "\0" * len(rule[0]))
    return [(rule, left[start - 1 : start], left[end : end + 1]) for start, end, rule in places]


def _between_edits(text: str, edits: tuple[Edit, ...]) -> list[str]:
    """Return what lies between the edits: a machine rewrites there, a hand where the edits are."""
    starts = [0, *(edit.end for edit in edits)]
    ends = [*(edit.start for edit in edits), len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def _rewritten(text: str, edits: tuple[Edit, ...], rules: dict[Rewriting, None]) -> str:
    pieces = _between_edits(text, edits)
    for sought, put in rules:
        pieces = [piece.replace(sought, put) for piece in pieces]
    return "".join([pieces[0], *(edit.put + piece for edit, piece in zip(edits, pieces[1:], strict=True))])


def _dressed(dice: random.Random, text: str, name: str) -> str:
    if name == "plain":
        return text
    text = _traditional().convert(text)
    if name == "traditional":
        return text
    changed = [c for c in dict.fromkeys(text) if pair_of(c) and c in script_table()]
    # Here: two seconds at the start of every process that collects tests.
    from pypinyin import Style, pinyin

    table = [(c, pinyin(c, style=Style.TONE)[0][0]) for c in changed]
    if name == "damaged":
        return forward(text, table)
    readings = dict(table)
    return "".join(f"{c}({readings[c]})" if c in readings and dice.random() < 0.9 else c for c in text)
