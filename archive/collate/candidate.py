"""What is weighed when an original is sought: the versions that share a copy's words, and what the copy says of itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A version that shares words with a copy.

    ``shared`` counts the shingles both have, ``of_copy`` and ``of_original`` are its shares of either side,
    ``containment`` the larger of the two. ``removed`` is what our reader took off the page, ``doubt`` why the page
    cannot be called an original, empty when nothing speaks against it.
    """

    document: int
    version_id: int
    version: int
    url: str
    site: str
    publisher: str
    role: str
    title: str
    text: str
    published_at: str | None
    issuer: str | None
    source_line: str | None
    doc_number: str | None
    first_seen: str
    shared: int
    containment: float
    of_copy: float
    of_original: float
    removed: tuple[str, ...] = ()
    doubt: str = ""

    @property
    def alike(self) -> float:
        """Return how near the two are to being one text: the share of all shingles that both have."""
        whole = (
            self.shared / self.of_copy + self.shared / self.of_original - self.shared if self.shared else 0
        )
        return self.shared / whole if whole else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """What a copy says of where it comes from: its address, its date, the outlets it names, its title.

    ``role``, ``publisher``, ``issuer`` and ``first_seen`` are known of a copy that the archive holds. Only of such
    a one it must be shown that the other came first: what is handed in is handed in as a copy.
    """

    url: str | None = None
    published_at: str | None = None
    outlets: tuple[str, ...] = ()
    title: str = ""
    source_line: str | None = None
    role: str | None = None
    publisher: str | None = None
    issuer: str | None = None
    first_seen: str | None = None
