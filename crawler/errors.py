"""Errors that stop a request or spoil its answer, one class for each reaction of a caller."""

from __future__ import annotations

from collections.abc import Iterator

from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet.error import ConnectError
from twisted.python.failure import Failure

# The errors with which an exchange that was tried can end; any other error is a mistake of ours.
FAILURES = (
    CannotResolveHostError,
    ConnectError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    OSError,
    ResponseDataLossError,
    TunnelError,
    UnsupportedURLSchemeError,
)
_NAMES = {
    CannotResolveHostError: "unreachable: no address found for the name",
    DownloadConnectionRefusedError: "unreachable: connection refused",
    DownloadTimeoutError: "timeout",
    ResponseDataLossError: "disconnect: the body ended early",
}


class Refused(IgnoreRequest):
    """A request of ours that was never sent.

    It has no capture; it is an event ``refused`` with its reason. ``retry_in``: seconds after which the same
    request may be made, None where waiting changes nothing.
    """

    def __init__(self, reason: str, *, retry_in: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_in = retry_in


class TooLarge(DownloadFailedError):
    """An answer over the byte limit, on the wire or decoded. Its body is not kept."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ExchangeFailed(DownloadFailedError):
    """The cause is put into words where it is caught: on its way through Scrapy's Deferreds it is lost."""

    def __init__(self, error: BaseException) -> None:
        self.reason = _cause_text(list(causes_of(error)))
        super().__init__(self.reason)


class TlsInvalid(DownloadFailedError):
    """The server showed no certificate that this machine trusts for the host asked, or spoke no TLS."""


class DecodeError(ValueError):
    """A body that differs from its Content-Encoding, or only a part of it.

    ``body`` is the part decoded before the error, or else the bytes that came: evidence, and no page.
    """

    def __init__(self, reason: str, body: bytes = b"") -> None:
        super().__init__(reason)
        self.reason = reason
        self.body = body


def failure_text(error: BaseException) -> str:
    """Return the failure of an exchange, in one line that begins with its kind.

    Kinds: unreachable, timeout, disconnect, tls, too_large, decode_error, protocol. It says how the exchange
    ended as seen from here, not whose fault that was.
    """
    if isinstance(error, TooLarge | DecodeError | Refused | ExchangeFailed):
        return error.reason
    if isinstance(error, TlsInvalid):
        return f"tls: {error}"
    for kind, text in _NAMES.items():
        if isinstance(error, kind):
            return text
    if isinstance(error, ConnectError):
        return f"unreachable: {type(error).__name__}"
    if isinstance(error, TunnelError):
        return f"unreachable: {error}"
    return _cause_text(list(causes_of(error)))


def _cause_text(causes: list[BaseException]) -> str:
    if any("Connection" in type(cause).__name__ for cause in causes):
        return "disconnect: the connection was closed before the answer was complete"
    return f"protocol: {type(causes[-1]).__name__}: {str(causes[-1])[:200]}"


def causes_of(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and everything it was made from, outermost first."""
    pending: list[BaseException] = [error]
    seen: set[int] = set()
    while pending:
        cause = pending.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        reasons = getattr(cause, "reasons", None) or ()
        # Twisted keeps a list of reasons, each wrapped.
        values = (r.value if isinstance(r, Failure) else r for r in reasons)
        pending += [value for value in values if isinstance(value, BaseException)]
        if cause.__cause__ is not None:
            pending.append(cause.__cause__)
