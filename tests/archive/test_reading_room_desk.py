"""What people do in the room: mark changes as reviewed, narrow by region, bring a text by a bookmark, take files away."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from datasette.app import Datasette

from archive.cli import main
from archive.errors import BadInput
from archive.home import read_home
from archive.reading_room import SETTINGS, downloads, launch
from archive.reading_room.desk import Mark, add, file_of, is_from_here, marks
from archive.store.file.connection import open_for_reading
from archive.text.names import region_of
from tests.archive.holding import TEXT, Holding, article
from tests.archive.visit import see, send, visit

HERE = {"sec-fetch-site": "same-origin"}
FORM = {
    "document": "1",
    "from": "1",
    "to": "2",
    "note": "已电话核实，\n<b>15亿</b>是笔误。",
    "who": "编辑 甲",
    "what": "review",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    holding = Holding(tmp_path / "held.db")
    holding.show(article(), "2026-03-01T00:00:00.000Z")
    holding.show(article(TEXT.replace("1.5万亿", "15万亿")), "2026-03-05T00:00:00.000Z")
    holding.close()
    return holding.path


def at_desk(path: Path, *asked: Callable[[Any], Any], on: bool = True) -> list[httpx.Response]:
    """Return what a room with a desk answers to some requests, sent in order."""

    async def ask() -> list[httpx.Response]:
        datasette = Datasette([str(path)], metadata={"plugins": {"yuanben": {"desk": on}}}, settings=SETTINGS)
        await datasette.invoke_startup()
        try:
            return [await each(datasette.client) for each in asked]
        finally:
            for database in datasette.databases.values():
                database.close()
            assert datasette.executor is not None
            datasette.executor.shutdown()

    return asyncio.run(ask())


def get(address: str) -> Callable[[Any], Any]:
    return lambda client: client.get(address, headers={"accept-language": "zh-CN"})


def post(headers: dict[str, str] | None = None, **more: str) -> Callable[[Any], Any]:
    return lambda client: client.post(
        "/desk/mark", data=FORM | more, headers=HERE if headers is None else headers
    )


def test_a_change_is_marked_with_a_note_and_the_mark_is_taken_back(path: Path) -> None:
    before = path.read_bytes()
    offered, sent, shown, front, listed, data = at_desk(
        path,
        get("/doc/1/diff/1/2"),
        post(),
        get("/doc/1/diff/1/2"),
        get("/"),
        get("/desk"),
        get("/desk.json"),
    )
    assert 'action="/desk/mark"' in offered.text
    assert (sent.status_code, sent.headers["location"]) == (303, "/doc/1/diff/1/2#desk")
    assert "编辑 甲" in shown.text and "&lt;b&gt;15亿&lt;/b&gt;" in shown.text and "撤回审阅" in shown.text
    assert "✓ 已审阅" in front.text and "已审阅（1）" in listed.text and "没有未审阅的改动" in listed.text
    assert [mark["who"] for mark in data.json()["marks"]] == ["编辑 甲"]
    at_desk(path, post(what="undo"))
    (after,) = at_desk(path, get("/desk"))
    assert "未审阅（1）" in after.text
    assert path.read_bytes() == before, "nothing of it may enter the archive"
    assert len([line for line in file_of(path).read_text().splitlines() if line]) == 2


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"sec-fetch-site": "cross-site"}, id="another site"),
        pytest.param({"sec-fetch-site": "same-site"}, id="a neighbour"),
        pytest.param({"sec-fetch-site": "none"}, id="an address typed"),
        pytest.param({}, id="not said"),
        pytest.param({"origin": "null"}, id="no origin"),
        pytest.param({"origin": "https://elsewhere.example"}, id="another origin"),
        pytest.param(
            {"sec-fetch-site": "cross-site", "origin": "http://localhost"}, id="both, the first counts"
        ),
    ],
)
def test_a_form_that_another_page_sends_marks_nothing(path: Path, headers: dict[str, str]) -> None:
    (answer,) = at_desk(path, post(headers))
    assert answer.status_code == 403 and not file_of(path).exists()


def test_an_old_browser_is_known_by_its_origin() -> None:
    assert is_from_here({"origin": "http://127.0.0.1:8001", "host": "127.0.0.1:8001"})
    assert not is_from_here({"origin": "http://127.0.0.1:8001", "host": "127.0.0.1:8002"})
    assert not is_from_here({"origin": "", "host": ""})


def test_a_room_without_a_desk_neither_marks_nor_shows_marks(path: Path) -> None:
    at_desk(path, post())
    sent, page, front = at_desk(path, post(), get("/desk"), get("/"), on=False)
    assert (sent.status_code, page.status_code) == (404, 404)
    assert "已审阅" not in front.text and "/desk" not in front.text
    assert 'action="/desk/mark"' not in see(path, "/doc/1/diff/1/2")


def test_a_desk_is_not_for_strangers(path: Path) -> None:
    with pytest.raises(BadInput, match="--desk or --public"):
        launch(path, 0, True, desk=True)


@pytest.mark.parametrize(
    ("more", "status"),
    [({"to": "9"}, 404), ({"from": "x"}, 400), ({"document": "99999999999999999999"}, 400), ({"note": "字" * 70_000}, 400)],
    ids=["no such change", "no number", "no document", "too long"],
)  # fmt: skip
def test_what_is_no_change_is_not_marked(path: Path, more: dict[str, str], status: int) -> None:
    (answer,) = at_desk(path, post(**more))
    assert answer.status_code == status and not file_of(path).exists()


def test_a_mark_is_of_one_change_and_the_last_line_counts(tmp_path: Path) -> None:
    archive = tmp_path / "a.db"
    mark = Mark(url="u", state="s", changed_at="t", at="1", note="\u2028一")
    add(archive, mark)
    add(archive, replace(mark, at="2", note="二"))
    add(archive, replace(mark, changed_at="later", is_undone=True))
    with file_of(archive).open("a") as file:
        file.write('\n{"url": "cut o')
    assert [held.note for held in marks(archive).values()] == ["二"]


def test_get_marks_nothing(path: Path) -> None:
    (answer,) = at_desk(path, get("/desk/mark?document=1&from=1&to=2"))
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("publisher", "host", "region"),
    [
        ("北京市科学技术委员会", "kw.beijing.gov.cn", "北京"),
        ("深圳市人民政府", "www.sz.gov.cn", "广东"),
        ("省商务厅", "com.gd.gov.cn", "广东"),
        ("工业和信息化部", "www.miit.gov.cn", "中央"),
        ("贵州省人民政府", "www.guizhou.gov.cn", "贵州"),
        ("示例日报", "www.news.example", None),
        ("示例", "notgd.gov.cn", "中央"),
    ],
)
def test_the_region_of_a_publisher(publisher: str, host: str, region: str | None) -> None:
    assert region_of(publisher, host) == region


def test_a_search_is_narrowed_to_a_region(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.reading_room.connections.regions", lambda db: {"bureau": "北京"})
    assert "/doc/1" in see(path, "/?q=未来产业&region=北京")
    page = see(path, "/?q=未来产业&region=上海", headers={"accept-language": "en"})
    assert 'href="/doc/1"' not in page and "Region of the source" in page


def test_regions_are_those_of_the_sites_that_are_held(path: Path) -> None:
    from archive.reading_room.connections import regions

    db = open_for_reading(path)
    assert regions(db) == {}, "neither the name nor the host says where the made-up publisher is"
    db.close()


def test_the_bookmark_sends_selection_title_and_address_to_this_room(path: Path) -> None:
    page = see(path, "/compare/bookmarklet", headers={"accept-language": "zh-CN"})
    link = unquote(page.split('href="javascript:')[1].split('"')[0].replace("&#39;", "'"))
    for part in (
        "getSelection()",
        "document.title",
        "location.href",
        "f.method='post'",
        "http://localhost/compare",
    ):
        assert part in link
    assert "<script" not in page and "至多 20 万字" in page


@pytest.mark.parametrize("what", ["compare", "check"])
def test_what_a_bookmark_brings_is_shown_and_not_worked_on(path: Path, what: str) -> None:
    brought = {"what": what, "text": "标题\n<script>各区要加快布局未来产业", "url": "https://copy.example/1"}
    answer = send(
        path, "/compare", data=brought, headers={"sec-fetch-site": "cross-site", "accept-language": "en"}
    )
    assert answer.status_code == 200 and "Nothing has been compared yet" in answer.text
    assert "&lt;script&gt;各区" in answer.text and 'id="result"' not in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_a_search_is_handed_out_as_parquet_where_it_can_be_written(path: Path) -> None:
    (answer,) = visit(path, "/search.parquet?q=未来产业")
    if not downloads.has_parquet():
        assert answer.status_code == 404 and "Parquet" not in see(path, "/?q=未来产业")
        return
    import io

    from pyarrow import parquet

    assert parquet.read_table(io.BytesIO(answer.content)).to_pylist()[0]["document"] == 1
    assert json.loads(visit(path, "/search.json?q=未来产业")[0].text)["hits"][0]["document"] == 1


def home(path: Path, more: str = "") -> Path:
    written = path.parent / "yuanben.toml"
    written.write_text(f'archive = "{path.name}"\ncontact = "mailto:a@example.org"\n{more}', "utf-8")
    written.chmod(0o600)
    return written


MAIL = '[[target]]\nkind = "mail"\nto = ["first@example.org"]\nserver = "smtps://mail.example.org:465"\nuser = "a"\npassword = { env = "PASS" }'


def test_a_search_is_saved_as_a_mail_in_one_step(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = home(path, MAIL)
    told = ["watchword", "add", '未来 "产业"', "--mail", "desk@example.org", "--archive", str(path)]
    assert main(told) == 0
    assert 'target "mail-2" added' in capsys.readouterr().err
    added = read_home(written).targets[1]
    assert (added.to, added.queries, added.server) == (
        ("desk@example.org",),
        ('未来 "产业"',),
        "smtps://mail.example.org:465",
    )
    assert written.read_text().count('password = { env = "PASS" }') == 2
    assert written.stat().st_mode & 0o777 == 0o600 and not list(path.parent.glob("*.new"))
    assert "yuanben watchword add &#39;未来产业&#39; --mail" in see(path, "/?q=未来产业")
    assert "--mail" not in visit(path, "/?q=未来产业", public=True)[0].text


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["add", "未来产业", "--mail", "nobody"], "no mail address"),
        (["remove", "未来产业", "--mail", "a@example.org"], "goes with add"),
        (["add", "未来产业", "--mail", "a@example.org"], "yuanben new"),
    ],
    ids=["no address", "not with remove", "no home"],
)
def test_what_cannot_be_mailed_is_said_before_anything_is_done(
    path: Path, words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["watchword", *words, "--archive", str(path)]) == 2
    assert says in capsys.readouterr().err
    main(["watchword", "list", "--archive", str(path)])
    assert "no standing query" in capsys.readouterr().out
