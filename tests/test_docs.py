"""What users are told agrees with what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crawler import settings

HOME = Path(__file__).resolve().parent.parent
ENGLISH = (HOME / "README.md").read_text("utf-8")
CHINESE = (HOME / "README.zh-CN.md").read_text("utf-8")


def commands() -> list[str]:
    scrapy = [path.stem for path in (HOME / "crawler/commands").glob("*.py") if path.stem != "__init__"]
    from archive.cli import COMMANDS

    return [f"scrapy {name}" for name in sorted(scrapy)] + [f"yuanben {name}" for name in COMMANDS]


@pytest.mark.parametrize("command", commands())
def test_every_command_is_in_both_readmes(command: str) -> None:
    if command == "scrapy crawl":  # Scrapy's own word for watch
        return
    assert f"./run {command}" in ENGLISH
    assert f"./run {command}" in CHINESE


@pytest.mark.parametrize(
    "name", [n for n in vars(settings) if n.startswith("ARCHIVE_") and n != "ARCHIVE_RUN"]
)
def test_every_setting_of_ours_is_in_both_readmes(name: str) -> None:
    assert f"`{name}`" in ENGLISH
    assert f"`{name}`" in CHINESE


def test_both_readmes_begin_with_the_same_two_commands() -> None:
    for text in (ENGLISH, CHINESE):
        assert re.findall(r"^    (\./run \w+)$", text, re.MULTILINE)[:2] == ["./run demo", "./run test"]


@pytest.mark.parametrize("name", sorted(path.stem for path in (HOME / "spiders").glob("[a-z]*.py")))
def test_every_site_is_in_the_table_of_both_readmes(name: str) -> None:
    for text in (ENGLISH, CHINESE):
        (row,) = re.findall(rf"^\| `{name}` \|(.+)\|$", text, re.MULTILINE)
        assert len([cell for cell in row.split("|") if cell.strip()]) == 4
