"""``yuanben search``: words in titles, texts, numbers and names, in either script, newest first."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from archive.cli.options import add_archive, add_json, day, holding, whole_number
from archive.cli.terminal import (
    Working,
    clipped,
    in_words,
    one_line,
    print_json,
    styled,
    terminal_width,
    when,
)
from archive.store.read.history import is_ahead
from archive.store.read.search import Hit

IN_TERMINAL = 20


def declare(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("query", metavar="QUERY", help="letter case, white space and script do not matter")
    parser.add_argument(
        "--site", metavar="S", help="only documents of this site, by its name or its publisher's"
    )
    parser.add_argument(
        "--since", metavar="DAY", type=day, help="dated that day or later (first seen, if undated)"
    )
    parser.add_argument("--until", metavar="DAY", type=day, help="dated that day or earlier")
    parser.add_argument("--all-versions", action="store_true", help="earlier versions too, one row a version")
    parser.add_argument("--limit", metavar="N", type=whole_number, help="20 in the terminal, all with --json")
    add_json(parser)
    add_archive(parser)


def run(options: Namespace) -> int:
    """Search, and print the hits. No hit is no error."""
    limit = options.limit or (None if options.json else IN_TERMINAL)
    with holding(options) as held, Working("searching"):
        hits = held.search(
            options.query,
            site=options.site,
            since=options.since,
            until=options.until,
            all_versions=options.all_versions,
            # One more than is shown: it tells whether there are more.
            limit=limit + 1 if limit and not options.json else limit,
        )
    if options.json:
        print_json([_as_json(hit) for hit in hits])
        return 0
    if not hits:
        print("nothing found")
    for hit in hits[:limit]:
        print(_lines(hit), end="\n\n")
    if limit and len(hits) > limit:
        print(f"the newest {limit} are shown — --limit N shows more")
    return 0


def _as_json(hit: Hit) -> dict[str, object]:
    names = ("document", "version", "url", "title", "published_at", "site", "snippet", "state")
    return {name: getattr(hit, name) for name in names} | {
        "mark": list(hit.mark),
        "attachment": hit.attachment,
        "is_current": hit.is_current,
        "clause": hit.clause,
        "by_name": hit.by_name,
    }


def _lines(hit: Hit) -> str:
    first_seen = "first seen" if hit.is_current else "its document first seen"
    dated = hit.published_at or f"undated, {first_seen} {when(hit.first_seen)} Beijing time"
    if is_ahead(hit.published_at, hit.last_seen):
        dated = f"dated {hit.published_at}, a day still to come and not believed, {first_seen} {when(hit.first_seen)} Beijing time"
    source = hit.publisher if hit.publisher == hit.site else f"{hit.publisher} ({hit.site})"
    version = f"version {hit.version} of {hit.versions}{'' if hit.is_current else ', not the current one'}"
    state = in_words(hit.state, hit.flags)
    state = state if hit.is_current else f"the document today: {state}"
    start, end = hit.mark
    snippet = (
        one_line(hit.snippet[:start])
        + styled(one_line(hit.snippet[start:end]), "bold", "yellow")
        + one_line(hit.snippet[end:])
    )
    where = (
        f"附件 {one_line(hit.attachment)}: " if hit.attachment else f"#{hit.clause}: " if hit.clause else ""
    )
    if hit.by_name:
        where = "the same body under another name: "
    columns = terminal_width()
    title = one_line(hit.title or "(no title)")
    return "\n  ".join(
        [
            styled(clipped(title, columns) if columns else title, "bold"),
            one_line(f"{dated} · {source} · {version} · {state}"),
            where + snippet,
            styled(one_line(hit.url), "dim"),
        ]
    )
