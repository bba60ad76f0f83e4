"""``watch --shard I/N``: every site belongs to one part, whatever machine asks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from argparse import ArgumentTypeError
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from crawler.session import Shard, shard
from tests.crawler.watching import HOME

SITES = [f"site{number}" for number in range(2000)]


@pytest.mark.parametrize("count", [1, 2, 3, 8, 256])
@pytest.mark.parametrize("first", [0, 1])
def test_every_site_is_in_one_part_whether_one_counts_from_zero_or_from_one(count: int, first: int) -> None:
    parts = [Shard(number, count) for number in range(first, first + count)]
    assert {sum(part.holds(site) for part in parts) for site in SITES} == {1}


def test_the_parts_are_about_as_large() -> None:
    sizes = [sum(Shard(number, 8).holds(site) for site in SITES) for number in range(8)]
    assert min(sizes) >= 200 and max(sizes) <= 300


def test_a_part_is_split_in_two_when_their_number_doubles() -> None:
    for number in range(8):
        held = {site for site in SITES if Shard(number, 8).holds(site)}
        halves = [{site for site in SITES if Shard(half, 16).holds(site)} for half in (2 * number, 2 * number + 1)]  # fmt: skip
        assert halves[0] | halves[1] == held and not halves[0] & halves[1]


def test_a_site_stays_in_its_part_in_every_version_of_yuanben() -> None:
    # Another hash would move sites between archives, away from what is known of them.
    assert [site for site in ("miit", "most", "gov_cn", "mof", "nda") if Shard(0, 2).holds(site)] == [
        "most",
        "mof",
        "nda",
    ]


@pytest.mark.parametrize("written", ["", "3", "3/", "/8", "9/8", "0/0", "-1/8", "1/8/2", "a/b", "1.5/2", "٣/٨", "1/ 8"])  # fmt: skip
def test_what_is_no_part_is_refused(written: str) -> None:
    with pytest.raises(ArgumentTypeError, match="like 3/8"):
        shard(written)


def watch(archive: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command: Sequence[str] = [sys.executable, "-m", "scrapy", "watch", *words, "--archive", str(archive)]
    told = {**os.environ, "SCRAPY_SETTINGS_MODULE": "crawler.settings"}
    return subprocess.run(command, cwd=HOME, env=told, capture_output=True, text=True, timeout=60)


def asked(archive: Path, *words: str) -> set[str]:
    done = watch(archive, *words, "--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    asks: list[dict[str, Any]] = json.loads(done.stdout)["asks"]
    return {one["site"] for one in asks}


def test_named_sites_are_asked_by_their_part_only(tmp_path: Path) -> None:
    named = ("miit", "most", "mof", "nda", "gov_cn", "samr", "court")
    parts = [asked(tmp_path / "a.db", *named, "--shard", f"{number}/2") for number in (1, 2)]
    assert parts[0] | parts[1] == set(named) and not parts[0] & parts[1] and all(parts)


def test_a_bad_part_is_one_line_and_a_part_without_sites_is_nothing_to_do(tmp_path: Path) -> None:
    done = watch(tmp_path / "a.db", "--shard", "9/8")
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and '"9/8"' in done.stderr
    assert not (tmp_path / "a.db").exists()
    (empty,) = [f"{n}/2" for n in (0, 1) if not Shard(n, 2).holds("miit")]
    done = watch(tmp_path / "a.db", "miit", "--shard", empty, "--due")
    assert done.returncode == 0, done.stderr
