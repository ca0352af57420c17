# SPDX-License-Identifier: Apache-2.0
"""Types of what the package exports lazily. Arrays are of any framework, so their type is Any; docstrings say what they
hold."""
from collections.abc import Sequence
from typing import Any

from ._handles import get_num_threads as get_num_threads, set_num_threads as set_num_threads
from ._operations.row_status import RowStatus as RowStatus
from ._operations.temperature_schedule import TemperatureSchedule as TemperatureSchedule
from .checkpoints import merge as merge
from .errors import (
    DamagedFileError as DamagedFileError,
    DeviceError as DeviceError,
    Error as Error,
    InternalError as InternalError,
    Interrupted as Interrupted,
    NoDeviceError as NoDeviceError,
)
from .fleet import cpu_targets as cpu_targets, train_fleet as train_fleet
from .fleet_result import FleetResult as FleetResult
from .random import Generator as Generator, default_generator as default_generator, manual_seed as manual_seed
from .result_files import load_fleet as load_fleet, load_sweep as load_sweep
from .sweep import train_sweep as train_sweep
from .sweep_result import SweepResult as SweepResult

__version__: str

def advance_noise(position: Any, words: int) -> None: ...
def advance_row_offsets(offsets: Any, words: int) -> None: ...
def categorical_sample(
    logits: Any,
    temperature: Any = 1.0,
    *,
    top_k: Any = None,
    top_p: Any = None,
    min_p: Any = None,
    draws: int | None = None,
    dim: int = -1,
    reject_probabilities: bool = False,
    returns: str | Sequence[str] = "index",
    index_dtype: str = "int64",
    out: Any = None,
    generator: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any: ...
def categorical_sample_from_probabilities(
    probabilities: Any,
    *,
    draws: int | None = None,
    dim: int = -1,
    returns: str | Sequence[str] = "index",
    index_dtype: str = "int64",
    out: Any = None,
    generator: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any: ...
def combine_gumbel_max(
    partials: Any, dtype: str = "float32", *, returns: str | Sequence[str] = "index", out: Any = None
) -> Any: ...
def concrete_kl_estimate(
    p_logits: Any,
    q_logits: Any,
    p_tau: Any = 1.0,
    q_tau: Any = 1.0,
    samples: int = 1,
    dim: int = -1,
    *,
    out: Any = None,
    generator: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any: ...
def concrete_kl_estimate_vjp(
    d_kl: Any,
    p_logits: Any,
    q_logits: Any,
    p_tau: Any = 1.0,
    q_tau: Any = 1.0,
    samples: int = 1,
    dim: int = -1,
    *,
    returns: str | Sequence[str] = ("d_p_logits", "d_q_logits", "d_p_tau", "d_q_tau"),
    out: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any: ...
def concrete_log_prob(
    logits: Any, value: Any, tau: Any, dim: int = -1, *, log_domain: bool = False, out: Any = None
) -> Any: ...
def concrete_log_prob_vjp(
    d_log_prob: Any,
    logits: Any,
    value: Any,
    tau: Any,
    dim: int = -1,
    *,
    log_domain: bool = False,
    returns: str | Sequence[str] = ("d_logits", "d_value", "d_tau"),
    out: Any = None,
) -> Any: ...
def conditional_gumbel(
    logits: Any,
    index: Any,
    dim: int = -1,
    *,
    out: Any = None,
    generator: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any: ...
def evaluate_schedule(schedule: TemperatureSchedule, step: Any, *, out: Any = None) -> Any: ...
def gumbel_max(
    logits: Any,
    dim: int = -1,
    *,
    returns: str | Sequence[str] = "index",
    index_dtype: str = "int64",
    out: Any = None,
    generator: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any: ...
def gumbel_max_shard(
    logits: Any,
    first_class: int,
    row_classes: int,
    dim: int = -1,
    *,
    log_prob: bool = False,
    out: Any = None,
    generator: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any: ...
def gumbel_noise(
    shape: int | Sequence[int] | None = None,
    dtype: Any = "float32",
    dim: int = -1,
    *,
    like: Any = None,
    out: Any = None,
    generator: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any: ...
def gumbel_rao_vjp(
    d_one_hot: Any,
    logits: Any,
    index: Any,
    tau: Any = 1.0,
    inner_samples: int = 10,
    dim: int = -1,
    *,
    out: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any: ...
def gumbel_softmax(
    logits: Any,
    tau: Any = 1.0,
    hard: bool = False,
    dim: int = -1,
    *,
    log_domain: bool = False,
    gumbel: Any = None,
    returns: str | Sequence[str] | None = None,
    out: Any = None,
    generator: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any: ...
def gumbel_softmax_vjp(
    d_y: Any,
    tau: Any = 1.0,
    dim: int = -1,
    *,
    y: Any = None,
    logits: Any = None,
    gumbel: Any = None,
    returns: str | Sequence[str] = "d_logits",
    out: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any: ...
def gumbel_top_k(
    logits: Any,
    k: int,
    dim: int = -1,
    *,
    returns: str | Sequence[str] = "index",
    out: Any = None,
    generator: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any: ...
def kl_divergence(p_logits: Any, q_logits: Any, dim: int = -1, *, out: Any = None) -> Any: ...
def location_scale_log_prob(
    value: Any, location: Any, scale: Any, law: str = "gumbel", dim: int = -1, *, out: Any = None
) -> Any: ...
def location_scale_log_prob_vjp(
    d_log_prob: Any,
    value: Any,
    location: Any,
    scale: Any,
    law: str = "gumbel",
    dim: int = -1,
    *,
    returns: str | Sequence[str] = ("d_value", "d_location", "d_scale"),
    out: Any = None,
) -> Any: ...
def location_scale_sample(
    location: Any,
    scale: Any,
    law: str = "gumbel",
    *,
    shape: Sequence[int] | None = None,
    dtype: Any = "float32",
    dim: int = -1,
    out: Any = None,
    generator: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any: ...
def location_scale_sample_vjp(
    d_sample: Any,
    law: str = "gumbel",
    dim: int = -1,
    *,
    returns: str | Sequence[str] = ("d_location", "d_scale"),
    out: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any: ...
def relaxed_bernoulli(
    logits: Any,
    tau: Any = 1.0,
    hard: bool = False,
    dim: int = -1,
    *,
    returns: str | Sequence[str] | None = None,
    out: Any = None,
    generator: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any: ...
def relaxed_bernoulli_log_prob(logits: Any, y: Any, tau: Any = 1.0, dim: int = -1, *, out: Any = None) -> Any: ...
def relaxed_bernoulli_vjp(
    d_y: Any,
    tau: Any = 1.0,
    dim: int = -1,
    *,
    y: Any = None,
    logits: Any = None,
    returns: str | Sequence[str] = "d_logits",
    out: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any: ...
def relaxed_k_hot(
    logits: Any,
    k: int,
    tau: Any = 1.0,
    hard: bool = False,
    dim: int = -1,
    *,
    returns: str | Sequence[str] | None = None,
    out: Any = None,
    generator: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any: ...
def relaxed_k_hot_vjp(
    d_y: Any,
    tau: Any = 1.0,
    dim: int = -1,
    *,
    y: Any = None,
    logits: Any = None,
    k: int | None = None,
    returns: str | Sequence[str] = "d_logits",
    out: Any = None,
    seed: int | None = None,
    row: int = 0,
    offset: int = 0,
    seeds: Any = None,
    offsets: Any = None,
) -> Any: ...
