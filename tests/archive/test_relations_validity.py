"""What a text says of its own validity, and the standing that follows on a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from archive.relations.standing import (
    Act,
    Event,
    Reason,
    Subject,
    history,
    is_meant,
    is_named,
    issue_day,
    standing,
    subject_of,
    superseded,
    timeline,
)
from archive.relations.validity import validity


@pytest.mark.parametrize(
    ("text", "effect", "expiry"),
    [
        ("本办法自2024年3月1日起施行，有效期至2029年2月28日。", "2024-03-01", "2029-02-28"),
        ("本通知自2024年5月1日起执行，试行期两年。", "2024-05-01", "P2Y"),
        ("本公告自发布之日起30日后施行。", "publication+30d", None),
        ("本意见自印发之日起施行，有效期为五年。", "issue+0d", "P5Y"),
        ("本细则由市水务局解释，自2023年6月10日起施行，有效期3年。", "2023-06-10", "P3Y"),
        ("上述政策执行期限为2019年1月1日至2023年12月31日。", "2019-01-01", "2023-12-31"),
        ("（2011年3月2日市政府令第6号公布　自2011年7月1日起施行）", "2011-07-01", None),
        ("渔港名录\n【有效】【2008/10/01施行】【海水〔2008〕3号】", "2008-10-01", None),
        ("二〇〇四年一月十六日起施行。", "2004-01-16", None),
        ("本通知自发布之日起执行，至2025年12月31日止。", "publication+0d", "2025-12-31"),
        ("上述政策自2022年4月1日起至2022年12月31日执行。", "2022-04-01", "2022-12-31"),
        ("本办法自2024年2月1日起施行，至2027年1月31日有效。", "2024-02-01", "2027-01-31"),
        ("《渔港办法》從二00五年七月二十日開始實行。", "2005-07-20", None),
        ("现发布《渔船检验规程》，作为行业规程，自2019年5月1日起施行。", "2019-05-01", None),
        ("上述政策有效期暂定至2024年12月31日。", None, "2024-12-31"),
        ("本措施执行期限至2023年12月31日。", None, "2023-12-31"),
        ("本措施有效期自发布之日起至2026年12月31日。", "publication+0d", "2026-12-31"),
        ("本措施自印发之日起施行，有效期至2026年2月底。", "issue+0d", "2026-02-28"),
        ("本措施自印发之日起施行，有效期至2026年底。", "issue+0d", "2026-12-31"),
        ("本措施自印发之日起施行，至2026年6月30日自行失效。", "issue+0d", "2026-06-30"),
        ("本措施自2024年5月1日起实行，暂定实施两年。", "2024-05-01", "P2Y"),
        ("捕捞许可证至2026年6月30日自行失效。", None, None),
        ("本办法有效期为5年，自2024年2月1日起计算。", "2024-02-01", "P5Y"),
        ("禁渔补助政策，实施期限延长至2024年12月31日。", None, "2024-12-31"),
        ("《渔港办法》有效期延长至2024年12月31日。", None, None),
        ("《渔业条例》第二十四条规定，本条例自发布之日起施行。", None, None),
        (
            "《海州市渔港办法》已于2022年6月8日经市政府第5次常务会议审议通过，现予发布，自发布之日起施行。",
            "publication+0d",
            None,
        ),
        (
            "（2015年3月2日省政府批准，2015年4月8日省水利厅发布　自发布之日起施行）",
            "2015-04-08",
            None,
        ),
        ("海州市渔港办法\n市政府令第6号\n（2011年3月2日公布　自2011年7月1日起施行）", "2011-07-01", None),
        ("为贯彻《渔业条例》（2022年5月1日起施行），现将清单印发给你们。", None, None),
        ("三、海州市采砂办法（市政府令第31号，自公布之日起施行）", None, None),
        ("2.海州市采砂规定（2003年6月1日起施行）", None, None),
        ("捕捞许可证有效期为5年。", None, None),
        ("规章应当自公布之日起30日后施行。", None, None),
        ("单科成绩有效期2年，全省通用。", None, None),
        ("应当自批准之日起30日内办理登记。", None, None),
        ("推荐截止时间为2020年10月30日17:00。", None, None),
    ],
)
def test_a_text_says_from_when_and_until_when_it_applies(
    text: str, effect: str | None, expiry: str | None
) -> None:
    said = validity(text)
    found = said.effect and (said.effect.day.isoformat() if said.effect.day else said.effect.rule)
    until = said.expiry and (said.expiry.day.isoformat() if said.expiry.day else said.expiry.duration)
    assert (found, until) == (effect, expiry)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("时效性：现行有效 施行日期：2020-01-01", "现行有效"),
        ("【时效性】已被修改", "已修改"),
        ("渔港办法\n【失效】【2001/01/01施行】", "失效"),
        ("发文字号：海府〔2016〕8号 文件状态：停止执行", "失效"),
        ("是否有效：是", "现行有效"),
        ("渔业法 尚未生效 公布日期：2024-11-08 施行日期：2025-01-01", "尚未生效"),
        ("海税公告2014年第6号 条款失效 成文日期：2014-11-14", "部分失效"),
        ("原规定失效后，有效的许可证继续使用。", None),
    ],
)
def test_a_card_states_a_status(text: str, status: str | None) -> None:
    assert validity(text).status == status


@pytest.mark.parametrize(
    ("text", "deadlines"),
    [
        ("请于3月5日前将申报材料报送市水务局。", [("application", None, "--03-05", None)]),
        ("公示时间：2024年5月6日至5月10日。", [("publicity", "2024-05-06", "2024-05-10", None)]),
        ("公示期为5天，即2024年8月28日至9月1日。", [("publicity", "2024-08-28", "2024-09-01", None)]),
        ("公示期为三个工作日，如有异议请反映。", [("publicity", None, None, "P3WD")]),
        ("有意见的，请于2024年7月31日前反馈至水务局。", [("comment", None, "2024-07-31", None)]),
        ("征求意见时间为2024年1月2日至2024年2月2日。", [("comment", "2024-01-02", "2024-02-02", None)]),
        ("报名时间为6月16日10:00至19日17:00，缴费截止时间为6月20日17:00。",
         [("registration", "--06-16", "--06-19", None), ("payment", None, "--06-20", None)]),
        ("网上申报时间为2020年8月6日～9月5日17:00，主管部门推荐截止时间为2020年9月11日。",
         [("application", "2020-08-06", "2020-09-05", None), ("report", None, "2020-09-11", None)]),
        ("申报截止日期延长至2023年9月8日。", [("application", None, "2023-09-08", None)]),
        ("请于11月15日（星期二）下班前将名单报送至市水务局。", [("report", None, "--11-15", None)]),
        ("请考生于10月8日至10月20日缴纳考试费。", [("payment", "--10-08", "--10-20", None)]),
        ("请认真学习《渔业意见》，并于11月25日前登录系统完成申报。", [("application", None, "--11-25", None)]),
        ("缴费截止时间由2023年12月31日延长至2024年2月29日。", [("payment", None, "2024-02-29", None)]),
        ("申报期从2024年1月2日开始，至2024年1月31日结束。", [("application", "2024-01-02", "2024-01-31", None)]),
        ("请于3月25日至4月10日登录窗口办理年报。", [("report", "--03-25", "--04-10", None)]),
        ("申报材料于3月15日12:00前交科研处。", [("application", None, "--03-15", None)]),
        ("申请书请于6月20日前邮寄。", [("application", None, "--06-20", None)]),
        ("自本公告发布之日起30日内，可将意见反馈至邮箱。", [("comment", None, None, "P30D")]),
        ("征求意见的时间，自公告见报之日起，到2023年1月15日结束。", [("comment", None, "2023-01-15", None)]),
        ("各区请于每年12月31日前报送总结。", [("report", None, "--12-31", None)]),
        ("网上申报时间截至8月31日，镇街审核截至9月15日。", [("application", None, "--08-31", None), ("report", None, "--09-15", None)]),
        ("1.网上填报：即日起至2024年4月20日。2.纸质材料报送：2024年5月8日前。",
         [("report", None, "2024-04-20", None), ("report", None, "2024-05-08", None)]),
        ("渔民可于2024年11月1日—11月30日登录平台申请。", [("application", "2024-11-01", "2024-11-30", None)]),
        ("我局现征求意见。公告时间：2020年6月10日至2020年6月23日。", [("comment", "2020-06-10", "2020-06-23", None)]),
        ("请各申报企业于5月8日前将材料报送所在镇街。", [("application", None, "--05-08", None)]),
        ("请于2024年6月30日前通过公示系统报送年度报告。", [("report", None, "2024-06-30", None)]),
        ("考生须于10月15日至10月28日进行网上报名。", [("registration", "--10-15", "--10-28", None)]),
        ("投标文件递交截止时间（开标时间）为2024年5月20日。", [("application", None, "2024-05-20", None)]),
        ("2024年8月2日（星期五）日前报送总结。", [("report", None, "2024-08-02", None)]),
        ("参保缴费期延长至2024年3月31日。", [("payment", None, "2024-03-31", None)]),
        ("以上政策执行期为2024年1月1日至2024年12月31日。", []),
        ("2018年12月31日之前已完成转制的企业免税。", []),
        ("截至1999年3月1日，彩票销售完毕。", []),
        ("征求意见期限不得少于30日。", []),
    ],
)  # fmt: skip
def test_the_days_that_a_text_sets_are_listed(text: str, deadlines: list[tuple[str | None, ...]]) -> None:
    assert [(d.kind, d.first, d.day, d.duration) for d in validity(text).deadlines] == deadlines


def test_who_interprets_a_document_may_stand_before_its_day_of_effect() -> None:
    effect = validity("本细则由市水务局负责解释，自2023年6月10日起施行。").effect
    assert effect is not None and effect.is_own


def test_places_of_effect_and_deadline_lie_in_the_text_as_it_is() -> None:
    text = "一、总则。\n  本办法自2024年3月 1日起\n施行。\n请于 4月5日前反馈意见。"
    said = validity(text)
    assert said.effect is not None
    assert text[said.effect.start : said.effect.end] == "自2024年3月 1日起\n施行"
    assert text[said.deadlines[0].start : said.deadlines[0].end] == "4月5日前"


D = date.fromisoformat


def _reason(says: str = "repeals") -> Reason:
    return Reason(says=says, document="other", version=1, start=0, end=4)


@pytest.mark.parametrize(
    ("subject", "acts", "day", "expected"),
    [
        pytest.param(Subject(effective=D("2020-01-01")), [], "2024-01-01", "in_force", id="begun, no end known"),
        pytest.param(Subject(effective=D("2020-01-01")), [], "2019-12-31", "not_yet", id="the day before"),
        pytest.param(Subject(issued=D("2020-01-01")), [], "2024-01-01", "unknown", id="it never says from when"),
        pytest.param(Subject(), [], "2024-01-01", "unknown", id="nothing known"),
        pytest.param(
            Subject(effective=D("2020-01-01"), expires=D("2022-12-31")), [], "2022-12-31", "in_force", id="last day"
        ),
        pytest.param(
            Subject(effective=D("2020-01-01"), expires=D("2022-12-31")), [], "2023-01-01", "expired", id="term over"
        ),
        pytest.param(
            Subject(effective=D("2020-01-01"), expires=D("2022-12-31")),
            [Act(kind="extends", reason=_reason(), on=D("2022-10-01"), until=D("2025-12-31"))],
            "2023-01-01", "in_force", id="extended",
        ),
        pytest.param(
            Subject(effective=D("2020-01-01")), [Act(kind="repeals", reason=_reason(), on=D("2023-01-01"))],
            "2023-01-01", "repealed", id="repealed this day",
        ),
        pytest.param(
            Subject(effective=D("2020-01-01")), [Act(kind="repeals", reason=_reason())], "2024-01-01", "unknown",
            id="ended on a day that nobody gives",
        ),
        pytest.param(
            Subject(effective=D("2020-01-01")),
            [Act(kind="repeals", reason=_reason(), on=D("2023-01-01"), is_partial=True)],
            "2024-01-01", "partly_repealed", id="an article struck out",
        ),
        pytest.param(
            Subject(effective=D("2020-01-01")), [Act(kind="amends", reason=_reason(), on=D("2023-01-01"))],
            "2024-01-01", "amended", id="amended",
        ),
        pytest.param(Subject(issued=D("2020-01-01"), is_draft=True), [], "2024-01-01", "draft", id="a draft"),
        pytest.param(
            Subject(issued=D("1997-01-02")), [Act(kind="replaces", reason=_reason(), on=D("2002-02-01"))],
            "2000-05-23", "in_force", id="what was ended later had begun",
        ),
        pytest.param(Subject(status="现行有效"), [], "2024-01-01", "in_force", id="the card alone says so"),
    ],
)  # fmt: skip
def test_a_standing_holds_for_a_day(subject: Subject, acts: list[Act], day: str, expected: str) -> None:
    assert standing(subject, acts, D(day)).standing == expected


def test_a_card_that_contradicts_the_texts_is_named() -> None:
    subject = Subject(
        effective=D("2020-01-01"), status="现行有效", reasons=(Reason(says="现行有效", field="有效性"),)
    )
    found = standing(subject, [Act(kind="repeals", reason=_reason(), on=D("2023-01-01"))], D("2024-01-01"))
    assert found.standing == "repealed"
    assert found.contradiction == "现行有效 / repealed"
    assert {reason.field for reason in found.because} == {None, "有效性"}


def test_every_known_standing_has_a_reason() -> None:
    text = "海府规〔2021〕7号\n本通知自印发之日起施行，有效期5年。\n海州市人民政府办公室 2021年4月16日印发"
    subject = subject_of(validity(text), text=text, published=D("2021-04-19"), is_draft=False, place=("u", 1))
    found = standing(subject, [], D("2026-04-16"))
    assert (found.standing, found.effective_from, found.expires_on) == (
        "expired",
        D("2021-04-16"),
        D("2026-04-15"),
    )
    assert all(reason.document == "u" and reason.start is not None for reason in found.because)


def test_the_day_of_issue_is_that_of_printing_or_under_the_signature() -> None:
    assert issue_day("海州市水务局\n2020年6月29日\n渔港办法\n第一条 ……") == D("2020-06-29")
    assert issue_day("2020年6月29日\n海州市政府办公室 2020年7月2日印发") == D("2020-07-02")
    assert issue_day("自2020年1月1日起施行。") is None


def test_a_relation_means_the_older_document_of_one_name() -> None:
    on = D("2002-02-01")
    assert is_meant(stated=D("1997-01-02"), issued=D("1997-03-02"), on=on, is_other_work=False)
    assert not is_meant(stated=D("1997-01-02"), issued=on, on=on, is_other_work=False)
    assert not is_meant(stated=None, issued=on, on=on, is_other_work=True)
    assert not is_meant(stated=None, issued=None, on=on, is_other_work=False)


def test_a_version_of_a_law_ends_when_the_next_takes_effect() -> None:
    lines = "2005年6月2日 公布\n\n2017年9月2日 令第9号修订\n\n2022年12月1日 令第7号修订"
    events = history(lines)
    assert [event.act for event in events] == ["公布", "修订", "修订"]
    assert is_named(D("2017-09-20"), events) and not is_named(D("2017-09-01"), events)
    end = superseded(D("2017-09-02"), [*events, Event(day=D("2023-01-01"), act="施行")], _reason("replaces"))
    assert end is not None and end.on == D("2023-01-01")
    unsure = superseded(D("2017-09-02"), events, _reason("replaces"))
    assert unsure is not None and (unsure.on, unsure.not_before) == (None, D("2022-12-01"))
    assert superseded(D("2022-12-01"), events, _reason("replaces")) is None


def test_a_timeline_parts_the_days_where_something_changes() -> None:
    subject = Subject(issued=D("2019-11-01"), effective=D("2020-01-01"), expires=D("2024-12-31"))
    acts = [Act(kind="amends", reason=_reason("amends"), on=D("2022-01-01"))]
    spans = [(span.standing, span.since, span.until) for span in timeline(subject, acts)]
    assert spans == [
        ("not_yet", None, D("2020-01-01")),
        ("in_force", D("2020-01-01"), D("2022-01-01")),
        ("amended", D("2022-01-01"), D("2025-01-01")),
        ("expired", D("2025-01-01"), None),
    ]


def test_every_day_of_a_timeline_has_the_standing_of_that_day() -> None:
    subject = Subject(issued=D("2019-11-01"), expires=D("2024-12-31"))
    acts = [Act(kind="repeals", reason=_reason(), on=D("2023-06-01"))]
    for span in timeline(subject, acts):
        for day in (span.since or D("2010-01-01"), (span.until or D("2030-01-02")) - timedelta(days=1)):
            assert standing(subject, acts, day).standing == span.standing


def test_a_report_of_another_law_gives_a_page_no_day_of_effect() -> None:
    text = "新药及时调入目录，并于2025年1月1日起实施，患者负担明显下降。"
    assert subject_of(validity(text), text=text, published=D("2025-02-01"), is_draft=False).effective is None
