"""What a document does to the documents it names, read from the words around each name and from its title. Pure.

A relation says what the text says. Whether the other document exists, and whether the text is right, it does
not say.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from archive.patterns import regex
from archive.relations.citations import Citation, brackets, citations, is_document, is_short
from archive.relations.grammar import Number, number_key, numbers, plain, squeezed, title_key

KINDS = (
    "based_on", "implements", "forwards", "issues", "repeals", "amends", "replaces", "interprets", "drafts", "corrects",
    "extends", "cites",
)  # fmt: skip
_BREAK = regex(r"[。；;！？]|\n")
_CLEANING = regex(r"(?:清理|宣布失效|决定废止|予以废止|废止和修改|废止或修改|废止)")
_NOUNS = (
    r"(?:法|条例|规定|办法|细则|规则|规程|通知|意见|决定|公告|解释|方案|规划|标准|制度|措施|批复|函|纲要)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What a document does to another. ``is_incoming``: the other one does it to this one.

    ``is_partial``: it concerns articles of the other document only. ``is_end``: the other one ends by it, rather
    than giving way where the two differ.
    """

    kind: str
    title: str | None
    number: str | None
    start: int
    end: int
    articles: tuple[str, ...] = ()
    is_incoming: bool = False
    is_partial: bool = False
    is_end: bool = False
    stands_for: str | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    """A citation among its words: the sentence before and behind it, other citations masked as ※."""

    cited: Citation
    before: str
    after: str
    beyond: str
    has_part: bool = False
    is_basis: bool = False
    is_ended: bool = False


def relations(text: str, title: str = "", found: list[Citation] | None = None) -> list[Relation]:
    """Return what a document with this text and title does to others, one relation for each kind and target."""
    cited = citations(text) if found is None else found
    own = title_key(title)
    titled = [*_from_title(text, title)]
    made = [*titled, *_from_bare_titles(text, cited), *_from_drafts(text)]
    for place in _places(text, [] if titled else cited):
        if place.is_ended or not _is_heading(text, place.cited):
            made += _from_place(place, own)
    return _distinct(made)


def title_relations(title: str) -> list[Relation]:
    """Return what a title itself says that its document does. The places lie in the title, not in a text."""
    return [relation for relation in relations(title, title) if relation.kind != "cites"]


def _distinct(made: list[Relation]) -> list[Relation]:
    kept: dict[tuple[str, str], Relation] = {}
    strong = {target_of(relation) for relation in made if relation.kind != "cites"}
    for relation in sorted(made, key=lambda relation: relation.start):
        key = relation.kind, target_of(relation)
        if key not in kept and (relation.kind != "cites" or target_of(relation) not in strong):
            kept[key] = relation
    return list(kept.values())


def target_of(relation: Relation) -> str:
    """Return the key of the document that a relation names: its title, else its number."""
    return title_key(relation.title or "") or number_key(relation.number or "")


def _places(text: str, cited: list[Citation]) -> Iterator[_Place]:
    """Yield the citations of other documents with the words of their sentences."""
    flat = list(plain(text))
    for citation in cited:
        for at in range(citation.start, citation.end):
            flat[at] = "※"
    masked = "".join(flat)
    breaks = [match.end() for match in _BREAK.finditer(masked)]
    closed, inner = _closed(masked, cited)
    articled = {citation.start for citation in cited if citation.kind == "article"}
    for citation in cited:
        if citation.kind == "article" or _is_definition(masked, citation):
            continue
        left, right = _sentence(breaks, citation.start, citation.end, len(masked))
        if masked[left : citation.start].strip() == "" and left > 1:
            before = _sentence(breaks, left - 2, left - 2, len(masked))[0]
            left = before if masked[left - 1] == "\n" else left
        yield _Place(
            citation,
            _folded((masked if citation.start in inner else closed)[left : citation.start]),
            _undated(_unbracketed(citation, _folded(masked[citation.end : right]))),
            _folded(masked[right : right + 160]),
            _has_part(masked, citation, articled),
            _is_listed(_BASIS, masked, citation.start),
            _is_listed(_ENDED_LIST, masked, citation.start),
        )


def _sentence(breaks: list[int], start: int, end: int, length: int) -> tuple[int, int]:
    """Return between which breaks a place lies."""
    before, behind = bisect_right(breaks, start), bisect_right(breaks, end)
    return breaks[before - 1] if before else 0, breaks[behind] if behind < len(breaks) else length


def _folded(words: str) -> str:
    return re.sub("※+", "※", squeezed(words))


def _unbracketed(citation: Citation, after: str) -> str:
    """Return the words behind a citation without the rest of a bracket that opens in it: （…号公布，…修改）."""
    if citation.kind == "number":
        # Its own title: 海关总署公告2020年第104号（关于…的公告）.
        after = re.sub(r"^\([^()]{0,30}关于[^()]{2,100}的(?:公告|通告|通知|决定|令|意见|批复)\)", "", after)
    if not _is_open(citation):
        return re.sub(
            r"^\([^()]{0,160}(?:公布|发布|颁布|印发|施行|实施|执行|修改|修正|修订|通过)\)", "", after
        )
    return re.sub(r"^[^()。]{0,160}\)", "", after)


def _closed(masked: str, cited: list[Citation]) -> tuple[str, set[int]]:
    """Return the text with the brackets masked that citations open, and where the citations in these begin.

    废止《…》（市政府令第15号公布）、《…》: what ends the first ends the second.
    """
    parts, inner, at = [], set(), 0
    for citation in cited:
        if citation.start < at:
            inner.add(citation.start)
        elif _is_open(citation) and (rest := re.match(r"[^()（）。\n]{0,160}[)）]", masked[citation.end :])):
            end = citation.end + rest.end()
            parts += [masked[at : citation.end], "※" * (end - citation.end)]
            at = end
    return "".join([*parts, masked[at:]]), inner


