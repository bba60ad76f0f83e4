"""``yuanben.toml``, the one file that says what a home crawls and whom it tells.

It lies in the directory of its archive. What a command is given counts before what the environment says, and that
before this file. A key that nobody reads is refused: a misspelt one would be silently without effect.

A secret (a robot's address, a password) stands in the file itself, which then only its owner may read, or in the
environment (``{ env = "NAME" }``), or in a file of its own (``{ file = "PATH" }``). It is never printed.
"""

from __future__ import annotations

import json
import os
import re
import stat
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive.errors import BadInput, did_you_mean
from archive.patterns import regex
from archive.units import EVERY

NAME = "yuanben.toml"
KINDS = ("mail", "webhook", "wecom", "dingtalk", "feishu")
LANGUAGES = ("zh", "en")
_HOME = ("contact", "archive", "sites", "room", "language", "every", "target")
_OF_ALL = ("name", "kind", "queries", "sites", "problems", "digest", "language")
_OF_KIND = {
    "mail": ("to", "from", "server", "user", "password"),
    "webhook": ("url", "secret"),
    "wecom": ("url",),
    "dingtalk": ("url", "secret"),
    "feishu": ("url", "secret"),
}
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
_CLOCK = regex(r"([01]\d|2[0-3]):[0-5]\d")
_ADDRESS = regex(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,255}")
_TARGET_NAME = regex(r"\w[\w.-]{0,49}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Someone to tell: by mail, at an address that takes JSON, or in a group of a messenger.

    ``queries``: of articles only those that hold one of these wordings. ``problems``: whether findings about sites are
    told, too. ``digest``: the Beijing time from which one message a day tells everything; else each run tells its own.
    """

    name: str
    kind: str
    queries: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    problems: bool = True
    digest: str | None = None
    language: str = "zh"
    room: str | None = None
    url: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    to: tuple[str, ...] = ()
    sender: str = ""
    server: str = "smtp://localhost:25"
    user: str = ""
    password: str = field(default="", repr=False)
    # Why nothing can be sent: a secret that is to be elsewhere and is not there.
    lacking: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what must never be printed: keys, passwords, and the addresses that hold a robot's key."""
        split = urlsplit(self.url)
        parts = (part for part in re.split(r"[/=&?]", f"{split.path}?{split.query}") if len(part) >= 8)
        return tuple(filter(None, (self.url, self.secret, self.password, *parts)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What a home file says. ``place`` is its directory; relative paths in it begin there."""

    place: Path
    archive: Path
    contact: str = ""
    sites: tuple[str, ...] = ()
    room: str | None = None
    language: str = "zh"
    every: str = "1h"
    targets: tuple[Target, ...] = ()

    @property
    def path(self) -> Path:
        """Return the file itself."""
        return self.place / NAME


def home_here(environ: Mapping[str, str] = os.environ) -> Home | None:
    """Return the home of ``$YUANBEN_HOME``, else of this directory; None where there is none."""
    told = environ.get("YUANBEN_HOME")
    place = Path(told) if told else Path()
    if told and not (place / NAME).is_file():
        raise BadInput(f'YUANBEN_HOME names {place}, which holds no {NAME} — "yuanben new" makes one')
    return read_home(place / NAME, environ) if (place / NAME).is_file() else None


def place_here(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Return the directory of the home here, None where there is none; what its file says is not looked at."""
    place = Path(environ.get("YUANBEN_HOME") or "").resolve()
    return place if (place / NAME).is_file() else None


def contact_here(environ: Mapping[str, str] = os.environ) -> str:
    """Return the contact that the home of this directory gives; nothing for a file that cannot be used.

    Whatever opens the archive says what is wrong with the file.
    """
    try:
        home = home_here(environ)
    except BadInput:
        return ""
    return home.contact if home else ""


def home_of(archive: Path, environ: Mapping[str, str] = os.environ) -> Home | None:
    """Return the home that an archive belongs to: this one, or that of its directory, if it names this archive."""
    here = home_here(environ)
    if here is not None and _same(here.archive, archive):
        return here
    beside = archive.absolute().parent / NAME
    if not beside.is_file():
        return None
    home = read_home(beside, environ)
    return home if _same(home.archive, archive) else None


def read_home(path: Path, environ: Mapping[str, str] = os.environ) -> Home:
    """Return what a home file says; raise BadInput, which names the key, for what cannot be used."""
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror}) — check its rights") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is no TOML ({error}) — put that place right") from None
    reader = _Reader(path, environ)
    reader.check(said, _HOME, "")
    place = path.absolute().parent
    language, room = reader.language(said, "zh", ""), reader.room(said)
    return Home(
        place=place,
        archive=place / reader.text(said, "archive", "yuanben.db"),
        contact=reader.text(said, "contact", ""),
        sites=reader.texts(said, "sites"),
        room=room,
        language=language,
        every=reader.every(said),
        targets=reader.targets(said, language, room),
    )


