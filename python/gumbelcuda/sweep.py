# SPDX-License-Identifier: Apache-2.0
"""Training many toy GANs that differ in anything: target, rates, temperature, discriminator, loss, estimator, data."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from gumbelcuda import _sweep_settings, _training
from gumbelcuda._checkpoint import checkpoint_of
from gumbelcuda._operations.temperature_schedule import TemperatureSchedule
from gumbelcuda._sweep_axes import settings_of_part
from gumbelcuda.sweep_result import SweepResult


def train_sweep(
    num_gans: int | None = None,
    *,
    target: ArrayLike | Sequence[ArrayLike] | None = None,
    data: bytes | ArrayLike | None = None,
    data_order: Literal["file", "shuffled", "iid"] = "file",
    hidden: int | Sequence[int] | Sequence[Sequence[int]] = (),
    activation: str | Sequence[str] = "leaky_relu",
    initializer: str | Sequence[str] = "glorot_uniform",
    loss: str | Sequence[str] = "non_saturating",
    weight_clip: ArrayLike = 0,
    gradient_penalty: ArrayLike = 0,
    estimator: str | Sequence[str] = "relaxed",
    inner_samples: ArrayLike = 10,
    optimizer: str | Sequence[str] = "adam",
    smoothing: str | Sequence[str] = "none",
    smoothing_amount: ArrayLike = 0,
    temperature: ArrayLike | TemperatureSchedule | Sequence[float | TemperatureSchedule] = 1e-3,
    learning_rate: ArrayLike = 7e-4,
    generator_learning_rate: ArrayLike | None = None,
    discriminator_learning_rate: ArrayLike | None = None,
    beta_1: ArrayLike = 0.9,
    beta_2: ArrayLike = 0.999,
    epsilon: ArrayLike = 1e-8,
    batch_size: ArrayLike = 10,
    generator_steps: ArrayLike = 10,
    epochs: ArrayLike = 200,
    steps_per_epoch: int = 100,
    initial_logits: ArrayLike | Sequence[ArrayLike] = (),
    until_total_variation: float | None = None,
    gradient_samples: int = 0,
    seed: ArrayLike = 42,
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
) -> SweepResult:
    """Trains toy GANs that differ. Every setting is one for all GANs, or a sequence with one for each.

    The defaults are the article's GAN. The same arguments give the same bytes on every machine, CPU or GPU, and each
    GAN has those that it has when it is trained alone. Ctrl-C stops training within a fraction of a second. The
    settings are those of docs/sweep.md, which says what they do.

    Args:
        num_gans: how many GANs; by default as many as the longest of the sequences has.
        target: [class], or [gan][class] probabilities to learn, each row's sum 1; rows may differ in length. By default
            the article's, (0, 0, .1, .3, .6).
        data: what all GANs learn from, in place of samples of `target`: bytes, whose classes are the bytes that occur,
            in their order; or whole numbers, the classes 0 … K − 1.
        data_order: "file", as they are; "shuffled", in each pass in another order; "iid", each sample from anywhere.
        hidden: widths of the discriminator's 0 to 3 hidden layers, 1 … 64 each; a number is the width of the only one.
            One such sequence for each GAN is a sequence of sequences.
        activation: "leaky_relu", "tanh". initializer: "glorot_uniform", "he_uniform".
        loss: "non_saturating", "saturating", "hinge", "wasserstein".
        weight_clip, gradient_penalty: 0 or more; 0 is none.
        estimator: of the generator's gradient: "relaxed", "straight_through", "gumbel_rao" (of `inner_samples`, 1 …
            64), "score_function".
        optimizer: "adam", "adam_pytorch", "sgd", "rmsprop", with `beta_1`, `beta_2`, `epsilon`.
        smoothing: of real samples: "none", "gumbel_softmax", "label", "normal", by `smoothing_amount`.
        temperature: 0 or more; or a `TemperatureSchedule` by discriminator updates.
        learning_rate: of both optimizers, above 0; `generator_learning_rate` and `discriminator_learning_rate` are those
            of one network instead.
        initial_logits: [class], or [gan][class]; an empty row means ones.
        until_total_variation: a GAN stops after the first epoch at whose end its distance to the target, 0 … 1, is at
            most this.
        gradient_samples: 0, or 2 … 4096 samples of the generator's gradient at a GAN's end, for
            `SweepResult.nonzero_gradients` and `gradient_variance`.
        seed, first_gan, history_gans, backend, threads, cpu_target, devices, progress, checkpoint, resume,
            checkpoint_interval, shard: as in `train_fleet`; GANs may have seeds of their own.

    Raises:
        What `train_fleet` raises.
    """
    arguments = dict(locals())
    where = _training.execution(*(arguments.pop(name) for name in ("backend", "threads", "cpu_target", "devices")))
    arguments.pop("progress")
    c = _sweep_settings.settings_in_c(arguments)
    kept = checkpoint_of(checkpoint, resume, checkpoint_interval, shard)
    result = _training.train("sweep", c.settings, where, c.epochs, progress, arguments, kept)
    settings = settings_of_part(c.in_python, c.settings.struct.num_gans, result.view)
    return sweep_of_library(result, settings, c.symbols)


def sweep_of_library(result: _training.Result, settings: dict[str, Any], symbols: list[bytes] | None) -> SweepResult:
    view = result.view
    gans, classes, kept, epochs = view.num_gans, view.most_classes, view.history_gans, view.most_epochs

    def per_gan(name: str, dtype: str = "float32") -> Any:
        return result.array(name, gans, dtype=dtype)

    return SweepResult(
        classes=per_gan("classes", "int32"),
        distribution=result.array("distribution", gans, classes),
        logits=result.array("logits", gans, classes),
        outcome=per_gan("outcome", "uint8"),
        epochs=per_gan("epochs", "int64"),
        steps=per_gan("steps", "int64"),
        total_variation=per_gan("total_variation"),
        generator_loss=per_gan("generator_loss"),
        discriminator_loss=per_gan("discriminator_loss"),
        nonzero_gradients=per_gan("nonzero_gradients"),
        gradient_variance=per_gan("gradient_variance"),
        history=result.array("history", kept, epochs, classes),
        history_total_variation=result.array("history_total_variation", kept, epochs),
        history_generator_loss=result.array("history_generator_loss", kept, epochs),
        history_discriminator_loss=result.array("history_discriminator_loss", kept, epochs),
        settings=settings,
        symbols=symbols,
        backend=view.backend.decode(),
        hardware=view.target.decode(),
        threads=view.threads,
        seconds=view.seconds,
        lanes_busy=view.lanes_busy,
    )
