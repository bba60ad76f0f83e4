"""The log: the tree of RFC 6962 against published vectors and a naive one, notes of C2SP, leaves of RFC 8785."""

from __future__ import annotations

import hashlib
import random
import sqlite3

import pytest

from archive.errors import BadInput
from archive.evidence import leaves, merkle, note
from archive.evidence.leaves import CAPTURES, LOGS, canonical_json, leaf

# The entries and roots of the tests of Certificate Transparency.
ENTRIES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
# A key pair and a signed note out of the documentation of Go's package sumdb/note.
SIGNER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNED = (
    TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def naive(entries: list[bytes]) -> bytes:
    """Return the root as RFC 6962, 2.1 defines it, word for word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\0" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return hashlib.sha256(b"\1" + naive(entries[:split]) + naive(entries[split:])).digest()


def hashes_of(entries: list[bytes]) -> list[bytes]:
    return [merkle.leaf_hash(entry) for entry in entries]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    hashes = hashes_of([bytes.fromhex(entry) for entry in ENTRIES[:size]])
    growing = merkle.Growing()
    for hashed in hashes:
        growing.add(hashed)
    assert merkle.root(hashes).hex() == growing.root().hex() == ROOTS[size]


def test_roots_are_those_of_the_definition_whatever_the_size() -> None:
    entries = [str(n).encode() for n in range(700)]
    for size in (*range(70), 255, 256, 257, 511, 512, 513, 700):
        hashes = hashes_of(entries[:size])
        growing = merkle.Growing()
        whole = size - size % merkle.TILE_WIDTH
        for first in range(0, whole, merkle.TILE_WIDTH):
            growing.add_tile(merkle.root(hashes[first : first + merkle.TILE_WIDTH]))
        for hashed in hashes[whole:]:
            growing.add(hashed)
        assert merkle.root(hashes) == growing.root() == naive(entries[:size])


def test_every_leaf_proves_that_it_is_in_the_tree_and_no_other_does() -> None:
    for size in (1, 2, 3, 7, 8, 13, 33):
        hashes = hashes_of([str(n).encode() for n in range(size)])
        root = merkle.root(hashes)
        for index in range(size):
            proof = merkle.inclusion_proof(index, size, merkle.subtrees(hashes))
            assert merkle.is_included(hashes[index], index, size, proof, root)
            assert not merkle.is_included(merkle.leaf_hash(b"x"), index, size, proof, root)
            assert not any(
                merkle.is_included(hashes[index], other, size, proof, root)
                for other in range(size)
                if other != index
            )
            assert not merkle.is_included(hashes[index], index, size, [*proof, root], root)


def test_every_tree_proves_what_it_grew_from() -> None:
    hashes = hashes_of([str(n).encode() for n in range(20)])
    for size in range(21):
        for old in range(size + 1):
            proof = merkle.consistency_proof(old, size, merkle.subtrees(hashes))
            was, now = merkle.root(hashes[:old]), merkle.root(hashes[:size])
            assert merkle.is_consistent(old, was, size, now, proof)
            if 0 < old < size:
                other = merkle.root(hashes_of([b"x"]) + hashes[1:old])
                assert not merkle.is_consistent(old, other, size, now, proof)
                assert not merkle.is_consistent(old, was, size, other, proof)


def test_a_proof_with_one_bit_changed_proves_nothing() -> None:
    chance = random.Random(7)
    hashes = hashes_of([str(n).encode() for n in range(37)])
    root = merkle.root(hashes)
    for _ in range(200):
        index = chance.randrange(37)
        proof = merkle.inclusion_proof(index, 37, merkle.subtrees(hashes))
        at = chance.randrange(len(proof))
        bit = 1 << chance.randrange(256)
        proof[at] = (int.from_bytes(proof[at], "big") ^ bit).to_bytes(32, "big")
        assert not merkle.is_included(hashes[index], index, 37, proof, root)


def test_proofs_are_those_of_another_implementation() -> None:
    pymerkle = pytest.importorskip("pymerkle")
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    entries = [f"entry {n}".encode() for n in range(45)]
    for entry in entries:
        tree.append_entry(entry)
    hashes = hashes_of(entries)
    assert tree.get_state(45) == merkle.root(hashes)
    for index in range(45):
        theirs = tree.prove_inclusion(index + 1, 45).path
        ours = merkle.inclusion_proof(index, 45, merkle.subtrees(hashes))
        assert theirs[1:] == ours or theirs == ours


def test_a_note_of_another_program_is_read_written_and_verified() -> None:
    signer, verifier = note.signer_from(SIGNER), note.verifier_from(VERIFIER)
    assert str(signer.verifier()) == str(verifier) == VERIFIER and signer.text() == SIGNER
    assert str(signer.signed(note.Note(TEXT))) == SIGNED == str(note.parsed(SIGNED))
    assert note.signed_by(note.parsed(SIGNED), [verifier]) == ["PeterNeumann"]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda text: text.replace("answer", "cause"), id="another-text"),
        pytest.param(lambda text: text.replace("SffcvIAQ", "SffcvIAR"), id="another-signature"),
    ],
)
def test_a_changed_note_is_signed_by_nobody(damage) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadInput, match="not of this checkpoint"):
        note.signed_by(note.parsed(damage(SIGNED)), [note.verifier_from(VERIFIER)])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "a b+00000000+AQ==",
        "a+b",
    ],
)
def test_what_is_no_key_is_refused_in_one_line(text: str) -> None:
    for read in (note.verifier_from, note.signer_from):
        with pytest.raises(BadInput) as raised:
            read(text)
        assert "\n" not in str(raised.value)


def test_a_private_key_does_not_show_itself() -> None:
    signer = note.signer_from(SIGNER)
    assert "AYEKFAL" not in repr(signer) + str(signer)
    with pytest.raises(BadInput) as raised:
        note.signer_from(SIGNER.replace("c74f20a3", "c74f20a4"))
    assert "AYEKFAL" not in str(raised.value)


def test_a_witness_signs_with_its_time_beside_the_first_signature() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
    public = key.public_key().public_bytes_raw()
    witness = note.Verifier(name="witness.example", kind=note.COSIGNATURE, key=public)
    stated = note.signer_from(SIGNER).signed(note.Note("a.example\n0\n" + "A" * 43 + "=\n"))
    message = f"cosignature/v1\ntime 1764500000\n{stated.text}".encode()
    value = (1764500000).to_bytes(8, "big") + key.sign(message)
    seen = note.Note(stated.text, (note.Signature("witness.example", witness.key_hash, value),))
    both = note.with_signatures(stated, seen)
    assert note.signed_by(note.parsed(str(both)), [note.verifier_from(VERIFIER), witness]) == [
        "PeterNeumann",
        "witness.example",
    ]
    later = note.Note(
        stated.text, (note.Signature("witness.example", witness.key_hash, b"\0" * 8 + value[8:]),)
    )
    with pytest.raises(BadInput):
        note.signed_by(later, [witness])


def test_a_checkpoint_comes_back_as_it_was_written() -> None:
    root = merkle.leaf_hash(b"1")
    stated = note.Checkpoint(
        origin="yuanben.example/archive",
        size=12,
        root=root,
        others={"versions": note.TreeHead(3, root), "crawls": note.TreeHead(9, root, (7, 9))},
    )
    assert note.checkpoint_of(note.parsed(stated.text())) == stated
    assert stated.text().splitlines()[1] == "12"


def test_checkpoints_appended_to_one_file_are_read_apart() -> None:
    signer = note.signer_from(SIGNER)
    texts = [
        note.Checkpoint(origin="a.example", size=size, root=merkle.leaf_hash(b"")).text() for size in range(4)
    ]
    held = [
        note.Note(texts[0]),
        signer.signed(note.Note(texts[1])),
        note.Note(texts[2]),
        signer.signed(note.Note(texts[3])),
    ]
    file = "".join(f"{one}\n" for one in held)
    assert note.notes(file) == held
    assert note.notes(str(held[1])) == [held[1]] and note.notes(texts[0]) == [held[0]]


@pytest.mark.parametrize(
    "text", ["", "a\n", "a\nx\nAAAA\n", "a\n01\n" + "A" * 43 + "=\n", "a\n1\nAAAA\n", "a\n1\n\x00\n"]
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        note.checkpoint_of(note.parsed(text))


def test_canonical_json_is_that_of_rfc_8785() -> None:
    said = {"b": '€$\x0f\nA\'B"\\\\"/', "a": None, "c": {"z": 1, "y": "\x7f\u2028"}}
    expected = r'''{"a":null,"b":"€$\u000f\nA'B\"\\\\\"/","c":{"y":"''' + "\x7f\u2028" + """","z":1}}"""
    assert canonical_json(said).decode() == expected


def test_a_capture_that_repeats_a_body_has_one_leaf_before_and_after_it_is_given_the_body() -> None:
    row: dict[str, leaves.Value] = dict.fromkeys(CAPTURES.columns)
    row |= {"id": 1, "repeats": {"digest": "sha256:00", "url": None, "at": None}}
    given = row | {"payload": "sha256:11"}
    assert leaf(CAPTURES, row) == leaf(CAPTURES, given) != leaf(CAPTURES, given | {"repeats": None})


def test_the_leaf_of_an_open_crawl_is_without_what_closes_it() -> None:
    log = LOGS["crawls"]
    row: dict[str, leaves.Value] = dict.fromkeys(log.columns, "x")
    assert b'"verdict":null' in leaf(log, row, is_open=True) and b'"verdict":"x"' in leaf(log, row)


def test_every_column_of_a_leaf_is_one_of_its_table() -> None:
    from tests.archive.desk import memory

    db: sqlite3.Connection = memory()
    for log in LOGS.values():
        held = {row[1] for row in db.execute(f"pragma table_info({log.name})")}
        assert set(log.columns) <= held, log.name
        assert log.columns == tuple(sorted(log.columns))
