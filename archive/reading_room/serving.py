"""The room's end of a connection: whoever does not ask, asks by the drop, or does not take the answer, is let go.

uvicorn bounds how long a connection may rest after an answer, and nothing else: a hundred connections on which nothing
or one letter a second was sent stayed for good. Here a request must be there whole within its time, and an answer be
taken within its own.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

# Seconds for a request to arrive whole, for an answer that waits in the buffer to be taken, for one to go after its end.
ARRIVAL, STALL, REST = 10.0, 30.0, 5
# Of more connections than these, the one that has waited longest without a whole request goes first.
MOST_CONNECTIONS = 400


class BoundedProtocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, with a time for each thing that the other side has to do."""

    arrival, stall, most = ARRIVAL, STALL, MOST_CONNECTIONS

    def __init__(self, *told: Any, **named: Any) -> None:
        super().__init__(*told, **named)
        self._arriving: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Await a request, and let another connection go when there are too many."""
        super().connection_made(transport)
        self._await_request()
        if len(self.connections) > self.most:
            waiting = [one for one in self.connections if isinstance(one, BoundedProtocol) and one._arriving]
            # They all have the same time: whose ends first has waited longest.
            min(waiting, key=BoundedProtocol._ends).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop every clock."""
        self._arriving = self._stopped(self._arriving)
        self._stalled = self._stopped(self._stalled)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came. Its letters do not lengthen the time that the whole request has."""
        if self._arriving is None and (self.cycle is None or self.cycle.response_complete):
            self._await_request()
        super().data_received(data)
        if self.cycle is not None and not self.cycle.more_body:
            self._arriving = self._stopped(self._arriving)

    def pause_writing(self) -> None:
        """Begin to wait for the other side to take what is in the buffer."""
        super().pause_writing()
        self._stalled = self._stopped(self._stalled) or self.loop.call_later(self.stall, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop waiting: it was taken."""
        self._stalled = self._stopped(self._stalled)
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """Let a connection go that rests; should its last answer never be taken, without that."""
        super().timeout_keep_alive_handler()
        self.loop.call_later(self.stall, self.transport.abort)

    def _await_request(self) -> None:
        self._arriving = self.loop.call_later(self.arrival, self.transport.abort)

    def _ends(self) -> float:
        return self._arriving.when() if self._arriving else float("inf")

    @staticmethod
    def _stopped(timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()
