#!/usr/bin/env python3
"""A second witness: ask the Wayback Machine to save the pages that a run found new or changed.

    scrapy watch --due --witness 'python3 witness_save_page_now.py'

It sends the form of Save Page Now (SPN2) to SAVE_PAGE_NOW (default https://web.archive.org/save), with the keys in
SAVE_PAGE_NOW_KEYS ("access:secret") where there are some, at most SAVE_PAGE_NOW_MOST pages a run (default 12), with
SAVE_PAGE_NOW_PAUSE seconds between two (default 10). It prints what was answered, a JSON line a page: that a page was
taken up, not yet that it was saved. A refusal ends it. Standard library.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

AGENT = "yuanben-witness/1"


def saved(place: str, url: str, keys: str) -> dict[str, object]:
    """Ask for one page and return what was answered."""
    headers = {"Accept": "application/json", "User-Agent": AGENT}
    if keys:
        headers["Authorization"] = f"LOW {keys}"
    form = urllib.parse.urlencode({"url": url, "skip_first_archive": "1"}).encode()
    request = urllib.request.Request(place, data=form, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            status, body = response.status, response.read(20_000)
    except urllib.error.HTTPError as error:
        status, body = error.code, error.read(2_000)
    except OSError as error:
        return {"url": url, "status": None, "answer": str(error)[:200]}
    try:
        answer = json.loads(body)
    except ValueError:
        answer = body.decode("utf-8", "replace")[:200]
    return {"url": url, "status": status, "answer": answer}


def main() -> int:
    """Ask for the pages on stdin; 1 when one was refused."""
    place = os.environ.get("SAVE_PAGE_NOW", "https://web.archive.org/save")
    keys = os.environ.get("SAVE_PAGE_NOW_KEYS", "")
    most = int(os.environ.get("SAVE_PAGE_NOW_MOST", "12"))
    pause = float(os.environ.get("SAVE_PAGE_NOW_PAUSE", "10"))
    for number, url in enumerate(json.load(sys.stdin)["urls"][:most]):
        time.sleep(pause if number else 0)
        answer = saved(place, url, keys)
        print(json.dumps(answer, ensure_ascii=False), flush=True)
        if answer["status"] != 200:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
