from __future__ import annotations

from typing import Any

import pytest
import scrapy
from loopback import Server, ask, moved, ok, run

from crawler.errors import Refused


@pytest.fixture
def by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every name lead to this machine, without a delay. Only names the operator allows may be asked."""

    async def lookup(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    monkeypatch.setattr("crawler.address.system_lookup", lookup)
    monkeypatch.setattr("crawler.handler.Pace.delay", lambda *_: 0.0)
    monkeypatch.setattr("crawler.robots.delay_setting", lambda _: None)
    monkeypatch.setattr("crawler.pace.delay_setting", lambda _: None)


def crawled(
    answers: dict[str, Any], path: str = "/a", *, headers: Any = None, **meta: Any
) -> tuple[Any, Server]:
    async def work() -> tuple[Any, Server]:
        async with Server(answers) as server:
            request = scrapy.Request(server.url(path), headers=headers, meta={"kind": "article", **meta})
            (seen,) = await ask(request)
            return seen, server

    return run(work())


@pytest.mark.parametrize("status", ["301 M", "302 F", "303 S", "307 T", "308 P"])
def test_each_hop_is_linked_to_the_capture_before_it(status: str) -> None:
    seen, server = crawled({"/a": moved("/b", status), "/b": moved("/c", status)})
    assert (seen.status, seen.url) == (200, server.url("/c"))
    assert server.paths() == ["/robots.txt", "/a", "/b", "/c"]
    assert seen.meta["redirected_from"] == seen.meta["capture"] - 1


@pytest.mark.parametrize(
    "where",
    [
        "http://10.0.0.8/", "http://2130706433:1/x", "http://0/", "http://[::1]/", "http://localhost.:1/",
        "http://169.254.169.254/latest/meta-data/", "http://printer/", "//10.0.0.8/",
    ],
)  # fmt: skip
def test_a_hop_to_a_private_address_is_refused_with_nothing_sent(where: str, by_name: None) -> None:
    async def work() -> tuple[Any, Server]:
        async with Server({"/a": moved(where)}) as server:
            url = server.url("/a", host="www.example.cn")
            (seen,) = await ask(url, ARCHIVE_ALLOW_HOSTS="www.example.cn,127.0.0.2")
            return seen, server

    seen, server = run(work())
    assert isinstance(seen, Refused)
    assert server.paths() == ["/robots.txt", "/a"]


@pytest.mark.parametrize(
    "where",
    [
        "file:///etc/hostname",
        "data:text/html,x",
        "ftp://www.example.cn/x",
        "javascript:alert(1)",
        "http://[",
        "s3://a/b",
    ],
)
def test_a_hop_to_no_web_address_is_refused(where: str) -> None:
    seen, server = crawled({"/a": moved(where)})
    assert isinstance(seen, Refused) and seen.reason.startswith("redirect: ")
    assert server.paths() == ["/robots.txt", "/a"]


def test_a_loop_ends_after_ten_hops() -> None:
    seen, server = crawled({"/a": moved("/a")})
    assert isinstance(seen, Refused) and seen.reason == "redirect: too many hops"
    assert server.paths() == ["/robots.txt", *["/a"] * 11]


@pytest.mark.parametrize(
    ("where", "followed"),
    [
        ("http://localhost:{port}/b", True),
        ("http://www.localhost:{port}/b", True),
        ("http://www.example.cn:{port}/b", False),
        ("http://notlocalhost:{port}/b", False),
        ("http://localhost.example.cn:{port}/b", False),
    ],
)
def test_a_hop_off_the_sites_domains_is_refused(where: str, followed: bool, by_name: None) -> None:
    async def work() -> Any:
        async with Server() as server:
            server.answers["/a"] = moved(where.format(port=server.port))
            meta = {"kind": "article", "domains": ("localhost", "127.0.0.1")}
            allowed = "localhost,www.localhost,127.0.0.1,www.example.cn,notlocalhost,localhost.example.cn"
            (seen,) = await ask(scrapy.Request(server.url("/a"), meta=meta), ARCHIVE_ALLOW_HOSTS=allowed)
            return seen

    seen = run(work())
    if followed:
        assert seen.status == 200
    else:
        assert isinstance(seen, Refused) and seen.reason.startswith("redirect.offsite: ")


def test_the_rules_of_the_new_address_hold() -> None:
    rules = ok(b"User-agent: *\nDisallow: /b\n")
    seen, server = crawled({"/robots.txt": rules, "/a": moved("/b")})
    assert isinstance(seen, Refused) and seen.reason.startswith("robots: ")
    assert server.paths() == ["/robots.txt", "/a"]


def test_what_belongs_to_one_exchange_does_not_travel() -> None:
    conditional = {
        "If-None-Match": '"1"',
        "If-Modified-Since": "Sat, 21 Nov 2026 10:00:00 GMT",
        "Referer": "http://r/",
    }
    seen, server = crawled({"/a": moved("/b")}, headers=conditional, document=7)
    _, asked, hop = server.log
    assert asked.headers["if-none-match"] == '"1"'
    assert not {"if-none-match", "if-modified-since"} & set(hop.headers)
    assert hop.headers["referer"] == "http://r/"
    assert seen.meta["document"] == 7


def test_the_declared_referer_does_not_go_to_another_host() -> None:
    async def work() -> Server:
        async with Server() as server:
            server.answers["/a"] = moved(server.url("/b", host="localhost"))
            await ask(
                scrapy.Request(server.url("/a"), headers={"Referer": "http://r/"}, meta={"kind": "article"})
            )
            return server

    assert "referer" not in run(work()).log[-1].headers


def test_a_location_without_a_redirect_status_leads_nowhere() -> None:
    seen, server = crawled({"/a": ok(b"x", "Location: /b", status="201 Created")})
    assert (seen.status, server.paths()) == (201, ["/robots.txt", "/a"])


def test_a_refresh_inside_a_page_leads_nowhere() -> None:
    page = b'<html><meta http-equiv="refresh" content="0;url=/b"></html>'
    _, server = crawled({"/a": ok(page, "Content-Type: text/html")})
    assert server.paths() == ["/robots.txt", "/a"]
