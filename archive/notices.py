"""News in the words of whoever is told: Chinese or English, short, with the way to the difference. Pure.

What a site published is quoted as it stands. In a messenger's markup it could call people or pose as a link, so the
signs that do that are written in full width there; nowhere else is a character changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any

from archive.clock import beijing_minute
from archive.model.events import BY_NAME, NEWS, STANDING_SAYS, sentence
from archive.patterns import regex
from archive.store.read.news import News

MOST_EDITS, LONGEST = 3, 160
_BEFORE = 40
_UTC = regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
# In this order a digest tells what there is.
_ORDER = ("finding_opened", "mass_change", "withdrawn", "replaced", "taken_back", "restored", "moved", "edited",
          "standing_changed", "card_changed", "quarantined", "unreadable", "new", "finding_closed")  # fmt: skip
_ZH = {
    "new": "新文件",
    "bounds": "改动发生在{}与{}之间（北京时间）",
    "noticed": "发现于{}（北京时间）",
    "more": "另有{}处改动",
    "withdrawn": "原址已不见此文{seen}",
    "restored": "原址又见此文{seen}",
    "moved": "同一正文见于{to}{seen}",
    "taken_back": "此前判为撤下，实为移址：同一正文见于{to}{seen}",
    "replaced": "该网址现为另一文件{seen}",
    "title_quarantined": "页面标题不可信，沿用此前的标题",
    "healed": "问题已解决",
    "taken": "收回：重新读取后，当时并无改动",
    "elsewhere": "别处",
}
_EN = {
    "new": "new document",
    "bounds": "changed between {} and {} (Beijing time)",
    "noticed": "noticed {} (Beijing time)",
    "more": "{} more changes",
}
_BOUND_WORDS = {
    "last_present": "最后一次见到是{}",
    "first_absent": "首次不见是{}",
    "first_moved": "首次转址是{}",
    "first_replaced": "首次见到另一文件是{}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One piece of news as it is told. ``edits``: what stood before, the old, the new words, what stood behind.

    ``when`` gives the looks that bound an edit, or when something was noticed; neither says when it happened.
    ``link`` leads to the difference or the document in the reading room, and to the publisher's page without one.
    """

    id: str
    kind: str
    label: str
    title: str
    publisher: str
    says: str
    when: str
    edits: tuple[tuple[str, str, str, str], ...]
    more: str
    link: str | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is sent at once: a headline, the notices in it, and a line at its end."""

    headline: str
    notices: tuple[Notice, ...]
    close: str = ""

    @property
    def ids(self) -> tuple[str, ...]:
        """Return the names of the news in it."""
        return tuple(one.id for one in self.notices)


def notice(one: News, language: str, *, room: str | None = None, publishers: Mapping[str, str] | None = None,
           about: Sequence[str] = ()) -> Notice:  # fmt: skip
    """Return a piece of news in a language. ``publishers`` names the sites' publishers.

    Of a new document it quotes the place of the first wording that it is told for (``about``), else its beginning.
    """
    words = _ZH if language == "zh" else _EN
    bounds = one.details.get("changed_at_earliest"), one.details.get("changed_at_latest")
    at = words["noticed"].format(beijing_minute(one.at))
    shown = tuple(
        (e["before"][-12:], _cut(e["old"]), _cut(e["new"]), e["after"][:12]) for e in one.edits[:MOST_EDITS]
    )
    more = len(one.edits) - len(shown) + int(one.details.get("edits_not_shown", 0))
    return Notice(
        id=one.id,
        kind=one.kind,
        label=label(one.kind, language),
        title=_title(one, language),
        publisher=(publishers or {}).get(one.site) or one.site,
        says=(one.kind == "new" and _place_of(about, one.text)) or sentence_in(one, language),
        when=words["bounds"].format(*(beijing_minute(str(bound)) for bound in bounds)) if all(bounds) else at,
        edits=shown,
        more=words["more"].format(more) if more > 0 else "",
        link=link(one, room) or one.url,
        url=one.url,
    )


def label(kind: str, language: str) -> str:
    """Return what people call a kind of news."""
    if kind == "new":
        return (_ZH if language == "zh" else _EN)["new"]
    return BY_NAME[kind].zh if language == "zh" else BY_NAME[kind].en


def link(one: News, room: str | None) -> str | None:
    """Return the page of the reading room that shows it: for an edit the difference; None without a room."""
    if room is None:
        return None
    if one.document is None:
        return f"{room}site/{one.site}" if one.site else room
    numbers = one.details.get("from_version"), one.details.get("to_version")
    way = f"/diff/{numbers[0]}/{numbers[1]}" if all(numbers) else ""
    return f"{room}doc/{one.document}{way}"


def sentence_in(one: News, language: str) -> str:
    """Return in a language what a piece of news says: what was seen, and never that it happened at a moment."""
    if language != "zh":
        return _UTC.sub(lambda found: f"{beijing_minute(found[0])} (Beijing time)", one.summary)
    if one.kind in ("finding_opened", "finding_closed", "mass_change"):
        reason = str(one.details.get("reason") or one.kind)
        means = _word("reason_means", reason) or _word("reason", reason) or reason
        return (
            means if one.kind != "finding_closed" else f"{_ZH['healed']}：{_word('reason', reason) or reason}"
        )
    if one.kind == "quarantined":
        reasons = str(one.details.get("reason") or "").split(", ")
        return "、".join(_word("flag", reason) or reason for reason in filter(None, reasons))
    if one.kind == "edited":
        return one.summary if one.edits or "from_version" in one.details else _ZH["taken"]
    if one.kind in STANDING_SAYS:
        return turn_said(one.kind, one.details, language)
    if one.kind in _ZH and one.kind != "new":
        to = one.details.get("to") or _ZH["elsewhere"]
        return _ZH[one.kind].format(to=to, seen=_bounds_in_chinese(one.details))
    return one.summary


def turn_said(kind: str, details: Mapping[str, Any], language: str) -> str:
    """Return in a language what an event says of a standing: before and now, from when, and by what it was learned."""
    if language != "zh":
        return sentence(kind, details)
    return _changed(details) if kind == "standing_changed" else _contradicted(details)


def _changed(details: Mapping[str, Any]) -> str:
    old, new = (_word("standing_is", str(details[name])) or str(details[name]) for name in ("from", "to"))
    said = [f"{old} → {new}" if old != new else f"仍为{new}"]
    said += [f"自{details['since']}起"] if details.get("since") else []
    before = details.get("before", {})
    for name, words in (
        ("until", "效力至{}前"),
        ("effective_from", "施行日期{}"),
        ("expires_on", "有效期至{}"),
    ):
        if name in before or (old != new and details.get(name)):
            was = f"（此前为{before[name]}）" if before.get(name) else ""
            said.append(words.format(details.get(name) or "未载明") + was)
    return "，".join(said) + _by(details)


def _contradicted(details: Mapping[str, Any]) -> str:
    standing = _word("standing_is", str(details["standing"])) or details["standing"]
    since = f"（自{details['since']}起）" if details.get("since") else ""
    return (
        f"{details['carded_on']}所见信息表称“{details['card']}”，所存正文表明{standing}{since}{_by(details)}"
    )


def _by(details: Mapping[str, Any]) -> str:
    if details.get("reason") == "day_came":
        return "：已到所定日期"
    if not details.get("by"):
        return ""
    reason = str(details.get("reason"))
    says = _word("standing_says", reason) or reason
    return f"：据{details['by']}（{says}）"


def messages(notices: Sequence[Notice], *, headline: str, most: int | None, weigh: Any) -> Iterator[Message]:
    """Yield notices in as few messages as hold them, in order; ``weigh`` gives the size of a message.

    A notice that is larger than a message alone is sent alone, and shortened by whoever writes it out.
    """
    held: list[Notice] = []
    for one in notices:
        tried = Message(headline=headline, notices=(*held, one))
        if held and most is not None and weigh(tried) > most:
            yield Message(headline=headline, notices=tuple(held))
            held = []
        held.append(one)
    if held:
        yield Message(headline=headline, notices=tuple(held))


def in_order(notices: Iterable[Notice]) -> list[Notice]:
    """Return the notices of a digest by their kinds: what is wrong first, then what changed, then what is new."""
    places = {kind: place for place, kind in enumerate(dict.fromkeys((*_ORDER, *NEWS)))}
    return sorted(notices, key=lambda one: places.get(one.kind, len(places)))


def plain(message: Message, *, safe: bool = False) -> str:
    """Return a message as text. ``safe``: for a messenger that takes signs in it for its own."""
    quote = full_width if safe else str
    blocks = [message.headline]
    for one in message.notices:
        lines = [f"【{one.label}】{quote(one.title)}", quote(f"{one.publisher} · {one.when}")]
        lines += [quote(line) for line in _body_lines(one)] + ([one.link] if one.link else [])
        blocks.append("\n".join(lines))
    return "\n\n".join([*blocks, *([message.close] if message.close else [])])


def markdown(message: Message) -> str:
    """Return a message in the markdown that WeCom and DingTalk show, with nothing of a page as markup."""
    blocks = [f"**{full_width(message.headline)}**"]
    for one in message.notices:
        title = full_width(one.title)
        head = f"[{title}]({_in_markdown(one.link)})" if one.link else title
        lines = [f"**{one.label}** {head}", f"> {full_width(f'{one.publisher} · {one.when}')}"]
        blocks.append("\n".join([*lines, *(f"> {full_width(line)}" for line in _body_lines(one))]))
    return "\n\n".join([*blocks, *([message.close] if message.close else [])])


def post(message: Message) -> dict[str, Any]:
    """Return a message as the rich text of Feishu: a title and paragraphs of text and links, no markup to escape."""
    paragraphs: list[list[dict[str, str]]] = []
    for one in message.notices:
        head = {"tag": "text", "text": f"【{one.label}】"}
        title = (
            {"tag": "a", "text": one.title, "href": one.link}
            if one.link
            else {"tag": "text", "text": one.title}
        )
        paragraphs.append([head, title])
        lines = [f"{one.publisher} · {one.when}", *_body_lines(one)]
        paragraphs += [[{"tag": "text", "text": line}] for line in [*lines, ""]]
    if message.close:
        paragraphs.append([{"tag": "text", "text": message.close}])
    return {"title": message.headline, "content": paragraphs}


def grouped(notices: Sequence[Notice], language: str) -> str:
    """Return in one line how many there are of each kind, in their order."""
    counts = [(name, len(list(alike))) for name, alike in groupby(notices, key=lambda one: one.label)]
    return ("，" if language == "zh" else ", ").join(f"{name} {count}" for name, count in counts)


def full_width(text: str) -> str:
    """Return a page's words with the signs by which messengers call people or make links in full width."""
    one_line = " ".join(text.split())
    return one_line.translate(str.maketrans("<>[]*`@", "＜＞［］＊｀＠"))


