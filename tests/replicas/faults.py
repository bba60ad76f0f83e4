"""The fault server: one path a fault, on ``fault.example`` through the proxy and on the loopback port itself.

``/list?of=/ok,/attributes`` is a list page with those rows. Paths that begin ``/first/…`` misbehave on their
first visits only. Hosts ``robots-….example`` differ in their robots.txt alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from email.utils import formatdate
from time import time

from .authority import EXPIRED, SELF_SIGNED, WRONG_NAME
from .challenges import ENABLE_SCRIPT, JSL, NOT_FOUND, RS, WAF
from .fault_frames import FRAMES, HTML
from .fault_pages import CHARSETS, CONTENT, article, in_charset, listing
from .fault_robots import ROBOTS
from .files import pdf
from .spam import spam_page
from .wire import Answer, Headers, Reply, Request, Script, Then

HOST, OTHER = "fault.example", "other.example"


def _html(page: str | bytes, status: int = 200, headers: Headers = ()) -> Reply:
    return Reply(
        status=status, media=HTML, body=page if isinstance(page, bytes) else page.encode(), headers=headers
    )


def _to(where: str, status: int = 302) -> Reply:
    return Reply(status=status, media="text/html", headers=(("Location", where),))


def _busy(status: int, wait: str) -> Reply:
    return _html("<h1>busy</h1>", status, (("Retry-After", wait),))


STATUSES: dict[str, Callable[[], Answer]] = {
    "/status/404": lambda: _html("<h1>404</h1>", 404),
    "/status/410": lambda: _html("<h1>410</h1>", 410),
    "/status/403": lambda: _html("<h1>403</h1>", 403),
    "/status/500": lambda: _html(article(), 500),
    "/status/429": lambda: _busy(429, "2"),
    "/status/503": lambda: _busy(503, "2"),
    "/status/503date": lambda: _busy(503, formatdate(time() + 2, usegmt=True)),
    "/status/503long": lambda: _busy(503, "86400"),
    "/status/204": lambda: Reply(status=204),
    "/status/304": lambda: Reply(status=304),
    "/empty": lambda: _html(b""),
    "/challenge/521": lambda: _html(JSL, 521, (("Set-Cookie", "__jsluid_h=1; path=/"),)),
    "/challenge/412": lambda: _html(RS, 412),
    "/challenge/200": lambda: _html(ENABLE_SCRIPT),
    "/challenge/202": lambda: _html(RS, 202),
    "/waf": lambda: _html(WAF),
    "/soft404": lambda: _html(NOT_FOUND),
    "/shell": lambda: _html("<html><script>window.location.href='/ok'</script></html>"),
    "/type/pdf_as_html": lambda: _html(pdf("not a page")),
    "/type/html_as_pdf": lambda: Reply(media="application/pdf", body=article().encode()),
    "/type/html_as_png": lambda: Reply(media="image/png", body=article().encode()),
    "/type/none": lambda: Reply(media="", body=article().encode()),
    "/cookie": lambda: _html(article(), 200, (("Set-Cookie", "session=1; domain=fault.example; path=/"),)),
    "/future_modified": lambda: _html(
        article(), 200, (("Last-Modified", formatdate(time() + 10**8, usegmt=True)),)
    ),
    "/spam": lambda: _html(spam_page("fault")),
    "/refresh/self": lambda: _html(article(head='<meta http-equiv="refresh" content="60">')),
    "/refresh/loop": lambda: _html(article(head='<meta http-equiv="refresh" content="0;url=/refresh/loop">')),
    "/refresh/broken": lambda: _html(article(head='<meta http-equiv="refresh" content="0;url=http://[">')),
}
"""Paths with a plain answer that is not simply an article."""

LOOPBACKS = {
    "literal": "127.0.0.1",
    "short": "127.1",
    "decimal": "2130706433",
    "octal": "0177.0.0.1",
    "hexadecimal": "0x7f000001",
    "zero": "0",
    "six": "[::1]",
    "mapped": "[::ffff:127.0.0.1]",
    "mapped_hexadecimal": "[::ffff:7f00:1]",
    "name": "localhost",
    "dotted": "127.0.0.1.",
    "wide": "１２７.0.0.1",
}
"""Spellings of this machine: ``/redirect/<name>`` and ``/refresh/<name>`` lead there, to ``/secret``."""

REDIRECTS = {
    "/redirect/metadata": "http://169.254.169.254/latest/meta-data/",
    "/redirect/private": "http://10.0.0.1/",
    "/redirect/single_label": "http://intranet/",
    "/redirect/local": "http://printer.local/",
    "/redirect/loop": "/redirect/loop",
    "/redirect/other": f"http://{OTHER}/ok",
    "/redirect/article": "/ok",
    "/redirect/file": "file:///etc/hostname",
    "/redirect/data": "data:text/html,x",
    "/redirect/ftp": f"ftp://{OTHER}/x",
    "/redirect/crlf": "/ok%0d%0aX-Injected:%201",
    "/redirect/empty": "",
    "/redirect/broken": "http://[",
    "/redirect/utf8": "/ok?栏目=通知",
    "/redirect/backslash": "\\ok",
    "/redirect/blanks": "  /ok?a=b c\t",
    "/redirect/script": "javascript:location='/ok'",
    "/redirect/user": f"http://u:p@{HOST}/ok",
    "/redirect/one_slash": "http:/ok",
}


class Faults:
    """Answers for hosts on which nothing is as it should be. ``port`` is the proxy's own."""

    hosts = (HOST, OTHER, SELF_SIGNED, WRONG_NAME, EXPIRED, *ROBOTS)

    def __init__(self) -> None:
        self.port = 0
        self._visits: Counter[str] = Counter()

    def __call__(self, request: Request) -> Answer:
        path = request.path
        if path == "/robots.txt":
            return ROBOTS[request.host]() if request.host in ROBOTS else _html("none", 404)
        if path == "/secret":
            return _html(article(title="本机内部页面", seed="secret"))
        if plain := STATUSES.get(path) or FRAMES.get(path):
            return plain()
        if path in CONTENT:
            return _html(CONTENT[path]().encode("utf-8", "surrogatepass"))
        if path in CHARSETS:
            body, media = in_charset(path)
            return Reply(media=media, body=body)
        return self._moving(request) or self._changing(request) or _html("<h1>no such fault</h1>", 404)

    def _moving(self, request: Request) -> Answer | None:
        path = request.path
        if path in REDIRECTS:
            return _to(REDIRECTS[path])
        kind, _, name = path.strip("/").partition("/")
        if kind in ("redirect", "refresh") and name in LOOPBACKS:
            where = f"http://{LOOPBACKS[name]}:{self.port}/secret"
            head = f'<meta http-equiv="refresh" content="0;url={where}">'
            return _to(where) if kind == "redirect" else _html(article(head=head))
        if kind == "redirect" and name.startswith("growing"):
            return _to(f"{path}x")
        if kind == "redirect" and name.startswith("hops/"):
            left = int(name.removeprefix("hops/"))
            return _to(f"/redirect/hops/{left - 1}" if left > 1 else "/ok")
        return None

    def _changing(self, request: Request) -> Answer | None:
        """Return answers that depend on how often, or for what, the path was asked."""
        path = request.path
        self._visits[f"{request.host}{request.target}"] += 1
        visit = self._visits[f"{request.host}{request.target}"]
        if path == "/list":
            return _html(listing(request.query.get("of", "/ok").split(",")))
        if path.startswith("/calendar/") and (day := path.removeprefix("/calendar/")).isdigit():
            return _html(
                article(after=listing([f"/calendar/{int(day) * 2}", f"/calendar/{int(day) * 2 + 1}"]))
            )
        if path in _BY_VISIT:
            return _BY_VISIT[path](visit)
        if path == "/etag_lies":
            return _lie(request, visit)
        return None


