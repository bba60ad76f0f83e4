"""Checkpoints as signed notes, in the forms of C2SP: signed-note, tlog-checkpoint, tlog-cosignature. Pure.

A signature proves that whoever held the key said this. It does not prove when: that takes a time stamp, a witness,
or a reader who kept the note.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import TYPE_CHECKING

from archive.clock import utc_text
from archive.errors import BadInput
from archive.patterns import regex

if TYPE_CHECKING:
    from rfc3161_client import TimeStampRequest

ED25519 = 1
COSIGNATURE = 4
_DASH = "\u2014 "
_NAME = regex(r"[^\s+]{1,200}")
_LARGEST = 1 << 20
_TREE_HEAD = regex(
    r"([a-z_]{1,40}) (0|[1-9][0-9]{0,18}) ([A-Za-z0-9+/]{43}=)(?: open ([0-9,]*[0-9]))?", re.ASCII
)
_IMPRINTS = {32: "sha256", 48: "sha384", 64: "sha512"}


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who says to have signed, the key's hash, and the bytes."""

    name: str
    key_hash: bytes
    value: bytes

    @property
    def line(self) -> str:
        """The line as a note ends with it."""
        return f"{_DASH}{self.name} {_base64(self.key_hash + self.value)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends with a line end, and who signed it."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        if not self.signatures:
            return self.text
        return self.text + "\n" + "".join(signature.line for signature in self.signatures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """A public key: name, kind of signature (1 Ed25519, 4 cosignature) and the 32 bytes."""

    name: str
    kind: int
    key: bytes

    @property
    def key_hash(self) -> bytes:
        """The four bytes by which a signature line names the key."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.key).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_hash.hex()}+{_base64(bytes([self.kind]) + self.key)}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Signer:
    """A private key. It never shows itself in a message."""

    name: str
    seed: bytes

    def verifier(self) -> Verifier:
        """Return the public key that goes with it."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key()
        return Verifier(name=self.name, kind=ED25519, key=public.public_bytes_raw())

    def signed(self, note: Note) -> Note:
        """Return a note with this key's signature, in the place of an earlier one of the same key."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        value = Ed25519PrivateKey.from_private_bytes(self.seed).sign(note.text.encode())
        made = Signature(self.name, self.verifier().key_hash, value)
        others = [one for one in note.signatures if (one.name, one.key_hash) != (made.name, made.key_hash)]
        return Note(note.text, (made, *others))

    def text(self) -> str:
        """Return the key as its file holds it."""
        key_hash = self.verifier().key_hash.hex()
        return f"PRIVATE+KEY+{self.name}+{key_hash}+{_base64(bytes([ED25519]) + self.seed)}"


@dataclass(frozen=True, slots=True)
class TreeHead:
    """How many rows a further log had, its root, and which rows were still open."""

    size: int
    root: bytes
    open: tuple[int, ...] = ()

    def __str__(self) -> str:
        held = f"{self.size} {_base64(self.root)}"
        return held + (f" open {','.join(map(str, self.open))}" if self.open else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """How many captures there were, under which root, and further lines of what else there was."""

    origin: str
    size: int
    root: bytes
    others: Mapping[str, TreeHead] = field(default_factory=dict)

    def text(self) -> str:
        """Return the body of the checkpoint."""
        lines = [self.origin, str(self.size), _base64(self.root)]
        lines += [f"{name} {head}" for name, head in self.others.items()]
        return "".join(f"{line}\n" for line in lines)


def new_signer(name: str) -> Signer:
    """Return a new private key under a name without blanks and plus signs."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    _refuse_name(name)
    return Signer(name=name, seed=Ed25519PrivateKey.generate().private_bytes_raw())


def signer_from(text: str) -> Signer:
    """Return the private key that a file holds. Raise BadInput, without the key, where it is none."""
    parts = text.strip().split("+", 4)
    if len(parts) != 5 or parts[:2] != ["PRIVATE", "KEY"]:
        raise BadInput('no private key of a signed note — make one with "yuanben checkpoint --new-key FILE"')
    _refuse_name(parts[2])
    key = _decoded(parts[4])
    if len(key) != 33 or key[0] != ED25519:
        raise BadInput("the private key is no Ed25519 key of a signed note — make a new one")
    signer = Signer(name=parts[2], seed=key[1:])
    if signer.verifier().key_hash.hex() != parts[3]:
        raise BadInput("the private key does not match its own hash — the file is damaged")
    return signer


def verifier_from(text: str) -> Verifier:
    """Return the public key that a line holds. Raise BadInput where it is none."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3:
        raise BadInput(f"{text.strip()[:80]!r} is no public key of a signed note (name+hash+key)")
    _refuse_name(parts[0])
    key = _decoded(parts[2])
    if len(key) != 33 or key[0] not in (ED25519, COSIGNATURE):
        raise BadInput(f"the public key of {parts[0]} is of an unknown kind")
    found = Verifier(name=parts[0], kind=key[0], key=key[1:])
    if found.key_hash.hex() != parts[1]:
        raise BadInput(f"the public key of {parts[0]} does not match its own hash")
    return found


def parsed(text: str) -> Note:
    """Return the note that a text holds. One without signatures is a note, too."""
    if len(text) > _LARGEST or not text.endswith("\n") or any(_is_control(sign) for sign in text):
        raise BadInput(
            "no signed note: it is too long, does not end with a line end or holds control characters"
        )
    body, blank, tail = text.rpartition("\n\n")
    if not blank or not tail.startswith(_DASH):
        return Note(text)
    return Note(body + "\n", tuple(_signature(line) for line in tail.splitlines()))


def notes(text: str) -> list[Note]:
    """Return the notes of a file to which one after the other was appended, oldest first."""
    found: list[Note] = []
    block: list[str] = []
    lines = text.splitlines(keepends=True)
    for at, line in enumerate(lines):
        block.append(line)
        follows = lines[at + 1] if at + 1 < len(lines) else None
        is_end = line == "\n" and (follows is None or not follows.startswith(_DASH))
        if is_end or follows is None or (line.startswith(_DASH) and not follows.startswith(_DASH)):
            text_of = "".join(block)
            if text_of.strip():
                found.append(parsed(text_of if line.startswith(_DASH) else text_of.rstrip("\n") + "\n"))
            block = []
    return found


def checkpoint_of(note: Note) -> Checkpoint:
    """Return the checkpoint that a note states. Raise BadInput where it states none."""
    lines = note.text.splitlines()
    if len(lines) < 3 or not lines[0] or not re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1], re.ASCII):
        raise BadInput("no checkpoint: it begins with a name, a number and a digest, each in a line")
    others: dict[str, TreeHead] = {}
    for line in lines[3:]:
        if found := _TREE_HEAD.fullmatch(line):
            still_open = tuple(map(int, found[4].split(","))) if found[4] else ()
            others[found[1]] = TreeHead(int(found[2]), _root(found[3]), still_open)
    return Checkpoint(origin=lines[0], size=int(lines[1]), root=_root(lines[2]), others=others)


def signed_by(note: Note, verifiers: Iterable[Verifier]) -> list[str]:
    """Return the names of the known keys that signed a note. Raise BadInput where one of them did not sign this."""
    known = {(verifier.name, verifier.key_hash): verifier for verifier in verifiers}
    names: list[str] = []
    for signature in note.signatures:
        verifier = known.get((signature.name, signature.key_hash))
        if verifier is None:
            continue
        if not _holds(verifier, note.text, signature.value):
            raise BadInput(f"the signature of {signature.name} is not of this checkpoint")
        names.append(signature.name)
    return names


def with_signatures(note: Note, other: Note) -> Note:
    """Return a note with the signatures that another copy of it carries. Raise BadInput for another text."""
    if note.text != other.text:
        raise BadInput("the two notes say different things — signatures are not carried over")
    return replace(note, signatures=tuple(dict.fromkeys((*note.signatures, *other.signatures))))


def _holds(verifier: Verifier, text: str, value: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    message = text.encode()
    if verifier.kind == COSIGNATURE:
        if len(value) != 72:
            return False
        moment, value = int.from_bytes(value[:8], "big"), value[8:]
        message = f"cosignature/v1\ntime {moment}\n{text}".encode()
    try:
        Ed25519PublicKey.from_public_bytes(verifier.key).verify(value, message)
    except InvalidSignature:
        return False
    return True


def _signature(line: str) -> Signature:
    words = line.removeprefix(_DASH).split(" ")
    if not line.startswith(_DASH) or len(words) != 2 or not _NAME.fullmatch(words[0]):
        raise BadInput(f"no signature line of a signed note: {line[:80]!r}")
    value = _decoded(words[1])
    if len(value) < 5:
        raise BadInput(f"the signature of {words[0]} is too short")
    return Signature(words[0], value[:4], value[4:])


def _root(text: str) -> bytes:
    found = _decoded(text)
    if len(found) != hashlib.sha256().digest_size:
        raise BadInput(f"no digest of a checkpoint: {text[:80]!r}")
    return found


def _refuse_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise BadInput(f"{name[:80]!r} cannot name a key: no blanks, no plus signs, at most 200 characters")


def _is_control(sign: str) -> bool:
    return sign < " " and sign != "\n"


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadInput(f"not written in base 64: {text[:20]!r}…") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A time stamp (RFC 3161) of a note: that its text was there at a time, by the word of a service.

    ``is_trusted``: its certificate leads to a root that was given, and its signature holds. Without roots it is only
    what the token says of itself.
    """

    at: str
    policy: str
    is_trusted: bool


def stamp_request(note: Note) -> TimeStampRequest:
    """Return the request for a time stamp of a note's text, with a nonce."""
    _refuse_without_stamps()
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    return TimestampRequestBuilder(
        data=note.text.encode(), hash_algorithm=HashAlgorithm.SHA256, nonce=True, cert_req=True
    ).build()


def stamp_of(
    note: Note, token: bytes, *, roots: bytes | None = None, request: TimeStampRequest | None = None
) -> Stamp:
    """Return what a service's answer states of a note. Raise BadInput where it is no time stamp of this note.

    ``roots``: certificates (PEM) that are trusted; ``request``: what was asked, whose nonce must come back.
    """
    _refuse_without_stamps()
    from rfc3161_client import PKIStatus, VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        answer = decode_timestamp_response(token)
        if PKIStatus(answer.status) not in (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS):
            raise BadInput(f"the service refused a time stamp (status {answer.status}) — ask another")
        info = answer.tst_info
        imprint = info.message_imprint.message
    except ValueError as error:
        raise BadInput(
            f"what was answered is no time stamp ({str(error)[:200]}) — ask another service"
        ) from None
    if imprint != hashlib.new(_IMPRINTS.get(len(imprint), "sha256"), note.text.encode()).digest():
        raise BadInput("the time stamp is of another text than this checkpoint")
    if request is not None and info.nonce != request.nonce:
        raise BadInput("the time stamp answers another request — ask again")
    if roots is not None:
        from cryptography.x509 import load_pem_x509_certificates

        try:
            builder = VerifierBuilder()
            for certificate in load_pem_x509_certificates(roots):
                builder = builder.add_root_certificate(certificate)
            builder.build().verify(answer, imprint)
        except (ValueError, VerificationError) as error:
            raise BadInput(f"the time stamp does not hold by the roots given: {str(error)[:200]}") from None
    at = utc_text(info.gen_time.astimezone(UTC))
    return Stamp(at=at, policy=info.policy.dotted_string, is_trusted=roots is not None)


def is_stamped(note: Note, token: bytes) -> bool:
    """Return whether a service's answer is of this note's text; what it states of it is for ``stamp_of`` to check."""
    try:
        stamp_of(note, token)
    except BadInput:
        return False
    return True


def _refuse_without_stamps() -> None:
    try:
        import rfc3161_client  # noqa: F401
    except ImportError:
        raise BadInput(
            "time stamps need rfc3161-client — install it with: pip install 'yuanben[timestamp]'"
        ) from None
