"""The archive from Python: the page ``docs/python.md``, the script for pandas, and what both rest on."""

from __future__ import annotations

import doctest
import inspect
import json
import re
import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import archive
from archive.errors import ArchiveDamaged, ArchiveForeign, ArchiveMissing, BadInput, NotHeld
from archive.face import Holding
from archive.model import Article, Unreadable
from archive.store.file.connection import open_for_writing
from archive.store.read.history import LATEST
from tests.archive.desk import HOST, Desk
from tests.archive.holding import runner
from tests.archive.test_connections import PAGES

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "python.md").read_text("utf-8")
SCRIPT = DOCS / "examples" / "changes_to_pandas.py"
URL, OLD, LAW = (f"https://{HOST}/a/{name}.html" for name in ("new", "old", "law"))
MISSING = f"https://{HOST}/a/missing.html"
PUBLIC = [name for name, _ in inspect.getmembers(Holding, inspect.isfunction) if not name.startswith("_")]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an archive of four documents, one of which was edited."""
    path = tmp_path_factory.mktemp("python") / "yuanben.db"
    desk = Desk(db=open_for_writing(path, create=True))
    for day, name in enumerate(PAGES, 1):
        desk.see(PAGES[name], f"2026-04-{day:02}T08:00:00", url=f"https://{HOST}/a/{name}.html")
    edited = PAGES["new"].decode().replace("30%", "25%").encode()
    desk.see(edited, "2026-05-01T08:00:00", url=URL)
    desk.db.close()
    return path


@pytest.fixture
def holding(path: Path) -> Iterator[Holding]:
    with archive.open(path) as opened:
        yield opened


def test_the_examples_of_the_page_do_what_they_say(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    examples = "\n".join(re.findall(r"^```pycon\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE))
    test = doctest.DocTestParser().get_doctest(examples, {}, "docs/python.md", None, None)
    assert len(test.examples) > 40
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    runner.run(test, out=said.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(said)


def test_the_page_names_everything_that_can_be_called() -> None:
    names = [name for name in PUBLIC if name not in ("close", "refresh")]
    assert {name for name in names if f"`{name}`" not in PAGE} == set()
    assert {name for name in ("open", "read", "clean", "compare") if f"`archive.{name}(" not in PAGE} == set()


@pytest.mark.parametrize("name", PUBLIC)
def test_every_method_says_in_one_line_what_it_gives(name: str) -> None:
    said = (inspect.getdoc(getattr(Holding, name)) or "").splitlines()
    assert said and re.match(r"(?:Return|Close|Go on)\b.*\.", " ".join(said))


def test_importing_the_archive_loads_nothing_heavy() -> None:
    heavy = ["sqlite3", "lxml", "trafilatura", "opencc", "rapidfuzz", "archive.face", "archive.store"]
    code = f"import archive, sys; print([m for m in {heavy} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_only_plain_and_frozen_values_come_out(holding: Holding) -> None:
    made = archive.compare(holding.text(LAW), holding)
    given = [
        *holding.documents(), *holding.search("渔港"), holding.document(URL), holding.document(URL, at="2026-04-10"),
        holding.diff(URL), holding.history(URL), *holding.quote("由市渔业局负责"), holding.cites(URL),
        holding.standing(OLD), *holding.captures(URL), *holding.versions(OLD), made,
    ]  # fmt: skip
    assert len(given) > 14
    assert {name for value in given for name in _foreign(value)} == set()


def _foreign(value: object) -> Iterator[str]:
    """Yield the types in a value that are neither frozen dataclasses nor plain."""
    if is_dataclass(value) and not isinstance(value, type):
        if not type(value).__dataclass_params__.frozen:  # type: ignore[attr-defined]
            yield type(value).__name__
        for field in fields(value):
            yield from _foreign(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _foreign(part)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _foreign(part)
    elif not isinstance(value, str | int | float | bytes | date | None):
        yield type(value).__name__


def test_a_document_lacks_no_field_that_the_archive_shows(holding: Holding) -> None:
    assert set(LATEST) <= set(holding.document(URL).as_json())


def test_the_day_and_the_text_are_of_the_version_that_is_shown(holding: Holding) -> None:
    for shown in (holding.document(URL, version=1), holding.document(URL, at="2026-04-10")):
        assert shown.published_on == (shown.published_at or "")[:10] and "30%" in (shown.text or "")


@pytest.mark.parametrize(
    "words",
    [("show", URL), ("show", URL, "--version", "1"), ("show", URL, "--at", "2026-04-10"), ("history", LAW), ("cites", OLD)],
    ids=" ".join,
)  # fmt: skip
def test_commands_print_what_the_methods_give(
    words: tuple[str, ...], path: Path, holding: Holding, capsys: pytest.CaptureFixture[str]
) -> None:
    name, url, *more = words
    option = {more[0][2:]: int(more[1]) if more[0] == "--version" else more[1]} if more else {}
    method = {"show": "document"}.get(name, name)
    value = getattr(holding, method)(url, **option)
    assert runner(path, capsys)(*words, "--json").json == json.loads(json.dumps(value.as_json()))


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda h: h.document(MISSING), NotHeld, "scrapy keep"),
        (lambda h: h.document("no address"), BadInput, "give the http or https address"),
        (lambda h: h.text(URL, 0), NotHeld, "no version 0"),
        (lambda h: h.diff(URL, 1, 9), NotHeld, "it has 1, 2"),
        (lambda h: h.diff(URL, 0, 1), NotHeld, "no version 0"),
        (lambda h: h.document(URL, version=1, at="2026-04-10"), BadInput, "give one of them"),
        (lambda h: h.document(URL, at="2026-03-01"), NotHeld, "the first capture is of"),
        (lambda h: h.document(URL, at="spring"), BadInput, "write 2026-11-21"),
        (lambda h: h.document(URL, at=datetime(2026, 4, 10)), BadInput, "give a datetime with one"),
        (lambda h: h.search("渔港", since="2026-02-30"), BadInput, "write it as"),
        (lambda h: h.search("渔港", site="nobody"), BadInput, "did you mean|no site"),
        (lambda h: h.search("渔港", limit=0), BadInput, "from 1 on"),
        (lambda h: h.documents(site="nobody"), BadInput, "no site"),
        (lambda h: h.standing(URL, "someday"), BadInput, "write it as"),
        (lambda h: h.quote("渔"), BadInput, "give a few more"),
        (lambda h: h.payload("sha256:00"), NotHeld, "sha256:00"),
        (lambda h: h.compare("渔港管理", original=MISSING), NotHeld, "not in this archive"),
        (lambda h: archive.read("text", url=URL), BadInput, "give them as they came"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_mistake_gives_one_line_that_says_what_to_do(
    call: Callable[[Holding], object], error: type[Exception], says: str, holding: Holding
) -> None:
    with pytest.raises(error, match=says) as raised:
        call(holding)
    assert "\n" not in str(raised.value)


def test_a_path_without_an_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissing):
        archive.open(tmp_path / "none.db")
    (tmp_path / "other.db").write_bytes(b"")
    with pytest.raises(ArchiveForeign):
        archive.open(str(tmp_path / "other.db"))
    assert (tmp_path / "other.db").read_bytes() == b""


def test_days_and_moments_may_be_values_of_datetime(holding: Holding) -> None:
    evening = datetime(2026, 4, 10, 12, tzinfo=UTC) + timedelta(hours=3)
    shown = [holding.document(URL, at=at) for at in ("2026-04-10", date(2026, 4, 10), evening)]
    assert [document.version for document in shown] == [1, 1, 1]
    assert holding.search("渔港", since=date(2021, 4, 25)) == holding.search("渔港", since="2021-04-25")
    assert holding.standing(OLD, date(2020, 1, 1)).standing == "in_force"


def test_a_holding_shows_one_state_until_it_is_refreshed(tmp_path: Path) -> None:
    path = tmp_path / "growing.db"
    desk = Desk(db=open_for_writing(path, create=True))
    desk.see(PAGES["old"], "2026-04-01T08:00:00", url=OLD)
    with archive.open(path) as held:
        assert len(list(held.documents())) == 1
        desk.see(PAGES["law"], "2026-04-02T08:00:00", url=LAW)
        assert len(list(held.documents())) == 1
        held.refresh()
        assert [listed.url for listed in held.documents()] == [OLD, LAW]
    with pytest.raises(BadInput, match="open the archive again"):
        held.refresh()
    desk.db.close()


@pytest.mark.parametrize("share", [0.01, 0.6], ids=["from the first pages on", "behind the schema"])
def test_a_damaged_file_is_called_damaged(share: float, path: Path, tmp_path: Path) -> None:
    body = path.read_bytes()
    kept = max(4096, int(len(body) * share) // 4096 * 4096)
    (tmp_path / "hurt.db").write_bytes(body[:kept] + b"\xff" * (len(body) - kept))
    with pytest.raises(ArchiveDamaged, match="backup"), archive.open(tmp_path / "hurt.db") as held:
        for listed in held.documents():
            held.history(listed.url)
            held.text(listed.url)


def test_a_kept_body_is_read_again_as_the_archive_read_it(holding: Holding) -> None:
    for capture in holding.captures(URL):
        assert capture.payload
        found = archive.read(holding.payload(capture.payload), url=capture.url)
        assert isinstance(found, Article) and found.text == holding.text(URL, capture.version)
    assert isinstance(archive.read(b"", url=URL), Unreadable)


def test_a_text_is_cleaned_from_its_bytes_in_any_encoding() -> None:
    text = "第三条 市财政按照年度收入的百分之三十提取渔港维护资金，专款专用。"
    assert {archive.clean(form).text for form in (text, text.encode(), text.encode("gb18030"))} == {text}


def test_a_held_document_is_compared_as_a_copy_and_a_text_with_a_named_original(holding: Holding) -> None:
    made = archive.compare(holding.text(URL, 1), holding, original=URL)
    assert made.choice.original and made.choice.original.url == URL
    assert made.collation and made.collation.coverage > 0.9
    copy = holding.copy(OLD)
    assert (copy.url, copy.text) == (OLD, holding.text(OLD))


def test_the_script_loads_changes_into_pandas(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pandas")
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), str(path)])
    runpy.run_path(str(SCRIPT), run_name="__main__")
    said = capsys.readouterr().out
    assert URL in said and "2026-05" in said and "'30%' → '25%'" in said


def test_without_pandas_the_script_says_so_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(SystemExit, match=r'^pandas is not installed — run "pip install pandas".*$'):
        runpy.run_path(str(SCRIPT), run_name="__main__")
