"""What a picture of a page would be looked at for, asked of the page itself; each check stands in a file beside this one."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

import axe_core_python
import pytest

from tests.archive.browser import Browser

HERE = Path(__file__).parent
CHECKS = {name: (HERE / f"{name}.js").read_text("utf-8") for name in ("landmarks", "contrast", "words")}
# The newest axe may be named; else it is that of the package whose only use here is to bring it.
AXE = Path(os.environ.get("AXE") or Path(axe_core_python.__file__).parent / "axe.min.js").read_text("utf-8")
SERIOUS = (
    "axe.run({rules: {'link-in-text-block': {enabled: true}}}).then(r => r.violations"
    ".filter(v => ['serious', 'critical'].includes(v.impact))"
    ".map(v => v.id + ' ' + v.nodes.map(n => n.target + ': ' + n.failureSummary).slice(0, 3).join(' | ')))"
)
in_three_forms = pytest.mark.parametrize(
    ("language", "width", "dark"),
    [("zh", 1280, False), ("en", 360, True), ("zh", 360, True)],
    ids=["zh wide light", "en phone dark", "zh phone dark"],
)


def faults_of(
    browser: Browser, room: str, page: str, *, language: str, width: int, dark: bool
) -> dict[str, object]:
    """Open a page in one form with everything unfolded; return what is wrong with it, by the name of the check."""
    browser.allow_scripts(False)
    browser.resize(width, 900)
    browser.darken(dark)
    browser.open(f"{room}/-/language?to={language}&back={quote(page)}")
    browser.run("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    faults = {name: browser.run(check) for name, check in CHECKS.items()}
    faults["wider than the window"] = browser.run("document.documentElement.scrollWidth") > width
    faults["policy"] = [
        line for line in browser.complaints() if "Content Security Policy" in line or "Exception" in line
    ]
    browser.allow_scripts(True)
    browser.run(AXE + ";0")
    faults["axe"] = browser.run(SERIOUS)
    return {name: found for name, found in faults.items() if found}