def is_open_to_others(home: Home) -> bool:
    """Return whether the file holds a secret and people other than its owner may read it."""
    held = home.path.read_text("utf-8")
    inline = any(secret in held for target in home.targets for secret in target.secrets)
    return inline and bool(home.path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Takes values out of a file of TOML and says, where one cannot be used, which and why."""

    path: Path
    environ: Mapping[str, str]

    def wrong(self, key: str, why: str) -> BadInput:
        return BadInput(f"{self.path}: {key} {why}")

    def check(self, said: Mapping[str, Any], known: Iterable[str], where: str) -> None:
        for key in said:
            if key not in known:
                near = did_you_mean(key, known) or f"the keys are {', '.join(known)}"
                raise self.wrong(f"{where}{key}", f"is no key — {near}")

    def text(self, said: Mapping[str, Any], key: str, otherwise: str, where: str = "") -> str:
        value = said.get(key, otherwise)
        if not isinstance(value, str) or any(ord(sign) < 32 for sign in value):
            raise self.wrong(f"{where}{key}", "is no line of text — write it between quotation marks")
        return value

    def texts(self, said: Mapping[str, Any], key: str, where: str = "") -> tuple[str, ...]:
        value = said.get(key, [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            raise self.wrong(f"{where}{key}", f'is no list of words — write {key} = ["…", "…"]')
        return tuple(value)

    def secret(self, said: Mapping[str, Any], key: str, where: str) -> tuple[str, str]:
        """Return a value that may stand elsewhere, in the environment or a file of its own, and why it is not there."""
        value = said.get(key, "")
        if not isinstance(value, dict):
            return self.text(said, key, "", where), ""
        self.check(value, ("env", "file"), f"{where}{key}.")
        if name := self.text(value, "env", "", f"{where}{key}."):
            return self.environ.get(name, ""), "" if self.environ.get(name) else f"{key}: ${name} is not set"
        place = self.path.parent / self.text(value, "file", "", f"{where}{key}.")
        try:
            return place.read_text("utf-8").strip(), ""
        except (OSError, UnicodeDecodeError):
            return "", f"{key}: {place} cannot be read"

    def language(self, said: Mapping[str, Any], otherwise: str, where: str) -> str:
        language = self.text(said, "language", otherwise, where)
        if language not in LANGUAGES:
            raise self.wrong(f"{where}language", 'is neither "zh" nor "en" — give one of them')
        return language

    def every(self, said: Mapping[str, Any]) -> str:
        every = self.text(said, "every", "1h")
        if every not in EVERY:
            raise self.wrong("every", f'"{every}" is none — give one of {", ".join(EVERY)}')
        return every

    def room(self, said: Mapping[str, Any]) -> str | None:
        return room_address(said["room"], f"{self.path}: room") if said.get("room") else None

    def targets(self, said: Mapping[str, Any], language: str, room: str | None) -> tuple[Target, ...]:
        listed = said.get("target", [])
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            raise self.wrong("target", "is no list of tables — write [[target]] above each")
        found = tuple(self._target(one, place, language, room) for place, one in enumerate(listed, 1))
        for name in (target.name for target in found):
            if [target.name for target in found].count(name) > 1:
                raise self.wrong("target", f'"{name}" is the name of two — each needs its own')
        return found

    def _target(self, said: Mapping[str, Any], place: int, language: str, room: str | None) -> Target:
        where = f"target {place}: "
        kind = self.text(said, "kind", "", where)
        if kind not in KINDS:
            raise self.wrong(f"{where}kind", f'"{kind}" is none — give one of {", ".join(KINDS)}')
        self.check(said, (*_OF_ALL, *_OF_KIND[kind]), where)
        name = self.text(said, "name", kind, where)
        if not _TARGET_NAME.fullmatch(name):
            raise self.wrong(f"{where}name", f'"{name[:50]}" is none — use letters, figures, - and _')
        digest = self.text(said, "digest", "", where) or None
        if digest and not _CLOCK.fullmatch(digest):
            raise self.wrong(f"{where}digest", 'is no time of the day — write it as "08:00" (Beijing)')
        problems = said.get("problems", True)
        if not isinstance(problems, bool):
            raise self.wrong(f"{where}problems", "is neither true nor false")
        return Target(
            name=name,
            kind=kind,
            queries=self.texts(said, "queries", where),
            sites=self.texts(said, "sites", where),
            problems=problems,
            digest=digest,
            language=self.language(said, language, where),
            room=room,
            **(self._mail(said, where) if kind == "mail" else self._web(said, kind, where)),
        )

    def _mail(self, said: Mapping[str, Any], where: str) -> dict[str, Any]:
        to = self.texts(said, "to", where)
        if not to:
            raise self.wrong(f"{where}to", 'names nobody — write to = ["name@example.org"]')
        sender = self.text(said, "from", "", where) or to[0]
        for address in (*to, sender):
            mail_address(address, f"{self.path}: {where}to")
        server = self.text(said, "server", "smtp://localhost:25", where)
        if urlsplit(server).scheme not in ("smtp", "smtps") or not urlsplit(server).hostname:
            raise self.wrong(f"{where}server", 'is no mail server — write "smtps://mail.example.org:465"')
        user, (password, lacking) = self.text(said, "user", "", where), self.secret(said, "password", where)
        mail = {"to": to, "sender": sender, "server": server, "user": user, "password": password}
        return mail | {"lacking": lacking}

    def _web(self, said: Mapping[str, Any], kind: str, where: str) -> dict[str, Any]:
        (url, no_url), (secret, no_secret) = (self.secret(said, key, where) for key in ("url", "secret"))
        if no_url:
            return {"lacking": no_url}
        split = urlsplit(url)
        if split.scheme not in ("https", "http") or not split.hostname:
            raise self.wrong(f"{where}url", "is no address of the web — copy the whole of it")
        if kind != "webhook" and split.scheme == "http" and split.hostname not in _LOOPBACK:
            raise self.wrong(f"{where}url", "holds a key and is not encrypted — give the https address")
        return {"url": url, "secret": secret, "lacking": no_secret}


def add_mail(home: Home, query: str, to: str, environ: Mapping[str, str] = os.environ) -> str:
    """Add a target of mail for one wording to a home file and return its name.

    Its server is that of the first mail there. The file is written only when it can be read with the target in it, and keeps its rights.
    """
    mail_address(to, "--mail")
    written = home.path.read_text("utf-8")
    mails = [one for one in tomllib.loads(written).get("target", []) if one.get("kind") == "mail"]
    taken = {target.name for target in home.targets}
    name = next(name for name in ("mail", *(f"mail-{n}" for n in range(2, 1000))) if name not in taken)
    said: dict[str, Any] = {"name": name, "kind": "mail", "to": [to], "queries": [query]}
    said |= {
        key: mails[0][key] for key in ("from", "server", "user", "password") if mails and key in mails[0]
    }
    lines = [f"{key} = {_toml(value)}" for key, value in said.items()]
    beside = home.path.with_suffix(".toml.new")
    try:
        beside.touch(mode=stat.S_IMODE(home.path.stat().st_mode))
        beside.write_text("\n".join([written.rstrip("\n"), "", "[[target]]", *lines, ""]), "utf-8")
        read_home(beside, environ)
        beside.replace(home.path)
    except OSError as error:
        raise BadInput(f"{home.path} cannot be written ({error.strerror}) — check its rights") from None
    finally:
        beside.unlink(missing_ok=True)
    return name


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(part)}" for key, part in value.items()) + " }"
    # What JSON writes of texts and lists of texts, TOML reads as the same.
    return json.dumps(value, ensure_ascii=False)


def mail_address(text: str, what: str) -> str:
    """Return an address of mail as it was given; raise BadInput for what can be none."""
    if not _ADDRESS.fullmatch(text):
        raise BadInput(f'{what}: "{text[:80]}" is no mail address — write name@example.org')
    return text


def room_address(text: object, what: str) -> str:
    """Return the address at which a reading room is served, with a slash at its end; raise BadInput for none."""
    split = urlsplit(text) if isinstance(text, str) else None
    if split is None or split.scheme not in ("http", "https") or not split.hostname or split.query:
        raise BadInput(f"{what} is no address of a reading room — write https://archive.example.org/")
    return split.geturl().split("#")[0].rstrip("/") + "/"


def _same(one: Path, other: Path) -> bool:
    return one.absolute().resolve() == other.absolute().resolve()
