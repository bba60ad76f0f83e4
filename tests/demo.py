"""``./run demo``: the whole idea in under a minute, offline.

Replicas of four policy sites and of one that copies them are served on this machine and crawled on three days, while
they change. What is printed then comes out of the archive, which is left behind to be opened.
"""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import date
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOME))

from archive.cli import main as yuanben  # noqa: E402
from archive.clock import beijing_minute  # noqa: E402
from archive.store.read.connections import place_of  # noqa: E402
from tests.replicas import Replicas, World  # noqa: E402

ARCHIVE = Path("yuanben-demo.db")
SITES = ("miit", "most", "gov_cn", "chinanews", "achie")
# What the lines of a day count, in the order in which they are explained.
WORDS = {
    "new": "an article never seen before",
    "changed": "its text, title or date is another than before: a new version",
    "unchanged": "it says what it said, whatever its bytes do",
    "not_modified": "the site says it is as it was (HTTP 304), and sends nothing",
    "gone": "404; called withdrawn only after three sightings over 72 hours",
    "blocked": "refused, or a challenge: no article, nothing is solved",
    "quarantined": "spam or another text in its place: kept, not believed, waits for a person",
    "listing": "a list of articles that was read",
    "attachment": "an attached file",
    "robots": "robots.txt, asked first and obeyed",
}
QUOTED = "支持30个县（市、区）建设科技成果转化小试基地"
WHY = {
    "challenge": "answers with a challenge page; nothing was solved, nothing was stored as an article",
    "blocked": "refuses us",
    "empty_list": "came back with an empty list: not 'nothing new', but nothing seen",
    "silent": "shows nothing newer than its declaration allows",
    "unreachable": "did not answer every request",
}


def main() -> int:
    """Crawl three days and tell what was found."""
    ArgumentParser(prog="./run demo", description=(__doc__ or "").partition("\n\n")[2]).parse_args()
    for path in (ARCHIVE, Path(f"{ARCHIVE}-wal"), Path(f"{ARCHIVE}-shm"), Path(f"{ARCHIVE}.lock")):
        path.unlink(missing_ok=True)
    print(
        "Replicas of 工信部, 科技部, 中国政府网, 中新网, and of 高新院, which copies others, are served on this machine.\n"
        "Every text is invented. A verdict on a site: OK, WARN or BROKEN. What is counted behind it:"
    )
    print("\n".join(f"  {word:13}{means}" for word, means in WORDS.items()) + "\n")
    with Replicas() as replicas:
        for day in (1, 2, 3):
            replicas.day = day
            print(f"Day {day} ({World(day=day).now[:10]}): scrapy watch {' '.join(SITES)}", flush=True)
            if not _watch(replicas, day):
                print("demo: the crawl did not run; its messages are above", file=sys.stderr)
                return 1
    archive = sqlite3.connect(f"file:{ARCHIVE}?mode=ro", uri=True)
    archive.row_factory = sqlite3.Row
    print("\nWhat the archive says\n")
    for line in _story(archive):
        print(line)
    for line in _asked(archive):
        print(line)
    print(_farewell())
    return 0


def _watch(replicas: Replicas, day: int) -> bool:
    words = [
        sys.executable,
        "-P",  # a module of this directory is not taken for one of Python's
        "-m",
        "scrapy",
        "watch",
        *SITES,
        "--archive",
        str(ARCHIVE),
        "-s",
        "ARCHIVE_DELAY=0",
    ]
    setting = {"SCRAPY_SETTINGS_MODULE": "crawler.settings", "YUANBEN_NOW": World(day=day).now}
    # At a terminal the crawl says itself how far it is; else what it says is shown only when it fails.
    aside = None if sys.stderr.isatty() else subprocess.PIPE
    done = subprocess.run(
        [*words, "--json"],
        env={**os.environ, **replicas.env(), **setting},
        stdout=subprocess.PIPE,
        stderr=aside,
        text=True,
    )
    try:
        crawls = json.loads(done.stdout)["crawls"]
    except (ValueError, KeyError):
        print(f"exit {done.returncode}", done.stdout, done.stderr or "", sep="\n", file=sys.stderr)
        return False
    for crawl in crawls:
        counted = ", ".join(f"{n} {name}" for name, n in sorted(crawl["outcomes"].items()))
        print(f"  {crawl['site']:10} {crawl['verdict']:6} {', '.join(crawl['reasons']):22} {counted}")
    return True


def _story(archive: sqlite3.Connection) -> Iterator[str]:
    yield from _new(archive)
    yield from _edits(archive)
    yield from _noise(archive)
    yield from _absent(archive)
    yield from _states(archive)
    yield from _quarantined(archive)
    yield from _unwell(archive)


def _new(archive: sqlite3.Connection) -> Iterator[str]:
    rows = archive.execute(
        "select site, title, published_at, first_seen from latest where version is not null "
        "and first_seen > (select min(finished_at) from crawls) order by first_seen"
    ).fetchall()
    yield f"{len(rows)} new since the first crawl"
    for row in rows:
        yield f"  + {row['title']}  ({row['site']}, dated {row['published_at']})"


