"""Sites that differ from others of their system in facts alone: a table of each family lies beside this file.

Each ``*.toml`` here is one table; ``docs/add-a-site.md`` has its fields. As reported up to 2026-10; what is odd about a
site, and what is unconfirmed, stands in its ``notes`` and in those of its family.
"""

from pathlib import Path

from crawler.table import spiders_of

for _path in sorted(Path(__file__).parent.glob("*.toml")):
    globals().update(spiders_of(_path, __name__))