def _is_open(citation: Citation) -> bool:
    """Say whether a citation ends within the bracket that it opens: 《…》（市政府令第15号."""
    flat = plain(citation.text)
    return flat.count("(") + flat.count("〔") > flat.count(")") + flat.count("〕")


def _has_part(masked: str, citation: Citation, articled: set[int]) -> bool:
    """Say whether an article follows a citation's bracket or 文件: 《…》（…号公布）第四条, 财税〔2009〕6号文件第七条."""
    rest = re.match(r"(?:[(（]?[^()（）。\n]{0,160}[)）])?\s?(?:文件?)?中?的?\s?", masked[citation.end :])
    return rest is not None and citation.end + rest.end() in articled


def _is_listed(heading: re.Pattern[str], masked: str, at: int) -> bool:
    """Say whether a list under a heading such as 二、制定依据, or behind 制定依据：, holds a place."""
    line = masked.rfind("\n", 0, at) + 1
    match = heading.match(masked, line)
    if match and match.end() <= at and match[0].rstrip().endswith((":", "：")):
        return re.search(r"[^※]{30}|[。\n]", masked[match.end() : at]) is None
    while line and _LISTED.match(masked[line : line + 200] + "※"):
        above = masked.rfind("\n", 0, line - 1) + 1
        if heading.fullmatch(masked[above : line - 1]):
            return True
        line = above if line - above < 300 else 0
    return False


def _undated(after: str) -> str:
    """Return the words behind a citation without the day from which it ends: 自本办法施行之日起废止."""
    return _FROM_WHEN.sub("", after)


def _is_definition(masked: str, citation: Citation) -> bool:
    return bool(
        re.search(
            r"简?称(?:为)?[:“\"‘「省市国家原\s]{0,4}$", masked[max(0, citation.start - 12) : citation.start]
        )
    )


_LIST = r"(?:[、,，和及与以及]|※|\([^()]{0,40}\)|原|(?:\d{4}年\d{1,2}月\d{1,2}日[^※。]{0,60}?(?:的|《)?))*"
_ENDED = r"(?:同时|一并|相应|即行|自行|自动|均|予以|即|也|一律)?(?:废止|停止执行|失效|不再执行|不再实施|不再施行|停止施行|停止实施|停止使用|停用|不再作为[^，。]{0,8}依据|终止执行|不再适用|不再有效|作废)"
# Between a name and its end stand its own words only: where 施行 or another clause comes first, another thing ends.
_UP_TO = r"(?:(?!(?:公布|发布|印发|通过)之日|施行|实施(?!细则|办法|意见|方案|条例|规定)|生效|起执行|执行[,，]|现予|印发给|[,，]本|[,，]原|[,，](?:由|对|与|凡)|本[办规条细通意决].{0,3}自)[^。])"
_BASIS = regex(
    r"[\s#*]*(?:[一二三四五六七八九十\d]{1,3}[、.．]|[(（][一二三四五六七八九十\d]{1,3}[)）])?\s*(?:本[^\n]{1,6})?(?:主要|制定|政策|文件|法律|法规|编制|起草|出台|修订|和)*依据\s*[:：]?\s*"
)
_ENDED_LIST = regex(
    rf"(?![^\n]{{0,60}}拟(?:予以|宣布)?(?:废止|失效|停止))(?:[^。\n:：]{{0,80}}(?:下列|以下|所列|如下)[^。\n※:：]{{0,20}}{_ENDED}\s*[:：]\s*"
    rf"|[^。\n※:：]{{0,20}}{_ENDED}的?[^。\n※:：]{{0,12}}(?:文件|规章)(?:目录|如下)?\s*[:：]\s*)"
)
# An entry begins with its title, or with who published it and when: 一、1992年…公布的《…》.
_LISTED = regex(
    r"\s*(?:[(（]?[一二三四五六七八九十\d]{1,3}[)）、.．]|[①-⑳•·\-*])?\s*(?:(?:19|20)\d\d年[^。\n]{0,160}的)?※"
)
_FROM_WHEN = regex(
    rf"(?:(?:自|从)[^，,。；※]{{2,30}}?(?:之日|日|月)起|[于在自]本[^，,。；※]{{1,12}}(?:之日|之时|之?后|时))[,，]?(?={_ENDED})"
)
_TOGETHER = regex(
    rf"^{_LIST}{_UP_TO}{{0,60}}?同时(?:予以|一并|即行|自行|相应)?(?:废止|失效|停止执行|停止施行|作废)"
)
_ENDS = regex(rf"^{_UP_TO}{{0,80}}?{_ENDED}")
# A document that tells of an end does not bring it about: 《城市规划法》已废止.
_HAS_ENDED = regex(
    rf"^{_LIST}(?:早?[于在]?\d{{4}}年(?:\d{{1,2}}月)?(?:\d{{1,2}}日)?[就便即]?)?(?:已|业已|早已|现已)(?:经|被|[由于][^，。]{{1,14}})?(?:宣布)?(?:废止|失效|停止|作废)"
)
_BASED = regex(r"(?:根据|依据|依照|按照|遵照|政策依据[是为有:]*|依据(?:为|是|有)?:?)[^。]{0,400}$")
_MADE = regex(
    r"(?:制定|制订|修订|编制|起草|拟定|出台|研究制定|特制定|特制订)(?:了|出)?(?:本|《|※|如下|以下|此|该|我)|作如下解释|解释如下|规定如下|决定如下|(?:现|特)?(?:制定|作出|提出)(?:如下|以下|本)"
)
_MADE_SO = regex(r"[^，。]{0,24}(?:制定|制订|编制|起草)(?:$|[，,。；;])")
_FULFILLED = regex(
    r"(?:贯彻落实|贯彻执行|全面落实|认真落实|贯彻|落实|实施|推进落实|执行落实|组织实施)(?:好|了)?(?:[\u3400-\u9fff、]{0,16}的?)?(?:※|[、和及与]|以及|\([^()]*\)|[\u3400-\u9fff\d、]{0,24}(?:印发|发布|下发|出台|颁布|制定)的)*$"
)


