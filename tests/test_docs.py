"""What users are told agrees with what there is."""

from __future__ import annotations

import ast
import importlib
import re
from argparse import ArgumentParser
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from archive.cli import COMMANDS, command_named
from crawler import settings
from crawler.commands.sites import markdown
from tests.test_layers import ORDER
from tests.test_sites import SPIDERS

HOME = Path(__file__).resolve().parent.parent
ENGLISH, CHINESE = HOME / "README.md", HOME / "README.zh-CN.md"
CONTRIBUTING, ARCHITECTURE = HOME / "CONTRIBUTING.md", HOME / "docs/architecture.md"
PAGES = (ENGLISH, CHINESE, CONTRIBUTING, HOME / "SECURITY.md", *sorted((HOME / "docs").rglob("*.md")))
LINK = re.compile(r"\]\(([^()\s]+)\)")
LONGEST_README = 150
MOST_STOPS = 12
SCRAPY = sorted(path.stem for path in (HOME / "crawler/commands").glob("*.py") if path.stem != "__init__")
# Many commands take these; they are described once, in the first table of the page.
SHARED = {"--help", "--archive", "--json", "--wait", "--checkpoint-file", "--checkpoint-key", "--witness"}


@cache
def text(path: Path) -> str:
    return path.read_text("utf-8")


def docs() -> str:
    return "\n".join(text(path) for path in (ENGLISH, *sorted((HOME / "docs").glob("*.md"))))


def name_of(path: Path) -> str:
    return path.relative_to(HOME).as_posix()


def prose(path: Path) -> str:
    """Return a page without its blocks of code, whose lines may begin as headings do."""
    return re.sub(r"```.*?```", "", text(path), flags=re.DOTALL)


def anchors(path: Path) -> set[str]:
    """Return the names by which a page's headings are linked to."""
    headings = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def section(heading: str) -> str:
    """Return what ``docs/commands.md`` says of one command."""
    found = re.search(
        rf"^### {re.escape(heading)}$(.*?)(?=^##|\Z)",
        text(HOME / "docs/commands.md"),
        re.MULTILINE | re.DOTALL,
    )
    return found[1] if found else ""


@cache
def defined(path: Path) -> set[str]:
    """Return the functions, classes and methods of a module."""
    names: set[str] = set()
    for node in ast.parse(text(path)).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
            names |= {
                f"{node.name}.{inner.name}" for inner in getattr(node, "body", ()) if hasattr(inner, "name")
            }
    return names


def options_of(command: str) -> set[str]:
    """Return the long options that a ``yuanben`` command takes."""
    parser = ArgumentParser()
    command_named(command)[0](parser)
    return {word for action in parser._actions for word in action.option_strings if word.startswith("--")}


@pytest.mark.parametrize(
    "command", [f"scrapy {name}" for name in SCRAPY] + [f"yuanben {name}" for name in COMMANDS]
)
def test_every_command_has_its_section(command: str) -> None:
    assert f"./run {command}" in section(command)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_yuanben_is_in_the_section_of_its_command(command: str) -> None:
    told = section(f"yuanben {command}")
    assert [option for option in options_of(command) - SHARED if f"{option}" not in told] == []


@pytest.mark.parametrize("command", SCRAPY)
def test_every_option_of_scrapy_is_in_the_section_of_its_command(command: str) -> None:
    declared = set(
        re.findall(r"add_argument\(\s*\"(--[a-z-]+)\"", text(HOME / f"crawler/commands/{command}.py"))
    )
    told = section(f"scrapy {command}")
    assert [option for option in declared - SHARED if option not in told] == []


@pytest.mark.parametrize("option", sorted(SHARED - {"--help"}))
def test_options_of_many_commands_are_described_once(option: str) -> None:
    assert re.search(rf"^\|[^|]*`{option}[ `]", text(HOME / "docs/commands.md"), re.MULTILINE)


@pytest.mark.parametrize(
    "name", [n for n in vars(settings) if n.startswith("ARCHIVE_") and n != "ARCHIVE_RUN"]
)
def test_every_setting_of_ours_is_in_the_table_of_settings(name: str) -> None:
    assert re.search(rf"^\| `{name}`", text(HOME / "docs/operations.md"), re.MULTILINE)


def described() -> dict[str, dict[str, Any]]:
    told = yaml.safe_load(text(HOME / "archive/reading_room/datasette.yml"))
    tables: dict[str, dict[str, Any]] = told["archive"]["tables"]
    return tables


@pytest.mark.parametrize("name", sorted(described()))
def test_every_table_and_view_is_in_the_data_model(name: str) -> None:
    assert f"`{name}`" in text(HOME / "docs/data-model.md")


def test_every_table_of_the_schema_is_in_the_data_model() -> None:
    made = re.findall(
        r"^create (?:virtual )?table (\w+)", text(HOME / "archive/store/schema.sql"), re.MULTILINE
    )
    assert [name for name in made if f"`{name}`" not in text(HOME / "docs/data-model.md")] == []


SPIDER_FILES = sorted(p.stem for p in (HOME / "spiders").glob("[a-z]*.py") if p.stem != "families")


@pytest.mark.parametrize("page", ["docs/sites.md", "docs/sites.zh-CN.md"])
@pytest.mark.parametrize("name", SPIDER_FILES)
def test_every_site_is_in_the_table_of_both_languages(name: str, page: str) -> None:
    (row,) = re.findall(rf"^\| `{name}` \|(.+)\|$", text(HOME / page), re.MULTILINE)
    publisher, *others = [cell.strip() for cell in row.split("|")]
    assert len([cell for cell in others if cell]) == 3
    assert publisher.startswith(SPIDERS[name].site.publisher)


