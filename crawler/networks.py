"""Which networks are no part of the open Internet: a table of our own, from IANA's special-purpose registries.

``ipaddress.is_global`` answers differently from one release of Python to the next: 192.0.0.8, 64:ff9b:1::1 and
3fff::1 are global in 3.11.7 and not in later releases, 2001:20::1 and 2001:4:112::1 the other way round. What
may be connected to must not depend on that. A network is special here where the registries say that it is not
globally reachable, and where nobody serves pages: multicast, the withdrawn relays of 6to4 and Teredo.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

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
# Inside of the networks above, and reachable all the same (port control, TURN).
_REACHABLE4 = (IPv4Network("192.0.0.9/32"), IPv4Network("192.0.0.10/32"))
_UNICAST6 = IPv6Network("2000::/3")
# Inside 2000::/3; all that lies outside of it is none of ours anyway.
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
    """Return whether no host of the open Internet has this address; what it carries is not looked at."""
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
