"""Hijacked hosts that serve other sites' pages: the path kept, the title sold, the text put through a bad converter.

Written from what such copies look like. Each host pollutes in a way of its own: pinyin with tones after converted
characters, plain pinyin repeated, a byte of GBK lost, words filtered out. Links are the original's.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from .markup import html_reply
from .wire import Answer, Reply, Request

Serve = Callable[[Request], Answer]
TONES, PLAIN, SLIPS, FILTER = (f"{name}.mirror.example" for name in ("tones", "plain", "slips", "filter"))
ORIGINS = {
    TONES: "www.miit.gov.cn",
    PLAIN: "www.beijing.gov.cn",
    SLIPS: "www.ndrc.gov.cn",
    FILTER: "www.most.gov.cn",
}
_SOUNDS = (
    "業:yè 發:fā 產:chǎn 會:huì 國:guó 為:wéi 開:kāi 與:yǔ 務:wù 實:shí 資:zī 點:diǎn 動:dòng 應:yīng 當:dāng 來:lái "
    "時:shí 個:gè 關:guān 於:yú 據:jù 報:bào 術:shù 監:jiān 責:zé 單:dān 項:xiàng 預:yù 屬:shǔ 縣:xiàn 辦:bàn 準:zhǔn"
)
_PINYIN = dict(pair.split(":") for pair in _SOUNDS.split())
_BARE = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ", "aaaaeeeeiiiioooouuuuvvvv")
_FILTERED = re.compile("政治|书记|近平|指示")
_SPAM = "在线观看免费完整版,高清无删减_最新资源丨手机版"


class Mirror:
    """Answers for the hijacked hosts with what their origins would say, spoilt."""

    hosts = (TONES, PLAIN, SLIPS, FILTER)

    def __init__(self, originals: Mapping[str, Serve]) -> None:
        self._originals = originals

    def __call__(self, request: Request) -> Answer:
        origin = ORIGINS[request.host]
        headers = (*request.headers, ("Referer", f"https://{origin}/"))
        answer = self._originals[origin](replace(request, host=origin, scheme="https", headers=headers))
        if not isinstance(answer, Reply) or answer.status != 200 or not answer.media.startswith("text/html"):
            return answer
        if any(name == "Content-Encoding" for name, _ in answer.headers):
            return Reply(status=502)
        return html_reply(_framed(_spoilt(answer.body.decode("utf-8"), request.host)))


def _spoilt(page: str, host: str) -> str:
    """Return the page with its text spoilt in the manner of the host; markup is left as it is."""
    dice = random.Random(len(page))
    pieces = re.split(r"(<[^>]*>)", page)
    return "".join(piece if piece.startswith("<") else _MANNERS[host](piece, dice) for piece in pieces)


def _framed(page: str) -> str:
    page = re.sub(r"<title>.*?</title>", f"<title>{_SPAM}</title>", page, count=1, flags=re.DOTALL)
    foot = '<div class="friendlink"><a href="http://a.example/">友情链接</a> 滇icp备95000000号</div></body>'
    return page.replace("</body>", foot, 1)


@cache
def _converter() -> Any:
    import opencc  # only mirrors need it, and every replica would wait for it

    return opencc.OpenCC("s2t")


def _converted(text: str) -> str:
    return str(_converter().convert(text))


def _toned(text: str, dice: random.Random) -> str:
    converted = _converted(text)
    return "".join(f"{c}({_PINYIN[c]})" if c in _PINYIN else c for c in converted)


def _bare(text: str, dice: random.Random) -> str:
    def with_pinyin(c: str) -> str:
        said = f"({_PINYIN[c].translate(_BARE)})" if c in _PINYIN else ""
        return c + said * dice.choice((1, 1, 3))

    return "".join(with_pinyin(c) for c in _converted(text))


def _slipped(text: str, dice: random.Random) -> str:
    """Lose the first byte of one character in a long run: the rest of the run decodes one byte off."""
    converted = _converted(text)
    if len(converted) < 40:
        return converted
    first = dice.randrange(5, len(converted) - 20)
    at = next((n for n in range(first, len(converted) - 10) if "\u4e00" <= converted[n] <= "\u9fff"), first)
    run = converted[at : at + 8].encode("gbk", "replace")
    return converted[:at] + run[1:].decode("gbk", "replace").replace("\ufffd", "?") + converted[at + 8 :]


def _filtered(text: str, dice: random.Random) -> str:
    return _FILTERED.sub("", text)


_MANNERS: dict[str, Callable[[str, random.Random], str]] = {
    TONES: _toned,
    PLAIN: _bare,
    SLIPS: _slipped,
    FILTER: _filtered,
}
