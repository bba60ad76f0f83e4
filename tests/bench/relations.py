"""``./run bench relations --data FOLDER --out DIR``: predictions for a labelled set of citations and relations.

Reads the inputs of a folder of the form of ``data/relations`` (texts, evidence, days asked for), never its labels,
and writes what the product's own functions say, in the form that the folder's scorer reads.
"""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from archive.relations import check, connections, contrast, links, standing
from archive.relations.citations import Citation, citations
from archive.relations.clauses import clauses
from archive.relations.grammar import bare_title
from archive.relations.validity import Deadline, Validity

Row = dict[str, Any]
_STATUS = {"right": "ok", "not_in_force": "repealed_as_in_force", "not_held": "nonexistent"}


def main(words: Sequence[str]) -> int:
    """Write the predictions, and say how long each task took."""
    parser = ArgumentParser(prog="./run bench relations", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a folder of the form of data/relations")
    parser.add_argument("--out", type=Path, required=True, help="where the predictions go")
    options = parser.parse_args(words)
    if not options.data.is_dir():
        parser.error(f"no folder {options.data}")
    options.out.mkdir(parents=True, exist_ok=True)
    texts = _texts(options.data)
    for name, predict in _tasks(texts).items():
        path = options.data / f"{name}.jsonl"
        if not path.exists():
            continue
        rows = list(_rows(path))
        begun = time.perf_counter()
        made = [predict(row) | {"id": row["id"]} for row in rows]
        spent = time.perf_counter() - begun
        _write(options.out / f"{name}.jsonl", made)
        print(f"{name}: {len(made)} records, {1000 * spent / max(1, len(made)):.1f} ms each")
    return 0


def _rows(path: Path) -> Iterable[Row]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _write(path: Path, rows: Iterable[Row]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _texts(folder: Path) -> dict[str, Row]:
    path = folder / "documents.jsonl"
    rows = {row["text_id"]: row for row in _rows(path)} if path.exists() else {}
    for row in rows.values():
        head, _, body = (folder / row["file"]).read_text(encoding="utf-8").partition("\n\n")
        row["body"], row["head"] = body, head
    return rows


def _tasks(texts: dict[str, Row]) -> dict[str, Callable[[Row], Row]]:
    holding = check.Holding([_held(row) for row in texts.values()])
    return {
        "citations": lambda row: {"citations": [_citation(c) for c in citations(row["text"])]},
        "relations": lambda row: {
            "relations": [_relation(r) for r in connections(row["text"], row["doc_title"]).relations if r.end]
        },
        "validity": _validity,
        "asof": _as_of,
        "clauses": lambda row: {
            "clauses": [
                {"path": c.path, "start": c.start, "end": c.end}
                for c in clauses(texts[row["text_id"]]["body"])
            ]
        },
        "alignment": lambda row: {
            "pairs": [
                _pair(pair)
                for pair in contrast.aligned(
                    texts[row["old_text_id"]]["body"], texts[row["new_text_id"]]["body"]
                )
            ]
        },
        "cite_check": lambda row: {
            "citations": [
                {"start": v.start, "end": v.end, "verdict": _STATUS.get(v.verdict, v.verdict)}
                for v in check.checked(row["text"], holding, date.fromisoformat(row["as_of"]))
            ]
        },
    }


def _held(row: Row) -> check.Held:
    day = row.get("date")
    return check.held(
        row["text_id"], title=row["title"], number=row["doc_number"], text=row["body"],
        published=date.fromisoformat(day) if day else None,
    )  # fmt: skip


def _citation(found: Citation) -> Row:
    kind = "law_short" if found.kind == "short_name" else found.kind
    return {
        "start": found.start, "end": found.end, "text": found.text, "kind": kind, "title": found.title,
        "doc_number": found.number, "articles": list(found.articles),
    }  # fmt: skip


def _relation(made: links.Relation) -> Row:
    direction = "in" if made.is_incoming else "out"
    return {"type": made.kind, "title": made.title, "doc_number": made.number, "direction": direction}


def _validity(row: Row) -> Row:
    said = connections(row["text"], row["doc_title"]).validity
    effect: Row | None = None
    if said.effect:
        effect = {"date": said.effect.day.isoformat()} if said.effect.day else {}
        effect |= {"rule": said.effect.rule} if said.effect.rule else {}
    expiry: Row | None = None
    if said.expiry:
        expiry = (
            {"date": said.expiry.day.isoformat()} if said.expiry.day else {"duration": said.expiry.duration}
        )
    return {
        "effective_from": effect, "expires_on": expiry, "status": said.status,
        "repealed": [{"title": end.title, "doc_number": end.number} for end in said.ends if not end.is_partial],
        "deadlines": [_deadline(due) for due in said.deadlines],
    }  # fmt: skip


def _deadline(due: Deadline) -> Row:
    row = {"kind": due.kind, "date": due.day, "start": due.first}
    return row | ({"duration": due.duration} if due.duration else {})


def _pair(pair: contrast.Pair) -> Row:
    change = pair.change
    if change in ("same", "moved"):
        change = "renumbered" if pair.is_renumbered else "same"
    return {
        "old": pair.old.marker if pair.old else None, "new": pair.new.marker if pair.new else None, "relation": change,
    }  # fmt: skip


def _as_of(row: Row) -> Row:
    version = date.fromisoformat(row["version"]) if row["version"] else None
    read = [_Passage.of(entry["title"], entry["text"]) for entry in row["evidence"]]
    subject, acts = known(row["title"], row["doc_number"], version, read)
    answers = [
        standing.is_in_force(standing.standing(subject, acts, date.fromisoformat(question["date"])).standing)
        for question in row["questions"]
    ]
    return {"answers": ["unknown" if answer is None else "yes" if answer else "no" for answer in answers]}


@dataclass(frozen=True, slots=True)
class _Passage:
    """A passage of a document as the archive reads it."""

    title: str
    text: str
    said: Validity
    effect: date | None

    @classmethod
    def of(cls, title: str, text: str) -> _Passage:
        said = connections(text, title).validity
        return cls(title, text, said, said.effect.day if said.effect else None)


def known(
    title: str, number: str | None, version: date | None, read: Sequence[_Passage]
) -> tuple[standing.Subject, list[standing.Act]]:
    """Return what passages make known of a document or of one version of it, by the archive's own functions."""
    ends = [
        act
        for passage in read
        for relation in passage.said.ends
        if standing.names(relation, title=title, number=number)
        and (act := _end(passage, relation, title, version))
    ]
    if ends:
        return standing.Subject(issued=version), ends
    own = [passage for passage in read if bare_title(passage.title) == bare_title(title)]
    events = standing.history("\n".join(passage.text for passage in own))
    events += [standing.Event(day=passage.effect, act="施行") for passage in own if passage.effect]
    if version and (standing.is_named(version, events) or any(_is_later(event, version) for event in events)):
        act = standing.superseded(version, events, standing.Reason(says="replaces"))
        subject = standing.Subject(issued=version, effective=standing.version_span(version, events)[0])
        return subject, [act] if act else []
    text = "\n".join(passage.text for passage in own)
    said = connections(text, title).validity
    return standing.subject_of(said, text=text, published=version, is_draft=False), []


def _is_later(event: standing.Event, version: date) -> bool:
    return event.day > version and event.act not in ("施行", "批准", "印发")


def _end(
    passage: _Passage, relation: links.Relation, title: str, version: date | None
) -> standing.Act | None:
    is_other_work = bare_title(passage.title) != bare_title(title)
    stated = standing.stated_day(passage.text, relation)
    if not standing.is_meant(stated=stated, issued=version, on=passage.effect, is_other_work=is_other_work):
        return None
    return standing.act_of(
        relation.kind, on=passage.effect, issued=None, is_partial=relation.is_partial, is_end=relation.is_end,
        reason=standing.Reason(says=relation.kind, document=passage.title, start=relation.start, end=relation.end),
        until=standing.stated_term(passage.text, relation) if relation.end else None,
    )  # fmt: skip
