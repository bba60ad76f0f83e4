"""A draft for people and programs: a table to judge, JSON, and the spider's file with its pages."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from archive.errors import BadInput
from archive.lists import ListedRow, Pager, Reading
from archive.model import Page
from crawler.drafting import SYSTEMS, Draft, DraftedList


def pager_json(pager: Pager) -> dict[str, Any]:
    """Return a pager in the documented form; unknown fields are left out."""
    said: dict[str, Any] = {"kind": pager.kind, "next": pager.next or None}
    for name, value in (("pattern", pager.pattern), ("total", pager.total), ("call", pager.call)):
        if value not in ("", None):
            said[name] = value
    return said | {"sure": pager.sure, "because": pager.because}


def row_json(row: ListedRow) -> dict[str, Any]:
    """Return a row in the documented form; ``filed`` is the day in the address, where it names one."""
    said: dict[str, Any] = {"href": row.href, "title": row.title, "date": row.date or None}
    return said | ({"filed": row.filed} if row.filed else {})


def reading_json(identity: str, reading: Reading) -> dict[str, Any]:
    """Return the reading of a saved page in the documented form."""
    return {
        "id": identity,
        "kind": reading.kind,
        "rows": [row_json(row) for row in reading.rows],
        "pager": pager_json(reading.pager),
        "columns": list(reading.columns),
        "sureness": reading.sure,
        "because": reading.because,
        "encoding": reading.encoding,
        "flags": list(reading.flags),
    }


def draft_json(made: Draft, file: str | None) -> dict[str, Any]:
    """Return a draft in the documented form."""
    return {
        "name": made.name,
        "publisher": made.publisher or None,
        "lists": [
            {
                "url": one.url,
                "words": one.words,
                "rows": [row_json(row) for row in one.reading.rows],
                "pager": pager_json(one.reading.pager) | ({"second": one.second} if one.second else {}),
                "rule": {
                    "rows": one.rule.rows,
                    "date": one.rule.date,
                    "found": one.rule.found,
                    "of": one.rule.of,
                }
                if one.rule
                else None,
                "system": one.system or None,
            }
            for one in made.lists
        ],
        "articles": [
            {
                "url": one.url,
                "title": one.title or None,
                "published_at": one.published_at or None,
                "source": one.source or None,
                "letters": one.letters,
                "evidence": one.evidence,
                "trouble": one.trouble or None,
            }
            for one in made.articles
        ],
        "family": made.family or None,
        "grammar": list(made.grammar),
        "rules": {name: list(value) for name, value in made.rules.items()},
        "charset": made.charset or None,
        "odd": made.odd,
        "unsure": made.unsure,
        "troubles": made.troubles,
        "sureness": made.sureness,
        "file": file,
    }


def draft_table(made: Draft, file: str | None) -> str:
    """Return a draft as a table that a person can judge."""
    lines = [
        f"site       {made.name}: {made.publisher or '(publisher unknown)'}, {made.host}, role {made.role}",
        f"system     {made.family or 'unknown'} ({made.sureness.get('family', 0):.2f})   charset {made.charset or '-'}",
        *(f"addresses  {pattern}" for pattern in made.grammar or ("none",)),
        f"           takes {made.taken} of {made.rows} addresses of rows",
        "",
    ]
    for one in made.lists:
        lines += _list_lines(one)
    for article in made.articles:
        said = article.trouble or (
            f"{article.published_at or 'no day':17} {article.letters:6} letters  {article.title}"
        )
        lines.append(f"article    {article.url}")
        lines.append(f"           {said}" + (f"  [{article.source}]" if article.source else ""))
    lines += ["", *(f"rule       {name}: {', '.join(value)}" for name, value in made.rules.items())]
    lines += [f"odd        {words}" for words in made.odd]
    lines += [f"trouble    {words}" for words in made.troubles]
    lines += [f"not sure   {words}" for words in made.unsure]
    if file:
        lines.append(f"written    {file}")
    return "\n".join(lines)


def _list_lines(one: DraftedList) -> list[str]:
    pager, dated = one.reading.pager, sum(bool(row.date) for row in one.reading.rows)
    goes = pager.kind if pager.kind != "none" else "one page"
    goes += f", {pager.total} pages" if pager.total else ""
    goes += f", next {pager.next}" if pager.next else ""
    rule = (
        f"{one.rule.rows} ({one.rule.found} of {one.rule.of})"
        if one.rule
        else (one.system or "read in the general way")
    )
    shown = [
        f"           · {row.date or row.filed or '----------'}  {row.title[:60]}"
        for row in one.reading.rows[:3]
    ]
    return [
        f"list       {one.url}  {one.words}",
        f"           {len(one.reading.rows)} rows, {dated} with a day; {goes}"
        + (f"; {one.second}" if one.second else ""),
        f"           rule {rule}",
        *shown,
        "",
    ]


# The spider's file


def spider_text(made: Draft, day: str) -> str:
    """Return the source of the drafted spider."""
    listings = [one.url for one in made.lists]
    listing, general = _listing(made)
    system = next((one.system for one in made.lists if one.system in SYSTEMS), "")
    names = ["Expect", "PolicySpider", "Role", "Rules", "Site"]
    names += ["Listing"] * bool(listing) + ["Page", "Rows", "Unreadable"] * bool(general or system)
    names += [name for name in _PAGED if any(f"{name}." in one for one in listing)]
    names += ["general"] * bool(general and not system) + [system] * bool(system)
    fields = [
        f"publisher={_q(made.publisher or made.host)},",
        f"role=Role.{made.role.name},",
        f"domains=({_q(made.domains[0])},),",
        "listings=(",
        *(f"    {_q(url)}," for url in listings),
        "),",
        f"articles=({', '.join(map(_raw, made.grammar))},),",
    ]
    if listing:
        fields += ["listing=(", *(f"    {one}," for one in listing), "),"]
    if made.rules:
        inner = ", ".join(f"{name}=({', '.join(map(_q, value))},)" for name, value in made.rules.items())
        fields.append(f"rules=Rules({inner}),")
    if made.referer:
        fields.append(f"referer={_q(made.referer)},")
    fields.append(f"expects=Expect(articles={max(1, made.taken // 2)}),")
    names = sorted(set(names) - (set() if made.rules else {"Rules"}), key=lambda n: (n.islower(), n))
    body = [_docstring(made, day), "", _imports(names), "", "", f"class {_class(made.name)}(PolicySpider):"]
    body += [
        f"    name = {_q(made.name)}",
        "    site = Site(",
        *(f"        {line}" for line in fields),
        "    )",
    ]
    if general or system:
        how = f"{system}.rows(page, cls.site)" if system else "general.rows(page, cls.site)"
        said = (
            "where a column's list is to be asked, or its rows"
            if system
            else "the rows of a list, read in the general way"
        )
        body += [
            "",
            "    @classmethod",
            "    def parse_listing(cls, page: Page) -> Rows | Unreadable:",
            f'        """Return {said}."""',
            f"        return {how}",
        ]
    return "\n".join(body) + "\n"


def _imports(names: list[str]) -> str:
    line = f"from crawler.site import {', '.join(names)}"
    if len(line) <= 110:
        return line
    return "from crawler.site import (\n" + "".join(f"    {name},\n" for name in names) + ")"


# Systems with page counts in a script: the pattern of the count, and the number of the first page.
_PAGED = {"trs": ("trs.COUNTED", 0), "shanghai": ("shanghai.TOTAL", 1)}


def _listing(made: Draft) -> tuple[list[str], bool]:
    """Return the dialects as source, and whether the lists must be read generally."""
    drawn: dict[str, str] = {}
    for one in made.lists:
        pager = one.reading.pager
        if one.rule is None or one.rule.found < one.rule.of:
            return [], any(not o.system for o in made.lists)
        counted = made.family in _PAGED and pager.kind == "script" and pager.pattern.startswith("index_{n}")
        if pager.kind != "none" and not counted:
            return [], True
        ending = pager.pattern.rpartition(".")[2] if pager.pattern else "html"
        fields = [f"rows={_q(one.rule.rows)}"]
        fields += [f"link={_q(one.rule.link)}"] if one.rule.link != "a[href]" else []
        fields += [f"date={_q(one.rule.date)}"] if one.rule.date else []
        if made.family in _PAGED:
            total, first = _PAGED[made.family]
            fields += [f"total={total}", f'pages="index_{{n}}.{ending}"', f"first={first}"]
        drawn.setdefault(f"Listing({', '.join(fields)})", "")
    return list(drawn), False


def _docstring(made: Draft, day: str) -> str:
    lines = [
        f"{made.publisher or made.host}, {made.host} ({made.family or 'no known system'}). Drafted on {day}:",
        "",
    ]
    lines += [f"- {line}" for line in made.odd[:6]]
    rest = "Not sure:" if made.unsure else "It was drafted from a look at a few pages."
    lines.append(f"- Unconfirmed: all of it, until a person has looked. {rest}")
    lines += [f"  {line}." for line in made.unsure[:10]]
    # A page's words must not end the docstring.
    said = "\n".join(lines).replace("\\", "\\\\").replace('"""', "'''")
    return f'"""{said}\n"""'


