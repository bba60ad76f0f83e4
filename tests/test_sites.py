"""What must hold for every declared site, whoever adds it: its grammar, its saved pages, its file."""

from __future__ import annotations

import dataclasses
import importlib
import json
from pathlib import Path
from typing import Any

import pytest
from cssselect import HTMLTranslator
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from archive.models import Article, Page, Rows, Unreadable, site_from_json
from archive.urls import canonical_url, first_part, in_domains, is_article, is_attachment, site_of
from crawler.site import PolicySpider

PAGES = Path(__file__).parent / "pages"
_loader = SpiderLoader.from_settings(Settings({"SPIDER_MODULES": ["spiders"]}))
assert _loader.list(), "no spider was found: is another package in the way?"
SPIDERS: dict[str, type[PolicySpider]] = {name: _loader.load(name) for name in sorted(_loader.list())}
SITES = {name: spider.site for name, spider in SPIDERS.items()}
SAVED = sorted(p.parent for p in PAGES.glob("*/*/page.json"))

# Real addresses (they are facts): which site's article each is, and the address it is known by.
MIIT, GOV, MOST = "https://www.miit.gov.cn", "https://www.gov.cn", "https://www.most.gov.cn"
REAL = [
    ("miit", f"{MIIT}/zwgk/zcwj/wjfb/tz/art/2024/art_aab179dea60b4b77a05070e796c4c994.html", ""),
    ("miit", f"{MIIT}/zwgk/zcwj/wjfb/tz/art/2024/art_fb72ba03c3f441a28ed521c4debc492a.html", ""),
    ("miit", f"{MIIT}/zwgk/zcwj/wjfb/tz/art/2024/art_b9415a5455934902b04961909b1c2873.html", ""),
    ("miit", f"{MIIT}/gzcy/yjzj/art/2026/art_cb9cca921b2946c595d897b14bf520a6.html", ""),
    ("miit", f"{MIIT}/gxsj/tjfx/rjy/art/2026/art_3588c41c7dd34514868a93b3cb2c020c.html", ""),
    ("miit", f"{MIIT}/xwfb/bldhd/art/2026/art_0bd2e5ee157f46d4b97a449c235f3747.html", ""),
    ("miit", f"{MIIT}/jgsj/zbys/gzdt/art/2020/art_9f09e324e0064eb6ac473ff2949f699c.html", ""),
    (
        "miit",
        "https://wap.miit.gov.cn/zwgk/zcwj/wjfb/tz/art/2024/art_4ce8d09c15ee4fb1aefc3d5dfbbb6584.html",
        f"{MIIT}/zwgk/zcwj/wjfb/tz/art/2024/art_4ce8d09c15ee4fb1aefc3d5dfbbb6584.html",
    ),
    (
        "miit",
        "http://wap.miit.gov.cn/jgsj/zbys/qcgy/art/2026/art_a1d2072374884287b67048a77560014e.html",
        f"{MIIT}/jgsj/zbys/qcgy/art/2026/art_a1d2072374884287b67048a77560014e.html",
    ),
    ("most", f"{MOST}/tztg/202609/t20260908_197283.html", ""),
    ("most", f"{MOST}/kjbgz/202607/t20260710_197036.html", ""),
    ("most", f"{MOST}/xxgk/xinxifenlei/fdzdgknr/fgzc/bmgz/202306/t20230601_186416.html", ""),
    (
        "most",
        "http://www.most.gov.cn/kjbgz/201711/t20171121_136336.htm",
        f"{MOST}/kjbgz/201711/t20171121_136336.htm",
    ),
    ("gov_cn", f"{GOV}/zhengce/content/202609/content_7080735.htm", ""),
    ("gov_cn", f"{GOV}/zhengce/zhengceku/202411/content_6986383.htm", ""),
    ("gov_cn", f"{GOV}/gongbao/2025/issue_12406/202511/content_7048922.html", ""),
    ("gov_cn", f"{GOV}/zhengce/content/2020-11/24/content_5563804.htm", ""),
    ("gov_cn", f"{GOV}/yaowen/liebiao/202306/content_6888910.htm", ""),
    ("gov_cn", f"{GOV}/zccfh/2026nzccfh/20260608/wzsl/202606/content_7071439.htm", ""),
    (
        "gov_cn",
        "http://www.gov.cn/zhengce/zhengceku/2020-01/27/content_5472352.htm",
        f"{GOV}/zhengce/zhengceku/2020-01/27/content_5472352.htm",
    ),
    ("chinanews", "https://www.chinanews.com.cn/gn/2026/06-16/10641095.shtml", ""),
    (
        "chinanews",
        "http://www.chinanews.com.cn/gn/2025/05-22/10419994.shtml",
        "https://www.chinanews.com.cn/gn/2025/05-22/10419994.shtml",
    ),
    (
        "chinanews",
        "http://www.chinanews.com/gn/2025/05-22/10419994_3.shtml?from=app#top",
        "https://www.chinanews.com.cn/gn/2025/05-22/10419994.shtml",
    ),
]
FOREIGN = [
    "https://big5.www.gov.cn/gate/big5/www.gov.cn/zhengce/zhengceku/202411/content_6986383.htm",
    "https://www.miit.gov.cn.evil.cn/xwfb/szyw/art/2026/art_3588c41c7dd34514868a93b3cb2c020c.html",
    "https://www.miit.gov.cn/n1146295/n1652858/n1652930/c7485448/content.html",
    "https://bjca.miit.gov.cn/zwgk/art/2026/art_3588c41c7dd34514868a93b3cb2c020c.html",
    "https://zgkjsz.com/page/2018/0228/16484491.shtml",
    "http://www.scio.gov.cn/live/2024/34875/",
    "https://www.beijing.gov.cn/zhengce/zhengcefagui/202411/t20241115_3942264.html",
    "https://www.gov.cn/zhengce/",
    "https://www.chinanews.com.cn/world.shtml",
]
FILES = [
    ("miit", f"{MIIT}/cms_files/filemanager/1226211233/attach/20253/3ddfcafcac6d410f990d75b85b508b22.pdf"),
    ("most", f"{MOST}/tztg/202312/W020231221620858841394.pdf"),
    ("gov_cn", f"{GOV}/zhengce/zhengceku/202407/P020240731502013926154.pdf?v=2"),
    ("miit", f"{MIIT}/cms_files/filemanager/oldfile/miit/n1146285/c7485448/part/7485456.DOC"),
]


