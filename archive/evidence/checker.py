#!/usr/bin/env python3
"""Check an evidence pack: python3 verify.py [PACK.zip | FOLDER] [--key KEY]

Needs nothing but Python 3.8 or newer. It prints what holds, and what does not with the file it is in, and ends with 1
where anything does not hold.

What it shows: that the bytes in the pack are those that the archive's log names, and that the log had them when the
checkpoint was made. What it cannot show: that the server really sent them (that is the archive's word), that the
archive's clock was right, or that a text was read out of its page correctly; the page lies beside it. When the
checkpoint was made is shown by whoever kept it, or by a witness whose signature it bears. Hold the key that is
printed against the one that the archive publishes.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any


class Check:
    """What was held against what, and what did not hold."""

    def __init__(self) -> None:
        self.held: list[str] = []
        self.bad: list[str] = []

    def that(self, holds: bool, what: str) -> bool:
        """Note what does not hold; return whether it does."""
        if not holds:
            self.bad.append(what)
        return holds

    def count(self, number: int, what: str) -> None:
        """Note how many of something were held against each other."""
        self.held.append(f"{number} {what}")


def main(words: list[str]) -> int:
    """Check the pack that is named, else the folder this script lies in."""
    keys = [words[at + 1] for at, word in enumerate(words[:-1]) if word == "--key"]
    paths = [word for word in words if not word.startswith("--") and word not in keys]
    path = paths[0] if paths else os.path.dirname(os.path.abspath(__file__))
    check = Check()
    files = folder_files(path) if os.path.isdir(path) else zip_files(path, check)
    names = check_files(files, check) if files else []
    if files and not check.bad:
        names = check_all(files, keys, check)
    for line in check.held:
        print(f"holds: {line}")
    for line in check.bad:
        print(f"DOES NOT HOLD: {line}")
    if names and not check.bad:
        print(f"signed by: {', '.join(names)}")
    print("the pack is whole" if not check.bad else "the pack is NOT as it was made")
    return 1 if check.bad else 0


def check_all(files: dict[str, bytes], keys: list[str], check: Check) -> list[str]:
    """Check what the files say of each other, and return who signed the checkpoint."""
    try:
        body, roots = checkpoint(files["checkpoint.txt"].decode())
        names = signers(files["checkpoint.txt"].decode(), body, keys or lines_of(files, "keys.txt"), check)
        leaves = check_leaves(files, roots, check)
        check_records(files, leaves, check)
        check_texts(files, leaves, check)
        check_claim(files, leaves, check)
    except (KeyError, ValueError, IndexError, TypeError) as error:
        check.that(False, f"a file has another form than a pack has ({type(error).__name__}: {error})")
        return []
    return names


def folder_files(path: str) -> dict[str, bytes]:
    """Return the files of a pack that was unpacked."""
    found: dict[str, bytes] = {}
    for folder, _, names in os.walk(path):
        for name in names:
            full = os.path.join(folder, name)
            with open(full, "rb") as file:
                found[os.path.relpath(full, path).replace(os.sep, "/")] = file.read()
    return found


def zip_files(path: str, check: Check) -> dict[str, bytes]:
    """Return the files of a packed pack. Every byte of the ZIP file follows from them."""
    with open(path, "rb") as file:
        raw = file.read()
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as held:
            for entry in held.infolist():
                found[entry.filename] = held.read(entry)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        ValueError,
        EOFError,
        OSError,
    ) as error:
        check.that(False, f"{path}: {error}")
        return {}
    made = stored_zip(found)
    if made != raw:
        least = min(len(made), len(raw))
        first = next((at for at in range(least) if made[at] != raw[at]), least)
        check.that(False, f"{path}: byte {first} of the ZIP file itself is not as it was written")
    return found


def stored_zip(files: dict[str, bytes]) -> bytes:
    """Return a ZIP file without packing and without times: of the same files it has the same bytes everywhere."""
    out, heads = bytearray(), bytearray()
    for name in sorted(files):
        held, encoded = files[name], name.encode("ascii")
        fields = struct.pack(
            "<HHHHHIIIHH", 20, 0, 0, 0, 33, zlib.crc32(held), len(held), len(held), len(encoded), 0
        )
        heads += (
            b"PK\1\2" + struct.pack("<H", 20) + fields + struct.pack("<HHHII", 0, 0, 0, 0, len(out)) + encoded
        )
        out += b"PK\3\4" + fields + encoded + held
    end = struct.pack("<HHHHIIH", 0, 0, len(files), len(files), len(heads), len(out), 0)
    return bytes(out + heads + b"PK\5\6" + end)


def check_files(files: dict[str, bytes], check: Check) -> list[str]:
    """Hold every file against the manifest."""
    raw = files.get("manifest.json", b"")
    try:
        stated = json.loads(raw.decode())["files"]
    except (ValueError, KeyError, TypeError):
        check.that(False, "manifest.json: cannot be read")
        return []
    check.that(raw == plain_json(json.loads(raw.decode())), "manifest.json: is not written as it was")
    for name in sorted(set(stated) | set(files) - {"manifest.json"}):
        if name not in files:
            check.that(False, f"{name}: is missing")
        elif name not in stated:
            check.that(False, f"{name}: is no file of the pack")
        else:
            check.that(
                digest(files[name]) == stated[name], f"{name}: its bytes are not those of the manifest"
            )
    check.count(len(stated), "files are those of the manifest")
    return []


def check_leaves(
    files: dict[str, bytes], roots: dict[str, tuple[int, bytes]], check: Check
) -> dict[str, dict[int, Any]]:
    """Lead every leaf to the root of its log, and return what the leaves say by log and row."""
    found: dict[str, dict[int, Any]] = {}
    count = 0
    for number, line in enumerate(lines_of(files, "leaves.jsonl"), 1):
        told = json.loads(line)
        log, leaf, place = told["log"], told["leaf"], f"leaves.jsonl line {number}"
        if not check.that(log in roots, f"{place}: the checkpoint has no log {log}"):
            continue
        size, root = roots[log]
        proof = [bytes.fromhex(part) for part in told["proof"]]
        hashed = hashlib.sha256(b"\0" + leaf.encode()).digest()
        check.that(
            leads(hashed, told["index"], size, proof, root), f"{place}: does not lead to the root of {log}"
        )
        said = json.loads(leaf)
        found.setdefault(log, {})[said["id"]] = (said, leaf)
        count += 1
    check.count(count, "rows lead to the roots of the checkpoint")
    return found


def check_records(files: dict[str, bytes], leaves: dict[str, dict[int, Any]], check: Check) -> None:
    """Hold every record of the WARC file against the leaf of its capture."""
    seen: dict[int, bytes] = {}
    bodies: dict[str, bytes] = {}
    for head, block, at in records(files["captures.warc"]):
        place = f"captures.warc byte {at}"
        check.that(
            head.get("WARC-Block-Digest") == base32(block), f"{place}: the block is not that of its digest"
        )
        leaf = head.get("Yuanben-Leaf")
        if leaf is None:
            continue
        said = json.loads(leaf)
        known = leaves["captures"].get(said["id"])
        check.that(
            known is not None and known[1] == leaf,
            f"{place}: capture {said['id']} is not that of leaves.jsonl",
        )
        check.that(head.get("WARC-Date") == said["captured_at"], f"{place}: another time than its leaf")
        check.that(head.get("WARC-Target-URI") == said["url"], f"{place}: another address than its leaf")
        if head["WARC-Type"] == "response":
            body = block.partition(b"\r\n\r\n")[2]
            bodies[base32(body)] = body
            if said["payload"]:
                check.that(digest(body) == said["payload"], f"{place}: capture {said['id']} had another body")
        elif head["WARC-Type"] == "revisit" and said["payload"]:
            held = bodies.get(head.get("WARC-Payload-Digest", ""))
            check.that(
                held is not None and digest(held) == said["payload"], f"{place}: repeats what is not here"
            )
        seen[said["id"]] = block
    lacking = sorted(set(leaves["captures"]) - set(seen))
    check.that(not lacking, f"captures.warc: captures {lacking} are missing")
    check.count(len(seen), "captures have the bytes that the log names")


def check_texts(files: dict[str, bytes], leaves: dict[str, dict[int, Any]], check: Check) -> None:
    """Hold every text against the leaf of its version, and every version against a reading of a capture here."""
    versions = leaves.get("versions", {})
    read = {
        said["version"]
        for said, _ in leaves.get("readings", {}).values()
        if said["capture"] in leaves["captures"]
    }
    for row, (said, _) in sorted(versions.items()):
        name = f"texts/{said['number']}.txt"
        check.that(
            digest(files.get(name, b"")) == said["text_digest"], f"{name}: is not the text of version {row}"
        )
        check.that(row in read, f"leaves.jsonl: no capture here showed version {said['number']}")
        check.that(
            said["rules"] in leaves.get("rules", {}), f"leaves.jsonl: the rules of version {row} are missing"
        )
    check.count(len(versions), "texts are those of their versions, each read out of a capture in the pack")


def check_claim(files: dict[str, bytes], leaves: dict[str, dict[int, Any]], check: Check) -> None:
    """Hold what is claimed against the leaves."""
    claim = json.loads(files["claim.json"].decode())
    by_number = {said["number"]: said for said, _ in leaves.get("versions", {}).values()}
    captures = {row: said for row, (said, _) in leaves["captures"].items()}
    for one in claim["versions"]:
        said = by_number[one["version"]]
        for name in ("title", "published_at", "source_line", "doc_number", "text_digest"):
            check.that(
                one[name] == said[name],
                f"claim.json: {name} of version {one['version']} is not that of its leaf",
            )
        at = captures[one["capture"]]["captured_at"]
        check.that(one["captured_at"] == at, f"claim.json: version {one['version']} was seen at another time")
    for one in claim["changes"]:
        for bound, capture in (("changed_at_earliest", "from_capture"), ("changed_at_latest", "to_capture")):
            at = captures[one[capture]]["captured_at"]
            check.that(one[bound] == at, f"claim.json: {bound} is not the time of capture {one[capture]}")
    for line in lines_of(files, "looks.jsonl"):
        look = json.loads(line)
        said = captures[look["capture"]]
        same = all(look[name] == said[name] for name in ("url", "captured_at", "status", "error"))
        check.that(same, f"looks.jsonl: capture {look['capture']} is not as its leaf says")
    check.count(len(claim["versions"]) + len(claim["changes"]), "claims agree with the rows they rest on")


def checkpoint(text: str) -> tuple[str, dict[str, tuple[int, bytes]]]:
    """Return the signed part of a checkpoint, and size and root of each log that it states."""
    body = text.partition("\n\n")[0].rstrip("\n") + "\n"
    lines = body.splitlines()
    roots = {"captures": (int(lines[1]), base64.b64decode(lines[2], validate=True))}
    for line in lines[3:]:
        words = line.split(" ")
        if len(words) >= 3 and words[1].isdigit():
            roots[words[0]] = (int(words[1]), base64.b64decode(words[2], validate=True))
    return body, roots


def signers(text: str, body: str, keys: list[str], check: Check) -> list[str]:
    """Return the keys, of those given, that signed a checkpoint; each signature by one of them must hold."""
    found: list[str] = []
    lines = [line.split(" ") for line in text.splitlines() if line.startswith("\u2014 ")]
    for key in keys:
        name, _, rest = key.partition("+")
        raw = base64.b64decode(rest.partition("+")[2])
        hashed = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
        for words in lines:
            value = base64.b64decode(words[2])
            if words[1] != name or value[:4] != hashed:
                continue
            message, signature = body.encode(), value[4:]
            if raw[0] == 4:
                moment = int.from_bytes(signature[:8], "big")
                message, signature = f"cosignature/v1\ntime {moment}\n{body}".encode(), signature[8:]
            holds = ed25519_holds(raw[1:], message, signature)
            if check.that(holds, f"checkpoint.txt: the signature of {name} is not of this checkpoint"):
                found.append(key)
    check.that(bool(found) or not keys, "checkpoint.txt: none of the keys signed it")
    if not keys:
        check.held.append(
            "the checkpoint is not signed: only who kept a copy of it elsewhere can say that it was this"
        )
    return found


def leads(hashed: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> bool:
    """Return whether a proof leads from a leaf to a root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last = index, size - 1
    for other in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            hashed = hashlib.sha256(b"\1" + other + hashed).digest()
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            hashed = hashlib.sha256(b"\1" + hashed + other).digest()
        at, last = at >> 1, last >> 1
    return last == 0 and hashed == root


