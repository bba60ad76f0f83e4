"""A hijacked page: gambling phrases made for search engines, with links to hosts that are nobody's here."""

from __future__ import annotations

import random

_PHRASES = (
    "澳门新葡京官网入口", "彩票开奖结果查询", "真人百家乐注册送彩金", "老虎机在线试玩", "六合彩资料大全",
    "棋牌游戏下载平台", "足球外围投注技巧", "时时彩计划软件", "网上赌场首存优惠", "电子游艺返水",
)  # fmt: skip
_ENDS = ("，注册即送88元", "，二十四小时客服", "，最新网址备用线路", "，安全稳定提现快", "，手机版APP下载")


def spam_page(seed: str) -> str:
    """Return a spam page: title, heading, body and outward links, nothing of the article that stood here."""
    dice = random.Random(seed)
    head = "_".join(dice.sample(_PHRASES, 4))
    paragraphs = "\n".join(
        "<p>"
        + "。".join(dice.choice(_PHRASES) + dice.choice(_ENDS) for _ in range(dice.randint(4, 7)))
        + "。</p>"
        for _ in range(12)
    )
    links = "\n".join(
        f'<li><a href="http://{dice.randrange(16**6):06x}.bet-{n}.example/">{dice.choice(_PHRASES)}</a></li>'
        for n in range(36)
    )
    words = ",".join(_PHRASES)
    return f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{head}-官方网站</title>
<meta name="keywords" content="{words}"><meta name="description" content="{head}">
<script src="//tj.stat-{seed.encode().hex()[:6]}.example/hm.js"></script></head>
<body><div class="top"><h1>{head}</h1></div>
<div class="main">
{paragraphs}
</div>
<ul class="links">
{links}
</ul>
<div class="foot">Copyright 2026 {dice.choice(_PHRASES)} 版权所有</div></body></html>
"""
