"""How a host can be made to misbehave while a crawl runs. ``MODES`` names every way; robots.txt is spared.

Options of a mode: ``paths`` (a regular expression over path and query; empty: all), ``times`` (only the first
N requests), ``robots`` (robots.txt too), ``plain`` (only who does not begin its name as browsers do), ``seconds`` (of
Retry-After, of a pause).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from time import time

from .challenges import BLOCKED, ENABLE_SCRIPT, JSL, NOT_FOUND, RS, WAF
from .wire import Answer, Reply, Request, Script, Then

HTML = "text/html; charset=utf-8"
_JSL_COOKIE = (
    "Set-Cookie",
    "__jsluid_s=5c2f0b6d9e; max-age=31536000; path=/; HttpOnly; SameSite=None; secure",
)
_RS_COOKIE = ("Set-Cookie", "h7Fq0pLrS=60x9; Path=/; HttpOnly")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """One way of misbehaving, with what it applies to."""

    name: str
    paths: str = ""
    times: int | None = None
    robots: bool = False
    plain: bool = False
    seconds: float = 2.0

    def concerns(self, request: Request) -> bool:
        """Say whether this request falls under the mode."""
        is_robots = request.path == "/robots.txt"
        if self.times == 0 or (is_robots != (self.name in ROBOTS) and not (is_robots and self.robots)):
            return False
        if self.plain and request.header("User-Agent").startswith("Mozilla/5.0 ("):
            return False
        return re.search(self.paths, request.target) is not None


@dataclass(slots=True)
class Modes:
    """The modes of all hosts at this moment; the newest that concerns a request answers it."""

    _of: dict[str, list[Mode]] = field(default_factory=dict)

    def add(self, host: str, mode: Mode) -> None:
        """Let the host behave so from now on; a name that no mode has is an error."""
        if mode.name not in MODES.keys() | ROBOTS.keys() | SITE_MODES:
            raise KeyError(mode.name)
        re.compile(mode.paths)
        self._of.setdefault(host, []).insert(0, mode)

    def clear(self, host: str = "") -> None:
        """Let the host, or every host, behave well again."""
        for name in [host] if host else list(self._of):
            self._of.pop(name, None)

    def find(self, host: str, name: str, request: Request) -> Mode | None:
        """Return the mode of this name that concerns the request, if the host is in it."""
        modes = self._of.get(host, ())
        return next((mode for mode in modes if mode.name == name and mode.concerns(request)), None)

    def answer(self, host: str, request: Request) -> Answer | None:
        """Return the misbehaviour due to this request, or None when the host's pages should answer."""
        modes = self._of.get(host)
        if not modes:
            return None
        for place, mode in enumerate(modes):
            plays = MODES.get(mode.name) or ROBOTS.get(mode.name)
            if plays and mode.concerns(request):
                if mode.times is not None:
                    modes[place] = replace(mode, times=mode.times - 1)
                return plays(mode)
        return None


def _page(status: int, body: bytes, *headers: tuple[str, str]) -> Callable[[Mode], Answer]:
    return lambda mode: Reply(status=status, media=HTML, body=body, headers=headers)


def _later(status: int) -> Callable[[Mode], Answer]:
    def answer(mode: Mode) -> Answer:
        wait = str(int(mode.seconds)) if mode.seconds == int(mode.seconds) else str(mode.seconds)
        return Reply(status=status, media=HTML, body=b"<h1>busy</h1>", headers=(("Retry-After", wait),))

    return answer


def _later_dated(mode: Mode) -> Answer:
    when = formatdate(time() + mode.seconds, usegmt=True)
    return Reply(status=503, media=HTML, body=b"<h1>busy</h1>", headers=(("Retry-After", when),))


def _robots(status: int, body: bytes = b"") -> Callable[[Mode], Answer]:
    return lambda mode: Reply(status=status, media="text/plain", body=body)


MODES: dict[str, Callable[[Mode], Answer]] = {
    "521": _page(521, JSL, _JSL_COOKIE),
    "412": _page(412, RS, _RS_COOKIE),
    "403": _page(403, BLOCKED),
    "404": _page(404, b"<html><head><title>404 Not Found</title></head><body>404</body></html>"),
    "500": _page(500, b"<h1>Internal Server Error</h1>"),
    "200challenge": _page(200, ENABLE_SCRIPT),
    "waf": _page(200, WAF),
    "soft404": _page(200, NOT_FOUND),
    "empty": _page(200, b""),
    "429": _later(429),
    "503": _later(503),
    "503date": _later_dated,
    "hang": lambda mode: Script(then=Then.HANG),
    "reset": lambda mode: Script(then=Then.RESET),
    "close": lambda mode: Script(then=Then.CLOSE),
}
"""Modes that answer by themselves, in place of the site's pages."""

ROBOTS: dict[str, Callable[[Mode], Answer]] = {
    "robots403": _robots(403, b"forbidden"),
    "robots404": _robots(404),
    "robots500": _robots(500, b"error"),
    "robots503": _later(503),
    "robots521": _page(521, JSL, _JSL_COOKIE),
    "robots_disallow": _robots(200, b"User-agent: *\nDisallow: /\n"),
    "robots_html": _page(200, NOT_FOUND),
    "robots_hang": lambda mode: Script(then=Then.HANG),
    "robots_reset": lambda mode: Script(then=Then.RESET),
}
"""Modes of robots.txt alone."""

SITE_MODES = frozenset(
    {
        "slow",
        "homepage404",
        "success_false",
        "empty_list",
        "hanging_article",
        "repeated_list",
        "withdrawn_list",
        "new_markup",
        "new_paths",
    }
)
"""Modes in which the site's own pages differ; ``slow`` makes each wait ``seconds`` first."""
