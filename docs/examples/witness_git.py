#!/usr/bin/env python3
"""A second witness: commit every checkpoint to a git repository, and push it where that is asked for.

    scrapy watch --due --witness 'python3 witness_git.py /srv/checkpoints origin'

Whoever clones the repository holds the checkpoints, and the host it is pushed to saw when they came. Standard library.
"""

import json
import subprocess
import sys
from pathlib import Path


def git(folder: Path, *words: str) -> str:
    """Run git in a folder and return what it says."""
    done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"git {words[0]}: {(done.stderr or done.stdout).strip()[-500:]}")
    return done.stdout.strip()


def main() -> None:
    """Append the checkpoint on stdin to the file of its origin, commit it, and print the commit."""
    if not 2 <= len(sys.argv) <= 3:
        raise SystemExit("usage: witness_git.py FOLDER [REMOTE]")
    told, folder = json.load(sys.stdin), Path(sys.argv[1])
    if not (folder / ".git").exists():
        folder.mkdir(parents=True, exist_ok=True)
        git(folder, "init", "--quiet")
    name = (
        "".join(sign if sign.isalnum() or sign in "._-" else "_" for sign in told["origin"]).lstrip(".")
        or "log"
    )
    with (folder / f"{name}.txt").open("a", encoding="utf-8", newline="\n") as file:
        file.write(told["checkpoint"] + "\n")
    git(folder, "add", f"{name}.txt")
    git(folder, "commit", "--quiet", "--message", f"{told['origin']}: {told['size']} captures")
    answer = {"commit": git(folder, "rev-parse", "HEAD")}
    if len(sys.argv) == 3:
        git(folder, "push", "--quiet", sys.argv[2], "HEAD")
        answer["pushed_to"] = sys.argv[2]
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
