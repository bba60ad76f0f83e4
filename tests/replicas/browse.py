"""A plain client for looking at the replicas: one request, through the proxy, nothing followed or decoded."""

from __future__ import annotations

import http.client
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from .control import Replicas

AGENT = "Mozilla/5.0 (compatible; replica-test/1; +https://contact.example)"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back, body as on the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """Return the body as UTF-8."""
        return self.body.decode("utf-8")


def fetch(
    replicas: Replicas,
    url: str,
    headers: dict[str, str] | None = None,
    *,
    method: str = "GET",
    timeout: float = 5,
) -> Fetched:
    """Fetch one address. Without ``headers`` it sends what a polite crawler would: a name and a Referer."""
    parts = urlsplit(url)
    sent = headers if headers is not None else {"User-Agent": AGENT, "Referer": f"https://{parts.netloc}/"}
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        trusting = ssl.create_default_context(cafile=str(replicas.ca_file))
        connection = http.client.HTTPSConnection(
            "127.0.0.1", replicas.port, timeout=timeout, context=trusting
        )
        connection.set_tunnel(parts.netloc)
        target = url.split(parts.netloc, 1)[1] or "/"
    else:
        connection = http.client.HTTPConnection("127.0.0.1", replicas.port, timeout=timeout)
        target = url
    try:
        connection.request(method, target, headers=sent)
        answer = connection.getresponse()
        return Fetched(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()
