"""What becomes a version, why, and what the view ``changes`` says of it: laws 2, 3, 4, 7 and 10."""

from __future__ import annotations

import dataclasses
import json

import pytest

from archive import extract
from archive.digests import text_digest
from archive.model import Article, Outcome, Page, Unreadable, site_from_json
from archive.store.read.search import search
from tests.archive.desk import HOST, PARAGRAPHS, SITE, URL, Desk, answer, html, not_found, replaced

DAY = "2026-04-{:02d}T08:00:00".format
EDITED = html(*replaced("1.5万条", "15万条"))
MORE_RULES = dataclasses.replace(SITE, rules=dataclasses.replace(SITE.rules, source=(".source",)))
ALL_BUT_LAST = dataclasses.replace(SITE, rules=dataclasses.replace(SITE.rules, drop=("#zoom p:last-child",)))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_first_page_is_a_first_version(desk: Desk) -> None:
    assert desk.see(html(), DAY(1)) == "new"
    assert desk.versions() == [(1, "first")]
    row = desk.latest()
    assert (row["title"], row["published_at"]) == ("关于做好公共数据资源登记工作的通知", "2026-03-05")
    assert row["text"].splitlines() == list(PARAGRAPHS)
    assert (row["state"], row["site"], row["publisher"], row["role"]) == (
        "live",
        "bureau",
        "示例局",
        "original",
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("1.5万条", "15万条", id="a decimal point"),
        pytest.param("5%", "6%", id="a digit"),
        pytest.param("应当", "可以", id="a modal verb"),
        pytest.param("三年", "两年", id="a numeral in words"),
        pytest.param("不得", "得", id="a negation"),
    ],
)
def test_an_edit_always_makes_a_version(desk: Desk, old: str, new: str) -> None:
    desk.see(html(), DAY(1))
    assert desk.see(html(*replaced(old, new)), DAY(2)) == "changed"
    assert desk.versions() == [(1, "first"), (2, "source")]
    assert desk.changes() == [(1, 2)]


@pytest.mark.parametrize(
    "noisy",
    [
        pytest.param(html(aside="浏览次数：1024"), id="a counter"),
        pytest.param(html(aside="<!-- 08:00:01 -->"), id="a clock in a comment"),
        pytest.param(html(head="<script>var t = 17</script>"), id="a script"),
        pytest.param(html(aside='<a href="/a/other.html">相关：另一则通知</a>'), id="a related link"),
        pytest.param(html(*(p.replace("，", "， ") for p in PARAGRAPHS)), id="spaces"),
        pytest.param(html(*(p.replace("5%", "５％") for p in PARAGRAPHS)), id="full width"),
        pytest.param(html(*(f"\u3000\u3000{p}" for p in PARAGRAPHS)), id="indentation"),
    ],
)
def test_noise_makes_no_version(desk: Desk, noisy: bytes) -> None:
    desk.see(html(), DAY(1))
    assert noisy != html()
    assert desk.see(noisy, DAY(2)) == "unchanged"
    assert desk.versions() == [(1, "first")] and desk.changes() == []
    assert desk.latest()["last_seen"] == f"{DAY(2)}.000Z"


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"title": "关于做好公共数据资源登记工作的补充通知"}, id="title"),
        pytest.param({"date": "2026-03-06"}, id="date"),
    ],
)
def test_a_changed_field_makes_a_version_too(desk: Desk, other: dict[str, str]) -> None:
    desk.see(html(), DAY(1))
    assert desk.see(html(**other), DAY(2)) == "changed"  # type: ignore[arg-type]
    assert desk.changes() == [(1, 2)]


def test_going_back_to_an_earlier_text_is_a_change_but_no_version(desk: Desk) -> None:
    desk.see(html(), DAY(1))
    desk.see(EDITED, DAY(2))
    assert desk.see(html(), DAY(3)) == "changed"
    assert desk.versions() == [(1, "first"), (2, "source")]
    assert desk.changes() == [(1, 2), (2, 1)]
    assert desk.latest()["version"] == 1


