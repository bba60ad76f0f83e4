"""The tables of ``canon/1`` and ``fold/2`` are ours, and say what they were taken from."""

from __future__ import annotations

import hashlib
import unicodedata
from importlib.metadata import version
from importlib.resources import files

import pytest

from archive.text import CANON, FOLD, canon, canonical, fold
from tests.archive import upstream

# A table that changes moves digests and indexes: then it is another canon or another fold, and archives are brought over.
DIGESTS = {
    "script.txt": "18f4902cb4718ed3",
    "shapes.txt": "977843602b6b834a",
    "units.txt": "52dc212a34d15870",
    "bare.txt": "568ef30a8dbd961f",
    "letters.txt": "4dda2c10bdda3fa2",
}
NAMES = ("script.txt", "shapes.txt", "units.txt", "bare.txt", "letters.txt")


def _stored(name: str) -> str:
    return files("archive.text").joinpath(name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_table_is_the_one_its_name_was_given_to(name: str) -> None:
    assert (CANON, FOLD) == ("canon/1", "fold/2")
    assert hashlib.sha256(_stored(name).encode()).hexdigest()[:16] == DIGESTS[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_table_agrees_with_what_it_was_taken_from(name: str) -> None:
    if name == "script.txt" and version("opencc") != upstream.OPENCC:
        pytest.skip(f"taken from OpenCC {upstream.OPENCC}")
    if name != "script.txt" and unicodedata.unidata_version != upstream.UNICODE:
        pytest.skip(f"taken from Unicode {upstream.UNICODE}")
    assert _stored(name) == upstream.written()[name]


def test_tables_do_not_come_from_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    import opencc

    def refuse(*_: object) -> None:
        raise AssertionError("asked a library")

    monkeypatch.setattr(opencc, "OpenCC", refuse)
    for table in (canonical.script, canonical.shapes, canonical.units, canonical.bare, canonical.letters):
        table.cache_clear()
    assert canon("發⾏１．５億") == "发行1.5亿"
    assert fold("發⾏１．５億") == "发行1.5亿"


@pytest.mark.parametrize("radical, shown", [*zip("⺏⺑⺕⺗⺪⺮⺼⻓", "尣𡯂彐心𤴔𥫗肉长", strict=True)])
def test_a_radical_shows_what_the_unicode_file_says(radical: str, shown: str) -> None:
    assert canonical.shapes()[radical] == shown


def test_a_radical_shows_one_ideograph() -> None:
    assert all(len(shown) == 1 for shown in canonical.shapes().values())
    assert {fold(chr(code)) for code in range(0x2F00, 0x2FD6)} == {
        fold(unicodedata.normalize("NFKC", chr(code))) for code in range(0x2F00, 0x2FD6)
    }


def test_tables_are_closed_under_themselves() -> None:
    for table in (canonical.script(), canonical.shapes(), canonical.bare()):
        assert not [c for c, put in table.items() if any(table.get(p, p) != p for p in put)]