def _q(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _raw(pattern: str) -> str:
    return f'r"{pattern}"' if '"' not in pattern else repr(pattern)


def _class(name: str) -> str:
    return "".join(word.title() for word in name.split("_")) + "Spider"


def write(made: Draft, home: Path, day: str) -> str:
    """Write the spider's file and its saved pages; return the file.

    Raise BadInput where the file exists already.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", made.name):
        raise BadInput(
            f'"{made.name}" is no name for a site — give one of letters, figures and _ with --name'
        )
    if not made.lists or not made.grammar:
        raise BadInput(
            f"no list of {made.host} could be read: nothing is written — see the table, give another address"
        )
    file = home / "spiders" / f"{made.name}.py"
    # In the project saved pages are tests; in a home they are the sources of the draft.
    pages = (home / "tests" if (home / "scrapy.cfg").exists() else home) / "pages" / made.name
    if file.exists() or pages.exists():
        raise BadInput(
            f"{file if file.exists() else pages} is there already — choose another --name, or take it away"
        )
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(spider_text(made, day), encoding="utf-8")
    for number, one in enumerate(made.lists, 1):
        _save(pages / f"list_{number}", one.page, "listing")
    for number, article in enumerate((a for a in made.articles if a.page is not None), 1):
        assert article.page is not None
        _save(pages / f"article_{number}", article.page, "article")
    return str(file)


def _save(folder: Path, page: Page, kind: str) -> None:
    folder.mkdir(parents=True)
    is_data = page.body.lstrip()[:1] in (b"{", b"[")
    name = "answer.json" if is_data else "page.html"
    (folder / name).write_bytes(page.body)
    meta = {"url": page.url, "kind": kind, "content_type": page.content_type} | (
        {"body": name} if is_data else {}
    )
    (folder / "page.json").write_text(json.dumps(meta, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