def test_a_change_says_between_which_captures_it_happened(desk: Desk) -> None:
    desk.see(html(), DAY(1))
    desk.see(html(), DAY(3))
    desk.see(EDITED, DAY(7))
    (row,) = desk.rows("select * from changes")
    assert (row["changed_at_earliest"], row["changed_at_latest"]) == (f"{DAY(3)}.000Z", f"{DAY(7)}.000Z")
    assert "1.5" in row["summary"] or "15" in row["summary"]


def test_latest_follows_the_time_of_capture_not_of_arrival(desk: Desk) -> None:
    desk.see(EDITED, DAY(9))
    desk.see(html(), DAY(2), origin="old.warc.gz+0", clock="warc")
    row = desk.latest()
    assert "15万条" in row["text"]
    assert (row["first_seen"], row["last_seen"]) == (f"{DAY(2)}.000Z", f"{DAY(9)}.000Z")
    assert [tuple(r) for r in desk.rows("select from_version, to_version from changes")] == [(2, 1)]


def test_an_older_capture_that_arrives_late_narrows_the_bounds_of_a_change(desk: Desk) -> None:
    desk.see(html(), DAY(1))
    desk.see(EDITED, DAY(9))
    desk.see(html(aside="7"), DAY(5), origin="old.warc.gz+0", clock="warc")
    (row,) = desk.rows("select * from changes")
    assert (row["changed_at_earliest"], row["changed_at_latest"]) == (f"{DAY(5)}.000Z", f"{DAY(9)}.000Z")
    assert len(desk.events("edited")) == 1


def test_a_not_modified_that_arrives_late_repeats_what_stood_before_it(desk: Desk) -> None:
    desk.see(html(), DAY(1))
    desk.see(EDITED, DAY(9))
    late = answer(None, DAY(5), status=304, origin="old.warc.gz+0", clock="warc")
    assert desk.keep(late).outcome == "not_modified"
    (row,) = desk.rows("select * from changes")
    assert (row["from_version"], row["to_version"]) == (1, 2)
    assert (row["changed_at_earliest"], row["changed_at_latest"]) == (f"{DAY(5)}.000Z", f"{DAY(9)}.000Z")


def test_replaying_the_same_exchange_adds_a_capture_and_nothing_else(desk: Desk) -> None:
    desk.see(html(), DAY(1), origin="a.warc+0")
    again = desk.reopened()
    assert again.see(html(), DAY(1), origin="a.warc+0") == "unchanged"
    counted = [desk.one(f"select count(*) from {table}") for table in ("captures", "payloads", "versions")]
    assert counted == [2, 1, 1] and desk.changes() == []


# Our change is never their change


def test_other_rules_make_a_version_with_cause_reading_and_no_change(desk: Desk) -> None:
    desk.see(html(), DAY(1))
    later = desk.reopened(site=ALL_BUT_LAST)
    assert later.see(html(aside="新"), DAY(2)) == "unchanged"
    assert desk.versions() == [(1, "first"), (2, "reading")]
    assert desk.changes() == [] and desk.events("edited") == []
    assert desk.latest()["version"] == 2


def test_another_reader_makes_a_version_with_cause_reading_and_no_change(desk: Desk) -> None:
    desk.see(html(), DAY(1))
    later = desk.reopened(reader="yuanben-reader/next")
    later.sites = {"bureau": ALL_BUT_LAST}  # what the other reader sees, by the rules on file
    later.reread()
    assert desk.versions() == [(1, "first"), (2, "reading")]
    assert desk.changes() == [] and desk.events("edited") == []


def test_a_source_change_under_a_new_reader_is_set_against_the_old_payload_read_again(desk: Desk) -> None:
    desk.see(html(), DAY(1))
    later = desk.reopened(site=ALL_BUT_LAST)
    assert later.see(EDITED, DAY(2)) == "changed"
    assert desk.versions() == [(1, "first"), (2, "reading"), (3, "source")]
    assert desk.changes() == [(2, 3)]


