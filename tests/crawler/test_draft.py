"""``scrapy draft`` and ``scrapy probe`` over the replicas, and a draft's file used as it was written."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sqlite3
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scrapy.settings import Settings

from archive.errors import BadInput
from archive.model import Page
from archive.store.read.health import last_proved
from crawler.commands.draft import Command
from crawler.draft_text import draft_table, write
from crawler.drafting import Ask, draft, name_of
from crawler.looking import LookResult, needs_a_script
from crawler.probing import Fact, Probe, as_issue
from tests.archive.layouts import MadeArticle, items, made_articles, page
from tests.crawler.watching import HOME, Done, Ground
from tests.replicas import Replicas

LIST = "https://www.ndrc.gov.cn/xxgk/zcfb/tz/"


@pytest.fixture(scope="module")
def replicas() -> Iterator[Replicas]:
    with Replicas() as served:
        yield served


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of its own, so that what is written does not stand among the declared sites."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "scrapy.cfg").write_text("[settings]\ndefault = crawler.settings\n")
    (folder / "spiders").mkdir()
    (folder / "spiders" / "__init__.py").touch()
    return folder


def _run(replicas: Replicas, home: Path, *words: str) -> Done:
    told = {
        "SCRAPY_SETTINGS_MODULE": "crawler.settings",
        "YUANBEN_NOW": replicas.world.now,
        "PYTHONPATH": str(HOME),
    }
    command = [
        sys.executable,
        "-m",
        "scrapy",
        *words,
        "--archive",
        str(home / "a.db"),
        "-s",
        "ARCHIVE_DELAY=0",
    ]
    done = subprocess.run(
        command,
        cwd=home,
        env={**os.environ, **replicas.env(), **told},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def drafted(replicas: Replicas, home: Path) -> dict[str, Any]:
    replicas.forget()
    done = _run(replicas, home, "draft", LIST, "--name", "tried", "--write", "--json")
    assert done.code == 0, done.err
    return dict(done.json)


def test_a_draft_names_lists_articles_system_and_what_it_is_not_sure_of(drafted: dict[str, Any]) -> None:
    assert (drafted["name"], drafted["family"], drafted["charset"]) == ("tried", "trs", "utf-8")
    (one,) = drafted["lists"]
    assert len(one["rows"]) == 25 and all(row["date"] for row in one["rows"])
    assert (one["pager"]["kind"], one["pager"]["next"], one["pager"]["total"]) == (
        "script",
        "index_1.html",
        2,
    )
    assert "of them others" in one["pager"]["second"]
    assert [bool(article["published_at"]) for article in drafted["articles"]] == [True] * len(
        drafted["articles"]
    )
    assert drafted["rules"]["body"] == ["div.article_con"]
    assert set(drafted["sureness"]) == {"family", "lists", "grammar", "articles"}


def test_robots_are_asked_first_and_little_more_than_needed(
    drafted: dict[str, Any], replicas: Replicas
) -> None:
    asked = [one.url for one in replicas.requests()]
    assert asked[0].endswith("/robots.txt")
    assert len(asked) <= 7


def test_a_draft_run_unchanged_finds_the_articles(
    drafted: dict[str, Any], replicas: Replicas, home: Path
) -> None:
    assert Path(drafted["file"]) == home / "spiders" / "tried.py"
    saved = sorted(path.parent.name for path in (home / "tests/pages/tried").glob("*/page.json"))
    assert "list_1" in saved and "article_1" in saved
    done = _run(replicas, home, "watch", "tried", "--limit", "3", "--json")
    found = done.crawl("tried")
    assert (found["verdict"], found["outcomes"]["new"], found["outcomes"]["listing"]) == ("OK", 3, 2), (
        done.err
    )


def _served(pages: dict[str, str]) -> Ask:
    """Answer for a site of a few pages; what it does not have is a 404, ``!`` is trouble, ``@`` wants a Referer."""

    async def ask(url: str, *, referer: str = "") -> LookResult:
        if pages.get(url, "").startswith("@") and not referer:
            return LookResult(url=url, status=403, trouble="blocked", reason="http 403")
        text = pages.get(url)
        text = text.removeprefix("@") if text else text
        if text is None:
            return LookResult(url=url, status=404, trouble="http 404", reason="http 404")
        if text.startswith("!"):
            return LookResult(url=url, trouble=text[1:], reason="said so")
        return LookResult(
            url=url, status=200, page=Page(url=url, body=text.encode(), content_type="text/html")
        )

    return ask


ROOT = "https://www.some.gov.cn/"


def _site() -> dict[str, str]:
    dice = random.Random(5)
    rows = [
        MadeArticle(f"/zc/{7000 + n}.html", f"关于公布第{n}批名单的公告和说明", f"2026-03-{n:02d}")
        for n in range(1, 13)
    ]
    names = ("政策文件", "通知公告", "领导信息", "联系我们")
    nav = "".join(f"<li><a href='/{n}/'>{name}</a></li>" for n, name in enumerate(names))
    front = f"<html><title>首页-某市某局</title><body><ul class=nav>{nav}</ul><p>版权所有：某市某局</p></body></html>"
    return {ROOT: front, ROOT + "0/": page(items(rows, dice), dice), ROOT + "1/": "!challenge"}


def test_a_front_page_leads_to_its_columns_those_of_policy_first() -> None:
    made = asyncio.run(draft(_served(_site()), [ROOT]))
    assert [(one.url, len(one.reading.rows)) for one in made.lists] == [(ROOT + "0/", 12)]
    assert (made.name, made.publisher) == ("some", "某市某局")
    assert made.taken == made.rows == 12
    assert any("challenge" in words for words in made.troubles)
    assert any("http 404" in words for words in made.unsure), "the articles were not there"


def test_a_site_that_wants_a_referer_is_asked_with_its_own_and_the_draft_declares_it(tmp_path: Path) -> None:
    made = asyncio.run(draft(_served({url: "@" + text for url, text in _site().items()}), [ROOT]))
    assert made.referer == ROOT and len(made.lists) == 1
    assert f'referer="{ROOT}"' in Path(write(made, tmp_path, "2026-09-15")).read_text()


@pytest.mark.parametrize("trouble", ["robots", "blocked", "challenge", "shell", "unreachable"])
def test_a_site_that_cannot_be_seen_is_said_to(trouble: str, tmp_path: Path) -> None:
    made = asyncio.run(draft(_served({ROOT: "!" + trouble}), [ROOT]))
    assert not made.lists and ROOT in made.troubles[0] and "said so" in draft_table(made, None)
    with pytest.raises(BadInput, match="nothing is written"):
        write(made, tmp_path, "2026-09-15")
    assert list(tmp_path.iterdir()) == []


def test_a_draft_is_written_once_and_what_pages_say_stays_text(tmp_path: Path) -> None:
    made = asyncio.run(draft(_served(_site()), [ROOT]))
    made.publisher = '某局""" + exit() \\ \n"'
    made.unsure.append('"""\\N{BULLET}')
    file = write(made, tmp_path, "2026-09-15")
    compile(Path(file).read_text(), file, "exec")
    with pytest.raises(BadInput, match="--name"):
        write(made, tmp_path, "2026-09-15")


