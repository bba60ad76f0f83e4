"""The coordinator of a fleet: sends bundles of sites to a Dask cluster and lands their deltas.

Dask runs a function elsewhere and reports its result; nothing more is asked of it. It may lose, repeat or
delay what it likes: leases in the home archive say who asks a site, and a token starts once. So a dead
worker, a frozen worker, a restarted scheduler and a killed coordinator have the same effect: the lease runs
out, and the site is due.

Each task is pinned to its worker, and the engine never has more tasks than the workers have threads.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import re
import socket
import sqlite3
import sys
import tempfile
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from archive.clock import later, utc_text
from archive.errors import ArchiveError, BadInput
from archive.model import Exchange, Job, KeptExchange, Kind
from archive.patterns import regex
from archive.store.archive import Archive
from archive.store.file.connection import made_durable_together, open_whatever_age
from archive.store.read.bundles import Baton, Landed, Landing, Leases, baton, captured_sites
from archive.store.schedule.frontier import Due
from crawler import remote
from crawler.pace import DAY
from crawler.reading import PARSE
from crawler.run import Report, Run
from crawler.site import PolicySpider

# Seconds: until a bundle must have started, for which it may run, and by which two clocks may differ.
START, RUN_MAX, MARGIN = 30.0, 600.0, 30.0
# Sites of one bundle: one process asks this many at once without being held up by any of them.
MOST_SITES = 50
# With fewer sites, the start of a process costs too much.
FEW_SITES = 5
# A site that was sent out this often in one run and never came home is left for the next.
MOST_TRIES = 4
# How long to wait for a cluster that was never there.
PATIENCE = 30.0
BEAT = 0.05
BATCH = 20
ADDRESS = regex(r"(tcp|tls)://(\[[0-9a-fA-F:]+\]|[\w.-]+):([0-9]{1,5})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The duration of a lease, in its three parts."""

    start: float = START
    run_max: float = RUN_MAX
    margin: float = MARGIN

    @property
    def lease(self) -> float:
        """The seconds from taking a lease until others may ask."""
        return self.start + self.run_max + self.margin


def scheduler_address(written: str) -> str:
    """Return a scheduler's address. Raise BadInput for an invalid one, or an open port of the internet."""
    found = ADDRESS.fullmatch(written)
    if not found or int(found[3]) > 65_535:
        raise BadInput(f'"{written}" is no scheduler — give its address, like tcp://10.0.0.5:8786')
    if found[1] == "tcp" and not _is_private(found[2].strip("[]")):
        raise BadInput(f"{written} is on the internet, where Dask asks nobody who they are — use tls:// or a private network")  # fmt: skip
    return written


def _is_private(host: str) -> bool:
    with suppress(OSError):
        found = socket.getaddrinfo(host, None)
        return all(not ipaddress.ip_address(str(one[4][0]).partition("%")[0]).is_global for one in found)
    return True


@dataclass(slots=True)
class Cluster:
    """A connection to a scheduler that is opened again when it breaks."""

    address: str
    client: Any = None
    was_there: bool = False
    _known: dict[str, int] = field(default_factory=dict)
    _asked_at: float = 0.0

    def connected(self) -> bool:
        """Return whether a scheduler can be reached now; connect where there was no connection.

        Raise BadInput when none was ever there.
        """
        if self.client is not None and self.client.status == "running":
            return True
        self.drop()
        if self._connect():
            self.was_there = True
        elif not self.was_there:
            raise BadInput(f"no scheduler answers at {self.address} — start one with dask scheduler")
        return self.client is not None

    def drop(self) -> None:
        """Drop a connection; tasks under way elsewhere go on by themselves."""
        client, self.client, self._known = self.client, None, {}
        if client is not None:
            with suppress(*lost()):
                client.close(timeout=2)

    def workers(self) -> dict[str, int]:
        """Return the threads of each worker, as the scheduler knew them within the last second."""
        if time.monotonic() - self._asked_at > 1.0:
            self._known, self._asked_at = dict(self.client.nthreads()), time.monotonic()
        return self._known

    def _connect(self) -> bool:
        client_class, security = _dask()
        patience = 3.0 if self.was_there else PATIENCE
        with suppress(*lost()):
            secured = security() if self.address.startswith("tls") else None
            self.client = client_class(self.address, timeout=patience, security=secured, set_as_default=False)
        return self.client is not None


