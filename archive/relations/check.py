"""The citations and quotations of a report held against the documents at hand. Pure.

A verdict speaks of the holding: ``not_held`` says that no such document is held, not that there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

from rapidfuzz import fuzz

from archive.patterns import regex
from archive.relations.citations import Citation, citations, is_short
from archive.relations.clauses import Clause, articles
from archive.relations.contrast import aligned
from archive.relations.grammar import (
    bare_title,
    figure,
    law_names,
    number_key,
    plain,
    squeezed,
    title_key,
    words,
)
from archive.relations.links import Relation, relations, title_relations
from archive.relations.standing import Act, Reason, Subject, is_in_force, standing, subject_of
from archive.relations.validity import Validity, validity
from archive.text.names import full_names

VERDICTS = (
    "right", "wrong_number", "wrong_year", "wrong_title", "wrong_article", "misquoted", "not_in_force", "ambiguous",
    "not_held",
)  # fmt: skip
_LEAST_QUOTE = 7
_HELD_SHARE, _OTHER_SHARE = 0.42, 0.62


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A document at hand, or one version of it, with what it is known by and what it says of itself."""

    key: str
    title: str
    number: str | None
    text: str
    version: int = 1
    published: date | None = None
    names: frozenset[str] = frozenset()
    subject: Subject = field(default_factory=Subject)
    ends: tuple[tuple[Relation, date | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a citation of a report is worth: ``says`` what the report has, ``expected`` what the document has."""

    start: int
    end: int
    text: str
    verdict: str
    target: str | None = None
    title: str | None = None
    number: str | None = None
    version: int | None = None
    says: str | None = None
    expected: str | None = None
    reason: Reason | None = None


def held(
    key: str, *, title: str, number: str | None, text: str, published: date | None = None, version: int = 1,
    said: Validity | None = None,
) -> Held:  # fmt: skip
    """Return a document as it is held, its names and validity read from its title and text."""
    read = said or validity(text, title)
    subject = subject_of(
        read, text=text, published=published, is_draft="征求意见稿" in title, place=(key, version)
    )
    issued = [
        r.title
        for r in (*title_relations(title), *relations(text[:3000], title))
        if r.kind == "issues" and r.title
    ]
    bare = re.sub(r"^\((?:转载|转发|转)\)", "", squeezed(plain(title)))
    about = re.sub(r"^[^《〈]{2,40}?(?=关于)", "", bare)
    named = frozenset(bare_title(name) for name in (bare, about, *issued) if name)
    ends = tuple((relation, subject.effective) for relation in read.ends)
    return Held(
        key=key, title=title, number=number, text=text, version=version, published=published, names=named,
        subject=subject, ends=ends,
    )  # fmt: skip


class Holding:
    """The documents a report is held against, found by number, by name and by words."""

    def __init__(self, documents: Iterable[Held], acts: Mapping[str, list[Act]] | None = None) -> None:
        self.documents = list(documents)
        self.acts = {} if acts is None else acts
        self._numbers: dict[str, list[Held]] = {}
        self._orders: dict[tuple[str, str], dict[str, list[Held]]] = {}
        self._names: dict[str, list[Held]] = {}
        self._cores: dict[str, list[Held]] = {}
        self._ended_numbers: dict[str, list[tuple[Held, Relation, date | None]]] = {}
        self._ended_names: dict[str, list[tuple[Held, Relation, date | None]]] = {}
        self._articles: dict[tuple[str, int], list[tuple[Clause, str]]] = {}
        self._flat: dict[tuple[str, int], str] = {}
        for document in self.documents:
            self._add(document)

    def _add(self, document: Held) -> None:
        if document.number:
            key = number_key(document.number)
            self._numbers.setdefault(key, []).append(document)
            if parts := _order_parts(key):
                self._orders.setdefault((parts[1], parts[3]), {}).setdefault(key, []).append(document)
        for name in document.names:
            self._names.setdefault(name, []).append(document)
            self._cores.setdefault(_core(name), []).append(document)
        for relation, on in document.ends:
            entry = (document, relation, on)
            if relation.is_partial:
                continue
            if relation.number:
                self._ended_numbers.setdefault(number_key(relation.number), []).append(entry)
            if relation.title:
                self._ended_names.setdefault(bare_title(relation.title), []).append(entry)

    def by_number(self, number: str) -> list[Held]:
        wanted = number_key(number)
        if found := self._numbers.get(wanted):
            return found
        if (parts := _order_parts(wanted)) is None:
            return []
        same = self._orders.get((parts[1], parts[3]), {})
        return [d for key, documents in same.items() if _is_same_order(key, wanted) for d in documents]

    def by_name(self, title: str) -> list[Held]:
        """Return the documents of a title, or else those of the one work it names without 关于加快推进 and the like."""
        wanted = bare_title(title)
        if found := self._names.get(wanted):
            return found
        documents = {(d.key, d.version): d for d in self._cores.get(_core(wanted), [])}
        return [*documents.values()] if len({d.title for d in documents.values()}) == 1 else []

    def ended(self, citation: Citation, title: str | None) -> tuple[Held, Relation, date | None] | None:
        """Return the document that ends the one cited, and from when."""
        if citation.number:
            found = self._ended_numbers.get(number_key(citation.number), [])
            return found[0] if found else None
        entries = self._ended_names.get(bare_title(title or ""), [])
        return entries[0] if entries else None

    def flat(self, document: Held) -> str:
        known = document.key, document.version
        if known not in self._flat:
            self._flat[known] = _letters(document.text)
        return self._flat[known]

    def articles(self, document: Held) -> list[tuple[Clause, str]]:
        known = document.key, document.version
        if known not in self._articles:
            self._articles[known] = [
                (clause, _letters(document.text[clause.start : clause.end]))
                for clause in articles(document.text)
            ]
        return self._articles[known]

    def with_words(self, words: str) -> list[Held]:
        wanted = _letters(words)
        return [document for document in self.documents if wanted in self.flat(document)]


_PADDING = regex(r"关于|进一步|加快|推进|加强|做好|促进|深入|开展|有关|若干|全面|持续|大力|切实|工作|的")


def _core(key: str) -> str:
    """Return a title's key without the words that reports leave out of it."""
    return _PADDING.sub("", key)


def is_cut(wanted: str, name: str) -> bool:
    """Say whether a title's key is a longer one with words left out, and of the same kind of document."""
    rest = iter(name)
    return len(wanted) >= 5 and wanted[-2:] == name[-2:] and all(sign in rest for sign in wanted)


def _order_parts(key: str) -> tuple[str, str, str, str] | None:
    """Return the body, the word, the year and the count of an order's number."""
    match = re.fullmatch(r"(.*?)(令|公告|通告)(?:〔?(\d{4})(?:年|〕))?第?(\d+)号", key)
    return (match[1], match[2], match[3] or "", match[4]) if match else None


def _is_same_order(a: str, b: str) -> bool:
    """Say whether two ways of writing an order's number mean one: 市政府令第5号, 临江市人民政府令第5号."""
    left, right = _order_parts(a), _order_parts(b)
    if left is None or right is None or (left[2] and right[2] and left[2] != right[2]):
        return False
    short, long = sorted((left[0].replace("人民政府", "政府"), right[0].replace("人民政府", "政府")), key=len)
    fulls = {long, *full_names(long)}
    return bool(short) and (long.endswith(short) or bool(fulls & {short, *full_names(short)}))


def _letters(text: str) -> str:
    # A point between two figures is part of a figure: 1.5 is not 15.
    return re.sub(r"(?<!\d)\.|\.(?!\d)|[^\w%‰.]|_", "", squeezed(plain(text)))


def checked(text: str, holding: Holding, day: date) -> list[Verdict]:
    """Return a verdict on every citation of a report, as of a day."""
    found = [c for c in citations(text) if not (c.is_own and (c.title or "").startswith("本"))]
    verdicts: list[Verdict] = []
    last: list[Held] = []
    seen: dict[str, list[Held]] = {}
    for number, citation in enumerate(found):
        if citation.kind == "article" and not last:
            last = _named_behind(text, found[number + 1 : number + 2], citation, holding)
        claim = _claim(text, found, number)
        verdict, documents = _judged(citation, claim, holding, day, last, seen)
        is_said = verdict.verdict in ("misquoted", "wrong_article", "ambiguous", "wrong_title")
        if number and is_said and _is_within(citation, found[number - 1], holding, last):
            verdict = replace(verdict, verdict="right", says=None, expected=None)
        verdicts.append(verdict)
        if documents:
            last = documents
            if citation.title:
                seen[squeezed(citation.title)] = documents
    return verdicts


def _named_behind(text: str, behind: Sequence[Citation], citation: Citation, holding: Holding) -> list[Held]:
    """Return the documents that a sentence names after an article of them: 该办法第三条…（《…办法》）."""
    if not behind or re.search(r"[。！？\n]", text[citation.end : behind[0].start]):
        return []
    named = behind[0]
    found = holding.by_number(named.number) if named.number else []
    return found or (holding.by_name(named.title) if named.title else [])


def _is_within(citation: Citation, before: Citation, holding: Holding, documents: Sequence[Held]) -> bool:
    """Say whether an article or a law is named in the words of the article before it: 第七条，违反第五条规定的，…."""
    article = next((part for part in before.articles if "条" in part), None)
    if citation.number or article is None or not documents:
        return False
    known = holding.articles(documents[-1])
    own = [words for clause, words in known if _article_value(clause.marker) == _article_value(article)]
    return bool(own) and _letters(citation.text) in own[0].removeprefix(_letters(article))


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a report says of the document it cites there: the sentence, and the words of this citation in it."""

    sentence: str
    words: str
    quotes: tuple[str, ...]


def _claim(text: str, found: Sequence[Citation], number: int) -> _Claim:
    citation = found[number]
    left = max((m.end() for m in re.finditer(r"[。！？\n]", text[: citation.start])), default=0)
    right = _sentence_end(text, citation.end)
    before = found[number - 1].end if number and found[number - 1].end > left else left
    after = found[number + 1].start if number + 1 < len(found) and found[number + 1].start < right else right
    words = text[citation.end : after]
    # A citation in brackets, or one that ends its clause, stands behind what it is cited for.
    if len(_letters(words)) < 6 or text[citation.start - 1 : citation.start] in ("（", "("):
        words = (
            text[before : citation.start]
            + "\n"
            + (words if len(_letters(words)) >= 6 and before == left else "")
        )
    return _Claim(text[left:right], words, tuple(_quotes(words)))


def _sentence_end(text: str, at: int) -> int:
    """Return where a sentence ends, behind the quotation that its full stop may stand in."""
    for stop in re.finditer(r"[。！？\n]", text[at : at + 2_000]):
        said = text[at : at + stop.start()]
        if stop[0] == "\n" or said.count("“") <= said.count("”"):
            return at + stop.start()
        if text[at + stop.end() : at + stop.end() + 1] == "”":
            return at + stop.end() + 1
    return min(len(text), at + 2_000)


def _quotes(words: str) -> list[str]:
    return [
        m[1]
        for m in re.finditer(r"[“「\"]([^“”「」\"]{2,})[”」\"]", words)
        if len(_letters(m[1])) >= _LEAST_QUOTE
    ]


def _judged(
    citation: Citation,
    claim: _Claim,
    holding: Holding,
    day: date,
    last: list[Held],
    seen: dict[str, list[Held]],
) -> tuple[Verdict, list[Held]]:
    title = citation.stands_for or citation.title
    plainly = Verdict(start=citation.start, end=citation.end, text=citation.text, verdict="right")
    if citation.kind == "article" or (title and is_short(title) and not citation.number):
        documents = seen.get(squeezed(title or ""), []) or [d for d in last if _fits(d, title)]
        if not documents:
            return replace(plainly, verdict="ambiguous", says=citation.text), []
        return _of_document(plainly, citation, claim, holding, day, documents), documents
    if (
        (ended := holding.ended(citation, title))
        and not holding.by_number(citation.number or "")
        and not (citation.number is None and _current(holding.by_name(title or ""), day))
    ):
        return _of_ended(plainly, claim, ended, day), [ended[0]]
    return _named(plainly, citation, claim, holding, day, title)


def _fits(document: Held, title: str | None) -> bool:
    return title is None or any(name.endswith(title_key(title)) for name in document.names)


def _named(
    plainly: Verdict, citation: Citation, claim: _Claim, holding: Holding, day: date, title: str | None
) -> tuple[Verdict, list[Held]]:
    numbered = holding.by_number(citation.number) if citation.number else []
    named = holding.by_name(title) if title else []
    if numbered and title and not _is_named(numbered, title):
        if named:
            return _verdict_on(plainly, "wrong_number", named[-1], citation.number, named[-1].number), named
        return _verdict_on(plainly, "wrong_title", numbered[-1], title, _short_title(numbered[-1])), numbered
    if numbered:
        group = [d for d in named if d in numbered] or numbered
        # An order's number stays with a law through its amendments; 〔2021〕3号 is one document's own.
        if "〔" in number_key(citation.number or ""):
            return _of_document(plainly, citation, claim, holding, day, group), group
        return _of_document(plainly, citation, claim, holding, day, _versions(group, holding)), group
    if named and citation.number:
        return _other_number(plainly, citation, claim, holding, day, named)
    if named:
        works = {number_key(d.number) for d in named if d.number}
        if len(works) > 1 and len({bare_title(d.title) for d in named}) > 1:
            return replace(plainly, verdict="ambiguous", says=title, expected="、".join(sorted(works))), []
        return _of_document(plainly, citation, claim, holding, day, named), named
    return _unknown(plainly, citation, claim, holding, title)


def _is_named(documents: Sequence[Held], title: str) -> bool:
    wanted = bare_title(title)
    return any(wanted in d.names or any(is_cut(wanted, name) for name in d.names) for d in documents)


def _versions(group: Sequence[Held], holding: Holding) -> list[Held]:
    """Return the documents of one title with these: the versions of one law."""
    found = {(d.key, d.version): d for g in group for d in holding.by_name(g.title)}
    return [*found.values()] or list(group)


def _short_title(document: Held) -> str:
    inner = [r.title for r in title_relations(document.title) if r.kind == "issues" and r.title]
    return inner[0] if inner else document.title


def _verdict_on(
    plainly: Verdict, verdict: str, document: Held, says: str | None, expected: str | None
) -> Verdict:
    return replace(
        plainly, verdict=verdict, target=document.key, title=document.title, number=document.number,
        version=document.version, says=says, expected=expected,
    )  # fmt: skip


def _other_number(
    plainly: Verdict, citation: Citation, claim: _Claim, holding: Holding, day: date, named: list[Held]
) -> tuple[Verdict, list[Held]]:
    """Return the verdict on a held title with a number that no held document has."""
    known = [d for d in named if d.number]
    written = number_key(citation.number or "")
    if not known:
        if any(written in number_key(d.text[:600]) for d in named):
            return _of_document(plainly, citation, claim, holding, day, named), named
        made = _of_document(plainly, citation, claim, holding, day, named)
        return (
            made if made.verdict != "right" else replace(made, verdict="ambiguous", says=citation.number)
        ), named
    document = known[-1]
    verdict = (
        "wrong_year" if _parted(written) == _parted(number_key(document.number or "")) else "wrong_number"
    )
    return _verdict_on(plainly, verdict, document, citation.number, document.number), named


def _parted(number: str) -> tuple[str, str]:
    match = re.fullmatch(r"(.*?)〔?(?:19|20)\d\d(?:〕|年第?)(\d+)号", number)
    return (match[1], match[2]) if match else (number, "")


def _of_ended(
    plainly: Verdict, claim: _Claim, ended: tuple[Held, Relation, date | None], day: date
) -> Verdict:
    document, relation, on = ended
    reason = Reason(
        says=relation.kind,
        document=document.key,
        version=document.version,
        start=relation.start,
        end=relation.end,
        day=on,
    )
    verdict = "not_in_force" if (on is None or on <= day) and not _is_past(claim) else "right"
    made = _verdict_on(
        plainly, verdict, document, relation.number or relation.title, document.number or document.title
    )
    return replace(made, reason=reason)


def _is_past(claim: _Claim) -> bool:
    """Say whether a report itself says that what it cites applies no more."""
    return bool(
        re.search(
            r"已(?:经|被)?[^，。]{0,12}(?:废止|失效|取代|替代|届满)|同时废止|(?:废止|失效)(?:前|的|了)|当时|曾(?:经)?规定|历史上|旧版|修订前|修正前",
            claim.sentence,
        )
    )


def _unknown(
    plainly: Verdict, citation: Citation, claim: _Claim, holding: Holding, title: str | None
) -> tuple[Verdict, list[Held]]:
    """Return the verdict on what is held under neither number nor title, by the words quoted from it."""
    quoted = [d for quote in claim.quotes for d in holding.with_words(quote)]
    if title and quoted and len({bare_title(d.title) for d in quoted}) == 1 and _is_like(title, quoted[0]):
        return _verdict_on(plainly, "wrong_title", quoted[0], title, _short_title(quoted[0])), quoted
    if title and (document := _near_title(title, claim, holding)):
        return _verdict_on(plainly, "wrong_title", document, title, _short_title(document)), [document]
    if citation.number and not title and (near := _near_number(citation.number, claim, holding)):
        verdict, document = near
        return _verdict_on(plainly, verdict, document, citation.number, document.number), [document]
    return replace(plainly, verdict="not_held", says=citation.number or title), []


def _near_title(title: str, claim: _Claim, holding: Holding) -> Held | None:
    """Return the document with a like title of whose articles one says what the claim says."""
    said = _letters(claim.words)
    if len(said) < 12 or bare_title(title) in law_names():
        return None
    like = [d for d in holding.documents if _is_like(title, d)]
    return next(
        (d for d in like if any(_share(said, words) >= 0.75 for _, words in holding.articles(d))), None
    )


def _is_like(title: str, document: Held) -> bool:
    return any(fuzz.ratio(bare_title(title), name) >= 50 for name in document.names)


_YEARLY = regex(r"(.*?)〔?((?:19|20)\d\d)(?:〕|年第?)(\d+)号")


def _near_number(number: str, claim: _Claim, holding: Holding) -> tuple[str, Held] | None:
    """Return the document whose number differs in the year or the count and that says what the claim says.

    Either the sentence is about its title, or one of its articles has the claim's words.
    """
    match = _YEARLY.fullmatch(number_key(number))
    if match is None:
        return None
    words, said = _letters(claim.sentence), _letters(claim.words)
    best: tuple[float, str, Held] | None = None
    for document in holding.documents:
        other = _YEARLY.fullmatch(number_key(document.number or ""))
        if other is None or other[1] != match[1] or (other[2] != match[2] and other[3] != match[3]):
            continue
        share = _share(title_key(_short_title(document)), words)
        if share < 0.45 and len(said) >= 12:
            parts = (_share(said, part) for _, part in holding.articles(document))
            share = max((part for part in parts if part >= 0.75), default=share)
        verdict = "wrong_year" if other[3] == match[3] else "wrong_number"
        if share >= 0.45 and (best is None or share > best[0]):
            best = share, verdict, document
    return (best[1], best[2]) if best else None


def _share(part: str, whole: str) -> float:
    """Return how many of a text's pairs of characters another text has."""
    pairs = [part[at : at + 2] for at in range(len(part) - 1)]
    return sum(pair in whole for pair in pairs) / len(pairs) if pairs else 0.0


def _current(documents: Sequence[Held], day: date) -> Held | None:
    """Return the document or version that is the latest on a day."""
    known = [d for d in documents if _since(d) is None or (_since(d) or day) <= day] or list(documents)
    return max(known, key=lambda d: (_since(d) or date.min, d.version), default=None)


def _since(document: Held) -> date | None:
    # A law's clause on its effect is often that of its first version, older than this version's own day.
    known = [d for d in (document.subject.effective, document.published) if d]
    return max(known, default=None)


def _of_document(
    plainly: Verdict,
    citation: Citation,
    claim: _Claim,
    holding: Holding,
    day: date,
    documents: Sequence[Held],
) -> Verdict:
    document = _current(documents, day)
    assert document is not None
    right = _verdict_on(plainly, "right", document, None, None)
    now = standing(document.subject, holding.acts.get(document.key, []), day)
    if is_in_force(now.standing) is False and now.standing in ("repealed", "expired") and not _is_past(claim):
        reason = now.because[0] if now.because else None
        return replace(right, verdict="not_in_force", expected=str(now.since or ""), reason=reason)
    older = [d for d in documents if d is not document and d.title == document.title]
    if wrong := _wrong_day(claim, document, citation):
        return replace(right, verdict="wrong_year", says=wrong[0], expected=wrong[1])
    return _of_words(right, citation, claim, holding, document, older)


def _wrong_bracket(flat: str, document: Held) -> tuple[str, str] | None:
    """Return the year of issue that a bracket behind a title gives, and a right one: （2019年9月28日发布）."""
    dated = re.match(r"\(((?:19|20)\d\d)年[^()]{0,12}(?:发布|公布|印发|颁布|通过)\)", flat)
    days = [d for d in (document.subject.issued, document.published, document.subject.effective) if d]
    if dated is None or not days or document.title.endswith("法"):
        return None
    known = {str(day.year) for day in days} | set(re.findall(r"(?:19|20)\d\d", document.text[:400]))
    return None if dated[1] in known else (dated[1], days[0].isoformat())


def _wrong_day(claim: _Claim, document: Held, citation: Citation) -> tuple[str, str] | None:
    """Return the year a report gives for a document's effect or issue, and the right one, when they differ."""
    flat = squeezed(plain(claim.words))
    effect = re.match(
        r"[^，。]{0,12}自((?:19|20)\d\d)年(\d{1,2})月(\d{1,2})日起(?:正式)?(?:施行|实施|生效|执行)", flat
    )
    known = document.subject.effective
    if effect and known and int(effect[1]) != known.year:
        return effect[1], known.isoformat()
    if wrong := _wrong_bracket(flat, document):
        return wrong
    before = squeezed(plain(claim.sentence)).partition(squeezed(plain(citation.text)))[0]
    issued = re.search(
        r"((?:19|20)\d\d)年(?:\d{1,2}月)?(?:\d{1,2}日)?[^，。\d]{0,16}(?:发布|印发|公布|出台|颁布)(?:的|了)?$",
        before,
    )
    number = re.search(r"〔((?:19|20)\d\d)〕", number_key(document.number or ""))
    days = [day.year for day in (document.subject.issued, document.published) if day]
    if issued and number and int(issued[1]) not in (int(number[1]), *days):
        return issued[1], number[1]
    return None


def _of_words(
    right: Verdict, citation: Citation, claim: _Claim, holding: Holding, document: Held, older: Sequence[Held]
) -> Verdict:
    """Return the verdict on the article and the words that a report gives of a document."""
    article = next((part for part in citation.articles if "条" in part), None)
    flat = holding.flat(document)
    missing = [quote for quote in claim.quotes if not _is_in(quote, flat)]
    if article:
        return _of_article(right, article, claim, holding, document, older)
    if missing and (near := _nearest(missing[0], flat)):
        return replace(right, verdict="misquoted", says=missing[0], expected=near)
    return _of_figures(right, claim, document.text)


def _of_article(
    right: Verdict, article: str, claim: _Claim, holding: Holding, document: Held, older: Sequence[Held]
) -> Verdict:
    known = holding.articles(document)
    value = _article_value(article)
    own = [words for clause, words in known if _article_value(clause.marker) == value]
    if not own:
        return replace(right, verdict="wrong_article", says=article, expected=None) if known else right
    if struck := _struck(article, claim, document, older, own[0]):
        return replace(right, verdict=struck[0], says=article, expected=struck[1])
    texts = [document.text[clause.start : clause.end] for clause, words in known if words == own[0]]
    if item := _missing_item(right.text, claim, texts[0]):
        return replace(right, verdict="wrong_article", says=item, expected=None)
    said = _letters(claim.words)
    for quote in claim.quotes:
        if _is_in(quote, own[0]):
            continue
        others = [clause.marker for clause, words in known if _is_in(quote, words)]
        if others:
            return replace(right, verdict="wrong_article", says=article, expected=others[0])
        if near := _nearest(quote, holding.flat(document)):
            return replace(right, verdict="misquoted", says=quote, expected=near)
    if len(said) >= 10 and not any(_is_in(quote, own[0]) for quote in claim.quotes):
        best, marker = max(
            ((_share(said, words), clause.marker) for clause, words in known), default=(0.0, "")
        )
        mine = _share(said, own[0])
        is_elsewhere = (mine < _HELD_SHARE and best >= _OTHER_SHARE) or (mine < 0.75 and best >= 0.9)
        if is_elsewhere and _article_value(marker) != value:
            return replace(right, verdict="wrong_article", says=article, expected=marker)
    return _of_figures(right, claim, "\n".join(texts))


_ITEM = regex(r"第\s?[(（]?([一二三四五六七八九十]{1,3})[)）]?\s?项")


def _missing_item(cited: str, claim: _Claim, text: str) -> str | None:
    """Return the item that a report names and that an article with items does not have: 第五条第（九）项."""
    named = _ITEM.search(cited) or _ITEM.match(claim.words.lstrip())
    items = {figure(one) for one in re.findall(r"[(（]([一二三四五六七八九十]{1,3})[)）]", text)}
    if named is None or not {1, 2} <= items or figure(named[1]) in items:
        return None
    return named[0]


def _article_value(marker: str) -> tuple[int | None, str]:
    match = re.search(
        r"第?\s?([〇零一二三四五六七八九十百千两\d]+)\s?(?:条)?(之[一二三四五六七八九十])?", plain(marker)
    )
    return (figure(match[1]), match[2] or "") if match else (None, "")


def _struck(
    article: str, claim: _Claim, document: Held, older: Sequence[Held], own: str
) -> tuple[str, str] | None:
    """Return the verdict on words that an older version had and the current one has not."""
    said = _letters(claim.words)
    for earlier in older:
        before = [c for c in articles(earlier.text) if _article_value(c.marker) == _article_value(article)]
        if not before:
            continue
        was = _letters(earlier.text[before[0].start : before[0].end])
        core = max(
            _pieces(claim.words), key=lambda piece: _share(piece, was) - _share(piece, own), default=said
        )
        if _share(core, was) - _share(core, own) < 0.1 or _share(core, was) < 0.35:
            continue
        pair = next(
            (p for p in aligned(earlier.text, document.text) if p.old and p.old.marker == before[0].marker),
            None,
        )
        if pair is not None and pair.change == "deleted":
            return "not_in_force", "已删除"
        if pair is not None and pair.new is not None:
            if pair.is_renumbered and _share(core, _letters(pair.new.text)) >= _share(core, was) - 0.05:
                return "wrong_article", pair.new.marker
            return "misquoted", pair.new.text
    return None


def _pieces(words: str) -> list[str]:
    """Return the parts of a claim between its marks that are long enough to compare."""
    found = [_letters(piece) for piece in re.split(r"[，；;：\n]", words)]
    return [piece for piece in found if len(piece) >= 6]


def _is_in(quote: str, flat: str) -> bool:
    """Say whether a quotation stands in a text, its ellipses passed over."""
    parts = [_letters(part) for part in re.split(r"…+|\.{3,}|[—]{2}", quote)]
    return all(part in flat for part in parts if part)


def _nearest(quote: str, flat: str) -> str | None:
    """Return the passage of a text that a quotation comes nearest to; None when it resembles nothing there."""
    wanted = _letters(quote)
    found = fuzz.partial_ratio_alignment(wanted, flat)
    if found is None or found.score < 60:
        return None
    return flat[found.dest_start : found.dest_end]


_NUMERAL = r"(?:\d+(?:\.\d+)?|[一二三四五六七八九十百千两]{1,6})"
_SAYS = regex(r"^(?:明确|进一步|也|还|中|的)?(?:要求|规定|明确|提出|指出|赋予)[:：]?")
_PARTS_OF = {"百分之": "%", "千分之": "‰", "万分之": "‱"}


@cache
def _figure() -> re.Pattern[str]:
    units = "|".join(map(re.escape, words("units")))
    return re.compile(
        rf"(?P<part>百分之|千分之|万分之)(?P<share>{_NUMERAL}(?:点{_NUMERAL})?)|(?P<a>{_NUMERAL})(?:比|[:：])(?P<b>{_NUMERAL})(?!\d)"
        rf"|(?P<number>{_NUMERAL})(?P<unit>{units})"
    )


def _figures(words: str) -> list[tuple[str, str]]:
    """Return the figures of a text with their units in one form: 五个工作日 is 5 个工作日, 百分之六十 is 60 %."""
    return [_valued(match) for match in _figure().finditer(words)]


def _valued(match: re.Match[str]) -> tuple[str, str]:
    if match["part"]:
        return "".join(_digits(part) or "." for part in re.split("(点)", match["share"])), _PARTS_OF[
            match["part"]
        ]
    if match["a"]:
        return f"{_digits(match['a'])}:{_digits(match['b'])}", ":"
    return _digits(match["number"]), match["unit"]


def _digits(number: str) -> str:
    if number[:1].isdigit():
        return number.removesuffix(".0")
    value = figure(number)
    return "" if value is None else str(value)


def _of_figures(right: Verdict, claim: _Claim, text: str) -> Verdict:
    """Return ``misquoted`` when the words of the document that a claim follows have another figure."""
    flat = re.sub(r"^第[^条。]{1,9}条(?:之.)?", "", squeezed(plain(text)))
    sentences = [part for part in re.split(r"[。；;\n]", flat) if part]
    parts = list(dict.fromkeys([*(p for s in sentences for p in s.split("，") if p), *sentences]))
    there = [(_letters(_figure().sub("", part)), _figures(part)) for part in parts]
    words = plain(claim.words)
    # A clause alone, then the sentence: 三个月以上不满一年的，… tells which of several like clauses is meant.
    for said in dict.fromkeys([*re.split(r"[，；;\n]", words), *re.split(r"[；;\n]", words)]):
        if wrong := _other_figure(squeezed(said), there) or _other_modal(_letters(said), parts):
            return replace(right, verdict="misquoted", says=wrong[0], expected=wrong[1])
    return right


_MODAL = regex("不可以|可以|有权|应当|必须|不得|禁止|严禁")
_SENSE = {"必须": "应当", "有权": "可以", "禁止": "不得", "严禁": "不得", "不可以": "不得"}


def _other_modal(said: str, parts: Sequence[str]) -> tuple[str, str] | None:
    """Return the 可以 of a claim and the 应当 of the document where both say the same but for that."""
    mine, core = _MODAL.findall(said), _MODAL.sub("", said)
    if not mine or len(core) < 10:
        return None
    letters = [text for part in parts if abs(len(text := _letters(part)) - len(said)) <= 6]
    near = [_MODAL.findall(text) for text in letters if fuzz.ratio(core, _MODAL.sub("", text)) >= 94]
    other = [_differing(mine, held) for held in near if len(held) == len(mine)]
    return other[0] if other and all(other) else None


def _differing(mine: Sequence[str], held: Sequence[str]) -> tuple[str, str] | None:
    pairs = zip(mine, held, strict=True)
    return next(((a, b) for a, b in pairs if _SENSE.get(a, a) != _SENSE.get(b, b)), None)


def _other_figure(said: str, there: Sequence[tuple[str, list[tuple[str, str]]]]) -> tuple[str, str] | None:
    """Return a figure of a claim, and those that stand with its unit where the document says the same."""
    figures = _figures(said)
    core = _letters(_figure().sub("", _SAYS.sub("", said)))
    if not figures or len(core) < 4:
        return None
    scored = [(_likeness(core, letters), letters, held) for letters, held in there if held and letters]
    best = max((score for score, _, _ in scored), default=0.0)
    near = [held for score, _, held in scored if score >= best - 0.02]
    if best < (0.6 if len(core) >= 8 else 0.66):
        return None
    most = max(_agreement(figures, held) for held in near)
    meant = [held for held in near if _agreement(figures, held) == most]
    for value, unit in figures:
        same = [other for held in meant for other, name in held if name == unit]
        if same and value not in same:
            return value + unit.strip(":"), "、".join(v + unit.strip(":") for v in dict.fromkeys(same))
    return None


def _agreement(figures: Sequence[tuple[str, str]], held: Sequence[tuple[str, str]]) -> float:
    """Return how many figures of a claim a passage has too, one by one where it has as many."""
    if len(figures) == len(held):
        return sum(mine == other for mine, other in zip(figures, held, strict=True))
    return len(set(figures) & set(held)) - 0.5


def _likeness(core: str, letters: str) -> float:
    """Return how much of a claim a passage holds, a little more where it holds not much else."""
    share = _share(core, letters)
    return share + 0.1 * fuzz.ratio(core, letters) / 100 if share >= 0.5 else 0.0
