from __future__ import annotations

import gzip
import subprocess
import sys
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from crawler.decode import DecodeError, TooLarge, content_encodings, decode, decode_body
from tests.conftest import Ends

ARTICLE = "关于开展中小企业数字化服务节活动的通知，有关事项如下。".encode() * 300


def raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


def zstd_in_frames(body: bytes) -> bytes:
    half = len(body) // 2
    return zstandard.compress(body[:half]) + zstandard.compress(body[half:])


CODECS = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "gzip in two members": ("gzip", lambda b: gzip.compress(b[:9]) + gzip.compress(b[9:])),
    "zlib": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "brotli": ("br", lambda b: brotli.compress(b, quality=4)),
    "zstd": ("zstd", zstandard.compress),
    "zstd in two frames": ("zstd", zstd_in_frames),
    "identity": ("identity", lambda b: b),
}


@pytest.mark.parametrize("codec", CODECS)
@given(body=st.binary(max_size=3000))
def test_a_body_comes_back_as_it_went_in(codec: str, body: bytes) -> None:
    name, encode = CODECS[codec]
    assert decode_body(encode(body), [name], 10_000) == body


@pytest.mark.parametrize("codec", [c for c in CODECS if c != "identity"])
@given(share=st.floats(min_value=0.0, max_value=1.0, exclude_max=True))
def test_a_cut_stream_is_no_body(codec: str, share: float) -> None:
    name, encode = CODECS[codec]
    whole = encode(ARTICLE)
    cut = whole[: max(1, int(len(whole) * share))]
    try:
        rest = decode_body(cut, [name], 1 << 20)
    except DecodeError as error:
        assert error.reason.startswith("decode_error: ")
    else:
        # Cut exactly between two members, what is left is a whole stream of its own.
        assert "two" in codec and ARTICLE.startswith(rest)


@pytest.mark.parametrize("codec", ["gzip", "zlib"])
@given(where=st.integers(min_value=20, max_value=100), bit=st.integers(min_value=0, max_value=7))
def test_a_flipped_bit_inside_a_checked_stream_is_noticed(codec: str, where: int, bit: int) -> None:
    name, encode = CODECS[codec]
    body = bytearray(encode(ARTICLE))
    body[where] ^= 1 << bit
    with pytest.raises(DecodeError):
        decode_body(bytes(body), [name], 1 << 20)


def test_a_wrong_checksum_is_noticed() -> None:
    body = bytearray(gzip.compress(ARTICLE))
    body[-8] ^= 1
    with pytest.raises(DecodeError, match="gzip corrupt"):
        decode_body(bytes(body), ["gzip"], 1 << 20)


def test_the_reason_says_what_is_wrong() -> None:
    with pytest.raises(DecodeError, match="decode_error: gzip truncated"):
        decode_body(gzip.compress(ARTICLE)[:-10], ["gzip"], 1 << 20)


def test_encodings_are_undone_from_the_last_to_the_first() -> None:
    body = brotli.compress(gzip.compress(ARTICLE))
    assert decode_body(body, ["gzip", "br"], 1 << 20) == ARTICLE


def test_more_than_three_encodings_are_refused() -> None:
    with pytest.raises(DecodeError, match="4 content encodings"):
        decode_body(b"x", ["gzip", "gzip", "gzip", "gzip"], 1 << 20)


def test_the_header_is_read_in_any_case_and_over_several_lines() -> None:
    assert content_encodings([b"GZip, identity", b" br "]) == ("gzip", "br")


def test_a_limit_is_a_limit_for_a_body_without_encoding_too() -> None:
    assert decode_body(b"12345", [], 5) == b"12345"
    with pytest.raises(TooLarge):
        decode_body(b"123456", [], 5)


