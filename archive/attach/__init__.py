"""Attached files: what kind each is and the text in it, from its bytes alone. Pure but for ``antiword``.

Made for the reader process, whose limits on CPU and memory hold here too: what takes more is read once more with
``cheap``. A file is read, never run, and nothing it names is fetched. The libraries of all the formats are loaded
when the first file is read.
"""

from __future__ import annotations

from archive.attach.names import safe_name
from archive.models import AttachmentText

__all__ = ["AttachmentText", "safe_name", "text_of"]


def text_of(body: bytes, name: str, media_type: str = "", *, cheap: bool = False) -> AttachmentText:
    """Return what a file is and the text in it, or why there is none.

    ``media_type`` is the server's claim: it is set against the bytes, never believed. The text is what the file
    says in its own order; headings, columns and pictures are lost, and it does not prove what a reader of the
    printed page sees.
    """
    from archive.attach.reading import read_file

    return read_file(body, name, media_type, cheap=cheap)
