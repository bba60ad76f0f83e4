"""What befalls a single article is that article's; what befalls lists, or most articles, is the site's."""

from __future__ import annotations

from typing import Any, cast

import pytest

from archive.model import Expect, Verdict
from archive.store.read.health import site_health
from archive.store.schedule.crawls import troubles
from archive.store.schedule.frontier import Due
from crawler.run import Run
from tests.archive.desk import HOST, LIST, Desk, answer, html

ROWS = "".join(f'<li><a href="/a/n{n}.html">关于第{n}号事项的通知</a> 2026-03-31</li>' for n in range(6))
LISTED = f"<html><ul>{ROWS}</ul></html>".encode()
FORBIDDEN = "robots: disallowed by robots.txt"


def looked(desk: Desk, *, ill: int, well: int, **how: Any) -> Desk:
    """Look at a list, which comes, and at so many articles that do not and that do."""
    desk.see(LISTED, "2026-04-01T08:00:00", url=LIST, kind="listing")
    for number in range(ill + well):
        url, at = f"https://{HOST}/a/n{number}.html", f"2026-04-01T09:00:{number:02d}"
        page = html(title=f"关于第{number}号事项的通知")
        if number >= ill:
            desk.see(page, at, url=url)
        elif "reason" in how:
            row = Due(
                id=number,
                site="bureau",
                kind="article",
                url=url,
                why="",
                attempts=0,
                visits=0,
                due_at=at,
                part_of=None,
            )
            desk.archive.refused(row, how["reason"], crawl=desk.crawl, retry_in=None)
        else:
            desk.keep(answer(None, at, url=url, **how))
    return desk


def ended(desk: Desk, command: str = "watch") -> tuple[Verdict, list[str], bool]:
    run = Run(archive=desk.archive, drain=cast(Any, None), command=command)
    run.crawls["bureau"] = desk.crawl
    report = run.end("bureau", Expect(articles=1))
    return report.verdict, list(report.reasons), report.is_worse


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"status": None, "error": "timeout"}, id="it hangs"),
        pytest.param({"reason": FORBIDDEN}, id="robots.txt forbids it"),
        pytest.param({"status": 403}, id="it is refused"),
        pytest.param({"status": 503}, id="it fails"),
    ],
)
@pytest.mark.parametrize(("ill", "well"), [(1, 0), (1, 4), (2, 4), (3, 3)])
def test_a_few_articles_are_no_verdict_on_their_site(how: dict[str, Any], ill: int, well: int) -> None:
    assert ended(looked(Desk(), ill=ill, well=well, **how)) == (Verdict.OK, [], False)


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"status": None, "error": "timeout"}, "unreachable"),
        ({"reason": FORBIDDEN}, "robots"),
        ({"status": 403}, "blocked"),
        ({"status": 521}, "challenge"),
    ],
)
@pytest.mark.parametrize(("ill", "well"), [(2, 0), (3, 2), (6, 1)])
def test_most_articles_are(how: dict[str, Any], reason: str, ill: int, well: int) -> None:
    desk = looked(Desk(), ill=ill, well=well, **how)
    verdict, reasons, _ = ended(desk)
    assert (verdict, reasons) == (Verdict.WARN, [reason])
    assert "" not in desk.column(
        "select json_extract(details, '$.says') from events where kind = 'finding_opened'"
    )


def test_what_came_at_the_second_try_went_well() -> None:
    desk = Desk()
    for number in range(4):
        url = f"https://{HOST}/a/n{number}.html"
        desk.keep(answer(None, f"2026-04-01T09:00:{number:02d}", url=url, status=503))
        desk.see(html(title=f"关于第{number}号事项的通知"), f"2026-04-01T09:01:{number:02d}", url=url)
    met = troubles(desk.db, desk.crawl)
    assert not (met.blocked or met.failed or met.refused)


def test_a_list_that_does_not_come_is_the_sites_trouble() -> None:
    desk = Desk()
    desk.keep(answer(None, "2026-04-01T08:00:00", url=LIST, kind="listing", status=403))
    assert troubles(desk.db, desk.crawl).blocked == ["http 403"]


def test_an_address_that_somebody_named_is_all_a_run_was_for() -> None:
    desk = Desk()
    desk.keep(answer(None, "2026-04-01T08:00:00", status=403))
    assert ended(desk, "keep")[:2] == (Verdict.BROKEN, ["blocked"])


def test_last_good_is_when_a_site_was_last_seen_and_not_broken() -> None:
    desk = Desk()

    def health() -> tuple[str, str | None]:
        (row,) = site_health(desk.db)
        return row.verdict, row.last_good_at

    desk.keep(answer(None, "2026-04-01T08:00:00", url=LIST, kind="listing", status=403))
    assert ended(desk) == (Verdict.BROKEN, ["blocked"], True) and health() == ("BROKEN", None)
    desk = desk.reopened()
    assert ended(desk) == (Verdict.BROKEN, ["blocked"], False), "nothing was asked: nothing has healed"
    assert health() == ("BROKEN", None)
    desk = looked(desk.reopened(), ill=0, well=1)
    desk.see(b"", "2026-04-01T10:00:00", url=f"https://{HOST}/empty", kind="listing")
    verdict, _, _ = ended(desk)
    assert verdict is Verdict.BROKEN and health()[1] is None
    desk = looked(desk.reopened(), ill=4, well=1, status=503)
    assert ended(desk)[0] is Verdict.BROKEN, "that list was not looked at again"
    desk = Desk()
    looked(desk, ill=4, well=1, status=503)
    assert ended(desk)[0] is Verdict.WARN
    good = health()[1]
    assert good is not None, "a doubt is no blindness"
    for command in ("replay", "keep"):
        desk = desk.reopened()
        desk.db.execute("update crawls set command = ? where id = ?", [command, desk.crawl])
        desk.see(html(), "2026-04-03T08:00:00")
        ended(desk, command)
    assert health()[1] == good, "what was kept by hand or imported says nothing of a site"
