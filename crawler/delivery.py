"""Delivering a message: to a mail server, to a webhook, or to a robot of 企业微信, 钉钉 or 飞书.

The robots answer 200 to everything and put the error into the answer. They block senders that are too fast,
so messages keep apart and hold several pieces each. A robot that reports too many messages gets no more in
this run.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import smtplib
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import asdict
from datetime import timezone
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote_plus, urlsplit
from uuid import NAMESPACE_URL, uuid5

from archive.cli.terminal import one_line
from archive.clock import BEIJING, moment
from archive.home import Target
from archive.notices import Message, Notice, markdown, plain, post
from archive.store.read.news import News

# Seconds between two messages, and the largest message (bytes). WeCom and DingTalk take 20 a minute, Feishu 5
# a second.
APART = {"wecom": 3.1, "dingtalk": 3.1, "feishu": 0.5}
LARGEST = {"wecom": 4096, "dingtalk": 18_000, "feishu": 18_000}
WAITS = (1.0, 4.0)
PATIENCE, LONGEST_WAIT, LARGEST_ANSWER = 20.0, 30.0, 1 << 16
# Answer codes for too many messages, and for a busy robot.
_TOO_FAST = {
    "wecom": {45009, 45033},
    "dingtalk": {130101, 130102, 410100, 90030},
    "feishu": {11232, 99991400},
}
_BUSY = {"wecom": {-1}, "dingtalk": {-1}, "feishu": {-1}}
_ADVICE = {
    ("wecom", 93000): "the robot's address is not valid any more: copy it anew",
    ("dingtalk", 300001): "the robot's address is not valid any more: copy it anew",
    ("dingtalk", 300005): "the robot's address is not valid any more: copy it anew",
    ("dingtalk", 310000): "check the secret, this machine's clock, and the robot's keywords and addresses",
    ("feishu", 19021): "check the secret and this machine's clock",
    ("feishu", 19022): "the robot takes messages from certain addresses only",
    ("feishu", 19024): "the robot takes only messages with its keywords: let one be 原本",
    ("feishu", 19001): "the robot's address is not valid any more: copy it anew",
}


class TryAgain(Exception):
    """A failure that may not recur a little later."""


class Limited(Exception):
    """The target accepts no more for now. ``seconds``: the wait that it asks for, if it gave one."""

    def __init__(self, says: str, seconds: float | None = None) -> None:
        super().__init__(says)
        self.seconds = seconds


class Refused(Exception):
    """A failure that remains until a person changes something."""


def deliver(target: Target, message: Message, pieces: dict[str, News], *, now: str,
            sleep: Callable[[float], None]) -> None:  # fmt: skip
    """Deliver a message, with two more tries where that may help. Raise the reason of a failure."""
    if target.lacking:
        raise Refused(target.lacking)
    for wait in (*WAITS, None):
        try:
            if target.kind == "mail":
                _mail(target, message, now)
            else:
                _post(target, message, pieces)
            return
        except Limited as limited:
            if wait is None or limited.seconds is None or limited.seconds > LONGEST_WAIT:
                raise
            sleep(limited.seconds)
        except TryAgain:
            if wait is None:
                raise
            sleep(wait)


def without_secrets(text: str, target: Target) -> str:
    """Return a line about a target without its secrets, on one line."""
    for secret in sorted(target.secrets, key=len, reverse=True):
        text = text.replace(secret, "…").replace(quote_plus(secret), "…")
    return one_line(text)[:300]


def signed_dingtalk(url: str, secret: str, milliseconds: int) -> str:
    """Return the address of a DingTalk robot with the time and signature it requires."""
    said = f"{milliseconds}\n{secret}".encode()
    sign = base64.b64encode(hmac.new(secret.encode(), said, hashlib.sha256).digest()).decode()
    return f"{url}{'&' if '?' in url else '?'}timestamp={milliseconds}&sign={quote_plus(sign)}"


def signed_feishu(secret: str, seconds: int) -> dict[str, str]:
    """Return the time and signature that a Feishu robot requires: its key is what others sign."""
    key = f"{seconds}\n{secret}".encode()
    sign = base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
    return {"timestamp": str(seconds), "sign": sign}


def body_of(target: Target, message: Message, at: float) -> bytes:
    """Return the body of a request to a robot."""
    said: dict[str, Any]
    if target.kind == "wecom":
        text = markdown(message)
        return _json({"msgtype": "markdown", "markdown": {"content": text}}) if at else text.encode()
    if target.kind == "dingtalk":
        said = {"msgtype": "markdown", "markdown": {"title": message.headline, "text": markdown(message)}}
    else:
        language = "zh_cn" if target.language == "zh" else "en_us"
        said = {"msg_type": "post", "content": {"post": {language: post(message)}}}
        said |= signed_feishu(target.secret, int(at)) if target.secret and at else {}
    return _json(said)


def _post(target: Target, message: Message, pieces: dict[str, News]) -> None:
    at, url = time.time(), target.url
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "yuanben"}
    if target.kind == "webhook":
        body = (
            _json(_piece(pieces[message.ids[0]], message.notices[0]))
            if pieces
            else _json({"test": message.headline})
        )
        headers["X-Yuanben-Id"] = message.ids[0] if message.ids else "test"
        if target.secret:
            signature = hmac.new(target.secret.encode(), body, hashlib.sha256).hexdigest()
            headers["X-Yuanben-Signature"] = f"sha256={signature}"
    else:
        body = body_of(target, _within(target, message), at)
        if target.kind == "dingtalk" and target.secret:
            url = signed_dingtalk(url, target.secret, int(at * 1000))
    status, answer, wait = _exchange(url, body, headers)
    judge(target.kind, status, answer, wait)


def judge(kind: str, status: int, answer: bytes, wait: float | None = None) -> None:
    """Raise the error that an answer of a target means; nothing where it accepted the message."""
    code, says = _answer_words(answer)
    told = f"answered {status}" + (f", code {code}: {says}" if code is not None else "")
    if status == 429 or code in _TOO_FAST.get(kind, ()) or (kind == "feishu" and "too many" in says.lower()):
        raise Limited(f"{told} — it takes no more for now, the rest waits", wait)
    if status >= 500 or code in _BUSY.get(kind, ()):
        raise TryAgain(f"{told} — it is busy, the rest waits")
    if not 200 <= status < 300:
        raise Refused(f"{told} — check its address")
    if kind == "webhook" or code == 0:
        return
    if code is None:
        raise Refused(f"{told} with something that is no answer of a robot — check its address")
    raise Refused(f"{told} — {_ADVICE.get((kind, code), 'look the code up in its documentation')}")


def _answer_words(answer: bytes) -> tuple[int | None, str]:
    """Return the code and the words of an answer; the three messengers name them differently."""
    try:
        said = json.loads(answer)
    except ValueError:
        return None, ""
    if not isinstance(said, dict):
        return None, ""
    code = next(
        (said[name] for name in ("errcode", "code", "StatusCode") if isinstance(said.get(name), int)), None
    )
    words = next(
        (said[name] for name in ("errmsg", "msg", "StatusMessage") if isinstance(said.get(name), str)), ""
    )
    return code, words


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: an address that contains a key is passed to nobody else."""

    def redirect_request(self, *asked: Any, **named: Any) -> None:
        return None


