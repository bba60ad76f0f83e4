"""Raised and lowered characters in plain text."""

from __future__ import annotations

import pytest

from archive.text.numerals import lowered, raised


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("4", "⁴", id="a digit"),
        pytest.param("-6", "⁻⁶", id="a sign"),
        pytest.param("−12", "⁻¹²", id="a minus sign"),
        pytest.param("２", "²", id="a wide digit"),
        pytest.param(" 2 ", " ² ", id="white space stays outside"),
        pytest.param("n+1", "ⁿ⁺¹", id="letters that have one"),
        pytest.param("3/2", "^(3/2)", id="a sign without one"),
        pytest.param("1.5", "^(1.5)", id="a point"),
        pytest.param("q", "^q", id="one character without one"),
        pytest.param("[1]", "[1]", id="a note in brackets"),
        pytest.param("®", "®", id="a mark"),
        pytest.param("①", "①", id="a circled number"),
        pytest.param("²", "²", id="raised already"),
        pytest.param("", "", id="nothing"),
        pytest.param(" ", " ", id="a space"),
    ],
)
def test_raised_text_is_never_on_the_line(text: str, written: str) -> None:
    assert raised(text) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [("2", "₂"), ("max", "ₘₐₓ"), ("甲", "_甲"), ("2.5", "_(2.5)"), ("[2]", "[2]"), (" 3", " ₃"), ("", "")],
)
def test_lowered_text_is_never_on_the_line(text: str, written: str) -> None:
    assert lowered(text) == written


@pytest.mark.parametrize("text", ["4", "3/2", "甲", "[1]", "n"])
def test_written_twice_is_written_once(text: str) -> None:
    if not raised(text).startswith("^"):
        assert raised(raised(text)) == raised(text)
