# SPDX-License-Identifier: Apache-2.0
"""Arguments that are whole numbers."""

from __future__ import annotations

from typing import Any


def whole(name: str, value: Any, least: int, most: int | None = None) -> int:
    """The value as an integer in this range."""
    try:
        number: int = value.__index__()
    except (AttributeError, TypeError):  # an array of fractions has the method, which raises TypeError
        raise TypeError(f"{name}: {type(value).__name__} is not an integer") from None
    if number < least or (most is not None and number > most):
        allowed = f"{least} or more" if most is None else f"in [{least}, {most}]"
        raise ValueError(f"{name}: {number} is not {allowed}")
    return number
