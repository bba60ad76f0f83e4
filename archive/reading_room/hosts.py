"""For which hosts the room answers: this machine's own names, and those it is told. Pure.

A page elsewhere can let its own name lead to 127.0.0.1 and have a reader's browser ask us (DNS rebinding). The name
that was asked for then stands in the request, and is none of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address

_PORT = re.compile(r":[0-9]{0,5}$")
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*")


def host_name(host: str | None) -> str | None:
    """Return the name or address in a Host header, without its port, in small letters; None for what is no host."""
    bare = _PORT.sub("", (host or "").strip().lower())
    if bare.startswith("[") and bare.endswith("]"):
        return _address(bare[1:-1])
    if ":" in bare:  # an address of IPv6 has brackets in a header
        return None
    return _address(bare) or (bare.rstrip(".") if _NAME.fullmatch(bare.rstrip(".")) else None)


def is_loopback(host: str | None) -> bool:
    """Return whether a Host header names this very machine: localhost, a name under it, or a loopback address."""
    name = host_name(host)
    if name is None:
        return False
    if name == "localhost" or name.endswith(".localhost"):
        return True
    return _address(name) is not None and ip_address(name).is_loopback


def is_answered(host: str | None, told: Iterable[str]) -> bool:
    """Return whether the room answers for a Host header: a loopback name or address, or one of those it is told."""
    name = host_name(host)
    return name is not None and (is_loopback(host) or name in {host_name(one) for one in told})


def _address(text: str) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None
