"""Articles of a special form: cut in several pages, made of pictures, transcripts, texts with a declared closing.

Who speaks in a transcript is told line by line: one line a turn, ``姓名：…``, whether or not the page breaks it after
the name. A closing (a wire's mark, a notice on copyright) is declared, because only the site knows it.
"""

from __future__ import annotations

import dataclasses
import re
from bisect import bisect_right
from typing import Any
from urllib.parse import urlsplit

from archive.extract.blocks import clipped, moved
from archive.extract.charset import decode
from archive.extract.dates import believed
from archive.extract.furniture import squash
from archive.extract.metadata import facts_of
from archive.extract.outline import Outline
from archive.extract.title import head_title
from archive.extract.tree import base_url, joined, nodes_of, parse, select
from archive.extract.walk import outline
from archive.model import Article, Link, Page, Removed, Site, Unreadable
from archive.patterns import regex

_MOST_PAGES = 100
_PAGER = regex(
    r"^(?:\[?\s?\d{1,2}\s?\]?|第?\d{1,2}页|(?:下一?|后一|尾|末|最后一|上一|首)[页頁]|[>»]{1,2}|next|last)$",
    re.I,
)
_STEM = regex(r"^(.*?)(?:[_-](\d{1,2}))?(\.s?html?)$", re.I)
_TRS = regex(
    r"createPageHTML\(\s*['\"]?(\d{1,3})['\"]?\s*,\s*['\"]?\d{1,3}['\"]?\s*,\s*['\"]([\w-]{1,80})['\"]\s*,\s*['\"](\w{1,6})['\"]"
)
_FEW = 40
_MOST_PICTURES = 50
_ORNAMENT = regex(r"logo|icon|ewm|qr_?code|share|weixin|spacer|blank|arrow|\bbg|\.gif$", re.IGNORECASE)
# A name of a person or of a medium's reporter with its colon, alone on a line. Salutations have a comma.
_NAME = regex(r"[\u4e00-\u9fffA-Za-z·（）() ]{2,30}[:：]")
_TURN = regex(r"[\u4e00-\u9fffA-Za-z·（）() ]{2,30}[:：]\s?\S")
_NO_NAME = regex(r"附件|附[:：]|各位|女士|先生|时间|地点|主持人身份|来源|发布")


def next_pages(
    page: Outline, node: int, url: str, base: str, site: Site | None, source: str
) -> tuple[str, ...]:
    """Return the addresses of the article's other pages in order, without its own.

    By the site's rule; else by links that look like a pager's and whose address differs from the page's own only
    by a number at the end of its name; else by the pager script of TRS. Addresses that are told, not fetched.
    """
    if site and site.rules.next_pages:
        hrefs = [e.get("href") or "" for s in site.rules.next_pages for e in select(page.root, s)]
    else:
        hrefs = [href for index, href, text in page.links if index >= node and _PAGER.match(text)]
        hrefs += _by_script(url, source)
    found: dict[str, int] = {}
    for href in hrefs[:_MOST_PAGES]:
        address = joined(base, href).split("#")[0]
        if address and address != url and (number := _number(url, address)) is not None:
            found.setdefault(address, number)
    return tuple(sorted((a for a, n in found.items() if n > 0), key=lambda a: found[a]))


def _number(url: str, address: str) -> int | None:
    """Return which page ``address`` is of the article at ``url``, None when it is another article."""
    own, other = urlsplit(url), urlsplit(address)
    if own.hostname != other.hostname:
        return None
    mine, theirs = _STEM.match(own.path), _STEM.match(other.path)
    if mine and theirs and mine[3] == theirs[3] and theirs[2]:
        same = theirs[1] in (mine[1], mine[1] + ("_" + mine[2] if mine[2] else ""))
        return int(theirs[2]) if same else None
    if own.path == other.path and (
        match := re.search(r"(?:^|&)(?:page|p|pn|pageNo)=(\d{1,3})(?:&|$)", other.query)
    ):
        return int(match[1])
    return None


def _by_script(url: str, source: str) -> list[str]:
    match = _TRS.search(source)
    name = urlsplit(url).path.rsplit("/", 1)[-1]
    if not match or not name.startswith(match[2] + "."):
        return []
    return [f"{match[2]}_{n}.{match[3]}" for n in range(1, min(int(match[1]), _MOST_PAGES))]


