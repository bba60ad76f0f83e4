"""Visits to the reading room of an archive, in this process."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path
from typing import Any

import httpx
from datasette.app import Datasette

from archive.reading_room import PUBLIC, SETTINGS

_LINK = re.compile(r'<a [^>]*?href="([^"]*)"')
_IS_HERE = re.compile(r"/(?!/)")
_VALUES = re.compile(r"[0-9a-f]{16,}|[0-9]+|=[^&]*")
_HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title></textarea></details><svg/onload=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    "]]><iframe src=//evil.example>",
    "&lt;b&gt;<b>fat</b>",
    "javascript:alert(1)",
)
# Each by itself and among what pages put around it: 200 in all.
_AROUND = (
    "{}", "关于{}的通知", "{}\t{}", "<p>{}</p>", "&lt;{}&gt;", "&#60;{}", "'{}'", '"{}"', "`{}`", "<!--{}-->", "--!>{}",
    "</p>{}", "</a>{}", "</pre>{}", "</option></select>{}", "</title>{}", "</svg>{}", "<math>{}", "<style>{}", "${{{}}}",
    "\\{}", "%3C{}", "\u202e{}", "\ufeff{}", "<plaintext>{}",
)  # fmt: skip
HOSTILE_TEXTS = len(_HOSTILE)
HOSTILE = tuple(around.replace("{}", text) for around in _AROUND for text in _HOSTILE)


def visit(
    path: Path, *paths: str, headers: Mapping[str, str] | None = None, public: bool = False
) -> list[httpx.Response]:
    """Return what the room answers to each of some addresses, asked in order."""
    return asyncio.run(_visit(path, paths, dict(headers or {}), public))


def see(path: Path, address: str, **more: Any) -> str:
    """Return the page at one address; it must be there."""
    (response,) = visit(path, address, **more)
    assert response.status_code == 200, response.text
    return response.text


def send(path: Path, address: str, **more: Any) -> httpx.Response:
    """Return what the room answers to a form that is sent; ``data``, ``files`` and ``headers`` as httpx takes them."""

    async def sent() -> httpx.Response:
        async with _room(path) as datasette:
            answer: httpx.Response = await datasette.client.post(address, **more)
            return answer

    return asyncio.run(sent())


def walk(path: Path, *, alike: int) -> dict[str, int]:
    """Follow every link of the room from its front page; return the status of each address asked.

    Of addresses that differ in numbers and values alone only so many are asked.
    """
    return asyncio.run(_walk(path, alike))


async def _walk(path: Path, alike: int) -> dict[str, int]:
    found: dict[str, int] = {}
    asked, waiting = Counter[str](), ["/"]
    async with _room(path) as datasette:
        while waiting:
            address = waiting.pop(0)
            shape = _VALUES.sub("", address)
            if address in found or asked[shape] == alike:
                continue
            asked[shape] += 1
            response = await datasette.client.get(address)
            found[address] = response.status_code
            if "html" in response.headers.get("content-type", ""):
                links = (unescape(link) for link in _LINK.findall(response.text))
                waiting += [link.partition("#")[0] for link in links if _IS_HERE.match(link)]
    return found


async def _visit(
    path: Path, paths: Sequence[str], headers: dict[str, str], public: bool
) -> list[httpx.Response]:
    async with _room(path, public=public) as datasette:
        return [await datasette.client.get(address, headers=headers) for address in paths]


@asynccontextmanager
async def _room(path: Path, *, public: bool = False) -> AsyncIterator[Datasette]:
    datasette = Datasette(
        [str(path)],
        metadata={"plugins": {"yuanben": {"public": public}}},
        settings=SETTINGS | (PUBLIC if public else {}),
    )
    await datasette.invoke_startup()
    try:
        yield datasette
    finally:
        for database in datasette.databases.values():
            database.close()
        assert datasette.executor is not None
        datasette.executor.shutdown()
