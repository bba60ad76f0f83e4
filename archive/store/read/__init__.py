"""What people ask of a file: search, history, differences, health, and whether it is sound. Only ``review`` writes."""

from __future__ import annotations
