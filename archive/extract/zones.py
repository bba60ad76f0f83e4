"""What an element's tag, id and class say about the part of the page it is: navigation, footer, related links …

A name is a hint, never proof: inside the container that was chosen, a zone only counts when it is small there.
"""

from __future__ import annotations

import re
from functools import lru_cache

TAGS = {"nav": "navigation", "footer": "footer", "aside": "related"}
_ZONES = (
    (
        "breadcrumb",
        r"bread_?crumb|crumbs?\b|bread_lead|weizhi|dqwz|curmb|my_?location|position\b|path\b|location\b",
    ),
    ("comment", r"comment|pinglun|reply|replies|disqus|gentie|tie-area|uyan|cy_?thread|liuyan|fbcomments"),
    (
        "related",
        r"relat|xiangguan|xgwd|xgxw|xgwj|xgyd|recommend|tuijian|hot-?news|hotlist|guess|read-?more|morenews|"
        r"sidebar|side-?bar|right_?bar|rank|phb|paihang|next_?(?:page|article|post)|prev_?next|nextprev|"
        r"blogroll|friend_?link|yqlj|tags?\b|keywords?\b",
    ),
    (
        "toolbar",
        r"share|bdshare|fenxiang|jiathis|toolbar|tool_?box|tools\b|print_?(?:btn|box|bar|page)|font_?size|zoom_?size|"
        r"qr_?code|erweima|ewm|weixin|wechat|sns|favor|btn_?group|dayin|guanbi|close_?(?:win|page)|article_?fd\b|"
        r"jiucuo|voice|modal\b|popup|dialog|tooltip|wza|gotop|go_?top|backtop|back_?top",
    ),
    ("advert", r"advert|\bads?\b|\bad[_-]|[_-]ads?\b|guanggao|gg_|sponsor|adincontent|google_"),
    (
        "navigation",
        r"\bnav|nav\b|[_-]nav|navi|menu|topbar|top-?bar|header\b|\bhead\b|banner|crumb|login|search|logo",
    ),
    (
        "footer",
        r"footer|foot\b|\bfoot[_-]|copy_?right|banquan|page_?foot|beian|mianze|disclaimer|cpright|bottom-?nav",
    ),
    (
        "editor",
        r"\beditor_tex|zrbj|ze?renbianji|\bleft_name\b|\bep-editor\b|article_?editor|art_editor|\bedit\b",
    ),
)
_ZONE = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _ZONES), re.I)
_CONTENT = re.compile(
    r"trs_?editor|trs_?ueditor|ucap|zoom|article|content|main_?text|detail|news_?text|p-detail|rwb_zw|rm_txt|"
    r"artibody|endtext|body_?text|story|post|entry|text|zhengwen|neirong|xilan|ivs_content|easysitetext|con_con|view",
    re.I,
)
_BLOCK_TAGS = "div section ul ol dl header main article figure fieldset center menu h1 h2"
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_OF_LINES = frozenset(("editor", "toolbar", "breadcrumb", "advert", "comment"))


@lru_cache(maxsize=16_384)
def zone_of(tag: str, name: str, classes: str) -> str:
    """Return the part of the page an element names itself to be, or "".

    A cell, an item or a paragraph called "head" or "tags" is part of a text; only blocks name parts of a page.
    """
    if tag in TAGS:
        return TAGS[tag]
    if tag in ("body", "html", "form") or not (name or classes):
        return ""
    match = _ZONE.search(f"{name[:100]} {classes[:200]}")
    zone = (match.lastgroup or "") if match else ""
    return zone if tag in _BLOCKS or zone in _OF_LINES else ""


@lru_cache(maxsize=16_384)
def names_content(label: str) -> bool:
    """Say whether an id or class is one that article containers are given."""
    return bool(label) and bool(_CONTENT.search(label))
