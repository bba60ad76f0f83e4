"""The crawler's settings with the sites of a farm, and the number of the process in its name: the log says who asked."""

import os

from crawler.settings import *  # noqa: F403
from crawler.settings import USER_AGENT as _NAME

SPIDER_MODULES = ["tests.crawler.farm_spiders"]
USER_AGENT = f"{_NAME} process/{os.getpid()}"
ARCHIVE_DELAY = os.environ.get("FARM_DELAY", "0")  # type: ignore[assignment]
