from __future__ import annotations

import asyncio
import functools
import itertools
import operator
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from loopback import Server, ask, ok, run

from crawler.errors import Refused
from crawler.gate import Gate, retry_after


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("crawler.gate.asyncio.sleep", clock.sleep)
    return clock


def played(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return asyncio.run(work())


def test_the_rest_is_counted_from_the_end_of_one_turn_to_the_start_of_the_next(clock: Clock) -> None:
    async def work() -> list[float]:
        gate, starts = Gate(clock=clock), []
        for _ in range(3):
            async with gate.turn("www.example.cn", 3.0):
                starts.append(clock.now)
                clock.now += 2.0
        return starts

    assert played(work) == [1000.0, 1005.0, 1010.0]


def test_the_longer_of_two_sites_delays_holds_for_a_host_they_share(clock: Clock) -> None:
    async def work() -> list[float]:
        gate, starts = Gate(clock=clock), []
        for delay in (1.0, 5.0, 1.0, 1.0):
            async with gate.turn("www.example.cn", delay):
                starts.append(clock.now)
        return starts

    assert played(work) == [1000.0, 1005.0, 1010.0, 1011.0]


def test_hosts_do_not_wait_for_each_other(clock: Clock) -> None:
    async def work() -> float:
        gate = Gate(clock=clock)
        for host in ("a.example.cn", "b.example.cn"):
            async with gate.turn(host, 60.0):
                pass
        return clock.now

    assert played(work) == 1000.0


@pytest.mark.parametrize("asked", [30.0, 120.0])
def test_a_pause_is_kept(clock: Clock, asked: float) -> None:
    async def work() -> float:
        gate = Gate(clock=clock)
        gate.pause("www.example.cn", asked)
        async with gate.turn("www.example.cn", 0.0):
            return clock.now

    assert played(work) == 1000.0 + asked


def test_a_shorter_pause_does_not_end_a_longer_one_and_none_is_longer_than_an_hour(clock: Clock) -> None:
    gate = Gate(clock=clock)
    gate.pause("www.example.cn", 99_999.0)
    gate.pause("www.example.cn", 5.0)
    assert gate.paused_for("www.example.cn") == 3600.0


def test_nobody_is_kept_waiting_for_a_long_pause_but_told_when_to_come_back(clock: Clock) -> None:
    async def work() -> None:
        gate = Gate(clock=clock)
        gate.pause("www.example.cn", 600.0)
        async with gate.turn("www.example.cn", 0.0):
            pass

    with pytest.raises(Refused, match="paused") as refused:
        played(work)
    assert refused.value.retry_in == 600.0


def test_a_crawl_delay_is_half_a_minute_at_most_and_never_shortened(clock: Clock) -> None:
    gate = Gate(clock=clock)
    for asked in (7.0, 5.0, float("nan")):
        gate.slow_down("a.example.cn", asked)
    gate.slow_down("b.example.cn", 86_400.0)
    assert (gate.crawl_delay("a.example.cn"), gate.crawl_delay("b.example.cn")) == (7.0, 30.0)


@pytest.mark.parametrize("how", ["exception", "cancelled", "cancelled while waiting", "timeout"])
def test_a_turn_ends_however_its_request_ends(how: str) -> None:
    async def work() -> None:
        gate, host, endless = Gate(), "www.example.cn", asyncio.Event()

        async def hold() -> None:
            async with gate.turn(host, 0.0):
                if how == "exception":
                    raise OSError
                await endless.wait()

        first, second = asyncio.ensure_future(hold()), asyncio.ensure_future(hold())
        await asyncio.sleep(0.01)
        if how == "timeout":
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(first, 0.01)
        for task in (second, first) if how == "cancelled while waiting" else (first, second):
            task.cancel()
        await asyncio.gather(first, second, return_exceptions=True)
        await asyncio.wait_for(gate.turn(host, 0.0).__aenter__(), 1)

    played(work)


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("120", None, 120.0),
        (" 0 ", None, 0.0),
        ("99999999999999", None, 999_999_999.0),
        ("Sat, 21 Nov 2026 10:02:00 GMT", "Sat, 21 Nov 2026 10:00:00 GMT", 120.0),
        ("Sat, 21 Nov 2026 10:02:00 GMT", "Sat, 21 Nov 2026 10:05:00 GMT", 0.0),
        ("Thu, 01 Jan 1970 00:20:00 GMT", None, 200.0),
        ("Thu, 01 Jan 1970 00:20:00 GMT", "no date", 200.0),
        ("soon", None, None),
        ("-5", None, None),
        ("１２", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(
    value: str | None, date: str | None, seconds: float | None
) -> None:
    assert retry_after(value, date, now=1000.0) == seconds


def overlaps(server: Server) -> int:
    visits = sorted(server.log, key=lambda visit: visit.begun)
    return sum(b.begun < a.ended for a, b in itertools.pairwise(visits))


def test_two_crawlers_at_delay_0_ask_a_host_one_request_at_a_time() -> None:
    async def work() -> Server:
        async with Server(pause=0.05) as server:
            first = [server.url(f"/a{n}") for n in range(6)]
            second = [server.url(f"/b{n}") for n in range(6)]
            many = {"CONCURRENT_REQUESTS_PER_DOMAIN": 8}
            answers = await asyncio.gather(ask(*first, **many), ask(*second, **many))
            assert [answer.status for answer in functools.reduce(operator.iadd, answers, [])] == [200] * 12
            return server

    server = run(work())
    assert len(server.log) == 14  # twelve pages and each crawler's robots.txt
    assert overlaps(server) == 0


def test_the_delay_lies_between_any_two_requests_to_a_host_as_the_server_sees_it() -> None:
    async def work() -> Server:
        async with Server(pause=0.1) as server:
            pages = [server.url(f"/{n}") for n in range(2)]
            await asyncio.gather(*(ask(page, ARCHIVE_DELAY="0.6") for page in pages))
            return server

    visits = run(work()).log
    assert len(visits) == 4
    assert all(b.begun - a.ended >= 0.59 for a, b in itertools.pairwise(visits))


def test_retry_after_rests_the_host_and_not_the_process() -> None:
    async def work() -> tuple[Server, Server]:
        busy = ok(b"", "Retry-After: 1", status="503 Service Unavailable")
        async with Server({"/busy": busy}) as server, Server() as other:
            urls = [server.url("/busy"), server.url("/after")]
            await ask(*urls, *(other.url(f"/{n}", host="localhost") for n in range(5)))
            return server, other

    server, other = run(work())
    asked = {visit.path: visit for visit in server.log}
    assert asked["/after"].begun - asked["/busy"].ended >= 0.95
    assert other.log[-1].ended < asked["/after"].begun
