"""What is to be asked of the sites and when, what waits to be read, and how each crawl went."""

from __future__ import annotations
