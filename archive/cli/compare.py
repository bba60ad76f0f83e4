"""``yuanben compare``: a copy set against its original, and an account of every difference.

This module also formats the account for a terminal.
"""

from __future__ import annotations

import os
import re
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

from archive.cli.options import add_archive, add_json, address, holding
from archive.cli.terminal import Working, body_of, clipped, one_line, print_json, styled, when
from archive.collate import Collation, Kind, Variant
from archive.collate.comparison import Comparison, Copy, FieldDifference, as_json
from archive.errors import BadInput
from archive.extract import decode
from archive.face import Holding, as_copy, read
from archive.model import Article
from archive.patterns import regex

_AROUND = 14
_LONGEST = 120
_MOST_NOW = 5
_FIELDS = {"title": "title", "published_at": "date", "source_line": "source"}
_KINDS = {
    Kind.OMITTED: "left out",
    Kind.ADDED: "added",
    Kind.ALTERED: "reworded",
    Kind.NUMBER: "number",
    Kind.DATE: "date",
    Kind.NAME_OR_TITLE: "name or title",
    Kind.PUNCTUATION: "punctuation",
    Kind.REORDERED: "moved",
}
_MARKUP = regex(rb"<(?:!doctype\s+html|html|head|body|div|p|meta)\b", re.IGNORECASE)


def page(made: Comparison) -> str:
    """Return the account: the original and why, automatic damage, rewrite rules, then every variant."""
    lines = [*_sides(made), *_leads(made)]
    if made.collation:
        lines += ["", *_sum(made.collation), *_lost(made.collation), *_rules(made.collation)]
        lines += [*_variants(made, made.collation), *_values(made.collation), *_boilerplate(made)]
    lines += _missing(made)
    return "\n".join(lines)


def _sides(made: Comparison) -> Iterator[str]:
    copy, original = made.copy, made.choice.original
    title = one_line(copy.title) or "(no title)"
    yield f"copy      {styled(title, 'bold')} · {len(copy.text)} characters"
    if original is None:
        yield styled("original  none in this archive", "bold", "yellow")
    else:
        said = [original.publisher, original.published_at or "undated", f"version {original.version}"]
        yield f"original  {styled(one_line(original.title) or '(no title)', 'bold')} · {one_line(' · '.join(said))}"
        yield f"          {styled(one_line(original.url), 'dim')}"
    yield from (f"          {one_line(reason)}" for reason in made.choice.reasons)
    yield from _versions(made)
    others = [one for one in made.candidates if original is None or one.document != original.document]
    for one in others[:5]:
        unfit = made.choice.unfit.get(one.document)
        why = f"; not its original: {unfit}" if unfit else ""
        yield one_line(
            f"          also shares words: {one.url} ({one.containment:.0%} of the shorter text){why}"
        )
    yield from (_field(field) for field in made.fields)


def _versions(made: Comparison) -> Iterator[str]:
    """Yield the other versions, and what the current one says in place of the copied one."""
    now, original = made.superseding, made.choice.original
    others = [one for one in made.versions if original and one.version != original.version]
    if others:
        counts = "; ".join(
            f"version {one.version}: {_counted(one.substantive, 'difference')}, {one.coverage:.0%}"
            for one in others
        )
        yield one_line(f"          it follows version {original.version if original else ''} best ({counts})")
    if now is None:
        return
    yield styled(
        f"          superseded by version {now.version}, captured {when(now.captured_at, 'at no known time')}",
        "yellow",
    )
    for edit in now.edits[:_MOST_NOW]:
        yield one_line(
            f"          it says now: {_abridged(edit.from_text) or '∅'} → {_abridged(edit.to_text) or '∅'}"
        )
    if len(now.edits) > _MOST_NOW:
        yield f"          and {_counted(len(now.edits) - _MOST_NOW, 'change')} more"


def _field(field: FieldDifference) -> str:
    return one_line(
        f"{_FIELDS[field.field]:<10}the copy says {field.copy}, the original {field.original or 'shows none'}"
    )


def _leads(made: Comparison) -> Iterator[str]:
    if made.choice.original and not made.splices:
        return
    for splice in made.splices:
        yield one_line(
            f"spliced   characters {splice.copy_start}–{splice.copy_end} stand in {splice.url} ({splice.containment:.0%})"
        )
    if made.choice.original is None and not made.leads:
        yield "lead      none: the copy names no outlet, and no site has the path of its address; try: --url URL, where it was found"
    for lead in made.leads if made.choice.original is None else ():
        where = f" — {lead.url}" if lead.url else ""
        yield one_line(f"lead      {lead.says}{where}; try: {lead.command}")


def _sum(collation: Collation) -> Iterator[str]:
    yield styled(
        f"{collation.coverage:.1%} of the original stands in the copy; "
        f"{_counted(collation.substantive, 'difference')} of substance",
        "bold",
    )
    damage = collation.damage
    counts = {
        "reading in brackets": damage.glosses,
        "character in the other script": damage.script,
        "character of another width or shape": damage.width,
        "word of Taiwan usage, by a phrase table": damage.phrases,
        "place with lost characters": len(damage.lost),
        "figure of the same value, written differently": len(collation.same_values),
        "block of boilerplate": len(collation.boilerplate),
    }
    said = [_counted(count, what) for what, count in counts.items() if count]
    if said:
        yield "not counted among them: " + ", ".join(said)


