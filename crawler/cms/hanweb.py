"""Older Hanweb (大汉): rows as CDATA in the column page, further ones from a data proxy.

As reported up to 2026-08:

- A column ``/col/col<ID>/index.html`` holds its first rows as ``<record><![CDATA[<li>…</li>]]></record>``;
  its script names ``totalRecord`` (or ``<totalrecord>``), ``perPage``, ``columnid``, ``unitid`` and
  ``webid``.
- Further rows: a GET of
  ``/module/web/jpage/dataproxy.jsp?startrecord=…&endrecord=…&perpage=…&columnid=…&unitid=…&webid=…``
  answers XML with the same records (江苏); empty on 山东, encrypted on 医保局: there the first page is all.
- Articles are ``/art/YYYY/M/D/art_<column>_<id>.html``. The last day in a record is that of the row; another
  span may hold a number that looks like one (索引号 ``YYYY-MM-NNNNN``).
"""

from __future__ import annotations

import re

from archive.lists.drafting import BY_NAME
from archive.lists.written import data_rows
from archive.model import Link, Page, Rows, Site, Unreadable
from archive.patterns import regex
from crawler.cms import absolute, no_list, pages_after, rows_of, text_of

BODIES = ("#zoom", "#c", ".main-txt", ".artile_zw")
_NAMED = regex(
    r"\b(totalRecord|perPage|columnid|unitid|webid)\b['\"]?\s*[:=]\s*['\"]?(\d{1,9})", re.IGNORECASE
)
_TOTAL = regex(r"<totalrecord>\s*(\d{1,9})", re.IGNORECASE)


def articles(host: str) -> str:
    """Return the grammar of the articles on a host, given as a regular expression."""
    return BY_NAME["hanweb"].on(host)


def rows(page: Page, site: Site) -> Rows | Unreadable:
    """Return the records of a column page or of the proxy's answer, and the addresses of the others."""
    text = text_of(page)
    found = data_rows(text, page.url)
    if found is None:
        return no_list(page, "the column holds no records")
    links = [
        Link(url=row.url, name=row.title, date=row.date if len(row.date) == 10 else row.filed)
        for row in found.rows
    ]
    named = {name.lower(): value for name, value in _NAMED.findall(text)}
    total = _TOTAL.search(text)
    rest = () if "dataproxy.jsp" in page.url else _proxies(page, named, int(total[1]) if total else 0)
    return rows_of(links, site, pages=rest, announced=int(total[1]) if total else None)


def _proxies(page: Page, named: dict[str, str], total: int) -> tuple[str, ...]:
    """Return the addresses of the pages that follow, () where the column does not define them."""
    total = int(named.get("totalrecord", "0")) or total
    size = int(named.get("perpage", "0"))
    if not {"columnid", "unitid", "webid"} <= set(named) or not size:
        return ()
    ids = "&".join(f"{name}={named[name]}" for name in ("columnid", "unitid", "webid"))
    return tuple(
        absolute(
            page,
            f"/module/web/jpage/dataproxy.jsp?startrecord={size * (n - 1) + 1}&endrecord={min(size * n, total)}&perpage={size}&{ids}",
        )
        for n in pages_after(1, total, size)
    )
