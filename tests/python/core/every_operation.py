# SPDX-License-Identifier: Apache-2.0
"""One call of every operation of the C interface, for tests that hold for all of them. A case names the arrays of rows
that it takes; what the rows are is the test's business. `address` is a fixed one where the operation draws, or draws
again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import gumbelcuda as g

ADDRESS = {"seed": 5, "row": 3, "offset": 64}
LEADING, CLASSES = (2, 3, 5), 12


class Case(NamedTuple):
    name: str
    rows: tuple[str, ...]
    call: Callable[..., Any]  # call(dim, out, **rows, **address)
    draws: bool = True


def _index(rows: np.ndarray) -> np.ndarray:
    return np.arange(np.prod(LEADING)).reshape(LEADING) % CLASSES


CASES = [
    Case("gumbel_noise", ("like",), lambda dim, out, like, **a: g.gumbel_noise(dim=dim, like=like, out=out, **a)),
    Case("gumbel_max", ("logits",), lambda dim, out, logits, **a: g.gumbel_max(logits, dim, out=out, **a)),
    Case(
        "gumbel_softmax",
        ("logits",),
        lambda dim, out, logits, **a: g.gumbel_softmax(logits, 0.5, dim=dim, out=out, **a),
    ),
    Case(
        "gumbel_softmax_vjp",
        ("d_y", "logits"),
        lambda dim, out, d_y, logits, **a: g.gumbel_softmax_vjp(d_y, 0.5, dim, logits=logits, out=out, **a),
    ),
    Case(
        "categorical_sample",
        ("logits",),
        lambda dim, out, logits, **a: g.categorical_sample(logits, 0.7, top_k=6, draws=3, dim=dim, out=out, **a),
    ),
    Case(
        "categorical_sample_from_probabilities",
        ("probabilities",),
        lambda dim, out, probabilities, **a: g.categorical_sample_from_probabilities(
            abs(probabilities), dim=dim, out=out, **a
        ),
    ),
    Case("gumbel_top_k", ("logits",), lambda dim, out, logits, **a: g.gumbel_top_k(logits, 4, dim, out=out, **a)),
    Case(
        "gumbel_max_shard",
        ("logits",),
        lambda dim, out, logits, **a: g.gumbel_max_shard(logits, 8, 40, dim, log_prob=True, out=out, **a),
    ),
    Case(
        "combine_gumbel_max",
        ("logits",),
        lambda dim, out, logits: g.combine_gumbel_max(
            np.stack([g.gumbel_max_shard(logits, 0, 12, dim, seed=1)]), logits.dtype.name, out=out
        ),
        draws=False,
    ),
    Case(
        "relaxed_k_hot",
        ("logits",),
        lambda dim, out, logits, **a: g.relaxed_k_hot(logits, 3, 0.5, dim=dim, out=out, **a),
    ),
    Case(
        "relaxed_k_hot_vjp",
        ("d_y", "logits"),
        lambda dim, out, d_y, logits, **a: g.relaxed_k_hot_vjp(d_y, 0.5, dim, logits=logits, k=3, out=out, **a),
    ),
    Case(
        "relaxed_bernoulli",
        ("logits",),
        lambda dim, out, logits, **a: g.relaxed_bernoulli(logits, 0.5, dim=dim, out=out, **a),
    ),
    Case(
        "relaxed_bernoulli_vjp",
        ("d_y", "logits"),
        lambda dim, out, d_y, logits, **a: g.relaxed_bernoulli_vjp(d_y, 0.5, dim, logits=logits, out=out, **a),
    ),
    Case(
        "relaxed_bernoulli_log_prob",
        ("logits", "y"),
        lambda dim, out, logits, y: g.relaxed_bernoulli_log_prob(logits, abs(y) / 8, 0.5, dim, out=out),
        draws=False,
    ),
    Case(
        "conditional_gumbel",
        ("logits",),
        lambda dim, out, logits, **a: g.conditional_gumbel(logits, _index(logits), dim, out=out, **a),
    ),
    Case(
        "gumbel_rao_vjp",
        ("d_one_hot", "logits"),
        lambda dim, out, d_one_hot, logits, **a: g.gumbel_rao_vjp(
            d_one_hot, logits, _index(logits), 0.5, 4, dim, out=out, **a
        ),
    ),
    Case(
        "kl_divergence",
        ("p_logits", "q_logits"),
        lambda dim, out, p_logits, q_logits: g.kl_divergence(p_logits, q_logits, dim, out=out),
        draws=False,
    ),
    Case(
        "concrete_log_prob",
        ("logits", "value"),
        lambda dim, out, logits, value: g.concrete_log_prob(logits, value, 0.5, dim, log_domain=True, out=out),
        draws=False,
    ),
    Case(
        "concrete_log_prob_vjp",
        ("logits", "value"),
        lambda dim, out, logits, value: g.concrete_log_prob_vjp(
            1.0, logits, value, 0.5, dim, log_domain=True, returns="d_logits", out=out
        ),
        draws=False,
    ),
    Case(
        "concrete_kl_estimate",
        ("p_logits", "q_logits"),
        lambda dim, out, p_logits, q_logits, **a: g.concrete_kl_estimate(
            p_logits, q_logits, 0.5, 0.7, 3, dim, out=out, **a
        ),
    ),
    Case(
        "concrete_kl_estimate_vjp",
        ("p_logits", "q_logits"),
        lambda dim, out, p_logits, q_logits, **a: g.concrete_kl_estimate_vjp(
            2.0, p_logits, q_logits, 0.5, 0.7, 3, dim, returns="d_p_logits", out=out, **a
        ),
    ),
    Case(
        "location_scale_sample",
        ("location", "scale"),
        lambda dim, out, location, scale, **a: g.location_scale_sample(location, abs(scale), dim=dim, out=out, **a),
    ),
    Case(
        "location_scale_sample_vjp",
        ("d_sample",),
        lambda dim, out, d_sample, **a: g.location_scale_sample_vjp(d_sample, dim=dim, returns="d_scale", out=out, **a),
    ),
    Case(
        "location_scale_log_prob",
        ("value", "location"),
        lambda dim, out, value, location: g.location_scale_log_prob(value, location, 2.0, "gaussian", dim, out=out),
        draws=False,
    ),
    Case(
        "location_scale_log_prob_vjp",
        ("d_log_prob", "value", "location"),
        lambda dim, out, d_log_prob, value, location: g.location_scale_log_prob_vjp(
            d_log_prob, value, location, 2.0, dim=dim, returns="d_value", out=out
        ),
        draws=False,
    ),
]
# These have no rows.
OTHERS = {"evaluate_schedule", "advance_noise", "advance_row_offsets"}


def rows_of(case: Case, dtype: str = "float32") -> dict[str, np.ndarray]:
    """Contiguous arrays of shape (*LEADING, CLASSES), different for each argument."""
    return {
        name: np.random.default_rng(place).normal(size=(*LEADING, CLASSES)).astype(dtype)
        for place, name in enumerate(case.rows)
    }


def run(case: Case, rows: dict[str, Any], dim: int = -1, out: Any = None) -> Any:
    return case.call(dim, out, **rows, **(ADDRESS if case.draws else {}))