def _lost(collation: Collation) -> Iterator[str]:
    for lost in collation.damage.lost:
        if lost.proven:
            yield one_line(f"lost      {lost.found} was {lost.restored} — proven: the damage can be repeated")
        elif lost.restored:
            yield one_line(
                f"lost      {lost.found} stands where the original has {lost.restored}; not proven"
            )
        else:
            yield one_line(f"lost      {lost.found}")


def _rules(collation: Collation) -> Iterator[str]:
    for rule in collation.rules:
        if rule.kind == "append":
            yield one_line(f"rule      appended: {clipped(rule.found, 80)}")
        else:
            yield one_line(f"rule      {rule.name} · {_counted(rule.count, 'time')}")


def _variants(made: Comparison, collation: Collation) -> Iterator[str]:
    hands = [variant for variant in collation.variants if variant.rule is None]
    ruled = [variant for variant in collation.variants if variant.rule is not None]
    if hands:
        yield ""
        yield styled("no rule explains", "bold")
        yield from (_variant(made, variant) for variant in hands)
    if ruled:
        yield ""
        yield styled("explained by a rule", "bold")
        yield from (_variant(made, variant) for variant in ruled)


def _variant(made: Comparison, variant: Variant) -> str:
    text = made.choice.original.text if made.choice.original else ""
    before = one_line(text[max(0, variant.original_start - _AROUND) : variant.original_start])
    after = one_line(text[variant.original_end : variant.original_end + _AROUND])
    old = styled(f"[-{_abridged(variant.original_text)}-]", "red") if variant.original_text else ""
    new = styled(f"{{+{_abridged(variant.copy_text)}+}}", "green") if variant.copy_text else ""
    same = f"  ({_places(variant)})" if variant.places > 1 else ""
    return f"  {_KINDS[variant.kind]:<14}…{before}{old}{new}{after}…{same}"


def _places(variant: Variant) -> str:
    if variant.throughout:
        return f"the same in each place, {variant.places} in all"
    return f"the same in {variant.places} places"


def _values(collation: Collation) -> Iterator[str]:
    if collation.same_values:
        yield ""
        yield styled("the same value, written differently", "bold")
        yield from (one_line(f"  {one.original_text} → {one.copy_text}") for one in collation.same_values)


def _boilerplate(made: Comparison) -> Iterator[str]:
    if made.collation and made.collation.boilerplate:
        yield ""
        yield styled("boilerplate", "bold")
        for block in made.collation.boilerplate:
            yield f"  {block.kind.replace('_', ' '):<14}{clipped(one_line(block.text), 80)}"


def _missing(made: Comparison) -> Iterator[str]:
    text = made.copy.text
    for hole in made.missing:
        around = text[max(0, hole.start - 8) : hole.end + 8]
        yield one_line(f"missing   something, in …{around}… — {hole.says}")


def _abridged(text: str) -> str:
    plain = one_line(text)
    half = _LONGEST // 2
    return plain if len(plain) <= _LONGEST else f"{plain[:half]} … {plain[-half:]}"


def _counted(count: int, what: str) -> str:
    head, _, rest = what.partition(" ")
    return f"{count} {head}{'' if count == 1 else 's'}{' ' + rest if rest else ''}"


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "copy",
        metavar="COPY",
        help="a file (HTML or text), - for input, or a document of the archive by its address or number",
    )
    parser.add_argument("--original", metavar="URL", help="set it against this document")
    parser.add_argument(
        "--url", metavar="URL", help="the address a file came from: its path may tell the original"
    )
    parser.add_argument("--html", metavar="FILE", help="write the account as one page, too")
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Find the original, collate, and print the account. A missing original is no error."""
    if options.url:
        address(options.url)
    with holding(options) as held, Working("comparing"):
        made = held.compare(_copy(held, options), original=options.original)
    if options.html:
        _write(options.html, made)
    if options.json:
        print_json(as_json(made))
    else:
        print(page(made))
    return 0


def _copy(held: Holding, options: Namespace) -> Copy:
    name: str = options.copy
    is_held = name.startswith(("http://", "https://")) or name.isdecimal()
    if is_held and not os.path.exists(name):
        return held.copy(name)
    body = body_of(name, give="a text or HTML file, - for input, or an address")
    if _MARKUP.search(body[:4096]):
        return _article(body, options.url or f"file:///{Path(name).name}", options.url)
    return Copy(title="", text=decode(body).text, url=options.url)


def _article(body: bytes, address: str, url: str | None) -> Copy:
    article = read(body, url=address, content_type="text/html")
    if not isinstance(article, Article):
        raise BadInput(f"the page cannot be read ({article.reason}) — save its text and give that")
    return as_copy(article, url=url)


def _write(path: str, made: Comparison) -> None:
    from archive.cli.account_page import html

    try:
        Path(path).write_text(html(made), encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror}) — give another path") from None
