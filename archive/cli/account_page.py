"""The account of a comparison as one self-contained page: the copy, coloured by its differences.

Every difference carries the original's words, so that every statement can be checked on the page.
"""

from __future__ import annotations

from html import escape

from archive.cli.terminal import clipped, one_line
from archive.collate import Boilerplate, Collation, Rule
from archive.collate.comparison import Comparison
from archive.text.script import visible_marks

_SHORT, _MOST_NOW = 60, 20
_STYLE = """
body{font:16px/1.8 "Noto Serif CJK SC","Songti SC",serif;max-width:46em;margin:2em auto;padding:0 1em;color:#222}
h1{font-size:1.3em}h2{font-size:1.05em;margin-top:2em}dt{color:#666}dd{margin:0 0 .4em}
.copy{white-space:pre-wrap;overflow-wrap:anywhere;border-left:3px solid #ddd;padding-left:1em}
ins,del,mark{text-decoration:none;border-radius:2px;padding:0 .1em}
del{background:#fde2e2;color:#8a1f1f;text-decoration:line-through}ins{background:#dff3df;color:#14541a}
mark{background:#fff1c2}.ruled{outline:1px dotted #888}.block{color:#999;background:#f3f3f3}
.lost{background:#e4e0fb}small{color:#666}table{border-collapse:collapse}td,th{text-align:left;padding:.1em 1em .1em 0}
"""

_LEGEND = (
    "<h2>The copy, as it was found</h2><p><small><del>the original's words</del> <ins>the copy's words</ins> · "
    "<ins class=ruled>dotted</ins>: a rule explains it · <span class=lost>lost characters</span>[what was there] · "
    "<span class=block>no part of the text</span></small></p>"
)

_Piece = tuple[int, int, str]


def html(made: Comparison) -> str:
    """Return the page. All that comes from texts is escaped; it loads nothing and runs nothing."""
    title = made.copy.title or "(no title)"
    parts = [
        "<!doctype html><html lang=zh><meta charset=utf-8>",
        '<meta name=viewport content="width=device-width">',
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
        f"<h1>{escape(title)}</h1>",
        _original(made),
    ]
    if made.collation:
        parts += [_counts(made.collation), _rules(made.collation), _splices(made), _LEGEND]
        parts.append(f"<div class=copy>{_copy(made.copy.text, made.collation)}</div>")
    else:
        parts.append(_leads(made))
    parts.append(_missing(made))
    return visible_marks("\n".join([*parts, "</html>\n"]))


def _original(made: Comparison) -> str:
    one = made.choice.original
    reasons = "".join(f"<dd>{escape(reason)}</dd>" for reason in made.choice.reasons)
    if one is None:
        return f"<dl><dt>Original</dt><dd>none in this archive</dd>{reasons}</dl>"
    said = " · ".join(filter(None, (one.publisher, one.published_at, f"version {one.version}")))
    return (
        f"<dl><dt>Original</dt><dd><b>{escape(one.title or '(no title)')}</b><br>{escape(said)}<br>"
        f"<small>{escape(one.url)}</small></dd>{reasons}</dl>{_now(made)}{_fields(made)}"
    )


def _now(made: Comparison) -> str:
    now = made.superseding
    if now is None:
        return ""
    rows = "".join(
        f"<tr><td>{escape(clipped(one_line(edit.from_text), 120)) or '∅'}<td>{escape(clipped(one_line(edit.to_text), 120)) or '∅'}"
        for edit in now.edits[:_MOST_NOW]
    )
    more = f"<p>and {len(now.edits) - _MOST_NOW} more" if len(now.edits) > _MOST_NOW else ""
    return f"<h2>Superseded by version {now.version}, which says</h2><table>{rows}</table>{more}"


def _fields(made: Comparison) -> str:
    rows = "".join(
        f"<tr><th>{escape(one.field.replace('_', ' '))}<td>{escape(one.copy)}<td>{escape(one.original or '(none)')}"
        for one in made.fields
    )
    head = "<tr><th><th>copy<th>original"
    return f"<h2>What the copy says otherwise of itself</h2><table>{head}{rows}</table>" if rows else ""


