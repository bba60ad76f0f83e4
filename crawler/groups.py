"""Which lines of a robots.txt are meant for us (RFC 9309, section 2.2.1). Pure.

protego matches paths well; for groups it asks whether the line's whole value occurs in our name, so that
``yuanben/0.1`` was nobody and ``yuan`` was we. Here a product token ends at the first character that no token
has, is compared as a whole and in any case, and all groups with our token are one; only where there is none do
the groups for ``*`` hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(r"[a-z_-]*", re.IGNORECASE)
# As forgiving as protego: common misspellings, and a blank where the colon should be.
_LINE = re.compile(
    r"[ \t\ufeff]*(?P<name>(?P<agent>user[- ]?agent)|allow|dis{1,2}al{1,2}ow|diasllow|disallaw|"
    r"crawl[- ]delay|request[- ]rate|visit[- ]time)[ \t]*(?::|[ \t])[ \t]*(?P<value>.*)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Group:
    agents: set[str] = field(default_factory=set)
    lines: list[str] = field(default_factory=list)


def rules_for(text: str, product: str) -> str:
    """Return a robots.txt with one group, for everybody: the rules that ``text`` has for this product token."""
    groups = list(_groups(text))
    ours = [group for group in groups if product.lower() in group.agents]
    ours = ours or [group for group in groups if "*" in group.agents]
    lines = [line for group in ours for line in group.lines]
    return "\n".join(["User-agent: *", *lines, ""]) if lines else ""


def token(value: str) -> str:
    """Return the product token a user-agent line names, in lower case; ``*`` for everybody, empty for none."""
    value = value.strip()
    # "*bot" is no wildcard of the standard.
    if re.match(r"\*(?:\s|$)", value):
        return "*"
    found = _TOKEN.match(value)
    return found[0].lower() if found else ""


def _groups(text: str) -> Iterator[_Group]:
    """Yield the groups of a file; other lines (Sitemap, Host, what nobody knows) belong to none and end none."""
    group = _Group()
    for line in re.split(r"[\r\n]+", text):
        known = _LINE.match(line.partition("#")[0])
        if known is None:
            continue
        if known["agent"] is None:
            group.lines.append(f"{known['name']}: {known['value'].strip()}")
            continue
        if group.lines:
            yield group
            group = _Group()
        group.agents.add(token(known["value"]))
    yield group