def test_a_probe_says_which_facts_hold_within_ten_requests_and_keeps_nothing(
    replicas: Replicas, tmp_path: Path
) -> None:
    ground = Ground(replicas, tmp_path / "none.db")
    replicas.forget()
    done = ground.run("probe", "mofcom", "--json")
    (one,) = done.json["probes"]
    assert (done.code, one["verdict"]) == (0, "holds"), done.err
    assert {fact["what"] for fact in one["facts"]} >= {"robots", "list", "article", "newest"}
    assert len(replicas.requests()) == one["requests"] <= 10
    assert not ground.path.exists()


def test_a_site_that_refuses_or_challenges_is_said_to() -> None:
    facts = [Fact(what="list", holds=False, said="no row | by rule", url="https://a.gov.cn/")]
    text = as_issue(Probe(site="a", publisher="某部", at="2026-09-15", facts=facts, asked=2))
    assert "| list | DEPARTS | no row \\| by rule | https://a.gov.cn/ |" in text


@pytest.mark.parametrize(
    ("html", "needs"),
    [
        ("<html><head><script src=a.js></script></head><body><div id=app></div></body></html>", True),
        (
            "<html><body><script>1</script>"
            + "<p>为做好有关工作，现将有关事项通知如下。</p>" * 20
            + "</body></html>",
            False,
        ),
        (
            "<html><body><ul><li><a href=1.html>甲</a><li><a href=2.html>乙</a></ul><script>1</script></body></html>",
            False,
        ),
        ("<html><script url='/x' querydata=\"{'pageType':'column'}\"></script></html>", False),
        ('[{"title": "甲"}]', False),
        ("", True),
    ],
    ids=["a shell", "text", "links", "a list by a unit script", "data", "nothing"],
)
def test_a_page_that_a_script_draws_is_known(html: str, needs: bool) -> None:
    assert (
        bool(needs_a_script(Page(url="https://a.gov.cn/", body=html.encode(), content_type="text/html")))
        is needs
    )


