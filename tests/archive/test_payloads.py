"""A payload comes back as it went in, whatever it was packed against."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from threading import get_ident

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import ArchiveDamaged, NotHeld
from archive.store.file.payloads import _decompressor, payload_digest
from tests.archive.desk import HOST, URL, Desk, answer, html, replaced

AT = "2026-04-01T08:00:00"


def noise(seed: int, size: int) -> bytes:
    return random.Random(seed).randbytes(size)


BODIES = st.one_of(
    st.binary(min_size=1, max_size=40),
    st.builds(noise, st.integers(0, 5), st.sampled_from([1, 1023, 1024, 5000])),
    st.builds(
        lambda texts, aside: html(*texts, aside=aside),
        st.lists(
            st.text("政策通知数据登记年月日0123456789，。", min_size=20, max_size=200),
            min_size=3,
            max_size=20,
        ),
        st.text("0123456789", max_size=5),
    ),
    st.builds(lambda n: html(aside=str(n)) * 20, st.integers(0, 9)),
)
EXCHANGES = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(["bureau", "other.example"]),
        st.sampled_from(["text/html; charset=utf-8", "application/json", "application/pdf", ""]),
        BODIES,
    ),
    max_size=12,
)


@given(EXCHANGES)
@settings(max_examples=60, deadline=None)
def test_every_payload_comes_back_as_it_went_in(exchanges: list[tuple[int, str, str, bytes]]) -> None:
    desk = Desk()
    kept: dict[str, bytes] = {}
    for n, (page, site, media, body) in enumerate(exchanges):
        told = {"url": f"https://{HOST}/a/p{page}.html", "site": site, "headers": (("Content-Type", media),)}
        desk.keep(answer(body, f"2026-04-01T08:00:{n:02d}", **told))
        kept[payload_digest(body)] = body
    assert desk.one("select count(*) from payloads") == len(kept)
    for digest, body in kept.items():
        assert desk.archive.payloads.get(digest) == body
    deep = desk.rows("select 1 from payloads p join payloads b on b.digest = p.base where b.base is not null")
    assert deep == []


def test_a_body_is_kept_once_whoever_sent_it() -> None:
    desk = Desk()
    for n in range(3):
        desk.keep(answer(html(), AT, url=f"https://{HOST}/a/p{n}.html"))
    assert desk.one("select count(*) from payloads") == 1
    assert len(set(desk.column("select payload from captures"))) == 1


def test_a_changed_page_is_packed_against_the_one_before_it() -> None:
    desk = Desk()
    pages = [html(*(paragraph * 40 for paragraph in replaced("5%", f"{n}%"))) for n in range(6, 9)]
    for n, page in enumerate(pages):
        desk.keep(answer(page, f"2026-04-0{n + 1}T08:00:00"))
    rows = desk.rows("select digest, base, length(body) as stored, length from payloads order by id")
    assert [row["base"] for row in rows] == [None, rows[0]["digest"], rows[0]["digest"]]
    assert all(row["stored"] * 3 < rows[0]["stored"] for row in rows[1:])


def test_a_page_is_packed_with_what_its_site_showed_before() -> None:
    desk = Desk()
    frame = "".join(f"<li><a href='/c{n * 7919 % 1009}/'>栏目{n * 31337 % 997}</a></li>" for n in range(400))
    for n in range(2):
        page = html(*replaced("5%", f"{n + 6}%"), aside=frame)
        desk.keep(answer(page, AT, url=f"https://{HOST}/a/p{n}.html"))
    first, second = desk.rows("select *, length(body) as stored from payloads order by id")
    assert first["dictionary"] is None and second["dictionary"] is not None
    assert second["stored"] * 2 < first["stored"]
    for row in (first, second):
        assert payload_digest(desk.archive.payloads.get(row["digest"])) == row["digest"]


def test_a_rolled_back_transaction_leaves_no_dictionary_remembered() -> None:
    desk = Desk()
    desk.db.execute(
        "create temp trigger fault before insert on captures begin select raise(abort, 'full'); end"
    )
    with pytest.raises(Exception, match="full"):
        desk.keep(answer(html() * 3, AT))
    desk.db.execute("drop trigger fault")
    assert desk.one("select count(*) from dictionaries") == 0
    body = html(aside="2") * 3
    desk.keep(answer(body, AT, url=f"https://{HOST}/a/other.html"))
    assert desk.one("select dictionary from payloads") is None
    assert desk.archive.payloads.get(payload_digest(body)) == body


def test_a_rolled_back_transaction_leaves_no_rules_remembered() -> None:
    desk = Desk()
    desk.archive._rules.clear()
    desk.db.execute(
        "create temp trigger fault before insert on captures begin select raise(abort, 'full'); end"
    )
    with pytest.raises(Exception, match="full"):
        desk.keep(answer(html(), AT, site="third.example"))
    desk.db.execute("drop trigger fault")
    assert desk.keep(answer(html(), AT, site="third.example", url="https://third.example/a")).capture == 1


def test_bytes_that_no_longer_agree_with_their_digest_are_not_handed_out() -> None:
    desk = Desk()
    desk.see(html(), AT)
    digest = desk.one("select payload from captures")
    desk.db.execute("drop trigger payloads_no_update")
    other = desk.one("select body from payloads")
    desk.db.execute("update payloads set body = ?", (other[:-3] + bytes(3),))
    with pytest.raises(ArchiveDamaged, match=digest):
        desk.archive.payloads.get(digest)


@pytest.mark.parametrize("stated", [0, 1, 1 << 20, 1 << 40, (1 << 64) - 3])
def test_a_frame_that_states_another_length_is_damage_before_room_is_made_for_it(stated: int) -> None:
    desk = Desk()
    desk.see(html(), AT)
    digest = desk.one("select payload from captures")
    desk.db.execute("drop trigger payloads_no_update")
    # RFC 8878, 3.1.1: the magic number, a descriptor that announces eight bytes of length, the length, one empty block.
    frame = b"\x28\xb5\x2f\xfd\xe0" + stated.to_bytes(8, "little") + b"\x01\x00\x00"
    desk.db.execute("update payloads set body = ?", (frame,))
    with pytest.raises(ArchiveDamaged, match=f"{stated} bytes are stated"):
        desk.archive.payloads.get(digest)


def test_a_payload_that_is_not_held_is_said_to_be_so() -> None:
    with pytest.raises(NotHeld):
        Desk().archive.payloads.get("sha256:" + "0" * 64)


def test_no_body_is_no_payload() -> None:
    desk = Desk()
    desk.keep(answer(None, AT, status=304))
    desk.keep(answer(b"", AT, url=URL + "b"))
    assert desk.one("select count(*) from payloads") == 0


def test_no_two_threads_unpack_with_one_decompressor() -> None:
    """Of 12,000 payloads that four threads unpacked with one, one came out wrong."""
    with ThreadPoolExecutor(1) as other:
        theirs = other.submit(lambda: _decompressor(b"", get_ident())).result()
    ours = _decompressor(b"", get_ident())
    assert ours is _decompressor(b"", get_ident()) and ours is not theirs
