"""Answers as servers write them: what a browser tolerates costs only its line, not the page.

Twisted rejects a whole answer for one header with a blank in its name. What is tolerated here is noted on the
response (``oddities``), as are the signs of an incomplete or overlong body: bytes beyond its stated length,
and a connection that was broken rather than closed.
"""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import re
from typing import Any

from scrapy.core.downloader.handlers.http11 import _LenientHTTPClientParser
from twisted.web._newclient import STATUS

from archive.patterns import regex

BAD_HEADER = "bad_header"
BAD_STATUS_LINE = "bad_status_line"
BYTES_AFTER_BODY = "bytes_after_body"
BROKEN_OFF = "broken_off"

_TOKEN = regex(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LENGTHS = regex(rb"[0-9]{1,18}(?:[ \t]*,[ \t]*[0-9]{1,18})*")
_STATUS_LINE = regex(rb"(HTTP)/([0-9])(?:\.([0-9]))?[ \t]+([1-9][0-9]{2})(?:[ \t]+(.*))?", re.IGNORECASE)
_MOST_EMPTY_LINES = 4


class TolerantParser(_LenientHTTPClientParser):
    """Reads one answer. It replaces the class of an existing parser: it has no state but its defaults."""

    # One line may be as long as all headers together: some servers' policies are.
    MAX_LENGTH = 256 << 10
    _empty_lines = 0
    _odd: tuple[str, ...] = ()

    def lineReceived(self, line: bytes) -> None:
        line = line.removesuffix(b"\r")
        if self.state == STATUS:
            self._status_line(line)
            return
        if line[:1] in (b" ", b"\t") and self._partialHeader is None:
            # A header cannot begin with the continuation of another.
            self._note(BAD_HEADER)
            return
        if line and line[:1] not in (b" ", b"\t") and b":" not in line:
            self._note(BAD_HEADER)
        super().lineReceived(line)

    def headerReceived(self, name: bytes, value: bytes) -> None:
        name = name.rstrip(b" \t")
        if not _TOKEN.fullmatch(name) or not _is_usable(name.lower(), value):
            self._note(BAD_HEADER)
            return
        super().headerReceived(name, value)

    def allHeadersReceived(self) -> None:
        response: Any = self.response
        if not 100 <= response.code < 200:
            response.oddities = self._odd
        super().allHeadersReceived()

    def _finished(self, rest: bytes) -> None:
        if rest.strip(b"\r\n"):
            response: Any = self.response
            response.oddities = (*self._odd, BYTES_AFTER_BODY)
        super()._finished(rest)

    def _status_line(self, line: bytes) -> None:
        if not line and self._empty_lines < _MOST_EMPTY_LINES:
            self._empty_lines += 1
            return
        known = _STATUS_LINE.fullmatch(line)
        if known is not None:
            plain = b"HTTP/%s.%s %s %s" % (known[2], known[3] or b"0", known[4], known[5] or b"")
            if self._empty_lines or line.rstrip() != plain.rstrip():
                self._note(BAD_STATUS_LINE)
            line = plain
        super().lineReceived(line)

    def _note(self, oddity: str) -> None:
        self._odd = tuple(dict.fromkeys((*self._odd, oddity)))


def broken_off(parser: Any) -> None:
    """Note on the answer under way that its connection was broken, not closed."""
    response = getattr(parser, "response", None)
    if response is not None:
        response.oddities = (*getattr(response, "oddities", ()), BROKEN_OFF)


def _is_usable(name: bytes, value: bytes) -> bool:
    """Return whether a framing header is usable; where one is not, browsers go by the others."""
    if name == b"content-length":
        return _LENGTHS.fullmatch(value) is not None
    if name == b"transfer-encoding":
        return value.lower() not in (b"identity", b"")
    return True
