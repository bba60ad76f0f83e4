"""The crawler's settings with a watchdog on the crawling thread."""

from crawler.settings import *  # noqa: F403

EXTENSIONS = {"tests.bench.stalls.Stalls": 1}
