"""From which networks a site's hosts answer: another network at once may be a move, a takeover of the name, or a detour.

An authority moves its servers in good faith, so a change is an event and no verdict. Hosts behind a distribution
network answer from many addresses of a few networks: only a network is compared, and only with the runs before.
"""

from __future__ import annotations

import sqlite3
from ipaddress import ip_address, ip_network

from archive.store.file.events import add_event
from archive.urls import host_of

RUNS = 5
_WIDTH = {4: 16, 6: 32}
_OF_CRAWL = (
    "select distinct url, peer from captures where crawl = ? and origin = 'network' and peer is not null"
)


def note_peers(db: sqlite3.Connection, crawl: int, site: str, *, at: str) -> None:
    """Make an event for each host that answered a run from no network that it answered from in the runs before."""
    now = _networks(db, crawl)
    if not now:
        return
    before: dict[str, set[str]] = {}
    earlier = db.execute(
        "select id from crawls where site = ? and id < ? and finished_at is not null order by id desc limit ?",
        (site, crawl, RUNS),
    ).fetchall()
    for (one,) in earlier:
        for host, networks in _networks(db, one).items():
            before.setdefault(host, set()).update(networks)
    for host, networks in sorted(now.items()):
        known = before.get(host)
        if known and networks.isdisjoint(known):
            details = {"host": host, "networks": sorted(networks), "before": sorted(known)}
            add_event(db, "peer_changed", at=at, site=site, crawl=crawl, details=details)


def network_of(peer: str) -> str | None:
    """Return the network of an address, None for what is no address: 16 bits of IPv4, 32 of IPv6."""
    try:
        address = ip_address(peer)
    except ValueError:
        return None
    return str(ip_network(f"{address}/{_WIDTH[address.version]}", strict=False))


def _networks(db: sqlite3.Connection, crawl: int) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for url, peer in db.execute(_OF_CRAWL, (crawl,)):
        if network := network_of(peer):
            found.setdefault(host_of(url), set()).add(network)
    return found