# What a document says of one thing ends, the document goes on: …文件中有关收费的规定同时废止.
_OF_A_PART = regex(
    r"(?:中的?|所附的?)[※《]"
    r"|(?:文件?)?(?:中|所)?(?:第[^。，]{1,20}[条款项]|附件|附表|附录|部分(?:条款|内容|规定)|(?:关于|有关|涉及|对)[^。，]{1,40}的?(?:规定|条款|内容|标准|要求|项目|部分|事项)|所?(?:规定|确定|设定|列明)的|所[列附])"
    r"|(?:文件?)?中?的?(?:(?:有关|相关)(?:规定|条款|条文|内容|标准|要求|项目|部分|事项)|与(?:本|上述|以上|国家|现行)[^。，※]{0,16}(?:不(?:相)?(?:一致|符合|符|同)|抵触|冲突)的?(?:有关|相关)?(?:规定|条款|条文|内容|部分))"
)


def _from_place(place: _Place, own: str) -> list[Relation]:
    cited, after = place.cited, place.after
    if own and cited.kind != "short_name" and title_key(cited.title or "") == own and not _is_ended(place):
        return [_relation(place, kind) for kind in _published(place)]
    if cited.kind == "number" and not _is_pointed_at(place):
        return []
    kind, is_incoming = _kind(place)
    if kind == "number":
        return []
    part = place.has_part or bool(cited.articles) or _OF_A_PART.match(after) is not None
    partial = part and kind in ("repeals", "replaces", "amends")
    return [_relation(place, kind, is_incoming=is_incoming, is_partial=partial)]


def _relation(place: _Place, kind: str, *, is_incoming: bool = False, is_partial: bool = False) -> Relation:
    cited = place.cited
    return Relation(
        kind=kind, title=cited.title, number=cited.number, start=cited.start, end=cited.end, articles=cited.articles,
        is_incoming=is_incoming, is_partial=is_partial, stands_for=cited.stands_for,
        is_end=(
            kind == "repeals" and not _HAS_ENDED.match(place.after) and not _LAPSES.match(place.after)
        )
        or (kind == "replaces" and _TOGETHER.match(place.after) is not None),
    )  # fmt: skip


def _published(place: _Place) -> list[str]:
    if _NOW_ISSUED.search(place.before):
        return ["issues"]
    return (
        ["issues"]
        if re.search(r"印发给你们|现予(?:公布|发布|印发)|现将.{0,40}(?:公布|发布|印发)", place.after[:120])
        else []
    )


def _is_pointed_at(place: _Place) -> bool:
    """Say whether a number that stands alone is cited, rather than being the document's own or one of a history."""
    if re.match(r"(?:[、和及]※)*(?:文件?)?(?:公布|发布|颁布|印发|令)", place.after) or re.search(
        r"(?:文号|字号|编号|索引号)[〕)]?:?$", place.before
    ):
        return False
    if place.is_ended or _ENDING.search(place.before) or _extends(place):
        return True
    if _ENDS.match(place.after[:40]):
        return not re.match(r"(?:部分)?条款|全文", place.after)
    if "〔" in (place.cited.number or "") and re.match(
        r"(?:、※)*等?文?件?(?:的?规定|精神|要求|附件|所)", place.after
    ):
        return True
    return bool(
        re.search(
            r"(?:根据|依据|依照|按照|遵照|参照|按|据|见|执行|落实|以|和|及|与|、|由|在|为|对|将|于|中)$",
            place.before,
        )
    )


def _is_ended(place: _Place) -> bool:
    return bool(
        _TOGETHER.match(place.after)
        or (_ENDS.match(place.after[:60]) and not re.search("不(?!再)", place.after[:12]))
    )