def _place_of(about: Sequence[str], text: str) -> str:
    """Return the words around the first of some wordings; nothing where none of them stands so in the text."""
    found = next((text.find(wording) for wording in about if wording in text), -1)
    if found < 0:
        return ""
    start = max(0, found - _BEFORE)
    return f"{'…' if start else ''}{text[start : start + LONGEST]}"


def _body_lines(one: Notice) -> Iterator[str]:
    if one.edits:
        for before, old, new, after in one.edits:
            gone, come = (f"〔删：{old}〕" if old else ""), (f"〔增：{new}〕" if new else "")
            yield f"…{before}{gone}{come}{after}…"
        if one.more:
            yield one.more
    elif one.says and one.says != one.title:
        yield _cut(one.says, LONGEST)


def _title(one: News, language: str) -> str:
    if one.document is None and language == "zh":
        reason = str(one.details.get("reason") or one.kind)
        return _word("reason", reason) or reason
    return one.title


def _bounds_in_chinese(details: Mapping[str, Any]) -> str:
    told = [
        words.format(beijing_minute(details[key])) for key, words in _BOUND_WORDS.items() if details.get(key)
    ]
    return f"：{'，'.join(told)}（北京时间）" if told else ""


def _cut(text: str, most: int = 60) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"


def _in_markdown(address: str) -> str:
    return address.replace("(", "%28").replace(")", "%29").replace(" ", "%20")


def _word(section: str, name: str) -> str | None:
    word = _words().get(section, {}).get(name)
    return word[0] if word else None


@cache
def _words() -> dict[str, Any]:
    """Return the words of the reading room, which say the same things."""
    import yaml  # every scrapy command imports this module, and few tell anything

    said: dict[str, Any] = yaml.safe_load((files("archive.reading_room") / "words.yml").read_text("utf-8"))
    return said
