"""Words that are known before a page is seen: what filters delete, what rewriting tables put, what counts as a title."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from archive.text.readings import read_words

#: Words that filters were seen to delete from copies, titles and offices of living people above all.
FILTERED = frozenset(
    [
        "近平",
        "习近平",
        "政治",
        "书记",
        "总书记",
        "指示",
        "主席",
        "总理",
        "常委",
        "中央",
        "党中央",
        "国务院",
        "政府",
        "政协",
        "人大",
        "党委",
        "党组",
        "市委",
        "省委",
        "中共",
        "共产党",
        "马克思",
        "毛泽东",
        "邓小平",
        "江泽民",
        "胡锦涛",
        "维权",
        "民主",
        "自由",
        "宗教",
        "军委",
        "解放军",
        "台湾",
        "香港",
        "西藏",
        "新疆",
        "敏感",
        "腐败",
        "反腐",
        "赌",
        "毒品",
        "枪",
    ]
)

#: Pairs of a table of synonyms that rewriting sites share.
SYNONYMS = frozenset(
    {
        ("发展", "生长"), ("实施", "实行"), ("改革", "改造"), ("大力", "鼎力"), ("重要", "主要"), ("作用", "感化"),
        ("安全", "平安"), ("第一", "前茅"), ("进行", "举行"), ("问题", "题目"), ("提高", "进步"), ("建立", "成立"),
        ("企业", "公司"), ("支持", "撑持"), ("推动", "鞭策"), ("加强", "增强"), ("促进", "增进"), ("利用", "操纵"),
        ("环境", "情况"), ("影响", "感染"), ("帮助", "辅助"), ("特别", "出格"), ("组织", "构造"), ("保护", "庇护"),
    }
)  # fmt: skip

_OFFICES = (
    "总书记|书记|主席|总理|委员长|委员|常委|部长|副部长|主任|司长|局长|处长|厅长|省长|市长|区长|县长|行长|院长|校长|署长|秘书长|"
    "发言人|总经理|董事长|总裁|院士|教授|研究员|记者|同志|先生|女士|代表"
)
OFFICE = re.compile(_OFFICES)
TIME_WORD = re.compile(
    "昨[天日]|今[天日]|明[天日]|前[天日]|近日|日前|近期|今年|去年|明年|上年|本年|本月|上月|上半年|下半年|年初|年底|年末|"
    "[一二三四1-4]季度|星期[一二三四五六日天]|周[一二三四五六日]"
)


@cache
def words() -> frozenset[str]:
    """Return the words every policy text is made of."""
    lines = files("archive.text").joinpath("words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if line[:1] not in "=#" for word in line.split())


def is_word(text: str) -> bool:
    """Say whether characters are a word: of policy texts, or one whose reading the pinyin table knows."""
    return len(text) > 1 and (text in words() or text in read_words())


@cache
def _known() -> re.Pattern[str]:
    sought = {*FILTERED, *(sought for sought, _ in SYNONYMS)}
    return re.compile("|".join(sorted(sought)))


def has_known(text: str) -> bool:
    """Say whether a text holds anything of what ``is_known`` knows the rewriting."""
    return bool(_known().search(text))


def is_known(rewriting: tuple[str, str]) -> bool:
    """Say whether filters or tables of synonyms are known to rewrite so: then once is enough for a rule."""
    sought, put = rewriting
    is_filtered = sought in FILTERED and (not put or not any(c.isalnum() for c in put))
    return is_filtered or rewriting in SYNONYMS
