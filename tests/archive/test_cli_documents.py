"""show, history and diff: what was captured when, and which characters changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.diff import Edit, apply_edits
from archive.model import Outcome, Unreadable
from tests.archive.holding import TEXT, URL, Holding, Run, article, runner

EDITED = TEXT.replace("1.5万亿元", "15万亿元").replace("北京、上海", "北京")


@pytest.fixture
def holding(tmp_path: Path) -> Holding:
    return Holding(tmp_path / "a.db")


@pytest.fixture
def yuanben(holding: Holding, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(holding.path, capsys)


def edited(holding: Holding) -> None:
    holding.show(article(), "2026-04-01T02:00:00.000Z")
    holding.show(article(EDITED, title="关于加快未来产业发展的通知"), "2026-04-03T02:00:00.000Z")


def test_show_gives_the_row_of_latest(holding: Holding, yuanben: Run) -> None:
    edited(holding)
    row = yuanben("show", URL, "--json").json
    view = dict(holding.archive.db.execute("select * from latest").fetchone())
    more = {"flags": [], "attachments": [], "works": [], "card": {}, "evidence": {}}
    more |= {"meta_published_at": None, "editor": None, "unread": {}}
    day = "2026-04-03T02:00:00.000Z"
    more |= {"seen": {"first": day, "last": day, "first_day": day[:10], "last_day": day[:10], "captures": 1,
                      "stretches": [[day, day]], "read_anew_as": None}}  # fmt: skip
    assert row == {name: value for name, value in view.items() if name != "version_id"} | more
    assert row["version"] == row["versions"] == 2


def test_show_gives_an_earlier_version_with_its_own_fields(holding: Holding, yuanben: Run) -> None:
    edited(holding)
    row = yuanben("show", URL, "--version", "1", "--json").json
    assert (row["version"], row["text"], row["title"]) == (1, TEXT, "关于推动未来产业发展的通知")


@pytest.mark.parametrize(
    ("at", "version", "versions"),
    [
        pytest.param("2026-04-01T02:00:00.000Z", 1, 1, id="the-moment-of-the-first-capture"),
        pytest.param("2026-04-02", 1, 1, id="a-day-between"),
        pytest.param("2026-04-03T01:59:59.999Z", 1, 1, id="just-before-the-edit-was-seen"),
        pytest.param("2026-04-03", 2, 2, id="a-day-means-its-end"),
        pytest.param("2027-01-01T00:00:00Z", 2, 2, id="later-than-all-captures"),
    ],
)
def test_show_at_a_moment_gives_what_had_been_captured(
    holding: Holding, yuanben: Run, at: str, version: int, versions: int
) -> None:
    edited(holding)
    row = yuanben("show", URL, "--at", at, "--json").json
    assert (row["version"], row["versions"]) == (version, versions)


def test_a_beijing_day_ends_at_sixteen_hours_utc(holding: Holding, yuanben: Run) -> None:
    holding.show(article(), "2026-04-01T15:59:59.000Z")
    holding.show(article(EDITED), "2026-04-01T16:00:00.000Z")
    assert yuanben("show", URL, "--at", "2026-04-01", "--json").json["version"] == 1
    assert yuanben("show", URL, "--at", "2026-04-02", "--json").json["version"] == 2


def test_a_moment_before_the_first_capture_is_told_in_one_line(holding: Holding, yuanben: Run) -> None:
    edited(holding)
    ran = yuanben("show", URL, "--at", "2026-03-31")
    assert ran.code == 2
    assert ran.err.count("\n") == 1 and "2026-04-01T02:00:00.000Z" in ran.err


def test_at_a_moment_of_absence_the_state_is_that_of_the_moment(holding: Holding, yuanben: Run) -> None:
    holding.show(article(), "2026-04-01T00:00:00.000Z")
    for day in (3, 5, 7):
        holding.show(article(), f"2026-04-0{day}T00:00:00.000Z", url=URL.replace("one", "other"))
        holding.look(f"2026-04-0{day}T00:00:01.000Z", status=404)
    assert yuanben("show", URL, "--json").json["state"] == "withdrawn"
    before = yuanben("show", URL, "--at", "2026-04-05", "--json").json
    assert (before["state"], before["flags"], before["last_seen"]) == (
        "live",
        ["absent"],
        "2026-04-01T00:00:00.000Z",
    )
    assert yuanben("show", URL, "--at", "2026-04-02", "--json").json["flags"] == []


def test_the_latest_moment_agrees_with_latest(holding: Holding, yuanben: Run) -> None:
    edited(holding)
    holding.look("2026-04-04T00:00:00.000Z", status=None, error="timeout")
    then, now = (yuanben("show", URL, *at, "--json").json for at in (("--at", "2026-05-01"), ()))
    assert then.pop("as_of")["basis"] == "not_since" and then == now


def test_history_tells_versions_with_their_bounds_and_gaps_with_their_reasons(
    holding: Holding, yuanben: Run
) -> None:
    holding.show(article(), "2026-04-01T00:00:00.000Z")
    holding.look("2026-04-02T00:00:00.000Z", status=None, error="timeout")
    holding.look("2026-04-03T00:00:00.000Z", status=404)
    holding.show(article(EDITED), "2026-04-04T00:00:00.000Z")
    holding.show(article(EDITED), "2026-04-05T00:00:00.000Z")
    holding.show(article("别的东西"), "2026-04-06T00:00:00.000Z", signs=("spam_title", "spam_body"))
    story = yuanben("history", URL, "--json").json
    assert set(story) >= {"document", "versions", "addresses", "events", "gaps"}
    assert [(v["version"], v["cause"]) for v in story["versions"]] == [(1, "first"), (2, "source")]
    second = story["versions"][1]
    assert second["first_captured_at"] == "2026-04-04T00:00:00.000Z"
    assert second["last_captured_at"] == "2026-04-05T00:00:00.000Z"
    closed, still_open = story["gaps"]
    assert (closed["from"], closed["to"]) == ("2026-04-01T00:00:00.000Z", "2026-04-04T00:00:00.000Z")
    assert "failed: timeout" in closed["reason"] and "gone" in closed["reason"]
    assert (still_open["from"], still_open["to"]) == ("2026-04-05T00:00:00.000Z", None)
    assert "quarantined" in still_open["reason"]
    assert {"edited", "absent", "quarantined"} <= {event["kind"] for event in story["events"]}
    assert [address["url"] for address in story["addresses"]] == [URL]


def test_a_document_never_seen_has_a_gap_from_its_first_look(holding: Holding, yuanben: Run) -> None:
    holding.look("2026-04-02T00:00:00.000Z", status=404)
    (gap,) = yuanben("history", URL, "--json").json["gaps"]
    assert (gap["from"], gap["to"]) == ("2026-04-02T00:00:00.000Z", None)


@pytest.mark.parametrize(
    "spelling",
    [
        pytest.param(URL, id="its-own"),
        pytest.param(URL.replace("https", "http"), id="http-twin"),
        pytest.param("HTTPS://WWW.Bureau.example:443/a/one.html#top", id="case-port-fragment"),
        pytest.param("www.bureau.example/a/one.html", id="no-scheme"),
        pytest.param("http://m.bureau.example/a/one.html", id="by-the-site's-declaration"),
        pytest.param("https://www.bureau.example/go/1", id="the-address-a-redirect-led-to"),
        pytest.param(f"  {URL} ", id="white-space-around"),
    ],
)
def test_a_document_is_found_by_every_spelling(holding: Holding, yuanben: Run, spelling: str) -> None:
    holding.show(article(), "2026-04-01T00:00:00.000Z")
    hop = holding.look("2026-04-02T00:00:00.000Z", status=302)
    holding.show(
        article(),
        "2026-04-02T00:00:01.000Z",
        url="https://www.bureau.example/go/1",
        redirected_from=hop,
    )
    assert yuanben("show", spelling, "--json").json["url"] == URL


def test_an_earlier_text_that_came_back_is_compared_in_the_order_of_captures(
    holding: Holding, yuanben: Run
) -> None:
    edited(holding)
    holding.show(article(), "2026-04-05T00:00:00.000Z")
    found = yuanben("diff", URL, "--json").json
    assert (found["from_version"], found["to_version"]) == (2, 1)


def test_diff_gives_edits_that_make_one_text_of_the_other(holding: Holding, yuanben: Run) -> None:
    edited(holding)
    found = yuanben("diff", URL, "--json").json
    assert (found["from_version"], found["to_version"]) == (1, 2)
    assert found["fields"] == [
        {"field": "title", "old": "关于推动未来产业发展的通知", "new": "关于加快未来产业发展的通知"}
    ]
    assert apply_edits(TEXT, [Edit(**edit) for edit in found["edits"]]) == EDITED


def test_diff_with_numbers_goes_from_the_first_to_the_second(holding: Holding, yuanben: Run) -> None:
    edited(holding)
    backwards = yuanben("diff", URL, "2", "1", "--json").json
    assert (backwards["from_version"], backwards["to_version"]) == (2, 1)
    against_current = yuanben("diff", URL, "1", "--json").json
    assert (against_current["from_version"], against_current["to_version"]) == (1, 2)


def test_diff_marks_what_went_and_what_came_fields_first(holding: Holding, yuanben: Run) -> None:
    edited(holding)
    out = yuanben("diff", URL).out
    assert "[-1.5万亿-]{+15万亿+}" in out
    assert "北京[-、上海-]。" in out
    assert out.index("title: [-关于推动") < out.index("[-1.5万亿-]")
    assert "\x1b" not in out


def test_diff_of_a_document_with_one_version_says_so(holding: Holding, yuanben: Run) -> None:
    holding.show(article(), "2026-04-01T00:00:00.000Z")
    ran = yuanben("diff", URL)
    assert ran.code == 0 and "one version" in ran.out
    assert yuanben("diff", URL, "--json").json["edits"] == []


def test_a_version_that_does_not_exist_is_told_with_those_that_do(holding: Holding, yuanben: Run) -> None:
    edited(holding)
    for command in (("show", URL, "--version", "7"), ("diff", URL, "7")):
        ran = yuanben(*command)
        assert (ran.code, ran.out) == (2, "") and "it has 1, 2" in ran.err


def test_a_document_that_was_never_readable_is_shown_without_a_text(holding: Holding, yuanben: Run) -> None:
    assert holding.show(Unreadable(reason="no text"), "2026-04-01T00:00:00.000Z") is Outcome.UNREADABLE
    row = yuanben("show", URL, "--json").json
    assert (row["text"], row["version"], row["state"]) == (None, None, "unreadable")
    assert yuanben("show", URL).code == yuanben("history", URL).code == 0
    assert yuanben("diff", URL).code == 2


def test_terminal_escapes_of_a_page_are_written_out(holding: Holding, yuanben: Run) -> None:
    evil = article("正文\x1b[2J里的\u202e控制\x07字符", title="标题\x1b]0;pwned\x07")
    holding.show(evil, "2026-04-01T00:00:00.000Z")
    holding.show(article("正文\x1b[3J改了"), "2026-04-02T00:00:00.000Z")
    for words in (
        ("show", URL),
        ("history", URL),
        ("diff", URL),
        ("search", "正文"),
        ("show", URL, "--version", "1"),
    ):
        out = yuanben(*words).out
        assert not {"\x1b", "\x07", "\u202e"} & set(out), words
    assert r"\x1b[2J" in yuanben("show", URL, "--version", "1").out
    assert yuanben("show", URL, "--version", "1", "--json").json["text"] == evil.text
