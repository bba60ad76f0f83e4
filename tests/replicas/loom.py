"""Weaves invented policy prose: for the long tail of a list and for benchmarks, where nobody reads along.

The same seed gives the same text. The sentences are ours; they say nothing about any real place or plan.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path

from .pieces import Block, Heading, Table

FIELDS = (
    "智能网联汽车", "工业母机", "未来产业", "5G应用", "绿色工厂", "企业数字化", "算力设施", "生物制造",
    "新型储能", "北斗应用", "低空装备", "人形机器人", "工业软件", "特种材料", "成果转化", "农业科技园区",
    "基础研究", "技术合同登记", "实验动物管理", "野外观测", "养老服务", "普惠托育", "政务公开", "节能降碳",
)  # fmt: skip
PLACES = (
    "云麓市", "青澜市", "栖川县", "望溪区", "澄湖市", "岚桥县", "鹤汀区", "松浦市", "槐安县", "临屿市",
    "沙洲新区", "北屏县", "桐溪市", "远山区", "白渡县",
)  # fmt: skip
BODIES = (
    "各省级主管部门", "有关行业协会", "重点企业", "第三方机构", "地方财政部门", "高等学校和科研院所",
    "园区管理机构", "县级人民政府", "检验检测机构", "项目承担单位",
)  # fmt: skip
DEEDS = (
    "建立清单台账", "组织中期评估", "完善标准体系", "开展供需对接", "压实安全责任", "落实资金配套",
    "简化申报材料", "加强信用约束", "推动数据共享", "公开办理进度", "培育专业人才", "强化知识产权保护",
    "开放应用场景", "畅通意见渠道", "按季度报送进展", "杜绝重复检查",
)  # fmt: skip
AIMS = (
    "降低企业成本", "补齐薄弱环节", "提升公共服务水平", "形成可复制的做法", "稳定市场预期",
    "守住安全底线", "让群众少跑路", "缩短审批时限", "扩大试点范围", "提高资源利用效率",
)  # fmt: skip
_UNITS = ("万元", "亿元", "家", "项", "个", "万吨", "公里", "人次", "台（套）")

_TEXTS = Path(__file__).parent / "texts"
_SENTENCES = tuple((_TEXTS / "sentences.txt").read_text("utf-8").splitlines())
_TITLES = tuple((_TEXTS / "titles.txt").read_text("utf-8").splitlines())
_SLOT = re.compile(r"\{(\w+)(?:-(\d+))?\}")
_HEADINGS = ("总体要求", "主要任务", "组织实施", "监督管理", "工作安排", "保障措施")


_CHOICES = {"place": PLACES, "body": BODIES, "deed": DEEDS, "aim": AIMS}


def _amount(dice: random.Random) -> str:
    value = dice.choice((dice.randint(3, 98), dice.randint(100, 9800), round(dice.uniform(1, 60), 1)))
    return f"{value}{dice.choice(_UNITS)}"


def _fill(template: str, dice: random.Random, field: str) -> str:
    def slot(found: re.Match[str]) -> str:
        name, upper = found.groups()
        if upper:
            return str(dice.randint(int(name), int(upper)))
        if name == "day":
            return f"202{dice.randint(4, 8)}年{dice.randint(1, 12)}月{dice.randint(1, 28)}日"
        if name == "amount":
            return _amount(dice)
        return field if name == "field" else dice.choice(_CHOICES[name])

    return _SLOT.sub(slot, template)


@dataclass(frozen=True, slots=True)
class Woven:
    """A woven title and its text."""

    title: str
    blocks: tuple[Block, ...]


def weave(seed: str, *, paragraphs: int = 0) -> Woven:
    """Return the text of this seed: 8 to 16 paragraphs unless told, some with headings or a table."""
    dice = random.Random(seed)
    field = dice.choice(FIELDS)
    blocks: list[Block] = []
    headed = dice.random() < 0.5
    for place in range(paragraphs or dice.randint(8, 16)):
        if headed and place % 3 == 1:
            blocks.append(Heading(f"{'一二三四五六七八九十'[place // 3 % 10]}、{dice.choice(_HEADINGS)}"))
        blocks.append(
            "".join(_fill(line, dice, field) for line in dice.sample(_SENTENCES, dice.randint(2, 4)))
        )
    if dice.random() < 0.3:
        blocks.insert(len(blocks) // 2, _table(dice))
    return Woven(_fill(dice.choice(_TITLES), dice, field), tuple(blocks))


def _table(dice: random.Random) -> Table:
    places = dice.sample(PLACES, dice.randint(3, 7))
    rows = ((place, str(dice.randint(2, 800)), f"{dice.uniform(0.5, 40):.1f}") for place in places)
    return Table((("地区", "项目数（个）", "投资（亿元）"), *rows))
