"""Which lines of a robots.txt are ours: RFC 9309, sections 2.2.1 to 2.2.3."""

from __future__ import annotations

import pytest
from scrapy.http import Response

from crawler.robots import answer_of, rules_for, token

SITE = "http://www.example.cn"


def may(rules: str | bytes, path: str) -> bool:
    body = rules.encode() if isinstance(rules, str) else rules
    return answer_of(Response(f"{SITE}/robots.txt", body=body)).refusal(SITE + path) is None


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("yuanben", "yuanben"), ("Yuanben/0.1", "yuanben"), ("YUANBEN 2", "yuanben"), ("yuanben;", "yuanben"),
        ("yuanben*", "yuanben"), ("yuanben（原本）", "yuanben"), ("yuanben-news", "yuanben-news"),
        ("yuan_ben/1", "yuan_ben"), ("yuanben2", "yuanben"), ("*", "*"), (" * everybody", "*"),
        ("*bot", ""), ("2bot", ""), ("", ""), ("Mozilla/5.0 (compatible; yuanben/1)", "mozilla"),
    ],
)  # fmt: skip
def test_a_product_token_ends_at_the_first_character_that_no_token_has(value: str, named: str) -> None:
    assert token(value) == named


@pytest.mark.parametrize(
    "agent", ["yuanben", "yuanben/0.1", "Yuanben/2.0 (+http://x/)", "YUANBEN;q=1", "yuanben bot", "yuanben:x"]
)
def test_rules_for_us_are_ours_with_or_without_a_version(agent: str) -> None:
    rules = f"User-agent: {agent}\nDisallow: /x\n\nUser-agent: *\nDisallow: /y\n"
    assert not may(rules, "/x/1") and may(rules, "/y")


@pytest.mark.parametrize(
    "agent", ["yuan", "ben", "yuanbenbot", "yuanben-news/1.0", "yuanben_x", "bot yuanben", "y"]
)
def test_rules_for_others_whose_name_is_like_ours_are_not_ours(agent: str) -> None:
    rules = f"User-agent: {agent}\nDisallow: /x\n\nUser-agent: *\nDisallow: /y\n"
    assert may(rules, "/x/1") and not may(rules, "/y")


def test_all_groups_that_name_us_are_one() -> None:
    rules = (
        "User-agent: a\nUser-agent: yuanben\nDisallow: /1\n\nUser-agent: b\nDisallow: /2\n\n"
        "User-agent: YuanBen/3\nUser-agent: c\nDisallow: /3\n\nUser-agent: *\nDisallow: /\n"
    )
    assert [may(rules, f"/{n}") for n in range(5)] == [True, False, True, False, True]


def test_lines_that_are_no_rules_neither_end_nor_begin_a_group() -> None:
    rules = (
        "Disallow: /nobody\nUser-agent: a\nSitemap: http://x/s.xml\nFoo: bar\n\n# more\nUser-agent: yuanben\n"
        "Disallow: /1\nSitemap: /2\nDisallow: /3 # because\n"
    )
    assert [may(rules, path) for path in ("/nobody", "/1", "/2", "/3", "/3x")] == [
        True, False, True, False, False,
    ]  # fmt: skip


def test_a_group_of_ours_without_rules_allows_everything() -> None:
    assert may("User-agent: *\nDisallow: /\n\nUser-agent: yuanben\nDisallow:\n", "/a")
    assert may("User-agent: *\nDisallow: /\n\nUser-agent: yuanben/1\n", "/a")


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("Disallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("Allow: /a/b\nDisallow: /a", "/a/c", False),
        ("Disallow: /a/b/c\nAllow: /a/b", "/a/b/c", False),
        ("Disallow: /a\nAllow: /a", "/a", True),
        ("Disallow: /*.pdf$\nAllow: /", "/x/y.pdf", False),
        ("Disallow: /*.pdf$\nAllow: /", "/x/y.pdf?1", True),
        ("Disallow: /通知/", "/%E9%80%9A%E7%9F%A5/1.html", False),
        ("Disallow: /%E9%80%9A%E7%9F%A5/", "/%e9%80%9a%e7%9f%a5/1.html", False),
        ("Disallow: /a%3Cd", "/a%3cd", False),
        ("Disallow: /a%2Fb", "/a/b", True),
        ("Disallow: /~user", "/%7Euser/x", False),
        ("Disallow: /x?id=", "/x?id=7", False),
        ("DISALLOW : /Up", "/Up", False),
        ("Disallow: /Up", "/up", True),
        ("Disallow /blank", "/blank", False),
    ],
)
def test_the_longest_rule_decides_however_its_path_is_written(rules: str, path: str, allowed: bool) -> None:
    assert may(f"User-agent: yuanben\n{rules}\n", path) is allowed


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"", b"\xef\xbb\xbf\xef\xbb\xbf", b"\n\n"])
def test_what_stands_before_the_first_line_hides_it_not(mark: bytes) -> None:
    assert not may(mark + b"User-agent: yuanben/0.1\rDisallow: /x\r", "/x")


def test_robots_txt_itself_is_always_allowed_and_a_file_without_groups_forbids_nothing() -> None:
    assert may("User-agent: *\nDisallow: /\n", "/robots.txt")
    assert rules_for("Disallow: /\nnothing here", "yuanben") == ""
