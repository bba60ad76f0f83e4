"""Which addresses may be connected to: public ones, over http and https, and what the operator allows.

A page chooses the addresses of its links and redirects, and some choose 127.0.0.1. One parser reads host
names and address literals in every spelling a resolver would take (``2130706433``, ``0x7f.1``,
``0177.0.0.1``, ``::ffff:127.0.0.1``, full-width digits), for requests and for what the operator allows. A
name is judged by the addresses it resolves to, and only the addresses so judged are connected to: see
``crawler.connection``.

A table of our own, from IANA's special-purpose registries, lists the networks that are not part of the open
Internet. ``ipaddress.is_global`` differs between releases of Python: 192.0.0.8, 64:ff9b:1::1 and 3fff::1 are
global in 3.11.7 and not in later releases; for 2001:20::1 and 2001:4:112::1 it is the other way round. What
may be connected to must not depend on that. A network is special here where the registries say that it is not
globally reachable, and where nobody serves pages: multicast, the withdrawn relays of 6to4 and Teredo.
"""

from __future__ import annotations

import asyncio
import socket
import unicodedata
from collections.abc import Awaitable, Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urlsplit

from archive.patterns import regex
from archive.urls import LONGEST
from crawler.errors import Refused

_SPECIAL4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local; a cloud's metadata
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays, withdrawn
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
# Inside the networks above, but reachable (port control, TURN).
_REACHABLE4 = (IPv4Network("192.0.0.9/32"), IPv4Network("192.0.0.10/32"))
_UNICAST6 = IPv6Network("2000::/3")
# Inside 2000::/3; everything outside it is refused anyway.
_SPECIAL6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID and more
        "2001:db8::/32",
        "2002::/16",  # 6to4: judged by the IPv4 address it carries
        "3fff::/20",  # documentation
    )
)
_REACHABLE6 = tuple(
    IPv6Network(text)
    for text in (
        "2001:1::1/128",  # port control
        "2001:1::2/128",  # TURN
        "2001:1::3/128",  # service registration
        "2001:3::/32",  # AMT
        "2001:4:112::/48",  # AS112
        "2001:20::/28",  # ORCHID, second version
        "2001:30::/28",  # drones
    )
)
_SIX_TO_FOUR = IPv6Network("2002::/16")
# Prefixes that carry an IPv4 address in their last 32 bits: mapped, compatible, NAT64.
_CARRIERS = (IPv6Network("::ffff:0:0/96"), IPv6Network("::/96"), IPv6Network("64:ff9b::/96"))


def is_special(address: IPv4Address | IPv6Address) -> bool:
    """Return whether no host of the open Internet has this address; an address it carries is ignored."""
    if isinstance(address, IPv4Address):
        return _in(address, _SPECIAL4) and not _in(address, _REACHABLE4)
    if address not in _UNICAST6:
        return True
    return _in(address, _SPECIAL6) and not _in(address, _REACHABLE6)


