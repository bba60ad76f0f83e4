"""The replicas' own process: ``python -m replicas FOLDER DAY BULK``, spoken to in JSON lines on stdin."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from .authority import Authority
from .modes import Mode, Modes
from .proxy import Proxy
from .sites import fault_site, sites
from .wire import Exchange
from .world import Stage, World


class Desk:
    """Carries out what the handle asks for."""

    def __init__(self, proxy: Proxy, stage: Stage, folder: Path) -> None:
        self._proxy = proxy
        self._stage = stage
        self._log = folder / "exchanges.jsonl"

    def answer(self, line: str) -> dict[str, Any]:
        """Return the answer to one line."""
        asked = json.loads(line)
        try:
            return self._carry_out(**asked)
        except (KeyError, ValueError, TypeError) as error:
            return {"error": f"{asked}: {error!r}"}

    def _carry_out(self, do: str, **words: Any) -> dict[str, Any]:
        if do == "day":
            self._stage.world = World(day=words["day"], bulk=self._stage.world.bulk)
        elif do == "mode" and words["name"]:
            self._stage.modes.add(words["host"], Mode(name=words["name"], **words["options"]))
        elif do == "mode":
            self._stage.modes.clear(words["host"])
        elif do == "forget":
            self._proxy.log.clear()
        elif do == "log":
            self._write()
        else:
            raise KeyError(do)
        return {"file": str(self._log)}

    def _write(self) -> None:
        lines = [_line(exchange) for exchange in (*self._proxy.log, *self._proxy.under_way.values())]
        self._log.write_text("".join(lines), "utf-8")


def _line(exchange: Exchange) -> str:
    return json.dumps(dataclasses.asdict(exchange), ensure_ascii=False) + "\n"


async def serve(folder: Path, world: World) -> None:
    """Serve until stdin ends."""
    authority = Authority(folder)
    stage = Stage(world, Modes())
    faults = fault_site()
    proxy = Proxy(sites(stage, faults), fallback=faults, authority=authority, modes=stage.modes)
    port = await proxy.listen()
    faults.port = port
    desk = Desk(proxy, stage, folder)
    print(json.dumps({"port": port, "authority": str(authority.file)}), flush=True)
    reader = asyncio.StreamReader(limit=1 << 20)
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    while line := await reader.readline():
        print(json.dumps(desk.answer(line.decode())), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), World(day=int(sys.argv[2]), bulk=int(sys.argv[3]))))
