"""Real addresses (they are facts): whose each is, what it leads to, and what it is known by ("" = as it is written)."""

from __future__ import annotations

from typing import NamedTuple


class Known(NamedTuple):
    """One address: its site (None: no declared one), its kind, itself, the address it is known by."""

    site: str | None
    kind: str
    url: str
    known_as: str = ""


_MIIT, _WAP = "https://www.miit.gov.cn", "https://wap.miit.gov.cn"
_GOV, _MOST, _NDRC = "https://www.gov.cn", "https://www.most.gov.cn", "https://www.ndrc.gov.cn"
_SCIO, _BJ, _KW = "https://www.scio.gov.cn", "https://www.beijing.gov.cn", "https://kw.beijing.gov.cn"
_TORCH = "https://www.chinatorch.gov.cn"
_TZ = "/zwgk/zcwj/wjfb/tz/art/2024"

_NFRA = "https://www.nfra.gov.cn"

ADDRESSES = (
    Known("nfra", "article", f"{_NFRA}/cbircweb/DocInfo/SelectByDocId?docId=1240611"),
    Known(
        "nfra",
        "article",
        f"{_NFRA}/cn/view/pages/ItemDetail.html?docId=1240611&itemId=928",
        f"{_NFRA}/cbircweb/DocInfo/SelectByDocId?docId=1240611",
    ),
    Known("miit", "article", f"{_MIIT}{_TZ}/art_aab179dea60b4b77a05070e796c4c994.html"),
    Known("miit", "article", f"{_MIIT}{_TZ}/art_fb72ba03c3f441a28ed521c4debc492a.html"),
    Known("miit", "article", f"{_MIIT}{_TZ}/art_b9415a5455934902b04961909b1c2873.html"),
    Known("miit", "article", f"{_MIIT}{_TZ}/art_23836d619c814d8587ecfda9cfc6b68e.html"),
    Known("miit", "article", f"{_MIIT}{_TZ}/art_2ac6ac3bd9b34197b1ba7fbe50f00076.html"),
    Known("miit", "article", f"{_MIIT}{_TZ}/art_7b42963f0fde4af496dfcc9c224be54c.html"),
    Known(
        "miit",
        "article",
        f"{_WAP}{_TZ}/art_4ce8d09c15ee4fb1aefc3d5dfbbb6584.html",
        f"{_MIIT}{_TZ}/art_4ce8d09c15ee4fb1aefc3d5dfbbb6584.html",
    ),
    Known(
        "miit",
        "article",
        f"{_WAP}/jgsj/zbys/qcgy/art/2026/art_a1d2072374884287b67048a77560014e.html",
        f"{_MIIT}/jgsj/zbys/qcgy/art/2026/art_a1d2072374884287b67048a77560014e.html",
    ),
    Known(
        "miit",
        "article",
        f"{_WAP}/jgsj/zfs/gzdt/art/2024/art_46a8ba5d8aa94c23910407471107a2bf.html",
        f"{_MIIT}/jgsj/zfs/gzdt/art/2024/art_46a8ba5d8aa94c23910407471107a2bf.html",
    ),
    Known("miit", "article", f"{_MIIT}/gzcy/yjzj/art/2026/art_cb9cca921b2946c595d897b14bf520a6.html"),
    Known("miit", "article", f"{_MIIT}/gxsj/tjfx/rjy/art/2026/art_3588c41c7dd34514868a93b3cb2c020c.html"),
    Known("miit", "article", f"{_MIIT}/gxsj/tjfx/txy/art/2026/art_d78fc2fbd1d9467286f9a71986bdafe7.html"),
    Known("miit", "article", f"{_MIIT}/xwfb/bldhd/art/2026/art_0bd2e5ee157f46d4b97a449c235f3747.html"),
    Known("miit", "article", f"{_MIIT}/zwgk/wjgs/art/2026/art_0b2035d10a644ff38840f697f5b35abe.html"),
    Known("miit", "article", f"{_MIIT}/gzcy/yjzj/art/2026/art_245934cf2b9540d0ba3ada961cd14866.html"),
    Known("miit", "article", f"{_MIIT}/jgsj/zbys/gzdt/art/2020/art_9f09e324e0064eb6ac473ff2949f699c.html"),
    Known("most", "article", f"{_MOST}/tztg/202609/t20260908_197283.html"),
    Known("most", "article", f"{_MOST}/kjbgz/202607/t20260710_197036.html"),
    Known("most", "article", f"{_MOST}/tztg/202404/t20240425_190494.html"),
    Known("most", "article", f"{_MOST}/xxgk/xinxifenlei/fdzdgknr/fgzc/bmgz/202306/t20230601_186416.html"),
    Known("most", "article", f"{_MOST}/kjbgz/202109/t20210926_177063.html"),
    Known("most", "article", f"{_MOST}/kjbgz/202403/t20240313_189961.html"),
    Known(
        "most",
        "article",
        "http://www.most.gov.cn/kjbgz/201711/t20171121_136336.htm",
        f"{_MOST}/kjbgz/201711/t20171121_136336.htm",
    ),
    Known("gov_cn", "article", f"{_GOV}/zhengce/content/202609/content_7080735.htm"),
    Known("gov_cn", "article", f"{_GOV}/zhengce/content/202411/content_6986382.htm"),
    Known("gov_cn", "article", f"{_GOV}/zhengce/zhengceku/202411/content_6986383.htm"),
    Known(
        "gov_cn",
        "gateway",
        "https://big5.www.gov.cn/gate/big5/www.gov.cn/zhengce/zhengceku/202411/content_6986383.htm",
    ),
    Known("gov_cn", "article", f"{_GOV}/zhengce/zhengceku/202511/content_7047091.htm"),
    Known("gov_cn", "article", f"{_GOV}/gongbao/2025/issue_12406/202511/content_7048922.html"),
    Known("gov_cn", "article", f"{_GOV}/zhengce/zhengceku/202407/content_6965771.htm"),
    Known("gov_cn", "article", f"{_GOV}/zhengce/zhengceku/202401/content_6929021.htm"),
    Known("gov_cn", "article", f"{_GOV}/zhengce/zhengceku/202402/content_6931424.htm"),
    Known("gov_cn", "article", f"{_GOV}/zhengce/zhengceku/202401/content_6924596.htm"),
    Known("gov_cn", "article", f"{_GOV}/zhengce/content/2020-11/24/content_5563804.htm"),
    Known("gov_cn", "article", f"{_GOV}/yaowen/liebiao/202306/content_6888910.htm"),
    Known("gov_cn", "transcript", f"{_GOV}/zccfh/2026nzccfh/20260608/wzsl/202606/content_7071439.htm"),
    Known(
        "gov_cn",
        "article",
        "http://www.gov.cn/zhengce/zhengceku/2020-01/27/content_5472352.htm",
        f"{_GOV}/zhengce/zhengceku/2020-01/27/content_5472352.htm",
    ),
    Known("scio", "article", "http://www.scio.gov.cn/live/2024/34875/", f"{_SCIO}/live/2024/34875/"),
    Known(
        "scio", "article", "https://www.scio.gov.cn/live/2024/34328/index.html", f"{_SCIO}/live/2024/34328/"
    ),
    Known("scio", "transcript", "http://www.scio.gov.cn/live/2025/37015/tw/", f"{_SCIO}/live/2025/37015/tw/"),
    Known(
        "scio",
        "transcript",
        "http://www.scio.gov.cn/live/2026/38728/tw/index_m.html",
        f"{_SCIO}/live/2026/38728/tw/",
    ),
    Known(
        "scio",
        "article",
        "http://www.scio.gov.cn/live/2025/36604/fbyd/202506/t20250625_918721.html",
        f"{_SCIO}/live/2025/36604/fbyd/202506/t20250625_918721.html",
    ),
    Known("scio", "article", f"{_SCIO}/live/2025/35455/wjzc/202501/t20250123_883280.html"),
    Known(
        "scio",
        "article",
        "http://www.scio.gov.cn/xwfb/dfxwfb/gssfbh/gx_13845/202509/t20250923_932502.html",
        f"{_SCIO}/xwfb/dfxwfb/gssfbh/gx_13845/202509/t20250923_932502.html",
    ),
    Known("scio", "article", f"{_SCIO}/xwfb/bwxwfb/gbwfbh/yczmj/202209/t20220916_326308.html"),
    Known("ndrc", "article", f"{_NDRC}/xxgk/zcfb/fzggwl/202607/t20260731_1406815.html"),
    Known("ndrc", "article", f"{_NDRC}/xxgk/zcfb/tz/202407/t20240723_1391894.html"),
    Known("ndrc", "article", f"{_NDRC}/xxgk/zcfb/tz/202403/t20240301_1364313.html"),
    Known(
        "beijing",
        "gateway",
        f"{_BJ}/gate/big5/www.beijing.gov.cn/zhengce/zhengcefagui/qtwj/201912/t20191219_1311078.html",
    ),
    Known(
        "beijing",
        "gateway",
        f"{_BJ}/gate/big5/www.beijing.gov.cn/zhengce/zhengcefagui/202511/t20251104_4258873.html",
    ),
    Known("beijing", "article", f"{_BJ}/zhengce/zhengcefagui/202411/t20241115_3942264.html"),
    Known("beijing", "article", f"{_BJ}/zhengce/zhengcefagui/202410/t20241025_3927722.html"),
    Known("beijing", "article", f"{_BJ}/zhengce/zhengcefagui/202409/t20240930_3910685.html"),
    Known("beijing", "article", f"{_BJ}/fuwu/lqfw/gggs/202603/t20260331_4570534.html"),
    Known("kw_beijing", "article", f"{_KW}/zwgk/zcwj/202606/t20260623_4711352.html"),
    Known("kw_beijing", "article", f"{_KW}/xwdt/kcyx/xwdtcyfz/202604/t20260403_4573808.html"),
    Known("kw_beijing", "article", f"{_KW}/zwgk/zwgksbrl/202504/t20250421_4070250.html"),
    Known("kw_beijing", "article", f"{_KW}/xwdt/bmdt/202406/t20240618_3816335.html"),
    Known("kw_beijing", "article", f"{_KW}/art/2020/1/16/art_736_472080.html"),
    Known("zgc", "article", "http://zgcgw.beijing.gov.cn/zgc/zwgk/tzgg/10870021/"),
    Known(
        "chinatorch",
        "article",
        "http://www.chinatorch.gov.cn/kjfw/tjbb/202501/0ece4cf02678428b935f38c3c1a572d5.shtml",
        f"{_TORCH}/kjfw/tjbb/202501/0ece4cf02678428b935f38c3c1a572d5.shtml",
    ),
    Known("chinanews", "article", "https://www.chinanews.com.cn/gn/2026/06-16/10641095.shtml"),
    Known(
        "chinanews",
        "article",
        "http://www.chinanews.com.cn/gn/2025/05-22/10419994.shtml",
        "https://www.chinanews.com.cn/gn/2025/05-22/10419994.shtml",
    ),
    Known(
        "chinanews",
        "article",
        "http://www.chinanews.com/gn/2025/05-22/10419994_3.shtml?from=app#top",
        "https://www.chinanews.com.cn/gn/2025/05-22/10419994.shtml",
    ),
    Known("china_com_cn", "article", "http://news.china.com.cn/2026-06/08/content_118536835.htm"),
    Known("china_com_cn", "article", "http://www.china.com.cn/zhibo/content_118500321.htm"),
    Known(
        "china_com_cn",
        "article",
        "http://henan.china.com.cn/m/2022-03/29/content_41919531.html",
        "http://henan.china.com.cn/2022-03/29/content_41919531.html",
    ),
    Known(
        "news_cn", "article", "https://www.news.cn/fortune/20260907/720ca8b230a04b3f95cb68ec5335ac07/c.html"
    ),
    Known("news_cn", "article", "https://www.news.cn/20260124/3f1f3cead780463b9f8119285fe6fb4f/c.html"),
    Known("news_cn", "article", "https://www.xinhuanet.com/politics/2019-12/30/c_1125405473.htm"),
    Known("people", "article", "http://culture.people.com.cn/n1/2019/0615/c1013-31153719.html"),
    Known(
        "people",
        "article",
        "http://culture.people.com.cn/n1/2019/0615/c1013-31153719-4.html",
        "http://culture.people.com.cn/n1/2019/0615/c1013-31153719.html",
    ),
    Known("people", "gateway", "http://xj.people.com.cn/BIG5/n2/2026/0109/c186332-41468031.html"),
    Known("beijiang", "article", "https://www.imline.cn/article/edWeFnunci2sh1cGluZzE5MzA4MgO0O0OO0O0O.html"),
    Known("cac", "article", "https://www.cac.gov.cn/2023-07/13/c_1690898327029107.htm"),
    Known("mohurd", "article", "https://www.mohurd.gov.cn/gongkai/zc/wjk/art/2021/art_17339_762454.html"),
    Known(
        "samr",
        "article",
        "https://www.samr.gov.cn/hd/zjdc/art/2026/art_7690dba6fb90477cae8299c67f7966d9.html",
    ),
    Known("moe", "article", "http://www.moe.gov.cn/srcsite/A16/s3342/202604/t20260410_1433240.html"),
    Known(
        "nda",
        "article",
        "https://www.nda.gov.cn/sjj/jgsz/jld/llh/llhldhd/0323/20260323202204680553721_pc.html",
    ),
    Known(
        "mofcom",
        "article",
        "https://www.mofcom.gov.cn/zwgk/zcfb/art/2026/art_0ff88c45f1974962a539775085014888.html",
    ),
    Known(None, "article", "http://zgkjsz.com/page/2018/0228/16484491.shtml"),
    Known(None, "article", "http://essencecafe.cn/c/2022/09/17/1389753.shtml"),
    Known(None, "article", "http://www.niita.cn/news/view?class=60&id=26926"),
    Known(
        "miit",
        "attachment",
        f"{_MIIT}/cms_files/filemanager/1226211233/attach/20253/3ddfcafcac6d410f990d75b85b508b22.pdf",
    ),
    Known(
        "miit",
        "attachment",
        f"{_WAP}/cms_files/filemanager/1226211233/attach/20238/b8e6287c65a741189abf23778afd4324.doc",
    ),
    Known("miit", "attachment", f"{_MIIT}/cms_files/filemanager/oldfile/miit/c7485448/part/7485456.DOC"),
    Known("most", "attachment", f"{_MOST}/tztg/202312/W020231221620858841394.pdf"),
    Known("gov_cn", "attachment", f"{_GOV}/zhengce/zhengceku/202407/P020240731502013926154.pdf"),
    Known("gov_cn", "attachment", f"{_GOV}/zhengce/zhengceku/202407/P020240731502013926154.pdf?v=2"),
    Known("ndrc", "attachment", f"{_NDRC}/xwdt/tzgg/202408/P020240806534738672970.pdf"),
    Known("ndrc", "attachment", f"{_NDRC}/fggz/fzzlgh/gjfzgh/202603/U020260317369114704096.pdf"),
    Known("kw_beijing", "attachment", f"{_KW}/zwgk/zcwj/202506/W020250618597479728478.docx"),
    Known("beijing", "attachment", f"{_BJ}/zhengce/zhengcefagui/202402/W020240226346416011070.pdf"),
    Known(
        "scio", "attachment", "http://www.scio.gov.cn/live/2024/35161/qwxz/202412/P020241202347663859724.pdf"
    ),
    Known(
        "chinatorch",
        "attachment",
        f"{_TORCH}/zxqyfw/c101154/202409/5d41b492352c495f93a206dac341f039/files/1c6ac22f6f354d9b8661f7a23a980c12.pdf",
    ),
    Known(
        "mohurd",
        "attachment",
        "https://www.mohurd.gov.cn/api-gateway/jpaas-web-server/front/document/download?fileName=a&fileUrl=YW5U%3D",
    ),
    Known("scio", "listing", f"{_SCIO}/xwfb/gwyxwbgsxwfbh/index.html"),
    Known("ndrc", "listing", f"{_NDRC}/xxgk/zcfb/tz/"),
)
"""Those of the fact sheet that have a host, and a few that show another form; samples whose path is not known are not here."""

