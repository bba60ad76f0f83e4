"""Two versions of a text clause by clause (新旧对照表): the pairs, and the table as values, page and Word file. Pure.

A pair says that two clauses hold the same matter, by their words. It does not say that one was made out of the
other. The two columns show the texts as they are; what differs inside a pair is marked, and nothing is left out.
"""

from __future__ import annotations

import io
import re
import zipfile
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from xml.sax.saxutils import escape as xml_escape

from rapidfuzz.distance import LCSseq

from archive.diff import Edit, edits
from archive.patterns import regex
from archive.relations.clauses import Clause, clauses
from archive.relations.grammar import plain, squeezed

_LEAST = 0.36
_ALMOST = 0.5
_MOST_CELLS = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One clause as it is compared: its path and marker, its own words, and these without marks."""

    path: str
    marker: str
    text: str
    key: str
    start: int
    end: int
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A clause of the old text beside the one of the new text that holds its matter.

    ``change``: same, amended, inserted, deleted, moved. ``is_renumbered``: the number differs.
    """

    old: Part | None
    new: Part | None
    change: str
    is_renumbered: bool = False


def aligned(old: str, new: str) -> list[Pair]:
    """Return the clauses of two texts set side by side, in the order of the new text."""
    a, b = parts(old), parts(new)
    matched = _matched(a, b)
    moved = _out_of_order(matched)
    backward = {j: i for i, j in matched.items()}
    pairs = [
        _pair(a[backward[j]], part, j in moved) if j in backward else _lone(None, part)
        for j, part in enumerate(b)
    ]
    return _with_deleted(pairs, a, matched, backward)


def parts(text: str) -> list[Part]:
    """Return what of a text is compared: its 条, or its lowest numbered parts; what stands before them is 〇."""
    found = clauses(text)
    ranked = [clause for clause in found if clause.rank == 4]
    wanted = ranked or _leaves(found)
    annexed = [clause for clause in found if clause.path.startswith("附件") and not ranked]
    chosen = (
        sorted({*wanted, *annexed}, key=lambda clause: (clause.start, clause.level)) if annexed else wanted
    )
    made = [_part(text, clause, chosen) for clause in chosen]
    head = text[: chosen[0].start].strip() if chosen else text.strip()
    if head and not ranked:
        made.insert(0, Part(path="", marker="", text=head, key=key(head), start=0, end=len(head), rank=0))
    return made


def _leaves(found: list[Clause]) -> list[Clause]:
    """Return the upper two levels of a text without 条: 一、 and （一）, each with its own words only."""
    return [clause for clause in found if clause.level <= 2]


def _part(text: str, clause: Clause, chosen: Sequence[Clause]) -> Part:
    inner = [other.start for other in chosen if clause.start < other.start < clause.end]
    end = min(inner, default=clause.end)
    words = text[clause.start : end].strip()
    body = _MARKER.sub("", plain(words), count=1)
    return Part(
        path=clause.path, marker=clause.marker, text=words, key=key(body), start=clause.start,
        end=clause.start + len(words), rank=clause.rank,
    )  # fmt: skip


_MARKER = regex(
    r"^(?:第\S{1,8}?[编章节条](?:之.)?|[一二三四五六七八九十百]{1,4}、|\(.{1,4}?\)|\d{1,2}[.、．])\s*"
)


def key(text: str) -> str:
    """Return a text without marks and white space, by which two clauses are the same."""
    return re.sub(r"[^\w]|_", "", squeezed(plain(text)))


def _matched(a: list[Part], b: list[Part]) -> dict[int, int]:
    """Return which clause of the old text goes with which of the new: equal ones first, then the likest in order."""
    found = _equal(a, b)
    scores = _scores(a, b, found)
    for (i, j), _ in sorted(scores.items(), key=lambda entry: (-entry[1], abs(entry[0][0] - entry[0][1]))):
        if i not in found and j not in found.values():
            found[i] = j
    return found


def _equal(a: list[Part], b: list[Part]) -> dict[int, int]:
    """Return the clauses with the same words, where these words stand once on each side or under one number."""
    count_a, count_b = Counter(part.key for part in a), Counter(part.key for part in b)
    place = {part.key: j for j, part in enumerate(b)}
    found: dict[int, int] = {}
    for i, part in enumerate(a):
        if part.key and count_a[part.key] == count_b.get(part.key) == 1:
            found[i] = place[part.key]
    by_path = {(part.path, part.key): j for j, part in enumerate(b)}
    for i, part in enumerate(a):
        j = by_path.get((part.path, part.key))
        if i not in found and j is not None and j not in found.values():
            found[i] = j
    return found


def _scores(a: list[Part], b: list[Part], found: dict[int, int]) -> dict[tuple[int, int], float]:
    taken = set(found.values())
    rest_a, rest_b = (
        [i for i in range(len(a)) if i not in found],
        [j for j in range(len(b)) if j not in taken],
    )
    scores: dict[tuple[int, int], float] = {}
    grams = {j: _grams(b[j].key) for j in rest_b}
    for i in rest_a:
        mine = _grams(a[i].key)
        for j in rest_b:
            # Most pairs have next to nothing in common: sets say so in a tenth of the time.
            if len(mine.keys() & grams[j].keys()) < 0.15 * min(len(mine), len(grams[j])):
                continue
            like = _likeness(a, b, i, j, mine, grams[j], found)
            if like >= _LEAST:
                scores[i, j] = like
    return scores


