from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import Server, ask, moved, ok, run
from scrapy.http import Response

from crawler.errors import Refused
from crawler.robots import answer_of, robots_text
from tests.conftest import Ends

RULES = "User-agent: *\nDisallow: /private/\n"


def crawled(
    robots: Any, *paths: str, extra: dict[str, Any] | None = None, **values: Any
) -> tuple[list[Any], Server]:
    async def work() -> tuple[list[Any], Server]:
        async with Server({"/robots.txt": robots, **(extra or {})}) as server:
            return await ask(*(server.url(path) for path in paths), **values), server

    return run(work())


async def hang(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def cut(writer: asyncio.StreamWriter) -> None:
    writer.close()


async def cut_in_the_body(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nUser-agent: *\n")
    writer.close()


@pytest.mark.parametrize(
    "robots",
    [
        ok(b"", status="500 Internal Server Error"),
        ok(b"", status="503 Service Unavailable"),
        ok(b"<script>document.cookie='__jsl_clearance=1'</script>", status="521 "),
        ok(b"<script>$_ts={}</script>", status="412 Precondition Failed"),
        ok(b"<html><script>document.cookie='__jsl_clearance_s=1';location.reload()</script>"),
        ok(b"", status="429 Too Many Requests"),
        hang,
        cut,
        cut_in_the_body,
    ],
    ids=["500", "503", "521", "412", "200 challenge", "429", "hang", "reset", "cut"],
)
def test_while_the_rules_are_unknown_nothing_is_asked_and_robots_txt_only_once(robots: Any) -> None:
    seen, server = crawled(robots, "/a", "/b", "/c", DOWNLOAD_TIMEOUT=0.4)
    assert server.paths() == ["/robots.txt"]
    assert [type(refused) for refused in seen] == [Refused] * 3
    assert all(refused.reason.startswith("robots: ") for refused in seen)


@pytest.mark.parametrize("status", ["400 Bad", "401 No", "403 Forbidden", "404 Not Found", "410 Gone"])
def test_a_server_without_rules_allows_everything(status: str) -> None:
    seen, server = crawled(ok(RULES.encode(), status=status), "/private/a")
    assert [response.status for response in seen] == [200]
    assert server.paths() == ["/robots.txt", "/private/a"]


@pytest.mark.parametrize(
    "body",
    [
        RULES.encode(),
        b"\xef\xbb\xbf" + RULES.encode(),
        RULES.encode("utf-16"),
        b"\xfe\xff" + RULES.encode("utf-16-be"),
        RULES.encode("utf-16-le"),
        RULES.encode("utf-16-be"),
        f"# 本站规则，请各爬虫遵守\n{RULES}".encode("gb18030"),
        b"#\xff\xff\n" + RULES.encode(),
        RULES.replace("\n", "\r\n").encode(),
        b"# padding\n" * 52_000 + RULES.encode(),
        RULES.replace("*", "Yuanben").encode(),
    ],
    ids=[
        "plain", "BOM", "UTF-16", "UTF-16 BE", "UTF-16 LE without mark", "UTF-16 BE without mark", "GBK comment",
        "no charset at all", "CRLF", "after 500 KiB", "for us by name",
    ],
)  # fmt: skip
def test_rules_are_obeyed_in_every_encoding(body: bytes) -> None:
    seen, server = crawled(ok(body), "/private/a", "/public/b")
    assert server.paths() == ["/robots.txt", "/public/b"]
    refused = next(one for one in seen if isinstance(one, Refused))
    assert refused.reason == "robots: disallowed by robots.txt"


@pytest.mark.parametrize("agent", ["Mozilla", "Mozilla/5.0", "Baiduspider"])
def test_rules_for_others_are_not_ours(agent: str) -> None:
    seen, _ = crawled(ok(RULES.replace("*", agent).encode()), "/private/a")
    assert seen[0].status == 200


def test_an_html_page_instead_of_rules_holds_none() -> None:
    seen, _ = crawled(ok("<!DOCTYPE html><title>首页</title>".encode()), "/private/a")
    assert seen[0].status == 200


def test_many_first_requests_wait_for_one_answer() -> None:
    async def work() -> tuple[list[Any], Server]:
        async with Server({"/robots.txt": ok(RULES.encode())}, pause=0.1) as server:
            urls = [server.url(f"/private/{n}") for n in range(8)]
            return await ask(*urls, CONCURRENT_REQUESTS_PER_DOMAIN=8), server

    seen, server = run(work())
    assert [type(one) for one in seen] == [Refused] * 8
    assert server.paths() == ["/robots.txt"]


def test_each_server_is_asked_for_its_own_file() -> None:
    async def work() -> list[Any]:
        async with Server({"/robots.txt": ok(RULES.encode())}) as strict, Server() as free:
            return await ask(strict.url("/private/a"), free.url("/private/a"))

    refused, seen = sorted(run(work()), key=lambda one: not isinstance(one, Refused))
    assert isinstance(refused, Refused)
    assert seen.status == 200


@pytest.mark.parametrize(("hops", "allowed"), [(5, False), (10, False), (11, True)])
def test_redirected_rules_are_followed_for_ten_hops_and_then_taken_for_none(hops: int, allowed: bool) -> None:
    chain: dict[str, Any] = {f"/r{n}": moved(f"/r{n + 1}") for n in range(1, hops)}
    chain[f"/r{hops}"] = ok(RULES.encode())
    seen, server = crawled(moved("/r1"), "/private/a", extra=chain)
    assert isinstance(seen[0], Refused) is not allowed
    assert len(server.log) == (12 if allowed else hops + 1)


def test_rules_redirected_to_a_private_address_are_unknown() -> None:
    seen, server = crawled(moved("http://10.0.0.8/robots.txt"), "/a")
    assert isinstance(seen[0], Refused) and "10.0.0.8" in seen[0].reason
    assert server.paths() == ["/robots.txt"]


def test_a_crawl_delay_lengthens_the_rest() -> None:
    rules = b"User-agent: *\nCrawl-delay: 1\n"
    _, server = crawled(ok(rules), "/a", "/b", ARCHIVE_DELAY="0.5")
    robots, first, second = server.log
    assert second.begun - first.ended >= 0.95
    assert first.begun - robots.ended >= 0.45


@given(body=st.binary(max_size=400))
def test_any_bytes_are_rules_of_some_kind(body: bytes) -> None:
    robots_text(body)
    answer_of(Response("http://www.example.cn/robots.txt", body=body)).refusal(
        "http://www.example.cn/a?b=%zz"
    )


def test_hostile_rules_are_matched_without_going_back(ends: Ends) -> None:
    rules = "User-agent: *\n" + "".join(f"Disallow: /{'a*' * 40}{n}$\n" for n in range(8000))
    answer = answer_of(Response("http://www.example.cn/robots.txt", body=rules.encode()))
    with ends(20):
        assert answer.refusal("http://www.example.cn/" + "a" * 2000) is None