def _edits(archive: sqlite3.Connection) -> Iterator[str]:
    rows = archive.execute("select * from changes order by changed_at_latest").fetchall()
    yield f"\n{len(rows)} edited by its publisher"
    for row in rows:
        yield f"  ~ {row['title']}\n    {row['summary']}"
        bounds = [beijing_minute(row[f"changed_at_{end}"]) for end in ("earliest", "latest")]
        yield f"    between {bounds[0]} and {bounds[1]} Beijing time: the looks before and after; version {row['from_version']} → {row['to_version']}"


def _noise(archive: sqlite3.Connection) -> Iterator[str]:
    noisy = archive.execute(
        "select d.url, count(distinct c.payload) as bodies from captures c join readings r on r.capture = c.id "
        "join documents d on d.id = r.document where r.version is not null group by d.id "
        "having bodies > 1 and count(distinct r.version) = 1"
    ).fetchall()
    yield f"\n{len(noisy)} whose bytes changed (counters, related links, adverts) and whose text did not: no version"
    for row in noisy[:3]:
        yield f"  = {row['url']}"


def _absent(archive: sqlite3.Connection) -> Iterator[str]:
    rows = archive.execute(
        "select title, url, state from latest where exists (select 1 from json_each(flags) where value = 'absent')"
    ).fetchall()
    withdrawn = archive.execute("select count(*) from latest where state = 'withdrawn'").fetchone()[0]
    yield f"\n{len(rows)} answered 404; {withdrawn} called withdrawn (that takes three sightings over 72 hours)"
    for row in rows:
        yield f"  ? {row['title']}  ({row['url']}): still {row['state']}, its text is kept"


def _states(archive: sqlite3.Connection) -> Iterator[str]:
    """Tell of one document that another ended: both standings with their reasons, and what was said of it."""
    today = date.fromisoformat(World(day=3).now[:10])
    row = archive.execute(
        "select other, document from relations where relation = 'replaces' and other is not null"
    ).fetchone()
    if row is None:
        return
    yield f"\nIn force on {today}? As far as this archive holds"
    for document in row:
        found = place_of(archive, document, today)
        title = archive.execute("select title from latest where document = ?", (document,)).fetchone()[0]
        standing = found["standing"]
        yield f"  § {title}: {standing['standing'].replace('_', ' ')} since {standing['since']}"
        for reason in standing["because"]:
            by = (
                f" in {reason['by']['title']}"
                if reason["by"] and reason["by"]["document"] != document
                else ""
            )
            yield f"    because of “{reason['quoted'] or reason['says']}”{by}"
        for entry in found["cited_by"]:
            if entry["relation"] in ("interprets", "drafts"):
                yield f"    {entry['relation']} it: {entry['title']}  ({entry['published_at'][:10]})"


def _asked(archive: sqlite3.Connection) -> Iterator[str]:
    """Ask the archive as a fact-checker would: what did a copy do to its original, and who says what in which figures?"""
    copy = archive.execute(
        "select copy_url from copies where copy_url like '%achie%' and original_url like '%most.gov.cn%'"
    ).fetchone()
    if copy is not None:
        yield "\nA copy's account: what it changed, throughout (a rule) and here and there"
        yield from _command(["compare", copy[0]])
    yield "\nWho holds this wording, word for word or with another figure?"
    yield from _command(["quote", QUOTED])


def _command(words: list[str], most: int = 30) -> Iterator[str]:
    """Yield a command and the beginning of what it prints."""
    yield f"  $ yuanben {' '.join(words)}"
    with redirect_stdout(io.StringIO()) as printed:
        yuanben([*words, "--archive", str(ARCHIVE)])
    lines = printed.getvalue().rstrip().splitlines()
    yield from (f"    {line}".rstrip() for line in lines[:most])
    if len(lines) > most:
        yield f"    … and {len(lines) - most} more lines"


def _quarantined(archive: sqlite3.Connection) -> Iterator[str]:
    rows = archive.execute(
        "select distinct l.title, l.url, r.reason from readings r join latest l on l.document = r.document "
        "where r.outcome = 'quarantined'"
    ).fetchall()
    yield f"\n{len(rows)} quarantined: what came is kept as evidence and did not become the text"
    for row in rows:
        yield f"  ! {row['url']}\n    because: {row['reason']}; still shown: {row['title']}"


def _unwell(archive: sqlite3.Connection) -> Iterator[str]:
    rows = archive.execute("select site, verdict, reasons from site_health where verdict != 'OK'").fetchall()
    yield f"\n{len(rows)} sites unwell"
    for row in rows:
        for reason in json.loads(row["reasons"]):
            yield f"  {row['site']:10} {row['verdict']}: {WHY.get(reason, reason)}"


def _farewell() -> str:
    run = os.path.relpath(HOME / "run")
    run = run if run.startswith(".") else f"./{run}"
    return (
        f"\nThe archive is {ARCHIVE}. Open it:\n"
        f"  {run} yuanben serve --archive {ARCHIVE}          the reading room, in a browser\n"
        f"  {run} yuanben search 创新 --archive {ARCHIVE}    search, in either script\n"
        f"  {run} yuanben status --archive {ARCHIVE}         how the sites are\n"
        f"An archive of your own, in a few questions: {run} yuanben new"
    )


if __name__ == "__main__":
    sys.exit(main())
