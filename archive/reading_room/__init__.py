"""The reading room: Datasette with our pages, for people who know no SQL and for those who do.

It opens the archive read-only and never as immutable, so a crawl may write while people read.
"""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from archive.errors import BadInput
from archive.store.file.connection import open_for_reading

HOST = "127.0.0.1"
PORT = 8001
SETTINGS = {
    "default_page_size": 30,
    "suggest_facets": False,  # three queries a column, before the first row is shown
    "sql_time_limit_ms": 1000,
    "num_sql_threads": 8,  # with three, as many slow looks made everybody wait
    "allow_download": False,
}
# What strangers may not do: any SQL of their own, and the whole archive in one answer.
PUBLIC = {"default_allow_sql": False, "allow_csv_stream": False, "max_returned_rows": 200}


def launch(
    path: Path, port: int = PORT, public: bool = False, hosts: Sequence[str] = (), *, desk: bool = False
) -> int:
    """Serve the reading room of one archive on this machine until it is stopped, and return the exit code.

    Only this machine can reach it: to show it to others, put a web server in front, pass ``public``, and in ``hosts``
    the names by which it will be asked. ``desk``: changes can be marked as reviewed, in a file beside the archive.
    """
    from archive.reading_room.safety import host_name

    if public and desk:
        raise BadInput("strangers would mark changes, too — give --desk or --public, not both")
    for host in hosts:
        if host_name(host) is None:
            raise BadInput(f"{host[:80]!r} is no host — give a name or an address, as archive.example")
    closing(open_for_reading(path)).__exit__()
    listener = _listener(port)
    address = f"http://{HOST}:{listener.getsockname()[1]}/"
    print(
        f"yuanben: the reading room of {path} is at {address} — Ctrl-C closes it", file=sys.stderr, flush=True
    )
    return _serve(path, listener, {"public": public, "hosts": list(hosts), "desk": desk})


def _listener(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        raise BadInput(
            f"port {port} cannot be used ({_message_of(error)}) — pass --port with another one"
        ) from None
    return listener


def _message_of(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


def _serve(path: Path, listener: socket.socket, told: dict[str, Any]) -> int:
    # Imported late: Datasette takes half a second, and a busy port should be told at once.
    import uvicorn
    from datasette.app import Datasette

    from archive.reading_room.safety import REST, BoundedProtocol

    datasette = Datasette(
        [str(path)],
        metadata={"plugins": {"yuanben": told}},
        settings=SETTINGS | (PUBLIC if told["public"] else {}),
    )
    server = uvicorn.Server(
        uvicorn.Config(
            datasette.app(),
            http=BoundedProtocol,
            ws="none",
            log_level="warning",
            lifespan="on",
            timeout_keep_alive=REST,
            timeout_graceful_shutdown=2,
        )
    )
    # A shell that started us in the background has told us to ignore Ctrl-C; whoever sends it still means it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        return 130
    finally:
        listener.close()
    return 0 if server.started else 1
