from __future__ import annotations

import asyncio
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.address import allowed_hosts, checked_addresses, host_name, is_loopback, is_public, refusal
from crawler.errors import Refused

NOBODY: frozenset[str] = frozenset()
PRIVATE = [
    "127.0.0.1", "10.0.0.8", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "224.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "::", "fd00::1", "fe80::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::127.0.0.1", "2002:7f00:1::",
    "2001:db8::1",
]  # fmt: skip
SPELLINGS = {
    "dotted": "127.0.0.1",
    "one number": "2130706433",
    "hexadecimal": "0x7f000001",
    "hexadecimal parts": "0x7f.0.0.0x1",
    "octal": "0177.0.0.1",
    "short": "127.1",
    "zero": "0",
    "trailing dot": "127.0.0.1.",
    "full-width digits": "１２７.0.0.1",
    "ideographic dots": "127。0。0。1",
    "mapped": "[::ffff:127.0.0.1]",
    "mapped in hexadecimal": "[::ffff:7f00:1]",
    "IPv6": "[::1]",
    "IPv6 in full": "[0:0:0:0:0:0:0:1]",
    "zone": "[fe80::1%25eth0]",
    "NAT64": "[64:ff9b::7f00:1]",
    "metadata service": "169.254.169.254",
}


@pytest.mark.parametrize("host", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("through_proxy", [False, True], ids=["direct", "proxy"])
def test_a_private_address_is_refused_in_every_spelling(host: str, through_proxy: bool) -> None:
    assert refusal(f"http://{host}/", through_proxy=through_proxy, allowed=NOBODY)


@pytest.mark.parametrize("host", ["8.8.8.8", "134744072", "[2400:3200::1]"])
def test_a_public_literal_may_be_asked_directly_but_not_through_a_proxy(host: str) -> None:
    assert refusal(f"http://{host}/", through_proxy=False, allowed=NOBODY) is None
    assert refusal(f"http://{host}/", through_proxy=True, allowed=NOBODY)


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST.", "printer", "nas.local", "x.localhost", "a.internal"]
)
@pytest.mark.parametrize("through_proxy", [False, True], ids=["direct", "proxy"])
def test_a_local_name_is_refused(host: str, through_proxy: bool) -> None:
    assert refusal(f"https://{host}/", through_proxy=through_proxy, allowed=NOBODY)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname", "ftp://www.example.cn/", "data:text/html,x", "javascript:alert(1)", "", "//x",
        "http://", "http://[", "http://a..example.cn/", "http://256.1.1.1/", "http://1.2.3.4.5/",
        "http://08.1.1.1/", "http://0x7g/", "http://example.cn:99999/", "http://example.cn:0/",
        "http://user@www.example.cn/", "http://www.example.cn@127.0.0.1/", "http://www.example.cn\\@127.0.0.1/",
        "http://-a.example.cn/", "http://a_b .example.cn/", "http://www.example.cn/" + "a" * 2083,
    ],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    assert refusal(url, through_proxy=False, allowed=NOBODY)


@pytest.mark.parametrize(
    "url", ["http://www.example.cn/", "https://www.example.cn:8443/a?b=c", "http://例子.中国/"]
)
def test_a_public_name_may_be_asked(url: str) -> None:
    assert refusal(url, through_proxy=False, allowed=NOBODY) is None
    assert refusal(url, through_proxy=True, allowed=NOBODY) is None


def test_the_operator_allows_hosts_in_any_spelling() -> None:
    allowed = allowed_hosts(["127.1", " LocalHost", "printer.", "", "no host"])
    for host in ("127.0.0.1", "2130706433", "localhost", "printer"):
        assert refusal(f"http://{host}/", through_proxy=True, allowed=allowed) is None
    assert refusal("http://127.0.0.2/", through_proxy=False, allowed=allowed)


