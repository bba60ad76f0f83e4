"""Who holds a wording: a copy is never called the first while an original holds it, and says that it is a copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.archive.copied import COPY, COPY_URL, ORIGINAL, ORIGINAL_URL, make
from tests.archive.holding import Run, runner
from tests.archive.visit import see


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "a.db"
    make(made)
    return made


@pytest.fixture
def yuanben(path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(path, capsys)


def shared() -> str:
    """Return a sentence that the copy took over word for word."""
    return next(one for one in ORIGINAL.replace("\n", "").split("。") if len(one) > 12 and one in COPY)


@pytest.mark.parametrize("day", ["2020-01-01", None], ids=["dated years before", "undated"])
def test_a_copy_is_never_the_first_whatever_date_it_shows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], day: str | None
) -> None:
    make(tmp_path / "dated.db", copy_dated=day)
    yuanben = runner(tmp_path / "dated.db", capsys)
    found = yuanben("quote", shared(), "--json").json
    assert [version["url"] for version in found["versions"]] == [ORIGINAL_URL, COPY_URL]
    assert (found["first"]["url"], found["first"]["role"]) == (ORIGINAL_URL, "original")
    said = yuanben("quote", shared()).out
    assert said.index(ORIGINAL_URL) < said.index("(a copy)") < said.index(COPY_URL)


def test_where_only_a_copy_holds_it_the_first_says_that_it_is_one(yuanben: Run) -> None:
    own = next(one for one in COPY.replace("\n", "").split("。") if len(one) > 12 and one not in ORIGINAL)
    found = yuanben("quote", own, "--json").json
    assert found["first"] and (found["first"]["url"], found["first"]["role"]) == (COPY_URL, "copy")


def test_near_results_of_a_search_say_which_are_copies(path: Path) -> None:
    page = see(path, f"/?q={shared()}更改", headers={"accept-language": "en"})
    near = page.partition("<h2>")[2]
    assert near.count("a republisher") == 1 and near.index("/doc/1/") < near.index("/doc/2/")
