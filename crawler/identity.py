"""Who we say we are: the same to every server, with an address where the operator can be reached."""

from __future__ import annotations

from importlib.metadata import version

from scrapy import Request
from scrapy.crawler import Crawler

# What robots.txt files call us.
PRODUCT = "yuanben"


def user_agent(contact: str) -> str:
    """Return the User-Agent. Without a contact it says so: no address is invented."""
    return f"Mozilla/5.0 (compatible; {PRODUCT}/{version(PRODUCT)}; +{contact.strip() or 'no-contact-given'})"


class IdentityMiddleware:
    """Signs every request, whatever a spider or a setting would rather have been taken for."""

    def __init__(self, name: str) -> None:
        self._name = name

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> IdentityMiddleware:
        """Return the middleware for a crawler, with the contact of its settings."""
        return cls(user_agent(crawler.settings.get("ARCHIVE_CONTACT") or ""))

    def process_request(self, request: Request) -> None:
        """Set the User-Agent."""
        request.headers[b"User-Agent"] = self._name
