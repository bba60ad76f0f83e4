"""Which day a page shows as that of its publication: in every form that pages use, and no other day."""

from __future__ import annotations

import pytest

from archive.extract.notation import claimed, is_future
from tests.archive.test_extract_seen import PROSE, article, page

SHOWN = {
    "full width": ("发布日期：２０２６年４月２日", "2026-04-02"),
    "full width with hour": ("时间：２０２６－０４－０２　０８：３０", "2026-04-02T08:30+08:00"),
    "in words": ("发布日期：二〇二六年四月二日", "2026-04-02"),
    "in words, two tens": ("发布时间：二○二五年十二月二十一日", "2025-12-21"),
    "compact": ("发布时间：20260402　来源：区防汛办", "2026-04-02"),
    "compact with hour": ("发布时间：20260402083000", "2026-04-02T08:30+08:00"),
    "compact without label": ("编号20260402", None),
    "em dashes": ("日期：2026—4—2　来源：区防汛办", "2026-04-02"),
    "en dashes": ("发布时间：2026–04–02 16:05", "2026-04-02T16:05+08:00"),
    "afternoon": ("2026年4月2日 下午4:05　来源：区防汛办", "2026-04-02T16:05+08:00"),
    "after midnight": ("发布时间：2026年4月2日 凌晨0:20", "2026-04-02T00:20+08:00"),
    "noon": ("发布时间：2026年4月2日 中午12:30", "2026-04-02T12:30+08:00"),
    "evening": ("发布时间：2026年4月2日 晚上8点半", "2026-04-02T20:30+08:00"),
    "pm": ("发布时间：2026-4-2 4:05 PM", "2026-04-02T16:05+08:00"),
    "afternoon of 24 hours": ("发布时间：2026年4月2日 下午16:05", "2026-04-02T16:05+08:00"),
    "an hour that is none": ("发布时间：2026年4月2日 25:61", "2026-04-02"),
    "single figures": ("发布时间：2026年4月2日8时3分", "2026-04-02T08:03+08:00"),
    "hours in words": ("发布时间：2026年4月2日上午九时三十分", "2026-04-02T09:30+08:00"),
    "published beside a period": ("发布时间：2026-04-02　报名时间：2026-04-05至2026-04-09", "2026-04-02"),
    "with a day of lapsing": ("发布时间：2026-04-02　有效期至：2027-04-02", "2026-04-02"),
    "public notice": ("公示时间：2026-04-05至2026-04-11", None),
    "public notice, one day": ("公示时间：2026-04-05", None),
    "enrolment": ("报名时间：2026年4月5日—9日", None),
    "opinions": ("征求意见时间：2026.04.05-2026.05.05　状态：已结束", None),
    "opinions until": ("意见征集截止日期：2026-05-05", None),
    "applications": ("申报期限：自2026年4月5日起", None),
    "bare period": ("2026-04-05 ～ 2026-04-09", None),
    "full-width nought in words": ("发布日期：二０二六年四月廿一日", "2026-04-21"),
    "an hour alone": ("发布时间：2026年4月2日 15时", "2026-04-02T15:00+08:00"),
    "noon alone": ("发布时间：2026年4月2日中午12点", "2026-04-02T12:00+08:00"),
    "a quarter": ("发布时间：2026年4月2日 下午3点1刻", "2026-04-02T15:15+08:00"),
    "hour in words alone": ("发布时间：2026年4月2日 上午九时", "2026-04-02T09:00+08:00"),
    "clicks are no hour": ("2026-04-02 15点击　来源：区防汛办", "2026-04-02"),
    "another zone": ("发布时间：2026-04-01T20:05:22Z", "2026-04-02T04:05+08:00"),
    "another zone, with fractions": ("发布时间：2026-04-02T01:05:22.000+0000", "2026-04-02T09:05+08:00"),
    "own zone": ("发布时间：2026-04-02T09:05:22+08:00", "2026-04-02T09:05+08:00"),
    "traditional": ("發佈日期：2026年4月2日", "2026-04-02"),
    "traditional, made public": ("公開時間：2026-04-02 15:05", "2026-04-02T15:05+08:00"),
    "period with days of the week": ("2026年4月5日（星期日）至4月11日（星期六）", None),
    "period, then published": ("公示期：2026年4月5日（周日）—4月11日　发布时间：2026年4月4日", "2026-04-04"),
    "hours of a meeting": ("时间：2026年4月5日9:00—11:00　地点：礼堂", None),
}


@pytest.mark.parametrize(("info", "day"), SHOWN.values(), ids=SHOWN.keys())
def test_the_day_of_publication(info: str, day: str | None) -> None:
    assert article(page(PROSE, info=info)).published_at == day


CARD = "<table><tr><td>索引号</td><td>000123456/2026-00017</td></tr><tr><td>发布日期</td><td>2026-04-02</td></tr></table>"


@pytest.mark.parametrize(
    ("rows", "day"),
    [
        ((("发布日期", "2026-04-02"), ("发文日期", "2026-03-28")), "2026-04-02"),
        ((("发文日期", "2026-03-28"), ("公开日期", "2026-04-02")), "2026-04-02"),
        ((("发文日期", "2026-03-28"), ("主题词", "防汛")), "2026-03-28"),
    ],
)
def test_the_day_of_publication_comes_before_the_day_of_sending(
    rows: tuple[tuple[str, str], ...], day: str
) -> None:
    card = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in rows)
    assert article(page(PROSE, before=f"<table>{card}</table>", info="")).published_at == day


@pytest.mark.parametrize(
    ("info", "day"),
    [
        ("时间：2026-04-02 16:05　来源：区防汛办", "2026-04-02T16:05+08:00"),
        ("2026-04-03 09:10　来源：区防汛办", "2026-04-03T09:10+08:00"),
        ("发布时间：2026年4月2日 下午4:05", "2026-04-02T16:05+08:00"),
        ("来源：区防汛办", "2026-04-02"),
    ],
)
def test_the_date_line_with_an_hour_says_more_than_the_day_of_a_card(info: str, day: str) -> None:
    assert article(page(PROSE, before=CARD, info=info)).published_at == day


READ = "2026-04-02T01:00:00.000Z"


@pytest.mark.parametrize(
    ("shown", "published", "flagged"),
    [
        ("2026-04-02 08:30", "2026-04-02T08:30+08:00", False),
        ("2026-04-03", "2026-04-03", False),
        ("2026-04-04", None, True),
        ("2036-04-02", None, True),
    ],
)
def test_a_date_to_come_is_flagged_and_not_believed(shown: str, published: str | None, flagged: bool) -> None:
    found = article(page(PROSE, info=f"发布时间：{shown}"), captured_at=READ)
    assert found.published_at == published and ("future_date" in found.flags) is flagged
    if flagged:
        assert shown in found.evidence["published_at"]


def test_nobody_knows_what_is_to_come_of_a_page_read_at_no_time() -> None:
    assert not is_future("2099-01-01", "") and not is_future(None, READ)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-04-02T01:00:00Z", "2026-04-02T09:00+08:00"),
        ("2026-04-02T20:00:00+00:00", "2026-04-03T04:00+08:00"),
        ("2026-04-02T09:00:00+0800", "2026-04-02T09:00+08:00"),
        ("2026-04-02 09:00:00", "2026-04-02T09:00+08:00"),
        ("20260402", "2026-04-02"),
    ],
)
def test_a_meta_date_may_name_its_zone(value: str, moment: str) -> None:
    assert claimed(value) == moment
