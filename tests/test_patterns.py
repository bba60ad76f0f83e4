"""Patterns compiled at their first use: each of them can be, and none is anything but what ``re`` makes of it."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import archive
import crawler
from archive.patterns import LazyPattern, regex


def declared() -> Iterator[tuple[str, LazyPattern]]:
    """Yield every lazy pattern that a module of ours declares, with its full name."""
    for package in (archive, crawler):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(found.name)
            for name, value in vars(module).items():
                if isinstance(value, LazyPattern):
                    yield f"{found.name}.{name}", value


def test_every_pattern_that_is_declared_can_be_compiled() -> None:
    made = list(declared())
    assert len(made) > 400
    for name, lazy in made:
        assert isinstance(lazy.pattern, str | bytes), name


def test_a_pattern_does_what_the_compiled_one_does() -> None:
    lazy, compiled = regex(r"(\d+)(?P<unit>亿|万)", re.I), re.compile(r"(\d+)(?P<unit>亿|万)", re.I)
    text = "共15亿元，其中3万元"
    assert lazy.findall(text) == compiled.findall(text)
    assert lazy.sub("x", text) == compiled.sub("x", text) and lazy.subn("x", text) == compiled.subn("x", text)
    assert [found.span() for found in lazy.finditer(text)] == [
        found.span() for found in compiled.finditer(text)
    ]
    assert lazy.split(text) == compiled.split(text) and lazy.groups == 2 and lazy.groupindex == {"unit": 2}
    assert lazy.match(text) is None and lazy.fullmatch("1亿") and lazy.search(text)
    assert lazy.pattern == compiled.pattern and lazy.flags == compiled.flags


def test_a_pattern_of_bytes_is_one() -> None:
    assert regex(rb"</html\s*>", re.I).search(b"<p></HTML >")


def test_a_bad_pattern_is_refused_at_its_first_use() -> None:
    lazy = regex("(")
    with pytest.raises(re.error):
        lazy.search("x")


def test_what_no_pattern_has_this_one_has_not() -> None:
    with pytest.raises(AttributeError):
        regex("a").compile  # type: ignore[attr-defined]  # noqa: B018
