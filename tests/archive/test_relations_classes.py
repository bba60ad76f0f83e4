"""What class of document a title makes it."""

from __future__ import annotations

import pytest

from archive.relations import CLASSES, class_of


@pytest.mark.parametrize(
    ("title", "number", "expected"),
    [
        ("中华人民共和国渔业法", None, "law"),
        ("海州市渔港管理条例", None, "regulation"),
        ("渔港管理规定", "交通运输部令2019年第5号", "rules"),
        ("海州市政府关于印发渔港管理办法的通知", "海府规〔2021〕3号", "normative"),
        ("关于促进渔业发展的若干意见", "海府〔2021〕3号", "normative"),
        ("关于召开年度工作会的通知", None, "notice"),
        ("市水务局召开年度渔业工作会议", None, "conference"),
        ("关于做好汛期值班的通知", "海府办函〔2021〕3号", "notice"),
        ("拟认定渔业企业名单公示", None, "announcement"),
        ("海州市关于印发“十四五”渔业规划的通知", None, "plan"),
        ("关于公开征求《渔港条例（征求意见稿）》意见的公告", None, "draft"),
        ("《渔港条例》解读", None, "interpretation"),
        ("水务局负责人就渔港条例答记者问", None, "interpretation"),
        ("在全市渔业工作会议上的讲话", None, "speech"),
        ("2024年1—6月渔业经济运行情况", None, "statistics"),
        ("海州湾", None, "other"),
    ],
)
def test_a_title_makes_a_class(title: str, number: str | None, expected: str) -> None:
    assert class_of(title, number=number) == expected
    assert expected in CLASSES


def test_a_card_outweighs_the_title() -> None:
    assert class_of("渔港办法", kind="部门规章") == "rules"


def test_a_report_is_told_by_its_first_words() -> None:
    assert class_of("渔港焕新颜", text="本报讯 海州港昨日开渔。") == "news"
