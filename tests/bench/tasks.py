"""``./run bench tasks``: fifteen things that five kinds of people want to do, done on the archive of ``./run demo``.

Each begins at the front page or at a prompt, and is done by clicking and typing alone, in a real browser with scripts
off or with the commands as printed in the documentation. The time is what browser, room and command take; reading and
thinking are not counted. With ``--pictures DIR`` what a person sees at the end of each task is kept, wide and light in
Chinese, and narrow and dark in English. A task that does not come to its end says where, and the exit code is 1.
"""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.archive.browser import Browser, browser_path

HOME = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
EDITED = "关于下达2026年县域创新专项资金安排的通知"
CHANGED_SENTENCE = "支持80个县（市、区）建设科技成果转化小试基地"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the tasks are done: the window, the room's address, the archive, a folder for what is taken away."""

    window: Browser
    room: str
    archive: Path
    folder: Path

    def command(self, *words: str, codes: tuple[int, ...] = (0,)) -> str:
        """Return what a command prints. Raise AssertionError where it ends with another code."""
        done = subprocess.run(
            [str(BIN / words[0]), *words[1:]], cwd=self.folder, capture_output=True, text=True
        )
        assert done.returncode in codes, f"{' '.join(words)}: {done.returncode} {done.stderr[-300:]}"
        return done.stdout + done.stderr

    def yuanben(self, *words: str, codes: tuple[int, ...] = (0,)) -> str:
        return self.command("yuanben", *words, "--archive", str(self.archive), codes=codes)

    def held(self, query: str) -> str:
        """Return the one value that a query of the archive gives: what a person would have at hand."""
        with closing(sqlite3.connect(f"file:{self.archive}?mode=ro", uri=True)) as db:
            return str(db.execute(query).fetchone()[0])

    def search(self, words: str) -> None:
        self.window.type("#q", words)
        self.window.press("Enter", leads=True)

    def taken(self, pattern: str) -> Path:
        """Return a file that was downloaded."""
        end = time.monotonic() + 20
        while not (found := [path for path in self.folder.glob(pattern) if path.suffix != ".crdownload"]):
            assert time.monotonic() < end, f"no {pattern} was downloaded"
            time.sleep(0.05)
        return found[0]


def by_number(place: Place) -> None:
    place.search("国办函〔2026〕63号")
    place.window.follow("城市地下管网更新改造行动方案", "ol.cards")
    assert "国办函〔2026〕63号" in place.window.text()


def by_issuer(place: Place) -> None:
    place.search("工信部 未来产业")
    place.window.follow("规范性文件", ".choices")
    place.window.follow("揭榜挂帅", "ol.cards")
    assert "工业和信息化部" in place.window.text()


def what_changed(place: Place) -> None:
    place.window.follow(EDITED)
    assert "1.5亿" in place.window.text() and "15亿" in place.window.text()


def a_changed_sentence(place: Place) -> None:
    place.search(CHANGED_SENTENCE)
    assert "以下为近似结果" in place.window.text() and "支持30个县" in re.sub(r"\s", "", place.window.text())


def a_pasted_copy(place: Place) -> None:
    text = place.held(
        "select text from latest where url = (select copy_url from copies where copy_url like '%achie%' limit 1)"
    )
    place.window.follow("比对", "header")
    place.window.type("#text", text)
    place.window.follow("开始", ".compare-form")
    assert EDITED in place.window.text("h2") and "50" in place.window.text(".collated")


def as_of_a_day(place: Place) -> None:
    place.search(EDITED)
    place.window.follow(EDITED, "ol.cards")
    place.window.enter_day("[name=at]", "2026-09-15")
    place.window.follow("查看", "aside")
    place.window.follow("引用", leads=False)
    assert "1.5亿" in place.window.text(".text") and "2026-09-15" in place.window.text()


def a_table(place: Place) -> None:
    place.window.downloads(place.folder)
    place.window.follow("改动", "header")
    place.window.follow("下载", leads=False)
    place.window.follow("CSV", leads=False)
    assert EDITED in place.taken("*.csv").read_text("utf-8-sig")


def a_ready_question(place: Place) -> None:
    place.window.follow("数据", "header")
    place.window.click("document.querySelector('main a[href*=\"/yuanben-demo/\"]')")
    assert place.window.text("table") or place.window.text("main")


def with_pandas(place: Place) -> None:
    said = place.command("python", str(HOME / "docs/examples/changes_to_pandas.py"), str(place.archive))
    assert "1.5亿" in said or "15" in said


def the_page_as_it_was(place: Place) -> None:
    place.search(EDITED)
    place.window.follow(EDITED, "ol.cards")
    place.window.click("document.querySelector('.timeline a')")
    assert re.fullmatch(r"/capture/\d+/view", place.window.path)


def a_pack_that_a_stranger_checks(place: Place) -> None:
    url = place.held("select url from documents where versions > 1")
    pack = place.folder / "evidence.zip"
    place.yuanben("export", "pack", str(pack), "--url", url)
    with zipfile.ZipFile(pack) as held:
        (place.folder / "verify.py").write_bytes(held.read("verify.py"))
    said = place.command("python", "-I", "-S", str(place.folder / "verify.py"), str(pack))
    assert "the pack is whole" in said


