"""robots.txt by RFC 9309: how it is requested, and which of its lines apply to us.

A robots.txt is asked once per server and crawl, kept like any other exchange, and obeyed. The server's answer
decides. Rules (2xx) are followed. Where there are none (4xx but 412 and 429), everything is allowed. While
the rules are unknown (5xx, 412, 429, time-outs, resets, a challenge instead of the file), nothing is asked of
that server until the next crawl. Scrapy's own middleware crawls on in that last case.

The lines that apply to us are also selected here (RFC 9309, section 2.2.1), which is pure. protego matches
paths well; for groups it asks whether the line's whole value occurs in our name, so that ``yuanben/0.1``
matched nobody and ``yuan`` matched us. Here a product token ends at the first character that no token has, is
compared as a whole and in any case, and all groups with our token count as one. Only where there is none do
the groups for ``*`` apply.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.patterns import regex
from archive.store.schedule.frontier import REST_AFTER_FAILURE
from crawler import PRODUCT, address
from crawler.errors import FAILURES, Refused, failure_text
from crawler.gate import process_gate
from crawler.pace import delay_setting
from crawler.redirect import TOO_MANY

_TOKEN = regex(r"[a-z_-]*", re.IGNORECASE)
# As tolerant as protego: common misspellings, and a blank where the colon should be.
_LINE = regex(
    r"[ \t\ufeff]*(?P<name>(?P<agent>user[- ]?agent)|allow|dis{1,2}al{1,2}ow|diasllow|disallaw|"
    r"crawl[- ]delay|request[- ]rate|visit[- ]time)[ \t]*(?::|[ \t])[ \t]*(?P<value>.*)",
    re.IGNORECASE,
)
# RFC 9309 asks for 500 KiB; the part after twice that is not read.
_LONGEST = 1 << 20
_CHALLENGES = (b"__jsl_clearance", b"__jsluid", b"$_ts", b"acw_sc__v2", b"EO_Bot_Ssid", b"WZWS", b"_guard/")
# 401 and 403 allow (RFC 9309, "unavailable"); these two 4xx are a script challenge and "not now".
_CHALLENGE_STATUS = frozenset({412, 429})


@dataclass(slots=True)
class _Group:
    agents: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)


def rules_for(text: str, product: str) -> str:
    """Return a robots.txt with one group for everybody: the rules of ``text`` for this product token."""
    groups = list(_groups(text))
    ours = [group for group in groups if product.lower() in group.agents]
    ours = ours or [group for group in groups if "*" in group.agents]
    lines = [line for group in ours for line in group.lines]
    return "\n".join(["User-agent: *", *lines, ""]) if lines else ""


def token(value: str) -> str:
    """Return the product token of a user-agent line in lower case.

    ``*`` stands for everybody; the token may be empty.
    """
    value = value.strip()
    # "*bot" is not a wildcard of the standard.
    if re.match(r"\*(?:\s|$)", value):
        return "*"
    found = _TOKEN.match(value)
    return found[0].lower() if found else ""


def _groups(text: str) -> Iterator[_Group]:
    """Yield the groups of a file.

    Other lines (Sitemap, Host, unknown ones) belong to no group and end none.
    """
    group = _Group()
    for line in re.split(r"[\r\n]+", text):
        known = _LINE.match(line.partition("#")[0])
        if known is None:
            continue
        if known["agent"] is None:
            group.lines.append(f"{known['name']}: {known['value'].strip()}")
            continue
        if group.lines:
            yield group
            group = _Group()
        group.agents.add(token(known["value"]))
    yield group


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A server's answer. ``refused``: why nothing may be asked; else its ``rules``, None for none."""

    rules: Protego | None = None
    refused: str | None = None
    retry_in: float | None = None

    def refusal(self, url: str) -> str | None:
        """Return why a URL of this server must not be asked for, None where it may be."""
        if self.refused is not None:
            return self.refused
        if self.rules is None or self.rules.can_fetch(url, PRODUCT):
            return None
        return "robots: disallowed by robots.txt"


