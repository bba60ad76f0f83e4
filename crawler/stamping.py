"""Ask a time-stamping service: a request on stdin, its answer on stdout. The archive opens no connection of its own."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request

# A time-stamp token is some kilobytes.
_LARGEST = 1 << 20
PATIENCE = 30.0


def stamp(url: str, request: bytes) -> bytes:
    """Return what a service answers to a request of RFC 3161. Whether it is a time stamp is for the caller to check."""
    if not url.lower().startswith(("http://", "https://")):
        raise ValueError(f"{url} is no http or https address")
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    asked = urllib.request.Request(url, data=request, headers=headers, method="POST")
    with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
        body: bytes = answer.read(_LARGEST)
    return body


def main() -> int:
    """Ask the service named; 1, with the reason on stderr, when it does not answer."""
    try:
        sys.stdout.buffer.write(stamp(sys.argv[1], sys.stdin.buffer.read(_LARGEST)))
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