def _grams(words: str) -> Counter[str]:
    return Counter(words[at : at + 2] for at in range(len(words) - 1))


def _likeness(
    a: list[Part],
    b: list[Part],
    i: int,
    j: int,
    mine: Counter[str],
    other: Counter[str],
    found: dict[int, int],
) -> float:
    """Return how much two clauses share, with a little more for one number or one place between sure neighbours."""
    shared = sum((mine & other).values())
    least, most = sorted((sum(mine.values()), sum(other.values())))
    if not least or shared / least < 0.3:
        return 0.0
    dice = 2 * shared / (least + most)
    held = shared / least * min(1.0, least / 20)
    if 0.6 * dice + 0.25 * held + 0.24 < _LEAST:
        return 0.0
    x, y = a[i].key, b[j].key
    run = LCSseq.similarity(x, y) / max(1, min(len(x), len(y))) if len(x) * len(y) <= _MOST_CELLS else held
    like = 0.6 * dice + 0.25 * held + 0.15 * run
    near = _is_between(i, j, found)
    same = a[i].marker == b[j].marker
    return like + (0.06 if near else -0.06) + (0.03 if same else 0.0)


def _is_between(i: int, j: int, found: dict[int, int]) -> bool:
    """Say whether a pair crosses no sure pair beside it."""
    before = max((k for k in found if k < i), default=None)
    after = min((k for k in found if k > i), default=None)
    return (before is None or found[before] < j) and (after is None or found[after] > j)


def _out_of_order(matched: dict[int, int]) -> set[int]:
    """Return the new places that are not in the longest run that both texts have in one order."""
    order = [matched[i] for i in sorted(matched)]
    tails: list[int] = []
    behind: dict[int, int | None] = {}
    for j in order:
        at = bisect_left(tails, j)
        behind[j] = tails[at - 1] if at else None
        tails[at : at + 1] = [j]
    kept: set[int] = set()
    step: int | None = tails[-1] if tails else None
    while step is not None:
        kept.add(step)
        step = behind[step]
    return set(order) - kept


def _pair(old: Part, new: Part, is_moved: bool) -> Pair:
    renumbered = old.marker != new.marker
    if old.key != new.key:
        return Pair(old=old, new=new, change="amended", is_renumbered=renumbered)
    return Pair(old=old, new=new, change="moved" if is_moved else "same", is_renumbered=renumbered)


def _lone(old: Part | None, new: Part | None) -> Pair:
    return Pair(old=old, new=new, change="deleted" if new is None else "inserted")


def _with_deleted(
    pairs: list[Pair], a: list[Part], matched: dict[int, int], backward: dict[int, int]
) -> list[Pair]:
    """Return the pairs with the deleted clauses where they stood: behind the pair of the clause before them."""
    made = list(pairs)
    for i, part in enumerate(a):
        if i in matched:
            continue
        at = next((n for n, pair in enumerate(made) if i > 0 and pair.old is a[i - 1]), -1)
        made.insert(at + 1, _lone(part, None))
    return made


CHANGES = {"same": "未变", "amended": "修改", "inserted": "新增", "deleted": "删去", "moved": "移动"}
# Files that differ only in when they were made would not compare equal.
_NO_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a table says above its columns: the document, and each column's version."""

    title: str
    url: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of one side's words, marked when the other side has not got it."""

    words: str
    is_marked: bool