# What names an end and brings none about: what may not be ended, what was ended in a tale of the past.
_NO_END = regex(
    rf"^[^。]{{0,60}}?(?:不得|不能|不应|不宜|严禁|禁止|擅自|尚未|并未|没有|未被)[^。，,]{{0,6}}{_ENDED}"
    r"|^[^。]{0,80}?(?:应当?|要|须|可以?)[^。，,※]{0,12}(?:清理|修订|修改|评估)[^。，,]{0,6}废止"
    r"|^[^。]{0,80}?(?:提请|报请|按程序|研究|适时)[^。，,※]{0,10}废止"
    rf"|^[^。]{{0,20}}?(?:是否|能否|可否|会不会|有没有)[^。，,]{{0,8}}{_ENDED}"
)
# What lapses by its own term, no day said: it ends on the day that it names itself.
_LAPSES = regex(rf"^{_LIST}[^。※\d]{{0,12}}?(?:到期|期满|届满)[^。※\d]{{0,6}}{_ENDED}")
_TOLD_END = regex(
    r"(?:※|[》)])(?:正式)?(?:施行|实施|生效|公布|发布)(?:之)?后[,，][^。]{0,60}$"
    r"|^※(?:第[^，。]{1,8}条)?(?:明确)?规定[,，:：][^。]{0,80}$"
)
# Others are told to end it: 及时修订或者废止《…》.
_ASKED_END = regex(
    r"(?:及时|适时|抓紧|尽快|组织|依法)(?:修[订改正])?(?:、|或者?|和)?(?:清理|废止)+(?:、|或者?|和)?(?:废止)?※*$"
)
# What is carried out or revised ends nothing by what a later clause ends: 落实《…》，及时清理….
_LED_ELSEWHERE = regex(
    r"(?:根据|依据|依照|按照|贯彻|落实|执行|实施|对照|参照|宣传|学习|修订|修改|完善)(?:好|了)?(?:※|[、和及与]|以及|\([^()]*\))*$"
)
# 废止 and the like without 同时, 予以, 一并 before it: it may have an object.
_ACTIVE_END = regex(r"(?<![时予行以并应动均即也律])(?:废止|停止执行|停止实施|不再执行)$")
_OBJECT = regex(
    r"(?!后|前|的|并|且|或|而|以及|和|及|之日|时|情况|特此|由|自|从|其|不再|至|原|[\u3400-\u9fff]{1,3}(?:$|[，,。；]))"
    r"(?:了|下列|以下)?(?:※|与|[\u3400-\u9fff]{2})"
)
_ENDED_THINGS = regex(r"的[^。，,]{0,12}(?:文件|规章|规定|制度|政策|条款)")
_UNDER_IT = regex(r"(?:之外|以外)|的(?:配套|相关|有关|附属|实施)?(?:政策)?(?:文件|细则|附件|附表|条款|条文)")


def _kind(place: _Place) -> tuple[str, bool]:
    title = squeezed(plain(place.cited.title or ""))
    if re.search(r"关于修[改正订]", title) and _was_amended(place):
        return "amends", True
    if place.cited.kind == "number" and re.match(
        r"(?:[、和及与]※)+[^。()]{0,6}修[正订改]\)|(?:第[一二三四五六七八九十]次)?(?:修[正订改])", place.after
    ):
        return "amends", True
    for kind, test in (
        ("corrects", _corrects), ("extends", _extends), ("replaces", _replaces), ("repeals", _repeals),
    ):  # fmt: skip
        if test(place):
            return kind, False
    if re.search(r"关于修[改正订]", title):
        return "issues" if _issues(place) else "cites", False
    for kind, test in (
        ("amends", _amends), ("forwards", _forwards), ("drafts", _drafts), ("issues", _issues), ("interprets", _interprets),
        ("based_on", _based_on), ("implements", _implements),
    ):  # fmt: skip
        if test(place):
            return kind, False
    return "cites", False


def _corrects(place: _Place) -> bool:
    near = place.before[-16:] + "※" + place.after[:80]
    return bool(re.search(r"更正(?!登记|申请|后)|勘误", near)) and not re.search(
        r"责令|申请更正|当场更正", near
    )


def _extends(place: _Place) -> bool:
    # What goes on behind an end is another thing: 同时废止，已核发的许可证继续有效.
    before, after = place.before, re.split(_ENDED, place.after, maxsplit=1)[0]
    if re.search(r"(?:将|到期|期满|届满)[^，。]{0,16}$", after):
        after = place.after
    if re.search(r"根据|依据|按照|依照", before[-40:]) and not re.search(r"有效期", after[:40]):
        return False
    kept = r"(?:执行期限|有效期|实施期限|施行期限|适用期限|期限)[^。※]{0,24}(?:延长|延续|续延|顺延|延期|展期|延至|延到|调整为|调整至)"
    on = r"(?:延续|继续)(?:实施|执行|施行)[，,][^。]{0,12}有效期|继续(?:有效|施行|执行|实施|适用)(?:至|到|。|，|,|\d|[一二三四五]年|$)|延长(?:至|到|[一二三四五\d]+年)|重新(?:发布|公布|印发)[^。]{0,60}有效期"
    if re.search(kept, after[:80]) or re.search(on, after[:60]):
        return True
    return bool(re.search(r"(?:延长|延续|继续执行|继续实施)[^。※]{0,16}$", before)) and bool(
        re.search(r"有效期|期限|执行", before[-30:] + after[:16])
    )


_YIELDS = regex(
    rf"{_LIST}[^。※]{{0,60}}?(?:不(?:相)?(?:一致|符合|符|同)|抵触|冲突)[^。]{{0,20}}(?:以本[^。]{{0,10}}为准|不再适用)"
)


def _replaces(place: _Place) -> bool:
    if _NO_END.match(place.after) or _TOLD_END.search(place.before):
        return False
    match = _TOGETHER.match(place.after)
    if match and not (_is_reference(place) or _is_led(place, match)):
        return not place.after.startswith("※", match.end())
    return bool(_YIELDS.match(place.after)) or bool(
        re.match(r"[^。※]{0,12}(?:被|由)本[^。]{0,10}(?:代替|替代|取代)", place.after)
    )


def _is_reference(place: _Place) -> bool:
    """Say whether what ends is not this document but something under it: 根据《…》的规定停止执行."""
    is_led = re.search(r"(?:根据|依据|依照|按照)[^。]*$", place.before[-120:]) is not None
    return (
        is_led
        and re.match(
            r"[^。]{0,260}?(?:的)?(?:有关|相关)?(?:规定|要求|精神)[^。]{0,6}(?:停止|废止|同时)", place.after
        )
        is not None
    )


def _is_led(place: _Place, end: re.Match[str]) -> bool:
    """Say whether a verb of its own leads a document, and a later clause ends another: 落实《…》，…废止."""
    return re.search(r"[，,]", end[0]) is not None and _LED_ELSEWHERE.search(place.before) is not None


