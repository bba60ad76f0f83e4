"""After a reread every current text is what today's reader makes of its latest whole capture, whatever came before."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from archive import extract
from archive.model import Job, ReadingResult, Rules, Site
from archive.reader import read_job
from archive.store.read.review import Rereads, jobs_for_looking, template_of
from tests.archive.desk import PARAGRAPHS, SITE, URL, Desk, answer, html, replaced

RULES: tuple[Rules, ...] = (
    SITE.rules,
    replace(SITE.rules, drop=("#zoom p:nth-of-type(2)",)),
    replace(SITE.rules, drop=("#zoom p:nth-of-type(3)",)),
    replace(SITE.rules, drop=("#zoom p:last-of-type",)),
)
BODIES = (html(), html(*replaced("1.5万条", "2.5万条")), html(*replaced("5%", "6%")), html(*PARAGRAPHS[:4]))


def ruled(rules: Rules) -> Site:
    return replace(SITE, rules=rules)


def moment_of(step: int) -> str:
    return f"2026-{4 + step // 28:02d}-{1 + step % 28:02d}T08:00:00"


def text_by(desk: Desk, capture: int) -> str:
    """Return what today's reader makes of one capture."""
    job: Job = desk.archive.jobs._reread(capture, desk.archive.ensure_rules("bureau")[0])
    found = read_job(job, desk.parse).result
    return str(getattr(found, "text", ""))


def test_a_rule_that_is_taken_back_gives_every_text_back() -> None:
    desk = Desk()
    desk.see(html(), moment_of(0))
    before = desk.latest()["text"]
    desk.reopened(site=ruled(RULES[1])).reread()
    assert desk.latest()["text"] != before
    desk.reopened(site=ruled(RULES[0])).reread()
    assert desk.latest()["text"] == before and desk.changes() == []


def test_a_page_not_modified_since_follows_the_reading_of_the_page_before_it() -> None:
    desk = Desk()
    desk.see(html(), moment_of(0))
    desk.keep(answer(None, moment_of(3), status=304, conditional=True))
    later = desk.reopened(site=ruled(RULES[1]))
    later.reread()
    assert later.latest()["text"] == text_by(later, 1) and later.changes() == []
    back = desk.reopened(site=ruled(RULES[0]))
    back.reread()
    assert back.latest()["text"] == text_by(back, 1) and back.changes() == []


def test_reading_again_reads_nothing_when_the_last_reading_is_todays() -> None:
    desk = Desk()
    desk.see(html(), moment_of(0))
    for rules in (RULES[1], RULES[0]):
        later = desk.reopened(site=ruled(rules))
        assert len(list(later.archive.jobs.again(["bureau"]))) == 1
        later.reread()
        assert list(later.archive.jobs.again(["bureau"])) == []


@pytest.mark.parametrize("seed", range(12))
def test_after_any_history_the_current_text_is_todays(seed: int) -> None:
    """Edits, 304s, errors and rule changes in any order: the law holds after each reread, and no edit is made up."""
    chance = random.Random(seed)
    desk, rules, last, edits = Desk(), RULES[0], 0, 0
    shown: bytes | None = None
    for step in range(14):
        what = chance.choice(("page", "page", "same", "304", "error", "rules", "reread"))
        if what in ("page", "same") or shown is None:
            body = chance.choice(BODIES[:3]) if what == "page" or shown is None else shown
            edits += shown is not None and body != shown
            shown = body
            last = desk.keep(answer(body, moment_of(step))).capture
            desk.drain()
        elif what == "304":
            desk.keep(answer(None, moment_of(step), status=304, conditional=True))
        elif what == "error":
            desk.keep(answer(None, moment_of(step), error="timeout", status=None))
        else:
            rules = chance.choice(RULES) if what == "rules" else rules
            desk = desk.reopened(site=ruled(rules))
            desk.reread()
            assert desk.latest()["text"] == text_by(desk, last), f"step {step} of {seed}"
    desk.reread()
    assert desk.latest()["text"] == text_by(desk, last)
    assert len(desk.changes()) <= edits


def test_looking_says_what_would_change_and_writes_nothing() -> None:
    desk = Desk()
    for number in range(3):
        desk.see(
            html(title=f"关于第{number}批登记的通知"),
            moment_of(number),
            url=f"https://www.bureau.example/a/n{number}.html",
        )
    sites = {"bureau": ruled(RULES[1])}
    counts = [tuple(row) for row in desk.rows("select count(*), (select count(*) from rules) from readings")]
    rereads = Rereads(desk.db)
    for job in jobs_for_looking(desk.db, sites).again(["bureau"]):
        found: ReadingResult = read_job(job, lambda job, cheap: extract.read(job.page, sites["bureau"]))
        rereads.note(job, found)
    (template,) = rereads.templates
    assert (template.read, template.changed, template.unreadable) == (3, 3, 0)
    assert template.gone == {PARAGRAPHS[1]: 3} and not template.come and not template.fields
    assert template.template == "www.bureau.example/a/n*.html" and len(template.examples) == 3
    assert [
        tuple(row) for row in desk.rows("select count(*), (select count(*) from rules) from readings")
    ] == counts


@pytest.mark.parametrize(
    ("url", "shape"),
    [
        ("https://www.miit.gov.cn/a/art/2026/art_0c9e2f57ab31.html", "www.miit.gov.cn/a/art/*/art_*.html"),
        ("https://www.gov.cn/zhengce/content/202603/content_7012345.htm?x=1", "www.gov.cn/zhengce/content/*/content_*.htm"),
        ("https://www.most.gov.cn/tztg/202603/t20260301_196123.html", "www.most.gov.cn/tztg/*/t*_*.html"),
    ],
)  # fmt: skip
def test_pages_of_one_template_have_one_shape(url: str, shape: str) -> None:
    assert template_of(url) == shape


def test_the_desk_reads_the_page_it_keeps() -> None:
    desk = Desk()
    desk.see(html(), moment_of(0))
    assert desk.latest(URL)["text"] == text_by(desk, 1)
