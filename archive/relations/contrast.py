"""The table that sets two versions side by side (新旧对照表), as values, as a page and as a Word file. Pure.

The two columns show the texts as they are; what differs inside a pair is marked, and nothing is left out.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from xml.sax.saxutils import escape as xml_escape

from archive.diff import Edit, edits
from archive.relations.alignment import Pair

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
