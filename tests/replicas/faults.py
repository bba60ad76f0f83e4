"""The fault server: one path a fault."""

from __future__ import annotations

from .authority import EXPIRED, SELF_SIGNED, WRONG_NAME
from .wire import Answer, Reply, Request


class Faults:
    """Answers for hosts on which nothing is as it should be. ``port`` is the proxy's own."""

    hosts = ("fault.example", "other.example", SELF_SIGNED, WRONG_NAME, EXPIRED)

    def __init__(self) -> None:
        self.port = 0

    def __call__(self, request: Request) -> Answer:
        return Reply(status=404, body=b"no such fault")
