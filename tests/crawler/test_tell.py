"""Five kinds of targets, told each change once, by servers that answer as the documentation says."""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from archive.clock import moment
from archive.errors import BadInput
from archive.home import Home, Target, read_home
from archive.model import Verdict
from archive.notices import Message, full_width, markdown, notice
from archive.store.file.withheld import withhold
from archive.store.read.news import News, news
from archive.store.schedule.crawls import Finding
from crawler import delivery, session
from crawler.commands import tell, watch
from crawler.commands.reread import _chosen
from crawler.commands.tell import is_digest_due, notify_targets
from crawler.delivery import (
    Limited,
    Refused,
    TryAgain,
    judge,
    signed_dingtalk,
    signed_feishu,
    without_secrets,
)
from crawler.run import Run
from tests.archive.desk import HOST, Desk, clock, html, replaced
from tests.archive.holding import Holding, article
from tests.crawler.robots import KEY, SECRET, TOKEN, MailServer, Robots, signature

NOW = "2026-04-02T09:00:00.000Z"
ROOM = "https://room.example/"


@pytest.fixture
def robots() -> Iterator[Robots]:
    with Robots() as made:
        yield made


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with MailServer() as made:
        yield made


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.see(html(), "2026-04-01T10:00:00")
    made.see(html(*replaced("应当", "可以")), "2026-04-02T08:00:00")
    made.archive.clock = clock("2026-04-02T08:00:01.000Z")
    lost = Finding(reason="empty_list", says="no row leads to an article")
    made.archive.end_crawl(made.crawl, Verdict.WARN, [], findings=[lost], is_judged=lambda reason, url: True)
    return made


def target(kind: str, robots: Robots | None = None, **said: Any) -> Target:
    if robots is not None:
        said = {"url": robots.url(kind), "secret": "" if kind == "wecom" else SECRET} | said
    return Target(**({"name": kind, "kind": kind, "room": ROOM} | said))


def home(place: Path, *targets: Target) -> Home:
    (place / "yuanben.toml").write_text("", "utf-8")
    return Home(place=place, archive=place / "a.db", targets=targets)


def notified(desk: Desk, made: Home, now: str = NOW) -> list[tell.Trouble]:
    return notify_targets(desk.db, made, now=now, sleep=lambda _: None)


def letter(raw: bytes) -> EmailMessage:
    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


def test_each_change_arrives_once_at_each_of_five_targets(
    desk: Desk, robots: Robots, mail: MailServer, tmp_path: Path
) -> None:
    kinds = ("wecom", "dingtalk", "feishu", "webhook")
    made = home(
        tmp_path,
        *(target(kind, robots) for kind in kinds),
        target("mail", to=("a@b.example",), sender="a@b.example", server=mail.url),
    )
    for _ in range(3):  # and again after a restart, as the file is read anew
        assert notified(desk, made) == []
    (wecom,), (dingtalk,), (feishu,) = robots.got["wecom"], robots.got["dingtalk"], robots.got["feishu"]
    for shown in (
        wecom["markdown"]["content"],
        dingtalk["markdown"]["text"],
        json.dumps(feishu, ensure_ascii=False),
    ):
        assert shown.count("〔删：应当〕〔增：可以〕") == 1 and f"{ROOM}doc/1/diff/1/2" in shown
        assert "列表是空的" in shown and "2026-04-02 16:00（北京时间）" in shown and "示例局" in shown
    assert [one["kind"] for one in robots.got["webhook"]] == ["finding_opened", "edited"]
    assert len({one["id"] for one in robots.got["webhook"]}) == 2
    (raw,) = mail.letters
    read = letter(raw)
    assert "网站改动" in read["Subject"] and "〔删：应当〕" in read.get_content() and read["Auto-Submitted"]
    dated = parsedate_to_datetime(read["Date"])
    assert dated == moment(NOW) and dated.utcoffset() == timedelta(hours=8), "Beijing time, and said to be so"


