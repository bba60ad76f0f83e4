"""Raised and lowered text of one line: written in plain text when its element ends."""

from __future__ import annotations

from archive.extract.written import lowered, raised

Piece = tuple[str, int]


class Small:
    """The elements of raised or lowered text that are open, with where in the line each began."""

    def __init__(self) -> None:
        self._open: list[tuple[str, int]] = []

    def open(self, kind: str, at: int) -> None:
        """Begin text that is ``super`` or ``sub``, at a place among the pieces of the line."""
        self._open.append((kind, at))

    def close(self, pieces: list[Piece]) -> None:
        """Write what the innermost element held as plain text: 10⁴, CO₂."""
        if not self._open:
            return
        kind, at = self._open.pop()
        text = "".join(piece for piece, _ in pieces[at:])
        if text:
            before = "".join(piece for piece, _ in pieces[max(0, at - 3) : at])[-3:]
            written = raised(text, before) if kind == "super" else lowered(text)
            pieces[at:] = [(written, pieces[at][1])] if written != text else pieces[at:]

    def end_line(self, pieces: list[Piece]) -> None:
        """Write all that is open: what goes on in another line is no small text."""
        while self._open:
            self.close(pieces)
