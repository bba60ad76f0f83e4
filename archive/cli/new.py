"""``yuanben new``: from nothing to a first crawl in a few questions.

What is given as an option is not asked.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from archive.cli import schedule
from archive.cli.options import declared_sites
from archive.cli.terminal import clipped, one_line, padded, styled, terminal_width
from archive.errors import BadInput, did_you_mean
from archive.home import NAME, mail_address, read_home
from archive.model import Site
from archive.text.names import full_names
from archive.units import EVERY

_Value = TypeVar("_Value")
_STARTERS = ("systemd", "cron", "none")
# The first crawl looks at a few articles of each site: enough to see that all is well.
FIRST = 5
# Columns of a terminal for one site of the list.
_CELL = 33


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("home", metavar="HOME", nargs="?", help="the directory to make (default: asked for)")
    parser.add_argument(
        "--contact", metavar="ADDRESS", help="where the owner of a site reaches you: mail or https"
    )
    parser.add_argument(
        "--site", metavar="SITE", action="append", help="a site to crawl; may be repeated; all: every one"
    )
    parser.add_argument("--every", choices=tuple(EVERY), help="time between two runs")
    parser.add_argument("--starter", choices=_STARTERS, help="what is to start the runs")
    parser.add_argument("--user", metavar="USER", help="who runs them (systemd: default you)")
    parser.add_argument("--mail", metavar="ADDRESS", help="who gets mail of what happens")
    parser.add_argument("--server", metavar="ADDRESS", help="the mail server (default smtp://localhost:25)")
    parser.add_argument(
        "--query",
        metavar="Q",
        action="append",
        help="of articles, mail only those with this wording; may be repeated",
    )
    parser.add_argument("--language", choices=("zh", "en"), help="of the mails (default zh)")
    parser.add_argument("--crawl", action="store_true", help=f"crawl at once, {FIRST} articles a site")
    parser.add_argument(
        "--yes", action="store_true", help="ask nothing: take the default where nothing is given"
    )


def run(options: Namespace) -> int:
    """Create a home; nothing that exists is overwritten."""
    asks = not options.yes and sys.stdin is not None and sys.stdin.isatty()
    place = _given(options.home, asks, "Where is the archive to live?", "yuanben-home", _place)
    declared = declared_sites()
    contact = _given(
        options.contact,
        asks,
        "Where does the owner of a site reach you (mail or https address)?",
        None,
        _contact,
    )
    if options.site is None and asks:
        print(_listed(declared))
    told = " ".join(options.site) if options.site else None
    # Enter alone must not mean all of them.
    sites = _given(
        told,
        asks,
        "Which sites (names, or all)?",
        None if asks else "all",
        lambda said: _sites(said, declared),
    )
    every = _given(options.every, asks, f"How often ({', '.join(EVERY)})?", "1h", _every)
    starter = _given(options.starter, asks, "What starts the runs (systemd, cron, none)?", "none", _starter)
    mail = _given(options.mail, asks, "Who gets mail of what happens (empty: nobody)?", "", _mail)
    queries, server = list(options.query or ()), options.server or ""
    if mail:
        queries = queries or _given(
            None,
            asks,
            "Articles with which wording (several: put ; between them; empty: every change)?",
            "",
            _queries,
        )
        server = _given(
            options.server,
            asks,
            "Through which mail server (say smtps://mail.example.org:465; user and password go into the file)?",
            "smtp://localhost:25",
            _server,
        )
    text = home_text(contact=contact, sites=sites, every=every, mail=mail, queries=queries, server=server,
                     language=options.language or "zh")  # fmt: skip
    _write(place, text)
    print(f"made {place / NAME}, which only you may read")
    _write_schedule(place, starter, every, options.user)
    if mail:
        print(f"to try the mail: cd {place} && {_words()} tell --test")
    if options.crawl or (asks and _is_yes(f"Ask the sites now, {FIRST} articles each (yes or no)? [no] ")):
        return _crawl(place)
    print(f"what would be asked: cd {place} && {_words()} watch --limit {FIRST} --dry-run")
    print(f"a first look: cd {place} && {_words()} watch --limit {FIRST}")
    return 0


def _is_yes(question: str) -> bool:
    try:
        return input(question).strip().lower() in ("y", "yes", "是")
    except EOFError:
        return False


def home_text(*, contact: str, sites: list[str], every: str, mail: str, queries: list[str], server: str,
              language: str) -> str:  # fmt: skip
    """Return the text of a home file."""
    lines = [
        "# What this archive crawls and whom it tells; docs/operations.md explains each key.",
        f"contact = {_quoted(contact)}          # in the User-Agent: where a site's owner reaches you",
        'archive = "yuanben.db"',
        f"sites = [{', '.join(map(_quoted, sites))}]          # none: every site that is declared",
        f"every = {_quoted(every)}",
        f"language = {_quoted(language)}",
        '# room = "https://archive.example.org/"          # where the reading room is served: messages lead there',
    ]
    if mail:
        lines += [
            "",
            "[[target]]",
            'name = "mail"',
            'kind = "mail"',
            f"to = [{_quoted(mail)}]",
            f"server = {_quoted(server)}",
        ]
        lines += [f"queries = [{', '.join(map(_quoted, queries))}]"] if queries else []
        lines += ["# problems = false          # else it hears of sites that are out of order, too"]
        lines += ['# user = "…"', '# password = { env = "YUANBEN_MAIL_PASSWORD" }', '# digest = "08:00"']
    return "\n".join(lines) + "\n"


def _given(said: str | None, asks: bool, question: str, otherwise: str | None,
           check: Callable[[str], _Value]) -> _Value:  # fmt: skip
    """Return the option or answer, once it is valid; a question is repeated until it is."""
    if said is not None or (not asks and otherwise is not None):
        return check(said if said is not None else str(otherwise))
    if not asks:
        raise BadInput(f"{question} — nobody is here to answer, give it as an option (yuanben new --help)")
    while True:
        hint = f" [{otherwise}]" if otherwise else ""
        try:
            answer = input(f"{question}{hint} ").strip() or otherwise
        except EOFError:
            raise BadInput("no answer — nothing was made") from None
        try:
            return check(answer or "")
        except BadInput as error:
            print(one_line(str(error)), file=sys.stderr)


def _place(said: str) -> Path:
    place = Path(said).expanduser().absolute()
    for name in (NAME, "yuanben.db"):
        if (place / name).exists():
            raise BadInput(
                f"{place / name} is there already — nothing is overwritten, give another directory"
            )
    if place.exists() and not place.is_dir():
        raise BadInput(f"{place} is no directory — give another")
    return place


def _contact(said: str) -> str:
    if re.fullmatch(r"https?://[^\s/]+\.\S+", said):
        return said
    return f"mailto:{mail_address(said.removeprefix('mailto:'), 'the contact')}"


def _sites(said: str, declared: Mapping[str, Site]) -> list[str]:
    if said.strip().lower() in ("all", "全部"):
        return []
    if not said.strip():
        raise BadInput("no site is named — give names, or all")
    return list(dict.fromkeys(_site(word, declared) for word in re.split(r"[\s,，、]+", said.strip())))


def _site(word: str, declared: Mapping[str, Site]) -> str:
    """Return the site of a name: its own name, its publisher's, or a common name of that."""
    if word in declared or not declared:
        return word
    meant = {word, *full_names(word)}
    found = [name for name, site in declared.items() if site.publisher in meant]
    if len(found) == 1:
        return found[0]
    if found:
        raise BadInput(f'"{word}" publishes on {", ".join(found)} — name one')
    near = did_you_mean(word, [*declared, *(site.publisher for site in declared.values())])
    raise BadInput(f'no site "{word}" — {near or "scrapy sites lists them"}')


