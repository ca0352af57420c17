# SPDX-License-Identifier: Apache-2.0
"""Joins the checkpoints of a run's shards."""

from __future__ import annotations

import ctypes
import os
from dataclasses import replace

from gumbelcuda import _binding, _kept_settings
from gumbelcuda._checkpoint import path_of
from gumbelcuda._training import Result
from gumbelcuda.fleet import fleet_of_library
from gumbelcuda.fleet_result import FleetResult
from gumbelcuda.sweep import sweep_of_library
from gumbelcuda.sweep_result import SweepResult

TRAINED_ELSEWHERE = {name: None for name in ("backend", "hardware", "threads", "seconds")}


def merge(*files: str | os.PathLike) -> FleetResult | SweepResult:
    """The result of a run from the checkpoints of its shards, in any order: what `train_fleet` or `train_sweep` gives
    for all GANs at once, and `gumbelcuda merge` writes.

    Checkpoints of the command have the same form. Of the data that a sweep has learned from, there is nothing in its
    checkpoints but the classes' shares, its `target`. What a sweep of the command varies is in `axes`.

    Raises:
        ValueError: GANs are missing, are in two of the files, or are of different runs.
        OSError: a file cannot be read.
        DamagedFileError: it is damaged, or no checkpoint of this version. It is a ValueError, too.
        MemoryError: there is too little for the result.
    """
    paths = [path_of("files", file) for file in files]
    if not paths:
        raise ValueError("files: there are none")
    run = read_run(paths[0])
    if run.view.fleet:
        fleet = fleet_of_library(joined("fleet", paths), _kept_settings.fleet_settings(run.view))
        return replace(fleet, **TRAINED_ELSEWHERE)
    settings, axes = _kept_settings.sweep_settings(run.view), _kept_settings.axes(run.view)
    return replace(
        sweep_of_library(joined("sweep", paths), settings, None), axes=axes, lanes_busy=None, **TRAINED_ELSEWHERE
    )


def read_run(path: bytes) -> Result:
    address = ctypes.c_void_p()
    _binding.check(_binding.library.gumbelcuda_read_kept_run(ctypes.byref(address), path))
    return Result("kept_run", address.value or 0)


def joined(kind: str, paths: list[bytes]) -> Result:
    address = ctypes.c_void_p()
    names = (ctypes.c_char_p * len(paths))(*paths)
    function = getattr(_binding.library, f"gumbelcuda_merge_{kind}")
    _binding.check(function(ctypes.byref(address), names, ctypes.c_size_t(len(paths))))
    return Result(kind, address.value or 0)
