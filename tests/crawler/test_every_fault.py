"""Every fault that the replicas can play, in one run: each request that left has a capture, each capture one outcome."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.crawler.watching import Ground, sums_agree
from tests.replicas import Replicas
from tests.replicas.fault_frames import FRAMES
from tests.replicas.fault_pages import CHARSETS, CONTENT
from tests.replicas.fault_robots import ROBOTS
from tests.replicas.faults import _BY_VISIT, HOST, LOOPBACKS, REDIRECTS, STATUSES

OTHERS = ("/etag_lies", "/redirect/growing", "/redirect/hops/3", "/redirect/hops/12", "/calendar/7")
PATHS = sorted(
    {
        *FRAMES, *CONTENT, *CHARSETS, *STATUSES, *REDIRECTS, *_BY_VISIT, *OTHERS,
        *(f"/{kind}/{name}" for name in LOOPBACKS for kind in ("redirect", "refresh")),
    }
)  # fmt: skip
# These take their time by what they are: only the whole run waits for them.
SLOW = {
    path
    for path in PATHS
    if path.startswith(("/bomb", "/slow", "/links300k", "/one_text", "/nested/1", "/attr"))
}


def test_each_request_that_left_is_one_capture_with_one_outcome(
    tmp_path: Path, rounds: Callable[[int, int], int]
) -> None:
    count = rounds(len(PATHS) // 10, len(PATHS))
    quick = [path for path in PATHS if path not in SLOW]
    chosen = PATHS if count == len(PATHS) else random.Random(11).sample(quick, count)
    urls = [f"http://{HOST}{path}" for path in chosen]
    urls += [f"http://{host}/ok" for host in sorted(ROBOTS)[: max(1, count * len(ROBOTS) // len(PATHS))]]
    with Replicas() as replicas:
        ground = Ground(replicas, tmp_path / "a.db")
        for visit in range(rounds(1, 2)):
            now = f"2026-10-0{visit + 1}T00:00:00.000Z"
            done = ground.run(
                "keep", *urls, "--json", "-s", "DOWNLOAD_TIMEOUT=2", "-s", "ARCHIVE_SLOW_SECONDS=1", now=now,
                seconds=1500,
            )  # fmt: skip
            assert done.code in (0, 1), done.err
            assert "Traceback" not in done.err
        sums_agree(ground)
        left = Counter(exchange.url for exchange in replicas.log() if exchange.method != "CONNECT")
    assert Counter(ground.column("select url from captures")) == left
    sent = {url.partition("?")[0] for url in left}
    refused = {
        json.loads(told)["asked"]
        for told in ground.column("select details from events where kind = 'refused'")
    }
    assert all(url in sent or url in refused for url in urls)
    told = ground.column(
        "select r.reason from readings r where r.outcome in ('failed', 'blocked', 'unreadable', 'quarantined')"
    )
    assert all(told), "an outcome without its reason"