def test_a_later_change_is_told_alone(desk: Desk, robots: Robots, tmp_path: Path) -> None:
    made = home(tmp_path, target("webhook", robots))
    notified(desk, made)
    before = len(robots.got["webhook"])
    desk.see(html(*replaced("1.5万条", "15万条")), "2026-04-03T08:00:00")
    notified(desk, made, "2026-04-03T09:00:00.000Z")
    (later,) = robots.got["webhook"][before:]
    assert later["kind"] == "edited" and later["link"] == f"{ROOM}doc/1/diff/2/3"
    assert later["says"] == "可以→应当; 1.5万→15万"


@pytest.mark.parametrize(
    ("kind", "answer", "raised", "words"),
    [
        ("wecom", (200, {"errcode": 93000, "errmsg": "invalid webhook url"}), Refused, "copy it anew"),
        ("wecom", (200, {"errcode": 45009, "errmsg": "api freq out of limit"}), Limited, "no more for now"),
        ("wecom", (200, {"errcode": -1, "errmsg": "system busy"}), TryAgain, "busy"),
        ("wecom", (200, {"errcode": 40058, "errmsg": "exceed max length"}), Refused, "40058"),
        ("dingtalk", (200, {"errcode": 310000, "errmsg": "sign not match"}), Refused, "check the secret"),
        ("dingtalk", (200, {"errcode": 130101, "errmsg": "send too fast"}), Limited, "no more for now"),
        ("feishu", (200, {"code": 19021, "msg": "sign match fail"}), Refused, "this machine's clock"),
        ("feishu", (200, {"code": 19024, "msg": "Key Words Not Found"}), Refused, "keywords"),
        ("feishu", (200, {"code": 11232, "msg": "frequency limited psm"}), Limited, "no more for now"),
        ("feishu", (200, {"code": 9499, "msg": "too many request"}), Limited, "no more for now"),
        ("feishu", (200, {"code": 9499, "msg": "Bad Request"}), Refused, "9499"),
        ("feishu", (400, {"code": 99991400, "msg": "request trigger frequency limit"}), Limited, "no more"),
        ("webhook", (429, {}), Limited, "429"),
        ("webhook", (503, {}), TryAgain, "busy"),
        ("webhook", (302, {}), Refused, "check its address"),
        ("webhook", (404, {}), Refused, "check its address"),
        ("wecom", (200, ["no answer of a robot"]), Refused, "check its address"),
    ],
)
def test_what_an_answer_means_is_in_its_code_not_in_its_status(
    kind: str, answer: tuple[int, Any], raised: type[Exception], words: str
) -> None:
    status, said = answer
    with pytest.raises(raised, match=words):
        judge(kind, status, json.dumps(said).encode())


@pytest.mark.parametrize(
    ("kind", "said"),
    [("wecom", {"errcode": 0, "errmsg": "ok"}), ("feishu", {"StatusCode": 0, "StatusMessage": "success"}),
     ("feishu", {"code": 0, "msg": "success"}), ("webhook", "anything")],
)  # fmt: skip
def test_an_answer_that_it_was_taken_raises_nothing(kind: str, said: Any) -> None:
    judge(kind, 200, json.dumps(said).encode())


def test_a_robot_that_is_busy_is_asked_again_after_a_rest(desk: Desk, robots: Robots, tmp_path: Path) -> None:
    rests: list[float] = []
    robots.instead["wecom"] = [(200, {"errcode": -1, "errmsg": "busy"}, {}), (502, {}, {})]
    made = home(tmp_path, target("wecom", robots))
    assert notify_targets(desk.db, made, now=NOW, sleep=rests.append) == []
    assert rests == [1.0, 4.0] and len(robots.got["wecom"]) == 1


def test_a_short_rest_that_is_asked_for_is_kept(desk: Desk, robots: Robots, tmp_path: Path) -> None:
    rests: list[float] = []
    robots.instead["feishu"] = [(429, {"code": 99991400, "msg": "limit"}, {"x-ogw-ratelimit-reset": "7"})]
    assert (
        notify_targets(desk.db, home(tmp_path, target("feishu", robots)), now=NOW, sleep=rests.append) == []
    )
    assert rests == [7.0] and len(robots.got["feishu"]) == 1


