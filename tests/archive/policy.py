"""A policy from its draft to its repeal, with what it rests on and what speaks of it. All texts are made up."""

from __future__ import annotations

from pathlib import Path

from tests.archive.holding import Holding, article

HOST = "https://www.bureau.example/a"
TITLE = "海州市人民政府办公室关于印发海州市渔港管理办法的通知"
NEW_TITLE = "海州市人民政府办公室关于印发海州市渔港和渔船管理办法的通知"
# Name, title, number, day, text; shown to the archive in this order.
DOCUMENTS = (
    ("law", "海州市渔业条例", None, "2010-09-01",
     "（2010年9月1日海州市人民代表大会常务委员会通过）\n第一条 为了保护渔业资源，制定本条例。\n第二条 从事捕捞的应当遵守禁渔期的规定。\n第三条 本条例自2011年1月1日起施行。"),
    ("draft", "海州市渔港管理办法（征求意见稿）", None, "2016-02-01",
     "第一条 为加强渔港管理，根据《海州市渔业条例》，制定本办法。\n第二条 意见请于2016年3月1日前反馈。\n第三条 本办法自印发之日起施行。"),
    ("old", TITLE, "海府办规〔2016〕9号", "2016-05-06",
     "第一条 为加强渔港管理，根据《海州市渔业条例》，制定本办法。\n第二条 渔港由市水务局负责管理，坚持统一规划的原则。\n第三条 本办法自2016年6月1日起施行。"),
    ("reading", "《海州市渔港管理办法》政策解读", None, "2016-05-20",
     "近日，我市印发了《海州市渔港管理办法》（海府办规〔2016〕9号），现就有关情况解读如下，供各单位学习时参考。\n办法明确由市水务局负责日常管理工作，并对渔港的规划和维护提出了要求。"),
    ("amendment", "海州市人民政府办公室关于修改《海州市渔港管理办法》的通知", "海府办规〔2018〕4号", "2018-03-02",
     "各区人民政府：\n现对《海州市渔港管理办法》（海府办规〔2016〕9号）作如下修改：\n第二条修改为：“渔港由市渔业局负责管理。”\n本通知自2018年4月1日起施行。"),
    ("new", NEW_TITLE, "海府办规〔2021〕3号", "2021-04-19",
     "第一条 为加强渔港管理，根据《海州市渔业条例》《海州市港口条例》，制定本办法。\n第二条 渔港由市渔业局负责管理，坚持统一规划、分级负责。\n"
     f"第三条 本办法自2021年5月1日起施行，有效期10年。《{TITLE}》（海府办规〔2016〕9号）同时废止。"),
    ("later", "海州市人民政府办公室关于开展渔港安全检查的通知", "海府办规〔2021〕7号", "2021-08-02",
     "各区人民政府：\n根据《海州市渔港和渔船管理办法》（海府办规〔2021〕3号）和《海州市船舶安全规定》（海府办规〔2021〕5号），决定开展检查，现将有关事项通知如下。\n一、检查自2021年9月1日开始，为期三个月。"),
)  # fmt: skip
PLACES = {name: place for place, (name, *_) in enumerate(DOCUMENTS, 1)}


EDITED = "各区人民政府：\n渔港检查的有关事项通知如下。\n一、检查为期三个月，抽查比例不低于5%。"


def held(path: Path, *, edited: bool = False) -> Path:
    """Return an archive that holds the policy; ``PLACES`` gives each document's number in it.

    ``edited``: and one document more whose page changed.
    """
    holding = Holding(path)
    for place, (name, title, number, day, text) in enumerate(DOCUMENTS, 1):
        shown = article(text, title=title, doc_number=number, published_at=day)
        holding.show(shown, f"2026-03-{place:02}T00:00:00.000Z", url=f"{HOST}/{name}.html")
    for date, text in enumerate((EDITED, EDITED.replace("5%", "15%")) if edited else (), 10):
        shown = article(text, title="关于渔港检查的补充通知", published_at="2021-09-01")
        holding.show(shown, f"2026-03-{date}T00:00:00.000Z", url=f"{HOST}/edited.html")
    holding.close()
    return holding.path