@pytest.mark.parametrize(("name", "url", "known_as"), REAL, ids=[u.rpartition("/")[2] for _, u, _ in REAL])
def test_a_real_article_is_known_by_one_address(name: str, url: str, known_as: str) -> None:
    site = SITES[name]
    assert is_article(url, site)
    assert first_part(url, site) == (known_as or url)
    assert first_part(first_part(url, site), site) == first_part(url, site)
    assert site_of(url, SITES) == name
    assert [n for n, other in SITES.items() if is_article(url, other)] == [name]


@pytest.mark.parametrize("url", FOREIGN)
def test_what_is_no_article_of_any_site_is_not_taken_for_one(url: str) -> None:
    assert [n for n, site in SITES.items() if is_article(url, site)] == []


@pytest.mark.parametrize(("name", "url"), FILES)
def test_an_attached_file_is_known_by_its_ending(name: str, url: str) -> None:
    assert is_attachment(url, SITES[name])
    assert not is_article(url, SITES[name])
    assert canonical_url(url, SITES[name]) == url


@pytest.mark.parametrize("name", SPIDERS)
def test_a_declaration_is_consistent_with_itself(name: str) -> None:
    site, spider = SITES[name], SPIDERS[name]
    assert spider.name == name
    assert spider.__name__ == "".join(word.title() for word in name.split("_")) + "Spider"
    assert site.listings and site.articles
    assert len(set(site.listings)) == len(site.listings)
    assert all(in_domains(url, site.domains) for url in site.listings)
    assert not any(is_article(url, site) for url in site.listings)
    assert all(canonical_url(url, site) == url for url in site.listings)
    assert site_from_json(site.to_json()) == site


@pytest.mark.parametrize("name", SPIDERS)
def test_every_selector_of_a_declaration_can_be_used(name: str) -> None:
    site = SITES[name]
    rules = dataclasses.asdict(site.rules)
    selectors = [s for field, value in rules.items() if field != "title_suffixes" for s in value]
    selectors += [s for one in site.listing for s in (one.rows, one.link, one.title, one.date) if s]
    for selector in selectors:
        HTMLTranslator().css_to_xpath(selector.partition("::")[0])


@pytest.mark.parametrize("name", SPIDERS)
def test_a_spider_says_what_is_odd_when_it_was_seen_and_what_is_unconfirmed(name: str) -> None:
    said = importlib.import_module(SPIDERS[name].__module__).__doc__ or ""
    assert SITES[name].domains[0] in said
    assert "20" in said.partition("\n")[0] or "reported" in said
    assert "unconfirmed" in said


@pytest.mark.parametrize("name", SPIDERS)
def test_every_site_has_saved_pages_of_both_kinds(name: str) -> None:
    kinds = {json.loads((d / "page.json").read_text())["kind"] for d in SAVED if d.parent.name == name}
    assert kinds == {"article", "listing"}


@pytest.mark.parametrize("folder", SAVED, ids=[f"{d.parent.name}/{d.name}" for d in SAVED])
def test_a_saved_page_is_read_as_expected(folder: Path) -> None:
    spider = SPIDERS[folder.parent.name]
    meta = json.loads((folder / "page.json").read_text())
    page = _page(folder, meta)
    read = spider.parse_article(page) if meta["kind"] == "article" else spider.parse_listing(page)
    found, expected = _plain(read), folder / "expected.json"
    if not expected.exists():
        expected.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
        pytest.fail(f"{expected} is new: look at it, then run the tests again")
    wanted = json.loads(expected.read_text())
    assert {key: found.get(key) for key in wanted} == wanted


def _page(folder: Path, meta: dict[str, Any]) -> Page:
    kind = meta["content_type"]
    return Page(
        url=meta["url"],
        body=(folder / meta.get("body", "page.html")).read_bytes(),
        content_type=kind,
        parts=tuple((url, (folder / name).read_bytes(), kind) for url, name in meta.get("parts", ())),
    )


def _plain(read: Article | Rows | Unreadable) -> dict[str, Any]:
    """Return what was read as JSON knows it; what was removed by kind only, its wording is the reader's."""
    plain = json.loads(json.dumps(dataclasses.asdict(read), ensure_ascii=False))
    for key in ("evidence", "removed"):
        plain.pop(key, None)
    return {"is": type(read).__name__, **plain}