def test_a_robot_that_had_too_many_gets_no_more_and_the_rest_by_a_later_run(
    desk: Desk, robots: Robots, tmp_path: Path
) -> None:
    made = home(tmp_path, target("dingtalk", robots))
    robots.instead["dingtalk"] = [(200, {"errcode": 130101, "errmsg": "send too fast"}, {})]
    (trouble,) = notified(desk, made)
    assert (trouble.left, robots.asked["dingtalk"]) == (2, 1)
    assert notified(desk, made) == [] and len(robots.got["dingtalk"]) == 1


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
def test_a_wrong_key_is_said_without_showing_it(
    kind: str, desk: Desk, robots: Robots, tmp_path: Path
) -> None:
    wrong = robots.url(kind).replace(KEY, "wrong-key-0123456").replace(TOKEN, "wrong-key-0123456")
    made = home(tmp_path, target(kind, robots, url=wrong))
    (trouble,) = notified(desk, made)
    assert "copy it anew" in trouble.why and "wrong-key" not in tell.line_of(trouble)
    assert not robots.got and robots.asked[kind] == 1


def test_nobody_there_is_said_without_the_address(desk: Desk, tmp_path: Path) -> None:
    made = home(tmp_path, target("webhook", url="http://127.0.0.1:1/hook?token=very-secret-token"))
    (trouble,) = notified(desk, made)
    assert "cannot be reached" in trouble.why and "secret" not in trouble.why


def test_a_redirect_is_not_followed(desk: Desk, robots: Robots, tmp_path: Path) -> None:
    robots.instead["webhook"] = [(307, {}, {"Location": robots.url("wecom")})]
    (trouble,) = notified(desk, home(tmp_path, target("webhook", robots)))
    assert "307" in trouble.why and "wecom" not in robots.asked


def test_other_targets_are_told_where_one_refuses(desk: Desk, robots: Robots, tmp_path: Path) -> None:
    made = home(tmp_path, target("feishu", robots, secret="another"), target("wecom", robots))
    (trouble,) = notified(desk, made)
    assert trouble.target == "feishu" and len(robots.got["wecom"]) == 1


def test_a_mail_server_that_defers_is_asked_again_and_one_that_refuses_is_not(
    desk: Desk, mail: MailServer, tmp_path: Path
) -> None:
    made = home(tmp_path, target("mail", to=("a@b.example",), sender="a@b.example", server=mail.url))
    mail.instead = ["451 4.3.0 try later", "554 5.7.1 not wanted"]
    (trouble,) = notified(desk, made)
    assert "554" in trouble.why and not mail.letters
    assert notified(desk, made) == [] and len(mail.letters) == 1


def test_recipients_who_are_refused_do_not_keep_the_others_from_their_mail(
    desk: Desk, mail: MailServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mail.refused = ("gone@",)
    to = ("a@b.example", "gone@b.example")
    assert notified(desk, home(tmp_path, target("mail", to=to, sender=to[0], server=mail.url))) == []
    assert len(mail.letters) == 1 and "gone@b.example" in capsys.readouterr().err


def test_the_same_news_make_the_same_message_id(desk: Desk, mail: MailServer, tmp_path: Path) -> None:
    made = target("mail", to=("a@b.example",), sender="a@b.example", server=mail.url)
    for place in ("one", "other"):
        (tmp_path / place).mkdir()
        notified(desk, home(tmp_path / place, made))
    assert len({letter(raw)["Message-ID"] for raw in mail.letters}) == 1


@pytest.mark.parametrize(
    ("at", "last", "now", "due"),
    [
        ("08:00", None, "2026-04-02T00:00:00.000Z", True),
        ("08:00", None, "2026-04-01T23:59:00.000Z", False),
        ("08:00", "2026-04-02", "2026-04-02T09:00:00.000Z", False),
        ("08:00", "2026-04-01", "2026-04-02T09:00:00.000Z", True),
        ("08:00", "2026-04-02", "2026-04-02T16:30:00.000Z", False),
    ],
    ids=["eight-in-beijing", "a-minute-before", "sent-today", "sent-yesterday", "after-midnight"],
)
def test_a_digest_is_due_once_a_beijing_day(at: str, last: str | None, now: str, due: bool) -> None:
    assert is_digest_due(at, last, now) is due


def test_a_digest_tells_a_day_in_one_message_what_is_wrong_first(
    desk: Desk, robots: Robots, tmp_path: Path
) -> None:
    made = home(tmp_path, target("wecom", robots, digest="20:00", queries=("登记",)))
    assert notified(desk, made, "2026-04-02T09:00:00.000Z") == [] and not robots.got
    for _ in range(2):
        notified(desk, made, "2026-04-02T12:00:00.000Z")
    (one,) = robots.got["wecom"]
    shown = one["markdown"]["content"]
    assert "2026-04-02 日报" in shown and shown.index("列表是空的") < shown.index("〔删：应当〕")
    notified(desk, made, "2026-04-03T12:00:00.000Z")
    assert len(robots.got["wecom"]) == 1, "a day without news sends nothing"


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ({}, {"finding_opened", "edited"}),
        ({"problems": False}, {"edited"}),
        ({"queries": ("數據資源",)}, {"finding_opened", "edited", "new"}),
        ({"queries": ("另一件事",), "problems": False}, set()),
        ({"sites": ("another",)}, set()),
    ],
    ids=["all-but-new", "no-problems", "a-query-in-the-other-script", "another-query", "another-site"],
)
def test_a_target_hears_what_it_asked_for(
    said: dict[str, Any], kinds: set[str], desk: Desk, robots: Robots, tmp_path: Path
) -> None:
    notified(desk, home(tmp_path, target("webhook", robots, **said)))
    assert {one["kind"] for one in robots.got.get("webhook", ())} == kinds


