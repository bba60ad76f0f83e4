"""Random histories of a site as other programs' files hold them, and what an archive says of them in the end."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from archive.clock import later
from archive.model import Exchange, Job, ReadingResult, Repeat
from archive.reader import read_job
from archive.state import Around, CountedHours, Look, Sight, hourly_counts
from tests.archive.desk import HOST, PARAGRAPHS, Desk, answer, html, memory

START = "2026-04-01T06:00:00.000Z"
HOUR = 3600.0
TEXTS = 3
OTHER_WORK = (
    "为加强城市轨道交通运营安全，防范和处置突发事件，根据有关法律法规，结合本地实际，制定本办法。",
    "运营单位应当设置安全检查设施，配备专职人员，对乘客携带的物品进行检查，乘客应当予以配合。",
    "列车因故停运超过半小时的，运营单位应当立即启动应急预案，组织疏散，并向社会公布绕行路线。",
)
FIGURES = ("1.5万条", "15万条", "2.5万条")


def url(number: int, *, moved: bool = False) -> str:
    return f"https://{HOST}/{'b' if moved else 'a'}/n{number}.html"


@cache
def page(number: int, text: int) -> bytes:
    """Return a document's page with one of its wordings; then another work, and a hijacked title over the first."""
    if text == TEXTS:
        return html(*OTHER_WORK, title=f"第{number}号轨道办法")
    if text == TEXTS + 1:
        return html(title="澳门新葡京真人百家乐注册送彩金")
    told = tuple(one.replace("1.5万条", FIGURES[text]) for one in PARAGRAPHS)
    return html(*told, title=f"关于做好第{number}批登记工作的通知")


def sha1(body: bytes) -> str:
    return "sha1:" + hashlib.sha1(body).hexdigest()


@dataclass
class HistoryMaker:
    """A history in the making: the moods of its documents, and the exchanges so far."""

    dice: random.Random
    documents: int = 3
    exchanges: list[Exchange] = field(default_factory=list)

    def day(self, day: int, moods: list[str], texts: list[int]) -> None:
        for number in range(self.documents):
            if self.dice.random() < 0.2:
                continue
            at = later(START, day * 24 * HOUR + self.dice.randrange(int(6 * HOUR)))
            self.look(number, moods[number], texts[number], at)

    def look(self, number: int, mood: str, text: int, at: str) -> None:
        asked, body = url(number), page(number, text)
        at_home, elsewhere = mood == "there", mood in ("moved", "lent", "elsewhere")
        shown_at = asked if at_home else url(number, moved=True)
        if (at_home or elsewhere) and self.at_addresses(body, shown_at) >= 3:
            mood = "error"
        if mood == "there":
            self.add(asked, at, body=body)
        elif mood == "same":
            self.add(asked, at, status=304)
        elif mood == "gone":
            self.add(asked, at, status=self.dice.choice((404, 410)))
        elif mood in ("home", "moved", "lent"):
            target = f"https://{HOST}/" if mood == "home" else url(number, moved=True)
            self.add(asked, at, status=301 if mood == "moved" else 302, headers=(("Location", target),))
            if mood != "home":
                self.add(target, later(at, 1.0), body=body)
        elif mood == "elsewhere":
            self.add(asked, at, status=404)
            self.add(url(number, moved=True), later(at, 60.0), body=body)
        elif mood == "repeats":
            known = [
                one
                for one in self.exchanges
                if one.body and one.captured_at < at and self.at_addresses(one.body, asked) < 3
            ]
            other = self.dice.choice(known).body if known else body
            told = Repeat(digest=sha1(other or b""))
            self.add(asked, at, repeats=told)
        elif mood == "empty":
            self.add(asked, at, body=b"<html><body></body></html>")
        else:
            self.add(asked, at, status={"error": 503, "blocked": 403}[mood])

    def at_addresses(self, body: bytes, asked: str) -> int:
        """Return at how many addresses a page would stand: at three it is taken for one that stands in for articles."""
        digest = sha1(body)
        shown = (
            one
            for one in self.exchanges
            if one.body == body or (one.repeats and one.repeats.digest == digest)
        )
        return len({one.url for one in shown} | {asked})

    def add(self, address: str, at: str, *, body: bytes | None = None, **more: Any) -> None:
        number = len(self.exchanges)
        name = f"<urn:x:{number}> {at} {address}"
        entity = (sha1(body),) if body else ()
        told = {"origin": f"a.warc+{number}", "clock": "warc", "record": name, "entity": entity} | more
        self.exchanges.append(answer(body, at, url=address, **told))


