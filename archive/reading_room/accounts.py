"""A pasted article set against its original, a pasted report held against the archive: asked for in a form, kept nowhere.

The work is done by a process of its own, ended when its time is up: a comparison of two long texts cannot be
interrupted, and other readers would wait for it. What was pasted goes to that process through a pipe, and with it.
``python -m archive.reading_room.accounts`` is that process.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import resource
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlsplit

from archive.clock import BEIJING
from archive.errors import ArchiveError, BadInput
from archive.patterns import regex

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request, Response

    from archive.collate.comparison import Comparison
    from archive.collate.originals import Candidate
    from archive.relations.check import Verdict

# Bytes of one form; a long report as a Word file has fewer.
LONGEST_FORM = 4 << 20
# Seconds of one comparison: less than the room gives a request. Bytes of its process, and how many at once.
PATIENCE, MEMORY, AT_ONCE = 15, 2 << 30, 2
COMPARE, CHECK, PACK = "compare", "check", "pack"
# Bytes of the files of one evidence pack that is made for a reader; longer ones are made on the command line.
LARGEST_PACK = 32 << 20
_MARKUP = regex(rb"<(?:!doctype\s+html|html|head|body|div|p|meta)\b", re.IGNORECASE)
_PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")
_BESIDE = {"cross-site", "same-site"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What a reader hands in: what for, the text or the file, and where it came from or what it copies."""

    what: str = COMPARE
    text: str = ""
    body: bytes = b""
    name: str = ""
    url: str = ""
    original: str = ""
    day: str = ""

    @property
    def bytes_given(self) -> bytes:
        """Return the file, or the pasted text as one."""
        return self.body or self.text.encode()


async def page(request: Request, datasette: Datasette) -> Response:
    """Show the form; when it was sent, the account of what was handed in."""
    from archive.reading_room.connections import answer

    asked = {name: request.args.get(name) or "" for name in ("what", "url", "original")}
    handed, context = _of_fields(asked, b"", ""), dict[str, Any]()
    status = 200
    if request.method == "POST":
        try:
            handed = await _handed(request)
            if _is_from_elsewhere(request):
                # Another site's page could have this machine compare texts all day: its reader has to ask for it here.
                context = {"is_brought": True}
            else:
                context = await _account(datasette, handed)
        except _Refused as refusal:
            context, status = {"problem": refusal.key, "says": refusal.says}, refusal.status
    today = (datetime.now(UTC) + BEIJING).date().isoformat()
    response = await answer(datasette, request, "compare.html", context | {"handed": handed, "today": today})
    response.status = status
    response.headers["cache-control"] = "no-store"
    return response


class _Refused(Exception):
    """What was handed in gives no account. ``key``: the words that say why."""

    def __init__(self, key: str, status: int, says: str = "") -> None:
        super().__init__(key)
        self.key, self.status, self.says = key, status, says


async def bookmarklet(request: Request, datasette: Datasette) -> Response:
    """Show the bookmark that brings what a reader selected on any page to the form."""
    from archive.reading_room.connections import answer

    target = str(datasette.absolute_url(request, datasette.urls.path("/compare")))
    links = {
        what: _BOOKMARK + quote(_CARRY.format(target=json.dumps(target), what=what))
        for what in (COMPARE, CHECK)
    }
    return await answer(datasette, request, "bookmarklet.html", {"links": links, "target": target})


# What the bookmark does on the page that it is clicked on: a form is made, filled, sent to a new window, and taken away.
_BOOKMARK = "javascript:"
_CARRY = (
    "(function(){{var s=String(getSelection()),t=s||document.body.innerText,f=document.createElement('form'),"
    "v={{what:'{what}',text:document.title+'\\n'+t.slice(0,200000),url:location.href}};"
    "f.method='post';f.action={target};f.target='_blank';f.acceptCharset='utf-8';"
    "for(var k in v){{var i=document.createElement('textarea');i.name=k;i.value=v[k];f.appendChild(i)}}"
    "f.style.display='none';document.body.appendChild(f);f.submit();f.remove()}})()"
)


def _is_from_elsewhere(request: Request) -> bool:
    return request.headers.get("sec-fetch-site") in _BESIDE


async def _handed(request: Request) -> Handed:
    body = await _body(request)
    kind = request.headers.get("content-type", "")
    return parsed(kind, body)


async def _body(request: Request) -> bytes:
    from archive.reading_room.safety import body_within

    body = await body_within(request, LONGEST_FORM)
    if body is None:
        raise _Refused("compare.too_long", 413, f"{LONGEST_FORM >> 20} MB")
    return body