def test_many_changes_keep_within_what_a_messenger_takes(robots: Robots, tmp_path: Path) -> None:
    desk, rests = Desk(), list[float]()
    for n in range(60):
        url = f"https://{HOST}/a/notice{n}.html"
        desk.see(html(title=f"关于第{n}项公共数据资源登记工作的通知" * 4), "2026-04-01T10:00:00", url=url)
    made = home(
        tmp_path, target("wecom", robots, queries=("登记",)), target("feishu", robots, queries=("登记",))
    )
    assert notify_targets(desk.db, made, now=NOW, sleep=rests.append) == []
    sent = [one["markdown"]["content"] for one in robots.got["wecom"]]
    assert 1 < len(sent) <= tell.MOST_MESSAGES and all(len(one.encode()) <= 4096 for one in sent)
    assert sum(one.count("**新文件**") for one in sent) == 60
    assert rests.count(3.1) == len(sent) - 1


def test_what_a_run_does_not_send_is_said_and_sent_by_the_next(
    robots: Robots, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tell, "MOST_MESSAGES", 2)
    monkeypatch.setitem(tell.LARGEST, "wecom", 900)
    desk = Desk()
    for n in range(9):
        desk.see(html(title=f"第{n}号公共数据通知"), "2026-04-01T10:00:00", url=f"https://{HOST}/a/n{n}.html")
    made = home(tmp_path, target("wecom", robots, queries=("公共数据",)))
    notified(desk, made)
    assert (
        len(robots.got["wecom"]) == 2
        and "条，下次运行时发送" in robots.got["wecom"][1]["markdown"]["content"]
    )
    while len(robots.got["wecom"]) < 10:
        before = len(robots.got["wecom"])
        notified(desk, made)
        if len(robots.got["wecom"]) == before:
            break
    text = "".join(one["markdown"]["content"] for one in robots.got["wecom"])
    assert [text.count(f"第{n}号公共数据通知") for n in range(9)] == [1] * 9


def test_a_line_that_a_crash_cut_off_loses_nothing_else(desk: Desk, robots: Robots, tmp_path: Path) -> None:
    made = home(tmp_path, target("webhook", robots))
    notified(desk, made)
    record = tmp_path / "a.db.told"
    record.write_text(record.read_text("utf-8") + '\n{"target": "webh', "utf-8")
    notified(desk, made)
    assert len(robots.got["webhook"]) == 2


def piece(**said: Any) -> News:
    return News(**({"id": "1", "kind": "edited", "at": NOW, "site": "bureau", "url": "https://x.example/1", "title": "标题",
                    "summary": "甲→乙", "rank": 1, "details": {}, "document": 4} | said))  # fmt: skip


