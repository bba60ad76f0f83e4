"""The kinds of events: the one table of them, what people call each, and what an event says in a sentence. Pure.

Whoever adds an event adds a row here and raises it with ``add_event``, which takes no other names. Feeds,
notifications, the reading room and the commands read this table. An event is history: no decision rests on it but a
person's review.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class EventKind:
    """One kind of event: its name, what people call it, and who hears of it.

    ``rank`` orders news, higher first; None: it is no news, and is found only in the table of events. ``of_sites``: it
    is about a site, else about a document. ``follows_looks``: the state machine says it of the looks at a document, and
    may take it back. ``says`` is its sentence, with the other address and the looks that bound it.
    """

    name: str
    zh: str
    en: str
    rank: int | None = None
    of_sites: bool = False
    follows_looks: bool = False
    says: str = ""


EVENTS = (
    EventKind("edited", "网站改动", "edited", rank=50),
    EventKind("blocked", "被拒绝", "refused us", follows_looks=True),
    EventKind("unreachable", "打不开", "could not be opened"),
    EventKind(
        "replaced",
        "被替换",
        "replaced",
        rank=94,
        follows_looks=True,
        says="another work stands at this address: {seen}",
    ),
    EventKind(
        "moved", "移址", "moved", rank=50, follows_looks=True, says="the same text was found at {to}: {seen}"
    ),
    EventKind("unreadable", "读不出正文", "unreadable", rank=50, follows_looks=True),
    EventKind("restored", "恢复", "there again", rank=92, follows_looks=True, says="there again: {seen}"),
    EventKind(
        "withdrawn", "已撤下", "withdrawn", rank=95, follows_looks=True, says="no longer there: {seen}"
    ),
    EventKind(
        "taken_back",
        "撤下的判断已收回",
        "withdrawal taken back",
        rank=93,
        follows_looks=True,
        says="was called withdrawn and had moved: the same text was found at {to}, {seen}",
    ),
    EventKind("absent", "没有找到", "missing", follows_looks=True),
    EventKind("returned", "又出现了", "there again"),
    EventKind("quarantined", "隔离待核实", "put in quarantine", rank=50, follows_looks=True),
    EventKind("refused", "没有发出的请求", "request not sent"),
    EventKind("unanswered", "一篇文件没有取到", "a document could not be fetched"),
    EventKind("review", "人工核实", "reviewed by a person"),
    EventKind("reread", "重新读取", "read again"),
    EventKind("attachment_missing", "附件取不到", "an attached file could not be fetched"),
    EventKind("attachment_changed", "附件有变", "an attached file changed"),
    EventKind(
        "left_for_later",
        "本次已达请求上限，其余留待下次",
        "request limit of this run reached; the rest waits for the next",
    ),
    EventKind(
        "log_grows",
        "预写日志过大：有程序一直占用旧的读取状态",
        "the write-ahead log has grown too large: a reader keeps an old state open",
    ),
    EventKind(
        "left_alone", "连续被拒，本次不再访问", "refused many times in a row: left alone until the next run"
    ),
    EventKind("finding_opened", "发现问题", "problem found", rank=100, of_sites=True),
    EventKind("finding_closed", "问题已解决", "problem solved", rank=40, of_sites=True),
    EventKind(
        "title_quarantined", "页面标题不可信，沿用此前的标题", "title not believed, the title before kept"
    ),
    EventKind("peer_changed", "网站改由别的网络应答", "the site answers from another network"),
    EventKind("names_differ", "换一个名字访问，网页不同", "another page under our other name"),
    EventKind("card_changed", "公开信息表有变", "the card changed", rank=93),
    EventKind("standing_changed", "效力有变", "its standing changed", rank=94),
    EventKind("standing_contradicted", "效力说法不一", "sources of its standing disagree"),
    EventKind("list_unfilled", "列表至今没有条目", "a list has not shown a row yet"),
    EventKind("rows_left_out", "列表中指向别处的条目有增减", "off-site links in a list changed"),
    EventKind("pace", "已记录应答时间", "answer times recorded"),
    EventKind("mass_change", "一次运行中大量改动", "very many changes in one run", rank=100, of_sites=True),
    EventKind("notify_failed", "通知命令失败", "the notify command failed"),
    EventKind("reader", "阅读进程出错，改用简读", "a reader process failed; simple reading used"),
    EventKind("sampled", "多看几篇再作判断", "more documents looked at before deciding"),
    EventKind("unstable", "两种写法交替出现", "two wordings by turns"),
    EventKind("witnessed", "检查点已交外部见证", "a checkpoint was handed to a witness"),
    EventKind("withheld", "不予显示", "withheld: held, not shown"),
    EventKind("shown_again", "恢复显示", "shown again"),
    EventKind("watchword", "常设查询有变", "a standing query was set or dropped"),
)
BY_NAME = {kind.name: kind for kind in EVENTS}
NEWS = tuple(kind.name for kind in EVENTS if kind.rank is not None)
FOLLOW_LOOKS = tuple(kind.name for kind in EVENTS if kind.follows_looks)
_BOUNDS = {
    "last_present": "last present",
    "first_absent": "first missing",
    "first_moved": "first sent on",
    "first_replaced": "first replaced",
}


def rank_of(name: str) -> int:
    """Return how weighty news of a kind is; a new document, which is no event, comes in the middle."""
    kind = BY_NAME.get(name)
    return 50 if kind is None or kind.rank is None else kind.rank


def sentence(name: str, details: Mapping[str, Any]) -> str:
    """Return what an event says, in English; empty when its kind says all.

    It says what was seen and between which looks, never that something happened at a moment.
    """
    if name in BY_NAME and (says := BY_NAME[name].says):
        return says.format(to=details.get("to") or "another address", seen=_bounds(details)).rstrip(": ")
    if name == "title_quarantined":
        return f"the page says “{details.get('said')}”, which is not believed; “{details.get('kept')}” stays"
    if name == "finding_closed":
        return f"healed, open since {details.get('opened_at')}: {details.get('says')}"
    if name == "finding_opened":
        return str(details.get("says") or "")
    if name in STANDING_SAYS:
        return STANDING_SAYS[name](details)
    if name == "edited" and set(details) == {"to_capture"}:
        return f"first shown by capture {details['to_capture']}"
    if set(details) == {"reason"}:
        return str(details["reason"] or "").replace("_", " ")
    return ", ".join(f"{key.replace('_', ' ')}: {value}" for key, value in details.items() if value)


def _standing_changed(details: Mapping[str, Any]) -> str:
    """Return what an event says of a standing: before and now, from when, and by which document that was learned."""
    old, new = (str(details[name]).replace("_", " ") for name in ("from", "to"))
    said = [f"{old}, now {new}" if old != new else f"still {new}"]
    said += [f"since {details['since']}"] if details.get("since") else []
    for name, words in (("until", "until"), ("effective_from", "takes effect"), ("expires_on", "expires")):
        if name in details.get("before", {}) or (old != new and details.get(name)):
            before = details.get("before", {}).get(name)
            said.append(
                f"{words} {details.get(name) or 'not stated'}" + (f" (was {before})" if before else "")
            )
    return f"{', '.join(said)}{_by(details)}"


def _contradicted(details: Mapping[str, Any]) -> str:
    since = f" since {details['since']}" if details.get("since") else ""
    return (
        f"its card said {details['card']} on {details['carded_on']}, the texts held say "
        f"{details['standing']}{since}{_by(details)}"
    )


def _by(details: Mapping[str, Any]) -> str:
    reason = str(details.get("reason") or "").replace("_", " ")
    if reason == "day came":
        return ": the day came"
    return f": {reason} in {details['by']}" if details.get("by") else ""


# What is said of a standing, by the kind of event.
STANDING_SAYS = {"standing_changed": _standing_changed, "standing_contradicted": _contradicted}


def _bounds(details: Mapping[str, Any]) -> str:
    return ", ".join(f"{words} {details[key]}" for key, words in _BOUNDS.items() if details.get(key))
