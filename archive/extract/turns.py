"""Transcripts of press conferences: one line a turn, ``姓名：…``, whether or not the page breaks it after the name."""

from __future__ import annotations

import dataclasses
import re

from archive.models import Article

# A name of a person or of a medium's reporter with its colon, alone on a line. Salutations have a comma.
_NAME = re.compile(r"[\u4e00-\u9fffA-Za-z·（）() ]{2,30}[:：]")
_TURN = re.compile(r"[\u4e00-\u9fffA-Za-z·（）() ]{2,30}[:：]\s?\S")
_NO_NAME = re.compile(r"附件|附[:：]|各位|女士|先生|时间|地点|主持人身份|来源|发布")


def with_turns(article: Article) -> Article:
    """Return the article with every speaker's name in the line of the words that follow it.

    The flag ``transcript`` says that turns were found, ``no_turns`` that none were: then the page is written in
    another way than those known, and who says what cannot be told from the text.
    """
    lines: list[str] = []
    for line in article.text.split("\n"):
        if lines and _is_name(lines[-1]) and not _is_name(line):
            lines[-1] += line
        else:
            lines.append(line)
    found = sum(1 for line in lines if _TURN.match(line[:40]) and not _NO_NAME.match(line))
    flag = "transcript" if found >= 2 else "no_turns"
    return dataclasses.replace(article, text="\n".join(lines), flags=(*article.flags, flag))


def _is_name(line: str) -> bool:
    return len(line) <= 31 and _NAME.fullmatch(line) is not None and not _NO_NAME.match(line)
