"""Loopback servers that behave as the documentation of mail servers and of three messengers' robots says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socketserver
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY, TOKEN, SECRET = "693a91f6-key-of-a-group", "566cc69da782ec-token", "SEC-of-the-group-1234"
HOOK = "/hook"
MOST_A_MINUTE, LARGEST = 20, {"wecom": 4096, "dingtalk": 20_000, "feishu": 20_480}
Answer = tuple[int, dict[str, Any], dict[str, str]]


def signature(key: str, said: str) -> str:
    """Return HMAC-SHA256 in base64, as both messengers want it: one signs with the secret, one signs nothing with it."""
    return base64.b64encode(hmac.new(key.encode(), said.encode(), hashlib.sha256).digest()).decode()


@dataclass
class Robots:
    """Five addresses, what came to each, and what they are to answer next instead of what they would."""

    got: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    headers: list[dict[str, str]] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)
    instead: dict[str, list[Answer]] = field(default_factory=dict)

    def __enter__(self) -> Robots:
        robots = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                robots.headers.append(dict(self.headers))
                status, said, headers = robots.answer(self.path, self.rfile.read(length))
                body = json.dumps(said).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, kind: str) -> str:
        """Return the address a person would copy out of the messenger."""
        base = f"http://127.0.0.1:{self._server.server_address[1]}"
        ways = {
            "wecom": f"/cgi-bin/webhook/send?key={KEY}",
            "dingtalk": f"/robot/send?access_token={TOKEN}",
            "feishu": f"/open-apis/bot/v2/hook/{TOKEN}",
            "webhook": HOOK,
        }
        return base + ways[kind]

    def answer(self, path: str, body: bytes) -> Answer:
        split = urlsplit(path)
        asked = {name: values[0] for name, values in parse_qs(split.query).items()}
        kind = {"/cgi-bin/webhook/send": "wecom", "/robot/send": "dingtalk", HOOK: "webhook"}.get(
            split.path, "feishu"
        )
        self.asked[kind] = self.asked.get(kind, 0) + 1
        if self.instead.get(kind):
            return self.instead[kind].pop(0)
        said = json.loads(body)
        judged: dict[str, Callable[[], dict[str, Any] | None]] = {
            "wecom": lambda: self._wecom(asked, said),
            "dingtalk": lambda: self._dingtalk(asked, said, body),
            "feishu": lambda: self._feishu(split.path, said, body),
            "webhook": lambda: None,
        }
        wrong = judged[kind]()
        if wrong is not None:
            return 200, wrong, {}
        self.got.setdefault(kind, []).append(said)
        fine = (
            {"code": 0, "msg": "success", "data": {}} if kind == "feishu" else {"errcode": 0, "errmsg": "ok"}
        )
        return 200, fine, {}

    def _wecom(self, asked: dict[str, str], said: dict[str, Any]) -> dict[str, Any] | None:
        if asked.get("key") != KEY:
            return {"errcode": 93000, "errmsg": f"invalid webhook url, key {asked.get('key')}"}
        if len(said["markdown"]["content"].encode()) > LARGEST["wecom"]:
            return {"errcode": 40058, "errmsg": "markdown.content exceed max length 4096"}
        if len(self.got.get("wecom", ())) >= MOST_A_MINUTE:
            return {"errcode": 45009, "errmsg": "api freq out of limit"}
        return None

    def _dingtalk(self, asked: dict[str, str], said: dict[str, Any], body: bytes) -> dict[str, Any] | None:
        if asked.get("access_token") != TOKEN:
            return {"errcode": 300001, "errmsg": "token is not exist"}
        at = asked.get("timestamp", "0")
        if abs(time.time() * 1000 - int(at)) > 3600_000:
            return {"errcode": 310000, "errmsg": "invalid timestamp"}
        if asked.get("sign") != signature(SECRET, f"{at}\n{SECRET}"):
            return {"errcode": 310000, "errmsg": "sign not match"}
        assert said["markdown"]["title"] and len(body) <= LARGEST["dingtalk"]
        if len(self.got.get("dingtalk", ())) >= MOST_A_MINUTE:
            return {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}
        return None

    def _feishu(self, path: str, said: dict[str, Any], body: bytes) -> dict[str, Any] | None:
        if not path.endswith(TOKEN):
            return {"code": 19001, "msg": "param invalid: incoming webhook access token invalid", "data": {}}
        if said.get("sign") != signature(f"{said.get('timestamp')}\n{SECRET}", ""):
            words = "sign match fail or timestamp is not within one hour from current time"
            return {"code": 19021, "msg": words, "data": {}}
        assert abs(time.time() - int(said["timestamp"])) < 3600 and len(body) <= LARGEST["feishu"]
        return None


@dataclass
class MailServer:
    """Takes mail as SMTP has it; ``instead`` answers the end of a letter otherwise."""

    letters: list[bytes] = field(default_factory=list)
    instead: list[str] = field(default_factory=list)
    refused: tuple[str, ...] = ()

    def __enter__(self) -> MailServer:
        mail = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.say("220 mail.example ESMTP")
                while line := self.rfile.readline():
                    word = line.decode().strip()
                    verb = word.upper()[:4]
                    if verb == "RCPT" and any(name in word for name in mail.refused):
                        self.say("550 5.1.1 no such user")
                    elif verb == "DATA":
                        self.say("354 go on")
                        self.say(self.letter())
                    elif verb == "QUIT":
                        self.say("221 bye")
                        return
                    else:
                        self.say("250 ok")

            def letter(self) -> str:
                lines = []
                while (line := self.rfile.readline()).rstrip(b"\r\n") != b".":
                    lines.append(line[1:] if line.startswith(b"..") else line)
                if mail.instead:
                    return mail.instead.pop(0)
                mail.letters.append(b"".join(lines))
                return "250 taken"

            def say(self, words: str) -> None:
                self.wfile.write(f"{words}\r\n".encode())

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._server.server_address[1]}"