def _every(said: str) -> str:
    if said not in EVERY:
        raise BadInput(f'"{said}" is no such time — give one of {", ".join(EVERY)}')
    return said


def _starter(said: str) -> str:
    if said not in _STARTERS:
        raise BadInput(f'"{said}" starts nothing — give systemd, cron or none')
    return said


def _mail(said: str) -> str:
    return mail_address(said, "who gets mail") if said else ""


def _queries(said: str) -> list[str]:
    return [words for part in re.split("[;；]", said) if (words := " ".join(part.split()))]


def _server(said: str) -> str:
    if not re.fullmatch(r"smtps?://[^\s/@]+(:\d{1,5})?/?", said):
        raise BadInput(f'"{said}" is no mail server — write smtps://mail.example.org:465')
    return said


def _listed(declared: Mapping[str, Site]) -> str:
    shown = [clipped(f"{name} {site.publisher}", _CELL - 2) for name, site in sorted(declared.items())]
    columns = max(1, (terminal_width() or 100) // _CELL)
    rows = -(-len(shown) // columns)
    lines = (shown[row::rows] for row in range(rows))
    table = "\n".join("".join(padded(each, _CELL) for each in line).rstrip() for line in lines)
    return styled(f"the sites:\n{table}", "dim")


def _write(place: Path, text: str) -> None:
    """Write the home file for its owner alone, and read it back as every command will."""
    try:
        place.mkdir(parents=True, exist_ok=True)
        handle = os.open(place / NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise BadInput(f"{place / NAME} cannot be made ({error.strerror}) — give another directory") from None
    read_home(place / NAME)


def _write_schedule(place: Path, starter: str, every: str, user: str | None) -> None:
    """Write the schedule that starts the runs into the home, and say how to install it.

    Installing it needs rights that we do not take.
    """
    if starter == "none":
        return
    parser = ArgumentParser()
    schedule.declare(parser)
    words = [starter, "--every", every, "--archive", str(place / "yuanben.db")]
    words += ["--user", user] if user else []
    for name, text in schedule.files_of(parser.parse_args(words)).items():
        (place / (name if starter == "systemd" else f"{name}.cron")).write_text(text, "utf-8")
    if starter == "systemd":
        print(f"to start it: sudo cp {place}/yuanben.service {place}/yuanben.timer /etc/systemd/system/")
        print("        then: sudo systemctl daemon-reload && sudo systemctl enable --now yuanben.timer")
        if user is None and schedule.runs_as_root():
            print(schedule.AS_ROOT, file=sys.stderr)
    else:
        print(f"to start it: (crontab -l 2>/dev/null; cat {place}/yuanben.cron) | crontab -")


def _crawl(place: Path) -> int:
    words = [*schedule.program(), "watch", "--limit", str(FIRST)]
    return subprocess.run(words, cwd=place, check=False).returncode


def _words() -> str:
    program = schedule.program()
    return " ".join(program[-2:] if program[0].endswith("run") else ["scrapy"])


def _quoted(text: str) -> str:
    # What JSON writes between quotation marks, TOML reads as the same text.
    return json.dumps(text, ensure_ascii=False)
