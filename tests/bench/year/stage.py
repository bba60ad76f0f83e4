"""What the sites of a scenario answer at a moment: pages drawn as the replicas draw them, and what befalls them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import md5
from typing import Any, cast

from tests.replicas import chinanews, gov_cn, most, trs
from tests.replicas.challenges import NOT_FOUND
from tests.replicas.columns import SOURCES
from tests.replicas.kw_beijing import SKIN as KW
from tests.replicas.kw_beijing import kw_beijing
from tests.replicas.loom import weave
from tests.replicas.markup import html_reply, redirect
from tests.replicas.modes import MODES, ROBOTS, Mode, Modes
from tests.replicas.ndrc import SKIN as NDRC
from tests.replicas.ndrc import ndrc
from tests.replicas.pieces import Piece
from tests.replicas.wire import Answer, Reply, Request, Script, Then
from tests.replicas.world import Stage

from .scenario import ADDING, DAY, VALIDATING, WHOLE, Doc, Scenario

START = datetime(2026, 1, 1, tzinfo=UTC)
HOSTS = {"www.ndrc.gov.cn": "ndrc", "kw.beijing.gov.cn": "kw_beijing", "www.most.gov.cn": "most",
         "www.gov.cn": "gov_cn", "sousuo.www.gov.cn": "gov_cn", "www.chinanews.com.cn": "chinanews"}  # fmt: skip
ADDED = "本网站已支持无障碍浏览与适老化阅读，欢迎社会各界提出意见和建议。"
_BODY = '<div class="trs_editor_view TRS_UEDITOR">'
_NUMBER = re.compile(r"\d+")


def address(piece: Piece, site: str) -> str:
    """Return an article's live address."""
    if site == "most":
        return most.address(piece)
    if site == "gov_cn":
        return gov_cn.address(piece)
    if site == "chinanews":
        return chinanews.address(piece)
    return trs.address({"ndrc": NDRC, "kw_beijing": KW}[site], piece)


@lru_cache(maxsize=8192)
def piece(doc: Doc, edition: int, *, moved: bool = False) -> Piece:
    """Return a document as one edition words it, at its first or its second address."""
    text = weave(f"year/{doc.site}/{doc.number}")
    shown = START + timedelta(seconds=doc.born, hours=8)
    blocks = list(text.blocks)
    plain = [place for place, block in enumerate(blocks) if isinstance(block, str)]
    for number in range(1, edition + 1):
        at = plain[number % len(plain)]
        blocks[at] = _reworded(str(blocks[at]), number)
    return Piece(
        key=f"{doc.site}/{doc.number}",
        title=f"{text.title}（{doc.number}）",
        column=doc.column,
        published=shown.strftime("%Y-%m-%d %H:%M"),
        number=str((9_000_000 if moved else 1_000_000) + doc.number),
        blocks=tuple(blocks),
        source=SOURCES[doc.site],
    )


def _reworded(block: str, number: int) -> str:
    """Return a paragraph with one number, or where there is none one word, other than before."""
    if _NUMBER.search(block):
        return _NUMBER.sub(lambda found: str(int(found.group()) + number), block, count=1)
    return f"{block[:-1]}（修改{number}处）。"


