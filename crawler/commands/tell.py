"""``scrapy tell``: notifications of news by mail, webhook, or in a group of 企业微信, 钉钉 or 飞书.

``scrapy watch`` does the same at its end, for the targets of its home. Each piece of news is sent to a target
once: a file beside the archive (``….told``) lists what each target has received, and is written after the
target accepted it. A target that accepted a message but could not report it gets the message again; none is
lost. What a target refuses, or does not accept in time, is sent by a later run, for a fortnight.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from scrapy.commands import ScrapyCommand

from archive.cli.options import archive_path
from archive.cli.terminal import one_line
from archive.clock import beijing_minute, clock_from, later
from archive.errors import BadInput, did_you_mean
from archive.home import NAME, Home, Target, home_of, is_open_to_others
from archive.notices import Message, Notice, grouped, in_order, messages, notice
from archive.store.file.connection import open_for_reading
from archive.store.read.news import News, news
from archive.store.read.sites import site_names
from archive.text import fold
from archive.text.figures import holds
from crawler import session
from crawler.delivery import APART, LARGEST, Limited, Refused, TryAgain, body_of, deliver, without_secrets
from crawler.reading import sites

# Days for which delivery is tried, and days of news that a new target gets.
FORTNIGHT, AT_FIRST = 14, 1
# Messages per run: a robot takes twenty a minute, and nobody reads more.
MOST_MESSAGES = 15


@dataclass(slots=True)
class Deliveries:
    """The deliveries to each target: lines of a file, read once, with new deliveries appended."""

    file: IO[str]
    ids: dict[str, set[str]] = field(default_factory=dict)
    begins: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)

    def read(self) -> None:
        """Read the file; a line that a crash cut off is ignored."""
        self.file.seek(0)
        for line in self.file:
            try:
                said = json.loads(line)
                target = said["target"]
            except (ValueError, KeyError, TypeError):
                continue
            if "id" in said:
                self.ids.setdefault(target, set()).add(said["id"])
            if "begins" in said:
                self.begins[target] = said["begins"]
            if "digest" in said:
                self.digests[target] = said["digest"]

    def add(self, target: str, at: str, ids: Sequence[str] = (), **said: str) -> None:
        """Record a delivery to a target; it counts from then on, whatever becomes of this process."""
        rows = [{"target": target, "at": at, "id": one} for one in ids] or [
            {"target": target, "at": at, **said}
        ]
        # The line break first: a line that a crash cut off must not swallow the next.
        self.file.write("".join("\n" + json.dumps(row, ensure_ascii=False) for row in rows))
        self.file.flush()
        os.fsync(self.file.fileno())
        self.ids.setdefault(target, set()).update(ids)
        self.begins |= {target: said["begins"]} if "begins" in said else {}
        self.digests |= {target: said["digest"]} if "digest" in said else {}


@contextmanager
def deliveries_of(archive: Path) -> Iterator[Deliveries]:
    """Hold the file of an archive's deliveries; a second process that notifies waits."""
    path = Path(f"{archive}.told")
    try:
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path} cannot be written ({error.strerror}) — nothing was told") from None
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        deliveries = Deliveries(file)
        deliveries.read()
        yield deliveries


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A delivery that a target did not accept, and the reason, without its secrets."""

    target: str
    why: str
    left: int


def notify_targets(db: sqlite3.Connection, home: Home, *, now: str, only: Sequence[str] = (),
              sleep: Callable[[float], None] = time.sleep) -> list[Trouble]:  # fmt: skip
    """Notify each target of a home of its undelivered news; return at most one trouble per target."""
    targets = [target for target in home.targets if not only or target.name in only]
    publishers = _publishers(db)
    if is_open_to_others(home):
        print(f"yuanben: {home.path} holds secrets that others may read — chmod 600 it", file=sys.stderr)
    troubles = []
    with deliveries_of(home.archive) as deliveries:
        for target in targets:
            if target.name not in deliveries.begins:
                deliveries.add(target.name, now, begins=later(now, -AT_FIRST * 86400))
        since = max(
            later(now, -FORTNIGHT * 86400),
            min((deliveries.begins[target.name] for target in targets), default=now),
        )
        found = news(db, since=since, limit=-1)
        for target in targets:
            if trouble := _notify(target, found, deliveries, publishers, now, sleep):
                troubles.append(trouble)
    return troubles


def _publishers(db: sqlite3.Connection) -> dict[str, str]:
    """Return the common name of each site: from its documents, else from its declaration."""
    declared = {name: site.publisher for name, site in sites().items()}
    return declared | {row["site"]: row["publisher"] for row in site_names(db)}


def _notify(target: Target, pieces_of_news: Sequence[News], deliveries: Deliveries, publishers: dict[str, str], now: str,
          sleep: Callable[[float], None]) -> Trouble | None:  # fmt: skip
    """Notify one target; what it does not accept stays due."""
    if target.digest and not is_digest_due(target.digest, deliveries.digests.get(target.name), now):
        return None
    begins, got = deliveries.begins[target.name], deliveries.ids.get(target.name, set())
    due = [one for one in pieces_of_news if one.at >= begins and one.id not in got and is_wanted(one, target)]
    due.sort(key=lambda one: (not one.watchwords, -one.rank, one.at, one.id))
    pieces = {one.id: one for one in due}
    notices = _notices(due, target, publishers)
    left = len(notices)
    try:
        for place, message in enumerate(_messages(target, notices, now)):
            if place:
                sleep(APART.get(target.kind, 0.0))
            deliver(target, message, pieces, now=now, sleep=sleep)
            deliveries.add(target.name, now, message.ids)
            left -= len(message.notices)
    except (TryAgain, Limited, Refused) as error:
        return Trouble(target=target.name, why=without_secrets(str(error), target), left=left)
    if target.digest:
        deliveries.add(target.name, now, digest=beijing_minute(now)[:10])
    return None


def _notices(due: Sequence[News], target: Target, publishers: dict[str, str]) -> list[Notice]:
    return [
        notice(
            one,
            target.language,
            room=target.room,
            publishers=publishers,
            about=target.queries or one.watchwords,
        )
        for one in due
    ]


def is_wanted(one: News, target: Target) -> bool:
    """Return whether a target wants a piece of news.

    Of new documents, a target without queries of its own gets only those that match a standing query of the
    archive.
    """
    if target.sites and one.site not in target.sites:
        return False
    if one.document is None:
        return target.problems
    if not target.queries:
        return one.kind != "new" or bool(one.watchwords)
    held = fold(f"{one.title}\n{one.text}")
    return any(holds(fold(query), held) for query in target.queries)


def is_digest_due(at: str, last: str | None, now: str) -> bool:
    """Return whether today's digest (of Beijing's day, from a time on) is still to be sent."""
    here = beijing_minute(now)
    return here[11:] >= at and (last or "") < here[:10]


def _messages(target: Target, notices: list[Notice], now: str) -> Iterator[Message]:
    """Yield the messages of this run; the last message says how many pieces wait beyond them."""
    if target.digest:
        notices = in_order(notices)
    zh = target.language == "zh"
    what = (
        f"{beijing_minute(now)[:10]} {'日报' if zh else 'digest'}"
        if target.digest
        else ("新消息" if zh else "news")
    )
    headline = f"原本 yuanben · {what}：{grouped(in_order(notices), target.language)}"
    most = 0 if target.kind == "webhook" else LARGEST.get(target.kind)
    made = list(
        messages(
            notices, headline=headline, most=most, weigh=lambda message: len(body_of(target, message, 0))
        )
    )
    if target.kind in ("mail", "webhook") or len(made) <= MOST_MESSAGES:
        yield from made
        return
    yield from made[: MOST_MESSAGES - 1]
    last, wait = made[MOST_MESSAGES - 1], sum(len(message.notices) for message in made[MOST_MESSAGES:])
    close = f"另有 {wait} 条，下次运行时发送" if zh else f"{wait} more wait for the next run"
    yield Message(headline=last.headline, notices=last.notices, close=close)


class Command(ScrapyCommand):
    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[TARGET…] [options]"

    def short_desc(self) -> str:
        return "Tell the targets of this home what they have not been told"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        session.add_archive_options(parser, writes=False)
        parser.add_argument(
            "--test", action="store_true", help="send each target a message that says it is a test"
        )
        parser.add_argument("--dry-run", action="store_true", help="print what would be told; send nothing")

    def run(self, args: list[str], opts: Namespace) -> None:
        self.exitcode = session.exit_code_of(lambda: self._notify(args, opts))

    def _notify(self, args: list[str], opts: Namespace) -> int:
        home, now = _home(opts, args), clock_from().now()
        if opts.test:
            return _try(home, args, now)
        db = open_for_reading(home.archive)
        try:
            if opts.dry_run:
                return _preview(db, home, args, now)
            troubles = notify_targets(db, home, now=now, only=args)
        finally:
            db.close()
        for trouble in troubles:
            print(line_of(trouble), file=sys.stderr)
        return int(bool(troubles))


def line_of(trouble: Trouble) -> str:
    """Return one line about what a target did not accept."""
    return f"yuanben: {trouble.target}: {trouble.why} ({trouble.left} not told)"


def _home(opts: Namespace, names: Sequence[str]) -> Home:
    home = home_of(archive_path(opts))
    if home is None:
        raise BadInput(f'no {NAME} names this archive — "yuanben new" makes one')
    known = [target.name for target in home.targets]
    if not known:
        raise BadInput(f"{home.path} names nobody to tell — add a [[target]] to it")
    for name in names:
        if name not in known:
            raise BadInput(
                f'no target "{name}" — {did_you_mean(name, known) or "there is " + ", ".join(known)}'
            )
    return home


def _try(home: Home, names: Sequence[str], now: str) -> int:
    failed = 0
    for target in home.targets:
        if names and target.name not in names:
            continue
        words = (
            "原本 yuanben · 测试：收到这条消息，说明通知已接通"
            if target.language == "zh"
            else "原本 yuanben · a test"
        )
        try:
            deliver(target, Message(headline=words, notices=()), {}, now=now, sleep=time.sleep)
            print(f"{target.name}: took it")
        except (TryAgain, Limited, Refused) as error:
            failed += 1
            print(f"yuanben: {target.name}: {without_secrets(str(error), target)}", file=sys.stderr)
    return int(bool(failed))


def _preview(db: sqlite3.Connection, home: Home, names: Sequence[str], now: str) -> int:
    publishers = _publishers(db)
    with deliveries_of(home.archive) as deliveries:
        for target in home.targets:
            if names and target.name not in names:
                continue
            begins = deliveries.begins.get(target.name, later(now, -AT_FIRST * 86400))
            found = news(db, since=max(begins, later(now, -FORTNIGHT * 86400)), limit=-1)
            got = deliveries.ids.get(target.name, set())
            due = [one for one in found if one.id not in got and is_wanted(one, target)]
            shown = _notices(due, target, publishers)
            print(f"{target.name}: {len(due)} to tell")
            for message in _messages(target, shown, now) if shown else ():
                print(one_line(message.headline))
                print(
                    "\n".join(
                        f"  {one_line(f'{one.label} {one.title} {one.link or str()}')}"
                        for one in message.notices
                    )
                )
    return 0
