"""A real browser, driven over its own pipe: Debian's chromium, headless, with nothing installed for it."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", "--remote-debugging-pipe")  # fmt: skip
PATIENCE = 40.0
KEYS = {"Tab": 9, "Enter": 13, "Escape": 27}


def browser_path() -> str | None:
    """Return a browser on this machine, None where there is none."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Browser:
    """One window. What it is asked for is done by the browser itself: keys are pressed, the mouse is clicked."""

    def __init__(
        self, program: str, *, language: str = "zh-CN", width: int = 1280, height: int = 900
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        told = [*FLAGS, f"--accept-lang={language}", f"--user-data-dir={self._folder.name}", "about:blank"]

        def _hand_over() -> None:
            # The browser reads what it is told from its descriptor 3 and answers on 4.
            for theirs, high in ((theirs_in, 63), (theirs_out, 64)):
                os.dup2(theirs, high)
            os.dup2(63, 3)
            os.dup2(64, 4)

        self._process = subprocess.Popen(
            [program, *told], preexec_fn=_hand_over, pass_fds=(3, 4),
            # Whatever the machine speaks, its fields for dates take month, day, year.
            env={**os.environ, "LANGUAGE": "en_US"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(theirs_in)
        os.close(theirs_out)
        self._number, self._rest, self._session = 0, b"", ""
        self.events: list[dict[str, Any]] = []
        page = next(t for t in self._ask("Target.getTargets")["targetInfos"] if t["type"] == "page")
        attached = self._ask("Target.attachToTarget", targetId=page["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._ask(f"{domain}.enable")
        self.resize(width, height)

    def resize(self, width: int, height: int) -> None:
        """Give the window another size."""
        self._ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def darken(self, dark: bool = True) -> None:
        """Prefer dark pages, or light ones."""
        feature = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._ask("Emulation.setEmulatedMedia", features=[feature])

    def allow_scripts(self, allowed: bool) -> None:
        """Switch scripts of pages on or off."""
        self._ask("Emulation.setScriptExecutionDisabled", value=not allowed)

    def open(self, address: str) -> None:
        """Go to an address and wait until it is there."""
        self.events.clear()
        self._ask("Page.navigate", url=address)
        self._until("Page.loadEventFired")

    def run(self, script: str) -> Any:
        """Return the value of an expression in the page."""
        answer = self._ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def text(self, selector: str = "main") -> str:
        """Return what a person reads in an element."""
        return str(self.run(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''"))

    @property
    def path(self) -> str:
        """Return the path and query of the page that is shown."""
        return str(self.run("location.pathname + location.search"))

    def type(self, selector: str, text: str) -> None:
        """Put the cursor behind what stands in a field and type a text."""
        self.run(
            f"(e => {{ e.focus(); e.setSelectionRange(9999, 9999) }})(document.querySelector({json.dumps(selector)}))"
        )
        self._ask("Input.insertText", text=text)

    def enter_day(self, selector: str, day: str) -> None:
        """Type a day (``YYYY-MM-DD``) into a field for dates, figure by figure."""
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        for figure in f"{day[5:7]}{day[8:]}{day[:4]}":
            for kind in ("keyDown", "keyUp"):
                self._ask("Input.dispatchKeyEvent", type=kind, key=figure, text=figure * (kind == "keyDown"))

    def press(self, key: str, *, leads: bool = False) -> None:
        """Press a key; ``leads``: and wait for the page that it leads to."""
        self.events.clear()
        code = {
            "key": key,
            "code": key,
            "windowsVirtualKeyCode": KEYS[key],
            "text": "\r" if key == "Enter" else "",
        }
        self._ask("Input.dispatchKeyEvent", type="keyDown", **code)
        self._ask("Input.dispatchKeyEvent", type="keyUp", **code)
        if leads:
            self._until("Page.loadEventFired")

    def click(self, script: str, *, leads: bool = True) -> None:
        """Click on the middle of the element that an expression names, as a mouse does."""
        self.run(f"({script}).scrollIntoView({{block: 'center'}})")
        box = self.run(f"(b => [b.x + b.width / 2, b.y + b.height / 2])(({script}).getClientRects()[0])")
        self.events.clear()
        for kind in ("mousePressed", "mouseReleased"):
            self._ask("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)
        if leads:
            self._until("Page.loadEventFired")

    def follow(self, words: str, within: str = "main", *, leads: bool = True) -> None:
        """Click on the first link, button or fold in an element that shows some words."""
        links = json.dumps(f"{within} a, {within} button, {within} summary")
        shows = f"e.checkVisibility() && e.textContent.includes({json.dumps(words)})"
        self.click(
            f"[...document.querySelectorAll({links})].find(e => {shows})",
            leads=leads,
        )

    def picture(self, path: Path) -> None:
        """Keep what the window shows as an image."""
        shot = self._ask("Page.captureScreenshot", format="png", captureBeyondViewport=False)
        path.write_bytes(base64.b64decode(shot["data"]))

    def complaints(self) -> list[str]:
        """Return what the browser itself found wrong since the page was opened (blocked styles, errors)."""
        return [
            json.dumps(event["params"])
            for event in self.events
            if event["method"] in ("Runtime.exceptionThrown", "Log.entryAdded")
        ]

    def downloads(self, folder: Path) -> None:
        """Keep what is downloaded in a folder."""
        self._ask("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))

    def close(self) -> None:
        """End the browser."""
        self._process.kill()
        self._process.wait()
        os.close(self._in)
        os.close(self._out)
        self._folder.cleanup()

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        number = self._number
        message: dict[str, Any] = {"id": number, "method": method, "params": params}
        if self._session and not method.startswith(("Target.", "Browser.")):
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + PATIENCE
        while True:
            told = self._next(end)
            if told.get("id") == number:
                assert "error" not in told, told
                return dict(told.get("result", {}))

    def _until(self, method: str) -> None:
        end = time.monotonic() + PATIENCE
        while not any(event["method"] == method for event in self.events):
            self._next(end)

    def _next(self, end: float) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._in], [], [], max(0.0, end - time.monotonic()))
            chunk = os.read(self._in, 1 << 16) if ready else b""
            assert chunk, "the browser says nothing any more"
            self._rest += chunk
        raw, _, self._rest = self._rest.partition(b"\0")
        told: dict[str, Any] = json.loads(raw)
        if "method" in told:
            self.events.append(told)
        return told
