"""Each publishing system made anew, emptied, closed behind a challenge or moved: the verdict, the event, the exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.crawler.watching import Done, Ground, sums_agree
from tests.replicas import Replicas

HOSTS = {
    "miit": "www.miit.gov.cn",
    "mofcom": "www.mofcom.gov.cn",
    "mohurd": "www.mohurd.gov.cn",
    "samr": "www.samr.gov.cn",
    "most": "www.most.gov.cn",
    "ndrc": "www.ndrc.gov.cn",
    "beijing": "www.beijing.gov.cn",
    "kw_beijing": "kw.beijing.gov.cn",
    "gov_cn": "www.gov.cn",
    "chinanews": "www.chinanews.com.cn",
    "cac": "www.cac.gov.cn",
    "news_cn": "www.news.cn",
    "chinatorch": "www.chinatorch.gov.cn",
    "scio": "www.scio.gov.cn",
}
# Four systems (jpaas, TRS, the JSON lists of gov.cn, RSS and HTML lists of an agency), four faults each. A list that
# is drawn otherwise may lose its rows or cannot be read at all: which of the two, its system decides.
ROUNDS: tuple[dict[str, tuple[str, str]], ...] = (
    {
        "mofcom": ("new_markup", "redesigned"),
        "mohurd": ("new_paths", "empty_list"),
        "samr": ("empty_list", "empty_list"),
        "miit": ("521", "challenge"),
        "ndrc": ("empty_list", "empty_list"),
        "kw_beijing": ("new_markup", "redesigned"),
        "beijing": ("new_paths", "empty_list"),
        "most": ("521", "challenge"),
        "gov_cn": ("new_markup", "redesigned"),
        "chinanews": ("new_markup", "redesigned"),
        "cac": ("412", "challenge"),
        "news_cn": ("404", "redesigned"),
    },
    {
        "gov_cn": ("new_paths", "empty_list"),
        "chinanews": ("new_paths", "empty_list"),
        "mofcom": ("success_false", "redesigned"),
        "samr": ("403", "blocked"),
    },
    {
        # A list that never showed a row is no alarm while another of its site shows more than was asked for.
        "gov_cn": ("empty_list", "shrunken_list"),
        "chinanews": ("empty_list", "empty_list"),
        "chinatorch": ("empty_list", "empty_list"),
    },
    {"gov_cn": ("521", "challenge"), "chinanews": ("521", "challenge")},
)
GUESSED = "scio"
CASES = [(number, site) for number, round_ in enumerate(ROUNDS) for site in round_]


@pytest.fixture(scope="module")
def watches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[Ground, Done]]]:
    """Sites in trouble, each in its own, watched together."""
    made = []
    with Replicas() as replicas:
        for number, round_ in enumerate(ROUNDS):
            for site, (mode, _) in round_.items():
                replicas.mode(HOSTS[site], mode)
            if number == 0:
                replicas.mode(HOSTS[GUESSED], "new_markup")
            ground = Ground(replicas, tmp_path_factory.mktemp("troubled") / f"{number}.db")
            asked = [*round_, *([GUESSED] if number == 0 else [])]
            made.append((ground, ground.run("watch", *asked, "--limit", "2", "--json", seconds=300)))
            replicas.mode("", "")
        yield made


@pytest.mark.parametrize(
    ("number", "site"), CASES, ids=[f"{site} {ROUNDS[number][site][0]}" for number, site in CASES]
)
def test_a_site_in_trouble_is_broken_for_the_right_reason_and_it_is_told(
    watches: list[tuple[Ground, Done]], number: int, site: str
) -> None:
    ground, done = watches[number]
    reason = ROUNDS[number][site][1]
    crawl = done.crawl(site)
    verdict = "WARN" if reason == "shrunken_list" else "BROKEN"
    assert (crawl["verdict"], crawl["reasons"]) == (verdict, [reason])
    opened = ground.column("select details from events where kind = 'finding_opened' and site = ?", site)
    assert {json.loads(one)["reason"] for one in opened} == {reason}


@pytest.mark.parametrize("number", range(len(ROUNDS)))
def test_trouble_is_told_by_the_exit_code_and_every_capture_accounted_for(
    watches: list[tuple[Ground, Done]], number: int
) -> None:
    ground, done = watches[number]
    assert done.code == 1
    sums_agree(ground)


def test_a_list_whose_guessed_markup_fails_is_read_all_the_same_and_says_so(
    watches: list[tuple[Ground, Done]],
) -> None:
    ground, done = watches[0]
    assert done.crawl(GUESSED)["verdict"] == "OK"
    flags = ground.column(
        "select r.flags from readings r join captures c on c.id = r.capture "
        "where c.kind = 'listing' and c.site = 'scio'"
    )
    assert flags and all("rule_missed" in json.loads(one) for one in flags)
