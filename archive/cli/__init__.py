"""``yuanben``: the commands that need only the file. ``scrapy …`` has those for sites and the network.

A command's module is imported only when the command is called, so that a search does not wait for the imports
of ``serve``.
"""

from __future__ import annotations

import importlib
import os
import sqlite3
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence

from archive import __version__
from archive.cli.options import Parser
from archive.cli.terminal import one_line
from archive.errors import ArchiveError, did_you_mean
from archive.patterns import regex

_LONE = regex("[\ud800-\udfff]")

COMMANDS = {
    "new": "make a home: from nothing to a first crawl in a few questions",
    "search": "find words in titles and texts",
    "show": "show a document as it stands, or as it stood",
    "history": "show what happened to a document, and when",
    "diff": "show which characters changed between two versions",
    "clean": "put a damaged plain text right",
    "compare": "set a copy against its original",
    "check": "hold the citations of a report against the archive",
    "cites": "show what a document rests on, what rests on it, and whether it is in force",
    "series": "show which numbers of an issuer are held, and which between them are not",
    "quote": "find who holds a wording, and in which form",
    "status": "show how the sites are doing",
    "verify": "check that all is as it was written, also against checkpoints",
    "checkpoint": "state how much there is and of what, and sign it",
    "export": "write captures, views or evidence in the forms of other tools",
    "merge": "bring archives together, or what an older program kept into a new one",
    "repair": "make anew what can be derived, and take damaged bodies from a second copy",
    "backup": "make a consistent copy, or bring one up to date, verified",
    "restore": "put a backup back into a new file, and say what it lacks",
    "feed": "write what happened as an Atom file",
    "watchword": "keep standing queries that feeds and notifications mark",
    "withhold": "hide a text that must not be shown, or show it again",
    "review": "release or refuse what is quarantined",
    "schedule": "write out units for systemd or a line for cron",
    "serve": "open the reading room",
    "mcp": "answer assistants, by the Model Context Protocol",
    "metrics": "tell Prometheus how the archive and its sites are",
    "doctor": "say whether this machine is fit",
    "completion": "print a script that completes commands in bash, zsh or fish",
}

# Commands too small for a module of their own, and the modules that contain them.
_HOUSED = {"metrics": "status", "series": "cites", "completion": "options"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if sys.stdout is None:
        # Closed by the caller: only the exit code is wanted.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    # A page may contain characters that this terminal's encoding lacks.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(words)
        sys.stdout.flush()
        return code
    except ArchiveError as error:
        return _print_error(str(error), error.exit_code)
    except BrokenPipeError:
        # The reader of the output has read enough.
        _flush_no_more()
        return 0
    except OSError as error:
        if error.filename is None:
            _flush_no_more()
        place = str(error.filename or "the output")[:200]
        return _print_error(
            f"{place} cannot be used ({error.strerror}) — check the path, its rights and the room", 2
        )
    except UnicodeEncodeError:
        # The system passes bytes that are invalid in its encoding as lone surrogates; no text contains them.
        if not any(_LONE.search(word) for word in words):
            raise
        return _print_error("a word given is no text in this terminal's encoding — write it in UTF-8", 2)
    except KeyboardInterrupt:
        return 130
    except sqlite3.DatabaseError as error:
        return _print_error(
            f'the archive cannot be read ({error}) — run "yuanben verify", or restore a backup', 1
        )


def _run(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        print(_usage())
        return 0
    if words[0] == "--version":
        print(f"yuanben {__version__}")
        return 0
    name, *rest = words
    if name not in COMMANDS:
        raise _unknown(name)
    parser = Parser(prog=f"yuanben {name}", description=COMMANDS[name], allow_abbrev=False)
    declare, run = command_named(name)
    declare(parser)
    return run(parser.parse_args(rest))


def command_named(name: str) -> tuple[Callable[[ArgumentParser], None], Callable[[Namespace], int]]:
    """Return the function that declares a command's options and the function that runs it."""
    if name in _HOUSED:
        module = importlib.import_module(f"archive.cli.{_HOUSED[name]}")
        return getattr(module, f"declare_{name}"), getattr(module, f"run_{name}")
    module = importlib.import_module(f"archive.cli.{name}")
    return module.declare, module.run


def _unknown(name: str) -> ArchiveError:
    kind = "option" if name.startswith("-") else "command"
    near = did_you_mean(name, COMMANDS)
    return ArchiveError(f'no {kind} "{name}" — {near}{near and " "}the commands are {", ".join(COMMANDS)}')


def _usage() -> str:
    lines = [f"  {name:<11}{what}" for name, what in COMMANDS.items()]
    return "\n".join(
        [
            "usage: yuanben COMMAND [options]        yuanben COMMAND --help says what it takes",
            "",
            *lines,
            "",
            "Every command takes --archive PATH (default: $YUANBEN_ARCHIVE, else the home's, else yuanben.db).",
        ]
    )


def _flush_no_more() -> None:
    """Keep the interpreter from trying again, when it ends, to write output that could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print_error(message: str, code: int) -> int:
    print(f"yuanben: {one_line(message)}", file=sys.stderr)
    return code