def test_a_not_modified_before_a_new_reader_hides_no_later_source_change(desk: Desk) -> None:
    desk.see(html(), DAY(1))
    desk.keep(answer(None, DAY(3), status=304))
    later = desk.reopened(site=ALL_BUT_LAST)
    assert later.see(EDITED, DAY(5)) == "changed"
    (row,) = desk.rows("select * from changes")
    assert (row["from_version"], row["to_version"]) == (2, 3)
    assert row["changed_at_earliest"] == f"{DAY(3)}.000Z"


def test_a_page_that_only_the_new_reader_can_read_is_no_source_change(desk: Desk) -> None:
    """The old payload gives the new reader nothing to compare with: nobody knows that the site changed."""
    desk.see(html(), DAY(1))
    blind = Desk(sites={"bureau": MORE_RULES}, db=desk.db)
    blind.parse = lambda job, cheap: (  # type: ignore[method-assign]
        Unreadable(reason="no text") if job.again else extract.read(job.page, SITE)
    )
    blind.see(EDITED, DAY(2))
    assert desk.versions() == [(1, "first"), (2, "reading")]
    assert desk.changes() == []


def test_rereading_twice_reads_nothing_the_second_time(desk: Desk) -> None:
    desk.see(html(), DAY(1))
    desk.see(EDITED, DAY(2))
    later = desk.reopened(site=ALL_BUT_LAST)
    later.reread()
    assert list(later.archive.jobs.again(["bureau"])) == []
    assert desk.versions() == [(1, "first"), (2, "source"), (3, "reading"), (4, "reading")]


def test_rereading_keeps_the_changes_that_were_known(desk: Desk) -> None:
    for at, body in enumerate((html(), EDITED, html()), 1):
        desk.see(body, DAY(at))
    desk.reopened(site=ALL_BUT_LAST).reread()
    bounds = desk.rows("select changed_at_earliest, changed_at_latest from changes order by 1")
    assert [tuple(row) for row in bounds] == [
        (f"{DAY(1)}.000Z", f"{DAY(2)}.000Z"),
        (f"{DAY(2)}.000Z", f"{DAY(3)}.000Z"),
    ]
    assert len(desk.events("edited")) == 2


def test_a_cheap_reading_never_takes_the_place_of_a_full_one(desk: Desk) -> None:
    desk.see(html(), DAY(1))
    full = desk.latest()["text"]
    cheap = Desk(sites=desk.sites, db=desk.db)
    cheap.parse = lambda job, _: extract.read_cheaply(job.page)  # type: ignore[method-assign]
    cheap.see(html(aside="浏览次数：五百二十一，本月共有这么多人，谢谢各位读者的关心。"), DAY(2))
    assert desk.latest()["text"] == full
    assert desk.versions() == [(1, "first")] and desk.changes() == []


def test_a_full_reading_takes_the_place_of_a_cheap_one_and_is_no_change(desk: Desk) -> None:
    cheap = Desk(sites=desk.sites, db=desk.db)
    cheap.parse = lambda job, _: extract.read_cheaply(job.page)  # type: ignore[method-assign]
    assert cheap.see(html(), DAY(1)) == "new"
    assert "cheap_reading" in json.loads(desk.latest()["flags"])
    desk.see(html(), DAY(2))
    assert desk.latest()["text"].splitlines() == list(PARAGRAPHS)
    assert desk.latest()["published_at"] == "2026-03-05"
    assert desk.versions() == [(1, "first"), (2, "reading")] and desk.changes() == []


def test_a_page_whose_reader_ran_out_of_time_is_read_again_at_the_next_visit(desk: Desk) -> None:
    loaded = Desk(sites=desk.sites, db=desk.db)
    loaded.parse = lambda job, _: Unreadable(reason="reader_time")  # type: ignore[method-assign]
    assert loaded.see(html(), DAY(1)) == "unreadable"
    assert desk.see(html(), DAY(2)) == "new"


# One page, two addresses


def test_a_redirect_to_a_page_held_under_its_own_address_mixes_up_no_versions(desk: Desk) -> None:
    target = f"https://{HOST}/a/target.html"
    desk.see(html(), DAY(1), url=target)
    hop = desk.keep(answer(None, DAY(2), status=302, headers=(("Location", target),)))
    assert hop.outcome == "redirected"
    desk.see(html(), DAY(2), url=target, redirected_from=hop.capture)
    owners = desk.rows(
        "select r.document as read, v.document as own from readings r join versions v on v.id = r.version"
    )
    assert all(row["read"] == row["own"] for row in owners)
    assert {row["url"] for row in desk.rows("select url from latest where text is not null")} == {URL, target}


