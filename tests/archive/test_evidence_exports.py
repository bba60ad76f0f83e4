"""WACZ, JSON Lines and Parquet: other programs read them, and they hold what the archive holds."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from archive.evidence import rows, wacz
from archive.evidence.warc import Writer
from archive.store.evidence import exports
from archive.store.file.payloads import Payloads
from tests.archive.test_evidence_warc import assorted

ABOUT = wacz.About(
    title="登记", description="four captures", created="2026-04-09T00:00:00Z", software="yuanben"
)


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wacz")
    desk = assorted()
    with (folder / "data.warc.gz").open("wb") as out:
        writer = Writer(out, Payloads(desk.db).get)
        held = list(exports.captures(desk.db, exports.Chosen()))
        written = [writer.capture(one) for one in held]
    pages = exports.page_texts(desk.db, [one.leaf_fields["id"] for one in held])
    shown = [
        wacz.ListedPage(url=one.url, at=one.captured_at, title=pages[number][0], text=pages[number][1])
        for number, one in enumerate(written, 1)
        if one.is_page and number in pages
    ]
    wacz.write(
        folder / "a.wacz", folder / "data.warc.gz", written, shown, ABOUT, {"yuanben/checkpoint.txt": b"x\n"}
    )
    return folder / "a.wacz"


def test_every_file_of_a_collection_has_the_digest_that_is_stated(collection: Path) -> None:
    with zipfile.ZipFile(collection) as held:
        package = json.loads(held.read("datapackage.json"))
        stated = {one["path"]: one["hash"] for one in package["resources"]}
        assert set(held.namelist()) == {*stated, "datapackage.json", "datapackage-digest.json"}
        for path, digest in stated.items():
            assert digest == "sha256:" + hashlib.sha256(held.read(path)).hexdigest()
        assert package["wacz_version"] == "1.1.1"
        assert held.getinfo("archive/data.warc.gz").compress_type == zipfile.ZIP_STORED


def test_the_index_leads_to_each_record(collection: Path) -> None:
    with zipfile.ZipFile(collection) as held:
        lines = gzip.decompress(held.read("indexes/index.cdx.gz")).decode().splitlines()
        warc = held.read("archive/data.warc.gz")
    assert lines == sorted(lines) and len(lines) == 9
    for line in lines:
        told = json.loads(line.split(" ", 2)[2])
        record = gzip.decompress(warc[int(told["offset"]) : int(told["offset"]) + int(told["length"])])
        assert f"WARC-Target-URI: {told['url']}\r\n".encode() in record


def test_pages_are_listed_with_what_was_read_out_of_them(collection: Path) -> None:
    with zipfile.ZipFile(collection) as held:
        head, *pages = map(json.loads, held.read("pages/pages.jsonl").decode().splitlines())
    assert head["format"] == "json-pages-1.0" and pages[0]["title"] == "关于做好公共数据资源登记工作的通知"
    assert "登记" in pages[0]["text"]


def test_another_program_takes_the_collection_for_valid(collection: Path) -> None:
    pytest.importorskip("wacz")
    words = [sys.executable, "-m", "wacz", "validate", "-f", str(collection)]
    ran = subprocess.run(words, capture_output=True, text=True)
    assert ran.returncode == 0 and "is valid" in ran.stdout, ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.gov.cn/zhengce/A_1.htm?b=2&a=1", "cn,gov)/zhengce/a_1.htm?a=1&b=2"),
        ("http://gov.cn", "cn,gov)/"),
        ("https://www2.gov.cn:8080/X/", "cn,gov:8080)/x"),
        ("https://a.gov.cn/中文?q=%E4%B8%AD", "cn,gov,a)/%e4%b8%ad%e6%96%87?q=%e4%b8%ad"),
        ("https://a.gov.cn:443/a/b/", "cn,gov,a)/a/b"),
    ],
)
def test_addresses_have_the_keys_of_other_indexes(url: str, key: str) -> None:
    assert wacz.search_key(url) == key


def test_rows_come_back_out_of_json_lines(tmp_path: Path) -> None:
    db = assorted().db
    columns, found = exports.rows(db, "latest", exports.Chosen())
    held = list(found)
    assert rows.write_jsonl(tmp_path / "latest.jsonl", columns, held) == len(held) == 2
    lines = [json.loads(line) for line in (tmp_path / "latest.jsonl").read_text().splitlines()]
    assert [tuple(line.values()) for line in lines] == held and list(lines[0]) == columns


def test_rows_come_back_out_of_parquet(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow")
    db = assorted().db
    for name in exports.ROWS:
        columns, found = exports.rows(db, name, exports.Chosen())
        held = list(found)
        kinds = {
            column: rows.column_type(kind) for column, kind in exports.column_kinds(db, name, columns).items()
        }
        assert rows.write_parquet(tmp_path / f"{name}.parquet", kinds, held, {"url": "where"}) == len(held)
        read = duckdb.sql(f"select * from '{tmp_path / name}.parquet'")
        assert read.columns == columns
        assert [tuple(row) for row in read.fetchall()] == [
            tuple(
                str(value) if kinds[column] == "text" and value is not None else value
                for column, value in zip(columns, row, strict=True)
            )
            for row in held
        ]


@pytest.mark.parametrize("name", exports.ROWS)
def test_rows_are_narrowed_by_site_address_and_day(name: str) -> None:
    db = assorted().db
    nothing = exports.Chosen(
        site="nobody", urls=("https://nowhere.example/",), since="2099-01-01T00:00:00.000Z"
    )
    columns, found = exports.rows(db, name, nothing)
    if {"site", "document", "url"} & set(columns):
        assert list(found) == []
