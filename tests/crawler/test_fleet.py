"""A fleet: leases, batons and deltas by themselves; then a real Dask cluster whose parts are killed and frozen.

The farm's access log is the judge of the long tests, not the crawler. ``./run soak fleet`` runs them.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive.clock import later
from archive.errors import BadInput
from archive.model import Exchange, KeptExchange
from archive.store.file.connection import made_durable_together, open_for_writing
from archive.store.read.bundles import Baton, Landing, Leases, baton, take_up
from archive.store.schedule.frontier import Due
from crawler.commands.fleet import times
from crawler.fleet import Times, scheduler_address
from crawler.remote import STAGE, STALE
from tests.archive.desk import LIST, URL, Desk, answer, html
from tests.archive.test_freshness import OTHER, rows
from tests.crawler.farming import Ground, fleet_ground, story
from tests.crawler.watching import Done

NOW = "2026-04-01T00:00:00.000Z"
SOON = later(NOW, 60)
SOAK = bool(os.environ.get("YUANBEN_SOAK"))


@pytest.mark.parametrize(
    "written",
    ["tcp://127.0.0.1:8786", "tcp://10.0.0.5:8786", "tcp://localhost:1", "tls://8.8.8.8:8786", "tcp://[::1]:8786"],
)  # fmt: skip
def test_a_scheduler_on_a_private_network_or_behind_tls_is_taken(written: str) -> None:
    assert scheduler_address(written) == written


@pytest.mark.parametrize(
    ("written", "says"),
    [
        pytest.param("10.0.0.5", "is no scheduler", id="no scheme"),
        pytest.param("http://10.0.0.5:8786", "is no scheduler", id="another scheme"),
        pytest.param("tcp://10.0.0.5:99999", "is no scheduler", id="no port"),
        pytest.param("tcp://8.8.8.8:8786", "use tls://", id="open to the internet"),
    ],
)
def test_another_scheduler_is_refused_in_one_line(written: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        scheduler_address(written)


def test_the_lease_outlasts_the_last_moment_at_which_its_process_can_ask() -> None:
    assert times("5,15,2") == Times(start=5, run_max=15, margin=2) and times("5,15,2").lease == 22


def fleet(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    told = {**os.environ, "SCRAPY_SETTINGS_MODULE": "crawler.settings", **env}
    command = [sys.executable, "-m", "scrapy", "fleet", *words]
    return subprocess.run(command, env=told, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("words", [[], ["nowhere"], ["tcp://127.0.0.1:1", "--times", "5,0,2"]])
def test_a_mistake_is_one_line(words: list[str], tmp_path: Path) -> None:
    done = fleet(*words, "--archive", str(tmp_path / "a.db"))
    assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr
    assert not (tmp_path / "a.db").exists()


def test_without_the_extra_it_says_what_to_install_and_nothing_else_imports_dask(tmp_path: Path) -> None:
    (tmp_path / "distributed.py").write_text("raise ImportError('not installed')")
    done = fleet("tcp://127.0.0.1:1", "--archive", str(tmp_path / "a.db"), PYTHONPATH=str(tmp_path))
    assert done.returncode == 2 and 'pip install "yuanben[fleet]"' in done.stderr
    assert done.stderr.count("\n") == 1
    script = "import sys, crawler.commands.fleet, crawler.commands.reread, archive.cli; print([m for m in sys.modules if m.split('.')[0] in ('dask', 'distributed')])"
    assert subprocess.check_output([sys.executable, "-c", script], text=True).strip() == "[]"


def test_a_lease_keeps_a_site_from_others_until_it_lands_or_runs_out() -> None:
    desk = Desk()
    leases = Leases(desk.db)
    end = later(NOW, 60)
    assert leases.take(["a", "b"], "one", at=NOW, until=end) == ["a", "b"]
    assert leases.take(["b", "c"], "two", at=NOW, until=end) == ["c"]
    assert leases.land("one", later(NOW, 5)) == ["a", "b"] and leases.land("one", later(NOW, 6)) == []
    assert leases.held(later(NOW, 7)) == {"c"} and leases.held(end) == set()
    assert leases.landed(NOW) == ["one"]
    assert leases.land("two", later(end, 1)) == [], "a late receipt closes no visit"


@pytest.fixture
def home() -> Desk:
    """Return a home archive with a list, an article that was seen, and one that is due."""
    desk = Desk()
    desk.archive.frontier.add(site="bureau", kind="listing", urls=[LIST], due_at="2026-03-01T00:00:00.000Z", why="declared")  # fmt: skip
    etag = (("ETag", '"1"'), ("Content-Type", "text/html"))
    land(desk, [answer(rows(URL, OTHER), "2026-03-10T00:00:01", url=LIST, kind="listing", headers=etag),
                answer(html(), "2026-03-10T00:00:02", headers=etag)])  # fmt: skip
    return desk


def delta_of(exchanges: list[Exchange]) -> sqlite3.Connection:
    """Return the archive of a process that had these exchanges and read nothing."""
    desk = Desk()
    for one in exchanges:
        desk.keep(one)
    return desk.db


def land(desk: Desk, exchanges: list[Exchange] | sqlite3.Connection, token: str = "t") -> tuple[int, int]:
    source = delta_of(exchanges) if isinstance(exchanges, list) else exchanges

    def keep(exchange: Exchange) -> KeptExchange:
        return desk.keep(exchange)

    def refuse(due: Due, reason: str, rest: float) -> None:
        desk.archive.refused(due, reason, crawl=desk.crawl, retry_in=rest)

    told = Landing(desk.db, keep, desk.drain, refuse).land(source, token)
    assert not told.lost
    return told.kept, told.held


def test_what_lands_is_as_if_it_had_been_asked_from_here(home: Desk) -> None:
    assert home.column("select origin from captures") == ["network", "network"]
    visits = dict(home.rows("select url, visits from frontier"))
    assert visits == {LIST: 1, URL: 1, OTHER: 0}, "the row that asked is closed, what a list leads to is due"
    assert home.latest()["state"] == "live"
    assert home.one("select count(*) from frontier where url = ? and due_at > '2026-03-10'", LIST) == 1


def test_a_delta_that_lands_twice_changes_nothing(home: Desk) -> None:
    source = delta_of([answer(html("另一段文字。"), "2026-03-12T00:00:02"), answer(None, "2026-03-12T00:00:05", url=OTHER, status=404)])  # fmt: skip
    assert land(home, source) == (2, 0)
    before = list(home.db.iterdump())
    assert land(home, source) == (0, 2) and list(home.db.iterdump()) == before


def test_a_failure_that_was_tried_again_rests_only_when_the_last_try_failed(home: Desk) -> None:
    failed = [answer(None, f"2026-03-12T00:00:0{n}", url=OTHER, status=None, error="timeout") for n in (1, 2)]
    land(home, [*failed, answer(html(title="另一份"), "2026-03-12T00:00:03", url=OTHER)])
    assert home.rows("select attempts, missed, visits from frontier where url = ?", OTHER)[0][:] == (0, 0, 1)
    land(home, [answer(None, "2026-03-20T00:00:01", url=OTHER, status=None, error="timeout")])
    assert home.one("select missed from frontier where url = ?", OTHER) == 1


def test_what_was_not_asked_rests_as_long_as_there(home: Desk) -> None:
    there = Desk()
    there.archive.frontier.add(site="bureau", kind="article", urls=[OTHER], due_at="2026-03-01T00:00:00.000Z", why="x")  # fmt: skip
    (due,) = there.ask(NOW)
    there.archive.refused(due, "robots: disallowed by robots.txt", crawl=there.crawl, retry_in=None)
    land(home, there.db)
    assert "disallowed" in home.one("select details from events where kind = 'refused'")
    assert [one.url for one in home.ask(SOON)] == [LIST, URL]
    before = list(home.db.iterdump())
    land(home, there.db)
    assert list(home.db.iterdump()) == before


def test_a_baton_carries_what_is_due_what_may_be_offered_and_what_a_list_must_not_lead_to(home: Desk) -> None:
    taken = Baton.from_json(baton(home.db, ["bureau"], "t", at=SOON, looks={"bureau": 3}).as_json())
    assert taken.validators_of()[URL].etag == '"1"' and taken.looks == {"bureau": 3}
    there = Desk()
    with there.archive.writing():
        take_up(there.db, taken, {"bureau": there.crawl})
    asked = [[one.url for one in desk.ask(SOON)] for desk in (there, home)]
    assert asked[0] == asked[1] and set(asked[0]) == {LIST, OTHER, URL}
    home.db.execute("update frontier set due_at = '2026-09-01T00:00:00.000Z' where kind = 'article'")
    there = Desk()
    with there.archive.writing():
        take_up(there.db, baton(home.db, ["bureau"], "t", at=SOON, looks=None), {"bureau": there.crawl})
    there.see(rows(URL, OTHER, f"{OTHER}?n=1"), "2026-04-01T00:00:01", url=LIST, kind="listing")
    assert [one.url for one in there.ask(later(NOW, 90))] == [LIST]
    third = OTHER.replace("other", "third")
    there.see(rows(third, URL, OTHER), "2026-04-01T00:00:02", url=LIST, kind="listing")
    assert [one.url for one in there.ask(later(NOW, 90))] == [LIST, third]


def test_commits_on_the_way_are_made_durable_by_the_one_that_closes_the_lease(tmp_path: Path) -> None:
    db = open_for_writing(tmp_path / "a.db", create=True)
    with pytest.raises(ZeroDivisionError), made_durable_together(db):
        assert db.execute("pragma synchronous").fetchone()[0] == 1
        raise ZeroDivisionError
    assert db.execute("pragma synchronous").fetchone()[0] == 2
    db.close()


def staged(
    start_by: float, run_max: float, script: str, **more: object
) -> subprocess.CompletedProcess[bytes]:
    words = [sys.executable, "-I", "-S", "-c", STAGE, str(start_by), str(run_max), "-c", script]
    return subprocess.run(words, timeout=30, **more)  # type: ignore[call-overload,no-any-return]


def test_the_kernel_ends_a_process_at_its_deadline_even_where_alarms_are_ignored() -> None:
    def ignore() -> None:
        signal.signal(signal.SIGALRM, signal.SIG_IGN)

    done = staged(time.time() + 60, 1.0, "while True: pass", preexec_fn=ignore)
    assert done.returncode == -signal.SIGALRM


def test_what_comes_too_late_is_not_started(tmp_path: Path) -> None:
    done = staged(time.time() - 1, 9.0, f"open({str(tmp_path / 'started')!r}, 'w')")
    assert done.returncode == STALE and not (tmp_path / "started").exists()


def test_a_crawl_ends_with_its_worker() -> None:
    script = "import time; from crawler.remote import die_with_worker; die_with_worker(); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(30) == 9


# A real cluster

needs_dask = pytest.mark.skipif(
    not any((Path(folder) / "distributed").is_dir() for folder in sys.path),
    reason='Dask is not installed: pip install "yuanben[fleet]"',
)
soak_only = pytest.mark.skipif(not SOAK, reason="takes minutes: ./run soak fleet")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ground, Done]]:
    """A farm that a fleet of one worker has asked, and what it said."""
    folder = tmp_path_factory.mktemp("fleet")
    with fleet_ground(folder, hosts=2, pages=2, times="30,60,2", workers=1, threads=1) as ground:
        yield ground, ground.fleet("--json", seconds=110)


@needs_dask
def test_a_fleet_brings_home_what_one_crawl_would_have(small: tuple[Ground, Done]) -> None:
    ground, done = small
    assert done.code == 0, done.err
    assert {one["site"]: one["outcomes"] for one in done.json["crawls"]} == {
        site: {"robots": 1, "listing": 1, "new": 2} for site in ground.farm.sites()
    }
    assert ground.captured() == ground.logged() and not ground.lost() and not ground.farm.at_once()
    assert len(ground.rows("select 1 from captures")) == len(ground.farm.log)
    assert ground.rows("select count(*) from site_leases where landed_at is null") == [(0,)]


def reread(ground: Ground, name: str, *words: str) -> list[tuple[object, ...]]:
    """Return all readings of a copy of the home archive that is read again by other rules."""
    path = ground.folder / name
    with closing(sqlite3.connect(ground.home)) as home, closing(sqlite3.connect(path)) as copy:
        home.backup(copy)
    command = [
        sys.executable,
        "-m",
        "scrapy",
        "reread",
        *words,
        "--archive",
        str(path),
        "-s",
        "ARCHIVE_READERS=1",
    ]
    env = ground.env(FARM_TITLE=".date")
    subprocess.run(command, env=env, check=True, capture_output=True, timeout=110)
    with closing(sqlite3.connect(path)) as db:
        return db.execute(
            "select r.capture, r.outcome, r.flags, r.visible_digest, v.state_digest, v.cause, r.reader from readings r "
            "left join versions v on v.id = r.version where r.again = 1 order by r.capture, r.id"
        ).fetchall()


@needs_dask
def test_a_fleet_reads_again_what_one_machine_would(small: tuple[Ground, Done]) -> None:
    ground, _ = small
    ground.workers[0].restart(FARM_TITLE=".date")
    there = reread(ground, "there.db", "--fleet", ground.address)
    assert there == reread(ground, "here.db") and len(there) == 4


def one_crawl(ground: Ground) -> dict[str, object]:
    """Return what an archive says that one process makes of the same farm."""
    path = ground.folder / "one.db"
    words = [sys.executable, "-m", "scrapy", "watch", *ground.farm.sites(), "--archive", str(path)]
    subprocess.run(words, env=ground.env(), check=True, capture_output=True, timeout=600)
    return story(path)


# What one crawl makes of a farm, by its size: its pages are the same every time.
WHOLE: dict[tuple[int, int], dict[str, object]] = {}


def under_way(ground: Ground, running: subprocess.Popen[Any]) -> None:
    """Wait until the fleet is in the midst of its work."""
    while len(ground.farm.log) < 150:
        assert running.poll() is None, "the coordinator ended before there was anything to disturb"
        time.sleep(0.2)


Trouble = Callable[[Ground, random.Random], None]
# Seconds: until a bundle must start, may run, and may be off.
PAGES = 20
TIMES, START, RUN, MARGIN = "20,60,2", 20, 60, 2


def kill_worker(ground: Ground, dice: random.Random) -> None:
    dice.choice(ground.workers).signal(signal.SIGKILL, group=False)


def kill_worker_and_crawls(ground: Ground, dice: random.Random) -> None:
    dice.choice(ground.workers).signal(signal.SIGKILL, group=True)


def freeze_worker(ground: Ground, dice: random.Random) -> None:
    worker = dice.choice(ground.workers)
    worker.signal(signal.SIGSTOP, group=True)
    time.sleep(3 * RUN)
    worker.signal(signal.SIGCONT, group=True)


def freeze_crawls(ground: Ground, dice: random.Random) -> None:
    crawls = [pid for worker in ground.workers for pid in worker.children()]
    for number in (signal.SIGSTOP, signal.SIGCONT):
        for pid in crawls:
            if Path(f"/proc/{pid}").exists():
                os.kill(pid, number)
        time.sleep(3 * RUN if number == signal.SIGSTOP else 0)


def kill_scheduler(ground: Ground, dice: random.Random) -> None:
    ground.scheduler.signal(signal.SIGKILL, group=True)


@needs_dask
@soak_only
@pytest.mark.loop
@pytest.mark.parametrize(
    "trouble",
    [kill_worker, kill_worker_and_crawls, freeze_worker, freeze_crawls, kill_scheduler],
    ids=lambda trouble: trouble.__name__,
)
def test_fleet_loses_no_site_and_sends_no_two_to_a_host(trouble: Trouble, tmp_path: Path) -> None:
    with fleet_ground(tmp_path, hosts=40, pages=PAGES, times=TIMES, threads=1, delay="0.1") as ground:
        running = subprocess.Popen(ground.fleet_words(), env=ground.env(), stderr=subprocess.PIPE, text=True)
        under_way(ground, running)
        trouble(ground, random.Random(7))
        _, err = running.communicate(timeout=900)
        _judge(ground, err)


def _judge(ground: Ground, err: str) -> None:
    # What a killed machine still holds comes with the next bundle; there is one more, of nothing.
    log, captured = ground.logged(), ground.captured()
    print(f"lost {ground.lost()}, two at once {ground.farm.at_once()}, refetched {ground.farm.refetched()}, "
          f"requests {sum(log.values())}, captures {sum(captured.values())}\n{err[-1500:]}")  # fmt: skip
    assert not ground.lost() and not ground.farm.at_once()
    deadline = _latest_after_lease(ground)
    assert deadline <= START + RUN + 1, f"a request {deadline:.1f} s after its lease was taken"
    size = ground.farm.hosts, ground.farm.pages
    if size not in WHOLE:
        WHOLE[size] = one_crawl(ground)
    assert story(ground.home) == WHOLE[size]


def _latest_after_lease(ground: Ground) -> float:
    """Return the most seconds between a request and the last lease of its site that had been taken before."""
    taken: dict[str, list[float]] = {}
    for site, at in ground.rows("select site, 86400 * (julianday(taken_at) - 2440587.5) from site_leases"):
        taken.setdefault(site, []).append(at)
    return max(
        one.start - max(at for at in taken[one.host.partition(".")[0]] if at <= one.start)
        for one in ground.farm.log
    )


@needs_dask
@soak_only
@pytest.mark.loop
def test_fleet_goes_on_when_its_coordinator_is_killed(tmp_path: Path) -> None:
    with fleet_ground(tmp_path, hosts=40, pages=PAGES, times=TIMES, threads=1, delay="0.1") as ground:
        first = subprocess.Popen(ground.fleet_words(), env=ground.env(), stderr=subprocess.DEVNULL)
        under_way(ground, first)
        ground.scheduler.signal(signal.SIGKILL, group=True)
        first.kill()
        first.wait()
        time.sleep(3)
        done = ground.fleet(seconds=900)
        _judge(ground, done.err)


@needs_dask
@soak_only
@pytest.mark.loop
def test_fleet_of_two_workers_is_nearly_twice_as_fast(tmp_path: Path) -> None:
    seconds = {}
    for workers in (1, 2):
        folder = tmp_path / str(workers)
        folder.mkdir()
        with fleet_ground(
            folder, hosts=40, pages=20, times="30,120,2", workers=workers, delay="0.5"
        ) as ground:
            began = time.monotonic()
            assert ground.fleet(seconds=900).code == 0
            seconds[workers] = time.monotonic() - began
            assert len(ground.rows("select 1 from captures")) == len(ground.farm.log)
    print(f"1 worker {seconds[1]:.1f} s, 2 workers {seconds[2]:.1f} s: {seconds[1] / seconds[2]:.2f} x")
