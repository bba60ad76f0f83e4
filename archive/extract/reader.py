"""From a page to an article: the order of the steps. Beside it, what can be said of a page without a tree.

``read`` is the way of every page. ``read_cheaply`` is the last resort for a page that costs too much;
``visible_digest`` says whether two bodies show the same.
"""

from __future__ import annotations

import dataclasses
import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from html import unescape
from operator import add
from typing import Any

from archive import CHEAP
from archive.extract.answers import laid_out, turns_of
from archive.extract.blocks import blocks_of, moved
from archive.extract.charset import decode
from archive.extract.container import LEAST, Choice, choose, enclosing, family_of
from archive.extract.dates import believed, metas_of
from archive.extract.forms import join_texts, next_pages, with_turns, without_closing
from archive.extract.furniture import squash
from archive.extract.links import MOST_FILES, attachments, branches, outlinks
from archive.extract.metadata import Facts, facts_of
from archive.extract.outline import Outline
from archive.extract.render import Rendering, render
from archive.extract.stripping import (
    BOTH,
    OURS,
    THEIRS,
    TrafilaturaText,
    compared,
    disagree,
    rivals,
    trafilatura_text,
)
from archive.extract.styles import RUBY, STRUCK
from archive.extract.surroundings import with_card
from archive.extract.title import head_title, stripped
from archive.extract.tree import base_url, first_text, joined, nodes_of, parse, select
from archive.extract.walk import outline
from archive.extract.worth import correct, line_worth
from archive.model import Article, Outcome, Page, Removed, Rules, Site, Unreadable
from archive.model.files import is_unnamed, leads_to_file, name_in
from archive.patterns import regex
from archive.trust import STRANGE, page_signature, page_signs
from archive.urls import host_of, is_transcript

