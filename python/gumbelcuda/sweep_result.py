# SPDX-License-Identifier: Apache-2.0
"""What the GANs of a sweep have learned: arrays, a table, a picture."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from gumbelcuda._training import needed

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

OUTCOMES = ("end", "converged", "diverged")


@dataclass(repr=False, eq=False)
class SweepResult:
    """The results of all GANs. C is the largest number of classes; where a GAN has fewer, the rest of its row is 0.

    Attributes:
        classes: [gan], int32.
        distribution, logits: [gan, C], float32.
        outcome: [gan], uint8, an index into `OUTCOMES`: all epochs done, see `until_total_variation`, or a parameter
            was NaN or infinite.
        epochs, steps: [gan], int64: the epochs that it trained, and the discriminator updates.
        total_variation, generator_loss, discriminator_loss: [gan], float32; NaN where the GAN has diverged.
        nonzero_gradients, gradient_variance: [gan], float32; None without `gradient_samples`. Of single samples'
            gradients with respect to the logits: the share that is not exactly 0, and the variance.
        history: [history_gan, epoch, C]; history_total_variation, history_generator_loss, history_discriminator_loss:
            [history_gan, epoch]; None without a history. What a GAN was at its end, it stays.
        settings: what it was trained with: the arguments of `train_sweep` that change results.
        symbols: of data that were bytes, the byte of each class; otherwise None.
        axes: of a sweep of the command: the name of what is varied, and its value for each GAN, number or word.
        backend, hardware, threads, seconds, lanes_busy: what trained it, for how long, and the share of a vector's
            elements that trained a GAN; None for a sweep from files.
    """

    classes: np.ndarray
    distribution: np.ndarray
    logits: np.ndarray
    outcome: np.ndarray
    epochs: np.ndarray
    steps: np.ndarray
    total_variation: np.ndarray
    generator_loss: np.ndarray
    discriminator_loss: np.ndarray
    nonzero_gradients: np.ndarray | None
    gradient_variance: np.ndarray | None
    history: np.ndarray | None
    history_total_variation: np.ndarray | None
    history_generator_loss: np.ndarray | None
    history_discriminator_loss: np.ndarray | None
    settings: dict[str, Any] = field(default_factory=dict)
    symbols: list[bytes] | None = None
    axes: dict[str, np.ndarray] | None = None
    backend: str | None = None
    hardware: str | None = None
    threads: int | None = None
    seconds: float | None = None
    lanes_busy: float | None = None

    @property
    def num_gans(self) -> int:
        return len(self.classes)

    @property
    def gan(self) -> np.ndarray:
        """[gan], uint64: the GANs' rows of the noise stream."""
        return np.arange(self.num_gans, dtype=np.uint64) + np.uint64(self.settings["first_gan"])

    @property
    def diverged(self) -> np.ndarray:
        """[gan], bool."""
        return self.outcome == OUTCOMES.index("diverged")

    @property
    def varied(self) -> dict[str, np.ndarray]:
        """What differs from GAN to GAN: the axes of a file; otherwise each setting that has several values, as numbers
        or words, [gan]."""
        from gumbelcuda._sweep_axes import varied_settings

        return self.axes if self.axes is not None else varied_settings(self)

    def to_pandas(self) -> pandas.DataFrame:
        """A row for each GAN: what differs from GAN to GAN, its outcome, distance and losses, and p0, p1, …, which are
        NaN beyond a GAN's classes."""
        pandas = needed("pandas")
        columns: dict[str, Any] = dict(self.varied)
        columns["outcome"] = pandas.Categorical.from_codes(self.outcome, OUTCOMES)
        columns |= {"trained_epochs": self.epochs, "trained_steps": self.steps}
        for name in (
            "total_variation",
            "generator_loss",
            "discriminator_loss",
            "nonzero_gradients",
            "gradient_variance",
        ):
            if getattr(self, name) is not None:
                columns[name] = getattr(self, name)
        for k in range(self.distribution.shape[1]):
            columns[f"p{k}"] = np.where(k < self.classes, self.distribution[:, k], np.float32(np.nan))
        return pandas.DataFrame(columns, index=pandas.Index(self.gan, name="gan"))

    def plot(self, x: str | None = None, y: str | None = None) -> Figure:
        """Draws the GANs' total variation over one setting that is varied, x, or its median as a map over two, x and y.
        By default these are the first that `varied` has. GANs that diverged are left out of medians, and counted in the
        title.

        Returns:
            A matplotlib figure, which a notebook shows; `figure.savefig("sweep.png")` writes it.
        """
        needed("matplotlib")
        from gumbelcuda._sweep_plot import draw_sweep

        return draw_sweep(self, x, y)

    def __repr__(self) -> str:
        count = Counter(self.outcome.tolist())
        outcomes = ", ".join(f"{count[i]:,} {name}" for i, name in enumerate(OUTCOMES) if count[i])
        varied = ", ".join(self.varied) or "nothing"
        return f"<SweepResult: {self.num_gans:,} GANs ({outcomes}), varied: {varied}>"

    def _repr_html_(self) -> str:
        import html

        best = np.argsort(np.where(np.isfinite(self.total_variation), self.total_variation, np.inf), kind="stable")[:5]
        varied = self.varied
        head = "".join(f"<th>{html.escape(name)}</th>" for name in ("gan", *varied, "total variation"))
        rows = "".join(
            f"<tr><td>{self.gan[i]}</td>"
            + "".join(f"<td>{html.escape(str(values[i]))}</td>" for values in varied.values())
            + f"<td>{self.total_variation[i]:.4f}</td></tr>"
            for i in best
        )
        return f"<p>{html.escape(repr(self)[1:-1])}; the nearest:</p><table><tr>{head}</tr>{rows}</table>"
