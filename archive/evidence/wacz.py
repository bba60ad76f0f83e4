"""WACZ 1.1.1: a WARC file, its index and the list of its pages in one ZIP file, as web archives pass them on."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from archive.evidence.warc import IndexEntry
from archive.patterns import regex

VERSION = "1.1.1"
_BLOCK = 3_000
_PORTS = {"http": 80, "https": 443}
_WWW = regex(r"www\d*\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPage:
    """A page of the list: its address, its time, and the title and text that were read out of it."""

    url: str
    at: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a collection says of itself."""

    title: str
    description: str
    created: str
    software: str


def write(
    target: Path,
    warc: Path,
    written: Iterable[IndexEntry],
    pages: Iterable[ListedPage],
    about: About,
    more: dict[str, bytes],
) -> None:
    """Write a collection. ``more`` holds further files by their paths."""
    name = "data.warc.gz"
    blocks, index = compressed_index(written, name)
    files: dict[str, bytes] = {
        "indexes/index.cdx.gz": blocks,
        "indexes/index.idx": index,
        "pages/pages.jsonl": "".join(_page_lines(pages)).encode(),
        **more,
    }
    listed = [_resource(f"archive/{name}", *_measured(warc))]
    listed += [_resource(path, len(held), hashlib.sha256(held).hexdigest()) for path, held in files.items()]
    package = _json(_package(about, listed))
    digest = "sha256:" + hashlib.sha256(package).hexdigest()
    files |= {
        "datapackage.json": package,
        "datapackage-digest.json": _json({"path": "datapackage.json", "hash": digest}),
    }
    with zipfile.ZipFile(target, "w") as collection:
        # Stored, not packed: readers seek in it.
        collection.write(warc, f"archive/{name}", zipfile.ZIP_STORED)
        for path, held in files.items():
            is_packed = path.endswith((".jsonl", ".json", ".idx", ".txt"))
            collection.writestr(path, held, zipfile.ZIP_DEFLATED if is_packed else zipfile.ZIP_STORED)


def compressed_index(written: Iterable[IndexEntry], filename: str) -> tuple[bytes, bytes]:
    """Return a CDXJ index in packed blocks, and the second index that says where each block begins."""
    lines = sorted(_index_line(one, filename) for one in written if one.kind != "metadata")
    blocks, heads = bytearray(), ['!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n']
    for at in range(0, len(lines), _BLOCK):
        packed = gzip.compress("".join(lines[at : at + _BLOCK]).encode(), mtime=0)
        block = {
            "offset": len(blocks),
            "length": len(packed),
            "digest": "sha256:" + hashlib.sha256(packed).hexdigest(),
            "filename": "index.cdx.gz",
        }
        key, moment, _ = lines[at].split(" ", 2)
        heads.append(f"{key} {moment} {json.dumps(block)}\n")
        blocks += packed
    return bytes(blocks), "".join(heads).encode()


def search_key(url: str) -> str:
    """Return the key under which indexes hold an address: its host backwards, without ``www``, in lower case."""
    parts = urlsplit(url)
    host = _WWW.sub("", (parts.hostname or "").lower(), count=1)
    port = "" if parts.port in (None, _PORTS.get(parts.scheme)) else f":{parts.port}"
    path = quote(parts.path.rstrip("/") or "/", safe="/%~!$&'()*+,;=:@-._").lower()
    query = quote("&".join(sorted(parts.query.split("&"))), safe="/%~!$&'()*+,;=:@-._?").lower()
    return f"{','.join(reversed(host.split('.')))}{port}){path}" + (f"?{query}" if query else "")


def _index_line(one: IndexEntry, filename: str) -> str:
    fields: dict[str, Any] = {
        "url": one.url,
        "mime": "warc/revisit" if one.kind == "revisit" else one.media_type or "unk",
        "status": str(one.status),
        "digest": one.digest or "-",
        "length": str(one.length),
        "offset": str(one.offset),
        "filename": filename,
    }
    moment = re.sub(r"\D", "", one.captured_at)[:14]
    return f"{search_key(one.url)} {moment} {json.dumps(fields, ensure_ascii=False)}\n"


def _page_lines(pages: Iterable[ListedPage]) -> Iterator[str]:
    yield json.dumps({"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}) + "\n"
    for number, page in enumerate(pages, 1):
        fields = {"id": str(number), "url": page.url, "ts": page.at, "title": page.title, "text": page.text}
        yield json.dumps(fields, ensure_ascii=False) + "\n"


def _package(about: About, resources: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "profile": "data-package",
        "wacz_version": VERSION,
        "title": about.title,
        "description": about.description,
        "created": about.created,
        "software": about.software,
        "resources": resources,
    }


def _resource(path: str, size: int, digest: str) -> dict[str, Any]:
    return {"name": path.rpartition("/")[2].lower(), "path": path, "hash": f"sha256:{digest}", "bytes": size}


def _measured(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"
