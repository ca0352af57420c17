# SPDX-License-Identifier: Apache-2.0
"""Arguments that are whole numbers."""

from __future__ import annotations

from typing import Any


def integer(name: str, value: Any) -> int:
    """An integer of any kind as Python's."""
    try:
        number: int = value.__index__()
    except (AttributeError, TypeError):  # an array of fractions has the method, which raises TypeError
        raise TypeError(f"{name}: {type(value).__name__} is not an integer") from None
    return number


def whole(name: str, value: Any, least: int, most: int | None = None) -> int:
    """The value as an integer in this range."""
    number = integer(name, value)
    if number < least or (most is not None and number > most):
        allowed = f"{least} or more" if most is None else f"in [{least}, {most}]"
        raise ValueError(f"{name}: {number} is not {allowed}")
    return number
