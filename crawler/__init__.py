"""The crawler, and what it calls itself: here, because the settings say it, and each reader process reads these."""

from __future__ import annotations

from importlib.metadata import version

# What robots.txt files call us.
PRODUCT = "yuanben"


def user_agent(contact: str) -> str:
    """Return the User-Agent. Without a contact it says so: no address is invented."""
    return f"Mozilla/5.0 (compatible; {PRODUCT}/{version(PRODUCT)}; +{contact.strip() or 'no-contact-given'})"
