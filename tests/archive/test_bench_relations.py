"""The bench reads a labelled folder's inputs, never its labels, and answers every record."""

from __future__ import annotations

import json
from pathlib import Path

from tests.bench import relations

BODY = "第一条 为加强渔港管理，制定本办法。\n第二条 本办法自2021年5月1日起施行。"
ROWS = {
    "citations": {"text": "按照《渔港办法》（海府〔2021〕3号）第二条执行。"},
    "relations": {"text": "《渔港办法》同时废止。", "doc_title": "渔港条例"},
    "validity": {"text": BODY, "doc_title": "渔港办法"},
    "asof": {
        "title": "渔港办法", "doc_number": None, "version": None, "evidence": [{"title": "渔港办法", "text": BODY}],
        "questions": [{"date": "2021-04-30"}, {"date": "2021-05-01"}],
    },
    "clauses": {"text_id": "t1"},
    "alignment": {"old_text_id": "t1", "new_text_id": "t1"},
    "cite_check": {"text": "《渔港办法》（海府〔2021〕4号）第一条。", "as_of": "2024-01-01"},
}  # fmt: skip


def test_every_record_of_a_folder_is_answered(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts/t1.txt").write_text(f"标题：渔港办法\n\n{BODY}", encoding="utf-8")
    document = {
        "text_id": "t1",
        "file": "texts/t1.txt",
        "title": "渔港办法",
        "doc_number": "海府〔2021〕3号",
        "date": None,
    }
    (tmp_path / "documents.jsonl").write_text(json.dumps(document), encoding="utf-8")
    for name, row in ROWS.items():
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row | {"id": name}), encoding="utf-8")
    assert relations.main(["--data", str(tmp_path), "--out", str(tmp_path / "out")]) == 0
    made = {name: json.loads((tmp_path / f"out/{name}.jsonl").read_text("utf-8")) for name in ROWS}
    assert {name: row["id"] for name, row in made.items()} == {name: name for name in ROWS}
    assert made["citations"]["citations"][0]["articles"] == ["第二条"]
    assert made["relations"]["relations"][0]["type"] == "replaces"
    assert made["asof"]["answers"] == ["no", "yes"]
    assert [c["path"] for c in made["clauses"]["clauses"]] == ["第一条", "第二条"]
    assert made["alignment"]["pairs"][0]["relation"] == "same"
    assert made["cite_check"]["citations"][0]["verdict"] == "wrong_number"
