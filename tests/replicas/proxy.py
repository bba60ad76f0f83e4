"""The forward proxy on loopback through which spiders reach the replicas with their live addresses.

``CONNECT host:443`` ends here: the proxy speaks TLS itself, with a certificate its own authority issues for
the host. ``GET http://host/…`` is answered in place, and so is a plain ``GET /…`` (the fault server). Nothing
is ever resolved or connected to: a host that is no replica gets a 502, and a line in the log.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import replace

from .authority import Authority
from .connection import Connection
from .modes import Modes
from .wire import Answer, Exchange, Reply, Request, Script, Then, framed

Serve = Callable[[Request], Answer]


class Proxy:
    """Answers for the hosts of ``sites``; ``fallback`` answers for the loopback address itself."""

    def __init__(
        self, sites: Mapping[str, Serve], *, fallback: Serve, authority: Authority, modes: Modes
    ) -> None:
        self.log: list[Exchange] = []
        self.under_way: dict[int, Exchange] = {}
        self.modes = modes
        self._sites = sites
        self._fallback = fallback
        self._authority = authority
        self._tunnels: set[asyncio.Task[None]] = set()

    async def listen(self) -> int:
        """Start to listen on a free port of 127.0.0.1 and return it."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Connection(self), "127.0.0.1", 0, backlog=512)
        port: int = server.sockets[0].getsockname()[1]
        return port

    def answer(self, request: Request) -> Answer:
        """Return what the host does with this request: its present mode first, then its pages."""
        host = request.host.partition(":")[0].lower()
        serve = self._sites.get(host) or (self._fallback if host in ("127.0.0.1", "localhost") else None)
        if serve is None:
            return Reply(status=502, media="text/plain", body=b"no such host in this world\n")
        return self.modes.answer(host, request) or self._answer_of_site(host, request, serve)

    def _answer_of_site(self, host: str, request: Request, serve: Serve) -> Answer:
        answer = serve(request)
        if (
            isinstance(answer, Reply)
            and answer.status == 404
            and self.modes.find(host, "homepage404", request)
        ):
            answer = serve(replace(request, target="/"))
        slow = self.modes.find(host, "slow", request)
        if slow and isinstance(answer, Reply):
            octets = framed(answer, head=request.method == "HEAD")
            return Script(steps=(slow.seconds, octets), then=Then.KEEP, status=answer.status)
        return answer

    def tunnel(self, connection: Connection, authority: str) -> bool:
        """Turn the connection into a TLS tunnel to a host we play; False when we play no such host."""
        host, _, port = authority.lower().partition(":")
        if host not in self._sites or port != "443" or connection.transport is None:
            return False
        # A client quick enough to greet before the transport is handed over would not be heard.
        connection.transport.pause_reading()
        connection.transport.pause_reading()
        connection.transport.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        task = asyncio.get_running_loop().create_task(self._speak_tls(connection.transport, host))
        self._tunnels.add(task)
        task.add_done_callback(self._tunnels.discard)
        return True

    async def _speak_tls(self, transport: asyncio.Transport, host: str) -> None:
        inner = Connection(self, tunnelled_to=host)
        try:
            secured = await asyncio.get_running_loop().start_tls(
                transport, inner, self._authority.context(host), server_side=True, ssl_handshake_timeout=20
            )
        except (ssl.SSLError, OSError):
            transport.abort()
            return
        if secured is not None:
            inner.connection_made(secured)
            # A quick client's first request came with the end of the handshake, before there was a transport.
            inner.data_received(b"")