def test_a_page_cannot_call_people_or_pose_as_a_link_in_a_group() -> None:
    shown = notice(piece(title="<@all> [点此](https://evil.example) **急**"), "zh")
    text = markdown(Message(headline="原本", notices=(shown,)))
    assert "<@" not in text and "[点此](https://evil" not in text and full_width("<@all>") in text


@pytest.mark.parametrize(
    ("kind", "details", "zh"),
    [
        ("withdrawn", {"last_present": NOW, "first_absent": "2026-04-03T09:00:00.000Z"},
         "原址已不见此文：最后一次见到是2026-04-02 17:00，首次不见是2026-04-03 17:00（北京时间）"),
        ("moved", {"to": "https://x.example/2"}, "同一正文见于https://x.example/2"),
        ("quarantined", {"reason": "spam_body"}, "正文里有垃圾"),
        ("finding_opened", {"reason": "silent"}, "最新一条"),
        ("finding_closed", {"reason": "silent"}, "问题已解决"),
    ],
)  # fmt: skip
def test_news_is_said_in_chinese(kind: str, details: dict[str, str], zh: str) -> None:
    document = None if kind.startswith("finding") else 4
    said = notice(piece(kind=kind, details=details, document=document), "zh").says
    assert zh in said or (kind == "quarantined" and said and "spam" not in said)


def test_a_new_document_is_quoted_where_it_says_what_it_is_told_for() -> None:
    text = "总则。" * 60 + "加快布局未来产业，" + "建设先导区。" * 60
    one = piece(kind="new", text=text, summary=text[:200])
    assert "加快布局未来产业" in notice(one, "zh", about=("未来产业",)).says
    assert notice(one, "zh", about=("無此一說",)).says == text[:200]


def test_links_lead_to_the_difference_the_document_or_the_site() -> None:
    bounds = {"from_version": 1, "to_version": 3}
    links = [
        notice(one, "en", room=ROOM).link for one in (piece(details=bounds), piece(), piece(document=None))
    ]
    assert links == [f"{ROOM}doc/4/diff/1/3", f"{ROOM}doc/4", f"{ROOM}site/bureau"]
    assert notice(piece(), "en").link == "https://x.example/1"


def test_signatures_are_those_of_the_documentation() -> None:
    url = signed_dingtalk("https://oapi.example/robot/send?access_token=x", "this is secret", 1577262236757)
    assert url.startswith("https://oapi.example/robot/send?access_token=x&timestamp=1577262236757&sign=")
    assert signed_feishu("demo", 100)["sign"] == signature("100\ndemo", "")


def test_secrets_are_taken_out_of_whatever_is_printed() -> None:
    made = Target(
        name="x", kind="dingtalk", url=f"https://oapi.example/robot/send?access_token={TOKEN}", secret=SECRET
    )
    line = without_secrets(f"error at {made.url}: {TOKEN} with {SECRET}", made)
    assert TOKEN not in line and SECRET not in line and TOKEN not in repr(made)


HOME = """
contact = "mailto:archive@example.org"
sites = ["miit", "most"]
room = "https://archive.example.org"
[[target]]
kind = "mail"
to = "a@example.org"
queries = ["未来产业"]
[[target]]
name = "group"
kind = "dingtalk"
url = { env = "DING_URL" }
secret = { file = "ding.secret" }
digest = "08:30"
"""