def parsed(kind: str, body: bytes) -> Handed:
    """Return what a form says, sent as ``application/x-www-form-urlencoded`` or ``multipart/form-data``."""
    if not kind.lower().startswith("multipart/form-data"):
        return _of_fields(dict(parse_qsl(body.decode("utf-8", "replace"))), b"", "")
    message = message_from_bytes(b"Content-Type: " + kind.encode("latin-1", "replace") + b"\r\n\r\n" + body)
    fields, file, name = dict[str, str](), b"", ""
    for part in message.get_payload() if message.is_multipart() else ():
        assert not isinstance(part, str)
        field = str(part.get_param("name", "", "content-disposition"))
        held = part.get_payload(decode=True)
        value = held if isinstance(held, bytes) else b""
        if part.get_filename() is not None:
            file, name = value, str(part.get_filename() or "")
        else:
            fields[field] = value.decode("utf-8", "replace")
    return _of_fields(fields, file, name)


def _of_fields(fields: dict[str, str], file: bytes, name: str) -> Handed:
    def of(field: str) -> str:
        return fields.get(field, "").strip()

    what = CHECK if of("what") == CHECK else COMPARE
    return Handed(what=what, text=of("text"), body=file, name=name[-200:], url=of("url")[:2000],
                  original=of("original")[:2000], day=of("day")[:10])  # fmt: skip


async def _account(datasette: Datasette, handed: Handed) -> dict[str, Any]:
    if not handed.bytes_given.strip():
        raise _Refused("compare.empty", 400)
    told = {name: getattr(handed, name) for name in ("what", "name", "url", "original", "day")}
    answer = await _asked(datasette, {"body": base64.b64encode(handed.bytes_given).decode(), **told})
    return {"account": _as_compared(answer)} if handed.what == COMPARE else {"checked": answer}


async def pack(request: Request, datasette: Datasette) -> Response:
    """Hand out the evidence pack of a document: all that proves what was seen of it, under a checkpoint made now.

    The checkpoint is not signed: a reader of the room is given no key.
    """
    from datasette.utils.asgi import Forbidden

    from archive.reading_room.connections import TookTooLong, look
    from archive.reading_room.downloads import handed
    from archive.reading_room.words import is_public
    from archive.store.read.lookup import address_of

    if is_public(datasette):
        raise Forbidden("evidence packs are made on the command line: yuanben export pack")
    number = int(request.url_vars["document"])
    url = await look(datasette, lambda db: address_of(db, number))
    try:
        answer = await _asked(datasette, {"what": PACK, "body": "", "url": url})
    except _Refused:
        raise TookTooLong("compare.no_pack") from None
    return handed(base64.b64decode(answer["zip"]), "application/zip", f"document-{number}.zip")


async def _asked(datasette: Datasette, question: dict[str, str]) -> dict[str, Any]:
    from archive.reading_room.words import archives

    names = archives(datasette)
    path = str(datasette.get_database(names[0]).path) if names else ""
    gates: asyncio.Semaphore | None = getattr(datasette, "_yuanben_accounts", None)
    if gates is None:
        gates = datasette._yuanben_accounts = asyncio.Semaphore(AT_ONCE)
    async with gates:
        answer = await _by_a_process(json.dumps({"path": path, **question}).encode())
    if "problem" in answer:
        raise _Refused(answer["problem"], 400, answer.get("says", ""))
    return answer


async def _by_a_process(question: bytes) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE):
            out, _ = await process.communicate(question)
    except TimeoutError:
        raise _Refused("compare.slow", 503, f"{PATIENCE}") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise _Refused("compare.failed", 400)
    answer: dict[str, Any] = json.loads(out)
    return answer


def _as_compared(answer: dict[str, Any]) -> dict[str, Any]:
    """Return what the template of an account shows: beside a held comparison's all, what there is without an original."""
    from archive.reading_room import side_by_side
    from archive.store.read.differences import Compared

    report, original = answer["report"], answer["original"]
    variants = [each | {"number": at} for at, each in enumerate(report["variants"], 1)]
    if original is None:
        return {"report": report, "seen": None}
    seen = Compared(
        comparison={
            "coverage": report["coverage"],
            "substantive": report["substantive"],
            "compared_at": None,
        },
        copy=answer["copy"],
        original=original,
        variants=variants,
        report=report,
    )
    pairs = side_by_side.pairs(seen.copy["text"], original["text"], variants, seen.boilerplate, seen.lost)
    return {"report": report, "seen": seen, "pairs": pairs}


