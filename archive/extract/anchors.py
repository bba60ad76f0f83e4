"""The links of a page as the walk comes by them: of ``a`` elements, of scripts, of frames."""

from __future__ import annotations

from typing import Any

from archive.extract.targets import framed, target_of
from archive.models.files import ENDINGS, leads_to_file


class Anchors:
    """The link that the walk is in, and those it has found: node, address and words of each."""

    def __init__(self, links: list[tuple[int, str, str]]) -> None:
        self._links = links
        self._open = -1
        self._attributes: dict[str, str] = {}
        self._words: list[str] = []
        self._href = ""
        self._is_file = False

    def open(self, index: int, attributes: dict[str, str]) -> None:
        """Begin a link. One to a file counts as text: names of attachments belong to the article."""
        self._open, self._attributes, self._words = index, attributes, []
        self._href = target_of(attributes)
        self._is_file = leads_to_file(self._href, ENDINGS)

    def add(self, text: str) -> int:
        """Take in words of the link that is open; return how many characters count as those of a link."""
        if self._open < 0:
            return 0
        self._words.append(text)
        return 0 if self._is_file else len("".join(text.split()))

    def close(self) -> None:
        """Note the link that is open; where its address is a script, its words help to understand it."""
        words = " ".join("".join(self._words).split())
        if self._open >= 0:
            named = (words, self._attributes.get("download", ""), self._attributes.get("title", ""))
            href = self._href
            if not href or href.startswith("#") or href.lower().startswith("javascript:"):
                href = target_of(self._attributes, " ".join(named))
            if href:
                self._links.append((self._open, href, words))
        self._open = -1

    def opened_by(self, index: int, attributes: dict[str, str], words: str) -> None:
        """Note the file that an element opens by a script although it is no link."""
        if "onclick" in attributes and leads_to_file(target := target_of(attributes, words)):
            self._links.append((index, target, " ".join(words.split())[:300]))

    def frame(self, index: int, element: Any) -> None:
        """Note the file that a frame shows."""
        if href := framed(element):
            self._links.append((index, href, (element.get("title") or "").strip()))
