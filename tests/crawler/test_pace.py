from __future__ import annotations

from typing import Any

import pytest
import scrapy
from scrapy.settings import Settings

from archive.errors import BadInput
from crawler.pace import Pace, delay_setting


def asked(delay: Any, *, allow: str = "", proxies: dict[str, str] | None = None) -> float | None:
    return delay_setting(Settings({"ARCHIVE_DELAY": delay, "ARCHIVE_ALLOW_HOSTS": allow}), proxies or {})


@pytest.mark.parametrize(
    ("text", "seconds"), [(None, None), ("", None), ("2", 2.0), (0.5, 0.5), ("1e3", 1000.0)]
)
def test_a_delay_is_a_number_of_seconds(text: Any, seconds: float | None) -> None:
    assert asked(text) == seconds


@pytest.mark.parametrize("text", ["soon", "-1", "nan", "inf", "86400"])
def test_what_is_no_delay_is_said_so(text: str) -> None:
    with pytest.raises(BadInput, match="ARCHIVE_DELAY"):
        asked(text)


@pytest.mark.parametrize("text", ["0", "0.01"])
def test_no_delay_at_all_needs_a_server_on_this_machine(text: str) -> None:
    for proxies in ({}, {"http": "http://proxy.example.cn:3128"}, {"http": "http://[::"}):
        with pytest.raises(BadInput, match="servers on this machine"):
            asked(text, proxies=proxies)
    for proxy in ("http://127.0.0.1:8080", "localhost:8080", "http://[::1]:8080/"):
        assert asked(text, proxies={"https": proxy}) == float(text)
    assert asked(text, allow="www.example.cn, 127.0.0.1") == float(text)


@pytest.mark.parametrize(
    ("replaced", "proxy", "host", "crawl_delay", "seconds"),
    [
        pytest.param(None, None, "www.example.cn", 0.0, 3.0, id="the site's"),
        pytest.param(None, None, "www.example.cn", 9.0, 9.0, id="longer by robots.txt"),
        pytest.param(None, None, "www.example.cn", 1.0, 3.0, id="not shorter by robots.txt"),
        pytest.param(1.0, None, "www.example.cn", 0.0, 1.0, id="replaced"),
        pytest.param(1.0, None, "www.example.cn", 9.0, 9.0, id="replaced, robots.txt asks for more"),
        pytest.param(0.0, "http://127.0.0.1:1", "www.example.cn", 9.0, 0.0, id="none through our own proxy"),
        pytest.param(0.0, None, "127.0.0.1", 9.0, 0.0, id="none on this machine"),
        pytest.param(0.0, None, "www.example.cn", 0.0, 3.0, id="a real host keeps its own"),
        pytest.param(0.0, "http://proxy.example.cn:1", "127.0.0.1", 0.0, 3.0, id="also behind a real proxy"),
    ],
)
def test_the_delay_of_a_request(
    replaced: float | None, proxy: str | None, host: str, crawl_delay: float, seconds: float
) -> None:
    request = scrapy.Request(f"http://{host}/", meta={} if proxy is None else {"proxy": proxy})
    assert Pace(site=3.0, replaced=replaced).delay(request, host, crawl_delay) == seconds
