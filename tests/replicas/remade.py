"""A site that was made anew: other markup, or other addresses for its articles. Each replica says what becomes of what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from .modes import Modes
from .wire import Reply, Request

Exchanges = Sequence[tuple[str, str]]


def remade(reply: Reply, request: Request, modes: Modes, *, markup: Exchanges, paths: Exchanges) -> Reply:
    """Return the reply as the host's modes have it: pairs are regular expressions and what is put for each match."""
    wanted = [
        pair
        for name, pairs in (("new_markup", markup), ("new_paths", paths))
        if modes.find(request.host, name, request)
        for pair in pairs
    ]
    if not wanted or reply.status != 200 or request.path == "/robots.txt":
        return reply
    text = reply.body.decode("utf-8", "surrogateescape")
    for pattern, put in wanted:
        text = re.sub(pattern, put, text)
    return replace(reply, body=text.encode("utf-8", "surrogateescape"))