def test_a_redirect_to_a_page_that_only_shows_the_same_is_read_for_the_address_asked(desk: Desk) -> None:
    target = f"https://{HOST}/a/target.html"
    desk.see(html(), DAY(1), url=target)
    hop = desk.keep(answer(None, DAY(2), status=302, headers=(("Location", target),)))
    assert desk.see(html(aside="<!-- 2 -->"), DAY(2), url=target, redirected_from=hop.capture) == "new"
    assert desk.latest(URL)["text"] == desk.latest(target)["text"]


# "Error" is not "unchanged", and one 404 is not "withdrawn"


def test_one_absence_is_not_a_withdrawal(desk: Desk) -> None:
    desk.see(html(), DAY(1))
    assert desk.keep(not_found(DAY(2))).outcome == "gone"
    row = desk.latest()
    assert row["state"] == "live" and "absent" in json.loads(row["flags"])
    assert row["last_seen"] == f"{DAY(1)}.000Z" and row["text"]


def absent(desk: Desk, at: str, *, healthy: bool = True) -> None:
    """See the document missing once, in a crawl of its own, in which the site answers or does not."""
    crawl = desk.reopened()
    if healthy:
        crawl.see(html(title="关于另一事项的通知", aside=at), at, url=f"https://{HOST}/a/other.html")
    crawl.keep(not_found(at))


@pytest.mark.parametrize(
    ("absences", "state"),
    [
        pytest.param([(2, True), (3, True), (5, True)], "withdrawn", id="three over three days"),
        pytest.param([(2, True), (5, True)], "live", id="two only"),
        pytest.param([(2, True), (3, True), (4, True)], "live", id="three over two days"),
        pytest.param([(2, False), (3, False), (6, False)], "live", id="the whole site was gone"),
        pytest.param([(2, False), (3, True), (4, True), (6, True)], "withdrawn", id="a sick day among them"),
    ],
)
def test_a_withdrawal_takes_three_absences_over_three_days_on_a_healthy_site(
    desk: Desk, absences: list[tuple[int, bool]], state: str
) -> None:
    desk.see(html(), DAY(1))
    for day, healthy in absences:
        absent(desk, DAY(day), healthy=healthy)
    if state == "withdrawn":
        absent(desk, DAY(7), healthy=False)
    assert desk.latest()["state"] == state
    assert len(desk.events("withdrawn")) == (state == "withdrawn")


def test_a_withdrawal_has_bounds_and_a_return_is_noticed(desk: Desk) -> None:
    desk.see(html(), DAY(1))
    for day in (3, 5, 9):
        absent(desk, DAY(day))
    (event,) = desk.events("withdrawn")
    told = json.loads(event["details"])
    assert told["last_present"] == f"{DAY(1)}.000Z" and told["first_absent"] == f"{DAY(3)}.000Z"
    desk.keep(answer(None, DAY(10), status=None, error="timeout"))
    assert desk.latest()["state"] == "withdrawn", "a time-out takes nothing back"
    absent(desk, DAY(11))
    assert len(desk.events("withdrawn")) == 1
    assert desk.see(html(), DAY(12)) == "unchanged"
    assert desk.latest()["state"] == "live" and len(desk.events("restored")) == 1


def test_a_sighting_between_absences_starts_the_count_anew(desk: Desk) -> None:
    desk.see(html(), DAY(1))
    absent(desk, DAY(2))
    absent(desk, DAY(3))
    desk.see(html(), DAY(4))
    absent(desk, DAY(8))
    assert desk.latest()["state"] == "live"


