"""The schedule of requests, the queue of readings, and the outcome of each crawl."""

from __future__ import annotations
