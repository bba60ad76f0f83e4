"""The evidence pack: checked by Python alone, and with one byte flipped anywhere it says what is wrong."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import sys
import zipfile
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from archive.errors import BadInput, NotHeld
from archive.evidence import checker, pack
from archive.evidence.note import Note, Signer
from archive.store.evidence import cases, exports, logs
from archive.store.file.payloads import Payloads
from tests.archive.desk import URL, Desk, html, replaced

SIGNER = Signer(name="archive.example", seed=b"\3" * 32)


def desk() -> Desk:
    """Return an archive in which a document changed, was away, and was seen again."""
    made = Desk()
    made.see(html(), "2026-04-01T00:00:00")
    made.see(None, "2026-04-02T00:00:00", status=304)
    made.see(html(*replaced("1.5万条", "15万条")), "2026-04-03T00:00:00")
    made.see(html(title="别的"), "2026-04-03T00:00:01", url=URL.replace("notice", "other"))
    made.see(None, "2026-04-04T00:00:00", status=404)
    made.see(html(*replaced("1.5万条", "15万条")), "2026-04-05T00:00:00")
    return made


def packed(made: Desk, *, signed: bool = True) -> dict[str, bytes]:
    stated = logs.state(made.db, "archive.example/log")
    note = Note(stated.text())
    keys = [str(SIGNER.verifier())] if signed else []
    chosen = exports.Chosen(urls=(URL,))
    case = cases.case(made.db, chosen, keys=keys, software="yuanben/test", at="2026-04-09T00:00:00.000Z")
    note = SIGNER.signed(note) if signed else note
    return pack.files(case, Payloads(made.db).get, note, stated, cases.proofs(made.db, stated))


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return packed(desk())


def checked(path: Path, *words: str) -> tuple[int, str]:
    out = io.StringIO()
    with redirect_stdout(out):
        code = checker.main([str(path), *words])
    return code, out.getvalue()


def test_the_pack_is_checked_by_the_script_in_it_and_nothing_else(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    pack.write(tmp_path / "a.zip", files)
    (tmp_path / "verify.py").write_bytes(files["verify.py"])
    words = [sys.executable, "-I", "-S", str(tmp_path / "verify.py"), str(tmp_path / "a.zip")]
    ran = subprocess.run(words, capture_output=True, text=True, env={})
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "the pack is whole" in ran.stdout and "signed by: archive.example+" in ran.stdout
    assert "5 captures have the bytes" in ran.stdout and "2 texts are those" in ran.stdout


def other_pythons() -> list[str]:
    """Return the other Pythons from 3.8 on that this machine has: on the path, or beside the one that runs these tests."""
    names = [f"python3.{minor}" for minor in range(8, 20) if minor != sys.version_info.minor]
    beside = Path(sys.base_prefix).parent.glob("3.*/bin/python3.[0-9]*")
    found = {path.name: str(path) for path in beside if path.name in names}
    found |= {name: where for name in names if name not in found and (where := shutil.which(name))}
    return [found[name] for name in sorted(found) if _runs(found[name])]


def _runs(python: str) -> bool:
    return subprocess.run([python, "-I", "-S", "-c", ""], capture_output=True).returncode == 0


OTHER_PYTHONS = other_pythons()


@pytest.mark.skipif(not OTHER_PYTHONS, reason="no other Python is installed here")
@pytest.mark.parametrize("python", OTHER_PYTHONS, ids=lambda python: Path(python).name)
def test_a_bare_python_of_another_version_checks_the_pack_and_names_a_flipped_byte(
    python: str, files: dict[str, bytes], tmp_path: Path
) -> None:
    whole = checker.stored_zip(files)
    (tmp_path / "verify.py").write_bytes(files["verify.py"])

    def check(data: bytes) -> tuple[int, str]:
        (tmp_path / "a.zip").write_bytes(data)
        words = [python, "-I", "-S", str(tmp_path / "verify.py"), str(tmp_path / "a.zip")]
        ran = subprocess.run(words, capture_output=True, text=True, env={})
        assert "Traceback" not in ran.stderr, ran.stderr
        return ran.returncode, ran.stdout

    code, said = check(whole)
    assert code == 0 and "the pack is whole" in said, said
    places = random.Random(python).sample(range(len(whole)), 6)
    for at in places:
        code, said = check(whole[:at] + bytes([whole[at] ^ 16]) + whole[at + 1 :])
        assert code == 1 and "DOES NOT HOLD: " in said, f"byte {at}: {said}"


def test_an_unpacked_pack_is_checked_where_it_lies(files: dict[str, bytes], tmp_path: Path) -> None:
    pack.write(tmp_path / "p", files)
    ran = subprocess.run(
        [sys.executable, "-I", str(tmp_path / "p" / "verify.py")], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout
    (tmp_path / "p" / "more.txt").write_text("x")
    assert (
        checked(tmp_path / "p")
        == (1, "DOES NOT HOLD: more.txt: is no file of the pack\nthe pack is NOT as it was made\n")
        or checked(tmp_path / "p")[0] == 1
    )


def test_the_zip_file_is_one_that_others_read(files: dict[str, bytes], tmp_path: Path) -> None:
    pack.write(tmp_path / "a.zip", files)
    with zipfile.ZipFile(tmp_path / "a.zip") as held:
        assert held.testzip() is None and {name: held.read(name) for name in held.namelist()} == files


def test_one_byte_flipped_anywhere_is_named(files: dict[str, bytes], tmp_path: Path, rounds) -> None:  # type: ignore[no-untyped-def]
    whole = checker.stored_zip(files)
    chance = random.Random(5)
    path = tmp_path / "a.zip"
    places = [chance.randrange(len(whole)) for _ in range(rounds(120, 20_000))]
    for at in (*range(64), *range(len(whole) - 80, len(whole)), *places):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :])
        code, out = checked(path)
        assert code == 1 and "DOES NOT HOLD: " in out, f"byte {at}: {out}"


def restated(files: dict[str, bytes], name: str, old: bytes, new: bytes) -> dict[str, bytes]:
    """Return the files with one changed and the manifest made to agree."""
    import json

    assert old in files[name]
    changed = files | {name: files[name].replace(old, new, 1)}
    manifest = json.loads(files["manifest.json"])
    manifest["files"][name] = checker.digest(changed[name])
    return changed | {"manifest.json": checker.plain_json(manifest)}


@pytest.mark.parametrize(
    ("name", "old", "new", "what"),
    [
        pytest.param("texts/1.txt", "三月".encode(), "四月".encode(), "texts/1.txt: is not the text", id="text"),
        pytest.param("claim.json", b"2026-03-05", b"2026-03-06", "published_at of version 1", id="date"),
        pytest.param("claim.json", b"2026-04-02T00", b"2026-04-01T09", "changed_at_earliest", id="bound"),
        pytest.param("captures.warc", "三月".encode(), "四月".encode(), "not that of its digest", id="page"),
        pytest.param("leaves.jsonl", b"2026-04-01T00:00:00.000Z", b"2026-03-01T00:00:00.000Z", "does not lead to the root", id="capture-dated-back"),
        pytest.param("looks.jsonl", b'"status": 404', b'"status": 200', "looks.jsonl", id="look"),
        pytest.param("checkpoint.txt", b"archive.example/log\n", b"archive.example/lag\n", "signature of archive.example", id="checkpoint"),
        pytest.param("keys.txt", b"+A", b"+B", "", id="key"),
    ],
)  # fmt: skip
def test_what_was_made_to_agree_with_the_manifest_does_not_agree_with_the_log(
    files: dict[str, bytes], tmp_path: Path, name: str, old: bytes, new: bytes, what: str
) -> None:
    (tmp_path / "a.zip").write_bytes(checker.stored_zip(restated(files, name, old, new)))
    code, out = checked(tmp_path / "a.zip")
    assert code == 1 and what in out


def test_a_pack_that_nobody_signed_says_so(tmp_path: Path) -> None:
    pack.write(tmp_path / "a.zip", packed(desk(), signed=False))
    code, out = checked(tmp_path / "a.zip")
    assert code == 0 and "the checkpoint is not signed" in out


def test_another_key_than_the_one_that_signed_is_not_taken(files: dict[str, bytes], tmp_path: Path) -> None:
    pack.write(tmp_path / "a.zip", files)
    other = str(Signer(name="archive.example", seed=b"\4" * 32).verifier())
    code, out = checked(tmp_path / "a.zip", "--key", other)
    assert code == 1 and "none of the keys signed it" in out


def test_signatures_are_checked_as_rfc_8032_has_it() -> None:
    key = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
    signed = bytes.fromhex(
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    )
    assert checker.ed25519_holds(key, b"\xaf\x82", signed)
    assert not checker.ed25519_holds(key, b"\xaf\x83", signed)
    assert not checker.ed25519_holds(key, b"\xaf\x82", signed[:-1] + b"\x0b")
    assert not checker.ed25519_holds(b"\xff" * 32, b"\xaf\x82", signed)


def test_a_pack_overwrites_nothing_and_is_of_a_document_that_is_held(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    (tmp_path / "a.zip").write_text("mine")
    with pytest.raises(BadInput):
        pack.write(tmp_path / "a.zip", files)
    with pytest.raises(NotHeld):
        cases.case(
            desk().db, exports.Chosen(urls=("https://nowhere.example/",)), keys=[], software="x", at="t"
        )
