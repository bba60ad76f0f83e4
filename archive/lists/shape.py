"""What a page is: a list, a front page, an article; and the columns that its navigation names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from archive.lists.rows import Group, leads_to_article

