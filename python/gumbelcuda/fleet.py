# SPDX-License-Identifier: Apache-2.0
"""Training a fleet: many independent copies of the toy GAN of docs/article.md, each with logits of its own."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from gumbelcuda import _training
from gumbelcuda._checkpoint import checkpoint_of
from gumbelcuda._sweep_axes import settings_of_part
from gumbelcuda.fleet_result import FleetResult


def train_fleet(
    num_gans: int = 1,
    *,
    target: ArrayLike = (0, 0, 0.1, 0.3, 0.6),
    epochs: int = 200,
    steps_per_epoch: int = 100,
    batch_size: int = 10,
    generator_steps: int = 10,
    temperature: ArrayLike = 1e-3,
    learning_rate: ArrayLike = 7e-4,
    generator_learning_rate: ArrayLike | None = None,
    discriminator_learning_rate: ArrayLike | None = None,
    seed: int = 42,
    first_gan: int = 0,
    history_gans: int | Literal["all"] = 0,
    backend: Literal["auto", "cpu", "cuda"] = "auto",
    threads: int | None = None,
    cpu_target: str | None = None,
    devices: int | Sequence[int] | None = None,
    progress: bool | Callable[[int, int], object] = False,
    checkpoint: str | os.PathLike | None = None,
    resume: bool = False,
    checkpoint_interval: float = 60,
    shard: tuple[int, int] | None = None,
) -> FleetResult:
    """Trains toy GANs whose generator is K logits and Gumbel-softmax, and whose discriminator is logistic regression.

    The defaults are the article's. The same arguments give the same bytes on every machine, CPU or GPU, and those of
    `gumbelcuda train`. Ctrl-C stops training within a fraction of a second.

    Args:
        num_gans: how many GANs, 1 or more.
        target: [class] probabilities of 2 … 1024 classes to learn; their sum is 1 to within 1e-6.
        epochs, steps_per_epoch: 1 or more. A step is an update of the discriminator, and then `generator_steps` (1 …
            1000) of the generator, each on a fresh batch of `batch_size` (1 … 4096) samples.
        temperature: of the Gumbel-softmax, 0 or more; a number, or [gan].
        learning_rate: of Adam, above 0; a number, or [gan]. `generator_learning_rate` and `discriminator_learning_rate`
            are those of one network instead.
        seed, first_gan: GAN i draws from row `first_gan` + i of this seed's noise stream, so that a fleet may be
            trained in parts (`FleetResult.concatenate`).
        history_gans: so many GANs, the first ones, keep their distribution after each epoch.
        backend: "auto" is CUDA where the machine and the library have it, otherwise the CPU.
        threads: of the CPU; by default as many as the process may use.
        cpu_target: an instruction set, "avx512", "avx2", "neon" or "scalar"; by default the best.
        devices: a CUDA device's number, or several, among which the GANs are divided.
        progress: True shows a bar (tqdm); a function is called with the GAN-epochs that are done, and those of all.
        checkpoint: a file that keeps the results of GANs that have ended, every `checkpoint_interval` seconds (0.1 …
            1e6), at the end, and when training is stopped; GANs in mid-training are in a file beside it, whose name
            ends in ".paused" (docs/checkpoints.md). It must not exist, unless `resume` is true: then what it has is not
            trained again, and it is begun if there is none.
        shard: (i, n) trains part i of n equal ones; the result is that of its GANs, and `merge` joins their checkpoints.

    Raises:
        ValueError, TypeError: an argument is wrong, or the checkpoint is of a run with other settings or of another
            shard; the message begins with the argument's name. Nothing was trained.
        MemoryError: there is too little.
        RuntimeError: there is no such device, or it failed.
        KeyboardInterrupt, and whatever `progress` raises: training has stopped; there is no result, but the checkpoint
            has what was done.
        FileExistsError: the checkpoint exists, and `resume` is not true.
        OSError: there can be no checkpoint of this name. DamagedFileError: it has changed, or is none.

    Warns:
        RuntimeWarning: what was trained could not be kept (the disk is full); training goes on, and it is tried again.
    """
    arguments = dict(locals())
    given: dict[str, Any] = dict(
        target=np.array(_training.per_gan("target", target, "float64")),
        epochs=_training.whole_number("epochs", epochs),
        steps_per_epoch=_training.whole_number("steps_per_epoch", steps_per_epoch),
        batch_size=_training.whole_number("batch_size", batch_size),
        generator_steps=_training.whole_number("generator_steps", generator_steps),
        temperature=_training.per_gan("temperature", temperature, "float32"),
        generator_learning_rate=_training.rate("generator", generator_learning_rate, learning_rate),
        discriminator_learning_rate=_training.rate("discriminator", discriminator_learning_rate, learning_rate),
        seed=_training.whole_number("seed", seed, "uint64"),
        first_gan=_training.whole_number("first_gan", first_gan, "uint64"),
    )
    gans = _training.whole_number("num_gans", num_gans, "uint64")
    settings = _training.Settings("gumbelcuda_fleet_config", num_gans=gans, first_gan=given["first_gan"])
    settings.struct.history_gans = _training.count_of_history(history_gans, gans)
    for name in ("epochs", "steps_per_epoch", "batch_size", "generator_steps"):
        setattr(settings.struct, name, _training.not_zero(name, given[name]))
    settings.struct.seed = settings.address(np.array([given["seed"]], np.uint64))
    for name in ("target", "temperature", "generator_learning_rate", "discriminator_learning_rate"):
        settings.set_array(name, given[name])
    where = _training.execution(backend, threads, cpu_target, devices)
    kept = checkpoint_of(checkpoint, resume, checkpoint_interval, shard)
    each = np.array([given["epochs"]])
    result = _training.train("fleet", settings, where, each, progress, arguments, kept)
    return fleet_of_library(result, settings_of_part(given, gans, result.view))


def fleet_of_library(result: _training.Result, settings: dict) -> FleetResult:
    view = result.view
    gans, classes = view.num_gans, view.classes
    per_class = {name: result.array(name, gans, classes) for name in ("distribution", "logits", "weights")}
    per_gan = {name: result.array(name, gans) for name in ("bias", "generator_loss", "discriminator_loss")}
    for name in ("temperature", "generator_learning_rate", "discriminator_learning_rate"):
        settings[name] = np.array(settings[name])  # the caller's own array may change
    return FleetResult(
        **per_class,
        **per_gan,
        history=result.array("history", view.history_gans, view.epochs, classes),
        settings=settings,
        backend=view.backend.decode(),
        hardware=view.target.decode(),
        threads=view.threads,
        seconds=view.seconds,
    )


def cpu_targets() -> list[str]:
    """The instruction sets that this machine can train with, best first."""
    from gumbelcuda import _binding

    names: list[str] = []
    while (name := _binding.library.gumbelcuda_cpu_target(ctypes.c_size_t(len(names)))) is not None:
        names.append(name.decode())
    return names
