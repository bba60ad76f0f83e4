"""One document at several addresses: what ties it, what must not, and who is told to have issued it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive.collate.sameness import Identity, shared_part
from archive.model import Role
from archive.store.read.history import history
from archive.store.write.works import works
from tests.archive.desk import PARAGRAPHS, SITE, Desk, html, replaced

NUMBER = "示政发〔2026〕18号"
TITLE = "示例市人民政府关于做好公共数据资源登记工作的通知"
CITY = replace(SITE, publisher="示例市人民政府", domains=("city.example",), issues=("示例市人民政府", "示政"))
PORTAL = replace(SITE, publisher="示例门户", domains=("portal.example",), articles=(r"/\w+/\w+\.html$",))
MIRROR = replace(SITE, publisher="某转载网", role=Role.COPY, domains=("mirror.example",))
SITES = {"city": CITY, "portal": PORTAL, "mirror": MIRROR, "bureau": SITE}
OWN = "https://www.city.example/a/notice.html"
FORMAL = "https://www.portal.example/formal/one.html"
LIBRARY = "https://www.portal.example/library/two.html"
GATEWAY = "https://big5.portal.example/gate/big5/www.portal.example/formal/one.html"
# As the gateway writes it: other characters, and other words for 数据, 登记 and 窗口 where Taiwan has its own.
LOCALISED = (
    "為進一步規範本地區公共資料資源登記工作，現將有關事項通知如下，請各單位結合實際認真貫徹執行。",
    "各單位應當於每年三月底前完成上一年度的登記核對，登記總量不低於1.5萬條，差錯率不超過5%。",
    "對未按要求登記的單位，由主管部門責令限期改正；逾期不改正的，予以通報並納入年度考覈結果。",
    "登記材料實行一次性告知制度，受理視窗不得要求申請人提供法律法規規定以外的其他證明文件。",
    "本通知自印發之日起施行，有效期三年，此前有關規定與本通知不一致的，以本通知為準執行。",
)


def page(*paragraphs: str, number: str = NUMBER, title: str = TITLE) -> bytes:
    return html(number, *(paragraphs or PARAGRAPHS), title=title)


@pytest.fixture
def desk() -> Desk:
    desk = Desk(sites=SITES)
    for name in ("city", "portal", "mirror"):
        desk.archive.ensure_rules(name)
    return desk


def see(desk: Desk, body: bytes, day: int, url: str, site: str) -> None:
    desk.see(body, f"2026-04-{day:02}T08:00:00", url=url, site=site)


def tied(desk: Desk) -> list[tuple[int, str, int]]:
    rows = desk.rows("select work, url, is_issuer from works order by document")
    return [tuple(row) for row in rows]


def test_the_copies_of_one_document_are_one_work_and_the_issuing_body_s_is_named(desk: Desk) -> None:
    see(desk, page(), 1, FORMAL, "portal")
    assert tied(desk) == []
    see(desk, page(), 2, LIBRARY, "portal")
    see(desk, page(title="关于做好公共数据资源登记工作的通知"), 3, OWN, "city")
    assert tied(desk) == [(1, FORMAL, 0), (1, LIBRARY, 0), (1, OWN, 1)]
    assert desk.column("select count(*) from documents") == [3], "the documents stay documents of their sites"
    assert desk.one("select issuer_url from (select url as issuer_url from works where is_issuer)") == OWN


def test_every_address_of_a_work_is_told_with_its_times_whichever_one_is_asked(desk: Desk) -> None:
    see(desk, page(), 1, FORMAL, "portal")
    see(desk, page(), 2, OWN, "city")
    see(desk, page(), 5, OWN, "city")
    story = history(desk.db, 1)
    assert [(a["url"], a["from"][8:10], a["to"][8:10], a["document"]) for a in story["addresses"]] == [
        (FORMAL, "01", "01", 1),
        (OWN, "02", "05", 2),
    ]
    assert [one["url"] for one in story["works"]] == [OWN, FORMAL], "the issuing body's comes first"
    assert [a["url"] for a in history(desk.db, 2)["addresses"]] == [OWN, FORMAL]
    assert desk.column('select url from work_addresses order by "from"') == [FORMAL, OWN]


def test_a_gateway_s_copy_is_known_by_its_words_put_as_the_mainland_does(desk: Desk) -> None:
    see(desk, page(), 1, FORMAL, "portal")
    title = "示例市人民政府關於做好公共資料資源登記工作的通知"
    see(desk, page(*LOCALISED, number="示政發〔2026〕18號", title=title), 2, GATEWAY, "portal")
    assert tied(desk) == [(1, FORMAL, 0), (1, GATEWAY, 0)]
    assert [one["role"] for one in works(desk.db, 1)] == ["original", "copy"]


ANOTHER = (
    "市属各企业要在六月底前完成安全生产隐患排查，并将台账报送主管部门，逾期未报的予以通报批评。",
    "排查范围包括配电室、锅炉房、仓库和员工宿舍，整改率应当达到百分之百，重大隐患实行挂牌督办。",
)
QUOTING = f"现将《{TITLE}》（{NUMBER}）转给你们，请遵照执行。执行中的问题请于五月十日前书面反馈。"
UNTIED = {
    "another text under the same number and title": page(*ANOTHER),
    "another number over the same text": page(number="示政发〔2026〕19号"),
    "no number at all": html(*PARAGRAPHS, title=TITLE),
    "a short notice that quotes the number": html(QUOTING, title=f"转发《{TITLE}》的通知（{NUMBER}）"),
    "a notice that hands it on under the whole title": page(title=f"示例区人民政府转发{TITLE}"),
    "an explanation of it": page(*PARAGRAPHS[:3], title="《关于做好公共数据资源登记工作的通知》解读"),
    "a draft of it": page(title="关于做好公共数据资源登记工作的通知（征求意见稿）"),
    "a page that says only where the file is": page("全文见附件。"),
}


@pytest.mark.parametrize("body", UNTIED.values(), ids=UNTIED)
def test_what_only_looks_like_the_document_is_not_tied(desk: Desk, body: bytes) -> None:
    see(desk, page(), 1, FORMAL, "portal")
    see(desk, body, 2, OWN, "city")
    assert desk.one("select count(*) from documents where current is not null") == 2
    assert tied(desk) == []


def test_a_republisher_s_copy_is_no_address_of_the_work(desk: Desk) -> None:
    see(desk, page(), 1, FORMAL, "portal")
    see(desk, page(), 2, "https://www.mirror.example/a/seen.html", "mirror")
    see(desk, page(), 3, "https://unknown.example/a/kept.html", "unknown.example")
    assert tied(desk) == []


def test_the_same_address_alone_ties_nothing(desk: Desk) -> None:
    see(desk, html(title="要闻一则"), 1, FORMAL, "portal")
    see(desk, html(*ANOTHER, title="另一则要闻"), 2, GATEWAY, "portal")
    assert tied(desk) == []


def test_a_tie_ends_when_what_stands_there_is_no_longer_the_document(desk: Desk) -> None:
    for day, url in enumerate((FORMAL, LIBRARY), 1):
        see(desk, page(), day, url, "portal")
    see(desk, page(), 3, OWN, "city")
    see(desk, page(*ANOTHER, *PARAGRAPHS[:1], number="示政发〔2026〕20号"), 4, FORMAL, "portal")
    assert tied(desk) == [(2, LIBRARY, 0), (2, OWN, 1)]
    see(desk, page(), 9, FORMAL, "portal")
    assert [work for work, _, _ in tied(desk)] == [1, 1, 1]


def test_one_edited_figure_leaves_it_the_same_work(desk: Desk) -> None:
    see(desk, page(), 1, FORMAL, "portal")
    see(desk, page(*replaced("5%", "6%")), 2, OWN, "city")
    assert len(tied(desk)) == 2 and 0.8 < desk.one("select held from ties") < 1


TEXT = "\n".join(PARAGRAPHS)
TITLES = {
    "the same": (TITLE, TITLE, True),
    "a number at its end": (TITLE, f"{TITLE}（{NUMBER}）", True),
    "marks and spaces": ("关于印发《数据 登记办法》的通知", "关于印发“数据登记办法”的通知", True),
    "the issuer left out": ("甲部等七部门关于推动数据登记工作的意见", "关于推动数据登记工作的意见", True),
    "the notice and what it issues": ("甲部关于印发《数据登记管理办法》的通知", "数据登记管理办法", True),
    "an issuer that hands it on": (
        "乙市转发甲部关于推动数据登记工作的意见",
        "关于推动数据登记工作的意见",
        False,
    ),
    "another matter": ("甲部关于推动数据登记工作的意见", "甲部关于推动数据销毁工作的意见", False),
    "too little matter": ("甲部关于登记", "乙部关于登记", False),
    "no title": ("", "", False),
}


@pytest.mark.parametrize(("one", "other", "same"), TITLES.values(), ids=TITLES)
def test_titles_agree_when_they_name_one_document(one: str, other: str, same: bool) -> None:
    share = shared_part(Identity(NUMBER, one, TEXT), Identity(NUMBER, other, TEXT))
    assert (share == 1.0) if same else (share is None)


def test_an_order_of_the_state_council_is_known_in_each_spelling() -> None:
    ones = ("国令第845号", "国务院令第845号", "中华人民共和国国务院令第845号")
    assert all(
        shared_part(Identity(one, TITLE, TEXT), Identity(other, TITLE, TEXT))
        for one in ones
        for other in ones
    )
    assert shared_part(Identity("某省令第845号", TITLE, TEXT), Identity(ones[0], TITLE, TEXT)) is None


def test_a_title_made_to_be_slow_takes_no_time() -> None:
    hostile = "关于印发" * 20_000 + "（" * 20_000 + "〔2026〕1号"
    assert shared_part(Identity(NUMBER, hostile, TEXT), Identity(NUMBER, "关于" * 40_000, TEXT)) is None
