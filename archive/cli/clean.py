"""``yuanben clean``: a damaged plain text put right, and everything that was done to it."""

from __future__ import annotations

from typing import Any

from archive.text.repair import Cleaned, clean, spans_in_input, written_over


def clean_file(text: str) -> dict[str, Any]:
    """Return what ``yuanben clean`` prints about a decoded text.

    The spans of ``steps`` and ``removed`` lie in the text given, half-open, in code points; those of ``lost``
    in ``text``. A lost place whose span holds no □ was determined by its bytes and is written out.
    """
    cleaned = clean(text)
    head = cleaned.head
    return {
        "title": head.title or None,
        "published_at": head.published_at,
        "source_line": head.source_line,
        "author": head.author,
        "text": cleaned.text,
        "text_simplified": cleaned.text_simplified,
        "steps": _steps(cleaned),
        "lost": [
            {
                "start": lost.start,
                "end": lost.end,
                "found": lost.found,
                "candidates": list(lost.candidates),
            }
            for lost in cleaned.lost
        ],
        "removed": [
            {"start": block.start, "end": block.end, "text": block.text, "kind": block.kind}
            for block in cleaned.removed
        ],
    }


def _steps(cleaned: Cleaned) -> list[dict[str, Any]]:
    taken = [
        {"step": one.name, "count": len(one.changes), "spans": spans_in_input(cleaned, index)}
        for index, one in enumerate(cleaned.steps)
        if one.changes
    ]
    script = written_over(cleaned)
    if script:
        taken.append({"step": "script", "count": sum(end - start for start, end in script), "spans": script})
    return taken