def _ends_another(said: str, behind: str) -> bool:
    """Say whether an end has its object behind it, or is told of what others do: 停止执行与条例不一致的规定."""
    if behind.startswith("※") or (re.search(r"[，,]", said) and _ENDED_THINGS.match(behind)):
        return True
    return _ACTIVE_END.search(said) is not None and _OBJECT.match(behind) is not None


def _is_agent(place: _Place) -> bool:
    """Say whether a document ends another one, of which is only told: 已被《…》取代并废止."""
    return (
        re.search(r"(?:被|由)※?$", place.before) is not None
        and re.match(r"(?:所)?(?:取代|代替|替代|废止|废除|修改|修订)", place.after) is not None
    )


def _is_measure(place: _Place) -> bool:
    """Say whether what ends is what differs from this document: 废止与《…》不一致的文件."""
    return (
        place.before.endswith("与") and re.match(r"[^。，,]{0,12}(?:不|抵触|冲突)", place.after) is not None
    )


def _repeals(place: _Place) -> bool:
    after, before = place.after, place.before
    if place.is_ended or _ENDING.search(before):
        return _UNDER_IT.match(after) is None and not (_ASKED_END.search(before) or _is_measure(place))
    if _is_agent(place) or _NO_END.match(after) or _TOLD_END.search(before):
        return False
    if _is_reference(place) or re.search(r"(?:根据|依据|依照|按照)※?[^，。]{0,10}$", before[-14:]):
        return False
    if _YIELDS.match(after) or _DIFFERS.match(after):
        return False
    if re.match(r"\((?:现)?已(?:被|经)?(?:废止|失效|修订|修改)[^()]{0,30}\)", after):
        return False
    if re.match(
        rf"^{_LIST}[^。]{{0,40}}?(?:拟|建议|将要|计划|可以|应当)(?:予以?|对其|于[^，。]{{2,12}})?{_ENDED}",
        after,
    ):
        return False
    match = _ENDS.match(after[:160])
    if match is None or _OTHERS_END.search(match[0]) or _ends_another(match[0], after[match.end() :]):
        return False
    return not _is_led(place, match)


# What is at odds with a document ends, never that document.
_DIFFERS = regex(
    rf"^{_LIST}(?:等)?(?:法律法规|上位法)?的?(?:有关|相关)?(?:规定|要求|精神|内容)?(?:不一致|不相一致|不相符|不符合?|相?抵触|相?冲突|相?违背)"
)
_BY_WHOM = r"(?:(?:\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?|于|以)*[\u3400-\u9fff]{0,20}?※?(?:公布|发布|颁布|印发|制定|施行)的)"
_ENDING = regex(
    rf"(?:废止|停止执行|宣布失效)(?:了|下列|以下|原|的)?(?:文件|规章|规范性文件)?[:：]?(?:{_BY_WHOM}|※|[、和及与]|\([^()]*\))*$"
)
_OTHERS_END = regex(r"不停止|但|责令|自行失效的|许可|证书?|决定|行为|处罚|期间|如|若|合同|登记")


def _was_amended(place: _Place) -> bool:
    return bool(
        re.match(r"(?:第[一二三四五六七八九十]+次)?(?:予以)?修[正订改]", place.after.lstrip("※、和及与，,"))
    )


def _amends(place: _Place) -> bool:
    after, before = place.after, place.before
    if (
        re.search(r"(?:^|[、，。：:]|决定|予以|对|将|关于)(?:修改|修正)(?:后的|的)?※*$", before)
        and "的" not in before[-3:]
    ):
        return True
    if re.search(r"(?:^|[、，。：:])(?:删去|删除)$", before) and (place.has_part or place.cited.articles):
        return True
    if place.cited.articles and re.match(
        r"(?:予以)?(?:删除|删去)|(?:之?后|之?前|中)?(?:增加|增写|删去)(?:一|二|两|三|[“‘])", after
    ):
        return True
    if re.match(
        r"[^。※]{0,30}(?:作(?:出)?(?:如下|以下)(?:修[改订正]|调整)|修[改订正]如下|作部分修改|予以修改|作相应修改)",
        after,
    ):
        return True
    if re.search(r"(?:根据|依据|依照|按照|参照)[^。，,]{0,8}$", before) or re.match(r"的修[改订正]", after):
        return False
    if re.search(r"(?:现|将)?对※*$", before) and re.match(
        r"[^。※]{0,12}作(?:出)?(?:如下|以下)?(?:补充|调整|修改|修订)", after
    ):
        return True
    if re.match(
        r"※?(?:中)?(?:的)?(?:第[^。※]{0,30})?(?:[^。※]{0,30})?(?:修改为|修订为|调整为“|中的“)", after
    ) and re.search(r"(?:将|对|把|^|：|:|、)$", before[-1:]):
        return True
    is_object = re.search(r"(?:正在|正)?对(?:※|[、和及与])*$", before) is not None
    revised = r"[^。※]{0,6}(?:进行|进行了|予以|作了|作出)?(?:全面|部分)?(?:的)?(?:修改|修订|修正|调整)"
    return is_object and re.match(revised, after) is not None


def _forwards(place: _Place) -> bool:
    if re.search(r"转发(?:了)?[^。，※]{0,14}※?$", place.before):
        return True
    if re.match(r"[^。]{0,30}(?:转发给|转发你们|予以转发|转发如下|转给你们|转发至)", place.after):
        return True
    return re.match(r"[^※]{0,60}现将(?:该|此|上述|这一)[^。，※]{0,8}转发", place.beyond) is not None


