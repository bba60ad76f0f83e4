"""Files of records as other programs leave them: cut, short, altered, packed in every way, old."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard

from archive.errors import BadInput
from archive.model import Exchange
from archive.store.archive import Archive
from crawler.replay import exchanges
from crawler.warc import Damage
from crawler.warc.answer import agrees, captured_at
from tests.archive.desk import SITE, Desk, html, replaced

URL = "https://www.bureau.example/a/notice.html"
OTHER = "https://www.bureau.example/a/other.html"
PAGE = html()
CUT = PAGE[: len(PAGE) * 7 // 8]


def http(body: bytes = PAGE, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", "Content-Type: text/html; charset=utf-8", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def record(block: bytes, day: int = 1, url: str = URL, *, end: bytes = b"\r\n\r\n", **named: Any) -> bytes:
    fields = {
        "WARC-Type": "response",
        "WARC-Target-URI": url,
        "WARC-Date": f"2026-04-{day:02}T08:00:00Z",
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": len(block),
        **{name.replace("_", "-"): value for name, value in named.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    return f"WARC/1.1\r\n{head}\r\n".encode() + block + end


def read_back(tmp_path: Path, data: bytes, name: str = "a.warc") -> tuple[list[Exchange], list[Damage], str]:
    """Return the exchanges of a file, the damage, and how it ended."""
    path = tmp_path / name
    path.write_bytes(data)
    found: list[Exchange] = []
    damage: list[Damage] = []
    try:
        for exchange in exchanges(path, {"bureau": SITE}, damage.append):
            found.append(exchange)
    except BadInput as error:
        return found, damage, str(error)
    return found, damage, ""


def sha1(body: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(body).digest()).decode()


GOOD, AFTER = record(http()), record(http(), 3, OTHER)
SHORT_BY = 300


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        pytest.param(record(http(), 2)[:-SHORT_BY], "record: ", id="cut: the next follows at once"),
        pytest.param(
            record(http(CUT), 2, Content_Length=len(http(PAGE))), "record: ", id="shorter than the record says"
        ),
        pytest.param(record(http(CUT, f"Content-Length: {len(PAGE)}"), 2), "length: ", id="than the answer says"),
        pytest.param(
            record(http(b"%x\r\n" % len(PAGE) + CUT, "Transfer-Encoding: chunked"), 2), "chunk: ", id="chunk cut"
        ),
        pytest.param(
            record(http(b"%x\r\n%s\r\n" % (len(CUT), CUT), "Transfer-Encoding: chunked"), 2), "chunk: ",
            id="last chunk missing",
        ),
        pytest.param(record(http(CUT), 2, WARC_Truncated="length"), "length", id="truncated by its own word"),
        pytest.param(record(http(CUT), 2, WARC_Segment_Number=1), "record: a segment", id="a segment"),
        pytest.param(
            record(http(gzip.compress(PAGE)[:-60], "Content-Encoding: gzip"), 2), "decode_error: gzip", id="gzip cut"
        ),
        pytest.param(record(http(), 2, WARC_Payload_Digest=sha1(CUT)), "digest: WARC-Payload", id="payload digest"),
        pytest.param(
            record(http(), 2, WARC_Block_Digest=f"sha256:{'0' * 64}"), "digest: WARC-Block", id="block digest"
        ),
        pytest.param(
            record(http(), 2, WARC_Payload_Digest=f"md5:{hashlib.md5(CUT).hexdigest()}"), "digest: ", id="md5"
        ),
        pytest.param(record(b"HTTP/1.1 200 OK\r\nContent-Ty", 2), "length: ", id="in its headers"),
    ],
)  # fmt: skip
def test_a_record_that_is_not_whole_is_kept_and_makes_no_version(
    tmp_path: Path, bad: bytes, why: str
) -> None:
    found, damage, end = read_back(tmp_path, GOOD + bad + AFTER)
    assert end == "" and [one.url for one in found] == [URL, URL, OTHER]
    assert (found[1].truncated or found[1].error or "").startswith(why)
    assert len(damage) == 1 and damage[0].place == f"a.warc+{len(GOOD)}" and why in damage[0].says
    desk = Desk()
    for exchange in found:
        desk.keep(exchange)
    desk.drain()
    assert desk.versions() == [(1, "first"), (1, "first")] and desk.changes() == []
    assert [row["outcome"] for row in desk.rows("select outcome from readings order by capture")] == [
        "new", "failed", "new",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "digest",
    [
        sha1(PAGE), sha1(PAGE).lower().replace("sha1:", "SHA-1:"), f"sha1:{hashlib.sha1(PAGE).hexdigest()}",
        f"sha256:{hashlib.sha256(PAGE).hexdigest().upper()}",
        "sha256:" + base64.b32encode(hashlib.sha256(PAGE).digest()).decode().rstrip("="),
        "sha256:" + base64.b64encode(hashlib.sha256(PAGE).digest()).decode(),
        f"md5:{hashlib.md5(PAGE).hexdigest()}", "blake3:abc", "sha1:?", "none", "",
    ],
)  # fmt: skip
def test_a_digest_that_agrees_or_cannot_be_checked_costs_nothing(tmp_path: Path, digest: str) -> None:
    (one,), damage, _ = read_back(tmp_path, record(http(), WARC_Payload_Digest=digest))
    assert (one.error, one.truncated, damage) == (None, None, [])


@pytest.mark.parametrize("of", ["raw", "chunks out", "decoded"])
def test_whatever_a_program_takes_for_the_payload_is_accepted(tmp_path: Path, of: str) -> None:
    packed = gzip.compress(PAGE)
    raw = b"%x\r\n%s\r\n0\r\n\r\n" % (len(packed), packed)
    digest = sha1({"raw": raw, "chunks out": packed, "decoded": PAGE}[of])
    block = http(raw, "Transfer-Encoding: chunked", "Content-Encoding: gzip")
    (one,), damage, _ = read_back(tmp_path, record(block, WARC_Payload_Digest=digest))
    assert (one.body, one.error, damage) == (PAGE, None, [])


def test_digests_have_three_answers() -> None:
    assert [agrees(sha1(b"a"), [b"b", b"a"]), agrees(sha1(b"a"), [b"b"]), agrees("crc:1", [b"a"])] == [
        True, False, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("between", "says"),
    [
        pytest.param("一行垃圾\r\n".encode(), "no record", id="a line of rubbish"),
        pytest.param(b"\0" * 4096, "no record", id="zeros"),
        pytest.param(bytes(range(256)) * 700, "no record", id="bytes without end"),
        pytest.param(b"WARC/9.9\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n", "no record", id="an unknown version"),
        pytest.param(b"WARC/1.0\r\nWARC-Type: response\r\n\r\nabc\r\n", "without a length", id="no length"),
        pytest.param(record(http(), 2, WARC_Date="2026-03"), "'2026-03' names no moment", id="a month"),
        pytest.param(record(http(), 2, WARC_Date=None), "missing", id="no date"),
        pytest.param(record(http(), 2, WARC_Target_URI=None), "without WARC-Target-URI", id="no address"),
    ],
)  # fmt: skip
def test_what_is_no_record_costs_itself_and_one_line(tmp_path: Path, between: bytes, says: str) -> None:
    found, damage, end = read_back(tmp_path, GOOD + between + AFTER)
    assert [one.url for one in found] == [URL, OTHER] and end == ""
    assert says in damage[0].says and damage[0].place == f"a.warc+{len(GOOD)}"


def test_records_without_empty_lines_between_them_are_all_read(tmp_path: Path) -> None:
    found, damage, _ = read_back(tmp_path, record(http(), end=b"") + record(http(), 2, end=b"\n") + AFTER)
    assert [one.captured_at[8:10] for one in found] == ["01", "02", "03"] and damage == []
    assert all(one.body == PAGE for one in found)


@pytest.mark.parametrize("cut", [7, 200, len(PAGE) // 2])
def test_a_file_that_breaks_off_says_so_and_keeps_what_it_holds(tmp_path: Path, cut: int) -> None:
    found, damage, end = read_back(tmp_path, GOOD + record(http(), 2)[:-cut])
    assert len(found) == 2 and found[1].truncated and found[1].truncated.startswith("record: ")
    assert len(damage) == 1 and "is it complete?" in end and f"a.warc+{len(GOOD)}" in end


@pytest.mark.parametrize(
    "data", [b"", b"no records\n" * 9, b"PK\3\4 no zip", b"\x28\xb5\x2f\xfd rubbish", b"\x1f\x8b\x08"]
)
def test_a_file_without_a_record_is_no_warc(tmp_path: Path, data: bytes) -> None:
    found, _, end = read_back(tmp_path, data)
    assert found == [] and "cannot be read as WARC" in end and "\n" not in end


def gzipped(*parts: bytes) -> list[bytes]:
    return [gzip.compress(part, mtime=0) for part in parts]


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda member: member[: len(member) // 2], id="cut"),
        pytest.param(lambda member: member[:-8] + bytes(8), id="checksum"),
        pytest.param(lambda member: member[:300] + b"\xff" * 40 + member[340:], id="altered"),
    ],
)
def test_a_broken_member_costs_its_record(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    first, bad, last = gzipped(GOOD, record(http(), 2), AFTER)
    found, damage, end = read_back(tmp_path, first + spoil(bad) + last, "a.warc.gz")
    good = [one for one in found if not one.truncated]
    assert [one.url for one in good] == [URL, OTHER] and end == ""
    assert damage and damage[0].place == f"a.warc.gz+{len(first)}"
    assert good[1].origin == f"a.warc.gz+{len(first) + len(spoil(bad))}"


def test_a_packed_file_that_breaks_off_keeps_what_came_before(tmp_path: Path) -> None:
    first, last = gzipped(GOOD, record(http(), 2))
    found, damage, _ = read_back(tmp_path, first + last[:-30], "a.warc.gz")
    assert found[0].truncated is None and found[1].truncated == "record: its packed data is cut"
    assert len(damage) == 1


def test_one_member_may_hold_all_records(tmp_path: Path) -> None:
    found, damage, _ = read_back(tmp_path, gzip.compress(GOOD + record(http(), 2) + AFTER), "a.warc.gz")
    assert [one.url for one in found] == [URL, URL, OTHER] and damage == []
    assert len({one.origin for one in found}) == 3


def zst(*parts: bytes, dictionary: bytes = b"", packed: bool = False) -> bytes:
    known = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
    frames = b"".join(zstandard.ZstdCompressor(dict_data=known).compress(part) for part in parts)
    if not dictionary:
        return frames
    held = zstandard.compress(dictionary) if packed else dictionary
    return b"\x5d\x2a\x4d\x18" + struct.pack("<I", len(held)) + held + frames


def wacz(*files: tuple[str, bytes], packing: int = zipfile.ZIP_STORED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", packing) as collection:
        collection.writestr("datapackage.json", "{}")
        for name, data in files:
            collection.writestr(name, data)
    return held.getvalue()


def arc(*blocks: tuple[str, bytes], version: int = 1) -> bytes:
    about = b"1 0 InternetArchive\nURL IP-address Archive-date Content-type Archive-length\n"
    lines = b"filedesc://x.arc 0.0.0.0 20260401080000 text/plain %d\n%s\n" % (len(about), about)
    for url, block in blocks:
        more = "text/html 200 abc - 0 x.arc" if version == 2 else "text/html"
        lines += f"{url} 192.0.2.1 20260401080000 {more} {len(block)}\n".encode() + block + b"\n"
    return lines


DICTIONARY = (PAGE * 3)[:8000]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.warc", GOOD + AFTER),
        ("a.warc.gz", b"".join(gzipped(GOOD, AFTER))),
        ("a.warc.zst", zst(GOOD, AFTER)),
        ("a.warc.zst", zst(GOOD, AFTER, dictionary=DICTIONARY)),
        ("a.warc.zst", zst(GOOD, AFTER, dictionary=DICTIONARY, packed=True)),
        ("a.wacz", wacz(("archive/data.warc.gz", b"".join(gzipped(GOOD, AFTER))))),
        ("a.wacz", wacz(("archive/1.warc", GOOD), ("archive/2.warc.zst", zst(AFTER)), packing=zipfile.ZIP_DEFLATED)),
        ("a.arc", arc((URL, http()), (OTHER, http()))),
        ("a.arc", arc((URL, http()), (OTHER, http()), version=2)),
        ("a.arc", arc((URL, http()), (OTHER, http())).replace(b"text/plain 76", b"text/plain 70")),
        ("a.arc.gz", b"".join(gzipped(arc((URL, http())), arc((OTHER, http()))))),
        ("named.otherwise", zst(GOOD, AFTER)),
    ],
    ids=["plain", "gzip", "zstd", "zstd with dictionary", "with packed dictionary", "wacz", "wacz, deflated",
         "ARC 1", "ARC 2", "ARC that counts wrongly", "ARC in gzip", "by its bytes"],
)  # fmt: skip
def test_every_packing_gives_the_same_exchanges(tmp_path: Path, name: str, data: bytes) -> None:
    found, damage, end = read_back(tmp_path, data, name)
    assert [(one.url, one.status, one.body, one.truncated, one.error) for one in found] == [
        (URL, 200, PAGE, None, None), (OTHER, 200, PAGE, None, None),
    ]  # fmt: skip
    assert (damage, end) == ([], "") and len({one.origin for one in found}) == 2
    assert found[0].captured_at == "2026-04-01T08:00:00.000Z"


@pytest.mark.parametrize(
    "packed",
    [zstandard.compress(DICTIONARY)[:-40], zstandard.compress(bytes(1 << 25))],
    ids=["cut", "larger than any dictionary"],
)
def test_a_dictionary_that_cannot_be_used_costs_its_records_and_is_named(
    tmp_path: Path, packed: bytes
) -> None:
    members = zst(GOOD, AFTER, dictionary=DICTIONARY)[8 + len(DICTIONARY) :]
    head = b"\x5d\x2a\x4d\x18" + struct.pack("<I", len(packed)) + packed
    found, damage, _ = read_back(tmp_path, head + members, "a.warc.zst")
    assert [one for one in found if one.body == PAGE] == [] and len(damage) >= 2


def test_a_broken_frame_costs_its_record(tmp_path: Path) -> None:
    first, bad, last = zst(GOOD), zst(record(http(), 2)), zst(AFTER)
    found, damage, _ = read_back(tmp_path, first + bad[: len(bad) // 2] + last, "a.warc.zst")
    assert [one.url for one in found if not one.truncated] == [URL, OTHER] and damage


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-03-01T08:00:00Z", "2026-03-01T08:00:00.000Z"), ("2026-03-01T08:00:00.5Z", "2026-03-01T08:00:00.500Z"),
        ("2026-03-01T08:00:00.123456789Z", "2026-03-01T08:00:00.123Z"), ("2026-03-01T08:00Z", "2026-03-01T08:00:00.000Z"),
        ("20260301080000", "2026-03-01T08:00:00.000Z"), ("2026-03-01T16:00:00+08:00", "2026-03-01T08:00:00.000Z"),
        ("2026-03-01 08:00:00", "2026-03-01T08:00:00.000Z"), ("2026-02-28T23:59:60Z", "2026-02-28T23:59:59.000Z"),
        ("2026", None), ("2026-03", None), ("2026-03-01", None), ("2026-13-01T08:00:00Z", None), ("", None),
        ("yesterday", None), ("0000-00-00T00:00:00Z", None), ("20260301", None),
    ],
)  # fmt: skip
def test_a_date_is_taken_at_its_precision_or_not_at_all(text: str, at: str | None) -> None:
    assert captured_at(text) == at


def test_the_same_answers_give_the_same_archive_whatever_they_are_packed_in(tmp_path: Path) -> None:
    edited = html(*replaced("1.5万条", "15万条"))
    answers = [record(http(), 1), record(http(edited), 2), record(http(edited), 3, OTHER)]
    states = set()
    for name, data in (("a.warc", b"".join(answers)), ("b.warc.gz", b"".join(gzipped(*answers))),
                       ("c.warc.zst", zst(*answers)), ("d.wacz", wacz(("archive/a.warc", b"".join(answers))))):  # fmt: skip
        desk = Desk()
        for exchange in read_back(tmp_path, data, name)[0]:
            desk.keep(exchange)
        desk.drain()
        rows = desk.rows("select url, version, text, first_seen, last_seen from latest order by url")
        states.add(str([tuple(row) for row in rows]))
        assert desk.changes() == [(1, 2)]
    assert len(states) == 1


@pytest.mark.parametrize("seed", range(40))
def test_no_damage_ends_in_anything_but_a_line(tmp_path: Path, seed: int) -> None:
    luck = random.Random(seed)
    whole = luck.choice([GOOD + AFTER, b"".join(gzipped(GOOD, AFTER)), zst(GOOD, AFTER), arc((URL, http())),
                         wacz(("archive/a.warc", GOOD + AFTER)), zst(GOOD, dictionary=DICTIONARY)])  # fmt: skip
    data = bytearray(whole)
    for _ in range(luck.randint(1, 4)):
        at = luck.randrange(len(data))
        kind = luck.randrange(3)
        if kind == 0:
            data[at] ^= 1 << luck.randrange(8)
        elif kind == 1:
            del data[at : at + luck.randint(1, 400)]
        else:
            data[at:at] = luck.randbytes(luck.randint(1, 50))
    found, damage, end = read_back(tmp_path, bytes(data))
    archive = Archive.open(tmp_path / "a.db", holder="t", sites={}, create=True)
    crawl = archive.begin_crawl("bureau", "replay")
    for exchange in found:
        archive.keep(exchange, crawl)
    archive.close()
    assert all("\n" not in one.says for one in damage) and "\n" not in end