@pytest.mark.parametrize(
    ("told", "outcome", "state"),
    [
        pytest.param({"status": None, "error": "timeout"}, "failed", "unreachable", id="timeout"),
        pytest.param({"status": 500}, "failed", "unreachable", id="500"),
        pytest.param({"status": 200, "error": "decode_error: gzip"}, "failed", "unreachable", id="bad gzip"),
        pytest.param({"status": 200, "truncated": "disconnect"}, "failed", "unreachable", id="cut"),
        pytest.param({"status": 403}, "blocked", "blocked", id="403"),
        pytest.param({"status": 521}, "blocked", "blocked", id="521"),
        pytest.param({"status": 200, "body": None}, "unreadable", "unreadable", id="empty"),
        pytest.param({"status": 204, "body": None}, "unreadable", "unreadable", id="204"),
    ],
)
def test_an_error_is_not_unchanged(desk: Desk, told: dict[str, object], outcome: str, state: str) -> None:
    desk.see(html(), DAY(1))
    kept = desk.keep(answer(**{"body": EDITED, "at": DAY(2), **told}))  # type: ignore[arg-type]
    assert kept.outcome == outcome and desk.outcome(kept.capture) == outcome
    row = desk.latest()
    assert row["state"] == state and row["version"] == 1 and "1.5万条" in row["text"]
    assert row["last_seen"] == f"{DAY(1)}.000Z"
    assert desk.waiting() == []


def test_a_not_modified_is_a_sighting_of_the_same_version(desk: Desk) -> None:
    desk.see(html(), DAY(1), headers=(("Content-Type", "text/html"), ("ETag", '"a1"')))
    assert desk.archive.validators(URL).etag == '"a1"'
    assert desk.keep(answer(None, DAY(4), status=304)).outcome == "not_modified"
    row = desk.latest()
    assert (row["state"], row["version"], row["last_seen"]) == ("live", 1, f"{DAY(4)}.000Z")


def test_a_page_that_gave_no_text_is_never_asked_conditionally(desk: Desk) -> None:
    empty = b"<html><body><div id=zoom></div></body></html>"
    desk.see(empty, DAY(1), headers=(("Content-Type", "text/html"), ("ETag", '"a1"')))
    assert desk.latest()["state"] == "unreadable"
    assert desk.archive.validators(URL).etag == ""


# A page that should not be trusted does not become current

SPAM = (
    "<html><head><meta charset=utf-8><title>澳门新葡京娱乐场官网_真人百家乐注册送彩金</title></head><body>"
    "<h1>澳门新葡京娱乐场官网</h1><div id=zoom>"
    + "<p>真人百家乐、老虎机、六合彩、时时彩在线投注，注册即送彩金，提款秒到账，足球外围赔率最高。</p>" * 12
    + "".join(f'<a href="http://bet{n}.example-{n}.example/">彩票</a>' for n in range(9))
    + "</div></body></html>"
).encode()


def test_a_spam_page_is_quarantined_and_the_old_version_stays_current(desk: Desk) -> None:
    desk.see(html(), DAY(1))
    assert desk.see(SPAM, DAY(2)) == "quarantined"
    row = desk.latest()
    assert row["state"] == "quarantined" and row["version"] == 1 and "1.5万条" in row["text"]
    assert json.loads(row["flags"])
    assert desk.versions() == [(1, "first")] and len(desk.events("quarantined")) == 1


def test_spam_is_not_released_by_time(desk: Desk) -> None:
    desk.see(html(), DAY(1))
    for day in (2, 4, 9):
        assert desk.see(SPAM, DAY(day)) == "quarantined"
    assert desk.latest()["version"] == 1
    assert desk.see(html(), DAY(10)) == "unchanged"
    assert desk.latest()["state"] == "live"


SHRUNKEN = html(PARAGRAPHS[0])


def test_a_shrunken_text_waits_for_a_second_sighting_a_day_later(desk: Desk) -> None:
    desk.see(html(), "2026-04-01T08:00:00")
    assert desk.see(SHRUNKEN, "2026-04-02T08:00:00") == "quarantined"
    assert desk.see(SHRUNKEN, "2026-04-03T07:59:59") == "quarantined", "a second too early"
    assert desk.latest()["version"] == 1
    assert desk.see(SHRUNKEN, "2026-04-03T08:00:00") == "changed"
    row = desk.latest()
    assert (row["version"], row["state"], row["text"]) == (2, "live", PARAGRAPHS[0])


