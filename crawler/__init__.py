"""The crawler, and what it calls itself: here, because the settings say it, and each reader process reads these."""

from __future__ import annotations

from importlib.metadata import version

# What robots.txt files call us.
PRODUCT = "yuanben"


def plain_user_agent(contact: str) -> str:
    """Return our other User-Agent: as plain about who we are, without the words that browsers put in front."""
    return f"{PRODUCT}/{version(PRODUCT)} (+{contact.strip() or 'no-contact-given'})"


def user_agent(contact: str) -> str:
    """Return the User-Agent. Without a contact it says so: no address is invented."""
    return f"Mozilla/5.0 (compatible; {PRODUCT}/{version(PRODUCT)}; +{contact.strip() or 'no-contact-given'})"