def _issues(place: _Place) -> bool:
    if re.search(
        r"关于(?:印发|发布|公布|颁布|颁发|重新印发|重新发布|修订印发|下发)[^。，※]{0,4}(?:※|[、和及与])*$",
        place.before,
    ):
        return True
    now = r"(?:现|特|兹)?(?:予|予以|将其|一并)?(?:印发给|印发你们|下发给|发给你们|予以(?:公布|发布|印发)|公布如下|颁布|公布施行)"
    if re.match(
        rf"[^。※]{{0,120}}?(?:现予(?:以)?(?:公布|发布|颁布|印发)|现(?:印发|公布|发布|下发)|{now}|[,，]并?予(?:以)?(?:公布|发布|印发))",
        _joined_list(place.after),
    ):
        return not re.search(r"(?:根据|依据|按照|依照|贯彻|落实)[^，。]{0,12}$", place.before[-14:])
    if _NOW_ISSUED.search(place.before):
        return True
    is_done = re.search(r"(?:通过|同意|批准)$", place.after.rstrip("。；; "))
    is_made = place.after.strip("。；; ") == "" and re.search(
        r"(?:制定|修订|编制|拟定|研究制定)(?:了)?※*$", place.before
    )
    if (is_done or is_made) and re.match(r"现予(?:以)?(?:公布|发布|印发)|现(?:将其)?印发", place.beyond):
        return True
    if re.match(r"[^。，※]{0,12}(?:修订|修改|修正)后?重新(?:印发|公布|发布)", place.after):
        return True
    return bool(
        re.search(
            r"现将(?:[^。，]{0,30}(?:制定|编制|起草|修订后|修改后|修正后|修订|审定)的)?(?:※|[、和及与])*$",
            place.before,
        )
    ) and bool(re.match(r"[^。]{0,40}(?:印发|公布|发布|下发|颁布)", _joined_list(place.after)))


def _joined_list(after: str) -> str:
    """Return the words behind a citation without the further citations that are joined to it."""
    return re.sub(r"^(?:(?:[、和及与]|以及)※|\([^()]{0,60}\))+", "", after)


def _drafts(place: _Place) -> bool:
    title = squeezed(plain(place.cited.title or ""))
    if re.search(r"(?:关于|对)$", place.before) and re.match(
        r"的?(?:起草|修订|制定|编制|立法)?说明", place.after
    ):
        return False
    if re.search(r"(?:征求意见稿|送审稿|审议稿|草案|修订草案|公开征求意见)", title) and not re.search(
        r"关于.*的?说明$", title
    ):
        return True
    if re.search(r"(?:征求|征集)(?:对|关于)?(?:※|[、和及与])*$", place.before) and re.match(
        r"(?:[、和]?※)*[^。※]{0,12}意见", place.after
    ):
        return True
    return bool(re.match(r"[^。※]{0,60}(?:征求意见稿|送审稿|\(草案\))", place.after)) and not re.search(
        r"根据[^。]{0,12}$", place.before
    )


def _interprets(place: _Place) -> bool:
    if re.search(r"(?:解读|图解|解答|答记者问|一图读懂)[:：]?(?:关于|对)?(?:※|[、和])*$", place.before[-14:]):
        return True
    behind = re.sub(r"^(?:(?:[、和及与]|以及)?※)+", "", place.after)
    if re.match(
        r"(?:的)?(?:有关(?:问题|情况|内容))?(?:政策|文件|的)?(?:解读|图解|答记者|有关问题答记者|起草说明|说明$|问答)",
        behind,
    ):
        return bool(
            re.search(r"(?:就|关于|对|^|:|、|和)※*$", place.before[-3:]) or place.before.strip("※、") == ""
        )
    return (
        bool(re.search(r"(?:关于)?(?:审理|办理)?[^。]{0,12}适用(?:※|[、和])*$", place.before))
        and bool(re.match(r"[^。，]{0,30}(?:若干|有关)?[^。，]{0,16}(?:问题的)?(?:解释|规定)", place.after))
        and "关于" in place.before
    )


def _based_on(place: _Place) -> bool:
    if place.is_basis or re.search(
        r"政策依据[^。]{0,30}$|制定依据[^。]{0,30}$|依据(?:是|为|有|:)[^。]{0,200}$", place.before
    ):
        return True
    led = [m.start() for m in re.finditer(r"根据|依据|依照|按照|遵照|以(?=※[^。]{0,10}为依据)", place.before)]
    if (
        led
        and re.search(r"本[^，。]{1,10}(?:根据|依据|依照|按照)$", place.before)
        and _MADE_SO.match(place.after)
    ):
        return True
    if not led or not _MADE.search(place.after):
        return False
    between = place.before[led[-1] :]
    return not re.search(r"(?:制定|制订|印发|规定的|现将)", between)


def _implements(place: _Place) -> bool:
    if (
        re.match(r"[^。※]{0,8}(?:的)?(?:实施|贯彻落实|贯彻)(?:意见|办法|细则|方案)", place.after)
        and "关于" in place.before
    ):
        return True
    if re.search(r"为|保障|保证|确保|做好", place.before[-8:]) and re.match(
        r"(?:等[^，。]{0,8})?的?(?:贯彻|有效|顺利)?(?:实施|施行|落实|贯彻实施)(?:工作)?[，,]", place.after
    ):
        return True
    if re.search(r"(?:开始|正式|日|起|年|月)(?:施行|实施)的※*$", place.before):
        return False
    return bool(_FULFILLED.search(place.before)) and not re.match(r"(?:以来|后|前|过程中|情况)", place.after)


