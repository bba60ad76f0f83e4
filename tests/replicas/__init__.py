"""Loopback replicas of the policy sites, behind a proxy that answers for their live addresses.

Written from field notes about the sites and never from our spiders, so that a spider that is wrong about a
site fails here too. Every text is invented. ``Replicas`` is all that a test, the demo or a benchmark needs.
"""

from .control import Replicas, overlaps
from .wire import Exchange
from .world import World

__all__ = ["Exchange", "Replicas", "World", "overlaps"]