def records(raw: bytes) -> Iterator[tuple[dict[str, str], bytes, int]]:
    """Yield the records of a WARC file that is not packed: header, block, and where each begins."""
    at = 0
    while at < len(raw):
        end = raw.index(b"\r\n\r\n", at)
        lines = raw[at:end].decode().split("\r\n")
        if lines[0] != "WARC/1.1":
            raise ValueError(f"captures.warc byte {at}: no record begins here")
        head = dict(line.split(": ", 1) for line in lines[1:])
        length = int(head["Content-Length"])
        yield head, raw[end + 4 : end + 4 + length], at
        at = end + 4 + length + 4


def lines_of(files: dict[str, bytes], name: str) -> list[str]:
    """Return the lines of a file."""
    return [line for line in files.get(name, b"").decode().split("\n") if line]


def digest(raw: bytes) -> str:
    """Return sha256: and the hex digest of bytes."""
    return "sha256:" + hashlib.sha256(raw).hexdigest()


def base32(raw: bytes) -> str:
    """Return the digest of bytes as WARC files write it."""
    return "sha256:" + base64.b32encode(hashlib.sha256(raw).digest()).decode()


def plain_json(value: object) -> bytes:
    """Return JSON as the files of a pack hold it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


# Ed25519 as RFC 8032 has it, to check a signature without another library.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def ed25519_holds(key: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether a signature is that of a key over a message."""
    public, first = point(key), point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or public is None or first is None or scalar >= ORDER:
        return False
    hashed = hashlib.sha512(signature[:32] + key + message).digest()
    factor = int.from_bytes(hashed, "little") % ORDER
    left, right = times(scalar, BASE), plus(first, times(factor, public))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % P == 0


def point(raw: bytes) -> tuple[int, int, int, int] | None:
    """Return the point that 32 bytes name; None where they name none."""
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if len(raw) != 32 or y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def plus(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Return the sum of two points."""
    a, b = (one[1] - one[0]) * (other[1] - other[0]) % P, (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, one: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Return a multiple of a point."""
    found: tuple[int, int, int, int] = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = plus(found, one)
        one, number = plus(one, one), number >> 1
    return found


BASE: tuple[int, int, int, int] = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
