"""The system of 上海 and about twenty of its bureaus: static pages, counted from one.

As reported up to 2026-08: page 2 of a list is ``index_2.html``; a script names ``totalPage``. Articles are
``/YYYYMMDD/<32 hex>.html``, their text in ``.Article_content`` or ``#ivs_content``.
"""

TOTAL = r"\btotalPage\s*:\s*['\"]?(\d{1,9})"
BODIES = (".Article_content", "#ivs_content")
PAGING = {"total": TOTAL, "pages": "index_{n}.html", "first": 1}
