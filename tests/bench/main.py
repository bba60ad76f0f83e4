"""``./run bench NAME``: the measurements of docs/measurements.md."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

BENCHES = (
    "accuracy",
    "compare",
    "connections",
    "crawl",
    "evidence",
    "large",
    "merge",
    "read",
    "relations",
    "revisit",
    "serve",
    "tasks",
    "year",
)


def main(words: list[str]) -> int:
    """Run the bench that the first word names."""
    if not words or words[0] not in BENCHES:
        print(f"usage: ./run bench {' | '.join(BENCHES)} [options]", file=sys.stderr)
        return 2
    result: int = importlib.import_module(f"tests.bench.{words[0]}").main(words[1:])
    return result


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