def _counts(collation: Collation) -> str:
    damage = collation.damage
    rows = {
        "readings in brackets": damage.glosses,
        "characters in the other script": damage.script,
        "characters of another width or shape": damage.width,
        "words of Taiwan usage, by a phrase table": damage.phrases,
        "places with lost characters": len(damage.lost),
        "figures of the same value, written differently": len(collation.same_values),
        "blocks of boilerplate": len(collation.boilerplate),
    }
    told = {
        "share of the original in the copy": f"{collation.coverage:.1%}",
        "differences of substance": str(collation.substantive),
        **{name: str(count) for name, count in rows.items() if count},
    }
    return "<table>" + "".join(f"<tr><th>{name}<td>{value}" for name, value in told.items()) + "</table>"


def _rules(collation: Collation) -> str:
    if not collation.rules:
        return ""
    rows = "".join(
        f"<tr><td>{escape(clipped(one_line(rule.name), 120))}<td>{_times(rule)}" for rule in collation.rules
    )
    return f"<h2>What a machine did throughout</h2><table>{rows}</table>"


def _times(rule: Rule) -> str:
    return "behind the text" if rule.kind == "append" else f"{rule.count}×"


def _splices(made: Comparison) -> str:
    items = "".join(
        f"<li>characters {one.copy_start}–{one.copy_end} stand in {escape(one.url)} ({one.containment:.0%})"
        for one in made.splices
    )
    return f"<h2>Passages from elsewhere</h2><ul>{items}</ul>" if items else ""


def _leads(made: Comparison) -> str:
    items = "".join(
        f"<li>{escape(lead.says)} {escape(lead.url or '')}<br><code>{escape(lead.command)}</code>"
        for lead in made.leads
    )
    return f"<h2>Where it may be found</h2><ul>{items}</ul>" if items else ""


def _missing(made: Comparison) -> str:
    items = "".join(f"<li>{escape(hole.found)}: {escape(hole.says)}" for hole in made.missing)
    return f"<h2>Where something is probably missing</h2><ul>{items}</ul>" if items else ""


def _copy(text: str, collation: Collation) -> str:
    shown, at = [], 0
    for start, end, markup in sorted(_pieces(text, collation)):
        if start < at:
            continue
        shown += [escape(text[at:start]), markup]
        at = end
    return "".join([*shown, escape(text[at:])])


def _pieces(text: str, collation: Collation) -> list[_Piece]:
    pieces = [_variant(v.copy_start, v.copy_end, v.copy_text, v.original_text, str(v.kind), v.rule)
              for v in collation.variants]  # fmt: skip
    for lost in collation.damage.lost:
        said = f"{lost.restored or '?'}{' (proven)' if lost.proven else ''}"
        shown = f"<span class=lost>{escape(lost.found)}</span><small>[{escape(said)}]</small>"
        pieces.append((lost.copy_start, lost.copy_end, shown))
    pieces += [
        _variant(same.copy_start, same.copy_end, same.copy_text, same.original_text, "the same value", None)
        for same in collation.same_values
    ]
    pieces += [(block.start, block.end, _block(block)) for block in collation.boilerplate]
    return pieces


def _block(block: Boilerplate) -> str:
    kind, text = escape(block.kind.replace("_", " ")), escape(block.text)
    if len(block.text) <= _SHORT:
        return f'<span class=block title="{kind}">{text}</span>'
    return f"<details class=block><summary>{kind}: {len(block.text)} characters</summary>{text}</details>"


def _variant(start: int, end: int, found: str, original: str, kind: str, rule: str | None) -> _Piece:
    said = escape(f"{kind}{f': {rule}' if rule else ''}")
    name = " class=ruled" if rule else ""
    old = f'<del title="{said}"{name}>{escape(original)}</del>' if original else ""
    new = f'<ins title="{said}"{name}>{escape(found)}</ins>' if found else ""
    return start, end, old + new