_SHORT = 40
_OTHER_KINDS = (
    (b"%PDF-", "pdf"),
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0", "office"),
    (b"\x89PNG", "png"),
    (b"GIF8", "gif"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"Rar!", "rar"),
    (b"\x1f\x8b", "gzip"),
)
FLAG = CHEAP
SENTENCE = regex(r"[。！？；，]")
_SILENT = regex(r"<(script|style|noscript|textarea)\b", re.IGNORECASE)
_BLOCK_TAG = regex(r"</?(?:p|div|br|tr|li|h[1-6]|table|section|article)\b[^<>]{0,400}>", re.IGNORECASE)
_SHORT_TAG = regex(r"<[^<>]{0,4000}>")
_TITLE_TAG = regex(r"<title[^<>]{0,400}>([^<]{1,500})", re.IGNORECASE)
_COMMENT_OR_SCRIPT = regex(rb"<!--|<script\b", re.IGNORECASE)
_END = {b"<!--": b"-->", b"<scr": b"</script"}
# What decides by its tag alone whether a text is seen, and how: a tag that comes or goes changes what is read.
_MEANINGFUL_TAG = regex(rb"</?(?:del|s|strike|sup|sub|rt|rp|ruby|ol|li|pre|br|p|style)\b", re.IGNORECASE)
_MEANINGFUL_ATTRIBUTE = regex(
    rb"\s(?:style|hidden|value|start|reversed)\b(?:\s{0,9}=\s{0,9}(?:\"[^\"]{0,2000}\"|'[^']{0,2000}'|[^\s\"'>]{1,2000}))?",
    re.IGNORECASE,
)
_META = regex(rb"<meta\b[^<>]{0,2000}>", re.IGNORECASE)
_LINK = regex(rb"<a\b([^<>]{1,4000})>", re.IGNORECASE)
_ADDRESS = regex(
    rb"\b(?:href|onclick)\s{0,9}=\s{0,9}(?:\"([^\"]{1,2083})|'([^']{1,2083})|([^\"'\s]{1,2083}))",
    re.IGNORECASE,
)
_ANY_TAG = regex(rb"<[^<>]{0,20000}>")
_SPACE = regex(rb"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A page decoded, parsed and laid flat; the body not yet chosen."""

    page: Page
    site: Site | None
    source: str
    laid: Outline
    head: str
    flags: tuple[str, ...]
    families: bool = True
    by: str = BOTH


def read(
    page: Page, site: Site | None = None, *, families: bool = True, by: str = BOTH
) -> Article | Unreadable:
    """Return what the page says as an article, or why it cannot be read.

    Nothing is fetched, nothing is looked up: the same page, rules and libraries give the same article for ever.
    Without ``families`` it is read as a page of a publishing system that nobody knows, and ``by`` our ``rules`` or
    ``trafilatura`` alone its text is stripped by that side only: for measuring, never for keeping.
    """
    if site is not None and site.rules.answer:
        return _read_answer(page, site, families, by)
    article = _read_all(page, site, families, by)
    if isinstance(article, Unreadable) or site is None:
        return article
    article = without_closing(article, site.rules.closing)
    return with_turns(article) if is_transcript(page.url, site) else article


def _read_answer(page: Page, site: Site, families: bool, by: str) -> Article | Unreadable:
    """Return an article that is a JSON answer; what came in its place may be a page that says why."""
    made = laid_out(page, site)
    if made is not None:
        return read(*made, families=families, by=by)
    instead = _read_all(page, site, families, by)
    return instead if isinstance(instead, Unreadable) else Unreadable(reason="no JSON where JSON was asked")


def _script_address(opened: _Opened) -> str:
    """Return the address of the script file that holds a page's turns; empty where its site or the page names none."""
    selectors = dict(opened.site.rules.script) if opened.site else {}
    named = select(opened.laid.root, selectors["address"]) if selectors else []
    return joined(base_url(opened.laid.root, opened.page.url), named[0].get("src") or "") if named else ""


def _scripted(opened: _Opened, address: str) -> Article | Unreadable:
    """Return an article whose turns stand in a script file, once that came; before, an article that waits for it."""
    assert opened.site is not None
    rules = opened.site.rules
    first = _read_opened(opened)
    if isinstance(first, Unreadable):
        if first.outcome is not Outcome.UNREADABLE or not first.title:
            return first
        said, _ = first_text(opened.laid, rules.title)
        first = Article(title=said.strip() or first.title, text="", published_at=first.published_at)
    if not opened.page.parts:
        return dataclasses.replace(first, next_pages=(address,))
    return _with_script(first, opened.page, rules)


def _with_script(first: Article, page: Page, rules: Rules) -> Article | Unreadable:
    """Return the article with the turns of its script file, every word of them: a question is no byline there."""
    _, body, content_type = page.parts[0]
    turns = turns_of(decode(body, content_type).text, rules)
    if turns is None:
        return Unreadable(
            reason="the script file holds no turns", title=first.title, published_at=first.published_at
        )
    lines = [line for speaker, words in turns for line in _turn(speaker, words)]
    text = "\n".join([*first.text.splitlines(), *lines])
    evidence = {**first.evidence, "text": f"the script file that {dict(rules.script)['address']} names"}
    return with_turns(dataclasses.replace(first, text=text, blocks=(), next_pages=(), evidence=evidence))


def _turn(speaker: str, words: str) -> list[str]:
    """Return the lines of a turn, the speaker's name in the first of them."""
    lines = [line.strip() for line in _bare_lines(words) if line.strip()]
    return [f"{speaker.strip()}：{lines[0]}", *lines[1:]] if lines and speaker.strip() else lines


def _read_all(page: Page, site: Site | None, families: bool, by: str) -> Article | Unreadable:
    opened = _open(page, site, families, by)
    if isinstance(opened, Unreadable):
        return believed(opened, page.captured_at)
    if address := _script_address(opened):
        return _scripted(opened, address)
    first = believed(_read_opened(opened), page.captured_at)
    if isinstance(first, Unreadable) or not page.parts:
        return first
    parts = [_read_page(Page(url=u, body=b, content_type=c), site, families, by) for u, b, c in page.parts]
    article = _joined(first, parts)
    held = {page.url, *(url for url, _, _ in page.parts)}
    return dataclasses.replace(article, next_pages=tuple(u for u in article.next_pages if u not in held))


def _read_page(page: Page, site: Site | None, families: bool, by: str) -> Article | Unreadable:
    opened = _open(page, site, families, by)
    return opened if isinstance(opened, Unreadable) else _read_opened(opened)


def _read_opened(opened: _Opened) -> Article | Unreadable:
    choice, missed = _chosen(opened)
    rival = choice is None
    choice = choice or _rival(opened)
    if choice is None:
        title = stripped(opened.head, metas_of(opened.laid.root))
        facts = facts_of(opened.laid, len(opened.laid.nodes) - 1, opened.head, [])
        return _without_text(facts, title, opened.flags)
    facts, rendering, theirs = _rendered(opened, choice)
    if not rival and _is_doubtful(opened, choice, rendering) and (better := _rival(opened, rendering)):
        rival, choice = True, better
        facts, rendering, theirs = _rendered(opened, choice)
    if squash(rendering.text) in ("", squash(facts.title)):
        return _without_text(facts, facts.title, opened.flags + missed, rendering.removed)
    doubts = ("second_reading",) * rival + _doubts(opened, rendering, theirs)
    facts.evidence["stripped"] = compared(rendering.by, theirs)
    article = _article(opened, choice, facts, rendering, missed + doubts)
    return with_card(article, opened.laid, choice.node)


def _rendered(opened: _Opened, choice: Choice) -> tuple[Facts, Rendering, TrafilaturaText | None]:
    """Return the facts and the text of a container, and what trafilatura kept of it."""
    laid, rules = opened.laid, opened.site.rules if opened.site else None
    first = [line.text for line in laid.lines if laid.within(line, choice.node)][:8]
    facts = facts_of(laid, choice.node, opened.head, first, rules)
    dropped = frozenset(nodes_of(laid, rules.drop)) if rules else frozenset()
    theirs = trafilatura_text(laid, choice.node) if opened.by != OURS else None
    rendering = render(laid, choice.node, facts.title, drop=dropped, theirs=theirs, by=opened.by)
    return facts, rendering, theirs


def _without_text(
    facts: Facts, title: str, flags: tuple[str, ...], removed: tuple[Removed, ...] = ()
) -> Unreadable:
    return Unreadable(
        reason="no text",
        flags=flags,
        title=title,
        published_at=facts.published_at,
        meta_published_at=facts.meta_published_at,
        source_line=facts.source_line,
        removed=removed,
    )


def _open(page: Page, site: Site | None, families: bool, by: str) -> _Opened | Unreadable:
    if other := _other_kind(page.body):
        return Unreadable(reason=f"no page: {other}")
    decoded = decode(page.body, page.content_type)
    parsed = parse(decoded.text)
    root, flags = parsed.root, decoded.flags + parsed.flags
    if root is None:
        return Unreadable(reason="no text", flags=flags)
    laid, head = outline(root), head_title(root)
    shown = "\n".join(line.text for line in laid.lines[:400] if not laid.nodes[line.node].hidden)
    if signature := page_signature(shown, head, decoded.text):
        return dataclasses.replace(signature, flags=signature.flags + flags, title=head)
    flags += ("hidden_body",) * correct(laid) + ("cut",) * laid.cut
    return _Opened(
        page=page,
        site=site,
        source=parsed.source,
        laid=laid,
        head=head,
        flags=flags,
        families=families,
        by=by,
    )


def _other_kind(body: bytes) -> str:
    """Return what a body is by its first bytes when it is no page, whatever the server called it."""
    start = body[:16].lstrip()
    return next((kind for mark, kind in _OTHER_KINDS if start.startswith(mark)), "")


def _chosen(opened: _Opened) -> tuple[Choice | None, tuple[str, ...]]:
    """Return the container, by the site's rule first, and whether a declared rule matched nothing."""
    rule = opened.site.rules.body if opened.site else ()
    nodes = nodes_of(opened.laid, rule)
    with_text = [n for n in nodes if any(opened.laid.within(line, n) for line in opened.laid.lines)]
    if nodes:
        node = (with_text or nodes)[0]
        how = family_of(opened.laid.nodes[node].label, opened.laid.nodes[node].tag)
        return Choice(node=node, how=f"rule {how}".strip(), worth=0.0, known=True), ()
    found = choose(opened.laid, opened.head, families=opened.families)
    return found, ("rule_missed",) if rule else ()


def _is_doubtful(opened: _Opened, choice: Choice, ours: Rendering) -> bool:
    """Say whether a text is short beside the prose of its page, or mere links."""
    if choice.known:
        return False
    prose = sum(line.size for line in opened.laid.lines if line.size > 30 and line.linked == 0)
    linked = sum(line.linked for line in ours.lines) > 0.6 * sum(line.size for line in ours.lines)
    return linked or (len(ours.text) < _SHORT and prose > 3 * len(ours.text) + 100)


def _rival(opened: _Opened, ours: Rendering | None = None) -> Choice | None:
    """Return the container of the best of trafilatura's readings of the page, where it is worth more than ours."""
    if opened.by == OURS:
        return None
    laid = opened.laid
    least = max(LEAST, 2 * sum(line_worth(laid, line) for line in ours.lines) if ours else 0.0)
    best = max(rivals(laid, opened.source, least), key=lambda rival: rival[2], default=None)
    if best is None or best[2] < least:
        return None
    kept, lines, worth = best
    return Choice(node=enclosing(laid, lines), how=f"{THEIRS}, {kept.how}", worth=worth)


def _doubts(opened: _Opened, rendering: Rendering, theirs: TrafilaturaText | None) -> tuple[str, ...]:
    if theirs is None:
        return ()
    return ("readings_disagree",) * disagree(opened.laid, rendering.lines, theirs)


def _article(
    opened: _Opened, choice: Choice, facts: Facts, rendering: Rendering, doubts: tuple[str, ...]
) -> Article:
    laid, page = opened.laid, opened.page
    base = base_url(laid.root, page.url)
    files = attachments(laid, choice.node, base, opened.site)
    article = Article(
        **facts.named(),
        text=rendering.text,
        attachments=files[:MOST_FILES],
        next_pages=next_pages(laid, choice.node, page.url, base, opened.site, opened.source),
        branches=branches(laid, page.url, base, opened.site),
        removed=rendering.removed,
        blocks=blocks_of(laid, choice.node, rendering.entries, base),
        flags=opened.flags + facts.flags + doubts + ("files_cut",) * (len(files) > MOST_FILES),
        evidence={"text": f"{choice.how}: {laid.where(choice.node)}", **facts.evidence},
    )
    return _with_signs(article, opened, choice, base)


def _with_signs(article: Article, opened: _Opened, choice: Choice, base: str) -> Article:
    """Return the article with the signs of tampering that the page shows by itself, and the title it bears for it."""
    laid = opened.laid
    hidden = [line.text for line in laid.lines if laid.nodes[line.node].hidden not in ("", STRUCK, RUBY)]
    shown = [line.text for line in laid.lines if not laid.nodes[line.node].hidden]
    signs = page_signs(
        article,
        html_title=opened.head,
        outlinks=outlinks(laid, choice.node, base),
        domains=opened.site.domains if opened.site else (host_of(opened.page.url),),
        hidden=hidden,
        page_text="\n".join(shown),
    )
    strange = (Removed(kind=STRANGE, text=opened.head[:500], where="title"),) * ("spam_title" in signs)
    return dataclasses.replace(
        article, flags=tuple(dict.fromkeys(article.flags + signs)), removed=article.removed + strange
    )


def _joined(first: Article, parts: list[Article | Unreadable]) -> Article:
    """Return the article of all its pages: texts in order, files and removed blocks of all of them."""
    read_parts = [part for part in parts if isinstance(part, Article)]
    text, repeated = join_texts([first.text, *(part.text for part in read_parts)])
    flags = ("part_unreadable",) * (len(read_parts) < len(parts)) + ("part_repeated",) * repeated
    blocks, at = list(first.blocks), len(first.text) + 1
    for part in () if repeated else (part for part in read_parts if part.text):
        blocks += moved(part.blocks, partial(add, at))
        at += len(part.text) + 1
    removed: list[Removed] = [r for article in (first, *read_parts) for r in article.removed]
    files: dict[str, Any] = {a.url: a for article in (first, *read_parts) for a in article.attachments}
    return dataclasses.replace(
        first,
        text=text,
        attachments=tuple(files.values()),
        removed=tuple(removed),
        blocks=tuple(blocks) if not repeated else (),
        next_pages=tuple(dict.fromkeys(u for article in (first, *read_parts) for u in article.next_pages)),
        flags=first.flags + flags,
    )


def read_cheaply(page: Page) -> Article | Unreadable:
    """Return the lines of a page that read like sentences, with whatever its title element says.

    It knows nothing of containers: menus without punctuation fall away, a disclaimer may stay.
    """
    text = decode(page.body, page.content_type).text
    title = _TITLE_TAG.search(text)
    lines = _bare_lines(text)
    kept = [line.strip() for line in lines if len(line.strip()) > 20 and SENTENCE.search(line)]
    if not kept or title is None:
        return Unreadable(reason="reader_time: no text found in time", flags=(FLAG,))
    return Article(
        title=title[1].strip(),
        text="\n".join(kept).replace("\0", ""),
        flags=(FLAG,),
        evidence={"title": "title element", "text": "lines with sentence marks"},
    )


def _bare_lines(text: str) -> list[str]:
    """Return the lines of markup without a tree: a block ends a line, other tags go, references are resolved."""
    return html.unescape(_SHORT_TAG.sub("", _BLOCK_TAG.sub("\n", _without_scripts(text)))).splitlines()


def _without_scripts(text: str) -> str:
    pieces, at = [], 0
    while opened := _SILENT.search(text, at):
        pieces.append(text[at : opened.start()])
        end = text.lower().find(f"</{opened[1].lower()}", opened.end())
        if end < 0:
            return "".join(pieces)
        at = end
    return "".join(pieces) + text[at:]


def visible_digest(page: Page) -> str:
    """Return ``sha256:`` and hex over a page's texts, its meta elements and the addresses of attached files.

    What hides a text, strikes it out, raises or numbers it counts with the text.

    Equal digests mean that no reader could tell the pages apart; unequal ones may differ in a counter only.
    """
    body = _markup_shown(page.body)
    marks = b"\n".join([*(match[0] for match in _META.finditer(body)), *_files(body)])
    text = _SPACE.sub(b" ", _ANY_TAG.sub(_meaning_of_tag, body))
    digest = hashlib.sha256(page.content_type.encode() + b"\0" + marks + b"\0" + text)
    return "sha256:" + digest.hexdigest()


def _meaning_of_tag(match: re.Match[bytes]) -> bytes:
    """Return what a tag says about the text in it: its name where that tells, what hides, numbers or fills in."""
    name = _MEANINGFUL_TAG.match(match[0])
    shown = b"".join(_MEANINGFUL_ATTRIBUTE.findall(match[0])) if b" " in match[0] else b""
    return b" " + (name[0] if name else b"") + shown + b" "


def _files(body: bytes) -> Iterator[bytes]:
    """Yield the addresses that lead to files, or may: those without an ending, and what scripts of links name."""
    for link in _LINK.finditer(body):
        for found in _ADDRESS.finditer(link[1]):
            address = unescape((found[1] or found[2] or found[3]).decode("latin-1"))
            is_script = found[0][:2].lower() == b"on" or address[:11].lower() == "javascript:"
            named = name_in(address[-400:]) if is_script else leads_to_file(address)
            if named or (not is_script and is_unnamed(address, programs=True)):
                yield address.encode("utf-8")


def _markup_shown(body: bytes) -> bytes:
    """Return the body without comments and scripts; one that never ends swallows the rest."""
    lower = body.lower()
    pieces, at = [], 0
    while opened := _COMMENT_OR_SCRIPT.search(body, at):
        pieces.append(body[at : opened.start()])
        closing = _END[lower[opened.start() : opened.start() + 4]]
        end = lower.find(closing, opened.end())
        if end < 0:
            return b"".join(pieces)
        at = end + len(closing)
    return b"".join(pieces) + body[at:]
