"""How the spiders are found.

A faulty declaration is reported in one line: the file, the field, the nearest right word.
"""

from __future__ import annotations

import re
import sys
import traceback
from dataclasses import fields, is_dataclass
from importlib import import_module
from typing import NoReturn

from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader

from archive import model
from archive.errors import BadInput
from archive.home import place_here
from crawler import site
from crawler.table import nearest

_WRONG = (TypeError, ValueError, AttributeError, NameError, KeyError, ImportError, SyntaxError)


class Loader(SpiderLoader):
    """Scrapy's loader; an error in a file of ``spiders`` is reported as the user's mistake."""

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Loader:
        """Return the loader for a command, or end the command with exit code 2."""
        try:
            return cls(settings)
        except BadInput as error:
            _refuse(error)

    def _load_all_spiders(self) -> None:
        try:
            _with_those_of_home(self.spider_modules)
            super()._load_all_spiders()
        except _WRONG as error:
            place = _place(error, [name.replace(".", "/") for name in self.spider_modules])
            if not place:
                raise
            raise BadInput(f"{place}: {_said(error)}") from None


def _with_those_of_home(packages: list[str]) -> None:
    """Add the sites that a home declares in its folder ``spiders`` to those of the program."""
    place = place_here()
    for name in packages:
        folder, package = place and place / name, import_module(name)
        if folder and folder.is_dir() and str(folder) not in package.__path__:
            package.__path__.append(str(folder))


def _refuse(error: BadInput) -> NoReturn:
    print(f"yuanben: {error}", file=sys.stderr)
    raise SystemExit(error.exit_code)


def _place(error: Exception, folders: list[str]) -> str:
    """Return the file and line of a spider that an error comes from, "" where it comes from no spider."""
    if isinstance(error, SyntaxError) and error.filename:
        found = [(error.filename, error.lineno)]
    else:
        found = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    for name, line in reversed(found):
        path = name.replace("\\", "/")
        for folder in folders:
            if f"/{folder}/" in path:
                return f"{folder}/{path.rpartition(f'/{folder}/')[2]}, line {line}"
    return ""


def _said(error: Exception) -> str:
    """Return the error in plain words, with the nearest right word where there is a similar one."""
    said = str(error)
    if found := re.search(r"(\w+)\.__init__\(\) got an unexpected keyword argument '(\w+)'", said):
        return f'{found[1]} has no field "{found[2]}"{nearest(found[2], _fields(found[1]))}'
    if found := re.search(r"(\w+)\.__init__\(\) missing \d+ required keyword-only arguments?: (.+)", said):
        return f"{found[1]} lacks {found[2]}"
    if isinstance(error, AttributeError) and error.name and error.obj is not None:
        public = [word for word in dir(error.obj) if not word.startswith("_")]
        return f'there is no "{error.name}"{nearest(error.name, public)}'
    if isinstance(error, NameError) and error.name:
        return f'there is no "{error.name}"{nearest(error.name, site.__all__)}'
    if found := re.search(r"cannot import name '(\w+)'", said):
        return f'there is no "{found[1]}" to import{nearest(found[1], site.__all__)}'
    if isinstance(error, SyntaxError):
        return f"this is no Python ({error.msg})"
    return said


def _fields(name: str) -> list[str]:
    declared = getattr(model, name, None)
    return [field.name for field in fields(declared)] if is_dataclass(declared) else []
