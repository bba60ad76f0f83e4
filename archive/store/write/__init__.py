"""Documents and their versions: what readings were made, what they changed, where each document stands."""

from __future__ import annotations
