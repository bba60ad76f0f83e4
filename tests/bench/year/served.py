"""The sites of a scenario in a process of their own: ``python -m tests.bench.year.served FOLDER DOCUMENTS DAYS SEED SITES``."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from tests.replicas.authority import Authority
from tests.replicas.control import Replicas
from tests.replicas.faults import Faults
from tests.replicas.modes import Modes
from tests.replicas.proxy import Proxy

from .scenario import SITES, scenario
from .stage import HOSTS, Year


class YearReplicas(Replicas):
    """The handle of a scenario's sites."""

    def __init__(self, *, documents: int, days: int, seed: int, sites: tuple[str, ...] = SITES) -> None:
        super().__init__()
        self._told = [str(documents), str(days), str(seed), ",".join(sites)]

    def words(self, folder: str) -> list[str]:
        """Return the command of the replicas' process."""
        return [sys.executable, "-m", __name__, folder, *self._told]

    def turn(self, at: float) -> int:
        """Let the sites become another moment; return how many requests they were sent since the last one."""
        return int(self._ask(at=at)["requests"])


async def serve(folder: Path, year: Year) -> None:
    """Serve until stdin ends."""
    authority = Authority(folder)
    proxy = Proxy(dict.fromkeys(HOSTS, year), fallback=Faults(), authority=authority, modes=Modes())
    port = await proxy.listen()
    print(json.dumps({"port": port, "authority": str(authority.file)}), flush=True)
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    while line := await reader.readline():
        year.turn(float(json.loads(line)["at"]))
        asked = sum(one.method != "CONNECT" for one in proxy.log)
        proxy.log.clear()
        print(json.dumps({"requests": asked}), flush=True)


def main(words: list[str]) -> None:
    """Serve the scenario that the words name."""
    numbers: Any = [int(word) for word in words[1:4]]
    told = scenario(documents=numbers[0], days=numbers[1], seed=numbers[2], sites=tuple(words[4].split(",")))
    asyncio.run(serve(Path(words[0]), Year(told)))


if __name__ == "__main__":
    main(sys.argv[1:])
