"""An address's identity is stable, and is never widened without a declaration."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import NotCanonical
from archive.model import Role, Site
from archive.urls import (
    LONGEST,
    canonical_url,
    first_part,
    gateway_origin,
    host_of,
    in_domains,
    is_article,
    is_attachment,
    kind_of,
    role_of,
    site_of,
)

SITE = Site(
    publisher="河湾市",
    role=Role.ORIGINAL,
    domains=("hewan.example.cn",),
    articles=(r"^https?://(?:www|m)\.hewan\.example\.cn/[^?#]*/\d+(?:_\d+)?\.shtml(?:\?|$)",),
    parts=((r"_\d+\.shtml$", ".shtml"),),
    canonical=((r"^https?://(?:www|m)\.", "https://www."), (r"\?.*$", "")),
)


@pytest.mark.parametrize(
    ("url", "known_as"),
    [
        pytest.param(
            "HTTP://WWW.Example.CN/A/b.html", "http://www.example.cn/A/b.html", id="case of the host"
        ),
        pytest.param("http://a.cn:80/x", "http://a.cn/x", id="default port"),
        pytest.param("https://a.cn:443/x", "https://a.cn/x", id="default port of https"),
        pytest.param("http://a.cn:443/x", "http://a.cn:443/x", id="the other scheme's port stays"),
        pytest.param("http://a.cn:8080/x", "http://a.cn:8080/x", id="a port of its own stays"),
        pytest.param("http://a.cn/x#top", "http://a.cn/x", id="fragment"),
        pytest.param("http://a.cn/v?id=3&cid=&id=4", "http://a.cn/v?id=3&cid=&id=4", id="query untouched"),
        pytest.param("http://a.cn/x?", "http://a.cn/x?", id="an empty query stays"),
        pytest.param("http://a.cn", "http://a.cn", id="an empty path stays"),
        pytest.param("http://a.cn/%e4%b8%ad/../x//y", "http://a.cn/%e4%b8%ad/../x//y", id="path untouched"),
        pytest.param(" http://a.cn/x\n", "http://a.cn/x", id="white space around"),
        pytest.param("http://政务.cn/x", "http://xn--zfr164b.cn/x", id="a name in characters"),
        pytest.param("http://[::1]:80/x", "http://[::1]/x", id="an address literal"),
        pytest.param("http://a.cn?x=1", "http://a.cn?x=1", id="a query without a path"),
    ],
)
def test_only_fragment_host_case_and_default_port_change(url: str, known_as: str) -> None:
    assert canonical_url(url) == known_as


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.cn/x",
        "javascript:alert(1)",
        "file:///etc/hostname",
        "/relative/path",
        "//a.cn/x",
        "",
        "http://",
        "http:///x",
        "http://[",
        "http://[::1",
        "http://a..cn/",
        "http://-a.cn/",
        "http://a.cn:99999/",
        "http://a.cn:x/",
        "http://a b.cn/",
        "http://evil.cn\\@a.cn/",
        "http://user:word@a.cn/",
        "http://a.cn/\x00",
        "http://a.cn/x\r\nSet-Cookie: y",
        "http://a.cn/\x1b[31m",
        "http://a.cn/\ud83d",
        "http://" + "a" * 64 + ".cn/",
        "http://a.cn/" + "x" * LONGEST,
    ],
)
def test_what_no_document_can_be_known_by_is_refused(url: str) -> None:
    with pytest.raises(NotCanonical):
        canonical_url(url)
    assert host_of(url) == ""
    assert not is_article(url, SITE)
    assert not is_attachment(url, SITE)
    assert not in_domains(url, ("a.cn", "evil.cn"))


def test_the_longest_address_is_still_kept() -> None:
    url = "http://a.cn/".ljust(LONGEST, "x")
    assert canonical_url(url) == url


@pytest.mark.parametrize(
    ("url", "known_as"),
    [
        ("http://m.hewan.example.cn/z/7.shtml?from=app", "https://www.hewan.example.cn/z/7.shtml"),
        ("http://www.hewan.example.cn/z/7_2.shtml", "https://www.hewan.example.cn/z/7_2.shtml"),
        ("http://m.hewan.example.cn/z/list.html?page=2", "http://m.hewan.example.cn/z/list.html?page=2"),
        (
            "http://www.hewan.example.cn.evil.cn/z/7.shtml?a",
            "http://www.hewan.example.cn.evil.cn/z/7.shtml?a",
        ),
    ],
    ids=[
        "mobile twin",
        "a further page keeps its number",
        "a list is not rewritten",
        "a stranger is not rewritten",
    ],
)
def test_a_declaration_rewrites_its_articles_only(url: str, known_as: str) -> None:
    assert canonical_url(url, SITE) == known_as


def test_the_pages_of_an_article_share_their_first_page() -> None:
    first = "https://www.hewan.example.cn/z/7.shtml"
    assert first_part("http://m.hewan.example.cn/z/7_12.shtml#x", SITE) == first
    assert first_part(first, SITE) == first


def test_domains_are_compared_by_labels() -> None:
    assert in_domains("https://www.miit.gov.cn/x", ("miit.gov.cn",))
    assert in_domains("https://MIIT.gov.cn./x", ("miit.gov.cn",))
    assert not in_domains("https://miit.gov.cn.evil.cn/x", ("miit.gov.cn",))
    assert not in_domains("https://fakemiit.gov.cn/x", ("miit.gov.cn",))
    assert not in_domains("https://miit.gov.cn@evil.cn/x", ("miit.gov.cn",))


def test_the_most_particular_site_wins() -> None:
    city = Site(publisher="市", role=Role.ORIGINAL, domains=("hewan.example.cn",))
    office = Site(publisher="市科技局", role=Role.ORIGINAL, domains=("kjj.hewan.example.cn",))
    sites = {"city": city, "office": office}
    assert site_of("https://kjj.hewan.example.cn/1", sites) == "office"
    assert site_of("https://www.hewan.example.cn/1", sites) == "city"
    assert site_of("https://example.cn/1", sites) is None
    assert site_of("no address", sites) is None


_near_addresses = st.one_of(
    st.text(max_size=60),
    st.builds(
        "{}://{}{}{}{}".format,
        st.sampled_from(["http", "HTTPS", "ftp"]),
        st.text(alphabet="aB.中-_[]@: \\%", max_size=12),
        st.sampled_from(["", ":80", ":443", ":8080", ":"]),
        st.text(alphabet="/aB.?#%中&=;\\", max_size=20),
        st.sampled_from(["", "#x", "?q#y"]),
    ),
    st.builds(
        "http{}://{}.Hewan.example.cn/{}/{}.shtml{}".format,
        st.sampled_from(["", "s"]),
        st.sampled_from(["www", "m", "x"]),
        st.text(alphabet="az/?#", max_size=6),
        st.sampled_from(["1", "22_3", "_4", "5_6_7"]),
        st.sampled_from(["", "?a=1", "#b", "?c#d"]),
    ),
)


@given(_near_addresses)
def test_a_canonical_address_is_stable_under_itself(url: str) -> None:
    for site in (None, SITE):
        try:
            once = canonical_url(url, site)
        except NotCanonical:
            continue
        assert canonical_url(once, site) == once
        assert once.isprintable() or not url.isprintable()
        assert first_part(first_part(once, SITE), SITE) == first_part(once, SITE)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://www.hewan.example.cn/gate/big5/www.hewan.example.cn/a/1.shtml", "https://www.hewan.example.cn/a/1.shtml"),
        ("http://big5.hewan.example.cn/gate/big5/www.hewan.example.cn/a/1.shtml", "https://www.hewan.example.cn/a/1.shtml"),
        ("https://www.hewan.example.cn/gate/big5/other.example.cn/a/1.shtml?x=1", "https://other.example.cn/a/1.shtml?x=1"),
        ("https://www.hewan.example.cn/gate/1.shtml", None),
        ("https://www.hewan.example.cn/a/1.shtml", None),
        ("javascript:void(0)", None),
    ],
    ids=["on the same host", "on its own host", "of another site", "no gateway", "an original", "no address"],
)  # fmt: skip
def test_a_gateway_names_the_original_and_is_never_it(url: str, origin: str | None) -> None:
    assert gateway_origin(url, SITE) == origin
    if origin:
        assert not is_article(url, SITE)
        assert kind_of(url, SITE) == "gateway"
        assert role_of(url, SITE) is Role.COPY
        assert canonical_url(url, SITE) == url
    else:
        assert role_of(url, SITE) is Role.ORIGINAL