@given(number=st.integers(min_value=0, max_value=2**32 - 1))
def test_all_spellings_of_a_number_are_one_host(number: int) -> None:
    a, b, c, d = number.to_bytes(4, "big")
    spellings = [str(number), hex(number), f"0{number:o}", f"{a}.{b}.{c}.{d}", f"0x{a:x}.{b}.{c << 8 | d}"]
    assert {host_name(f"http://{host}/") for host in spellings} == {f"{a}.{b}.{c}.{d}"}


@given(url=st.text(max_size=80).map("http://{}/".format))
def test_any_text_is_judged_without_an_exception(url: str) -> None:
    refusal(url, through_proxy=False, allowed=NOBODY)
    host_name(url)


@pytest.mark.parametrize("text", PRIVATE)
def test_an_address_that_is_no_public_host_is_known(text: str) -> None:
    assert not is_public(ip_address(text))


@pytest.mark.parametrize(
    "text", ["1.1.1.1", "203.0.114.1", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_a_public_address_is_known(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "::ffff:127.0.0.1", "2130706433"]
)
def test_loopback_is_known(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "10.0.0.1", "www.example.cn", "localhost.example.cn", "0.0.0.0"])
def test_nothing_else_is_loopback(host: str) -> None:
    assert not is_loopback(host)


def resolve(host: str, *addresses: str, allowed: frozenset[str] = NOBODY) -> list[str]:
    async def lookup(name: str, port: int) -> list[str]:
        return list(addresses)

    found = asyncio.run(checked_addresses(host, 80, allowed=allowed, lookup=lookup))
    return [str(address) for address in found]


@pytest.mark.parametrize("private", PRIVATE)
def test_a_name_with_one_private_address_is_refused(private: str) -> None:
    with pytest.raises(Refused, match="private address"):
        resolve("www.example.cn", "1.1.1.1", private)


def test_a_name_with_public_addresses_gives_exactly_those() -> None:
    assert resolve("www.example.cn", "1.1.1.1", "2400:3200::1") == ["1.1.1.1", "2400:3200::1"]


def test_an_allowed_name_may_be_anywhere_but_an_allowed_address_opens_no_name() -> None:
    assert resolve("www.example.cn", "127.0.0.1", allowed=frozenset({"www.example.cn"})) == ["127.0.0.1"]
    with pytest.raises(Refused):
        resolve("www.example.cn", "127.0.0.1", allowed=frozenset({"127.0.0.1"}))


@pytest.mark.parametrize(
    ("text", "public"),
    [
        # Python's own answer to these has changed from one release to another.
        ("192.0.0.8", False), ("192.0.0.9", True), ("192.0.0.10", True), ("192.0.0.11", False),
        ("192.0.0.170", False), ("192.0.0.255", False), ("192.0.1.1", True),
        ("64:ff9b:1::1", False), ("64:ff9b:1:fffe::808:808", False),
        ("2001::1", False), ("2001:2::1", False), ("2001:10::1", False), ("2001:1::1", True),
        ("2001:1::4", False), ("2001:3::1", True), ("2001:4:112::1", True), ("2001:20::1", True),
        ("2001:30::1", True), ("2001:40::1", False), ("2001:200::1", True), ("3fff::1", False),
        ("3fff:1000::1", True), ("5f00::1", False), ("100::1", False), ("2002::1", False),
        # What leads to another address is judged by that one.
        ("2002:808:808::", True), ("2002:a00:1::", False), ("2002:a9fe:a9fe::1", False),
        ("64:ff9b::a9fe:a9fe", False), ("64:ff9b::c0a8:1", False), ("::ffff:192.0.0.8", False),
        ("::8.8.8.8", True), ("::ffff:0:127.0.0.1", False),
        ("240.0.0.1", False), ("192.88.99.1", False), ("203.0.113.9", False), ("100.127.255.255", False),
        ("100.128.0.0", True), ("172.32.0.1", True), ("198.20.0.1", True), ("224.0.0.251", False),
        ("ff0e::1", False), ("fec0::1", False), ("fdff::1", False), ("4000::1", False),
    ],
)  # fmt: skip
def test_what_is_public_is_the_same_under_every_python(text: str, public: bool) -> None:
    assert is_public(ip_address(text)) is public