def is_it_sound(place: Place) -> None:
    place.yuanben("checkpoint", "--append", str(place.folder / "log"))
    said = place.yuanben("verify", "--quick", "--checkpoint", str(place.folder / "log"))
    assert "sound" in said


def why_a_source_is_broken(place: Place) -> None:
    place.window.follow("中国新闻网", ".health")
    assert "网站要求先做验证" in place.window.text()


def how_the_sources_are(place: Place) -> None:
    assert "BROKEN" in place.yuanben("status", codes=(1,))


def a_new_archive(place: Place) -> None:
    home = place.folder / "policy"
    words = [
        "--contact",
        "mailto:desk@archive.example",
        "--site",
        "miit",
        "--site",
        "most",
        "--starter",
        "cron",
    ]
    words += ["--mail", "desk@archive.example", "--query", "未来产业", "--yes"]
    place.command("yuanben", "new", str(home), *words)
    assert (home / "yuanben.toml").exists()


TASKS: tuple[tuple[str, str, Callable[[Place], None]], ...] = (
    ("researcher", "find a document by its number", by_number),
    ("researcher", "find what a ministry said, by its short name, and narrow it by class", by_issuer),
    ("researcher", "see what was edited, before and after", what_changed),
    ("fact-checker", "hold a quoted sentence against the originals", a_changed_sentence),
    ("fact-checker", "paste a copy and see how it differs", a_pasted_copy),
    ("fact-checker", "cite a text as it was on a day", as_of_a_day),
    ("analyst", "take the changes away as a table", a_table),
    ("analyst", "ask a ready question of the data", a_ready_question),
    ("analyst", "load the changes into pandas", with_pandas),
    ("archivist", "see a page as it was when it was captured", the_page_as_it_was),
    ("archivist", "hand a stranger an evidence pack, and check it", a_pack_that_a_stranger_checks),
    ("archivist", "hold the archive against a checkpoint", is_it_sound),
    ("operator", "see why a source is broken", why_a_source_is_broken),
    ("operator", "see at a prompt how the sources are", how_the_sources_are),
    ("operator", "set up an archive of one's own", a_new_archive),
)


def main(words: Sequence[str]) -> int:
    """Do the tasks in turn, and print what each took."""
    parser = ArgumentParser(prog="./run bench tasks", description=__doc__)
    parser.add_argument(
        "--archive", type=Path, default=Path("yuanben-demo.db"), help="the archive that ./run demo made"
    )
    parser.add_argument(
        "--pictures", type=Path, metavar="DIR", help="keep a picture of the end of each task, twice"
    )
    options = parser.parse_args(words)
    program = browser_path()
    if not options.archive.exists() or program is None:
        parser.error("run ./run demo first" if program else "no chromium on this machine")
    failed = 0
    with _room(options.archive) as room, tempfile.TemporaryDirectory() as folder:
        window = Browser(program)
        for number, (who, what, work) in enumerate(TASKS, 1):
            own = Path(folder) / str(number)
            own.mkdir()
            place = Place(window, room, options.archive.resolve(), own)
            failed += _done(place, number, f"{who:13} {what}", work, options.pictures)
        window.close()
    return int(bool(failed))


def _done(place: Place, number: int, what: str, work: Callable[[Place], None], pictures: Path | None) -> bool:
    window = place.window
    window.resize(1280, 900)
    window.darken(False)
    window.allow_scripts(False)
    window.open(f"{place.room}/-/language?to=zh&back=/")
    begun = time.monotonic()
    try:
        work(place)
    except (AssertionError, OSError) as error:
        print(f"{number:2} {what}: NOT DONE: {str(error)[:300]}")
        return True
    print(f"{number:2} {what}: {time.monotonic() - begun:.1f} s", flush=True)
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
        window.picture(pictures / f"{number:02}-wide.png")
        here = window.path
        window.resize(360, 800)
        window.darken(True)
        if not here.startswith("/compare"):
            window.open(f"{place.room}/-/language?to=en&back={quote(here)}")
        # A kept page is as wide as its publisher made it.
        is_ours = not here.endswith("/view")
        assert not is_ours or int(window.run("document.documentElement.scrollWidth")) <= 360, (
            f"{here} is wider than a phone"
        )
        window.picture(pictures / f"{number:02}-phone.png")
    return False


@contextmanager
def _room(archive: Path) -> Iterator[str]:
    """Serve an archive as a person does, and give the room's address."""
    served = subprocess.Popen(
        [str(BIN / "yuanben"), "serve", "--port", "0", "--archive", str(archive)],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert served.stderr
    found = re.search(r"http://127\.0\.0\.1:\d+", served.stderr.readline())
    assert found
    try:
        yield found[0]
    finally:
        served.kill()
        served.wait()
        served.stderr.close()
