"""Attached files over the network: what a crawl of the replicas keeps, reads and tells of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.drain import Drain
from archive.model import Role, Site
from archive.store.archive import Archive
from archive.store.read.history import attachments
from archive.store.read.search import search
from crawler.reading import PARSE
from tests.archive import attach_files as files
from tests.archive.desk import answer, html
from tests.crawler.watching import Done, Ground, sums_agree
from tests.replicas import Replicas

INSIDE, WWW = "https://jyhwzhq.miit.gov.cn/", "https://www.miit.gov.cn/"
HOST = "www.bureau.example"
SITE = Site(publisher="示例局", role=Role.ORIGINAL, domains=("bureau.example",), articles=(r"/a/\w+\.html$",))


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Ground, list[Done]]]:
    """Crawl the ministry on the day before a file is replaced and on the day it is."""
    with Replicas() as replicas:
        ground = Ground(replicas, tmp_path_factory.mktemp("files") / "a.db")
        done = []
        for day in (1, 4):
            replicas.day = day
            done.append(ground.run("watch", "miit", "--json", seconds=240))
        yield ground, done


def test_a_crawl_keeps_and_reads_the_files_its_articles_link(watched: tuple[Ground, list[Done]]) -> None:
    ground, done = watched
    assert [one.code for one in done] == [0, 0]
    assert done[0].crawl("miit")["outcomes"]["attachment"] >= 3
    kinds = {row["kind"]: row for row in ground.rows("select * from files")}
    assert {"pdf", "doc"} <= set(kinds)
    assert "edition" in kinds["pdf"]["text"]
    # The replica's old Word file is a shell: no reader finds a document in it, and that is said.
    assert kinds["doc"]["text"] is None and kinds["doc"]["reason"]
    sums_agree(ground)


def test_a_file_replaced_under_the_same_name_is_a_change_of_its_document(
    watched: tuple[Ground, list[Done]],
) -> None:
    ground, done = watched
    changes = ground.rows("select * from changes")
    assert [(row["from_version"], row["to_version"]) for row in changes] == [(1, 2)]
    assert changes[0]["summary"].endswith("1→2") and "附件" in changes[0]["summary"]
    assert changes[0]["changed_at_earliest"][:10] == "2026-09-15"
    assert changes[0]["changed_at_latest"][:10] == "2026-09-18"
    assert done[1].crawl("miit")["verdict"] == "OK"
    shown = "select payload from files where document = ? and version = ? order by position"
    old, new = (ground.column(shown, changes[0]["document"], number) for number in (1, 2))
    assert sum(before != after for before, after in zip(old, new, strict=True)) == 1
    assert (
        ground.one("select cause from versions where id = (select max(id) from versions where number = 2)")
        == "source"
    )


def test_a_file_on_the_authoring_host_is_taken_from_the_page_s_own(
    watched: tuple[Ground, list[Done]],
) -> None:
    ground, done = watched
    linked = ground.rows("select * from files where url like ?", (f"{INSIDE}%",))
    assert len(linked) == 1 and linked[0]["kind"] == "pdf"
    came = ground.one("select url from captures where id = ?", linked[0]["capture"])
    assert came == linked[0]["url"].replace(INSIDE, WWW)
    refused = ground.rows("select * from captures where url like ?", (f"{INSIDE}%.pdf",))
    assert [row["status"] for row in refused] == [403]
    # That the first host refuses files is no reason to call the site blocked.
    assert "blocked" not in done[0].crawl("miit")["reasons"]
    assert ground.column("select kind from events where kind = 'attachment_missing'") == []


def test_files_are_asked_for_again_and_each_content_is_read_once(watched: tuple[Ground, list[Done]]) -> None:
    ground, _ = watched
    again = ground.column(
        "select count(*) from captures where kind = 'attachment' and status != 403 "
        "group by url having min(captured_at) < '2026-09-16'"
    )
    assert again and set(again) == {2}
    assert ground.one("select count(*) from attachment_texts") == ground.one(
        "select count(distinct payload) from captures where kind = 'attachment' and status = 200"
    )


def test_keep_brings_the_files_of_the_page_it_was_given_and_no_others(
    watched: tuple[Ground, list[Done]],
) -> None:
    ground, _ = watched
    url = ground.one("select d.url from documents d join changes c on c.document = d.id")
    other = ground.at("kept.db")
    done = other.run("keep", url, "--json")
    assert done.code == 0, done.err
    linked = other.column("select url from files where document = 1")
    assert other.column("select url from captures where kind = 'attachment' order by id") == linked
    assert None not in other.column("select kind from files")


def test_a_dry_run_says_which_files_are_due(watched: tuple[Ground, list[Done]]) -> None:
    ground, _ = watched
    asks = ground.run("watch", "miit", "--dry-run", "--json", now="2026-12-01T00:00:00.000Z").json["asks"]
    assert {"listing", "article", "attachment"} == {one["kind"] for one in asks}


def hostile() -> dict[str, bytes]:
    return {
        "bomb.zip": files.zip_bomb(300),
        "pages.pdf": files.many_pages(10_000),
        "locked.pdf": files.encrypted_pdf("密", to_read="x"),
        "macro.doc": files.doc("含宏的旧公文", more={"_VBA_PROJECT": b"Shell"}),
        "names.zip": files.packed({"../../etc/cron.d/evil": "* * * * *", "ok.txt": "x"}),
        "unpacks.pdf": files.stream_bomb(200),
        "good.docx": files.docx("最后一个附件照样读得出来"),
    }


def test_hostile_files_are_kept_and_reported_and_hold_up_nobody(tmp_path: Path) -> None:
    sent = hostile()
    links = "".join(f'<p><a href="https://{HOST}/f/{name}">{name}</a></p>' for name in sent)
    page = html().replace(b'</div><div id="pages">', f"{links}</div><div id='pages'>".encode())
    archive = Archive.open(tmp_path / "a.db", holder="test", sites={"bureau": SITE}, create=True)
    crawl = archive.begin_crawl("bureau", "watch")
    archive.keep(answer(page, "2026-04-01T08:00:00"), crawl)
    for name, body in sent.items():
        url = f"https://{HOST}/f/{name}"
        archive.keep(answer(body, "2026-04-01T09:00:00", url=url, kind="attachment", headers=()), crawl)
    drain = Drain(archive, PARSE, processes=1)
    try:
        for _ in range(600):
            if not drain.idle:
                drain.step(0.5)
        assert drain.idle, "a file holds up its readers"
    finally:
        drain.close()
    found = {file["name"]: file for file in attachments(archive.db, 1, 1)}
    assert set(found) == set(sent) and all(file["payload"] for file in found.values())
    flags = {name: set(file["flags"]) for name, file in found.items()}
    assert flags["bomb.zip"] == {"bomb"} and flags["locked.pdf"] == {"encrypted"}
    assert "cut" in flags["pages.pdf"] and "macro" in flags["macro.doc"]
    assert "unsafe_names" in flags["names.zip"] and "page_errors" in flags["unpacks.pdf"]
    assert [hit.attachment for hit in search(archive.db, "最后一个附件照样读得出来")] == ["good.docx"]
    assert [hit.attachment for hit in search(archive.db, "含宏的旧公文")] == ["macro.doc"]
    assert archive.queue.length() == 0
    archive.close()


def test_a_file_that_takes_too_long_is_read_in_part(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "a.db", holder="test", sites={"bureau": SITE}, create=True)
    crawl = archive.begin_crawl("bureau", "watch")
    slow = files.pdf(*["\n".join(["很长的一页"] * 50)] * 1900)
    archive.keep(answer(slow, "2026-04-01T09:00:00", url=f"https://{HOST}/f/s.pdf", kind="attachment"), crawl)
    drain = Drain(archive, PARSE, processes=1, time_limit=0.4)
    try:
        drain.run()
    finally:
        drain.close()
    row = archive.db.execute("select * from attachment_texts").fetchone()
    assert {"cut", "cheap_reading"} <= set(json.loads(row["flags"]))
    assert row["text"].startswith("很长的一页")
    archive.close()
