"""A pasted article gets its account and a pasted report its verdicts; what was pasted is kept nowhere."""

from __future__ import annotations

import asyncio
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any, cast

import pytest

from archive.reading_room import accounts
from archive.reading_room.accounts import LONGEST_FORM, Handed, parsed
from tests.archive import copied
from tests.archive.copied import COPY, ORIGINAL, ORIGINAL_URL
from tests.archive.visit import see, send, visit

ZH = {"accept-language": "zh-CN"}


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("room") / "held.db"
    copied.make(path)
    return path


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the work be done here: to start a process takes longer than all of it."""

    async def by_this_process(question: bytes) -> dict[str, Any]:
        return cast(dict[str, Any], json.loads(json.dumps(accounts.worked_out(json.loads(question)))))

    monkeypatch.setattr(accounts, "_by_a_process", by_this_process)


def test_the_form_says_that_nothing_is_kept(path: Path) -> None:
    page = see(path, "/compare", headers=ZH)
    assert 'method="post"' in page and "不保存" in page and 'enctype="multipart/form-data"' in page


def test_a_pasted_article_gets_the_account_of_its_original(path: Path) -> None:
    before = path.read_bytes()
    answer = send(path, "/compare", data={"what": "compare", "text": COPY}, headers=ZH)
    page = answer.text
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    assert 'href="/doc/1/1"' in page and "关于加快培育未来产业的若干意见" in page
    assert "7 处实质差异" in page and '<span class="variant kind-number' in page
    assert "免责声明" in page
    assert path.read_bytes() == before


@pytest.mark.usefixtures("at_once")
def test_an_uploaded_page_is_read_as_an_article(path: Path) -> None:
    body = "".join(f"<p>{line}</p>" for line in COPY.split("\n"))
    page = f"<!DOCTYPE html><html><meta charset=utf-8><title>转载</title><body><h1>转载</h1><div>{body}</div></body></html>"
    files = {"file": ("copy.html", page.encode(), "text/html")}
    answer = send(path, "/compare", data={"what": "compare", "text": ""}, files=files)
    assert (
        answer.status_code == 200 and "Compare and check" in answer.text and 'href="/doc/1/1"' in answer.text
    )


@pytest.mark.usefixtures("at_once")
def test_the_original_may_be_named(path: Path) -> None:
    told = {"text": ORIGINAL[60:200].replace("30家", "300家"), "original": ORIGINAL_URL}
    page = send(path, "/compare", data=told).text
    assert 'href="/doc/1/1"' in page and "300" in page


@pytest.mark.usefixtures("at_once")
def test_a_text_of_nobody_has_no_original(path: Path) -> None:
    text = "海棠镇春耕备耕工作有序推进，农机手们忙着检修拖拉机和播种机，合作社已备足良种与化肥。" * 6
    page = send(path, "/compare", data={"text": text}, headers=ZH).text
    assert "没有找到原文" in page and "原文可能没有收录" in page


@pytest.mark.usefixtures("at_once")
def test_a_report_gets_a_verdict_on_each_citation(path: Path) -> None:
    report = "《关于加快培育未来产业的若干意见》提出，“对承担任务的单位可以给予稳定支持”。参见《关于促进海带养殖的办法》。"
    page = send(
        path, "/compare", data={"what": "check", "text": report, "day": "2026-05-01"}, headers=ZH
    ).text
    assert (
        "按 2026-05-01 核对" in page
        and 'class="check-misquoted"' in page
        and 'class="check-not_held"' in page
    )
    assert "引文有误" in page and "“未收录”不等于没有这份文件" in page and '<a href="/doc/1"' in page


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    ("told", "status", "said"),
    [
        pytest.param({"text": "  "}, 400, "请粘贴文字", id="nothing"),
        pytest.param({"text": COPY, "url": "javascript:alert(1)"}, 400, "is no address", id="no address"),
        pytest.param({"text": COPY, "original": "https://nowhere.example/"}, 400, "没能完成", id="not held"),
        pytest.param({"text": "甲" * (LONGEST_FORM // 9 + 1)}, 413, "超过", id="too long"),
        pytest.param({"text": COPY, "what": "check", "day": "gestern"}, 400, "is no day", id="no day"),
    ],
)
def test_a_mistake_is_said_on_the_page(path: Path, told: dict[str, str], status: int, said: str) -> None:
    answer = send(path, "/compare", data=told, headers=ZH)
    assert answer.status_code == status and said in answer.text
    assert "<script" not in answer.text and 'role="alert"' in answer.text


@pytest.mark.usefixtures("at_once")
def test_hostile_text_is_shown_as_text(path: Path) -> None:
    told = {"text": "</textarea><script>alert(1)</script>" + COPY, "url": 'https://x.example/"><b>'}
    page = send(path, "/compare", data=told).text
    assert "<script" not in page and "<b>" not in page


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_site_sends_is_shown_and_not_compared(path: Path, site: str) -> None:
    answer = send(path, "/compare", data={"text": COPY}, headers={"sec-fetch-site": site})
    assert answer.status_code == 200 and "kind-number" not in answer.text and 'id="result"' not in answer.text


def test_what_takes_too_long_is_ended_and_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "PATIENCE", 0.05)
    answer = send(path, "/compare", data={"text": COPY}, headers=ZH)
    assert answer.status_code == 503 and "没有给出结果" in answer.text


def test_a_process_that_fails_is_no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(accounts._Refused) as refused:
        asyncio.run(accounts._by_a_process(b"{}"))
    assert refused.value.key == "compare.failed"


def test_both_kinds_of_form_say_the_same() -> None:
    plain = parsed("application/x-www-form-urlencoded", b"what=check&text=%E7%94%B2&day=2026-01-02")
    parts = [("what", "check"), ("text", "甲"), ("day", "2026-01-02")]
    body = "".join(f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in parts)
    several = parsed("multipart/form-data; boundary=b", f"{body}--b--\r\n".encode())
    assert plain == several == Handed(what="check", text="甲", day="2026-01-02")


def test_a_file_comes_as_its_bytes() -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n%PDF\x00\xff\r\n--b--\r\n'
    handed = parsed("multipart/form-data; boundary=b", body)
    assert handed.body == b"%PDF\x00\xff" and handed.name == "a.pdf"


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=", "text/plain", ""])
def test_nonsense_is_an_empty_form(kind: str) -> None:
    assert not parsed(kind, b"\x00\xff--b\r\n").bytes_given.strip(b"\x00\xef\xbf\xbd-b\r\n")


@pytest.mark.usefixtures("at_once")
def test_a_document_s_pack_holds_its_checker(path: Path) -> None:
    (answer,) = visit(path, "/doc/1/pack.zip")
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert answer.headers["content-type"] == "application/zip"
    assert {"verify.py", "claim.json", "captures.warc", "manifest.json"} <= set(names)


def test_strangers_make_no_packs(path: Path) -> None:
    (refused,) = visit(path, "/doc/1/pack.zip", public=True)
    assert refused.status_code == 403
    assert "pack.zip" in see(path, "/doc/1") and "pack.zip" not in see(path, "/doc/1", public=True)
