"""An archive in which a mirror holds a damaged copy of one of the bureau's documents, and the two were compared."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from archive.clock import Clock, moment
from archive.model import Article, Exchange, ReadingResult, Role, Site
from archive.reader import prepare
from archive.store.archive import Archive
from archive.store.write.comparisons import compare_versions
from tests.archive.holding import SITE, article

HOST = "https://www.bureau.example"
MIRROR = Site(
    publisher="示例转载网", role=Role.COPY, domains=("mirror.example",), articles=(r"/\d+/\w+\.html$",)
)
ORIGINAL_URL = f"{HOST}/a/plan2026.html"
COPY_URL = "https://news.mirror.example/2026/0309.html"
ORIGINAL = """各区县人民政府，市政府各委办局：
为加快培育未来产业，推动科技创新和产业创新深度融合，现提出以下意见。
一、总体要求
到2027年，全市未来产业规模达到1.5万亿元，研发投入占比提高到5%，培育领军企业不少于30家，建成开放共享的中试平台12个。
二、重点任务
（一）加强基础研究。支持高等学校、科研院所与企业共建联合实验室，实行“揭榜挂帅”制度，对承担任务的单位应当给予稳定支持。
（二）完善标准体系。围绕脑机接口、量子计算、氢能储运等方向制定地方标准，有关部门应当在2026年12月31日前完成首批立项。
（三）保障要素供给。设立总规模200亿元的产业基金，优先保障用地、用能和数据资源，不得以任何形式向企业摊派费用。
三、组织实施
市发展改革委主任李明牵头负责，各区县政府要压实责任，每半年向市政府报告一次进展情况。
本意见自2026年3月1日起施行，有效期三年。"""
COPY = (
    "本报讯 记者从有关方面获悉，以下为全文。\n"
    + ORIGINAL.replace("1.5万亿元", "15万亿元")
    .replace("2026年12月31日", "2026年12月1日")
    .replace("应当给予稳定支持", "可以给予支持")
    .replace("，不得以任何形式向企业摊派费用", "")
    .replace("市发展改革委主任李明", "市发展改革委主任李鸣")
    .replace("（三）保障要素供给。", "（三）保障要素供给。业内人士普遍看好这一政策前景。")
    .replace("“揭榜挂帅”", '"揭榜挂帅"')
    + "\n免责声明：本文转载自网络，版权归原作者所有，不代表本站观点。\n责任编辑：小编"
)


def make(path: Path, *, copy_dated: str | None = "2026-03-09") -> int:
    """Write the archive and return the number of the comparison; ``copy_dated``: the day that the copy shows."""
    clock = Clock(moment("2026-05-01T00:00:00.000Z"), time.monotonic(), "set")
    archive = Archive.open(
        path, holder="tests", sites={"bureau": SITE, "mirror": MIRROR}, create=True, clock=clock
    )
    _show(
        archive,
        "bureau",
        ORIGINAL_URL,
        article(ORIGINAL, title="关于加快培育未来产业的若干意见"),
        "2026-03-02",
    )
    copied = article(COPY, title="重磅！关于加快培育未来产业的若干意见", published_at=copy_dated)
    _show(archive, "mirror", COPY_URL, copied, "2026-03-10")
    version = archive.db.execute("select current from documents where url = ?", (COPY_URL,)).fetchone()[0]
    with archive.writing():
        number = compare_versions(archive.db, version, at="2026-03-11T00:00:00.000Z")
    archive.close()
    assert number is not None
    return number


def _show(archive: Archive, site: str, url: str, shown: Article, day: str) -> None:
    crawl = archive.begin_crawl(site, "watch")
    kept = archive.keep(
        Exchange(url=url, kind="article", site=site, captured_at=f"{day}T00:00:00.000Z", status=200,
                 body=f"<html>{shown.text}".encode(), headers=(("content-type", "text/html"),)),
        crawl,
    )  # fmt: skip
    found = ReadingResult(result=shown, visible_digest=url, prepared=prepare(shown), signs=(), trusted=True)
    archive.record(archive.jobs.of(kept.capture), found)


def variants(path: Path) -> list[sqlite3.Row]:
    """Return the variants that are kept."""
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    found = db.execute("select * from variants order by copy_start, id").fetchall()
    db.close()
    return found