class RobotsMiddleware:
    """Passes a request only where the server's robots.txt allows it. It asks for each file once a crawl."""

    def __init__(self, crawler: Crawler, allowed: frozenset[str]) -> None:
        self._crawler = crawler
        self._allowed = allowed
        self._asked: dict[str, asyncio.Task[Answer]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        """Return the middleware for a crawler. Raise BadInput here for an invalid ARCHIVE_DELAY."""
        delay_setting(crawler.settings)
        return cls(crawler, address.allowed_hosts(crawler.settings.getlist("ARCHIVE_ALLOW_HOSTS")))

    async def process_request(self, request: Request) -> None:
        """Raise Refused where robots.txt, or the address itself, forbids the request."""
        if request.meta.get("kind") == "robots":
            return
        through_proxy = bool(request.meta.get("proxy"))
        reason = address.refusal(request.url, through_proxy=through_proxy, allowed=self._allowed)
        if reason is not None:
            raise Refused(reason)
        answer = await self._answer(request.url)
        reason = answer.refusal(request.url)
        if reason is not None:
            raise Refused(reason, retry_in=answer.retry_in)

    async def _answer(self, url: str) -> Answer:
        """Return the answer of a URL's server; concurrent requests wait for the same answer."""
        parts = urlsplit(url)
        server = f"{parts.scheme}://{parts.netloc.lower()}"
        if server not in self._asked:
            self._asked[server] = asyncio.ensure_future(self._ask(server))
        return await asyncio.shield(self._asked[server])

    async def _ask(self, server: str) -> Answer:
        request = Request(
            f"{server}/robots.txt", callback=NO_CALLBACK, meta={"kind": "robots"}, dont_filter=True
        )
        try:
            response = await self._crawler.engine.download_async(request)
        except Refused as refused:
            return _unasked(refused)
        except IgnoreRequest as ignored:
            return Answer(refused=f"robots: robots.txt could not be kept ({ignored})")
        except FAILURES as error:
            return _unknown(f"robots: no answer to robots.txt ({failure_text(error)})")
        answer = answer_of(response)
        delay = answer.rules.crawl_delay(PRODUCT) if answer.rules is not None else None
        if delay is not None:
            process_gate().slow_down(address.host_name(server), delay)
        return answer


def answer_of(response: Response) -> Answer:
    """Return the meaning of a response to a request for robots.txt."""
    status, body = response.status, response.body
    if status >= 500 or status in _CHALLENGE_STATUS:
        return _unknown(f"robots: robots.txt answered {status}")
    if any(mark in body[:20_000] for mark in _CHALLENGES):
        return _unknown(f"robots: a challenge instead of robots.txt ({status})")
    if not 200 <= status < 300:
        return Answer()
    if "dataloss" in response.flags or (not body and response.headers.get("Content-Encoding")):
        return _unknown("robots: robots.txt came incomplete")
    return Answer(rules=Protego.parse(rules_for(robots_text(body), PRODUCT)))


def robots_text(body: bytes) -> str:
    """Return the first mebibyte of a robots.txt as text.

    The encoding is that of its byte order mark or its zero bytes, else a Chinese one. Rules are ASCII in
    practice; it matters that they are found at all, also beside comments in GBK.
    """
    head = body[:_LONGEST]
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if head.startswith(mark):
            return head.decode(name, "replace")
    if head[:200].count(0) > len(head[:200]) // 3:
        return head.decode("utf-16-be" if head[0] == 0 else "utf-16-le", "replace")
    whole = head if len(body) <= _LONGEST else head[: head.rfind(b"\n") + 1]
    try:
        return whole.decode("utf-8")
    except UnicodeDecodeError:
        return whole.decode("gb18030", "replace")


def _unknown(reason: str) -> Answer:
    """Return the answer while the rules are unknown: nothing is asked until a later run."""
    return Answer(refused=reason, retry_in=REST_AFTER_FAILURE)


def _unasked(refused: Refused) -> Answer:
    if refused.reason == TOO_MANY:
        return Answer()
    reason = refused.reason if refused.retry_in is not None else f"robots: not asked for ({refused.reason})"
    return Answer(refused=reason, retry_in=refused.retry_in)
