"""Each kind of trouble at a site of its own: found in the next run, open once, closed when a run saw it healed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from archive.cli import main
from archive.store.schedule.crawls import open_findings
from tests.crawler.watching import Ground
from tests.replicas import Replicas

# Site, its host, how the host misbehaves (nothing: it is silent by itself), and what is to be found.
TROUBLES = [
    ("kw_beijing", "kw.beijing.gov.cn", "521", "challenge"),
    ("mohurd", "www.mohurd.gov.cn", "403", "blocked"),
    ("mofcom", "www.mofcom.gov.cn", "robots_disallow", "robots"),
    ("samr", "www.samr.gov.cn", "close", "unreachable"),
    ("most", "www.most.gov.cn", "empty_list", "empty_list"),
    ("ndrc", "www.ndrc.gov.cn", "404", "redesigned"),
    ("cac", "www.cac.gov.cn", "slow", "slow"),
    ("news_cn", "www.news.cn", "", "silent"),
]
SITES = [site for site, *_ in TROUBLES]
WELL, ILL, STILL, HEALED = (
    f"2026-09-{day}.000Z" for day in ("15T08:00:00", "18T08:00:00", "18T12:00:00", "19T08:00:00")
)


def events_of(ground: Ground, kind: str) -> dict[str, set[str]]:
    """Return the reasons that were opened or closed, site by site."""
    rows = ground.rows(
        "select site, json_extract(details, '$.reason') as reason from events where kind = ?",
        [f"finding_{kind}"],
    )
    return {site: {row["reason"] for row in rows if row["site"] == site} for site in SITES}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Ground]]:
    """A well run, one in which each site has its trouble, the same once more, and one after all have healed."""
    place = tmp_path_factory.mktemp("troubles")
    with Replicas() as replicas:
        ground = Ground(replicas, place / "a.db")
        seen = {}
        for name, now in (("well", WELL), ("ill", ILL), ("still", STILL), ("healed", HEALED)):
            for _, host, mode, _ in TROUBLES:
                replicas.mode(
                    host,
                    mode if name in ("ill", "still") else "",
                    **({"seconds": 2.2} if mode == "slow" else {}),
                )
            replicas.day = 3 if name == "healed" else 1
            sites = ["most", "mohurd"] if name == "still" else SITES
            ground.run("watch", *sites, "--limit", "2", "--json", now=now, seconds=300)
            with closing(sqlite3.connect(ground.path, isolation_level=None)) as db:
                if name == "well":  # two more runs of the same pace
                    db.execute("insert into events (kind, happened_at, site, details) select kind, happened_at, site, details "
                               "from events where kind = 'pace' union all select kind, happened_at, site, details from events "
                               "where kind = 'pace'")  # fmt: skip
                db.execute("vacuum into ?", (str(place / f"{name}.db"),))
            seen[name] = Ground(replicas, place / f"{name}.db")
        yield seen


def test_while_all_is_well_nothing_is_found(runs: dict[str, Ground]) -> None:
    assert events_of(runs["well"], "opened") == {site: set() for site in SITES}


@pytest.mark.parametrize(("site", "reason"), [(site, reason) for site, _, _, reason in TROUBLES])
def test_a_trouble_is_found_in_the_next_run_and_named(
    runs: dict[str, Ground], site: str, reason: str
) -> None:
    assert events_of(runs["ill"], "opened")[site] == {reason}


def test_what_stays_wrong_is_not_opened_again(runs: dict[str, Ground]) -> None:
    opened = "select site, count(*) from events where kind = 'finding_opened' group by site"
    before = dict(map(tuple, runs["ill"].rows(opened)))
    assert (
        dict(map(tuple, runs["still"].rows(opened))) == before
        and events_of(runs["still"], "closed")["most"] == set()
    )


@pytest.mark.parametrize(("site", "reason"), [(site, reason) for site, _, _, reason in TROUBLES])
def test_what_healed_is_closed_by_the_run_that_saw_it(
    runs: dict[str, Ground], site: str, reason: str
) -> None:
    assert events_of(runs["healed"], "closed")[site] == {reason}


def test_when_all_has_healed_nothing_is_open_and_status_is_one_screen(
    runs: dict[str, Ground], capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite3.connect(runs["healed"].path) as db:
        db.row_factory = sqlite3.Row
        assert open_findings(db) == []
    assert main(["status", "--archive", str(runs["ill"].path)]) == 1
    shown = capsys.readouterr().out.splitlines()
    assert len(shown) < 40 and all(len(line) < 250 for line in shown)
