"""The proxy itself: whom it answers for, what it logs, and how hosts are made to misbehave."""

from __future__ import annotations

import http.client
import socket
import ssl
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from .browse import fetch
from .control import Replicas, overlaps

PAGE = "https://www.most.gov.cn/tztg/"


def test_an_https_site_answers_under_its_live_address_with_a_certificate_of_its_own(
    replicas: Replicas,
) -> None:
    assert fetch(replicas, PAGE).status == 200
    exchange = replicas.requests("www.most.gov.cn")[-1]
    assert (exchange.url, exchange.status) == (PAGE, 200)


def test_a_client_that_was_not_given_the_authority_refuses_the_certificate(replicas: Replicas) -> None:
    connection = http.client.HTTPSConnection(
        "127.0.0.1", replicas.port, timeout=5, context=ssl.create_default_context()
    )
    connection.set_tunnel("www.most.gov.cn")
    with pytest.raises(ssl.SSLCertVerificationError):
        connection.request("GET", "/")


@pytest.mark.parametrize("host", ["self-signed.example", "wrong-name.example", "expired.example"])
def test_hosts_with_a_bad_certificate_are_refused_even_with_the_authority(
    replicas: Replicas, host: str
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        fetch(replicas, f"https://{host}/ok")


def test_plain_http_is_answered_in_place(replicas: Replicas) -> None:
    assert fetch(replicas, "http://www.most.gov.cn/tztg/").status == 200
    assert replicas.requests()[-1].scheme == "http"


@pytest.mark.parametrize("url", ["http://nobody.example/x", "http://169.254.169.254/latest"])
def test_an_unknown_host_gets_502_and_a_line_in_the_log(replicas: Replicas, url: str) -> None:
    assert fetch(replicas, url).status == 502
    assert replicas.hosts() == {url.split("/")[2]}


def test_a_tunnel_to_an_unknown_host_is_refused_and_logged(replicas: Replicas) -> None:
    with pytest.raises(OSError, match="502"):
        fetch(replicas, "https://nobody.example/")
    assert replicas.hosts() == {"nobody.example"}


def test_one_connection_carries_many_requests_one_after_the_other(replicas: Replicas) -> None:
    with socket.create_connection(("127.0.0.1", replicas.port), timeout=5) as line:
        ask = b"GET http://www.most.gov.cn/nothing HTTP/1.1\r\nHost: www.most.gov.cn\r\n\r\n"
        line.sendall(ask * 3)
        heard = b""
        while heard.count(b"HTTP/1.1 404") < 3:
            heard += line.recv(65536)
    exchanges = replicas.requests()
    assert len(exchanges) == 3
    assert not overlaps(exchanges)


def test_the_log_tells_requests_that_were_under_way_at_once(replicas: Replicas) -> None:
    replicas.mode("www.most.gov.cn", "slow", seconds=0.3)
    threads = [threading.Thread(target=fetch, args=(replicas, PAGE)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    exchanges = replicas.requests("www.most.gov.cn")
    assert len(overlaps(exchanges)) == 1
    assert all((exchange.end or 0) - exchange.start >= 0.3 for exchange in exchanges)


def test_the_log_shows_a_request_that_hangs_as_unfinished(replicas: Replicas) -> None:
    replicas.mode("www.most.gov.cn", "hang")
    with socket.create_connection(("127.0.0.1", replicas.port), timeout=5) as line:
        line.sendall(b"GET http://www.most.gov.cn/ HTTP/1.1\r\nHost: www.most.gov.cn\r\n\r\n")
        deadline = time.monotonic() + 5
        while not replicas.log() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert [exchange.end for exchange in replicas.log()] == [None]


@pytest.mark.parametrize(
    ("mode", "status", "said"),
    [
        ("521", 521, "document.cookie"),
        ("412", 412, "$_ts"),
        ("403", 403, "创宇盾"),
        ("200challenge", 200, "请开启JavaScript"),
        ("waf", 200, "访问被阻断"),
        ("soft404", 200, "页面不存在"),
        ("empty", 200, ""),
        ("500", 500, "Error"),
    ],
)
def test_a_host_in_a_mode_answers_so_but_its_robots_file_is_spared(
    replicas: Replicas, mode: str, status: int, said: str
) -> None:
    replicas.mode("www.most.gov.cn", mode)
    fetched = fetch(replicas, PAGE)
    assert fetched.status == status
    assert said in fetched.text
    assert fetch(replicas, "https://www.most.gov.cn/robots.txt").status == 404
    replicas.mode("www.most.gov.cn", "")
    assert "info_list2" in fetch(replicas, PAGE).text


def test_a_mode_can_be_meant_for_some_paths_and_some_times_only(replicas: Replicas) -> None:
    replicas.mode("www.most.gov.cn", "503", paths="^/tztg/", times=1, seconds=7)
    assert fetch(replicas, "https://www.most.gov.cn/kjbgz/").status == 200
    refused = fetch(replicas, PAGE)
    assert (refused.status, refused.headers["retry-after"]) == (503, "7")
    assert fetch(replicas, PAGE).status == 200


@pytest.mark.parametrize(
    ("mode", "status"), [("robots500", 500), ("robots403", 403), ("robots521", 521), ("robots_disallow", 200)]
)
def test_robots_modes_touch_robots_alone(replicas: Replicas, mode: str, status: int) -> None:
    replicas.mode("www.gov.cn", mode)
    assert fetch(replicas, "https://www.gov.cn/robots.txt").status == status
    assert fetch(replicas, "https://www.gov.cn/yaowen/liebiao/YAOWENLIEBIAO.json").status == 200


@pytest.mark.parametrize(("mode", "raised"), [("reset", ConnectionResetError), ("hang", TimeoutError)])
def test_a_host_can_break_off_or_say_nothing(replicas: Replicas, mode: str, raised: Any) -> None:
    replicas.mode("www.most.gov.cn", mode)
    with pytest.raises(raised):
        fetch(replicas, "http://www.most.gov.cn/tztg/", timeout=0.5)


def test_a_missing_page_can_be_the_homepage_with_status_200(replicas: Replicas) -> None:
    replicas.mode("www.most.gov.cn", "homepage404")
    missing = fetch(replicas, "https://www.most.gov.cn/tztg/202609/t20260901_1.html")
    assert missing.status == 200
    assert missing.body == fetch(replicas, "https://www.most.gov.cn/").body


def test_an_unknown_mode_is_an_error(replicas: Replicas) -> None:
    with pytest.raises(ValueError, match="no-such-mode"):
        replicas.mode("www.most.gov.cn", "no-such-mode")


def test_another_process_reaches_the_sites_by_the_environment_alone(replicas: Replicas) -> None:
    asked = f"import urllib.request as u; print(u.urlopen('{PAGE}').status)"
    done = subprocess.run(
        [sys.executable, "-c", asked], env=replicas.env(), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "200"


def test_many_small_requests_are_answered_on_one_connection() -> None:
    with Replicas(bulk=50) as replicas, socket.create_connection(("127.0.0.1", replicas.port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        heard = line.makefile("rb")
        line.settimeout(60)
        for _ in range(1000):
            line.sendall(b"GET http://fault.example/status/410 HTTP/1.1\r\nHost: fault.example\r\n\r\n")
            while heard.readline() != b"\r\n":
                pass
            heard.read(12)
        assert len(replicas.requests()) == 1000