def test_a_site_is_proved_by_a_look_that_ended_well_and_by_nothing_else() -> None:
    db = sqlite3.connect(":memory:")
    db.row_factory = sqlite3.Row
    db.execute("create table crawls (site text, command text, finished_at text, verdict text)")
    rows = [
        ("a", "watch", "2026-09-15T01:00:00.000Z", "OK"),
        ("a", "watch", "2026-09-16T01:00:00.000Z", "BROKEN"),
        ("a", "replay", "2026-09-17T01:00:00.000Z", "OK"),
        ("b", "watch", "2026-09-16T01:00:00.000Z", "WARN"),
    ]
    db.executemany("insert into crawls values (?, ?, ?, ?)", rows)
    assert last_proved(db) == {"a": "2026-09-15T01:00:00.000Z"}


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("www.miit.gov.cn", "miit"),
        ("kw.beijing.gov.cn", "kw_beijing"),
        ("www.12371.cn", "site_12371"),
        ("gov.cn", "gov"),
    ],
)
def test_a_name_is_made_from_the_host(host: str, name: str) -> None:
    assert name_of(host) == name


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "give the address"),
        (("ftp://a.gov.cn/",), "http"),
        (("--pages", "/nowhere/at/all"), "is no folder"),
        (("--pages", ".", "https://a.gov.cn/"), "no address"),
    ],
    ids=["nothing", "no address", "no folder", "both"],
)
def test_a_mistake_is_said_in_one_line(words: tuple[str, ...], said: str) -> None:
    command, parser = Command(), ArgumentParser()
    command.settings = Settings()
    command.add_options(parser)
    opts, args = parser.parse_known_args(words)
    with pytest.raises(BadInput, match=said) as raised:
        command._draft(args, opts)
    assert "\n" not in str(raised.value)


def test_saved_pages_are_read_without_network(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url, dice = "https://www.some.gov.cn/zc/index.html", random.Random(2)
    (tmp_path / "one.html").write_text(page(items(made_articles(8, dice), dice), dice))
    (tmp_path / "index.jsonl").write_text(json.dumps({"id": "a", "file": "one.html", "url": url}))
    command, parser = Command(), ArgumentParser()
    command.settings = Settings()
    command.add_options(parser)
    assert command._draft([], parser.parse_args(["--pages", str(tmp_path), "--json"])) == 0
    (one,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (one["id"], one["kind"], len(one["rows"])) == ("a", "list", 8)
    assert set(one["rows"][0]) >= {"href", "title", "date"} and {"pager", "columns"} <= set(one)
