"""An edit of one word is always a version; what turns on a page by itself never is. Through the kept bytes and the reader."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.archive.desk import HOST, Desk, html
from tests.replicas.loom import DEEDS, PLACES, weave

ON_THE_PAGE, A_RUN = 50, 9
# What the nature of a text hangs on, and what is easily taken for nothing.
WORDS = (
    ("应当", "可以"), ("不得", "可以"), ("必须", "原则上应"), ("加强", "推进"), ("鼓励", "要求"), ("有关", ""), ("以上", "以下"),
    ("不低于", "不高于"), ("各", "部分"), ("和", "或"), ("及时", ""), ("每年", "每季度"), ("企业", "单位"), ("重点", "一般"),
)  # fmt: skip
HAN = re.compile(r"[\u4e00-\u9fff]")
NUMBER = re.compile(r"\d+")


def reworded(text: str, dice: random.Random) -> str:
    """Return a text with one word other than before: a number, a word of weight, a name, or any two characters."""
    edits: tuple[Callable[[str, random.Random], str], ...] = (_number, _word, _name, _any, _any)
    changed = dice.choice(edits)(text, dice)
    return changed if changed != text else _any(text, dice)


def _number(text: str, dice: random.Random) -> str:
    found = list(NUMBER.finditer(text))
    if not found:
        return text
    one = dice.choice(found)
    other = dice.choice((str(int(one[0]) + 1), one[0] + "0", str(dice.randint(1, 99_999))))
    return text[: one.start()] + other + text[one.end() :]


def _word(text: str, dice: random.Random) -> str:
    held = [pair for pair in WORDS if pair[0] in text]
    return text.replace(*dice.choice(held), 1) if held else text


def _name(text: str, dice: random.Random) -> str:
    held = [name for name in (*PLACES, *DEEDS) if name in text]
    return text.replace(dice.choice(held), dice.choice(PLACES), 1) if held else text


def _any(text: str, dice: random.Random) -> str:
    at = dice.choice([found.start() for found in HAN.finditer(text)])
    other = "".join(chr(dice.randint(0x4E00, 0x9F00)) for _ in range(dice.randint(1, 2)))
    return text[:at] + other + text[at + dice.randint(0, 2) :]


def moments(minutes: int) -> Callable[[], str]:
    """Return what tells one moment after the other, so far apart."""
    now = datetime(2026, 4, 1, tzinfo=UTC)

    def next_one() -> str:
        nonlocal now
        now += timedelta(minutes=minutes)
        return now.strftime("%Y-%m-%dT%H:%M:%S")

    return next_one


def test_every_edit_of_one_word_is_a_version(rounds: Callable[[int, int], int]) -> None:
    edits, dice, moment = rounds(150, 10_000), random.Random(20260401), moments(7)
    shelves = -(-edits // 400)
    desk, pages = Desk(), dict[str, list[str]]()
    for number in range(shelves * ON_THE_PAGE):
        url = f"https://{HOST}/a/n{number}.html"
        pages[url] = [
            str(block) for block in weave(f"edits/{number}", paragraphs=3).blocks if isinstance(block, str)
        ]
        assert desk.see(html(*pages[url], title=f"第{number}号通知"), moment(), url=url) == "new"
    shown = {url: {tuple(text)} for url, text in pages.items()}
    done, urls = 0, list(pages)
    while done < edits:
        desk = desk.reopened()
        first = done // 400 * ON_THE_PAGE
        seen = urls[first : first + ON_THE_PAGE]
        edited = dice.sample(seen, min(A_RUN, edits - done))
        for url in edited:
            place = dice.randrange(len(pages[url]))
            pages[url][place] = reworded(pages[url][place], dice)
            shown[url].add(tuple(pages[url]))
        # What was not edited is kept first: a change is judged by how much of the run it is.
        for url in sorted(seen, key=edited.__contains__):
            number = url.rpartition("/n")[2].removesuffix(".html")
            desk.see(html(*pages[url], title=f"第{number}号通知"), moment(), url=url)
        desk.archive.decide_changes()
        desk.drain()
        done += len(edited)
    assert desk.one("select count(*) from changes") == edits, (
        "each edit is a change, also back to an earlier wording"
    )
    missing = {
        url: (len(states), row["versions"])
        for url, states in shown.items()
        if (row := desk.latest(url))["versions"] != len(states)
    }
    assert missing == {}
    assert desk.events("mass_change") == [] and desk.waiting() == []


def turning(dice: random.Random, number: int) -> bytes:
    """Return the page of one visit: the same text among counters, clocks, links and scripts that are never the same."""
    links = "".join(
        f'<li><a href="/a/r{dice.randint(1, 9999)}.html">{weave(str(dice.random()), paragraphs=1).title}</a></li>'
        for _ in range(dice.randint(3, 8))
    )
    visits, clock = dice.randint(1, 9_999_999), f"{dice.randint(0, 23):02d}:{dice.randint(0, 59):02d}"
    day = f"2026年{dice.randint(1, 12)}月{dice.randint(1, 28)}日 星期{dice.choice('一二三四五六日')}"
    aside = (
        f"<p>今天是{day} {clock}</p><p>访问次数：{visits}</p><div class='related'><h3>相关链接</h3><ul>{links}</ul></div>"
        f"<div class='share'>分享到微信 已有{dice.randint(0, 999)}人点赞</div>"
    )
    page = html(aside=aside, head=f"<script>var t={dice.random()};var n={number};</script>").decode()
    page = page.replace('class="date">2026-03-05', f'class="date">2026-03-05 浏览次数：{visits} 次')
    return page.replace("</body>", f"<div>您是第{visits}位访客</div><!-- {clock} --></body>").encode()


def test_visits_among_changing_counters_clocks_and_links_are_no_edits(
    rounds: Callable[[int, int], int],
) -> None:
    dice, desk, moment = random.Random(20260402), Desk(), moments(31)
    outcomes = [str(desk.see(turning(dice, number), moment())) for number in range(rounds(100, 1000))]
    assert outcomes == ["new", *["unchanged"] * (len(outcomes) - 1)]
    assert desk.one("select count(*) from versions") == 1 and desk.changes() == []
    assert desk.one("select count(distinct payload) from captures") == len(outcomes), (
        "no two visits were the same"
    )
