"""Sites that differ from others of their system in facts alone: a table of each family lies beside this file.

Each ``*.toml`` here, and in the folder ``spiders`` of a home, is one table; ``docs/add-a-site.md`` has its fields. As
reported up to 2026-10; what is odd about a site, and what is unconfirmed, stands in its ``notes`` and in those of its family.
"""

import sys
from pathlib import Path

from crawler.table import spiders_of

for _folder in sys.modules[__package__].__path__:
    for _path in sorted(Path(_folder).glob("*.toml")):
        globals().update(spiders_of(_path, __name__))
