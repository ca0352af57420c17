# SPDX-License-Identifier: Apache-2.0
"""Reads the result files of `gumbelcuda train --out` and `gumbelcuda sweep --out`. docs/command.md and docs/sweep.md
have the layouts."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from gumbelcuda._training import needed
from gumbelcuda.errors import DamagedFileError
from gumbelcuda.fleet_result import PER_GAN, FleetResult
from gumbelcuda.sweep_result import SweepResult


def load_fleet(path: str | os.PathLike) -> FleetResult:
    """The fleet that `gumbelcuda train --out FILE.h5` trained: what `train_fleet` gives for the same settings.

    Raises:
        OSError: the file cannot be read.
        DamagedFileError: it is damaged, or no result file of a fleet. It is a ValueError, too.
        ImportError: h5py is missing.
    """
    needed("h5py")
    from gumbelcuda import _fleet_file

    path = os.fspath(path)
    try:
        file = _fleet_file.open_fleet(path)
    except _fleet_file.Failure as failure:
        raise (OSError if failure.exit_code == _fleet_file.EXIT_FAILED else DamagedFileError)(str(failure)) from None
    with file:
        return _read(path, lambda: _fleet(file))


def load_sweep(path: str | os.PathLike) -> SweepResult:
    """The sweep that `gumbelcuda sweep SWEEP.toml --out FILE.h5` trained. What it varied is in `axes`. The data that it
    learned from are not in the file. Raises what `load_fleet` raises.
    """
    h5py = needed("h5py")
    from gumbelcuda import _sweep_file

    path = os.fspath(path)
    with open(path, "rb"):  # an OSError that says what is wrong
        pass
    try:
        file = h5py.File(path, "r")
    except OSError:
        raise DamagedFileError(f"{path} is not an HDF5 file, or a damaged one") from None
    with file:
        return _read(path, lambda: _sweep_file.sweep_of(file))


def _read(path: str, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except MemoryError:
        raise
    except Exception as problem:  # h5py raises many kinds of errors for damaged files
        text = f"{path} is damaged, or no result file that this version reads: {problem}"
        raise DamagedFileError(text) from None


def _fleet(file: Any) -> FleetResult:
    from gumbelcuda._fleet_file import array

    gans, classes = int(file.attrs["num_gans"]), int(file.attrs["classes"])
    shapes: dict[str, tuple[int, ...]] = {name: (gans, classes) for name in ("distribution", "logits", "weights")}
    shapes |= {name: (gans,) for name in ("bias", "generator_loss", "discriminator_loss")}
    numbers = ("epochs", "steps_per_epoch", "batch_size", "generator_steps", "seed", "first_gan")
    settings: dict[str, Any] = {"target": file["target"][:]} | {name: int(file.attrs[name]) for name in numbers}
    for name in PER_GAN:
        settings[name] = np.atleast_1d(array(file, name, "<f4", () if file[name].shape == () else (gans,))[()])
    return FleetResult(
        **{name: array(file, name, "<f4", shape)[:] for name, shape in shapes.items()},
        history=file["history"][:] if file.attrs["history_gans"] > 0 else None,
        settings=settings,
    )
