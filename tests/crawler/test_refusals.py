"""Twelve refusals in a row end a site's run, whatever their form."""

from __future__ import annotations

from typing import Any, cast

import pytest

from crawler.run import Run
from tests.archive.desk import HOST, Desk, answer, html

CHALLENGE = b"<html><head><script>var $_ts=window['$_ts']||{};</script></head><body></body></html>"
COOKIE = b"<html><script>document.cookie='a=1';location.reload()</script></html>"
CLOUD = b"<html><title>Just a moment...</title><body>Enable JavaScript and cookies to continue</body></html>"
MOVED = (("Location", f"https://{HOST}/check"),)
FORMS: dict[str, dict[str, Any]] = {
    "403": {"status": 403}, "412": {"status": 412}, "429": {"status": 429}, "521": {"status": 521},
    "a timeout": {"status": None, "error": "timeout"},
    "a challenge with 200": {"body": CHALLENGE},
    "a cookie with 200": {"body": COOKIE},
    "a challenge in words with 200": {"body": CLOUD},
}  # fmt: skip


def met(run: Run, number: int, *, body: bytes | None = None, kind: str = "article", **more: Any) -> None:
    """Let a run keep one exchange, read by nobody yet."""
    at = f"2026-04-01T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}"
    run.keep(answer(body, at, url=f"https://{HOST}/a/n{number}.html", kind=kind, **more))


@pytest.fixture
def run() -> Run:
    desk = Desk()
    made = Run(archive=desk.archive, drain=cast(Any, None), command="watch")
    made.crawls["bureau"] = desk.crawl
    return made


@pytest.mark.parametrize("form", FORMS)
def test_twelve_of_a_form_end_a_run_before_anything_is_read(run: Run, form: str) -> None:
    for number in range(11):
        met(run, number, **FORMS[form])
    assert not run.gives_up("bureau")
    met(run, 11, **FORMS[form])
    assert run.gives_up("bureau")


def test_twelve_of_mixed_forms_and_kinds_end_a_run(run: Run) -> None:
    kinds = ("listing", "article", "article", "attachment")
    for number in range(12):
        assert not run.gives_up("bureau")
        met(run, number, kind=kinds[number % 4], **list(FORMS.values())[number % len(FORMS)])
    assert run.gives_up("bureau")


def test_a_hop_to_the_challenge_does_not_break_the_row(run: Run) -> None:
    for number in range(0, 24, 2):
        met(run, number, status=302, headers=MOVED)
        met(run, number + 1, status=403)
    assert run.gives_up("bureau")


@pytest.mark.parametrize(
    "between",
    [
        pytest.param({"body": html()}, id="an article"),
        pytest.param({"status": 304}, id="nothing new"),
        pytest.param({"status": 404}, id="gone"),
        pytest.param({"body": html("网站须通过安全验证后方可访问。" * 30)}, id="an article about such pages"),
    ],
)
def test_an_answer_between_begins_the_count_anew(run: Run, between: dict[str, Any]) -> None:
    for number in range(40):
        met(run, number, **(between if number % 11 == 10 else {"status": 403}))
        assert not run.gives_up("bureau")


def test_what_only_we_did_not_want_is_no_refusal(run: Run) -> None:
    for number in range(30):
        met(run, number, error="too_large: more than 16777216 bytes")
    assert not run.gives_up("bureau")