@dataclass(eq=False)
class YearWorld:
    """What stands at a moment. Two worlds are never the same."""

    scenario: Scenario
    at: float
    _pieces: dict[str, tuple[Piece, ...]] = field(default_factory=dict)

    @property
    def day(self) -> int:
        """Return a day by which the news agency's advertisements turn, none on which a replica plays a part."""
        return 5 + int(self.at // DAY) % 10

    def pieces(self, site: str) -> tuple[Piece, ...]:
        """Return the articles of a site, newest first; those that are absent stand in no list."""
        if site not in self._pieces:
            frozen = next(
                (
                    t.start
                    for t in self.scenario.troubles
                    if (t.site, t.kind) == (site, "frozen") and t.holds(self.at)
                ),
                self.at,
            )
            shown = [
                replace(
                    piece(doc, doc.edition(self.at), moved=doc.shown_at <= self.at),
                    listed=not doc.absent(self.at)
                    and doc.born <= frozen
                    and not doc.moved_at <= self.at < doc.shown_at,
                )
                for doc in self.scenario.docs
                if doc.site == site and doc.born <= self.at
            ]
            self._pieces[site] = tuple(sorted(shown, key=lambda one: (one.published, one.key), reverse=True))
        return self._pieces[site]


class Year:
    """Answers for all hosts of a scenario; ``turn`` lets it become another moment."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self.modes = Modes()
        self._stage = Stage(cast(Any, YearWorld(scenario, 0.0)), self.modes)
        self._sites: dict[str, Callable[[Request], Answer]] = {
            "ndrc": ndrc(self._stage), "kw_beijing": kw_beijing(self._stage), "most": most.Most(self._stage),
            "gov_cn": gov_cn.GovCn(self._stage), "chinanews": chinanews.Chinanews(self._stage),
        }  # fmt: skip
        self._docs = {
            address(piece(doc, 0, moved=moved), doc.site): doc
            for doc in scenario.docs
            for moved in (False, True)
        }
        self._at = 0.0
        self._dice = random.Random(7)

    def turn(self, at: float) -> None:
        """Become another moment."""
        self._at = at
        self._stage.world = cast(Any, YearWorld(self._scenario, at))
        self.modes.clear()
        for host, site in HOSTS.items():
            trouble = self._scenario.trouble(site, at)
            if trouble in ("empty_list", "new_markup"):
                self.modes.add(host, Mode(name=trouble))

    def __call__(self, request: Request) -> Answer:
        """Return what the site answers now."""
        site = HOSTS[request.host]
        doc = self._docs.get(f"https://{request.host}{request.path}")
        answer = self._troubled(self._scenario.trouble(site, self._at), request, doc)
        if answer is None and doc and doc.hangs(self._at):
            answer = Script(then=Then.HANG)
        if answer is None and doc and doc.born <= self._at:
            answer = self._absent(doc, request) or self._moved(doc, request)
        if answer is not None:
            return answer
        reply = self._sites[site](_unconditional(request) if site == "chinanews" else request)
        if doc is None or not isinstance(reply, Reply) or reply.status != 200:
            return reply
        reply = html_reply(self._dressed(reply.body.decode(), doc), label=";" in reply.media)
        return self._validated(reply, doc, request) if site == VALIDATING else reply

    def _troubled(self, trouble: str, request: Request, doc: Doc | None) -> Answer | None:
        is_robots = request.path == "/robots.txt"
        if trouble == "robots_disallow":
            return ROBOTS[trouble](Mode(name=trouble)) if is_robots else None
        if trouble in WHOLE:
            # A site that refuses or challenges has no robots.txt either; one that is down answers nothing.
            return None if is_robots and trouble != "close" else MODES[trouble](Mode(name=trouble))
        return MODES["404"](Mode(name="404")) if trouble == "articles_gone" and doc else None

    def _absent(self, doc: Doc, request: Request) -> Answer | None:
        manner = doc.absent(self._at)
        if manner == "soft404":
            return Reply(status=200, media="text/html; charset=utf-8", body=NOT_FOUND)
        if manner == "home":
            return redirect(f"https://{request.host}/", status=302)
        if manner == "error_page":
            return redirect(f"https://{request.host}/404.html", status=302)
        return Reply(status=int(manner), media="text/html", body=b"<h1>gone</h1>") if manner else None

    def _moved(self, doc: Doc, request: Request) -> Answer | None:
        to = address(piece(doc, doc.edition(self._at), moved=True), doc.site)
        if to.endswith(request.path):
            return None if self._at >= doc.shown_at else trs.missing()
        if self._at < doc.moved_at:
            return None
        return trs.missing() if doc.is_late else redirect(to)

    def _dressed(self, page: str, doc: Doc) -> str:
        """Return a page with all that changes from visit to visit and is no text."""
        if doc.nature == "ab" and self._dice.random() < 0.5:
            first = next(block for block in piece(doc, 0).blocks if isinstance(block, str))
            page = page.replace(first, f"{first[:-1]}，请遵照执行。")
        if self._at >= self._scenario.template(doc.site):
            page = _in_new_template(page, doc.site)
        if doc.site == VALIDATING:
            return page
        visits, clock = self._dice.randint(100, 99_999), self._dice.randint(0, 86_400)
        page = (
            page.replace("来源：", f"浏览量：{visits}次 来源：", 1)
            if doc.number % 3 == 0 and doc.site != "chinanews"
            else page
        )
        linked = "".join(f"<li><a href='/x/{self._dice.randint(1, 999)}.html'>推荐{self._dice.randint(1, 99)}</a></li>"
                         for _ in range(4))  # fmt: skip
        noise = f"<div class='hot'><h3>热门推荐</h3><ul>{linked}</ul><p>今天是{clock // 3600}时{clock // 60 % 60}分</p></div>"
        return page.replace("</body>", f"<div class='pv'>访问次数：{visits}</div>{noise}</body>")

    def _validated(self, reply: Reply, doc: Doc, request: Request) -> Reply:
        true = f'"{md5(reply.body).hexdigest()}"'
        tag = f'"{doc.number:032x}"' if doc.nature == "lies" else true
        asked = request.header("If-None-Match")
        if asked and (asked == tag or doc.nature == "always304"):
            return Reply(status=304, headers=(("ETag", asked),))
        return replace(reply, headers=(*reply.headers, ("ETag", tag)))


def _unconditional(request: Request) -> Request:
    """Return a request without its condition: the agency's replica knows nothing of this year's edits."""
    kept = tuple(header for header in request.headers if header[0].lower() != "if-modified-since")
    return replace(request, headers=kept)


def _in_new_template(page: str, site: str) -> str:
    if site == ADDING:
        return page.replace(_BODY, f"{_BODY}<p>{ADDED}</p>")
    return (
        page.replace('class="xxgk_title"', 'class="xxgk_title art-title"')
        .replace('<div class="xxgk_detail">', '<section class="detail-v2"><div class="xxgk_detail">')
        .replace(
            '<div class="footer">',
            '</section><div class="sidebar"><a>无障碍</a><a>长者版</a></div><div class="footer">',
        )
    )


def utc(at: float) -> str:
    """Return a moment of the scenario as UTC text."""
    return (START + timedelta(seconds=at)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def seconds(text: str) -> float:
    """Return the seconds from the scenario's start to a UTC text."""
    return (datetime.fromisoformat(text) - START).total_seconds()


def day(at: float) -> str:
    """Return a moment as people read it."""
    return f"day {at / DAY:.1f}"
