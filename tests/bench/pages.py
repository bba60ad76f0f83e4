"""Pages to measure with: real ones where a folder of them is at hand, our own otherwise; many, no two alike."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

HAN = re.compile(r"[\u4e00-\u9fff]")
UNSEEN = re.compile(
    r"(<script\b.*?</script>|<style\b.*?</style>|<!--.*?-->|<[^>]*>)", re.DOTALL | re.IGNORECASE
)
HOME = Path(__file__).resolve().parents[2]
SHARE_CHANGED = 0.12


def corpus(folder: Path | None) -> list[str]:
    """Return the texts of the HTML pages of a folder, else of the pages that the tests keep."""
    files = sorted(folder.glob("*.html")) if folder else sorted((HOME / "tests/pages").glob("*/*/page.html"))
    bodies = [path.read_bytes() for path in files]
    return [_decoded(body) for body in bodies if len(body) > 2000]


def sites_of_several(folder: Path | None) -> dict[str, list[bytes]]:
    """Return the pages of each site that a labelled folder (or the tests) has at least two of."""
    groups: dict[str, list[bytes]] = {}
    if folder and (folder / "index.jsonl").is_file():
        for line in (folder / "index.jsonl").read_text("utf-8").splitlines():
            page = json.loads(line)
            if page["file"].endswith(".html"):
                groups.setdefault(page["site"], []).append((folder / page["file"]).read_bytes())
    else:
        for path in sorted((HOME / "tests/pages").glob("*/*/page.html")):
            groups.setdefault(path.parts[-3], []).append(path.read_bytes())
    return {site: bodies for site, bodies in groups.items() if len(bodies) > 1}


def variants(texts: list[str], count: int, seed: int = 7) -> list[bytes]:
    """Return pages made of others by replacing an eighth of the shown Chinese characters: nothing dedupes."""
    chance = random.Random(seed)
    common = [ch for text in texts for ch in HAN.findall(text)][:200_000]
    return [_changed(texts[n % len(texts)], chance, common, SHARE_CHANGED) for n in range(count)]


def edited(page: bytes, seed: int) -> bytes:
    """Return a later state of a page: about one shown character in fifty differs."""
    chance = random.Random(seed)
    text = _decoded(page)
    return _changed(text, chance, HAN.findall(text) or ["改"], 0.02)


def _changed(text: str, chance: random.Random, common: list[str], share: float) -> bytes:
    def one(match: re.Match[str]) -> str:
        return chance.choice(common) if chance.random() < share else match[0]

    pieces = UNSEEN.split(text)
    return "".join(p if n % 2 else HAN.sub(one, p) for n, p in enumerate(pieces)).encode("utf-8", "replace")


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("gb18030", "replace")
