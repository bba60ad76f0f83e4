"""From what a crawl saw to a verdict, its reasons and its findings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from archive.model import Expect, Verdict
from crawler.report import findings, is_judged, is_worse, judge, with_open_findings
from crawler.seen import CrawlObservation, ListObservation

LIST = "https://www.bureau.example/list.html"
EXPECT = Expect(articles=5, newest_within_days=14)
TODAY = "2026-04-20T08:00:00.000Z"


def a_list(**more: Any) -> ListObservation:
    told = {
        "url": LIST,
        "outcome": "listing",
        "reason": None,
        "links": 20,
        "links_before": 20,
        "newest": "2026-04-19",
    }
    return ListObservation(**{**told, **more})


def observation(*lists: ListObservation, **more: Any) -> CrawlObservation:
    told: dict[str, Any] = {"counts": {"captures": 10, "listing": 1, "unchanged": 9}, "today": TODAY}
    return CrawlObservation(lists=lists or (a_list(),), **{**told, **more})


def test_a_column_that_never_had_a_row_is_no_alarm_of_its_site() -> None:
    """A search without a hit, a column not yet opened: the site is as it should be."""
    unfilled = a_list(url=f"{LIST}?new", links=0, links_before=None, newest="", is_unfilled=True)
    assert judge(observation(a_list(), unfilled), EXPECT) == (Verdict.OK, [])
    assert judge(observation(a_list(), replace(unfilled, announced=0)), EXPECT) == (Verdict.OK, [])
    assert judge(observation(a_list(links=0), unfilled), EXPECT) == (Verdict.BROKEN, ["empty_list"])


OLD = "2026-04-01"


@pytest.mark.parametrize(
    "lists",
    [
        pytest.param((a_list(newest=OLD), a_list(url=f"{LIST}?b", links=0)), id="another list is empty"),
        pytest.param(
            (a_list(newest=OLD), a_list(url=f"{LIST}?b", outcome="failed", links=None)), id="did not come"
        ),
        pytest.param(
            (a_list(newest=OLD), a_list(url=f"{LIST}?b", outcome="blocked", links=None)), id="was refused"
        ),
        pytest.param(
            (a_list(newest=OLD), a_list(url=f"{LIST}?b", outcome="unreadable", links=None)), id="unreadable"
        ),
        pytest.param((a_list(newest="", links=0),), id="the only list is empty"),
    ],
)
def test_a_site_is_not_called_silent_while_a_list_hides_what_it_has(
    lists: tuple[ListObservation, ...],
) -> None:
    known = observation(*lists, newest_known=OLD)
    assert "silent" not in judge(known, EXPECT)[1]
    assert not is_judged(known, "silent", None), "and a silence found before has not ended"


def test_what_the_lists_that_are_not_due_showed_is_known_by_its_articles() -> None:
    due = a_list(newest=OLD)
    assert judge(observation(due, newest_known=TODAY), EXPECT) == (Verdict.OK, [])
    assert judge(observation(due, newest_known="2026-03-30"), EXPECT)[1] == ["silent"]
    (finding,) = findings(observation(due, newest_known="2026-04-02"), EXPECT, ["silent"])
    assert finding.says == "nothing newer than 2026-04-02"


def test_a_healthy_crawl_has_no_reason() -> None:
    assert judge(observation(), EXPECT) == (Verdict.OK, [])
    assert findings(observation(), EXPECT, []) == []


@pytest.mark.parametrize(
    ("what", "verdict", "reason"),
    [
        pytest.param(observation(mass_changed=12), "BROKEN", "mass_change", id="a mass change waits for a person"),
        pytest.param(observation(a_list(further=1, repeats=True)), "WARN", "repeated_list", id="page 2 is page 1"),
        pytest.param(observation(a_list(links=9)), "WARN", "shrunken_list", id="less than half of the rows"),
        pytest.param(observation(a_list(announced=40)), "WARN", "shrunken_list", id="40 announced, 20 shown, no more pages"),
        pytest.param(observation(a_list(counted=3, counted_before=40, pages=2)), "WARN", "shrunken_list",
                     id="3 pages announced, 40 before"),
        pytest.param(observation(a_list(announced=60, pages=2, further=2, shown_further=20)), "WARN", "shrunken_list",
                     id="seen to its end it shows less than it announces"),
        pytest.param(observation(further=[a_list(url=f"{LIST}?2", is_counted=True, links=0)]), "WARN", "empty_list", id="page 2 has no row"),
        pytest.param(observation(a_list(announced=60, pages=2, ever=40)), "WARN", "shrunken_list",
                     id="known to its end it has shown less than it announces"),
        pytest.param(observation(a_list(counted=4, counted_before=4, pages=3, ever=41)), "WARN", "shrunken_list",
                     id="four pages of twenty rows, 41 seen"),
        pytest.param(observation(a_list(announced=20, ever=20, held=20, unasked=7)), "WARN", "shrunken_list",
                     id="a third of it was never asked for"),
        pytest.param(observation(failed_reasons=["timeout"]), "WARN", "unreachable", id="most did not answer"),
        pytest.param(observation(refused=["robots: disallowed by robots.txt"]), "WARN", "robots", id="a list is forbidden"),
        pytest.param(observation(refused=["robots: no answer to robots.txt (timeout)"]), "WARN", "unreachable", id="nobody answers"),
        pytest.param(observation(blocked_reasons=["http 403"]), "WARN", "blocked", id="most were refused"),
        pytest.param(observation(blocked_reasons=[""]), "WARN", "blocked", id="refused without a reason"),
        pytest.param(observation(counts={"captures": 10, "listing": 9}), "BROKEN", "accounting", id="an outcome lacks"),
        pytest.param(observation(further=[a_list(url=f"{LIST}?2", is_counted=True, outcome="gone", reason="http 404", links=None)]), "WARN",
                     "shrunken_list", id="page 2 is gone"),
        pytest.param(observation(read_articles=5, missed_articles=3), "BROKEN", "redesigned", id="the rules find nothing"),
        pytest.param(observation(a_list(links=0)), "BROKEN", "empty_list", id="no row"),
        pytest.param(observation(a_list(), a_list(url=f"{LIST}?b", links=0)), "BROKEN", "empty_list", id="no row any more"),
        pytest.param(observation(a_list(newest="2026-04-01")), "WARN", "silent", id="older than declared"),
        pytest.param(observation(a_list(newest="2026-04-08"), longest_pause=9), "WARN", "silent", id="older than its habit"),
        pytest.param(observation(a_list(newest=""), newest_known="2026-03-01"), "WARN", "silent", id="no day in the list"),
        pytest.param(observation(pace=6.5, paces=[1.0, 0.8, 1.2]), "WARN", "slow", id="six times slower"),
        pytest.param(observation(ahead=["https://copy.example/1"]), "WARN", "copy_ahead", id="a copy without original"),
    ],
)  # fmt: skip
def test_each_reason_is_judged(what: CrawlObservation, verdict: str, reason: str) -> None:
    assert judge(what, EXPECT) == (Verdict(verdict), [reason])
    (finding,) = findings(what, EXPECT, [reason])
    assert finding.reason == reason and finding.says


@pytest.mark.parametrize(
    "what",
    [
        pytest.param(
            observation(a_list(announced=60, pages=2, further=1, shown_further=20)), id="not seen to its end"
        ),
        pytest.param(
            observation(a_list(announced=60, pages=2, further=2, shown_further=38)),
            id="seen to its end, all there",
        ),
        pytest.param(observation(further=[a_list(url=f"{LIST}?2", links=3)]), id="the last page is short"),
        pytest.param(
            observation(further=[a_list(url=f"{LIST}?2", outcome="gone", links=None)]),
            id="the end of a list that counts none",
        ),
        pytest.param(observation(read_articles=5, missed_articles=2), id="the rules find most"),
        pytest.param(observation(a_list(announced=40, pages=1)), id="the rest stands on further pages"),
        pytest.param(observation(a_list(links=17, announced=20)), id="a few rows stand twice"),
        pytest.param(
            observation(a_list(links=10, left_out=10, announced=20)),
            id="rows that lead elsewhere are counted",
        ),
        pytest.param(observation(a_list(further=3)), id="further pages with other rows"),
        pytest.param(
            observation(a_list(announced=60, pages=2, ever=58)), id="known to its end, two rows stand twice"
        ),
        pytest.param(
            observation(a_list(counted=4, counted_before=3, pages=3, ever=64)), id="it grew by a page"
        ),
        pytest.param(observation(a_list(announced=60, pages=2, ever=90)), id="it dropped rows since"),
        pytest.param(
            observation(counts={"captures": 10, "listing": 1, "unchanged": 8, "failed": 1}),
            id="one article hangs",
        ),
        pytest.param(
            observation(counts={"captures": 10, "listing": 1, "unchanged": 8, "blocked": 1}),
            id="one article is refused",
        ),
        pytest.param(observation(pace=6.5, paces=[5.0, 6.0, 7.0]), id="always slow"),
        pytest.param(observation(pace=6.5, paces=[0.1]), id="too little is known of its pace"),
        pytest.param(observation(pace=0.9, paces=[0.1, 0.1, 0.1]), id="slower, and yet fast"),
        pytest.param(
            observation(a_list(newest="2026-04-08"), longest_pause=21), id="it pauses that long at times"
        ),
    ],
)
def test_nothing_is_invented(what: CrawlObservation) -> None:
    assert judge(what, EXPECT) == (Verdict.OK, [])


def test_a_frozen_site_is_not_silent() -> None:
    frozen = observation(a_list(newest="2020-01-01"), longest_pause=7)
    assert judge(frozen, Expect(articles=0)) == (Verdict.OK, [])


def test_a_finding_names_the_list_it_was_seen_at() -> None:
    other = a_list(url=LIST + "?2", links=3)
    (finding,) = findings(observation(a_list(), other), EXPECT, ["shrunken_list"])
    assert (finding.url, finding.says) == (LIST + "?2", "3 rows, 20 before")


@pytest.mark.parametrize(
    ("what", "reason", "url", "judged"),
    [
        pytest.param(observation(a_list(outcome="failed", links=None)), "empty_list", LIST, False, id="the list was not seen"),
        pytest.param(observation(), "empty_list", LIST, True, id="the list was seen"),
        pytest.param(observation(), "empty_list", LIST + "?2", False, id="another list was seen"),
        pytest.param(observation(), "repeated_list", LIST, False, id="no further page was seen"),
        pytest.param(observation(a_list(further=1)), "repeated_list", LIST, True, id="a further page was seen"),
        pytest.param(observation(a_list(is_shell=True)), "blocked", LIST, True, id="a page that names its list came"),
        pytest.param(observation(a_list(is_shell=True)), "shrunken_list", LIST, False, id="it shows no rows to count"),
        pytest.param(observation(counts={"captures": 2, "failed": 2}), "blocked", None, False, id="nothing was seen at all"),
        pytest.param(observation(), "blocked", None, True, id="the site answered"),
        pytest.param(observation(full=False), "shrunken_list", None, False, id="not all lists were due"),
        pytest.param(observation(), "slow", None, False, id="too few answers to tell"),
    ],
)  # fmt: skip
def test_what_was_not_looked_at_does_not_heal(
    what: CrawlObservation, reason: str, url: str | None, judged: bool
) -> None:
    assert is_judged(what, reason, url) is judged


def test_what_was_found_of_a_further_page_stands_until_that_page_is_seen_again() -> None:
    page = a_list(url=f"{LIST}?2", is_counted=True, links=0)
    (finding,) = findings(observation(further=[page]), EXPECT, ["empty_list"])
    assert finding.url == page.url
    assert not is_judged(observation(), "empty_list", page.url)
    assert is_judged(observation(further=[a_list(url=page.url)]), "empty_list", page.url)


def test_a_challenge_instead_of_a_list_is_told_with_what_came() -> None:
    for reason, told in (
        ("http 521", "challenge"),
        ("challenge: WZWS", "challenge"),
        ("http 403", "blocked"),
    ):
        lost = observation(a_list(outcome="blocked", reason=reason, links=None), blocked_reasons=[reason])
        verdict, reasons = judge(lost, EXPECT)
        (finding,) = findings(lost, EXPECT, reasons)
        assert (verdict, reasons, finding.reason, finding.url) == (Verdict.BROKEN, [told], told, LIST)
        assert reason in finding.says


def test_a_further_page_that_does_not_come_is_told_at_its_own_address() -> None:
    page = a_list(url=f"{LIST}?2", outcome="failed", reason="timeout", links=None)
    (finding,) = findings(observation(further=[page], failed_reasons=["timeout"]), EXPECT, ["unreachable"])
    assert (finding.url, finding.says) == (page.url, "the list did not come: timeout")
    assert not is_judged(observation(further=[page]), "unreachable", page.url)
    assert is_judged(observation(further=[a_list(url=page.url, outcome="gone")]), "unreachable", page.url)


OK, WARN, BROKEN = Verdict.OK, Verdict.WARN, Verdict.BROKEN


@pytest.mark.parametrize(
    ("now", "before", "worse"),
    [
        pytest.param((BROKEN, ["blocked"]), None, True, id="at first sight"),
        pytest.param((BROKEN, ["blocked"]), (OK, []), True, id="newly"),
        pytest.param((BROKEN, ["blocked"]), (WARN, ["silent"]), True, id="it was a doubt"),
        pytest.param((BROKEN, ["blocked"]), (BROKEN, ["blocked"]), False, id="as before"),
        pytest.param((BROKEN, ["blocked", "slow"]), (BROKEN, ["blocked"]), False, id="as before, and slow"),
        pytest.param((BROKEN, ["redesigned"]), (BROKEN, ["empty_list"]), True, id="for another reason"),
        pytest.param((WARN, ["silent"]), (OK, []), False, id="only a doubt"),
        pytest.param((OK, []), (BROKEN, ["blocked"]), False, id="healed"),
    ],
)
def test_what_is_newly_broken_is_worse_than_what_was_known(
    now: tuple[Verdict, list[str]], before: tuple[Verdict, list[str]] | None, worse: bool
) -> None:
    assert is_worse(*now, before) is worse


@pytest.mark.parametrize(
    ("own", "before", "unseen", "verdict"),
    [
        ((OK, []), (BROKEN, ["blocked"]), ["blocked"], (BROKEN, ["blocked"])),
        ((OK, []), (BROKEN, ["blocked"]), [], (OK, [])),
        ((WARN, ["slow"]), (BROKEN, ["redesigned"]), ["redesigned"], (BROKEN, ["slow", "redesigned"])),
        ((OK, []), (WARN, ["silent"]), ["silent"], (WARN, ["silent"])),
        ((OK, []), None, ["silent"], (OK, [])),
    ],
)
def test_what_a_run_did_not_look_at_has_not_healed(
    own: tuple[Verdict, list[str]],
    before: tuple[Verdict, list[str]] | None,
    unseen: list[str],
    verdict: tuple[Verdict, list[str]],
) -> None:
    assert with_open_findings(*own, before, unseen) == verdict
