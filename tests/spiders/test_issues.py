"""Whose document a number or an issuer's name belongs to, by the declarations of all sites."""

import pytest

from archive.store.write.works import _site_issuing
from crawler.reading import sites


@pytest.mark.parametrize(
    ("told", "site"),
    [
        ("商务部公告2026年第3号", "mofcom"),
        ("商资函〔2026〕12号", "mofcom"),
        ("商丘市人民政府", None),
        ("商政办〔2026〕5号", None),
        ("建办质〔2026〕8号", "mohurd"),
        ("建政办发〔2026〕8号", None),
        ("建德市人民政府", None),
        ("京政发〔2026〕1号", "beijing"),
        ("工信部联科〔2026〕9号", "miit"),
        ("国科发区〔2026〕2号", "most"),
        ("国发〔2026〕2号", "gov_cn"),
    ],
)
def test_number_or_name_belongs_to_the_body_it_begins_with(told: str, site: str | None) -> None:
    assert _site_issuing(told, sites()) == site