MOODS = (
    "there", "there", "there", "same", "gone", "gone", "home", "moved", "lent", "elsewhere", "repeats", "empty", "error",
    "blocked",
)  # fmt: skip


def history(seed: int) -> list[Exchange]:
    """Return the exchanges of some days with a few documents, each in moods that last for a while; every fiftieth is long."""
    dice = random.Random(seed)
    is_long = seed % 50 == 0
    telling = HistoryMaker(dice, documents=4 if is_long else 2)
    moods, texts = ["there"] * telling.documents, [0] * telling.documents
    day = 0
    for _ in range(9 if is_long else 4):
        for number in range(telling.documents):
            if day and dice.random() < 0.4:
                moods[number] = dice.choice(MOODS)
            if dice.random() < 0.15:
                texts[number] = dice.randrange(TEXTS + 2)
        telling.day(day, moods, texts)
        day += dice.choice((1, 1, 2))
    return sorted(telling.exchanges, key=lambda one: (one.captured_at, one.url))


def random_looks(dice: random.Random) -> tuple[list[Look], Around]:
    """Return looks at one document, in the order of their times, and the hours of a site that was mostly there."""
    looks, day = list[Look](), 0
    for capture in range(1, dice.randrange(3, 25)):
        day += dice.choice((1, 1, 2))
        version = dice.choice((1, 1, 1, 2, 3))
        sight = dice.choice((*[Sight.SHOWN] * 3, *[Sight.GONE] * 3, *Sight))
        is_shown = sight is Sight.SHOWN
        looks.append(
            Look(
                at=later(START, day * 24 * HOUR + dice.randrange(int(6 * HOUR))),
                capture=capture,
                sight=sight,
                reason=None if is_shown else f"reason {dice.randrange(2)}",
                version=version if is_shown else None,
                key=f"text {version}" if is_shown or sight is Sight.SENT else None,
                work=version if is_shown and version == 3 else 1,
                sent_to=url(0, moved=True) if sight is Sight.SENT or dice.random() < 0.2 else None,
                asked_for_changes=dice.choice((None, True, False)),
            )
        )
    hours = {
        (later(START, hour * HOUR)[:13], "seen"): 1 for hour in range(24 * (day + 2)) if dice.random() < 0.2
    }
    own = hourly_counts(looks)
    return looks, Around(site=CountedHours(Counter(hours) + own), own=CountedHours(own))


def files(exchanges: Sequence[Exchange], dice: random.Random) -> list[list[Exchange]]:
    """Return the same exchanges in files: a file a day the last first, or anyhow and with some of them twice."""
    if dice.random() < 0.3:
        days = sorted({one.captured_at[:10] for one in exchanges}, reverse=True)
        return [[one for one in exchanges if one.captured_at.startswith(day)] for day in days]
    shuffled = dice.sample(list(exchanges), len(exchanges))
    made: list[list[Exchange]] = [[] for _ in range(dice.randrange(1, 6))]
    for one in shuffled:
        dice.choice(made).append(one)
    made = [one for one in made if one]
    return [*made, dice.choice(made)] if dice.random() < 0.3 else made


_EMPTY: list[sqlite3.Connection] = []


