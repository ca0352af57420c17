# SPDX-License-Identifier: Apache-2.0
"""What a fleet has learned: arrays, a table, pictures. A trained fleet and one that was read from a file are alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from gumbelcuda._training import needed

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

PER_GAN = ("temperature", "generator_learning_rate", "discriminator_learning_rate")


@dataclass(repr=False, eq=False)
class FleetResult:
    """The results of all GANs, float32.

    Attributes:
        distribution: [gan, class], softmax(logits).
        logits, weights: [gan, class], the generator's and the discriminator's.
        bias: [gan], the discriminator's.
        generator_loss, discriminator_loss: [gan], expected for one-hot samples at the end.
        history: [history_gan, epoch, class], the distribution after each epoch; None without a history.
        settings: what it was trained with: the arguments of `train_fleet` that change results.
        backend, hardware, threads, seconds: what trained it, and for how long; None for a fleet from files.
    """

    distribution: np.ndarray
    logits: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    generator_loss: np.ndarray
    discriminator_loss: np.ndarray
    history: np.ndarray | None
    settings: dict[str, Any] = field(default_factory=dict)
    backend: str | None = None
    hardware: str | None = None
    threads: int | None = None
    seconds: float | None = None

    @property
    def num_gans(self) -> int:
        return self.distribution.shape[0]

    @property
    def classes(self) -> int:
        return self.distribution.shape[1]

    @property
    def target(self) -> np.ndarray:
        """[class], float64: the distribution to learn."""
        return self.settings["target"]

    @property
    def gan(self) -> np.ndarray:
        """[gan], uint64: the GANs' rows of the noise stream."""
        return np.arange(self.num_gans, dtype=np.uint64) + np.uint64(self.settings["first_gan"])

    @property
    def diverged(self) -> np.ndarray:
        """[gan], bool: whether a probability is not finite."""
        return ~np.isfinite(self.distribution).all(axis=1)

    @property
    def total_variation(self) -> np.ndarray:
        """[gan], float64: ½ Σ |learned − target|; not finite where the GAN diverged."""
        return np.abs(self.distribution - self.target).sum(axis=1) / 2

    @property
    def kl_divergence(self) -> np.ndarray:
        """[gan], float64: Σ target · log(target / learned), in nats; infinite where a class was given up."""
        classes = self.target > 0
        target, learned = self.target[classes], self.distribution[:, classes].astype(np.float64)
        with np.errstate(divide="ignore"):
            return (target * (np.log(target) - np.log(learned))).sum(axis=1)

    def to_pandas(self) -> pandas.DataFrame:
        """A row for each GAN: its settings, its distances to the target, its losses, and p0, p1, …"""
        columns = {name: np.broadcast_to(self.settings[name], self.num_gans) for name in PER_GAN}
        columns |= {"total_variation": self.total_variation, "kl_divergence": self.kl_divergence}
        columns |= {"generator_loss": self.generator_loss, "discriminator_loss": self.discriminator_loss}
        columns |= {f"p{k}": self.distribution[:, k] for k in range(self.classes)}
        pandas = needed("pandas")
        return pandas.DataFrame(columns, index=pandas.Index(self.gan, name="gan"))

    def plot(self, gan: int | None = None, scale: float | str = 2) -> Figure:
        """Draws what was learned: over the epochs, if there is a history, as the article's heat map of learned − target,
        and the spread of the GANs at the end. GANs that diverged are left out.

        Args:
            gan: draws the heat map of this one GAN (its row of the noise stream), not the mean of all.
            scale: the difference at which colours end; "auto": the largest there is.

        Returns:
            A matplotlib figure, which a notebook shows; `figure.savefig("fleet.png")` writes it.
        """
        needed("matplotlib")
        from gumbelcuda._fleet_plot import draw_fleet

        return draw_fleet(self, gan, scale)

    @staticmethod
    def concatenate(parts: Sequence[FleetResult]) -> FleetResult:
        """One fleet of parts that were trained one after another, each with the next `first_gan`. The bytes are those
        of a fleet that was trained at once. Only the histories of a first part whose GANs all have one go on in others.
        """
        from gumbelcuda._fleet_parts import concatenate

        return concatenate(parts)

    def summary(self) -> dict[str, Any]:
        """The fleet in a few numbers: means and standard deviations are of the GANs that did not diverge, [class]."""
        finite = self.distribution[~self.diverged].astype(np.float64)
        enough = len(finite) > 1
        return {
            "gans": self.num_gans,
            "diverged": self.num_gans - len(finite),
            "target": self.target,
            "mean": finite.mean(axis=0) if len(finite) else np.full(self.classes, np.nan),
            "standard_deviation": finite.std(axis=0, ddof=1) if enough else np.full(self.classes, np.nan),
        }

    def __repr__(self) -> str:
        all_of_it = self.summary()
        lost = f", {all_of_it['diverged']:,} diverged" if all_of_it["diverged"] else ""
        history = "" if self.history is None else f", history of {len(self.history):,}"
        return f"<FleetResult: {self.num_gans:,} GANs of {self.classes} classes{lost}{history}>"

    def _repr_html_(self) -> str:
        from gumbelcuda._fleet_html import table

        return table(self)