def _exchange(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes, float | None]:
    """Post, and return status, answer, and the pause that the peer asks for."""
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")
    here = urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")
    opener = urllib.request.build_opener(_NoRedirect(), urllib.request.ProxyHandler({} if here else None))
    try:
        with opener.open(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read(LARGEST_ANSWER), None
    except urllib.error.HTTPError as error:
        with error:
            asked = error.headers.get("Retry-After") or error.headers.get("x-ogw-ratelimit-reset") or ""
            return error.code, error.read(LARGEST_ANSWER), float(asked) if asked.isdecimal() else None
    except (OSError, http.client.HTTPException) as error:
        # urllib's own words may contain the address.
        why = getattr(error, "reason", None) or error
        raise TryAgain(f"cannot be reached ({why})") from None


def _within(target: Target, message: Message) -> Message:
    """Return a message within its messenger's limit.

    Of a single notice that is too large, the head and the link are kept.
    """
    if len(message.notices) != 1 or len(body_of(target, message, 0)) <= LARGEST.get(target.kind, 1 << 30):
        return message
    one = asdict(message.notices[0]) | {"says": "", "edits": (), "more": ""}
    one |= {"title": one["title"][:100], "link": one["link"] if len(one["link"] or "") < 1000 else None}
    return Message(headline=message.headline[:200], notices=(Notice(**one),), close=message.close)


def _piece(one: News, shown: Notice) -> dict[str, Any]:
    told = asdict(one)
    del told["text"]
    return told | {"link": shown.link, "publisher": shown.publisher, "label": shown.label, "says": shown.says}


def _json(said: object) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode()


def _mail(target: Target, message: Message, now: str) -> None:
    """Pass a message to a mail server. Its acceptance does not prove that anybody received it."""
    letter = letter_of(target, message, now)
    split = urlsplit(target.server)
    here = split.hostname in ("localhost", "127.0.0.1", "::1")
    kind = smtplib.SMTP_SSL if split.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(
            split.hostname or "", split.port or (465 if split.scheme == "smtps" else 25), timeout=PATIENCE
        ) as server:
            is_private = split.scheme == "smtps"
            server.ehlo_or_helo_if_needed()
            if not is_private and server.has_extn("starttls"):
                server.starttls()
                is_private = True
            if target.user:
                if not is_private and not here:
                    raise Refused("offers no encryption, so the password is not sent — use smtps://")
                server.login(target.user, target.password)
            missed = server.send_message(letter)
    except smtplib.SMTPRecipientsRefused as error:
        raise _of_mail(
            max(code for code, _ in error.recipients.values()), "took none of the recipients"
        ) from None
    except smtplib.SMTPResponseException as error:
        words = (
            error.smtp_error.decode("utf-8", "replace")
            if isinstance(error.smtp_error, bytes)
            else error.smtp_error
        )
        raise _of_mail(error.smtp_code, words) from None
    except (OSError, smtplib.SMTPException) as error:
        raise TryAgain(f"the mail server cannot be used ({error})") from None
    if missed:
        print(f"yuanben: {target.name}: the mail server refused {', '.join(missed)}", file=sys.stderr)


def _of_mail(code: int, words: str) -> Exception:
    told = f"the mail server answered {code}: {words}"
    return TryAgain(told) if 400 <= code < 500 else Refused(f"{told} — check server, user and addresses")


def letter_of(target: Target, message: Message, now: str) -> EmailMessage:
    """Return a message as a mail. The same news for the same target gives the same Message-ID."""
    letter = EmailMessage()
    letter["Subject"] = one_line(message.headline)[:200]
    letter["From"] = target.sender
    letter["To"] = ", ".join(target.to)
    letter["Date"] = format_datetime(moment(now).astimezone(timezone(BEIJING)))
    name = uuid5(NAMESPACE_URL, "\n".join(("yuanben:mail", target.name, *message.ids)))
    letter["Message-ID"] = f"<{name}@{target.sender.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(plain(message))
    return letter