_NOW_ISSUED = regex(r"(?:^|[，,。:])现(?:予)?(?:以)?(?:公布|发布|印发|颁布)(?:※|[、和及与])*$")
_ABOUT = regex(
    r"关于(?P<verb>转发|重新印发|重新发布|修订印发|印发|发布|公布|颁布|下发|修改|修订|修正|废止|延长|更正|贯彻落实|贯彻|落实|实施|做好贯彻|"
    r"征求|公开征求|就|对|适用|执行|《)(?P<rest>.+)$"
)
_VERBS = {
    "转发": "forwards", "印发": "issues", "重新印发": "issues", "重新发布": "issues", "修订印发": "issues", "发布": "issues",
    "公布": "issues", "颁布": "issues", "下发": "issues", "修改": "amends", "修订": "amends", "修正": "amends",
    "废止": "repeals", "更正": "corrects", "贯彻落实": "implements", "贯彻": "implements", "落实": "implements",
    "实施": "implements", "征求": "drafts", "公开征求": "drafts", "适用": "interprets", "执行": "interprets",
}  # fmt: skip
_PASSED_ON = regex(r"[\u3400-\u9fff、 ]{0,30}?(?:转发|批转)(?!《|〈)(.{8,200})的通知(?:\([^()]*\))?$")
_TAIL = regex(r"的(?:通知|公告|通告|函|决定|意见|命令|令|批复|请示|报告|复函)(?:\([^()]*\))?$")


# Names no document: 部分规章, 失效文件, 文件清理结果.
_IN_GENERAL = regex(
    r"^[和及、与或]|^(?:部分|一批|若干|有关|相关|下列|以下|现行|失效|废止|\d{1,4}[件部项个]|[^关]{0,20}(?:第[一二三四五六七八九十]{1,2}批))[^于]{0,24}"
    r"(?:文件|规章|法规|规定|法律|解释|公告|通知|标准|决定|制度|措施|条款)$|清理结果$|^.{0,3}$"
)

# 关于印发部分行业节水标准的通知 names one document all the same, 关于公布部分文件的公告 none.
_OF_FILES = regex(r"(?:文件|规章|法规|结果)$|^.{0,3}$")


def _from_title(text: str, title: str) -> Iterator[Relation]:
    """Yield what a title says of documents that it names without 《》, when the text is that title."""
    if not title or squeezed(text) != squeezed(title):
        return
    flat = plain(text)
    passed = _PASSED_ON.match(flat)
    if passed and "关于转发" not in flat and "关于批转" not in flat:
        start, end = passed.span(1)
        yield Relation(kind="forwards", title=text[start:end], number=None, start=start, end=end)
        return
    match = _ABOUT.search(flat)
    kind = _VERBS.get(match["verb"]) if match else None
    tail = _TAIL.search(flat)
    if match is None or kind is None or tail is None or "《" in match["rest"]:
        return
    start, end = match.start("rest"), tail.start()
    name = text[start:end]
    name = re.sub(r"等.{1,8}(?:件|部|个)(?:文件|规章)?$", "", name)
    if kind == "drafts":
        name = name.removesuffix("意见")
    if is_short(name) or (
        _IN_GENERAL.search(name) and (kind not in ("issues", "forwards") or _OF_FILES.search(name))
    ):
        return
    if kind in ("issues", "forwards") or is_document(name):
        yield Relation(kind=kind, title=name, number=None, start=start, end=start + len(name))


def _from_bare_titles(text: str, cited: list[Citation]) -> Iterator[Relation]:
    """Yield what the bare titles of a text say of the documents they name: 校函〔2020〕1号：关于转发《…》."""
    for citation in cited:
        if (
            citation.kind not in ("title+number", "title")
            or text[citation.start : citation.start + 1] == "《"
        ):
            continue
        flat = plain(text)
        for start, end in brackets(flat[citation.start : citation.end]):
            a, b = citation.start + start, citation.start + end
            inner = Citation(start=a, end=b, text=text[a:b], kind="title", title=text[a + 1 : b - 1])
            place = _Place(inner, squeezed(flat[citation.start : a]), squeezed(flat[b : citation.end]), "")
            kind, is_incoming = _kind(place)
            if kind != "cites" and _begins_line(text, citation) and is_document(inner.title or ""):
                yield _relation(place, kind, is_incoming=is_incoming)


_DRAFT_LINE = regex(
    r"(?:^|\n)\s{0,3}(?:附件\s?\d{0,2}\s?:?)?\s?(?:\d{1,2}\s?[.、．])?\s?《?(?P<name>[^《》\n。；;:，]{4,80}\((?:征求意见稿|送审稿|草案|修订草案)\))》?\s{0,3}(?=\n|$)"
)


def _from_drafts(text: str) -> Iterator[Relation]:
    """Yield the drafts that a text lists by lines, as its annexes or with a 《 that nothing closes."""
    for match in _DRAFT_LINE.finditer(plain(text)):
        start, end = match.span("name")
        yield Relation(kind="drafts", title=text[start:end], number=None, start=start, end=end)


def _begins_line(text: str, cited: Citation) -> bool:
    """Say whether a title stands at the head of its line, where it is what the page is about."""
    return text[text.rfind("\n", 0, cited.start) + 1 : cited.start].strip() == ""


def _is_heading(text: str, cited: Citation) -> bool:
    """Say whether a title without 《》 is a line of its own: most often the document's own title."""
    left, right = text.rfind("\n", 0, cited.start) + 1, text.find("\n", cited.end)
    line = text[left : right if right >= 0 else len(text)].strip()
    return (
        cited.kind in ("title", "title+number")
        and "《" not in cited.text[:1]
        and len(cited.text) >= len(line) * 0.9
    )


