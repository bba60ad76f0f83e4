"""Imports point one way, and SQL lives in few places. Read off the source, nothing is imported."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[1]
PACKAGES = {"spiders": 2, "crawler": 1, "archive": 0}
SQL_MAY_STAND_IN = (
    "archive/store/",
    "archive/reading_room/",
    "archive/schema.py",
    "archive/migrations.py",
    "archive/views.py",
)
# Words that begin a statement, followed by what only SQL goes on with.
SQL = re.compile(
    r"^\s*(?:select\s.+\sfrom\s|insert\s+(?:or\s+\w+\s+)?into\s|update\s+\w+\s+set\s|delete\s+from\s|"
    r"create\s+(?:table|index|view|trigger|virtual)\s|drop\s+(?:table|trigger)\s|pragma\s|with\s+\w+\s+as\s*\()",
    re.IGNORECASE | re.DOTALL,
)


def modules(package: str) -> list[Path]:
    return sorted((HOME / package).rglob("*.py"))


ALL = [path for package in PACKAGES for path in modules(package)]


def name_of(path: Path) -> str:
    return path.relative_to(HOME).as_posix()


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return all that a module's source is made of; each law looks at every module."""
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"))))


def imported(path: Path) -> Iterator[str]:
    """Yield the full name of every module that a module imports, wherever in it."""
    here = path.relative_to(HOME).with_suffix("").parts
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield ".".join((*here[: -node.level], *filter(None, [node.module])))
        elif isinstance(node, ast.ImportFrom):
            assert node.module
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def roots(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path)}


def test_there_is_something_to_look_at() -> None:
    assert all(len(modules(package)) >= 4 for package in PACKAGES)
    assert "archive.store.archive" in set(imported(HOME / "crawler" / "session.py"))


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_imports_point_one_way(path: Path) -> None:
    level = PACKAGES[path.relative_to(HOME).parts[0]]
    assert [root for root in roots(path) if PACKAGES.get(root, -1) > level] == []
    assert "tests" not in roots(path)


@pytest.mark.parametrize("path", modules("archive"), ids=name_of)
def test_the_archive_knows_no_scrapy_and_opens_no_network(path: Path) -> None:
    network = {"scrapy", "twisted", "requests", "urllib3", "ftplib", "aiohttp", "httpx"}
    if "reading_room" not in path.parts:
        # The reading room listens; nothing here connects.
        network |= {"socket"}
    assert roots(path) & network == set()
    assert {"urllib.request", "http.client"} & set(imported(path)) == set()


@pytest.mark.parametrize("path", modules("spiders"), ids=name_of)
def test_a_spider_imports_what_a_site_is_made_of_and_nothing_else_of_ours(path: Path) -> None:
    ours = {name for name in imported(path) if name.partition(".")[0] in ("crawler", "archive", "spiders")}
    allowed = ("crawler.site", "crawler.table")
    assert {name for name in ours if name != "crawler" and not name.startswith(allowed)} == set()
    others = roots(path) - set(sys.stdlib_module_names) - {"crawler"}
    assert others <= {"parsel", "lxml"}


@pytest.mark.parametrize("path", modules("crawler"), ids=name_of)
def test_the_crawler_never_imports_a_spider(path: Path) -> None:
    assert "spiders" not in roots(path)


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_sql_stands_where_the_tables_are_known(path: Path) -> None:
    if name_of(path).startswith(SQL_MAY_STAND_IN):
        return
    texts = (
        node.value for node in nodes(path) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    assert [text[:80] for text in texts if SQL.search(text)] == []


@pytest.mark.parametrize("statement", ["select a from b", "insert or ignore into t values (1)", "PRAGMA x"])
def test_sql_is_known_when_seen(statement: str) -> None:
    assert SQL.search(statement) and not SQL.search("select what you like, it is no statement")


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_nothing_of_what_servers_send_is_unpickled_or_run(path: Path) -> None:
    assert roots(path) & {"pickle", "shelve", "marshal"} == set()
    called = {
        node.func.id for node in nodes(path) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert called & {"eval", "exec"} == set()


# What a package of the archive may import stands before it here; a package may import itself.
ORDER = (
    "archive",
    "archive.errors",
    "archive.patterns",
    "archive.clock",
    "archive.diff",
    "archive.model",
    "archive.urls",
    "archive.text",
    "archive.relations",
    "archive.furniture",
    "archive.damage",
    "archive.collate",
    "archive.ranking",
    "archive.digests",
    "archive.trust",
    "archive.extract",
    "archive.attach",
    "archive.lists",
    "archive.exchange",
    "archive.state",
    "archive.revisit",
    "archive.units",
    "archive.home",
    "archive.evidence",
    "archive.reader",
    "archive.store",
    "archive.store.schema",
    "archive.store.file",
    "archive.store.schedule",
    "archive.store.write",
    "archive.store.evidence",
    "archive.store.archive",
    "archive.store.read",
    "archive.answers",
    "archive.face",
    "archive.drain",
    "archive.notices",
    "archive.atom",
    "archive.reading_room",
    "archive.cli",
)


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(HOME).with_suffix("").parts).removesuffix(".__init__")


NAMES = {module_of(path): path for path in ALL}


def package_of(module: str) -> str:
    """Return the longest entry of the order that a module lies in."""
    return max(
        (
            entry
            for entry in ORDER
            if module == entry or (entry != "archive" and module.startswith(f"{entry}."))
        ),
        key=len,
        default="",
    )


def imported_at_once(path: Path) -> set[str]:
    """Return the modules of ours that a module imports while it is imported itself."""
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {name if name in NAMES else node.module for name in names}
    return {name for name in found if name in NAMES}


@pytest.mark.parametrize("path", modules("archive"), ids=name_of)
def test_within_the_archive_imports_point_down(path: Path) -> None:
    here = package_of(module_of(path))
    assert here, f"{name_of(path)} is in no package of the order"
    upwards = [
        name
        for name in imported_at_once(path)
        if package_of(name) != here and ORDER.index(package_of(name)) > ORDER.index(here)
    ]
    assert upwards == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    waiting = {name: imported_at_once(path) - {name} for name, path in NAMES.items()}
    while free := {name for name, needs in waiting.items() if not needs & waiting.keys()}:
        waiting = {name: needs for name, needs in waiting.items() if name not in free}
    assert sorted(waiting) == []
