"""A document among others: the graph, its drawing, GraphML, the line of its life. Pure.

The graph holds what the texts at hand say. That two documents are not joined does not show that neither names the other
elsewhere, and a document that is not held is known by its name alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

from archive.patterns import regex
from archive.relations.grammar import bare_title, number_key

# What ends or changes a document first: it decides what a small drawing shows, and which word stands for several.
RELATIONS = (
    "repeals", "replaces", "amends", "extends", "corrects", "drafts", "interprets", "issues", "forwards", "implements",
    "based_on", "cites",
)  # fmt: skip
_RANK = {name: rank for rank, name in enumerate(RELATIONS)}
GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_SCHEMA = f"{GRAPHML} {GRAPHML}/1.0/graphml.xsd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A document of the graph; ``document`` is None where it is not held, ``day`` its page's."""

    key: str
    title: str
    number: str | None = None
    day: str | None = None
    document: int | None = None
    url: str | None = None
    standing: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """What one document does to another, and the place in the text of ``said_by``.

    The place is None where a title alone says it. ``is_numbered``: a number says which document is meant, not only a title that others may bear.
    """

    source: str
    target: str
    relation: str
    said_by: str
    version: int | None = None
    start: int | None = None
    end: int | None = None
    is_numbered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A document, its neighbours, what joins them; at most ``left_out`` more places name it."""

    centre: Node
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    left_out: int = 0

    def node(self, key: str) -> Node:
        """Return the node of a key."""
        return next(node for node in (self.centre, *self.nodes) if node.key == key)


def key_of(document: int) -> str:
    """Return the key of a document that is held."""
    return f"d{document}"


def graph(centre: Mapping[str, Any], cites: Iterable[Mapping[str, Any]], cited_by: Iterable[Mapping[str, Any]],
          *, left_out: int = 0) -> Graph:  # fmt: skip
    """Return the graph of a document from the rows of what it cites and of what cites it."""
    middle = _held(centre)
    nodes: dict[str, Node] = {middle.key: middle}
    edges: list[Edge] = []
    for row in cites:
        node = _held(row["target"]) if row["target"] else _named(row, len(nodes))
        if row["within"] or node.key == middle.key:
            continue
        near = nodes.setdefault(_same(nodes, node), node).key
        ends = (near, middle.key) if row["incoming"] else (middle.key, near)
        edges.append(_edge(ends, row, middle.key, centre["version"], is_numbered=bool(row["cited_number"])))
    for row in cited_by:
        node = nodes.setdefault(key_of(row["document"]), _held(row))
        ends = (middle.key, node.key) if row["is_incoming"] else (node.key, middle.key)
        edges.append(_edge(ends, row, node.key, row["version"], is_numbered=bool(row.get("by_number"))))
    kept = _kept(edges, nodes)
    joined = {key for edge in kept for key in (edge.source, edge.target)}
    near_ones = tuple(node for key, node in nodes.items() if key in joined and key != middle.key)
    return Graph(centre=middle, nodes=near_ones, edges=kept, left_out=left_out)


def _kept(edges: Iterable[Edge], nodes: Mapping[str, Node]) -> tuple[Edge, ...]:
    """Return the edges that can be as their days are, each relation between two documents once."""
    found: dict[tuple[str, str, str], Edge] = {}
    for edge in edges:
        if edge.is_numbered or _can_be(edge.relation, nodes[edge.source], nodes[edge.target]):
            found.setdefault((edge.source, edge.target, edge.relation), edge)
    return tuple(found.values())


# Pages come some days before or after what they speak of.
_SLACK = timedelta(days=31)


def _can_be(relation: str, source: Node, target: Node) -> bool:
    """Return whether a document can do this to another by their days.

    Where not, an older one of that title is meant. A law is cited by its name through all its versions: for what only names it, the days say nothing.
    """
    if source.day is None or target.day is None or relation in ("based_on", "implements", "cites"):
        return True
    does, has = date.fromisoformat(source.day), date.fromisoformat(target.day)
    return does <= has + _SLACK if relation == "drafts" else does >= has - _SLACK


def _held(row: Mapping[str, Any]) -> Node:
    day = row.get("published_on") or row.get("published_at")
    return Node(
        key=key_of(row["document"]), title=row["title"] or row["url"], number=row["doc_number"], day=day[:10] if day else None,
        document=row["document"], url=row["url"],
    )  # fmt: skip


def _named(row: Mapping[str, Any], count: int) -> Node:
    """Return the node of a document that is known by its name alone."""
    number = row["cited_number"]
    return Node(key=f"x{count + 1}", title=row["cited_title"] or number or row["text"], number=number)


def _same(nodes: Mapping[str, Node], node: Node) -> str:
    """Return the key by which a document is in the graph already, else its own."""
    if node.document is not None:
        return node.key
    own = _name(node)
    return next(
        (key for key, held in nodes.items() if held.document is None and _name(held) == own), node.key
    )


def _name(node: Node) -> str:
    return number_key(node.number) if node.number else bare_title(node.title)


def _edge(
    ends: tuple[str, str], row: Mapping[str, Any], said_by: str, version: int | None, *, is_numbered: bool
) -> Edge:
    return Edge(
        source=ends[0], target=ends[1], relation=row["relation"], said_by=said_by, version=version, start=row["start"],
        end=row["end"], is_numbered=is_numbered,
    )  # fmt: skip


def known(made: Graph, details: Mapping[int, Mapping[str, Any]], among: Iterable[Edge]) -> Graph:
    """Return a graph with the standing and class of its nodes, and what joins neighbours."""

    def told(node: Node) -> Node:
        row = details.get(node.document) if node.document is not None else None
        return replace(node, standing=row["standing"], kind=row["class"]) if row else node

    nodes = {node.key: node for node in made.nodes}
    more = _kept((edge for edge in among if edge.source in nodes and edge.target in nodes), nodes)
    return replace(
        made, centre=told(made.centre), nodes=tuple(map(told, made.nodes)), edges=(*made.edges, *more)
    )


def roles(made: Graph) -> dict[str, tuple[str, str]]:
    """Return the strongest relation of each neighbour, and ``in`` where the neighbour does it."""
    middle, found = made.centre.key, dict[str, tuple[str, str]]()
    for edge in made.edges:
        if middle not in (edge.source, edge.target):
            continue
        near, side = (edge.target, "out") if edge.source == middle else (edge.source, "in")
        known = found.get(near)
        if known is None or (_RANK[edge.relation], side) < (_RANK[known[0]], known[1]):
            found[near] = (edge.relation, side)
    return found


# The drawing. Its unit is a pixel of a page 360 wide; on wider screens it grows with the text.
WIDTH, LEFT, RIGHT = 360, 46, 322
_HEAD, _LINE, _PAD, _BETWEEN = 15, 18, 7, 10
_CELL = 13.5  # the size of an ideograph in a box
_CHANGES = {
    "repeals": "ends",
    "replaces": "ends",
    "amends": "changes",
    "extends": "changes",
    "corrects": "changes",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A document in the drawing; ``relation`` and ``side`` join it to the centre."""

    node: Node
    y: int
    height: int
    lines: tuple[str, ...]
    relation: str = ""
    side: str = ""

    @property
    def middle(self) -> float:
        """Return where its middle is from the top."""
        return self.y + self.height / 2

    @property
    def baselines(self) -> tuple[tuple[int, str], ...]:
        """Return the lines of its title, each with where it stands from the top."""
        first = self.y + _PAD + _HEAD + _LINE - 4
        return tuple((first + at * _LINE, line) for at, line in enumerate(self.lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class Arc:
    """A line between two boxes and its arrow's head; ``family``: ends, changes or names."""

    line: str
    head: str
    family: str
    edge: Edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Boxes, the oldest first, and arrows; for ``more`` neighbours there is no room."""

    boxes: tuple[Box, ...]
    arcs: tuple[Arc, ...]
    height: int
    more: int
    width: int = WIDTH


def drawing(made: Graph, most: int) -> Drawing:
    """Return the drawing of a graph with at most so many neighbours.

    Those that end or change something come first. They stand one below the other by their days, the undated ones first. What joins them to the centre runs on the left,
    what joins two of them on the right.
    """
    joined = roles(made)
    first = sorted(
        made.nodes, key=lambda node: (_RANK[joined[node.key][0]], node.document is None, node.day or "")
    )
    shown = sorted(
        (*first[:most], made.centre), key=lambda node: (node.day or "", node.key != made.centre.key)
    )
    boxes: list[Box] = []
    y = 4
    for node in shown:
        lines = fitted(node.title, (RIGHT - LEFT - 2 * _PAD) / _CELL, 2)
        height = 2 * _PAD + _HEAD + _LINE * len(lines)
        relation, side = joined.get(node.key, ("", ""))
        boxes.append(Box(node=node, y=y, height=height, lines=lines, relation=relation, side=side))
        y += height + _BETWEEN
    return Drawing(
        boxes=tuple(boxes), arcs=tuple(_arcs(made, boxes)), height=y, more=len(made.nodes) - len(first[:most])
    )


def fitted(text: str, width: float, most: int) -> tuple[str, ...]:
    """Return a text as at most so many lines of so many ideographs, cut where it is longer."""
    lines, line, used = list[str](), "", 0.0
    for letter in " ".join(text.split()):
        wide = 1.0 if ord(letter) > 0x2E7F else 0.62 if letter.isupper() else 0.55
        if used + wide > width:
            lines.append(line)
            line, used = "", 0.0
        line, used = line + letter, used + wide
    lines.append(line)
    if len(lines) <= most:
        return tuple(lines)
    return (*lines[: most - 1], lines[most - 1][:-1] + "…")


def _arcs(made: Graph, boxes: Sequence[Box]) -> Iterable[Arc]:
    at = {box.node.key: box for box in boxes}
    middle = at[made.centre.key]
    drawn: dict[tuple[str, str], Edge] = {}
    for edge in sorted(made.edges, key=lambda edge: _RANK[edge.relation]):
        if edge.source in at and edge.target in at:
            drawn.setdefault((edge.source, edge.target), edge)
    for edge in drawn.values():
        source, target = at[edge.source], at[edge.target]
        share = abs(boxes.index(source) - boxes.index(target)) / len(boxes)
        if middle in (source, target):
            # Those that leave the centre begin above those that come to it.
            first, last = (_meets(box, middle, is_head=box is target) for box in (source, target))
            yield _arc(edge, first, last, LEFT, -10 - 36 * share)
        else:
            yield _arc(edge, source.middle - 4, target.middle + 4, RIGHT, 10 + 36 * share)


def _meets(box: Box, middle: Box, *, is_head: bool) -> float:
    """Return where an arrow of the centre meets a box, from the top."""
    return box.middle + (0 if box is not middle else 7 if is_head else -7)


def _arc(edge: Edge, first: float, last: float, x: int, bow: float) -> Arc:
    out = -1 if bow < 0 else 1
    far = f"{x + bow:.1f}"
    line = f"M{x} {first:.1f}C{far} {first:.1f} {far} {last:.1f} {x + 6 * out} {last:.1f}"
    head = f"M{x} {last:.1f}l{7 * out} -4v8z"
    return Arc(line=line, head=head, family=_CHANGES.get(edge.relation, "names"), edge=edge)


# GraphML: one key for each thing that is known of a document or of what joins two.
_NODE_KEYS = ("title", "number", "day", "url", "standing", "class", "held")
_EDGE_KEYS = ("relation", "said_by", "version", "start", "end")
_TYPES = {"held": "boolean", "version": "int", "start": "int", "end": "int"}
_NO_XML = regex("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def graphml(made: Graph) -> bytes:
    """Return a graph as GraphML: directed, each fact under a key of its own, the centre first."""
    root = ElementTree.Element(
        "graphml",
        {
            "xmlns": GRAPHML,
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:schemaLocation": _SCHEMA,
        },
    )
    for kind, names in (("node", _NODE_KEYS), ("edge", _EDGE_KEYS)):
        for name in names:
            key = {
                "id": f"{kind}.{name}",
                "for": kind,
                "attr.name": name,
                "attr.type": _TYPES.get(name, "string"),
            }
            ElementTree.SubElement(root, "key", key)
    body = ElementTree.SubElement(
        root, "graph", {"id": made.centre.key + "-graph", "edgedefault": "directed"}
    )
    for node in (made.centre, *made.nodes):
        _facts(ElementTree.SubElement(body, "node", {"id": node.key}), "node", _node_facts(node))
    for number, edge in enumerate(made.edges, 1):
        ends = {"id": f"e{number}", "source": edge.source, "target": edge.target}
        _facts(
            ElementTree.SubElement(body, "edge", ends),
            "edge",
            {name: getattr(edge, name) for name in _EDGE_KEYS},
        )
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _node_facts(node: Node) -> dict[str, Any]:
    return {
        "title": node.title, "number": node.number, "day": node.day, "url": node.url, "standing": node.standing,
        "class": node.kind, "held": node.document is not None,
    }  # fmt: skip


def _facts(element: ElementTree.Element, kind: str, facts: Mapping[str, Any]) -> None:
    for name, value in facts.items():
        if value is not None:
            said = str(value).lower() if isinstance(value, bool) else _NO_XML.sub("\ufffd", str(value))
            ElementTree.SubElement(element, "data", {"key": f"{kind}.{name}"}).text = said


def as_json(made: Graph) -> dict[str, Any]:
    """Return a graph as JSON: the centre's key, nodes, edges, how many were left out."""
    nodes = [
        {"id": node.key, "document": node.document, **_node_facts(node)}
        for node in (made.centre, *made.nodes)
    ]
    edges = [{name: getattr(edge, name) for name in ("source", "target", *_EDGE_KEYS)} for edge in made.edges]
    return {"centre": made.centre.key, "nodes": nodes, "edges": edges, "left_out": made.left_out}


# What a reason of a standing is called as a step of a document's life; what a document that names it does to it.
_BY_REASON = {"repeals": "repealed", "replaces": "replaced", "amends": "amended", "extends": "extended"}
_BY_EDGE = {
    "drafts": "drafted", "interprets": "interpreted", "corrects": "corrected", "forwards": "forwarded",
    "amends": "amended", "extends": "extended",
}  # fmt: skip
STEPS = (
    "drafted", "issued", "published", "effective", "forwarded", "corrected", "interpreted", "amended", "extended",
    "expires", "replaced", "repealed", "final",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a document's life, on a ``day`` if that is known, ``by`` a document."""

    kind: str
    day: str | None
    by: Node | None = None


def life(made: Graph, spans: Sequence[Mapping[str, Any]], *, issued: str | None) -> tuple[Step, ...]:
    """Return the steps of a document's life by their days, as the documents held tell.

    ``spans``: its standings one after the other, with their reasons. ``issued``: the day of issue that its text states;
    without it the day that its page shows is that of publication.
    """
    steps = [Step(kind="issued", day=issued)] if issued else []
    if not issued and made.centre.day:
        steps.append(Step(kind="published", day=made.centre.day))
    steps += _of_reasons(made, spans)
    told = {(step.kind, step.by.key) for step in steps if step.by}
    for edge in made.edges:
        if edge.target == made.centre.key and edge.relation in _BY_EDGE:
            by, kind = made.node(edge.source), _BY_EDGE[edge.relation]
            # When an amendment takes effect is for the standings to say: the day of its page is not that day.
            day = None if kind in ("amended", "extended") else by.day
            if (kind, by.key) not in told:
                steps.append(Step(kind=kind, day=day, by=by))
        elif edge.source == made.centre.key and edge.relation == "drafts":
            final = made.node(edge.target)
            steps.append(Step(kind="final", day=final.day, by=final))
    return tuple(sorted(steps, key=_when))


def _of_reasons(made: Graph, spans: Sequence[Mapping[str, Any]]) -> list[Step]:
    held = {node.url: node for node in made.nodes if node.url}
    found: dict[tuple[str, str | None], Step] = {}
    for reason in (reason for span in spans for reason in span["because"]):
        says = reason["says"]
        own = {"takes_effect": "effective", "expires": "expires"}.get(says)
        kind = own or _BY_REASON.get(says)
        if kind is None or (own and not reason.get("day")):
            continue
        by = None if own else held.get(reason.get("document"))
        step = Step(kind=kind, day=reason.get("day"), by=by)
        found.setdefault((kind, None if own else reason.get("document")), step)
    return list(found.values())


def _when(step: Step) -> tuple[str, int, str]:
    day = step.day or (step.by.day if step.by else None) or "9999"
    return day, STEPS.index(step.kind), step.by.key if step.by else ""
