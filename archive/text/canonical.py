"""``canon/1``: the form of a text that decides whether two readings are one version.

Noise leaves no trace in it, every edit does. Noise: white space, width, script, the kind of a quote or a dash,
characters nobody sees, and the volatile spans below. Everything else is an edit, punctuation included (a removed 。
is one), and white space where it separates two figures or two Latin words: ``12<tab>3`` is not ``1<tab>23``.

The tables of ``canon/1`` and ``fold/2`` map single characters, so what they do to a text does not depend on where it was
cut. Those of script and shape are read from the files beside this module. They are ours: an upgrade of OpenCC or of
Python's Unicode data must not move a digest or an index. The first line of each file says where it was taken from;
``tests/archive/upstream.py`` takes them again and compares.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

import opencc

from archive.patterns import regex

CJK = "㐀-䶿一-鿿豈-﫿\U00020000-\U000323af〇々"
#: Characters that are not seen: zero width, bidi controls, variation selectors, fillers, tags.
_INVISIBLE_RANGES = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5),
    (0x180B, 0x180E), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF9, 0xFFFB), (0xE0001, 0xE0001),
    (0xE0020, 0xE007F), (0xE0100, 0xE01EF),
)  # fmt: skip
_SPACES = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_ALIKE = {
    '"': "“”„‟«»「」〝〞〟﹁﹂",
    "'": "‘’‚‛『』﹃﹄`´",
    "-": "‐‑‒–—―─━−－﹘﹣",
    "~": "～〜∼˜",
    "·": "・•‧∙⋅･",
    ".": "．﹒",
    "。": "｡",
    "、": "､﹑",
    "…": "⋯",
    "¥": "￥",
    "《": "≪",
    "》": "≫",
    "[": "〔［",
    "]": "〕］",
    "〇": "○◯",
}
CONTROLS = regex("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
CANON = "canon/1"
_GAP = r"[ \t]{0,3}"
_FIGURE = r"(?:[\[(]?[0-9][0-9,.]{0,14}[万亿]?\+?[\])]?)"
_UNLOADED = r"(?:\[\]|-|loading(?:\.{1,6}|…)?|加载中(?:\.{1,6}|…)?)"
_UNIT = r"(?:人?次|人|个|条)?"
_COUNTER = (
    rf"(?:浏览|点击|阅读|访问|查看|人气)(?:次数|总数|量|数|率)?{_GAP}:{_GAP}(?:{_FIGURE}|{_UNLOADED})?{_GAP}{_UNIT}"
    rf"|(?:下载|分享|评论|点赞|收藏|热度)(?:次数|总数|量|数)?{_GAP}:{_GAP}{_FIGURE}{_GAP}{_UNIT}"
    rf"|[您你]是(?:本网站|本站|本页)?的?第{_GAP}{_FIGURE}{_GAP}[位个]?(?:访客|访问者|读者|来访者)"
)
_SIZE = (
    rf"(?:字体大小|文字大小|字体|字号){_GAP}:?{_GAP}"
    rf"[\[(]?{_GAP}(?:(?:特大|超大|默认|大|中|小|正常|\||/|A[+-]?){_GAP}){{2,8}}[\])]?"
)
_DAY = r"(?:[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?)"
_HOUR = r"(?:[0-9]{1,2}[:时点][0-9]{1,2}(?:[:分][0-9]{0,2}秒?)?)"
_WEEKDAY = r"(?:\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)"
_CLOCK = (
    r"(?:现在(?:是|时间)?|当前(?:日期|时间)|今天(?:是|日期)?|今日是?|北京时间|系统时间|(?:本页)?打印时间)"
    rf"{_GAP}:?{_GAP}(?:{_DAY}{_GAP}(?:{_WEEKDAY}{_GAP})?{_HOUR}?|{_HOUR}){_GAP}{_WEEKDAY}?"
)
_SPAN = rf"(?:{_COUNTER}|{_SIZE}|{_CLOCK})"
# The same counters as other templates write them. They count between spaces or bars, or as a whole line only.
_NUMBER = r"(?:[0-9][0-9,.]{0,14}(?:[十百千]?万|[亿千kKwW])?\+?)"
_WORDED = rf"(?:{_NUMBER}|[〇零一二三四五六七八九十百千万两]{{1,12}})"
_WHOSE = r"(?:本文|本页面?|[此该]文|[此该]页面?|文章|页面|本站|总|累计|当前|今日|昨日|已经?|被|共){0,3}"
_ACT = r"(?:浏览|点击|阅读|阅览|访问|查看|人气|围观|点赞|赞|收藏|转发|评论|分享|下载|热度|已阅)"
_LOOK = r"(?:浏览|点击|阅读|阅览|查看|围观)"
_MEASURE = r"(?:次数|人次|总数|总量|数量?|量|率)?"
_TIMES = r"(?:人次|人|个|条|次)?"
_OTHER_COUNTER = (
    rf"{_WHOSE}{_ACT}{_MEASURE} {{0,3}}: {{0,3}}[\[(]?{_WORDED}[\])]? {{0,3}}{_TIMES}"
    # 访问人数 and 读者 are counted in texts, too.
    rf"|{_WHOSE}(?:(?:{_LOOK}|在线)人数|读者数) {{0,3}}: {{0,3}}{_NUMBER} {{0,3}}人?|{_WHOSE}人气 {{0,3}}: {{0,3}}{_NUMBER} {{0,3}}℃"
    rf"|(?i:views?|hits?|reads?|clicks?|visits?|[pu]v) {{0,3}}: {{0,3}}{_NUMBER}"
)
_OF_THIS_PAGE = r"(?:过|了)?(?:本文|本页面?|[此该]文|[此该]页面?|本站)?[。.]?"
_WHOLE_LINE = (
    rf"{_WHOSE}(?:{_LOOK}|人气|点赞|收藏|转发|评论){_MEASURE} {{0,3}}{_NUMBER} {{0,3}}(?:人次|人|次)?[。.]?"
    rf"|{_WHOSE}(?:{_LOOK}|访问)(?:了|过)? {{0,3}}{_NUMBER} {{0,3}}(?:人次|次)[。.]?"
    rf"|{_NUMBER} {{0,3}}(?:人次|人|次)? {{0,3}}已?(?:{_LOOK}|点赞){_OF_THIS_PAGE}"
    rf"|(?:已经?|共|目前|累计){{0,2}}有? {{0,3}}{_NUMBER} {{0,3}}(?:人次|人|[位名](?:网友|读者|访客))"
    rf"(?:{_LOOK}|访问|关注){_OF_THIS_PAGE}"
    rf"|{_WHOSE}{_ACT}{_MEASURE} {{0,3}}[\[(【] {{0,3}}{_NUMBER} {{0,3}}[\])】] {{0,3}}{_TIMES}"
    rf"|[\[【]{_WHOSE}{_ACT}{_MEASURE}[\]】] {{0,3}}:? {{0,3}}{_NUMBER} {{0,3}}{_TIMES}"
    rf"|(?:浏览|点击|阅读|阅览)(?:次数|人次|量|数) {{0,3}}:?\n {{0,3}}{_NUMBER} {{0,3}}{_TIMES}"
    rf"|{_DAY} {{0,3}}{_WEEKDAY} {{0,3}}[0-9]{{1,2}}:[0-9]{{2}}:[0-9]{{2}}"
)
# A label counts as furniture only where it stands by itself: 网站总访问量 in a table of a yearly report does not.
_VOLATILE = regex(
    rf"【{_GAP}{_SPAN}{_GAP}】|\[{_GAP}{_SPAN}{_GAP}\]|\({_GAP}{_SPAN}{_GAP}\)"
    rf"|(?:(?<=[\s|。;,])|^){_SPAN}(?=[\s|;,\[【(]|$)"
    rf"|(?:(?<=[ |])|^)(?:{_OTHER_COUNTER})(?=[ |]|$)"
    rf"|^ {{0,8}}(?:{_WHOLE_LINE}) {{0,8}}$",
    re.MULTILINE,
)
_LABEL = regex(
    "浏览|点击|阅读|访问|查看|人气|下载|分享|评论|点赞|收藏|热度|[您你]是|字体|字号|文字大小|现在|当前|今[天日]|北京时间|系统时间|打印时间"
    "|阅览|围观|播放|收听|读者|转发|已阅|在线人数|赞:|(?i:views?|hits?|reads?|clicks?|visits?|[pu]v):|:[0-5][0-9]:[0-5]"
)
_DASHES = regex(r"-{2,}")
_DOTS = regex(r"\.{3,}|…{2,}")
_GAPS = regex(r"\s+")
_FIGURES = frozenset(string.digits)
_LETTERS = frozenset(string.ascii_letters)


@cache
def script() -> dict[str, str]:
    """Return Traditional character → Simplified character."""
    return _pairs("script.txt")


@cache
def shapes() -> dict[str, str]:
    """Return radicals, compatibility and private-use characters and vertical forms → the character they show."""
    return _pairs("shapes.txt")


@cache
def units() -> dict[str, str]:
    """Return units written as one character → what they are made of: ``㎡`` → ``m²``."""
    return _pairs("units.txt")


@cache
def bare() -> dict[str, str]:
    """Return letters → small letters without accents."""
    return _pairs("bare.txt")


@cache
def letters() -> frozenset[str]:
    """Return the characters below U+20000 that are letters or figures; all of planes 2 and 3 are."""
    ranges = (line.split() for line in _lines("letters.txt"))
    codes = (range(int(first, 16), int(last, 16) + 1) for first, last in ranges)
    return frozenset(chr(code) for found in codes if found[0] < 0x20000 for code in found)


def is_letter(character: str) -> bool:
    """Say whether a character is a letter, a figure or an ideograph."""
    return character in letters() or "\U00020000" <= character < "\U0003fffe"


def _pairs(name: str) -> dict[str, str]:
    lines = (line.split(" ", 2) for line in _lines(name))
    return {chr(int(code, 16)): put for code, _, put in lines}


def _lines(name: str) -> Iterator[str]:
    text = files("archive.text").joinpath(name).read_text(encoding="utf-8")
    return (line for line in text.split("\n") if line and not line.startswith("#"))


def invisible() -> frozenset[str]:
    """Return the characters that change nothing a reader sees; a joined emoji falls into its parts."""
    ranges = (range(first, last + 1) for first, last in _INVISIBLE_RANGES)
    return frozenset(chr(code) for codes in ranges for code in codes)


@cache
def t2s() -> opencc.OpenCC:
    """Return the one converter from Traditional to Simplified: ``t2s``, which keeps words and lengths."""
    return opencc.OpenCC("t2s")


def script_table() -> dict[str, str]:
    """Return Traditional character → Simplified character, closed under itself, 著 → 着 included.

    Merges what Simplified merges (乾, 幹 and 干): a key for comparing, never a text to show.
    """
    return script()


@cache
def traditional_only() -> frozenset[str]:
    """Return the characters that only Traditional writing has: converted by ``t2s`` and not in GB 2312."""
    return frozenset(c for c in script_table() if not _in_gb2312(c))


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


@cache
def one_width() -> dict[int, str | None]:
    """Return the translation that gives each character its one width, shape and script and drops what is unseen.

    White space becomes a space, except the tab, which separates cells, and the end of a line.
    """
    table: dict[int, str | None] = {0xFF01 + i: chr(0x21 + i) for i in range(94)}
    table.update({ord(c): script_table().get(shown, shown) for c, shown in shapes().items()})
    table.update({ord(c): s for c, s in script_table().items()})
    table.update({ord(c): canonical for canonical, alike in _ALIKE.items() for c in alike})
    table.update({ord(c): " " for c in _SPACES if c not in "\t\n"})
    table.update({code: None for code in range(0x20) if chr(code) not in _SPACES})
    table.update({code: None for code in range(0x7F, 0xA0) if chr(code) not in _SPACES})
    table.update({ord(c): None for c in invisible()})
    # What a character is written as may itself be written otherwise: ｀ is `, which is '.
    return {code: table.get(ord(put), put) if put and len(put) == 1 else put for code, put in table.items()}


@cache
def fold_table() -> dict[int, str | None]:
    """Return ``one_width`` with units spelt out and small letters, and bare ones: ``é`` is ``e`` here, composed or not."""
    table = dict(one_width())
    small = {ord(letter): plain for letter, plain in bare().items()}
    table.update({ord(unit): plain.translate(small) for unit, plain in units().items()})
    table.update(small)
    table.update({code: plain.translate(small) for code, plain in one_width().items() if plain})
    return table


def canon(text: str) -> str:
    """Return what decides versions: two texts with one canonical form say the same.

    A key for comparing, not a text to read. Equal forms do not prove equal bytes, nor equal characters of
    different script (乾 and 干 are one here). Taken of itself it is itself.
    """
    plain = _narrow(text, one_width())
    unspaced = _unspaced(plain)
    if not _LABEL.search(unspaced):
        return unspaced
    for _ in range(4):  # what stood around a removed span may be one now
        before, plain = plain, _unspaced(_VOLATILE.sub(" ", plain))
        if plain == before:
            break
    return plain


def _narrow(text: str, widths: Mapping[int, str | None]) -> str:
    plain = text.translate(widths)
    # Unicode promises never to change what NFC makes of a character that is assigned.
    while not unicodedata.is_normalized("NFC", plain):
        plain = unicodedata.normalize("NFC", plain).translate(widths)
    return plain


def _unspaced(narrow: str) -> str:
    plain = "".join(_GAPS.sub(_kept_space, narrow).split()).replace("\x00", " ").replace("\x01", "\t")
    return unicodedata.normalize("NFC", _DOTS.sub("…", _DASHES.sub("-", plain)))


def _kept_space(gap: re.Match[str]) -> str:
    """Return what stays of white space: a mark where it parts two figures (one a tab) or two Latin words."""
    before, after = gap.string[gap.start() - 1 : gap.start()], gap.string[gap.end() : gap.end() + 1]
    parted = (before in _FIGURES and after in _FIGURES) or (before in _LETTERS and after in _LETTERS)
    return ("\x01" * gap[0].count("\t") or "\x00") if parted else " "
