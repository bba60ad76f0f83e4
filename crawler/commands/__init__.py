"""Commands of ``scrapy``."""

# First of all: on import Scrapy looks through the whole stack three times, and the commands import it from deep below.
import scrapy.core.downloader.handlers.http11  # noqa: F401
