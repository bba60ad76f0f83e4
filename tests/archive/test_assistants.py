"""The archive for assistants, asked by the SDK's own client: over stdin and stdout, and on this machine's loopback."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp")

from mcp import Client, StdioServerParameters

from archive.cli.mcp import server
from tests.archive.holding import TEXT, URL, Holding, article

ROOM = "https://room.example/"
EDITED = TEXT.replace("1.5万亿元", "2.5万亿元")
Work = Callable[[Client], Coroutine[Any, Any, None]]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("assistants") / "a.db"
    holding = Holding(place)
    holding.show(article(), "2026-04-01T00:00:00.000Z")
    holding.show(article(EDITED), "2026-04-03T00:00:00.000Z")
    holding.close()
    return place


def ask(path: Path, tool: str, **said: Any) -> dict[str, Any]:
    """Ask one question in this process and return the answer as the client gets it."""
    answers: list[Any] = []

    async def work() -> None:
        async with Client(server(path, ROOM)) as client:
            answers.append(await client.call_tool(tool, said))

    asyncio.run(work())
    (answer,) = answers
    assert not answer.is_error, answer.content
    found: dict[str, Any] = json.loads(answer.content[0].text)
    assert answer.structured_content == found
    return found


CALLS: list[tuple[str, dict[str, Any]]] = [
    ("search", {"query": "未來產業"}),
    ("document", {"url": URL}),
    ("versions", {"url": "1"}),
    ("difference", {"url": URL}),
    ("quote", {"wording": "产业规模达到1.5万亿元"}),
    ("compare", {"text": EDITED.replace("北京", "南京")}),
    (
        "check",
        {"report": "根据《关于推动未来产业发展的通知》，产业规模达到1.5万亿元。", "as_of": "2026-04-05"},
    ),
    ("standing", {"url": URL}),
]


@pytest.mark.parametrize(("tool", "said"), CALLS, ids=[tool for tool, _ in CALLS])
def test_each_answer_says_where_it_stands_what_bounds_it_and_what_it_does_not_prove(
    path: Path, tool: str, said: dict[str, Any]
) -> None:
    found = ask(path, tool, **said)
    assert set(found) == {"result", "permanent", "bounds", "does_not_prove"}
    assert found["bounds"] and found["does_not_prove"]
    assert f"{ROOM}doc/1" in json.dumps(found) or tool == "check"


def test_a_document_is_given_with_its_text_and_the_looks_it_rests_on(path: Path) -> None:
    then = ask(path, "document", url=URL, at="2026-04-02")
    assert then["result"]["text"] == TEXT and then["permanent"]["room"] == f"{ROOM}doc/1/1"
    assert then["bounds"]["seen"]["first"] == "2026-04-01T00:00:00.000Z"
    assert ask(path, "document", url=URL, start=5)["result"]["text"] == EDITED[5:]


def test_a_difference_is_given_with_its_place_and_its_page(path: Path) -> None:
    found = ask(path, "difference", url=URL)
    (edit,) = found["result"]["edits"]
    assert (edit["old"], edit["new"]) == ("1.5万亿", "2.5万亿") and found["permanent"][
        "room"
    ] == f"{ROOM}doc/1/diff/1/2"


def test_a_copy_is_set_against_its_original(path: Path) -> None:
    found = ask(path, "compare", text=EDITED.replace("北京", "南京"))
    assert "南京" in json.dumps(found["result"], ensure_ascii=False)
    assert found["permanent"]["version"] == 2 and found["bounds"]["original_seen"]


def test_a_quotation_is_found_with_its_changed_figure(path: Path) -> None:
    versions = ask(path, "quote", wording="产业规模达到1.5万亿元")["result"]["versions"]
    assert {(one["version"], one["form"]) for one in versions} >= {(1, "exact")}


@pytest.mark.parametrize(
    ("tool", "said", "says"),
    [
        ("document", {"url": URL.replace("one", "oen")}, f"did you mean {URL}?"),
        ("search", {"query": "未来", "site": "burea"}, "did you mean bureau"),
        ("document", {"url": "9"}, "no document 9"),
        ("standing", {"url": URL, "day": "soon"}, "is no day"),
        ("quote", {"wording": "长" * 400_001}, "too many"),
    ],
)
def test_a_mistake_is_said_to_the_model_in_one_line(
    path: Path, tool: str, said: dict[str, Any], says: str
) -> None:
    async def work() -> None:
        async with Client(server(path)) as client:
            answer = await client.call_tool(tool, said)
            assert answer.is_error and says in answer.content[0].text
            assert "Traceback" not in answer.content[0].text

    asyncio.run(work())


async def look_around(client: Client) -> None:
    tools = (await client.list_tools()).tools
    assert [tool.name for tool in tools] == [tool for tool, _ in CALLS]
    assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools)
    answer = await client.call_tool("search", {"query": "未来产业"})
    assert json.loads(answer.content[0].text)["result"]["hits"]


def test_over_stdin_and_stdout(path: Path) -> None:
    words = [
        "-c",
        "import sys; from archive.cli import main; sys.exit(main())",
        "mcp",
        "--archive",
        str(path),
    ]

    async def work() -> None:
        async with Client(StdioServerParameters(command=sys.executable, args=words)) as client:
            await look_around(client)

    before = path.read_bytes()
    asyncio.run(work())
    assert path.read_bytes() == before


def test_on_loopback(path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    words = [
        "-c",
        "import sys; from archive.cli import main; sys.exit(main())",
        "mcp",
        "--archive",
        str(path),
    ]
    running = subprocess.Popen([sys.executable, *words, "--port", str(number)], stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", number)) == 0:
                    break
            time.sleep(0.05)

        async def work() -> None:
            async with Client(f"http://127.0.0.1:{number}/mcp") as client:
                await look_around(client)

        asyncio.run(work())
    finally:
        running.terminate()
        running.wait(10)