def test_another_shrunken_text_starts_its_own_wait(desk: Desk) -> None:
    desk.see(html(), DAY(1))
    desk.see(SHRUNKEN, DAY(2))
    assert desk.see(html(PARAGRAPHS[2]), DAY(4)) == "quarantined"


def test_rereading_releases_nothing_that_is_quarantined(desk: Desk) -> None:
    desk.see(html(), DAY(1))
    desk.see(SHRUNKEN, DAY(2))
    desk.reopened(site=MORE_RULES).reread()
    assert desk.latest()["version"] == 1 and len(desk.versions()) == 1


def test_rereading_doubts_no_text_that_was_released(desk: Desk) -> None:
    desk.see(html(), DAY(1))
    desk.see(SHRUNKEN, DAY(2))
    desk.see(SHRUNKEN, DAY(4))
    desk.reopened(site=MORE_RULES).reread()
    assert desk.latest()["text"] == PARAGRAPHS[0]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("您访问的页面不存在或已被删除", id="soft 404"),
        pytest.param("请开启JavaScript并刷新该页", id="challenge"),
    ],
)
def test_what_stands_in_an_articles_place_makes_no_version(desk: Desk, words: str) -> None:
    desk.see(html(), DAY(1))
    page = f"<html><head><meta charset=utf-8><title>提示</title></head><body><h2>{words}</h2></body></html>"
    assert desk.see(page.encode(), DAY(2)) in {"gone", "blocked", "quarantined", "unreadable"}
    assert desk.latest()["version"] == 1 and len(desk.versions()) == 1


# A stranger can derive the current text again


def test_every_current_text_can_be_derived_again_from_the_kept_bytes(desk: Desk) -> None:
    desk.see(html(), DAY(1))
    desk.see(EDITED, DAY(2))
    desk.see(html(*replaced("三年", "两年")), DAY(2), url=f"https://{HOST}/a/other.html")
    desk.reopened(site=ALL_BUT_LAST).see(html(*replaced("三年", "四年")), DAY(3))
    current = desk.rows("select v.*, r.declaration from documents d join versions v on v.id = d.current "
                        "join rules r on r.id = v.rules")  # fmt: skip
    assert len(current) == 2
    for version in current:
        (capture,) = json.loads(version["captures"])
        row = desk.rows("select * from captures where id = ?", capture)[0]
        headers = {name.lower(): value for name, value in json.loads(row["headers"])}
        page = Page(
            url=row["url"],
            body=desk.archive.payloads.get(row["payload"]),
            content_type=headers["content-type"],
        )
        article = extract.read(page, site_from_json(version["declaration"]))
        assert isinstance(article, Article)
        assert article.text == version["text"]
        assert text_digest(article.text) == version["text_digest"]


def test_the_rules_on_file_are_the_whole_declaration(desk: Desk) -> None:
    desk.see(html(), DAY(1))
    assert site_from_json(desk.one("select declaration from rules where site = 'bureau'")) == SITE


def test_outcomes_are_of_the_contract() -> None:
    assert {str(outcome) for outcome in Outcome} == {
        "new", "changed", "unchanged", "not_modified", "unreadable", "quarantined", "gone", "blocked", "failed",
        "redirected", "robots", "listing", "attachment",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("wording", "is_kept"),
    [
        pytest.param("登记核对", False, id="simplified already"),
        pytest.param("登記核對", True, id="traditional"),
    ],
)
def test_a_text_that_is_its_own_simplified_form_is_kept_once(wording: str, is_kept: bool) -> None:
    desk = Desk()
    desk.see(
        html(f"各单位应当于三月底前完成上一年度的{wording}，逾期不改正的予以通报。"), "2026-04-01T00:00:00"
    )
    assert (desk.one("select text_simplified from versions") is not None) is is_kept
    row = desk.latest()
    assert "登记核对" in row["text_simplified"] and wording in row["text"]
    found = search(desk.db, "登记核对")
    assert [hit.url for hit in found] == [URL]