def carried(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address leads to: mapped, compatible, NAT64, 6to4; else None."""
    if any(address in carrier for carrier in _CARRIERS):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return IPv4Address(int(address) >> 80 & 0xFFFFFFFF)
    return None


def _in(address: IPv4Address | IPv6Address, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    return any(address in network for network in networks)


Address = IPv4Address | IPv6Address
Lookup = Callable[[str, int], Awaitable[list[str]]]

_LOOKUP_SECONDS = 10.0
_LABEL = regex(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = regex(r"(?:0x[0-9a-f]*|[0-9]+)")
_LOCAL_ENDS = (".local", ".localhost", ".internal", ".home.arpa")


def host_of(text: str) -> str | Address | None:
    """Return the name (in lower case) or address of a host as written in a URL, None for neither.

    A name says nothing about where it leads.
    """
    host = unicodedata.normalize("NFKC", text).replace("。", ".").lower().removesuffix(".")
    if host.startswith("[") and host.endswith("]"):
        return _ipv6(host[1:-1])
    if ":" in host:
        return _ipv6(host)
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _ipv4(labels)
    return _name(host)


def host_name(url: str) -> str:
    """Return the host of a URL, in the spelling used by the gate and for exceptions; empty without one."""
    try:
        host = host_of(urlsplit(url).hostname or "")
    except ValueError:
        return ""
    return "" if host is None else str(host)


def is_public(address: Address) -> bool:
    """Return whether an address is on the open Internet; one that carries another is judged by that."""
    inner = carried(address) if isinstance(address, IPv6Address) else None
    return not is_special(address if inner is None else inner)


def is_loopback(host: str) -> bool:
    """Return whether a host, as written, is this machine, for which a delay of 0 is allowed."""
    known = host_of(host)
    if known in ("localhost", IPv6Address("::1")):
        return True
    if isinstance(known, IPv6Address):
        known = carried(known)
    return isinstance(known, IPv4Address) and known.is_loopback


def allowed_hosts(names: Iterable[str]) -> frozenset[str]:
    """Return the operator's exceptions in the spelling of ``host_name``; invalid hosts are left out."""
    hosts = (host_of(name.strip()) for name in names)
    return frozenset(str(host) for host in hosts if host)


def refusal(url: str, *, through_proxy: bool, allowed: frozenset[str]) -> str | None:
    """Return why a URL must not be asked for, None where no reason is known yet.

    Nothing is looked up: a name that passes here may still resolve to an address that is refused. Through a
    proxy it is the proxy that resolves, so every address literal is refused there, public ones too.
    """
    if len(url) > LONGEST:
        return f"address of {len(url)} characters"
    try:
        parts = urlsplit(url)
        host = host_of(parts.hostname or "")
        port = parts.port
    except ValueError:
        return "not an address"
    if parts.scheme not in ("http", "https"):
        return f"scheme {parts.scheme[:20]!r}: only http and https are asked"
    if host is None or port == 0:
        return "no host that can be asked"
    if "@" in parts.netloc:
        return "a user name in the address"
    return None if str(host) in allowed else _host_refusal(host, through_proxy)


async def checked_addresses(
    host: str, port: int, *, allowed: frozenset[str], lookup: Lookup
) -> list[Address]:
    """Return the addresses of a host, all of which may be connected to.

    Raise Refused if any of them is not public: a name with public and private addresses looks like rebinding.
    """
    known = host_of(host)
    if known is None:
        raise Refused("no host that can be asked")
    if not isinstance(known, str):
        found = [known]
    else:
        found = [_parsed(text) for text in await asyncio.wait_for(lookup(known, port), _LOOKUP_SECONDS)]
    if str(known) in allowed:
        return found
    for address in found:
        if not is_public(address):
            raise Refused(f"private address: {host} is {address}")
    return found


async def system_lookup(host: str, port: int) -> list[str]:
    """Return the addresses this machine's resolver gives for a name, IPv4 first, none twice."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ordered = sorted(found, key=lambda entry: entry[0] != socket.AF_INET)
    return list(dict.fromkeys(str(entry[4][0]) for entry in ordered))


def _parsed(text: str) -> Address:
    host = host_of(text.partition("%")[0])
    if host is None or isinstance(host, str):
        raise Refused(f"private address: the resolver answered {text[:80]!r}")
    return host


def _host_refusal(host: str | Address, through_proxy: bool) -> str | None:
    if isinstance(host, str):
        is_local = "." not in host or host.endswith(_LOCAL_ENDS)
        return f"local name: {host}" if is_local else None
    if through_proxy:
        return f"address literal through a proxy: {host}"
    return None if is_public(host) else f"private address: {host}"


def _ipv6(text: str) -> IPv6Address | None:
    try:
        return IPv6Address(text.partition("%")[0])
    except ValueError:
        return None


def _ipv4(labels: list[str]) -> IPv4Address | None:
    """Return the address that ``inet_aton`` reads from one to four decimal, octal or hexadecimal numbers."""
    if len(labels) > 4 or not all(_NUMBER.fullmatch(label) and len(label) <= 20 for label in labels):
        return None
    try:
        *front, last = (_integer(label) for label in labels)
    except ValueError:
        return None
    if any(part > 255 for part in front) or last >= 256 ** (4 - len(front)):
        return None
    return IPv4Address(sum(part << 8 * (3 - i) for i, part in enumerate(front)) + last)


def _integer(text: str) -> int:
    if text.startswith("0x"):
        return int(text[2:] or "0", 16)
    return int(text, 8 if len(text) > 1 and text.startswith("0") else 10)


def _name(host: str) -> str | None:
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        return None
    return host
