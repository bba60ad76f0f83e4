"""``yuanben completion``: a script that teaches a shell the commands, their options, and the names of the sites."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from importlib import import_module

import shtab

from archive.cli.options import Parser, declared_sites

SHELLS = ("bash", "zsh", "fish")
_FILES = {"FILE", "PATH", "COPY", "TARGET", "HOME"}
_FOLDERS = {"DIR", "FOLDER"}
_SITES = {"SITE", "S", "SITE|URL"}


def declare(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("shell", choices=SHELLS, help="the shell to write a script for")


def run(options: Namespace) -> int:
    """Print the script. The sites in it are those declared today: print it again after an upgrade."""
    parser = whole(sorted(declared_sites()))
    sys.stdout.write(shtab.complete(parser, shell=options.shell))
    return 0


def whole(sites: list[str]) -> ArgumentParser:
    """Return one parser for all commands, which the shells' scripts are made from."""
    from archive.cli import COMMANDS  # it imports this module when it is asked for

    parser = ArgumentParser(prog="yuanben", description="the commands that need only the file")
    parser.add_argument("--version", action="store_true", help="say which version this is")
    commands = parser.add_subparsers(parser_class=Parser)
    for name, what in COMMANDS.items():
        command = commands.add_parser(name, help=what, description=what)
        import_module(f"archive.cli.{name}").declare(command)
        _hint(command, sites)
    return parser


def _hint(command: ArgumentParser, sites: list[str]) -> None:
    """Say of each word that a command takes what a shell may offer for it."""
    for action in command._actions:
        name = action.metavar if isinstance(action.metavar, str) else ""
        if name in _FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif name in _FOLDERS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif name in _SITES:
            action.choices = sites