def empty() -> sqlite3.Connection:
    """Return an empty archive in memory, copied from one that was brought up to date once."""
    if not _EMPTY:
        _EMPTY.append(memory())
    made = sqlite3.connect("file::memory:", isolation_level=None, uri=True)
    made.row_factory = sqlite3.Row
    _EMPTY[0].backup(made)
    made.execute("pragma foreign_keys=on")
    return made


_READ: dict[tuple[object, ...], ReadingResult] = {}


class Files(Desk):
    """A desk to which files are handed; a page is read once for all histories."""

    def take(self, exchanges: Iterable[Exchange]) -> None:
        """Keep and read one file, as ``scrapy replay`` does."""
        for one in exchanges:
            if not self.archive.holds(one):
                self.keep(one)
        self.drain()

    def read(self, job: Job) -> Any:
        key = (
            job.page,
            job.known_visible,
            job.previous,
            job.again,
            job.before and job.before.page,
            job.witness,
        )
        if key not in _READ:
            _READ[key] = read_job(job, self.parse)
        return self.archive.record(job, _READ[key])


def archive_of(given: Iterable[Iterable[Exchange]]) -> Files:
    """Return an archive to which some files were given, one after the other."""
    desk = Files(db=empty())
    for one in given:
        desk.take(one)
    return desk


def story(desk: Desk) -> dict[str, Any]:
    """Return what people can learn from an archive, without the numbers that its rows happen to have."""
    captured = {
        row["id"]: f"{row['url']} {row['captured_at']}" for row in desk.rows("select * from captures")
    }
    told: dict[str, Any] = {}
    for row in desk.rows("select * from latest order by url"):
        shown = {
            n: (t, x)
            for n, t, x in desk.rows(
                "select number, title, text from versions where document = ?", row["document"]
            )
        }
        told[row["url"]] = {
            "state": row["state"],
            "text": row["text"],
            "seen": (row["first_seen"], row["last_seen"]),
            "flags": row["flags"],
            "versions": sorted(shown.values()),
            "changes": [
                (
                    shown[c["from_version"]],
                    shown[c["to_version"]],
                    c["changed_at_earliest"],
                    c["changed_at_latest"],
                )
                for c in desk.rows(
                    "select * from changes where document = ? order by changed_at_latest", row["document"]
                )
            ],
            "addresses": [
                tuple(a)
                for a in desk.rows(
                    'select url, "from", "to" from addresses where document = ? order by url', row["document"]
                )
            ],
            "events": sorted(
                (e["kind"], e["happened_at"], captured.get(e["capture"], ""), _plain(e["details"], captured))
                for e in desk.rows("select * from events where document = ?", row["document"])
            ),
        }
    return told


def _plain(details: str, captured: dict[int, str]) -> str:
    told = json.loads(details)
    return json.dumps(
        {k: captured.get(v, v) if "capture" in k else v for k, v in told.items()},
        sort_keys=True,
        ensure_ascii=False,
    )


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Return what two archives say otherwise, a line each."""
    found = [f"documents {sorted(one.keys() ^ other.keys())}"] if one.keys() != other.keys() else []
    for address in sorted(one.keys() & other.keys()):
        found += [
            f"{address} {name}: {one[address][name]} | {other[address][name]}"
            for name in one[address]
            if one[address][name] != other[address][name]
        ]
    return found


def warc_record(one: Exchange) -> bytes:
    """Return the WARC record that an exchange would be."""
    head = {
        "WARC-Type": "revisit" if one.repeats else "response",
        "WARC-Record-ID": (one.record or "").partition(" ")[0],
        "WARC-Date": one.captured_at,
        "WARC-Target-URI": one.url,
        "Content-Type": "application/http; msgtype=response",
    }
    if one.repeats:
        head["WARC-Profile"] = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
        head["WARC-Payload-Digest"] = one.repeats.digest or ""
    told = "".join(f"{name}: {value}\r\n" for name, value in one.headers)
    block = f"HTTP/1.1 {one.status} x\r\n{told}\r\n".encode() + (one.body or b"")
    head["Content-Length"] = str(len(block))
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"