def test_a_home_says_whom_to_tell_and_secrets_may_stand_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "ding.secret").write_text(f"{SECRET}\n", "utf-8")
    (tmp_path / "yuanben.toml").write_text(HOME, "utf-8")
    made = read_home(
        tmp_path / "yuanben.toml", {"DING_URL": "https://oapi.example/robot/send?access_token=x"}
    )
    letters, group = made.targets
    assert (letters.name, letters.queries, letters.room) == (
        "mail",
        ("未来产业",),
        "https://archive.example.org/",
    )
    assert (group.secret, group.digest, made.archive) == (SECRET, "08:30", tmp_path / "yuanben.db")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("contakt = 'x'", "did you mean contact?"),
        ("sites = 3", "no list of words"),
        ("[[target]]\nkind = 'pigeon'", "mail, webhook"),
        ("[[target]]\nkind = 'mail'", "names nobody"),
        ("[[target]]\nkind = 'mail'\nto = 'nobody'", "no mail address"),
        ("[[target]]\nkind = 'wecom'\nurl = 'http://qyapi.example/x'", "not encrypted"),
        ("[[target]]\nkind = 'webhook'\nurl = 'https://x.example'\ndigest = '8 Uhr'", "no time of the day"),
        ("[[target]]\nkind = 'wecom'\nurl = 'https://x.example'\nsecret = 'y'", "is no key"),
        ("every = 'now and then'", "give one of 15min"),
        ("room = 'archive'", "no address of a reading room"),
        ("language = 'fr'", "neither"),
        ("a = [", "is no TOML"),
    ],
)
def test_what_a_home_cannot_mean_is_refused_in_one_line(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "yuanben.toml").write_text(text, "utf-8")
    with pytest.raises(BadInput, match=says.replace("?", r"\?")) as raised:
        read_home(tmp_path / "yuanben.toml", {})
    assert "\n" not in str(raised.value) and "—" in str(raised.value)


def test_a_secret_that_is_not_there_is_said_when_something_is_to_be_told(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "yuanben.toml").write_text("[[target]]\nkind = 'wecom'\nurl = { env = 'NOT_SET' }", "utf-8")
    (trouble,) = notified(desk, read_home(tmp_path / "yuanben.toml", {}))
    assert "$NOT_SET is not set" in trouble.why


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Holding]:
    made = Holding(tmp_path / "a.db")
    made.show(article(), "2026-05-01T00:00:00.000Z")
    yield made
    made.close()


def test_what_is_withheld_from_readers_is_told_to_nobody(
    held: Holding, robots: Robots, tmp_path: Path
) -> None:
    held.show(
        article(title="另一篇"), "2026-05-01T00:00:00.000Z", url="https://www.bureau.example/a/two.html"
    )
    with held.archive.writing():
        withhold(held.archive.db, 1, by="a court", reason="an order", at="2026-05-01T00:00:00.000Z")
    watch.notify_home(
        cast(Run, SimpleNamespace(archive=held.archive)),
        home(tmp_path, target("webhook", robots, queries=("未来",))),
    )
    assert [one["title"] for one in robots.got["webhook"]] == ["另一篇"]


def test_what_a_target_does_not_take_is_said_and_kept_and_changes_no_exit_code(
    held: Holding, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "WAITS", (0.0, 0.0))
    run = cast(Run, SimpleNamespace(archive=held.archive))
    nobody = target("webhook", url="http://127.0.0.1:1/hook?token=very-secret-token", queries=("未来",))
    watch.notify_home(run, home(tmp_path, nobody))
    (row,) = held.archive.db.execute("select details from events where kind = 'notify_failed'").fetchall()
    assert "cannot be reached" in row[0] and "secret" not in row[0]
    err = capsys.readouterr().err
    assert err.startswith("yuanben: webhook: ") and err.count("\n") == 1 and "secret" not in err


def test_a_mistyped_site_is_answered_with_the_nearest_declared() -> None:
    with pytest.raises(BadInput, match=r"did you mean miit"):
        session.chosen(["most", "mitt"])
    with pytest.raises(BadInput, match=r"did you mean www.bureau.example"):
        _chosen(["www.buraeu.example"], ["www.bureau.example"])


def test_an_interrupt_between_two_writes_is_quiet() -> None:
    def interrupted() -> int:
        raise KeyboardInterrupt

    assert session.exit_code_of(interrupted) == 130


def test_a_target_that_cannot_be_written_down_is_not_told(desk: Desk, robots: Robots, tmp_path: Path) -> None:
    made = replace(home(tmp_path, target("webhook", robots)), archive=tmp_path / "nowhere" / "a.db")
    with pytest.raises(BadInput, match="nothing was told"):
        notified(desk, made)
    assert not robots.got


def test_news_of_a_time_on_is_all_that_is_read(desk: Desk) -> None:
    assert {one.kind for one in news(desk.db, since="2026-04-02T00:00:00.000Z")} == {
        "edited",
        "finding_opened",
    }