def _dask() -> tuple[Any, Any]:
    try:
        from distributed import Client, Security
    except ImportError:
        raise BadInput('a fleet needs Dask, which is not installed — pip install "yuanben[fleet]"') from None
    return Client, Security


def lost() -> tuple[type[BaseException], ...]:
    """Return the exceptions that the engine raises when it, or a worker, is gone."""
    from distributed.client import ClosedClientError, FutureCancelledError
    from distributed.scheduler import KilledWorker

    return (
        OSError,
        TimeoutError,
        asyncio.CancelledError,
        FutureCancelledError,
        KilledWorker,
        ClosedClientError,
    )


@dataclass(slots=True)
class _Sent:
    future: Any
    token: str
    worker: str
    sites: Sequence[str]
    until: float


@dataclass(slots=True)
class Fleet:
    """One run of ``scrapy fleet``: the sites to be asked, the bundles under way, and their results."""

    run: Run
    home: Path
    cluster: Cluster
    spiders: dict[str, type[PolicySpider]]
    is_rationed: bool
    prepare: Callable[[type[PolicySpider]], None]
    times: Times = Times()
    reports: list[Report] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)
    _left: deque[str] = field(default_factory=deque)
    _tries: dict[str, int] = field(default_factory=dict)
    _sent: list[_Sent] = field(default_factory=list)
    _folder: Path = Path()
    _name: str = ""

    def work(self) -> None:
        """Ask all sites, until each has been visited or given up, or a signal comes."""
        self._left = deque(self.spiders)
        # A worker may serve several archives: deltas on its machine go to the archive that ordered them.
        self._name = hashlib.sha256(f"{socket.gethostname()} {self.home.resolve()}".encode()).hexdigest()[:8]
        with self._leasing() as leases:
            leases.forget(_now())
        with tempfile.TemporaryDirectory(prefix="yuanben-fleet-") as folder:
            self._folder = Path(folder)
            while (self._left or self._sent) and self.run.stopped_by is None:
                try:
                    if self.cluster.connected():
                        self._hand_out()
                        self._take_in()
                    time.sleep(BEAT if self.cluster.client else 1.0)
                except lost() as error:
                    print(
                        f"fleet: the cluster is lost ({type(error).__name__}); trying again", file=sys.stderr
                    )
                    self._forget_sent()
                    self.cluster.drop()
            self._collect()
            self.cluster.drop()

    def _hand_out(self) -> None:
        """Give every free thread a bundle, as long as there are sites that nobody asks."""
        for worker, threads in self.cluster.workers().items():
            free = threads - sum(one.worker == worker for one in self._sent)
            for _ in range(free):
                if not self._send(worker):
                    return

    def _send(self, worker: str) -> bool:
        taken_at = time.time()
        token = f"{self._name}-{int(taken_at * 1000):013d}-{uuid.uuid4().hex[:8]}"
        sites = self._take(token, taken_at)
        if not sites:
            return False
        errand = remote.Errand(
            token=token,
            baton=remote.packed(self._baton(sites, token).as_json().encode()),
            sent_at=taken_at,
            start_by=taken_at + self.times.start,
            run_max=self.times.run_max,
            margin=self.times.margin,
            landed=self._tokens_landed(),
        )
        future = self.cluster.client.submit(
            remote.fetch, errand, key=f"bundle-{token}", retries=0, pure=False, workers=[worker]
        )
        self._sent.append(_Sent(future, token, worker, sites, taken_at + self.times.lease))
        return True

    def _take(self, token: str, taken_at: float) -> list[str]:
        """Take the leases of the next due sites that nobody holds."""
        slots = max(1, sum(self.cluster.workers().values()))
        most = min(MOST_SITES, max(FEW_SITES, len(self._left) // (2 * slots)))
        held, chosen = Leases(self.run.archive.db).held(_now()), list[str]()
        for _ in range(len(self._left)):
            if len(chosen) == most:
                break
            site = self._left.popleft()
            if site in held:
                self._left.append(site)
            elif self._is_wanted(site):
                chosen.append(site)
        until = utc_text(datetime.fromtimestamp(taken_at, UTC) + timedelta(seconds=self.times.lease))
        with self._leasing() as leases:
            taken = leases.take(chosen, token, at=_now(), until=until)
        self._left.extend(site for site in chosen if site not in taken)
        return taken

    def _is_wanted(self, site: str) -> bool:
        """Return whether a site is to be asked now.

        End its visit where nothing is left, or where it was tried too often.
        """
        if site not in self._tries:
            self.prepare(self.spiders[site])
        archive = self.run.archive
        if not archive.frontier.due(site, archive.clock.now(), limit=1):
            if site in self.run.crawls:
                self._end(site)
            return False
        if self._tries.get(site, 0) >= MOST_TRIES:
            self.unreached.append(site)
            return False
        self._tries[site] = self._tries.get(site, 0) + 1
        if site not in self.run.crawls:
            self.run.begin(site)
        return True

    def _baton(self, sites: Sequence[str], token: str) -> Baton:
        archive = self.run.archive
        now = archive.clock.now()
        looks = {site: archive.crawls.looks_since(site, later(now, -DAY)) for site in sites}
        return baton(archive.db, sites, token, at=now, looks=looks if self.is_rationed else None)

    def _take_in(self) -> None:
        """Land the deltas that came home.

        A bundle that is not home by the end of its lease is lost, and its sites are due again.
        """
        for one in list(self._sent):
            if one.future.done():
                self._sent.remove(one)
                self._landed(one)
                one.future.release()
            elif time.time() > one.until:
                self._sent.remove(one)
                self._left.extend(one.sites)
                one.future.cancel(force=True)

    def _collect(self) -> None:
        """Land deltas that still wait on machines of lost bundles; others come with the next run."""
        with suppress(*lost()):
            while self.cluster.client is not None and self.run.stopped_by is None:
                landed = self._tokens_landed()
                asked = [
                    self.cluster.client.submit(
                        remote.left_behind, f"{self._name}-", landed, pure=False, workers=[one]
                    )
                    for one in dict(self.cluster.client.nthreads())
                ]
                late = {token: octets for one in asked for token, octets in one.result(timeout=60).items()}
                told = [self._land(token, octets) for token, octets in late.items()]
                if not any(one.kept for one in told):
                    break

    def _tokens_landed(self) -> list[str]:
        return Leases(self.run.archive.db).landed(later(_now(), -DAY))

    def _landed(self, one: _Sent) -> None:
        if one.future.status != "finished":
            self._left.extend(one.sites)
            return
        receipt: remote.Receipt = one.future.result(timeout=60)
        if receipt.refused or receipt.says:
            why = receipt.refused or f"{receipt.says} (exit {receipt.code})"
            print(f"fleet: {one.worker}: {', '.join(one.sites)}: {why}", file=sys.stderr)
        told: dict[str, Landed] = {
            token: self._land(token, octets) for token, octets in receipt.deltas.items()
        }
        with self._leasing() as leases:
            leases.land(one.token, _now())
        mine = told.get(one.token, Landed())
        for site in one.sites:
            if site in mine.spent:
                self._end(site)
            else:
                if mine.kept:
                    # It used up its time, it did not fail.
                    self._tries[site] = 1
                self._left.append(site)

    def _land(self, token: str, octets: bytes) -> Landed:
        path = self._folder / f"{token}.db"
        path.write_bytes(remote.unpacked(octets))
        try:
            with closing(open_whatever_age(path)) as source:
                self._open_crawls(source)
                landing = Landing(self.run.archive.db, self._keep, self._read, self._refuse)
                # The delta stays where it is until its lease is closed: that commit makes all of it durable.
                with made_durable_together(self.run.archive.db):
                    told = landing.land(source, token)
        except (ArchiveError, sqlite3.DatabaseError) as error:
            if self.run.broken:
                raise
            print(f"fleet: what bundle {token} brought cannot be read ({error})", file=sys.stderr)
            return Landed()
        finally:
            path.unlink()
        with self._leasing() as leases:
            leases.land(token, _now())
        return told

    def _open_crawls(self, source: sqlite3.Connection) -> None:
        """Open a crawl for each site of a late delta that has none in this run."""
        for site in captured_sites(source):
            if site not in self.run.crawls:
                self.run.begin(site)

    def _keep(self, exchange: Exchange) -> KeptExchange:
        kept = self.run.keep(exchange)
        if kept is None:
            assert self.run.broken
            raise self.run.broken
        return kept

    def _read(self) -> None:
        while not self.run.drain.idle:
            self.run.drain.step(0.5)

    def _refuse(self, due: Due, reason: str, rest: float) -> None:
        self.run.archive.refused(due, reason, crawl=self.run.crawls[due.site], retry_in=rest)

    def _end(self, site: str) -> None:
        """Decide on changes held until the end of a visit, then end it.

        The visit goes on once more where the decision made more rows due.
        """
        archive = self.run.archive
        if archive.sample(self.run.crawls[site]) and self._tries.get(site, 0) < MOST_TRIES:
            self._left.append(site)
            return
        while archive.decide_changes(site):
            self._read()
        files = archive.frontier.due(site, archive.clock.now(), kinds=(Kind.ATTACHMENT,), limit=1)
        if files and self._tries.get(site, 0) < MOST_TRIES:
            self._left.append(site)
            return
        self.reports.append(self.run.end(site, self.spiders[site].site.expects))

    def _forget_sent(self) -> None:
        """Count the bundles under way as lost: their leases say when their sites may be asked again."""
        for one in self._sent:
            self._left.extend(one.sites)
        self._sent.clear()

    @contextmanager
    def _leasing(self) -> Iterator[Leases]:
        with self.run.archive.writing():
            yield Leases(self.run.archive.db)


def _now() -> str:
    """Return the moment by the wall clock: leases hold between machines, whatever time a run is set to."""
    return utc_text(datetime.now(UTC))


class _Batches:
    """Jobs in batches.

    Two jobs of one document are never under way together: the second is judged against the first.
    """

    def __init__(self, jobs: Iterator[Job], archive: Archive) -> None:
        self._jobs = jobs
        self._archive = archive
        self._held: Job | None = None
        self._busy: set[str] = set()
        self.is_over = False

    def next(self) -> list[Job]:
        """Return the next batch; an empty one where the next job must wait, or where none is left."""
        batch: list[Job] = []
        while len(batch) < BATCH and not self.is_over:
            job = self._held or next(self._jobs, None)
            self._held, self.is_over = None, job is None
            if job is None:
                break
            shown = self._archive.jobs.shows(job.capture)
            if shown in self._busy:
                self._held = job
                break
            self._busy.add(shown)
            batch.append(job)
        return batch

    def recorded(self, *, all_are: bool) -> None:
        """Note that a batch was recorded; when all are, the waiting jobs are made again."""
        if all_are:
            self._busy.clear()
            self._held = self._archive.jobs.renewed(self._held) if self._held else None


def read_elsewhere(cluster: Cluster, jobs: Iterator[Job], archive: Archive, stop: Callable[[], bool]) -> int:
    """Let the workers of a cluster read jobs; return how many.

    The results are recorded in the order of the jobs. A batch whose worker is lost is read again by another:
    reading sends no requests.
    """
    batches = _Batches(jobs, archive)
    under_way: deque[tuple[list[Job], Any]] = deque()
    count = 0
    while not stop() and not (batches.is_over and not under_way):
        try:
            if not cluster.connected():
                time.sleep(1.0)
                continue
            for at, (batch, future) in enumerate(under_way):
                if future is None:
                    under_way[at] = batch, _submitted(cluster, batch)
            while len(under_way) < 2 * max(1, sum(cluster.workers().values())) and (batch := batches.next()):
                under_way.append((batch, None))
                under_way[-1] = batch, _submitted(cluster, batch)
            if under_way:
                batch, future = under_way[0]
                for job, found in zip(batch, future.result(), strict=True):
                    archive.record(job, found)
                under_way.popleft()
                count += len(batch)
                batches.recorded(all_are=not under_way)
        except lost() as error:
            print(f"fleet: the cluster is lost ({type(error).__name__}); trying again", file=sys.stderr)
            under_way = deque((batch, None) for batch, _ in under_way)
            cluster.drop()
    return count


def _submitted(cluster: Cluster, batch: list[Job]) -> Any:
    return cluster.client.submit(remote.read_jobs, batch, PARSE, pure=False)
