"""Forty simulated days of one site, through the real commands: the laws that ``./run bench year`` holds for a year."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import pytest

from archive.store.documents.lines import FEW
from tests.bench.year import laws, simulate
from tests.bench.year.judge import Judgement


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Judgement:
    path = tmp_path_factory.mktemp("year") / "year.db"
    # In a process of its own: the runs are forked from it, and in this one other tests have a reactor going.
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        year = partial(simulate, path, documents=48, days=40, runs=1, sites=("kw_beijing",), readers=1)
        return apart.submit(year).result()


@pytest.mark.parametrize(
    "law",
    [
        "intervals", "false withdrawal", "claim over an outage", "persistent edit missed", "version from noise",
        "failure missed", "failure invented", "withdrawal missed", "restoration missed", "move missed",
    ],
)  # fmt: skip
def test_no_law_of_monitoring_is_broken_in_forty_days(found: Judgement, law: str) -> None:
    (tally,) = [tally for tally, name in laws(found) if name == law]
    assert tally.wrong == []


def test_the_forty_days_were_not_uneventful(found: Judgement) -> None:
    assert found.intervals.all > 50 and found.all_edits.held > 10 and found.failures.all >= 4
    assert found.outcomes["gone"] > 5 and found.outcomes["blocked"] > 10
    # The new template, until it was refused.
    assert found.outcomes["quarantined"] >= FEW
