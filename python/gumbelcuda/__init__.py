# SPDX-License-Identifier: Apache-2.0
"""Gumbel sampling for arrays of NumPy, PyTorch, JAX and CuPy, on the CPU and on CUDA devices with the same bits.

    import gumbelcuda
    y = gumbelcuda.gumbel_softmax(logits, tau=0.5)                        # a relaxed sample of each row
    index = gumbelcuda.gumbel_max(logits)                                 # an exact one
    token = gumbelcuda.categorical_sample(logits, 0.7, top_k=50, top_p=0.9, seeds=seeds, offsets=offsets)

Arrays. Every function takes arrays of any framework and gives its results in that of the first one, on the same device:
NumPy arrays, tensors of PyTorch, arrays of CuPy and, outside of jax.jit, of JAX; and what offers DLPack, the CUDA or
the NumPy array interface or a buffer, for which results are NumPy's. Nothing is copied: any strides and any number of
axes will do. The axis `dim` counts the classes, all others count rows, in C's order. Rows are float16, bfloat16,
float32 or float64, 16-bit numbers are computed with in float32 and rounded once. With `out=` results are written to
arrays that are there. On a CUDA device work is put on the framework's current stream.

Noise. By default each call draws fresh noise, from a generator that begins at 64 bits from the operating system
(default_generator, manual_seed). Every function that draws takes instead
    generator=            a Generator, torch.Generator or numpy.random.Generator; of the latter two 64 bits are drawn,
                          which are the seed of the call
    seed=, row=, offset=  an address in the noise stream: class k of row r draws word offset + k of row `row` + r of the
                          stream of seed, whatever the batch, the device or the version of a framework
    seeds=, offsets=      the same for each row: arrays of uint64 or int64, of the shape of the rows. With seeds every
                          row draws from row `row` of its own seed's stream
Gradients. A function <operation>_vjp is the backward pass of an operation. gumbelcuda.torch and gumbelcuda.jax have
functions that differentiate by themselves; given a tensor of PyTorch with requires_grad, a function here is that of
gumbelcuda.torch, or an error.

Training. train_fleet and train_sweep train toy GANs whose generator is logits and Gumbel-softmax; their results have
NumPy arrays, tables and pictures. load_fleet and load_sweep read the files of the command gumbelcuda. With a checkpoint
a training can be stopped and resumed, or divided into shards, which merge joins.

Errors. ValueError and TypeError name the argument, what it is and what is allowed, and nothing has been done;
gumbelcuda.NoDeviceError, DeviceError and InternalError are RuntimeErrors; too little memory is a MemoryError. A file that
cannot be read or written is an OSError, a damaged one a DamagedFileError, which is a ValueError, too.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_EXPORTS = {
    "random": ("Generator", "default_generator", "manual_seed"),
    "errors": ("DamagedFileError", "DeviceError", "Error", "Interrupted", "InternalError", "NoDeviceError"),
    "_handles": ("get_num_threads", "set_num_threads"),
    "_operations.advance": ("advance_noise", "advance_row_offsets"),
    "_operations.categorical_sample": ("categorical_sample", "categorical_sample_from_probabilities"),
    "_operations.concrete": (
        "concrete_kl_estimate", "concrete_kl_estimate_vjp", "concrete_log_prob", "concrete_log_prob_vjp",
    ),
    "_operations.gumbel": ("gumbel_max", "gumbel_noise", "gumbel_softmax", "gumbel_softmax_vjp"),
    "_operations.gumbel_rao": ("conditional_gumbel", "gumbel_rao_vjp"),
    "_operations.gumbel_top_k": ("gumbel_top_k",),
    "_operations.kl_divergence": ("kl_divergence",),
    "_operations.location_scale": (
        "location_scale_log_prob", "location_scale_log_prob_vjp", "location_scale_sample", "location_scale_sample_vjp",
    ),
    "_operations.relaxed_bernoulli": ("relaxed_bernoulli", "relaxed_bernoulli_log_prob", "relaxed_bernoulli_vjp"),
    "_operations.relaxed_k_hot": ("relaxed_k_hot", "relaxed_k_hot_vjp"),
    "_operations.row_status": ("RowStatus",),
    "_operations.sharded": ("combine_gumbel_max", "gumbel_max_shard"),
    "_operations.temperature_schedule": ("TemperatureSchedule", "evaluate_schedule"),
    "checkpoints": ("merge",),
    "fleet": ("cpu_targets", "train_fleet"),
    "fleet_result": ("FleetResult",),
    "result_files": ("load_fleet", "load_sweep"),
    "sweep": ("train_sweep",),
    "sweep_result": ("SweepResult",),
}  # fmt: skip
_MODULES = {name: module for module, names in _EXPORTS.items() for name in names}

__all__ = sorted(_MODULES)


def _version() -> str:
    from . import _binding

    number = _binding.library.gumbelcuda_version()
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"


def __getattr__(name: str) -> Any:
    # Nothing is loaded before it is used, so that the import takes no time.
    if name in _MODULES:
        value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        if _MODULES[name].startswith("_operations.") and not isinstance(value, type):
            from ._gradients import with_gradients

            value = with_gradients(name, value)
    elif name == "__version__":
        value = _version()
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "__version__"})