FOREIGN = (
    "https://www.miit.gov.cn.evil.cn/xwfb/szyw/art/2026/art_3588c41c7dd34514868a93b3cb2c020c.html",
    "https://www.miit.gov.cn/n1146295/n1652858/n1652930/c7485448/content.html",
    "https://bjca.miit.gov.cn/zwgk/art/2026/art_3588c41c7dd34514868a93b3cb2c020c.html",
    "https://zgkjsz.com/page/2018/0228/16484491.shtml",
    "https://www.gov.cn/zhengce/",
    "https://www.chinanews.com.cn/world.shtml",
    "https://www.scio.gov.cn/live/2024/35161/qwxz/",
    "https://korean.beijing.gov.cn/news/202411/t20241115_3942264.html",
    "https://kw.beijing.gov.cn/col/col736/index.html",
    "https://www.ndrc.gov.cn/xxgk/zcfb/tz/index_1.html",
    "https://news.cn.evil.org/20260124/3f1f3cead780463b9f8119285fe6fb4f/c.html",
    "https://www.news.cn/tech/ds_fd79514d92f34849bc8baef7ce3d5aae.json",
    "http://www.people.com.cn/rss/politics.xml",
    "https://aqygzj.mofcom.gov.cn/flzc/art/2026/art_3588c41c7dd34514868a93b3cb2c020c.html",
    "https://www.imline.cn/",
)
"""Addresses that are no article of any declared site."""
