"""What a site puts under every text is cut off where it is declared, and kept as removed."""

import pytest

from archive.extract.forms import without_closing
from archive.model import Article, Rules

TEXT = "会议要求抓好落实。\n各地要按时报送。"


@pytest.mark.parametrize(
    ("closing", "tail", "removed"),
    [
        pytest.param((r"[(（]完[)）]\s*\Z",), "(完)", "(完)", id="a wire's mark in the last line"),
        pytest.param(
            (r"^.{0,30}版权声明",),
            "\n本站版权声明\n转载请注明。",
            "本站版权声明\n转载请注明。",
            id="a notice",
        ),
        pytest.param(
            (r"\(完\)\Z", r"^声明"), "\n声明：\n甲。(完)", "声明：\n甲。(完)", id="the first of two"
        ),
    ],
)
def test_closing_is_removed_and_recorded_whole(closing: tuple[str, ...], tail: str, removed: str) -> None:
    article = without_closing(Article(title="通知", text=TEXT + tail), closing)
    assert article.text == TEXT
    assert [(block.kind, block.text) for block in article.removed] == [("closing", removed)]


@pytest.mark.parametrize(
    "text",
    ["(完)的含义见附件。\n第二段。", "(完)"],
    ids=["the mark inside the text", "nothing else than the mark"],
)
def test_text_without_a_closing_or_of_nothing_else_stays(text: str) -> None:
    article = Article(title="通知", text=text)
    assert without_closing(article, (r"[(（]完[)）]\s*\Z",)) == article


def test_closing_that_is_no_pattern_fails_at_import() -> None:
    with pytest.raises(ValueError, match=r"Rules\.closing"):
        Rules(closing=("(",))
