"""Rights: what may be done with a photo, and what is asked of it.

A scope of consent includes those before it.  Knows words and dates; no photo, no set.  May
import the standard library.
"""

from __future__ import annotations

import datetime
from typing import Literal, get_args

Use = Literal["lab", "online_experiment", "publication", "open_archive"]
SCOPES: tuple[Use, ...] = get_args(Use)
"""From the narrowest to the widest."""

PUBLIC: tuple[Use, ...] = ("publication", "open_archive")
"""Uses that show pictures to anybody."""


def covers(scope: str, use: Use) -> bool:
    """Whether a consent of a known scope includes a use."""
    return scope in SCOPES[SCOPES.index(use) :]


def widest(*uses: Use | None) -> Use | None:
    """Return the widest of some uses; None when nothing is asked."""
    asked = [use for use in uses if use is not None]
    return max(asked, key=SCOPES.index, default=None)


def day(text: str) -> datetime.date | None:
    """Return the day that ``YYYY-MM-DD`` means; None for any other text."""
    try:
        found = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.isoformat() == text else None