def _lie(request: Request, visit: int) -> Reply:
    tag = ("ETag", '"always-the-same"')
    if request.header("If-None-Match"):
        return Reply(status=304, headers=(tag,))
    return _html(article().replace("%", f".{visit}%", 1), 200, (tag,))


_BY_VISIT: dict[str, Callable[[int], Answer]] = {
    "/first/503": lambda visit: _busy(503, "2") if visit == 1 else _html(article()),
    "/first/429": lambda visit: _busy(429, "2") if visit == 1 else _html(article()),
    "/first/503date": lambda visit: (
        _busy(503, formatdate(time() + 3, usegmt=True)) if visit == 1 else _html(article())
    ),
    "/first/two503": lambda visit: _html("busy", 503) if visit <= 2 else _html(article()),
    "/first/reset": lambda visit: Script(then=Then.RESET) if visit == 1 else _html(article()),
    "/counter": lambda visit: _html(article(after=f"<p>浏览次数：{visit * 17} 当前时间：{time():.0f}</p>")),
    "/either": lambda visit: _html(article(seed=f"either-{visit % 2}")),
    "/hijack/title": lambda visit: _html(_hijacked_title() if visit > 1 else article()),
    "/hijack/body": lambda visit: _html(spam_page("hijack") if visit > 1 else article()),
    "/shrunken": lambda visit: _html(CONTENT["/short"]() if visit > 1 else article()),
}


def _hijacked_title() -> str:
    head, rest = article().split("<title>", 1)
    return f"{head}<title>彩票开奖_真人娱乐_官方入口</title>{rest.partition('</title>')[2]}"
