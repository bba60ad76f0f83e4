"""A piece's blocks and files as plain HTML: what most publishing systems write between their containers."""

from __future__ import annotations

from html import escape

from .pieces import Block, Entry, Heading, Piece, Signature, Table


def blocks(piece: Piece) -> str:
    """Return the text of a piece as paragraphs and tables."""
    return "\n".join(_block(block) for block in piece.blocks)


def files(piece: Piece, form: str = '<p><a href="{href}" target="_blank">{name}</a></p>') -> str:
    """Return the files of a piece as links of this form."""
    return "\n".join(form.format(href=escape(link.href), name=escape(link.name)) for link in piece.files)


def cut(title: str, most: int = 28) -> str:
    """Return a title as lists show it: cut when it is long."""
    return title if len(title) <= most else title[: most - 1] + "…"


def _block(block: Block) -> str:
    if isinstance(block, Table):
        rows = "".join(
            "<tr>" + "".join(f"<td><p>{escape(cell)}</p></td>" for cell in row) + "</tr>"
            for row in block.rows
        )
        return f'<table border="1"><tbody>{rows}</tbody></table>'
    if isinstance(block, Signature):
        return f'<p style="text-align: right;">{escape(block.text)}\u3000\u3000</p>'
    if isinstance(block, Heading):
        return f'<p style="text-align: center;"><strong>{escape(block.text)}</strong></p>'
    text = block.text if isinstance(block, Entry) else block
    return f"<p>\u3000\u3000{escape(text)}</p>"
