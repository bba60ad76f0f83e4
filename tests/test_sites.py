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

from archive.model import Article, Page, Role, Rows, Unreadable, site_from_json
from archive.urls import (
    canonical_url,
    first_part,
    gateway_origin,
    in_domains,
    is_article,
    kind_of,
    role_of,
    site_of,
)
from crawler.site import PolicySpider
from crawler.table import TableSpider
from tests.addresses import ADDRESSES, FOREIGN, Known

PAGES = Path(__file__).parent / "pages"
_loader = SpiderLoader.from_settings(Settings({"SPIDER_MODULES": ["spiders"]}))
assert _loader.list(), "no spider was found: is another package in the way?"
SPIDERS: dict[str, type[PolicySpider]] = {name: _loader.load(name) for name in sorted(_loader.list())}
SITES = {name: spider.site for name, spider in SPIDERS.items()}
SAVED = sorted(p.parent for p in PAGES.glob("[!_]*/*/page.json"))

_IDS = [known.url.rstrip("/").rpartition("/")[2] for known in ADDRESSES]


@pytest.mark.parametrize("known", ADDRESSES, ids=_IDS)
def test_a_real_address_is_matched_to_its_site_and_to_what_it_leads_to(known: Known) -> None:
    assert site_of(known.url, SITES) == known.site
    articles_of = [name for name, site in SITES.items() if is_article(known.url, site)]
    assert articles_of == ([known.site] if known.site and known.kind in ("article", "transcript") else [])
    if known.site:
        assert kind_of(known.url, SITES[known.site]) == known.kind


@pytest.mark.parametrize("known", [k for k in ADDRESSES if k.site], ids=[k.url for k in ADDRESSES if k.site])
def test_a_real_document_is_known_by_one_address(known: Known) -> None:
    site = SITES[known.site or ""]
    assert first_part(known.url, site) == (known.known_as or known.url)
    assert first_part(first_part(known.url, site), site) == first_part(known.url, site)
    assert kind_of(first_part(known.url, site), site) == known.kind


GATEWAYS = [k for k in ADDRESSES if k.kind == "gateway"]


@pytest.mark.parametrize("known", GATEWAYS, ids=[k.url for k in GATEWAYS])
def test_a_gateway_page_names_its_original_and_is_a_copy_never_merged_with_it(known: Known) -> None:
    site = SITES[known.site or ""]
    origin = gateway_origin(known.url, site)
    assert origin and is_article(origin, site)
    assert canonical_url(known.url, site) != canonical_url(origin, site)
    assert (role_of(known.url, site), role_of(origin, site)) == (Role.COPY, Role.ORIGINAL)


@pytest.mark.parametrize("url", FOREIGN)
def test_what_is_no_article_of_any_site_is_not_taken_for_one(url: str) -> None:
    assert [n for n, site in SITES.items() if is_article(url, site)] == []


def test_the_republishers_are_copies_and_the_others_originals() -> None:
    assert {name for name, site in SITES.items() if site.role is Role.COPY} == {"achie", "beijiang"}
    assert {site.role for site in SITES.values()} == {Role.COPY, Role.ORIGINAL}


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
    texts = ("title_suffixes", "closing", "answer", "script")
    selectors = [s for field, value in rules.items() if field not in texts for s in value]
    selectors += [s for one in site.listing for s in (one.rows, one.link, one.title, one.date, one.mark) if s]
    for selector in selectors:
        HTMLTranslator().css_to_xpath(selector.partition("::")[0])


@pytest.mark.parametrize("name", SPIDERS)
def test_a_spider_says_what_is_odd_when_it_was_seen_and_what_is_unconfirmed(name: str) -> None:
    module = importlib.import_module(SPIDERS[name].__module__)
    spider = SPIDERS[name]
    if issubclass(spider, TableSpider):
        assert spider.sure
        said = f"{spider.sure} {spider.__doc__}"
    else:
        said = module.__doc__ or ""
        assert SITES[name].domains[0] in said
    assert "20" in said.partition("\n")[0] or "reported" in said
    assert "unconfirmed" in said.lower()


@pytest.mark.parametrize("name", SPIDERS)
def test_every_site_has_saved_pages_of_both_kinds(name: str) -> None:
    folder = SPIDERS[name].like or name
    assert not SPIDERS[folder].like, "the site that another is like has pages of its own"
    kinds = {json.loads((d / "page.json").read_text())["kind"] for d in SAVED if d.parent.name == folder}
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
