"""How much is taken in at most, by whatever way they come: the network, a WARC file, the command line."""

from __future__ import annotations

# Decoded. A page or list over it has an outcome (failed: too_large) and no payload.
PAGE_LIMIT = 16 << 20
# Of attached files.
FILE_LIMIT = 100 << 20
# Redirects from one address to the next.
MOST_HOPS = 10
