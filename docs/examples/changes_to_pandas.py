"""Load the view ``changes`` into pandas: what changed on which site, and between which captures.

    python docs/examples/changes_to_pandas.py yuanben.db

Each ``# %%`` begins a cell in editors that run scripts like notebooks. yuanben does not need pandas; this script does.
"""

# %% what it needs
import sqlite3
import sys
from pathlib import Path

import archive

try:
    import pandas
except ImportError:
    sys.exit('pandas is not installed — run "pip install pandas" and start again')

path = Path(sys.argv[1] if len(sys.argv) > 1 else "yuanben.db")

# %% the view, read-only; archive.open says in one line what is wrong with the path
holding = archive.open(path)
db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
changes = pandas.read_sql_query("select * from changes order by changed_at_latest", db)
db.close()

# %% a change lies between two captures: the first still showed the old version, the second the new one
for bound in ("changed_at_earliest", "changed_at_latest"):
    changes[bound] = pandas.to_datetime(changes[bound], utc=True).dt.tz_convert("Asia/Shanghai")
changes["not_known_within"] = changes["changed_at_latest"] - changes["changed_at_earliest"]
print(changes[["url", "from_version", "to_version", "not_known_within", "summary"]].to_string(index=False))

# %% how many changes a site had in each month, by the capture that showed them first
month = changes["changed_at_latest"].dt.strftime("%Y-%m").rename("month")
print(changes.groupby(["site", month]).size().unstack(fill_value=0))

# %% the newest change, character by character
if len(changes):
    newest = changes.iloc[-1]
    difference = holding.diff(newest["url"], int(newest["from_version"]), int(newest["to_version"]))
    for edit in difference.edits:
        print(f"{edit.from_text!r} → {edit.to_text!r}")
holding.close()
