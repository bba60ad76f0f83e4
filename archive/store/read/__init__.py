"""What people ask of a file: search, history, differences, health, and soundness.

Only ``review`` writes.
"""

from __future__ import annotations
