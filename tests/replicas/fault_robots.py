"""Robots.txt as servers really send it: each kind on a host of its own."""

from __future__ import annotations

from collections.abc import Callable

from .challenges import JSL, NOT_FOUND
from .wire import Answer, Reply, Script, Then

_RULES = "User-agent: *\nDisallow: /private/\n"
_FILLER = "# 填充\nUser-agent: other\nDisallow: /x\n"


def _text(body: bytes, status: int = 200) -> Reply:
    return Reply(status=status, media="text/plain", body=body)


def _five_megabytes() -> Reply:
    return _text((_RULES + "\n" + _FILLER * 130_000).encode())


def _redirect(where: str) -> Reply:
    return Reply(status=301, media="text/html", headers=(("Location", where),))


ROBOTS: dict[str, Callable[[], Answer]] = {
    "robots-ok.example": lambda: _text(_RULES.encode()),
    "robots-403.example": lambda: _text(b"no", 403),
    "robots-404.example": lambda: _text(b"no", 404),
    "robots-500.example": lambda: _text(b"error", 500),
    "robots-503.example": lambda: Reply(status=503, headers=(("Retry-After", "2"),), body=b"busy"),
    "robots-521.example": lambda: Reply(status=521, media="text/html", body=JSL),
    "robots-hang.example": lambda: Script(then=Then.HANG),
    "robots-reset.example": lambda: Script(then=Then.RESET),
    "robots-all.example": lambda: _text(b"User-agent: *\nDisallow: /\n"),
    "robots-utf16.example": lambda: _text(_RULES.encode("utf-16")),
    "robots-bom.example": lambda: _text(b"\xef\xbb\xbf" + _RULES.encode()),
    "robots-gbk.example": lambda: _text(("# 规则\n" + _RULES).encode("gb18030")),
    "robots-5mb.example": _five_megabytes,
    "robots-html.example": lambda: Reply(media="text/html", body=NOT_FOUND),
    "robots-redirect.example": lambda: _redirect("https://robots-ok.example/robots.txt"),
    "robots-loop.example": lambda: _redirect("https://robots-loop.example/robots.txt"),
    "robots-loopback.example": lambda: _redirect("http://127.0.0.1/robots.txt"),
}
"""Where a file with rules is served, ``/private/`` is forbidden and the rest allowed."""