@pytest.mark.parametrize(("page", "language"), [("docs/sites.md", "en"), ("docs/sites.zh-CN.md", "zh")])
def test_the_second_table_is_what_the_declarations_say(page: str, language: str) -> None:
    found = re.search(
        r"<!-- made by: \./run scrapy sites --markdown \w\w -->\n\n(.*?)\n\n<!-- end -->",
        text(HOME / page),
        re.S,
    )
    made = markdown([SPIDERS[name] for name in SPIDERS], language)
    assert found and found[1] == made, (
        f"put in its place what ./run scrapy sites --markdown {language} prints"
    )


@pytest.mark.parametrize("page", ["docs/sites.md", "docs/sites.zh-CN.md"])
def test_no_site_is_in_the_table_that_is_not_there(page: str) -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", text(HOME / page), re.MULTILINE)) <= set(SPIDER_FILES)


@pytest.mark.parametrize("path", [ENGLISH, CHINESE], ids=name_of)
def test_a_readme_is_short_and_begins_with_the_two_commands(path: Path) -> None:
    assert len(text(path).splitlines()) <= LONGEST_README
    assert re.findall(r"^    (\./run \w+)$", text(path), re.MULTILINE)[:2] == ["./run demo", "./run test"]


def frame(path: Path) -> list[str]:
    """Return what both READMEs must have alike: headings by their depth, commands, pictures, rows, links."""
    found: list[str] = []
    for line in text(path).splitlines():
        if heading := re.match(r"#+ ", line):
            found.append(heading[0])
        elif line.startswith("    "):
            found.append(line.partition("#")[0].strip())
        elif line.startswith("|"):
            found.append(f"row of {line.count('|')}")
        elif line.startswith("- "):
            found.append("point")
    return found


def test_both_readmes_have_the_same_frame() -> None:
    assert frame(ENGLISH) == frame(CHINESE)


def test_both_readmes_lead_to_the_same_pages() -> None:
    led = {
        path: {link.replace(".zh-CN", "") for link in LINK.findall(text(path))} for path in (ENGLISH, CHINESE)
    }
    assert led[ENGLISH] == led[CHINESE]


def test_every_page_of_the_docs_is_reached_from_the_readme() -> None:
    reached = set(LINK.findall(text(ENGLISH))) | set(LINK.findall(text(CHINESE)))
    pages = {name_of(path) for path in (HOME / "docs").glob("*.md")}
    assert pages - reached == set()


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_link_leads_somewhere(path: Path) -> None:
    for link in LINK.findall(prose(path)):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        place = (path.parent / target).resolve() if target else path
        assert place.exists(), link
        assert not anchor or anchor in anchors(place), link


@pytest.mark.parametrize("path", [ARCHITECTURE, CONTRIBUTING], ids=name_of)
def test_every_path_and_module_that_is_named_exists(path: Path) -> None:
    invented = ("example", "…")
    named = [
        word for word in re.findall(r"`([^`\n]+)`", prose(path)) if not any(part in word for part in invented)
    ]
    files = [word for word in named if re.fullmatch(r"[\w./-]+/[\w./-]*|[\w-]+\.(?:md|toml|txt|py)", word)]
    assert files
    assert [word for word in files if not (HOME / word).exists() and not word.startswith("./run")] == []
    modules = [word for word in named if re.fullmatch(r"(?:archive|crawler|spiders)\.[\w.]+", word)]
    assert [word for word in modules if importlib.util.find_spec(word) is None] == []


def test_every_function_that_the_architecture_names_is_in_its_file() -> None:
    named = re.findall(r"`([\w/]+\.py)`\s`([\w.]+)`", text(ARCHITECTURE))
    assert len(named) > 40
    assert [(path, name) for path, name in named if name not in defined(HOME / path)] == []


def test_every_package_of_the_archive_is_in_its_architecture() -> None:
    told = text(ARCHITECTURE)
    missing = [
        entry
        for entry in ORDER
        if entry != "archive"
        and not re.search(rf"`{re.escape(entry.removeprefix('archive.'))}`", told)
        and f"`{entry.replace('.', '/')}" not in told
    ]
    assert missing == []


@pytest.mark.parametrize("walk", ["The walk of one capture", "The walk of one copy"])
def test_a_walk_has_at_most_twelve_stops(walk: str) -> None:
    _, _, told = text(ARCHITECTURE).partition(f"## {walk}\n")
    stops = re.findall(r"^(\d+)\. `", told.partition("\n## ")[0], re.MULTILINE)
    assert [int(stop) for stop in stops] == list(range(1, len(stops) + 1))
    assert 0 < len(stops) <= MOST_STOPS


def test_the_glossary_has_twenty_words_and_the_room_says_them() -> None:
    table = text(HOME / "docs/glossary.md").partition("## Not these")[0]
    words = re.findall(r"^\| (?!word)([a-z]+) \| (\w+) \|", table, re.MULTILINE)
    assert len(words) == 20
    room = text(HOME / "archive/reading_room/words.yml") + text(HOME / "archive/reading_room/datasette.yml")
    assert [chinese for _, chinese in words if chinese not in room] == []
    assert [english for english, _ in words if english not in docs().lower()] == []


def test_the_chinese_readme_says_no_word_that_the_glossary_refuses() -> None:
    refused = ("抄本", "拷贝", "捕获", "抓取")
    assert [word for word in refused if word in text(CHINESE)] == []
