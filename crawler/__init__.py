"""The crawler, and its names for itself.

They are here because the settings use them, and each reader process reads the settings.
"""

from __future__ import annotations

from importlib.metadata import version

# The name under which robots.txt files address us.
PRODUCT = "yuanben"


def plain_user_agent(contact: str) -> str:
    """Return our other User-Agent: it names us as plainly, without the words that browsers put in front."""
    return f"{PRODUCT}/{version(PRODUCT)} (+{contact.strip() or 'no-contact-given'})"


def user_agent(contact: str) -> str:
    """Return the User-Agent. Without a contact it says so: no address is invented."""
    return f"Mozilla/5.0 (compatible; {PRODUCT}/{version(PRODUCT)}; +{contact.strip() or 'no-contact-given'})"
