"""Documents and their versions: readings made, changes found, and the state of each document."""

from __future__ import annotations
