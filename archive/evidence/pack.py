"""The evidence pack: one claim about a document with all that proves it, checked by a script that lies in it."""

from __future__ import annotations

import inspect
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.diff import edits
from archive.errors import BadInput
from archive.evidence import checker
from archive.evidence.merkle import inclusion_proof
from archive.evidence.note import Checkpoint, Note
from archive.evidence.warc import ExportedCapture, Writer

# The subtree roots of a log, and where a row stands in it.
Proofs = Mapping[str, tuple[Callable[[int, int], bytes], Callable[[int], int]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that a pack holds of one document.

    ``rows`` are the leaves that prove it, by log and row; ``keys`` the public keys that may have signed.
    """

    claim: Mapping[str, Any]
    captures: Sequence[ExportedCapture]
    looks: Sequence[Mapping[str, Any]]
    texts: Mapping[int, str]
    rows: Mapping[str, Mapping[int, bytes]]
    keys: Sequence[str]
    software: str
    made_at: str


def files(
    case: Case, body: Callable[[str], bytes], note: Note, stated: Checkpoint, proofs: Proofs
) -> dict[str, bytes]:
    """Return the files of a pack by their names, the manifest among them."""
    found = {
        "README.txt": _readme(case).encode(),
        "verify.py": inspect.getsource(checker).encode(),
        "claim.json": checker.plain_json(case.claim),
        "citation.txt": _citation(case).encode(),
        "captures.warc": _warc(case, body),
        "looks.jsonl": _lines(case.looks),
        "leaves.jsonl": _lines(_leaves(case, stated, proofs)),
        "checkpoint.txt": str(note).encode(),
        "keys.txt": "".join(f"{key}\n" for key in case.keys).encode(),
    }
    found |= {f"texts/{number}.txt": text.encode() for number, text in case.texts.items()}
    found |= {f"diffs/{name}.txt": text.encode() for name, text in _differences(case)}
    stated_files = {name: checker.digest(held) for name, held in found.items()}
    manifest = {"files": stated_files, "made_at": case.made_at, "software": case.software}
    return found | {"manifest.json": checker.plain_json(manifest)}


def write(target: Path, held: Mapping[str, bytes]) -> None:
    """Write a pack as a ZIP file, or as a folder where the name does not end with .zip. It overwrites nothing."""
    if target.exists():
        raise BadInput(f"{target} exists — a pack overwrites nothing, give another path")
    if target.suffix == ".zip":
        target.write_bytes(checker.stored_zip(dict(held)))
        return
    for name, content in held.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _leaves(case: Case, stated: Checkpoint, proofs: Proofs) -> Iterable[dict[str, Any]]:
    for log, rows in case.rows.items():
        size = stated.size if log == "captures" else stated.others[log].size
        subtree, index_of = proofs[log]
        for row, leaf in rows.items():
            index = index_of(row)
            if index >= size:
                raise BadInput(
                    f"row {row} of {log} is newer than the checkpoint — make a new checkpoint first"
                )
            proof = [hashed.hex() for hashed in inclusion_proof(index, size, subtree)]
            yield {"log": log, "index": index, "leaf": leaf.decode(), "proof": proof}


def _warc(case: Case, body: Callable[[str], bytes]) -> bytes:
    out = io.BytesIO()
    writer = Writer(out, body, packed=False)
    fields = [
        ("software", case.software),
        ("format", "WARC File Format 1.1"),
        ("isPartOf", str(case.claim["url"])),
    ]
    writer.info(fields, name="captures.warc", at=case.made_at)
    for held in case.captures:
        writer.capture(held)
    return out.getvalue()


def _differences(case: Case) -> Iterable[tuple[str, str]]:
    for change in case.claim["changes"]:
        old, new = change["from_version"], change["to_version"]
        lines = [f"{change['summary']}\n"]
        for edit in edits(case.texts[old], case.texts[new]):
            lines.append(f"@ {edit.from_start}–{edit.from_end} → {edit.to_start}–{edit.to_end}\n")
            lines.append(f"- {json.dumps(edit.from_text, ensure_ascii=False)}\n")
            lines.append(f"+ {json.dumps(edit.to_text, ensure_ascii=False)}\n")
        yield f"{old}-{new}", "".join(lines)


def _citation(case: Case) -> str:
    claim = case.claim
    lines = [f"{claim['publisher']}  {claim['url']}\n"]
    for one in claim["versions"]:
        seen = f"captured {one['captured_at']} as {one['payload']}"
        lines.append(
            f"version {one['version']}: {one['title']} ({one['published_at'] or 'undated'}), {seen}\n"
        )
    return "".join(lines)


def _readme(case: Case) -> str:
    return f"""原本证据包 · evidence pack of yuanben

{case.claim["url"]}

查验 to check:  python3 verify.py

claim.json      所断言者：各版本及其改动的时间界限 | what is claimed: the versions, and the bounds of each change
captures.warc   收到的网页原样 | the pages as they came (WARC 1.1; bodies with their encodings undone)
texts/          从网页读出的正文 | the text read out of each version
diffs/          各次改动 | what each change changed
looks.jsonl     每次查看，包括没有看到的 | every look at the document, also those that failed
leaves.jsonl    日志条目及其包含证明 | rows of the archive's log, each with its inclusion proof (RFC 6962)
checkpoint.txt  对整个日志的签名声明 | the signed statement of the whole log (C2SP tlog-checkpoint)
keys.txt        公钥，须与归档方公布的核对 | public keys: hold them against what the archive publishes

不能证明 not proven: 服务器确实发出了这些（这是归档方的陈述）；归档方的时钟正确；正文读得对（网页就在旁边）。
That the server really sent this is the archive's word, and so is its clock; whether the text was read rightly can be
seen from the page beside it. Who kept the checkpoint, or a witness that signed it, shows when it was made.
"""


def _lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
