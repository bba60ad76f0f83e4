"""compare, quote and kept comparisons: from a file and an archive to the account of every difference."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from opencc import OpenCC

from archive.collate.sameness import sampled
from archive.store.write.comparisons import compare_versions
from archive.text import fold
from tests.archive.collating import PARAGRAPHS, TEXT
from tests.archive.holding import URL, Holding, Run, article, runner

FIELDS = "copy original coverage candidates damage boilerplate variants rules substantive"
MIRROR = "http://mirror.example/a/one.html"
OTHER = "关于加强粮食仓储管理的意见。各粮站应当做好防潮防霉工作，定期检查仓房，落实安全储粮责任。\n" * 6
AT = "2026-04-09T00:00:00.000Z"


@pytest.fixture
def holding(tmp_path: Path) -> Holding:
    made = Holding(tmp_path / "a.db")
    made.show(article(TEXT, title="关于加强渠道养护工作的通知"), "2026-04-01T02:00:00.000Z")
    made.show(
        article(OTHER, title="关于粮食仓储的意见"), "2026-04-01T03:00:00.000Z", url=URL.replace("one", "two")
    )
    return made


@pytest.fixture
def yuanben(holding: Holding, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(holding.path, capsys)


def copied(holding: Holding, text: str, at: str = "2026-04-02T02:00:00.000Z") -> int:
    """Let a mirror show a text, and return its version."""
    holding.show(article(text, title="渠道养护"), at, url=MIRROR)
    row = holding.archive.db.execute("select current from documents where url = ?", (MIRROR,)).fetchone()
    return int(row[0])


def copy_file(folder: Path, text: str) -> str:
    path = folder / "copy.txt"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_copy_in_a_file_finds_its_original(yuanben: Run, tmp_path: Path) -> None:
    copy = OpenCC("s2t").convert(TEXT.replace("120公里", "210公里"))
    found = yuanben("compare", copy_file(tmp_path, copy), "--json").json
    assert set(FIELDS.split()) <= set(found)
    assert found["copy"] == {"title": "", "text": copy, "chars": len(copy)}
    assert found["original"] == {
        "url": URL,
        "site": "bureau",
        "publisher": "示例委",
        "version": 1,
        "title": "关于加强渠道养护工作的通知",
        "published_at": "2026-03-01",
        "captured_at": "2026-04-01T02:00:00.000Z",
        "versions": [{"version": 1, "substantive": 1, "coverage": 0.9962}],
        "superseded_by": None,
    }
    assert found["candidates"][0]["url"] == URL
    variant = found["variants"][0]
    assert (variant["kind"], variant["original_text"], variant["copy_text"]) == ("number", "120", "210")
    assert copy[variant["copy_start"] : variant["copy_end"]] == "210"
    assert TEXT[variant["original_start"] : variant["original_end"]] == "120"
    assert found["substantive"] == 1


def test_a_documents_own_text_differs_in_nothing(yuanben: Run, tmp_path: Path) -> None:
    found = yuanben("compare", copy_file(tmp_path, TEXT), "--json").json
    assert (found["original"]["url"], found["substantive"], found["coverage"]) == (URL, 0, 1.0)


def test_a_strangers_text_has_no_original(yuanben: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "此处所说与馆藏各篇都不相干，讲的是花鸟鱼虫。来源：示例委\n" * 9
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    ran = yuanben("compare", "-", "--json")
    assert (ran.code, ran.json["original"], ran.json["variants"]) == (0, None, [])
    assert ran.json["leads"][0]["command"] == "scrapy watch bureau --backfill"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert "none in this archive" in yuanben("compare", "-").out


def test_a_page_is_read_before_it_is_compared(yuanben: Run, tmp_path: Path) -> None:
    body = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
    path = tmp_path / "copy.html"
    path.write_text(
        f"<!doctype html><html><title>渠道养护_某网</title><body><h1>渠道养护</h1><div>{body}</div></body>",
        "utf-8",
    )
    found = yuanben("compare", str(path), "--json").json
    assert (found["original"]["url"], found["substantive"]) == (URL, 0)


def test_a_held_copy_is_not_its_own_original(holding: Holding, yuanben: Run) -> None:
    copied(holding, TEXT.replace("应当", "可以"))
    found = yuanben("compare", MIRROR, "--json").json
    assert found["original"]["url"] == URL
    assert [variant["original_text"] for variant in found["variants"]] == ["应当"]


def test_a_short_sentence_finds_its_document_too(yuanben: Run, tmp_path: Path) -> None:
    found = yuanben("compare", copy_file(tmp_path, "發現滲漏、坍塌的,及時報告並組織搶修"), "--json").json
    assert found["original"]["url"] == URL


def test_the_original_can_be_named(yuanben: Run, tmp_path: Path) -> None:
    found = yuanben(
        "compare", copy_file(tmp_path, TEXT), "--original", URL.replace("one", "two"), "--json"
    ).json
    assert found["original"]["url"] == URL.replace("one", "two")
    assert found["coverage"] < 0.5


def test_a_copy_of_two_articles_names_the_second(yuanben: Run, tmp_path: Path) -> None:
    found = yuanben("compare", copy_file(tmp_path, TEXT + "\n" + OTHER), "--json").json
    assert URL in (found["original"]["url"], *(splice["url"] for splice in found["splices"]))
    assert URL.replace("one", "two") in (
        found["original"]["url"],
        *(splice["url"] for splice in found["splices"]),
    )


def test_passages_from_another_article_are_named_and_no_edit_of_the_text(
    holding: Holding, yuanben: Run, tmp_path: Path
) -> None:
    second = "".join(
        f"{place}粮库要在{n}月底前完成{n}号仓房的气密性检测，并把结果报送区粮食局备案。"
        for n, place in enumerate("东西南北", 3)
    )
    holding.show(article(second), "2026-04-01T04:00:00.000Z", url=URL.replace("one", "three"))
    spliced = "\n".join([*PARAGRAPHS[:3], second, *PARAGRAPHS[3:]])
    found = yuanben("compare", copy_file(tmp_path, spliced), "--json").json
    assert (found["original"]["url"], found["coverage"]) == (URL, 1.0)
    (splice,) = found["splices"]
    assert splice["url"] == URL.replace("one", "three")
    assert second[5:-5] in spliced[splice["copy_start"] : splice["copy_end"]]
    assert "spliced" in yuanben("compare", copy_file(tmp_path, spliced)).out


def test_a_copy_that_is_cut_short_leaves_the_rest_out_and_says_how_much(yuanben: Run, tmp_path: Path) -> None:
    found = yuanben("compare", copy_file(tmp_path, "\n".join(PARAGRAPHS[:4])), "--json").json
    (variant,) = found["variants"]
    assert (found["original"]["url"], variant["kind"]) == (URL, "omitted")
    assert variant["original_text"].strip() == "\n".join(PARAGRAPHS[4:])
    assert 0.6 < found["coverage"] < 0.7


def test_a_paragraph_in_another_place_was_moved_and_neither_left_out_nor_added(
    yuanben: Run, tmp_path: Path
) -> None:
    moved = "\n".join([PARAGRAPHS[0], PARAGRAPHS[4], *PARAGRAPHS[1:4], PARAGRAPHS[5]])
    found = yuanben("compare", copy_file(tmp_path, moved), "--json").json
    (variant,) = found["variants"]
    assert (variant["kind"], found["coverage"], found["substantive"]) == ("reordered", 1.0, 1)
    assert variant["copy_text"].strip() in (PARAGRAPHS[4], "\n".join(PARAGRAPHS[1:4]))


def test_a_big5_gateways_words_are_of_the_phrase_table_and_said_to_be(
    holding: Holding, yuanben: Run, tmp_path: Path
) -> None:
    text = TEXT + "\n各单位要用好信息网络和软件，网络信息由专人维护，软件质量纳入考核。"
    holding.show(article(text), "2026-04-01T04:00:00.000Z", url=URL.replace("one", "three"))
    page = tmp_path / "gate.txt"
    page.write_text(OpenCC("s2twp").convert(text), "utf-8")
    words = (
        "compare",
        str(page),
        "--url",
        "http://www.area.example/gate/big5/www.bureau.example/a/three.html",
    )
    found = yuanben(*words, "--json").json
    assert (found["original"]["url"], found["substantive"]) == (URL.replace("one", "three"), 0)
    assert found["damage"]["phrases"] >= 4 and found["damage"]["script"] > 50
    assert "of Taiwan usage, by a phrase table" in yuanben(*words).out


def test_without_an_original_there_are_leads_or_it_says_what_would_help(yuanben: Run, tmp_path: Path) -> None:
    path = copy_file(tmp_path, "此处所说与馆藏各篇都不相干，讲的是花鸟鱼虫，没有出处可查。" * 9)
    assert "lead      none" in yuanben("compare", path).out
    led = yuanben("compare", path, "--url", "http://www.foreign.example/a/four.html").out
    assert "scrapy keep https://www.bureau.example/a/four.html" in led


def test_the_account_can_be_read_in_a_terminal(yuanben: Run, tmp_path: Path) -> None:
    copy = TEXT.replace("养护", "保养").replace("120公里", "210公里")
    out = yuanben("compare", copy_file(tmp_path, copy)).out
    assert f"rule      replace 养护→保养 · {TEXT.count('养护')} times" in out
    assert "[-120-]{+210+}" in out


def test_the_page_holds_all_of_it_and_runs_nothing(yuanben: Run, tmp_path: Path) -> None:
    copy = TEXT.replace("120公里", "<script>alert(1)</script>公里")
    page = tmp_path / "account.html"
    yuanben("compare", copy_file(tmp_path, copy), "--html", str(page))
    shown = page.read_text("utf-8")
    assert "<script" not in shown and "&lt;script&gt;" in shown
    assert "http-equiv=Content-Security-Policy" in shown and URL in shown


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("compare", "/nowhere/copy.txt"), id="no such file"),
        pytest.param(("compare", "https://www.bureau.example/a/none.html"), id="no such document"),
        pytest.param(("quote", "渠"), id="a wording of one letter"),
    ],
)
def test_a_mistake_is_answered_in_one_line(yuanben: Run, words: tuple[str, ...]) -> None:
    ran = yuanben(*words)
    assert (ran.code, len(ran.err.splitlines()), ran.out) == (2, 1, "")


def test_a_kept_comparison_shows_in_copies_until_the_original_changes(holding: Holding) -> None:
    db = holding.archive.db
    version = copied(holding, TEXT.replace("应当", "可以").replace("120公里", "210公里"))
    with holding.archive.writing():
        made = compare_versions(db, version, at=AT)
    row = dict(db.execute("select * from copies").fetchone())
    assert (row["copy_url"], row["original_url"], row["substantive"], row["stale"]) == (MIRROR, URL, 2, 0)
    kinds = [r[0] for r in db.execute("select kind from variants where comparison = ?", (made,))]
    assert sorted(kinds) == ["altered", "number"]
    holding.show(article(TEXT.replace("五年", "三年")), "2026-04-05T02:00:00.000Z")
    assert db.execute("select stale from copies").fetchone()[0] == 1
    with holding.archive.writing():
        assert compare_versions(db, version, at=AT) == made, (
            "it was copied from the earlier version all the same"
        )


def test_comparing_twice_keeps_one_comparison(holding: Holding) -> None:
    version = copied(holding, TEXT)
    with holding.archive.writing():
        assert compare_versions(holding.archive.db, version, at=AT) == compare_versions(
            holding.archive.db, version, at=AT
        )


def test_a_text_without_original_keeps_no_comparison(holding: Holding) -> None:
    version = copied(holding, "此处所说与馆藏各篇都不相干，讲的是花鸟鱼虫。" * 9)
    with holding.archive.writing():
        assert compare_versions(holding.archive.db, version, at=AT) is None


def test_the_shingles_of_a_version_are_added_with_it(holding: Holding) -> None:
    rows = holding.archive.db.execute("select hash from shingles where version = 1 order by hash").fetchall()
    assert tuple(row[0] for row in rows) == sampled(fold(TEXT))


def test_a_quote_finds_who_holds_it_and_who_changed_it(holding: Holding, yuanben: Run) -> None:
    copied(holding, TEXT.replace("连续两年不合格", "连续三年不合格"))
    found = yuanben("quote", "對連續兩年不合格的單位，予以通報批評", "--json").json
    assert found["first"]["url"] == URL
    exact, changed = found["versions"]
    assert (exact["url"], exact["is_exact"], exact["edits"]) == (URL, True, [])
    assert (changed["url"], changed["is_exact"]) == (MIRROR, False)
    assert [(edit["from_text"], edit["to_text"]) for edit in changed["edits"]] == [("两", "三")]
    assert TEXT[exact["start"] : exact["end"]] == exact["text"]


def test_a_quote_says_when_its_wording_was_gone(holding: Holding, yuanben: Run) -> None:
    holding.show(article(TEXT.replace("责令限期整改", "从严处理有关责任人员")), "2026-04-05T02:00:00.000Z")
    found = yuanben("quote", "予以通报批评，责令限期整改", "--json").json["versions"][0]
    assert (found["first_captured_at"], found["gone_by"]) == (
        "2026-04-01T02:00:00.000Z",
        "2026-04-05T02:00:00.000Z",
    )


def test_a_quote_that_nobody_holds_finds_nothing(yuanben: Run) -> None:
    assert json.loads(yuanben("quote", "此处所说与馆藏各篇都不相干", "--json").out)["versions"] == []
