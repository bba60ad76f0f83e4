"""A declaration that cannot be used is one line: the file, the site or line, the field, and the nearest right word."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from scrapy.settings import Settings

from archive.errors import BadInput
from crawler.loading import Loader
from crawler.table import SYSTEMS, spiders_of
from tests.crawler.watching import HOME, Ground
from tests.replicas import Replicas

ROW = '[county]\npublisher = "某县"\nbase = "https://www.county.example"\nlists = ["/tzgg/"]\n'
TABLES = {
    "a field": ('publishr = "某县"', r'\[county\]: no field "publishr" — did you mean "publisher"\?'),
    "a field of a list": ('rows = [{ rows = "li", dat = "span" }]', r'\[county\].rows: no field "dat" — did you mean "date"\?'),
    "a field of what is expected": ("expects = { article = 3 }", r'.expects: no field "article" — did you mean "articles"\?'),
    "a field of an earlier form": ('earlier = [{ until = "2026-01-01", bodi = ["#a"] }]', r'.earlier: no field "bodi" — did you mean "body"\?'),
    "a system": ('system = "hanwep"', r'no system "hanwep" — did you mean "hanweb"\?'),
    "one value for several": ('body = "#zoom"', r'"body" holds several — write body = \[\'#zoom\'\]'),
    "a bad pattern": ("articles = ['(']", r"\[county\]: Site.articles: '\(' is no regular expression"),
    "no such day": ('earlier = [{ until = "2026-02-31" }]', r"\[county\]: Earlier.until"),
    "no day": ("earlier = [{ body = ['#a'] }]", r"\[county\]: 'until' is missing"),
    "no such role": ('role = "orginal"', r"\[county\]: 'orginal' is not a valid Role"),
    "no TOML": ("body = [", r"cannot be read as TOML"),
    "something like nothing": ('xyzzy = "a"', r'no field "xyzzy" — there are: answer, articles, '),
}  # fmt: skip


@pytest.mark.parametrize(("line", "said"), TABLES.values(), ids=TABLES)
def test_a_table_says_what_is_wrong_in_it(tmp_path: Path, line: str, said: str) -> None:
    table = tmp_path / "counties.toml"
    trs = "" if "system" in line else 'system = "trs"\n'
    table.write_text(ROW + trs + line + "\n")
    with pytest.raises(BadInput, match=said) as caught:
        spiders_of(table, __name__)
    assert f"{tmp_path.name}/counties.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_site_without_an_address_or_a_grammar_says_what_is_missing(tmp_path: Path) -> None:
    table = tmp_path / "counties.toml"
    table.write_text('[county]\npublisher = "某县"\nsystem = "trs"\n')
    with pytest.raises(BadInput, match="'base' is missing"):
        spiders_of(table, __name__)
    table.write_text(ROW)
    with pytest.raises(BadInput, match="'articles' is missing"):
        spiders_of(table, __name__)


MODULES = {
    "a field of the site": ("Site(publishr='a', role=Role.COPY, domains=('a.cn',))", 'Site has no field "publishr" — did you mean "publisher"?'),
    "a field of the rules": ("Rules(bodi=())", 'Rules has no field "bodi" — did you mean "body"?'),
    "a field that is missing": ("Site(publisher='a', domains=('a.cn',))", "Site lacks 'role'"),
    "a name": ("Rulse()", 'there is no "Rulse" — did you mean "Rules"?'),
    "a constant": ("trs.BODEIS", 'there is no "BODEIS" — did you mean "BODIES"?'),
    "a role": ("Role.ORIGNAL", 'there is no "ORIGNAL" — did you mean "ORIGINAL"?'),
    "a pattern": ("Site(publisher='a', role=Role.COPY, domains=('a',), articles=('(',))", "Site.articles: '(' is no regular expression"),
    "no Python": ("Site(", "this is no Python"),
}  # fmt: skip


@pytest.mark.parametrize(("code", "said"), MODULES.values(), ids=MODULES)
def test_a_module_says_what_is_wrong_in_it_and_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    package = tmp_path / "counties"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "county.py").write_text(f"from crawler.site import Role, Rules, Site, trs\n\nx = {code}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "counties", raising=False)
    with pytest.raises(BadInput) as caught:
        Loader(Settings({"SPIDER_MODULES": ["counties"]}))
    assert str(caught.value).startswith("counties/county.py, line 3: ") and said in str(caught.value)


def test_a_name_that_cannot_be_imported_is_said_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "districts"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "county.py").write_text("from crawler.site import PolicySpidr\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(BadInput, match='no "PolicySpidr" to import — did you mean "PolicySpider"'):
        Loader(Settings({"SPIDER_MODULES": ["districts"]}))


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_system_makes_a_declaration(tmp_path: Path, system: str) -> None:
    table = tmp_path / "counties.toml"
    articles = "" if SYSTEMS[system].articles else "articles = ['^https?://{host}/a/']\n"
    table.write_text(ROW + f'system = "{system}"\n' + articles)
    (spider,) = spiders_of(table, __name__).values()
    assert spider.name == "county" and spider.site.domains == ("county.example",)
    assert all("{" not in pattern or re.compile(pattern) for pattern in spider.site.articles)


def test_an_earlier_form_of_a_table_keeps_what_it_does_not_name(tmp_path: Path) -> None:
    table = tmp_path / "counties.toml"
    table.write_text(
        ROW
        + 'system = "trs"\nbody = ["#now"]\nrows = ["ul.now li"]\ntitle = ["h1"]\n'
        + 'earlier = [{ until = "2026-03-31", body = ["#then", "*"] }]\n'
    )
    (spider,) = spiders_of(table, __name__).values()
    then = spider.site.at("2026-03-01T00:00:00.000Z")
    assert then.rules.body[0] == "#then" and "#Zoom" in then.rules.body and then.rules.title == ("h1",)
    assert then.listing == spider.site.listing and spider.site.rules.body == ("#now",)


# A home


def _scrapy(home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    told = {"SCRAPY_SETTINGS_MODULE": "crawler.settings", "PYTHONPATH": str(HOME)}
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *words], cwd=home, env={**os.environ, **told, **more},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "yuanben.toml").write_text('contact = "mailto:a@b.example"\narchive = "yuanben.db"\n')
    (tmp_path / "spiders").mkdir()
    return tmp_path


def test_a_home_declares_sites_of_its_own_and_a_mistake_in_it_ends_with_two(home: Path) -> None:
    table = home / "spiders" / "counties.toml"
    table.write_text(ROW + 'system = "trs"\n')
    listed = _scrapy(home, "sites", "county", "cac", "--json")
    assert [row["publisher"] for row in json.loads(listed.stdout)] == ["某县", "国家互联网信息办公室"]
    table.write_text(ROW.replace("lists", "list") + 'system = "trs"\n')
    wrong = _scrapy(home, "watch", "--dry-run")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert (
        wrong.stderr.strip()
        == 'yuanben: spiders/counties.toml, [county]: no field "list" — did you mean "lists"?'
    )


def test_a_draft_has_nowhere_to_be_written_where_there_is_no_home(tmp_path: Path) -> None:
    done = _scrapy(tmp_path, "draft", "http://www.county.example/", "--write")
    assert done.returncode == 2 and "yuanben new HOME" in done.stderr and "Traceback" not in done.stderr


def test_a_draft_that_cannot_be_written_shows_its_table_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "yuanben.toml").write_text('contact = "mailto:a@b.example"\narchive = "yuanben.db"\n')
    done = _scrapy(tmp_path, "draft", "http://127.0.0.1:9/", "--name", "county", "--write")
    assert done.returncode == 2 and "nothing is written" in done.stderr
    assert "private address" in done.stdout
    assert not (tmp_path / "spiders").exists()


def test_a_site_that_nobody_declared_is_watched_by_one_command(tmp_path: Path) -> None:
    (tmp_path / "yuanben.toml").write_text(
        'contact = "mailto:a@b.example"\narchive = "yuanben.db"\nsites = ["cac"]\n'
    )
    with Replicas() as replicas:
        ground = Ground(replicas, tmp_path / "yuanben.db")
        words = ("draft", "http://www.anhexian.gov.cn/", "--name", "anhe", "--watch", "-s", "ARCHIVE_DELAY=0")
        done = _scrapy(tmp_path, *words, **ground.environment())
        assert done.returncode == 0, done.stderr
        again = _scrapy(tmp_path, "draft", "http://www.anhexian.gov.cn/", "--watch", **ground.environment())
    assert (tmp_path / "spiders" / "anhe.py").is_file()
    assert f'put "anhe" into sites of {tmp_path}' in done.stdout
    rows = ground.rows("select site, publisher, title, text from latest where text is not null")
    assert len(rows) == 3
    assert {(row["site"], row["publisher"]) for row in rows} == {("anhe", "安和县人民政府")}
    assert again.returncode == 2 and "declared" in again.stderr
