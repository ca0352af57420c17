# SPDX-License-Identifier: Apache-2.0
"""The divergence of categorical distributions (include/gumbelcuda/kl_divergence.hpp)."""

from __future__ import annotations

from typing import Any

from .._call import Call
from .._results import COMPUTED, Results

KL = Results("KL", kl=("kl", COMPUTED))


def kl_divergence(p_logits: Any, q_logits: Any, dim: int = -1, *, out: Any = None) -> Any:
    """KL(softmax(p_logits) ‖ softmax(q_logits)) of each row, in nats; +inf if p has a class that q does not have.

    p_logits, q_logits: of one type, broadcast; −inf masks a class. float64 for float64, otherwise float32.
    """
    call = Call("kl_divergence", dim, p_logits=p_logits, q_logits=q_logits)
    return call.results(KL, "kl", out)
