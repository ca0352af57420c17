# SPDX-License-Identifier: Apache-2.0
"""What became of a row that was to be drawn from."""

from __future__ import annotations

from enum import IntEnum


class RowStatus(IntEnum):
    """The numbers of `status`."""

    DRAWN = 0
    NOTHING_TO_DRAW = 1  # no logit is above −inf
    NOT_FINITE = 2  # a logit is NaN or +inf; of probabilities: a negative number, NaN or +inf
    LOOKS_LIKE_PROBABILITIES = 3  # with reject_probabilities
    BAD_PARAMETER = 4  # on a device: the row's temperature, top_p or min_p is out of range
