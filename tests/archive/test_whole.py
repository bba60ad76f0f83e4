"""Whether a body ends as its kind ends, and what is made of one that does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from archive.exchange import ends_whole
from archive.model import Outcome
from tests.archive.desk import PARAGRAPHS, URL, Desk, html, replaced

PAGE = "<!DOCTYPE html><html><head><title>通知</title></head><body><p>各单位要抓好落实。</p>"


@pytest.mark.parametrize(
    ("body", "ends"),
    [
        pytest.param(f"{PAGE}</body></html>", True, id="as pages end"),
        pytest.param(f"{PAGE}</BODY >\n</HTML>\r\n\r\n\0", True, id="in capitals, then padding"),
        pytest.param(f"{PAGE}</body>", True, id="body alone"),
        pytest.param(f"{PAGE}</html><!-- cached 0.02 s -->", True, id="a comment behind"),
        pytest.param(f"{PAGE}</html><script>count('{'x' * 900}')</script>", True, id="a script behind"),
        pytest.param(f"{PAGE}</body></html><script src='/c", True, id="cut in a script behind"),
        pytest.param(f"{PAGE}</html>\n访问量：1234", True, id="a counter behind"),
        pytest.param(f"{PAGE}</html>{'<p>正文在结束标记之后。</p>' * 30}", False, id="the text behind an early end"),
        pytest.param(
            f"{PAGE}</html>{'<p>正文在结束标记之后。</p>' * 30}</body></html>", True, id="an early end and a late one"
        ),
        pytest.param(PAGE, False, id="no end"),
        pytest.param(PAGE[:-3], False, id="cut in a tag"),
        pytest.param(f"{PAGE}</bo", False, id="cut in the end"),
        pytest.param(f"{PAGE}<!-- </body></html> --><p>后", False, id="an end in a comment"),
        pytest.param(f"{PAGE}<script>w('</body></html>');", False, id="an end in a script"),
        pytest.param('<?xml version="1.0"?><!DOCTYPE html><html><body>一</body></html>', True, id="XHTML"),
        pytest.param('<?xml version="1.0"?>\n<rss><channel><item/></channel></rss>\n', True, id="a feed"),
        pytest.param("<rss><channel><item><title>一</title></item>", False, id="a feed cut"),
        pytest.param('<?xml version="1.0"?><a><b>1</b></a><!-- x -->', True, id="XML and a comment"),
        pytest.param('{"rows": [{"t": "一"}]}\n', True, id="JSON"),
        pytest.param('{"rows": [{"t": "一"}, {"t": "二"}', False, id="JSON cut behind a bracket"),
        pytest.param('[{"t": "一', False, id="JSON cut in a string"),
        pytest.param('{"a": 1, b}', True, id="what never was JSON"),
        pytest.param('cb({"rows": []});', True, id="a call"),
        pytest.param('cb({"rows": [', False, id="a call cut"),
        pytest.param("<p>一段</p><p>二", None, id="a fragment"),
        pytest.param("第一条 为了规范", None, id="plain text"),
        pytest.param("", None, id="nothing"),
    ],
)  # fmt: skip
def test_a_body_ends_as_its_kind_ends(body: str, ends: bool | None) -> None:
    assert ends_whole(body.encode()) is ends


@pytest.mark.parametrize("codec", ["utf-16", "gb18030", "utf-8-sig"])
def test_the_end_is_found_in_every_encoding(codec: str) -> None:
    assert ends_whole(f"{PAGE}</body></html>".encode(codec)) is True
    assert ends_whole(PAGE.encode(codec)) is False


@pytest.mark.parametrize(
    ("body", "ends"),
    [
        (b"%PDF-1.7\n1 0 obj\nstartxref\n9\n%%EOF\n", True), (b"%PDF-1.7\n1 0 obj", False),
        (b"PK\3\4" + b"x" * 90 + b"PK\5\6" + bytes(18), True), (b"PK\3\4" + b"x" * 90, False),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1016), True),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900), False),
        (b"{\\rtf1 a}\r\n", True), (b"{\\rtf1 a", False),
    ],
)  # fmt: skip
def test_files_end_as_their_kind_ends(body: bytes, ends: bool) -> None:
    assert ends_whole(body) is ends


WHOLE = html()
CUT = WHOLE[: WHOLE.index("对未按要求".encode())]
ENDLESS = WHOLE.replace(b"</body></html>", b"")
CLOSED = {"flags": ("close_delimited",)}


def looks(*seen: tuple[bytes, dict[str, Any]]) -> tuple[Desk, list[Outcome | None]]:
    """Return a desk that saw these answers on the days of a month, and what each came to."""
    desk = Desk()
    return desk, [
        desk.see(body, f"2026-04-{day:02}T08:00:00", **more) for day, (body, more) in enumerate(seen, 1)
    ]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(CLOSED, id="ended by the connection"),
        pytest.param({"flags": ("close_delimited", "broken_off")}, id="broken off"),
        pytest.param({"flags": ("bytes_after_body",)}, id="longer than it said"),
        pytest.param({}, id="of a wrong length"),
        pytest.param({"truncated": "disconnect"}, id="shorter than it said"),
        pytest.param({"error": "decode_error: gzip truncated"}, id="gzip cut"),
        pytest.param({"status": 206}, id="a part"),
        pytest.param({"error": "digest_mismatch: sha1"}, id="not the bytes received"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("cut", [CUT, ENDLESS], ids=["half", "all but the end"])
def test_a_cut_answer_takes_nothing_away_from_a_version(more: dict[str, Any], cut: bytes) -> None:
    if "error" in more or "status" in more or "truncated" in more:
        cut = CUT
    desk, outcomes = looks((WHOLE, {}), (cut, more), (WHOLE, {}))
    assert outcomes == [Outcome.NEW, Outcome.FAILED, Outcome.UNCHANGED]
    assert desk.versions() == [(1, "first")] and desk.changes() == []
    kept = desk.rows("select payload, truncated, error from captures order by id")[1]
    assert desk.archive.payloads.get(kept["payload"]) == cut
    assert kept["truncated"] or kept["error"]
    assert desk.one("select text from latest").count("\n") == len(PARAGRAPHS) - 1


def test_a_whole_page_may_end_with_its_connection() -> None:
    edited = html(*replaced("1.5万条", "15万条"))
    _, outcomes = looks((WHOLE, CLOSED), (edited, CLOSED), (edited + b"<!-- 3 -->", CLOSED))
    assert outcomes == [Outcome.NEW, Outcome.CHANGED, Outcome.UNCHANGED]


def test_a_page_that_never_ends_is_read_and_flagged() -> None:
    edited = html(*replaced("1.5万条", "15万条")).replace(b"</body></html>", b"")
    desk, outcomes = looks((ENDLESS, {}), (edited, {}))
    assert outcomes == [Outcome.NEW, Outcome.CHANGED]
    assert all("no_end" in row[0] for row in desk.rows("select flags from captures"))


def test_a_page_that_never_ends_is_not_cut_short_either() -> None:
    cut = CUT.rstrip()
    _, outcomes = looks((ENDLESS, {}), (cut, {}), (ENDLESS, {}))
    assert outcomes == [Outcome.NEW, Outcome.FAILED, Outcome.UNCHANGED]


def test_a_page_without_end_that_its_connection_ended_is_believed_the_second_time() -> None:
    _, outcomes = looks((ENDLESS, CLOSED), (ENDLESS, CLOSED), (CUT, CLOSED))
    assert outcomes == [Outcome.FAILED, Outcome.NEW, Outcome.FAILED]


def test_a_page_that_lost_its_end_for_good_is_read_again_after_three_days() -> None:
    edited = html(*replaced("1.5万条", "15万条")).replace(b"</body></html>", b"")
    _, outcomes = looks((WHOLE, {}), *[(edited, {})] * 4)
    assert outcomes == [Outcome.NEW, *[Outcome.FAILED] * 3, Outcome.CHANGED]
    _, outcomes = looks((WHOLE, {}), *[(ENDLESS.rstrip(), CLOSED)] * 5)
    assert outcomes == [Outcome.NEW, *[Outcome.FAILED] * 5]


def test_a_page_cut_at_first_sight_is_no_version_until_it_is_whole() -> None:
    desk, outcomes = looks((CUT, CLOSED), (CUT[:-90], CLOSED), (WHOLE, CLOSED))
    assert outcomes == [Outcome.FAILED, Outcome.FAILED, Outcome.NEW]
    assert desk.versions() == [(1, "first")]


def test_a_cut_list_shows_no_fewer_rows() -> None:
    rows = "".join(f'<li><a href="/a/n{n}.html">关于第{n}号事项的通知</a></li>' for n in "abcdef")
    page = f"<html><body><ul>{rows}</ul></body></html>".encode()
    desk, told = Desk(), {"url": "https://www.bureau.example/list.html", "kind": "listing"}
    assert desk.see(page, "2026-04-01T08:00:00", **told) is Outcome.LISTING
    assert desk.see(page[:200], "2026-04-02T08:00:00", **told) is Outcome.FAILED


def test_a_cut_answer_is_asked_for_again() -> None:
    desk = Desk()
    desk.archive.frontier.add(
        site="bureau", kind="article", urls=[URL], due_at="2026-04-01T00:00:00.000Z", why="x"
    )
    desk.see(WHOLE, "2026-04-01T08:00:00", frontier=1)
    desk.see(CUT, "2026-04-02T08:00:00", frontier=1, retry_in=5.0)
    (row,) = desk.rows("select attempts, due_at from frontier")
    assert (row["attempts"], row["due_at"]) == (1, "2026-04-02T08:00:05.000Z")


@pytest.mark.parametrize(
    "hostile",
    [
        lambda n: b"<html><!--" + b"</html>" * n,
        lambda n: b"<html>" + b"<script></html>" * n,
        lambda n: b"<html>" + b"<!--" * n,
        lambda n: b"<?xml " * n,
        lambda n: b"<rss>" + b"<!--" * n + b"-->" * n,
        lambda n: b"[" * n,
        lambda n: b"<html></html>" + b"<" * n,
        lambda n: b" " * n + b"<html>",
        lambda n: b"<?xml?><!a[" + b"]" * n,
    ],
)  # fmt: skip
def test_the_end_of_a_hostile_body_is_looked_for_once(hostile: Callable[[int], bytes], ends: Any) -> None:
    with ends(5):
        ends_whole(hostile(300_000))