_IS_CLEANING = regex(r"清理|废止|失效|停止执行|继续有效")
_THESE = r"(?:下列|以下|如下)[^。:]{0,20}?(?:文件|规章|法规|规定|通知)[^。:]{0,4}?"
_HEADS = (
    (
        re.compile(
            _THESE
            + r"(?:继续有效|继续执行|继续施行|予以保留|保留)|(?:继续有效|保留|继续执行|现行有效)的?[^。]{0,30}(?:目录|清单|文件|规章|一览|法规)"
        ),
        "extends",
    ),
    (
        re.compile(
            _THESE
            + r"(?:废止|失效|停止执行|不再执行)|(?:废止|失效|停止执行|不再执行)(?:和失效|、失效|、宣布失效|和宣布失效)?(?:的)?[^。]{0,30}(?:目录|清单|文件|规章|一览|法规)"
        ),
        "repeals",
    ),
    (
        re.compile(
            _THESE + r"(?:修改|修订|修正)|(?:修改|修订|修正)的?[^。]{0,30}(?:目录|清单|文件|规章|一览|法规)"
        ),
        "amends",
    ),
)
_ENTRY = regex(
    r"\s{0,6}(?:\|\s?)?(?:\(?[一二三四五六七八九十\d]{1,4}\)?\s?(?:[.．、|\t]|\s(?=[\u3400-\u9fff《])|(?<=\))|(?=《)))\s?(?P<rest>\S.{4,220})$"
)
# What is only meant to be done: 拟废止的文件目录.
_PLANNED = regex(
    r"[^《〔。]{0,30}(?:拟(?:予以)?(?:废止|修改|修订|失效|宣布)|(?:建议|需要?|应当?)(?:予以)?(?:废止|修改|修订|重新|另行))"
    r"[^《〔。]{0,30}(?:(?:目录|清单|一览表?)(?:\(.{1,12}\))?[:：]?|[:：])\s*|[^《〔。]{0,30}拟(?:予以)?(?:废止|修改|修订)[:：]\s*"
)
# 二、废止的文件目录: a numbered line that heads a list, and is none of its entries.
_HEADING = regex(r"^[^《〔]{2,30}(?:目录|清单|文件|规章|法规)(?:\(.{1,12}\))?[:：]?\s*$")
# 一、下列文件继续有效：
_INTRODUCED = regex(r"^[^《〔]{2,50}[:：]\s*$")
_PUBLISHED_BY = regex(r"\s?\([^()]{0,160}(?:发布|公布|批准|印发|颁布|修订|修正|通过)[^()]{0,20}\)$")
_DATED = regex(r"\s(?:19|20)\d\d(?:年\d{1,2}月\d{1,2}日|[-./]\d{1,2}[-./]\d{1,2})\s*$")
_CELL = regex(r"[|\t]|\s{2,}")
_ENDING_NOUN = regex(
    r"(?:通知|意见|办法|决定|规定|方案|批复|函|公告|通告|细则|条例|规划|规程|制度|措施|标准|解释|解答|指引|答复|报告|纪要)(?:\([^()]{1,12}\))?$"
)


def listed(text: str, title: str) -> list[Relation]:
    """Return what the lists of an announcement of cleaning up do to the documents in them."""
    if not _IS_CLEANING.search(title):
        return []
    return list(_entries(text, _kind_of(title)))


def _kind_of(words: str) -> str | None:
    """Return what a heading says of the list below it; a heading of several kinds says nothing of one entry."""
    if _PLANNED.fullmatch(words):
        return None
    kinds = [kind for pattern, kind in _HEADS if pattern.search(words)]
    return kinds[0] if len(kinds) == 1 else None


def _entries(text: str, kind: str | None) -> Iterator[Relation]:
    flat, at = plain(text), 0
    for line in flat.split("\n"):
        entry = _ENTRY.match(line)
        if entry is None or _HEADING.search(entry["rest"]) or _INTRODUCED.search(entry["rest"]):
            if len(line) < 80 and ((said := _kind_of(line)) or _PLANNED.fullmatch(line)):
                kind = said
        elif kind and (made := _entry(text, at + entry.start("rest"), entry["rest"], kind)):
            yield made
        at += len(line) + 1


def _entry(text: str, start: int, rest: str, kind: str) -> Relation | None:
    """Return one line of a list: a title, in 《》 or bare, and its number behind it or in the next cell."""
    found = numbers(rest)
    number = found[0] if found else None
    name, is_quoted = _named(rest, number)
    if (
        not name
        or (not is_quoted and not _ENDING_NOUN.search(squeezed(name)))
        or not is_document(name, is_sure=True)
    ):
        return None
    a = start + rest.find(name)
    return Relation(
        kind=kind, title=text[a : a + len(name)], number=number.number if number else None, start=a,
        end=a + len(name), is_end=kind == "repeals",
    )  # fmt: skip


def _named(rest: str, number: Number | None) -> tuple[str, bool]:
    """Return the title in a line of a list, and whether it stands in 《》; the number may come first."""
    if number and not rest[: number.start].strip(" |\t"):
        rest, number = rest[number.end :].lstrip(" |\t,，、"), None
    if quoted := re.match(r"《(.+?)》(?=\s|[(|\t,，。;；]|$)", rest):
        return quoted[1], True
    return _bare_entry(rest, number.start if number else len(rest)), False


def _unopened(head: str) -> str:
    """Return words without what stands in a bracket that they open and do not close: …细则（2000年3月20日."""
    depth = 0
    for at in range(len(head) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(head[at], 0)
        if depth < 0:
            return head[:at]
    return head


def _bare_entry(rest: str, stop: int) -> str:
    head = _unopened(rest[:stop]).rstrip(" (〔|\t,，")
    cells = [_DATED.sub("", cell).strip() for cell in _CELL.split(head) if cell.strip()]
    return next((_PUBLISHED_BY.sub("", cell) for cell in cells if len(cell) > 5), "")
