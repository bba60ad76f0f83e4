"""Document numbers and dates: what their grammar takes, and which one on a page is the page's own."""

from __future__ import annotations

import pytest

from archive.extract.notation import normal_number, number_in_body, number_in_title, parse_date

NUMBERS = {
    "六角括号": ("国办发〔2017〕47号", "国办发〔2017〕47号"),
    "square brackets": ("税委会[2000]17号", "税委会〔2000〕17号"),
    "black brackets": ("财科教【2017】6号", "财科教〔2017〕6号"),
    "a space before 号": ("工信部节〔2024〕13 号", "工信部节〔2024〕13号"),
    "a telegram": ("国办发明电〔2024〕12号", "国办发明电〔2024〕12号"),
    "Traditional": ("京政發〔2016〕44號", "京政发〔2016〕44号"),
    "第": ("某府规（2021）第7号", "某府规〔2021〕7号"),
    "an order": ("国令第845号", "国令第845号"),
    "an order of a year": ("2026年第45号令", "2026年第45号令"),
    "an announcement": ("2015年第5号公告", "2015年第5号公告"),
    "a sentence": ("根据国办发〔2017〕47号要求", None),
    "a year alone": ("2024年", None),
    "words": ("见附件", None),
}


@pytest.mark.parametrize(("text", "number"), NUMBERS.values(), ids=NUMBERS.keys())
def test_a_number_is_brought_to_one_form(text: str, number: str | None) -> None:
    assert normal_number(text) == number


def test_a_number_in_the_title_stands_in_brackets_at_its_end() -> None:
    assert number_in_title("关于印发某办法的通知（某府办规〔2021〕7号）") == "某府办规〔2021〕7号"
    assert number_in_title("关于废止某府办规〔2021〕7号文件的通知") is None


BODIES = {
    "alone on its line": (
        ["某省人民政府办公厅文件", "某政办发〔2024〕3号", "各市人民政府："],
        "某政办发〔2024〕3号",
    ),
    "cited in a sentence": (["各市人民政府：", "根据《通知》（国办发〔2023〕9号）要求，现通知如下。"], None),
    "an order in two lines": (
        ["某市人民政府令", "第12号", "《某办法》已经审议通过，现予公布。"],
        "某市人民政府令第12号",
    ),
    "the note of a promulgation": (
        ["（2021年3月2日中华人民共和国国务院令第746号公布 自2022年起施行）", "第一章 总则"],
        "国务院令第746号",
    ),
    "far down the text": (["第一段。"] * 20 + ["某政发〔2024〕3号"], None),
}


@pytest.mark.parametrize(("lines", "number"), BODIES.values(), ids=BODIES.keys())
def test_only_the_documents_own_number_is_taken(lines: list[str], number: str | None) -> None:
    assert number_in_body(lines) == number


DATES = {
    "hyphens": ("2024-05-07", "2024-05-07"),
    "with time": ("2024-05-07 15:30:12", "2024-05-07T15:30+08:00"),
    "Chinese": ("2024年5月7日", "2024-05-07"),
    "no space before the hour": ("2019年06月15日08:18", "2019-06-15T08:18+08:00"),
    "dots": ("2026.07.08", "2026-07-08"),
    "slashes": ("2026/7/31", "2026-07-31"),
    "Chinese hours": ("2020年09月15日 09时32分", "2020-09-15T09:32+08:00"),
    "a weekday between": ("2024年5月7日 星期二 15:30", "2024-05-07T15:30+08:00"),
    "no such day": ("2024-02-30", None),
    "no such month": ("2024-13-01", None),
    "a longer number": ("120240507", None),
    "no date": ("今天上午", None),
}


@pytest.mark.parametrize(("text", "day"), DATES.values(), ids=DATES.keys())
def test_a_date_is_read_or_is_none(text: str, day: str | None) -> None:
    assert parse_date(text) == day