def main() -> None:
    """Answer the question on standard input with JSON, within bounds of time and memory."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE, PATIENCE))
    json.dump(worked_out(json.load(sys.stdin)), sys.stdout)


def worked_out(question: dict[str, str]) -> dict[str, Any]:
    """Return the answer to a question as JSON can hold it. A reader's mistake is an answer, too."""
    try:
        return _WORK[question["what"]](question, base64.b64decode(question["body"]))
    except ArchiveError as error:
        return {"problem": "compare.problem", "says": str(error)}


def _compared(question: dict[str, str], body: bytes) -> dict[str, Any]:
    from archive.collate.comparison import as_json
    from archive.face import Holding, as_copy

    url = question["url"] or None
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise BadInput(f"{url[:80]} is no address — give one that begins with http:// or https://, or none")
    with Holding(Path(question["path"])) as held:
        article = _read(body, url or f"file:///{question['name'] or 'pasted'}")
        made = held.compare(as_copy(article, url=url), original=question["original"] or None)
    return {"report": as_json(made), "copy": _side_of_copy(made), "original": _side(made.choice.original)}


def _side_of_copy(made: Comparison) -> dict[str, Any]:
    copy = made.copy
    return {"title": copy.title, "text": copy.text, "url": copy.url, "published_at": copy.published_at}


def _side(original: Candidate | None) -> dict[str, Any] | None:
    if original is None:
        return None
    names = ("document", "title", "text", "url", "site", "publisher", "published_at")
    return {name: getattr(original, name) for name in names} | {"number": original.version}


def _read(body: bytes, address: str) -> Any:
    """Return the article of a page, the text of a Word file or PDF, or else the text as it was pasted."""
    from archive.attach import text_of
    from archive.extract import decode, read
    from archive.model import Article, Page

    if body.startswith(_PACKED):
        text = text_of(body, Path(urlsplit(address).path).name).text
        if not text:
            raise BadInput("the file holds no text that can be read — paste its text instead")
        return text
    if _MARKUP.search(body[:4096]):
        article = read(Page(url=address, body=body, content_type="text/html"))
        if isinstance(article, Article):
            return article
    return decode(body).text


def _checked(question: dict[str, str], body: bytes) -> dict[str, Any]:
    from archive.model import Article
    from archive.store.file.connection import open_for_reading
    from archive.store.read.connections import check

    read = _read(body, f"file:///{question['name'] or 'pasted'}")
    text = read.text if isinstance(read, Article) else read
    try:
        day = date.fromisoformat(question["day"]) if question["day"] else (datetime.now(UTC) + BEIJING).date()
    except ValueError:
        raise BadInput(f"{question['day']} is no day — give one as 2026-03-01") from None
    with closing(open_for_reading(Path(question["path"]))) as db:
        found = check(db, text, day)
        verdicts = [_verdict(db, verdict) for verdict in found]
    return {"day": day.isoformat(), "verdicts": verdicts, "chars": len(text)}


def _verdict(db: sqlite3.Connection, verdict: Verdict) -> dict[str, Any]:
    row = db.execute("select id from documents where url = ?", (verdict.target,)).fetchone()
    names = ("text", "verdict", "title", "number", "version", "says", "expected", "target")
    reason = verdict.reason
    return {name: getattr(verdict, name) for name in names} | {
        "document": row[0] if row else None,
        "because": {"says": reason.says, "day": reason.day and str(reason.day)} if reason else None,
    }


def _packed(question: dict[str, str], body: bytes) -> dict[str, Any]:
    from archive import __version__
    from archive.clock import clock_from
    from archive.evidence import note, pack
    from archive.evidence.checker import stored_zip
    from archive.store.evidence import cases, exports, logs
    from archive.store.file.connection import open_for_reading
    from archive.store.file.payloads import Payloads

    path = Path(question["path"])
    with closing(open_for_reading(path)) as db:
        db.execute("begin")
        stated = logs.state(db, path.name.replace(" ", "_"))
        chosen = exports.Chosen(urls=(question["url"],))
        case = cases.case(db, chosen, keys=[], software=f"yuanben/{__version__}", at=clock_from().now())
        made = note.Note(stated.text())
        held = pack.files(case, Payloads(db).get, made, note.checkpoint_of(made), cases.proofs(db, stated))
    if sum(map(len, held.values())) > LARGEST_PACK:
        raise BadInput("the pack is too large to be made here")
    return {"zip": base64.b64encode(stored_zip(dict(held))).decode()}


_WORK = {COMPARE: _compared, CHECK: _checked, PACK: _packed}

if __name__ == "__main__":
    main()