def join_texts(texts: list[str]) -> tuple[str, bool]:
    """Return the texts of an article's pages as one, and whether a page only repeated an earlier one."""
    kept: list[str] = []
    for text in texts:
        if text and text not in kept:
            kept.append(text)
    return "\n".join(kept), len(kept) < len([t for t in texts if t])


def with_pictures(read: Article | Unreadable, page: Page, site: Site) -> Article | Unreadable:
    """Return what was read with the pictures of the body, where the body says next to nothing in words.

    Only in a container that the site's rules name: elsewhere pictures are as likely ornaments. The flag
    ``picture_only`` says that what the page tells is in its pictures, which nobody has read.
    """
    if isinstance(read, Unreadable) and read.reason != "no text":
        return read
    if isinstance(read, Article) and len(squash(read.text)) >= _FEW:
        return read
    root = parse(decode(page.body, page.content_type).text).root
    laid = outline(root) if root is not None else None
    nodes = nodes_of(laid, site.rules.body) if laid else []
    found = _pictures(laid, nodes[0], base_url(root, page.url)) if laid and nodes else ()
    if not found or laid is None:
        return read
    if isinstance(read, Unreadable):
        return believed(_article(laid, nodes[0], found, read, site), page.captured_at)
    return dataclasses.replace(
        read, attachments=(*read.attachments, *found), flags=(*read.flags, "picture_only")
    )


def _pictures(page: Outline, node: int, base: str) -> tuple[Link, ...]:
    found: dict[str, Link] = {}
    element: Any = page.nodes[node].element
    for picture in element.iter("img"):
        url = joined(base, picture.get("src") or "")
        if url and len(url) <= 2083 and not _ORNAMENT.search(url.rpartition("/")[2]):
            name = (picture.get("alt") or picture.get("title") or "").strip()
            found.setdefault(url, Link(url=url, name=(name or url.rpartition("/")[2])[:300]))
        if len(found) == _MOST_PICTURES:
            break
    return tuple(found.values())


def _article(page: Outline, node: int, found: tuple[Link, ...], read: Unreadable, site: Site) -> Article:
    facts = facts_of(page, node, head_title(page.root), [], site.rules)
    return Article(
        **facts.named(),
        text="",
        attachments=found,
        removed=read.removed,
        flags=(*read.flags, *facts.flags, "picture_only"),
        evidence={"text": f"pictures: {page.where(node)}", **facts.evidence},
    )


def with_turns(article: Article) -> Article:
    """Return the article with every speaker's name in the line of the words that follow it.

    The flag ``transcript`` says that turns were found, ``no_turns`` that none were: then the page is written in
    another way than those known, and who says what cannot be told from the text.
    """
    lines: list[str] = []
    breaks: list[int] = []
    at = 0
    for line in article.text.split("\n"):
        if lines and _is_name(lines[-1]) and not _is_name(line):
            lines[-1] += line
            breaks.append(at)
        else:
            lines.append(line)
        at += len(line) + 1
    found = sum(1 for line in lines if _TURN.match(line[:40]) and not _NO_NAME.match(line))
    flag = "transcript" if found >= 2 else "no_turns"
    blocks = moved(article.blocks, lambda place: place - bisect_right(breaks, place))
    return dataclasses.replace(article, text="\n".join(lines), blocks=blocks, flags=(*article.flags, flag))


def _is_name(line: str) -> bool:
    return len(line) <= 31 and _NAME.fullmatch(line) is not None and not _NO_NAME.match(line)


def without_closing(article: Article, closing: tuple[str, ...]) -> Article:
    """Return the article up to where a declared closing begins; what follows is recorded as removed.

    An article that begins with it is left as it is: nothing would remain.
    """
    found = [match.start() for one in closing if (match := re.search(one, article.text, re.MULTILINE))]
    if not found or not (text := article.text[: min(found)].rstrip()):
        return article
    mark = Removed(kind="closing", text=article.text[min(found) :].strip(), where="end of text")
    blocks = clipped(article.blocks, len(text))
    return dataclasses.replace(article, text=text, blocks=blocks, removed=(*article.removed, mark))
