"""TRS WCM, the system of most ministries and of Beijing: static pages, numbered lists, named bodies.

As reported up to 2026-10:

- A directory's page 0 is ``index.html``, then ``index_1.html`` … ``index_{N-1}.html``; a page beyond the end
  is a 404 or a stub. N stands in a script: ``createPageHTML(N, 0, "index", "html")``, in Beijing also
  ``createPageHTML(rows, N, current, …)`` with three numbers of which the second counts pages, elsewhere
  ``pageNumber:'0', total:'N'``.
- ``tYYYYMMDD_ID`` names the day this copy was published, not the document's; after a migration the day in the
  names of attachments (``P0…``, ``W0…``) is that of the migration.
"""

from archive.model import Listing

_NUMBER = r"['\"]?(\d{1,9})['\"]?"
_ANY_NUMBER = r"['\"]?\d{1,9}['\"]?"
TOTAL = (
    rf"createPageHTML\(\s*(?:['\"][^'\"\d][^'\"]{{0,40}}['\"]\s*,\s*)?"
    rf"(?:{_ANY_NUMBER}\s*,\s*{_NUMBER}\s*,\s*{_ANY_NUMBER}\s*[,)]|{_NUMBER})"
    rf"|pageNumber\s*:\s*{_ANY_NUMBER}\s*,\s*total\s*:\s*{_NUMBER}"
)
# Other pages count with createPage( or a variable; declared where a site is known to do so.
COUNTED = rf"{TOTAL}|createPage\(\s*{_NUMBER}\s*,|\b(?:countPage|totalPage)\s*[:=]\s*{_NUMBER}"
BODIES = ("#Zoom", "#zoom", ".trs_editor_view", ".TRS_Editor", ".TRS_UEDITOR")
DROPS = ("#div_qrcode", ".div_qrcode", ".qrcode")


def articles(host: str) -> str:
    """Return the grammar of the articles on a host, given as a regular expression."""
    return rf"^https?://{host}/[^?#]*/\d{{6}}/t\d{{8}}_\d+\.s?html?(?:\?|$)"


def listing(
    rows: str,
    *,
    link: str = "a[href]",
    title: str = "",
    date: str = "",
    mark: str = "",
    ending: str = "html",
    total: str = TOTAL,
) -> Listing:
    """Return a list dialect with the page numbering of this system."""
    return Listing(
        rows=rows,
        link=link,
        title=title,
        date=date,
        mark=mark,
        total=total,
        pages=f"index_{{n}}.{ending}",
        first=0,
    )


# Rows identified by their articles' addresses alone: for sites whose markup no report and no saved page
# shows.
ROWS_BY_ADDRESS = (
    listing("li:has(a[href*='/t20'])", total=COUNTED),
    listing("tr:has(a[href*='/t20'])", total=COUNTED),
)