@pytest.mark.parametrize("codec", CODECS)
def test_exactly_the_limit_is_kept_and_one_byte_more_is_not(codec: str) -> None:
    name, encode = CODECS[codec]
    assert len(decode_body(encode(ARTICLE), [name], len(ARTICLE))) == len(ARTICLE)
    with pytest.raises(TooLarge):
        decode_body(encode(ARTICLE), [name], len(ARTICLE) - 1)


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_a_plain_page_under_an_encoding_header_is_given_back_with_a_flag(name: str) -> None:
    page = "<!DOCTYPE html><title>通知</title>".encode()
    decoded = decode(page, [name], 1 << 20)
    assert (decoded.body, decoded.flags) == (page, ("plain_despite_encoding",))


def test_a_stream_cut_short_is_never_taken_for_a_plain_page() -> None:
    looks_like_json = b"[{" + bytes(range(32)) * 8
    with pytest.raises(DecodeError):
        decode(looks_like_json, ["br"], 1 << 20)


def test_an_unknown_encoding_leaves_the_body_with_a_flag() -> None:
    decoded = decode(b"abc", ["exi"], 10)
    assert (decoded.body, decoded.flags) == (b"abc", ("unknown_encoding",))


def test_an_empty_body_needs_no_stream() -> None:
    assert decode(b"", ["gzip"], 10).body == b""


def test_zeros_after_the_last_member_are_padding_and_other_bytes_are_flagged() -> None:
    assert decode(gzip.compress(b"a") + b"\0\0", ["gzip"], 10).flags == ()
    assert decode(gzip.compress(b"a") + b"\0x", ["gzip"], 10).flags == ("bytes_after_gzip",)


@pytest.mark.parametrize(("name", "encode"), [("gzip", gzip.compress), ("zstd", zstandard.compress)])
def test_the_members_of_a_body_are_counted(name: str, encode: Callable[[bytes], bytes]) -> None:
    with pytest.raises(DecodeError, match="more than"):
        decode_body(encode(b"") * 500_000, [name], 16 << 20)


@pytest.mark.parametrize("name", ["gzip", "br"])
def test_incompressible_bodies_are_decoded_in_linear_time(name: str, ends: Ends) -> None:
    body = b"".join(zlib.crc32(str(n).encode()).to_bytes(4, "big") for n in range(2_000_000))
    encoded = gzip.compress(body, 1) if name == "gzip" else brotli.compress(body, quality=0)
    with ends(10):
        assert decode_body(encoded, [name], 16 << 20) == body


BOMB = """
import re, sys
sys.path.insert(0, {root!r})
from crawler.decode import TooLarge, decode_body
body = bytes.fromhex(sys.stdin.read())
try:
    decode_body(body, [sys.argv[1]], 16 << 20)
except TooLarge:
    print(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
"""


@cache
def bomb(name: str) -> bytes:
    mebibyte = bytes(1 << 20)
    if name == "gzip":
        # Each mebibyte is packed alike after a flush. The checksum at the end is wrong: nobody may come so far.
        deflater = zlib.compressobj(9, wbits=31)
        first, next_one = (deflater.compress(mebibyte) + deflater.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
        return first + next_one * 1023 + deflater.flush()
    if name == "br":
        brotler = brotli.Compressor(lgwin=24, quality=9)
        return b"".join(brotler.process(mebibyte) for _ in range(1024)) + brotler.finish()
    frames = zstandard.ZstdCompressor().compressobj()
    return b"".join(frames.compress(mebibyte) for _ in range(1024)) + frames.flush()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the kernel's own figure is asked for")
@pytest.mark.parametrize("name", ["gzip", "br", "zstd"])
def test_a_bomb_of_a_gigabyte_is_stopped_within_150_mb(name: str, pytestconfig: pytest.Config) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BOMB.format(root=str(pytestconfig.rootpath)), name],
        input=bomb(name).hex(), capture_output=True, text=True, check=True, timeout=30,
    )  # fmt: skip
    assert int(done.stdout) < 150_000


@pytest.mark.parametrize("name", ["gzip", "br", "zstd"])
def test_what_lies_behind_the_limit_is_not_decoded(name: str) -> None:
    """Half of the bomb: who went on to its end would find it cut."""
    whole = bomb(name)
    with pytest.raises(TooLarge):
        decode_body(whole[: len(whole) // 2], [name], 16 << 20)