def rows(pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """Return the pairs as the contract names them: old and new with path and text, and the change."""
    return [
        {
            "old": {"path": pair.old.path, "text": pair.old.text} if pair.old else None,
            "new": {"path": pair.new.path, "text": pair.new.text} if pair.new else None,
            "change": pair.change,
            "renumbered": pair.is_renumbered,
        }
        for pair in pairs
    ]


def counts(pairs: Sequence[Pair]) -> dict[str, int]:
    """Return how many pairs there are of each change."""
    return {change: sum(pair.change == change for pair in pairs) for change in CHANGES}


def _label(pair: Pair) -> str:
    label = CHANGES[pair.change]
    return f"{label}（序号变动）" if pair.is_renumbered and pair.change in ("same", "amended") else label


def _sides(pair: Pair) -> tuple[list[_Run], list[_Run]]:
    old, new = pair.old.text if pair.old else "", pair.new.text if pair.new else ""
    if not old or not new:
        return [_Run(old, bool(old))], [_Run(new, bool(new))]
    changed = edits(old, new)
    left = _runs(old, [(e.from_start, e.from_end) for e in changed])
    return left, _runs(new, [_new_span(e) for e in changed])


def _new_span(edit: Edit) -> tuple[int, int]:
    return edit.to_start, edit.to_end


def _runs(words: str, spans: Sequence[tuple[int, int]]) -> list[_Run]:
    made, at = [], 0
    for start, end in spans:
        made += [_Run(words[at:start], False), _Run(words[start:end], True)]
        at = end
    return [run for run in [*made, _Run(words[at:], False)] if run.words]


_STYLE = """
body{font:16px/1.7 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}
table{border-collapse:collapse;width:100%;table-layout:fixed}th,td{border:1px solid #767676;padding:.5rem;vertical-align:top}
td{white-space:pre-wrap;overflow-wrap:anywhere}th{background:#f2f2f2;text-align:left}col.change{width:7rem}
del{background:#fbe0e0;color:#7a0000}ins{background:#dff3e3;color:#00450f;text-decoration:underline}tr.same td{color:#444}
"""


def as_html(pairs: Sequence[Pair], head: Head) -> str:
    """Return the table as one page that needs no other file."""
    body = "".join(_html_row(pair) for pair in pairs)
    tally = "，".join(f"{CHANGES[change]} {count}" for change, count in counts(pairs).items() if count)
    return (
        f'<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><title>{escape(head.title)} 新旧对照表</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(head.title)} 新旧对照表</h1>"
        f"<p>{escape(head.url)}<br>{escape(tally)}</p>"
        '<table><colgroup><col><col><col class="change"></colgroup><thead><tr>'
        f'<th scope="col">{escape(head.old)}</th><th scope="col">{escape(head.new)}</th><th scope="col">变化</th>'
        f"</tr></thead><tbody>{body}</tbody></table></body></html>\n"
    )


def _html_row(pair: Pair) -> str:
    left, right = _sides(pair)
    return (
        f'<tr class="{pair.change}"><td>{_html(left, "del")}</td><td>{_html(right, "ins")}</td>'
        f"<td>{_label(pair)}</td></tr>"
    )


def _html(runs: Sequence[_Run], tag: str) -> str:
    return "".join(f"<{tag}>{escape(r.words)}</{tag}>" if r.is_marked else escape(r.words) for r in runs)


_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="767676"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def as_docx(pairs: Sequence[Pair], head: Head) -> bytes:
    """Return the table as a Word file; the same table gives the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, content in (
            ("[Content_Types].xml", _TYPES),
            ("_rels/.rels", _RELS),
            ("word/document.xml", _document(pairs, head)),
        ):
            part = zipfile.ZipInfo(name, _NO_DATE)
            part.compress_type = zipfile.ZIP_DEFLATED
            parts.writestr(part, content)
    return packed.getvalue()


def _document(pairs: Sequence[Pair], head: Head) -> str:
    top = [[_Run(head.old, False)], [_Run(head.new, False)], [_Run("变化", False)]]
    table = _row(top, is_head=True) + "".join(
        _row([*_sides(pair), [_Run(_label(pair), False)]]) for pair in pairs
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
        f"{_paragraph([_Run(head.title + ' 新旧对照表', False)], is_bold=True)}{_paragraph([_Run(head.url, False)])}"
        f'<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>{_BORDERS}</w:tblBorders></w:tblPr>'
        '<w:tblGrid><w:gridCol w:w="6200"/><w:gridCol w:w="6200"/><w:gridCol w:w="1600"/></w:tblGrid>'
        f"{table}</w:tbl><w:p/><w:sectPr>"
        '<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/></w:sectPr></w:body></w:document>'
    )


def _row(cells: Sequence[Sequence[_Run]], *, is_head: bool = False) -> str:
    widths = (6200, 6200, 1600)
    made = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{"".join(_paragraphs(runs, column, is_head))}</w:tc>'
        for column, (runs, width) in enumerate(zip(cells, widths, strict=True))
    )
    repeated = "<w:trPr><w:tblHeader/></w:trPr>" if is_head else ""
    return f"<w:tr>{repeated}{made}</w:tr>"


def _paragraphs(runs: Sequence[_Run], column: int, is_bold: bool) -> Iterator[str]:
    line: list[_Run] = []
    for run in runs:
        first, *others = run.words.split("\n")
        line.append(_Run(first, run.is_marked))
        for other in others:
            yield _paragraph(line, column, is_bold=is_bold)
            line = [_Run(other, run.is_marked)]
    yield _paragraph(line, column, is_bold=is_bold)


def _paragraph(runs: Sequence[_Run], column: int = 0, *, is_bold: bool = False) -> str:
    return f"<w:p>{''.join(_run(run, column, is_bold) for run in runs if run.words)}</w:p>"


def _run(run: _Run, column: int, is_bold: bool) -> str:
    mark = ("<w:strike/>" if column == 0 else '<w:b/><w:u w:val="single"/>') if run.is_marked else ""
    look = f"<w:rPr>{'<w:b/>' if is_bold else ''}{mark}</w:rPr>" if mark or is_bold else ""
    shown = xml_escape("".join(c for c in run.words if c >= " " or c == "\t"))
    return f'<w:r>{look}<w:t xml:space="preserve">{shown}</w:t></w:r>'
