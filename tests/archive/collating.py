"""Texts of our own to set against each other, and short ways to do it."""

from __future__ import annotations

from archive.collate import Collation, Kind, collate, key_of

PARAGRAPHS = (
    "为推动本地区水利设施建设，规范渠道养护工作，根据有关规定，结合实际情况，现就有关事项通知如下。",
    "一、明确目标任务。到2027年，全区新修渠道120公里，灌溉面积达到1.5万亩，水费收缴率提高到95%以上。",
    "二、落实养护责任。各乡镇应当建立渠道养护台账，每季度检查一次，发现渗漏、坍塌的，及时报告并组织抢修。",
    "三、强化资金保障。区财政每年安排专项资金300万元，重点支持老旧闸门更换、泵站改造和计量设施安装。",
    "四、严肃考核问责。养护工作纳入年度考核，对连续两年不合格的单位，予以通报批评，责令限期整改。",
    "本通知自印发之日起施行，有效期五年，由区水务局负责解释，此前规定与本通知不一致的以本通知为准。",
)
TEXT = "\n".join(PARAGRAPHS)


def collated(copy: str, original: str = TEXT) -> Collation:
    """Set one text against another."""
    return collate(key_of(copy), key_of(original))


def variants_of(copy: str, original: str = TEXT) -> list[tuple[Kind, str, str]]:
    """Return the variants of a copy: kind, the original's words, the copy's words."""
    return [(v.kind, v.original_text, v.copy_text) for v in collated(copy, original).variants]
