"""Bodies digested and compressed beside the crawling thread, one after the other.

Level 9 takes some 20 ms for a page and seconds for a large file; in the crawling thread every other site would
wait for it. Only work on bytes is done elsewhere: what is asked of the archive, and the transaction that keeps
capture and payload, stay where they were. Turns are taken in the order in which answers came, and each lasts
until its answer is kept, so that no more wait here than the crawler has requests under way.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from archive.models import Exchange
from archive.store import Archive
from archive.store.file.payloads import Packed, payload_digest


class Packing:
    """The one thread of a run that compresses."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="packing")
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def packed(self, archive: Archive, exchange: Exchange) -> AsyncIterator[Packed | None]:
        """Give the stored form of an exchange's body, for the block that keeps it; None where there is no body."""
        async with self._turn:
            yield await self._packed(archive, exchange) if exchange.body else None

    async def _packed(self, archive: Archive, exchange: Exchange) -> Packed:
        loop, body = asyncio.get_running_loop(), exchange.body or b""
        digest = await loop.run_in_executor(self._thread, payload_digest, body)
        if archive.payloads.held(digest):
            return Packed(digest=digest)
        plan = archive.payloads.plan(site=exchange.site, url=exchange.url, media_type=exchange.media_type)
        return await loop.run_in_executor(self._thread, plan.packed, body, digest)
