"""A server that costs next to nothing: pages out of memory, keep-alive, one process. ``python server.py FOLDER``."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path


class Pages(asyncio.Protocol):
    """Answers GET /N.html with the bytes of FOLDER/N.html as they are now, robots.txt with 404."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, received: bytes) -> None:
        self._received += received
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            name = head.split(b" ", 2)[1].decode().lstrip("/")
            path = self._folder / name.replace("/", "_")
            found = path.is_file()
            body = path.read_bytes() if found else b"none"
            status = b"200 OK" if found else b"404 Not Found"
            self._transport.write(  # type: ignore[attr-defined]
                b"HTTP/1.1 " + status + b"\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: "
                + str(len(body)).encode() + b"\r\n\r\n" + body
            )  # fmt: skip


async def main(folder: Path) -> None:
    """Serve on a free port of every loopback address, and print the port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Pages(folder), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    others = [await loop.create_server(lambda: Pages(folder), f"127.0.0.{n}", port) for n in range(2, 9)]
    print(port, flush=True)
    await asyncio.gather(*(one.serve_forever() for one in [server, *others]))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
