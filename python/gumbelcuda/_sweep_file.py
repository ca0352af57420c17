# SPDX-License-Identifier: Apache-2.0
"""From an open HDF5 file of a sweep to a SweepResult. Importing this imports h5py."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from gumbelcuda._fleet_file import MOST_CLASSES, Damage, array, number
from gumbelcuda._operations.temperature_schedule import SHAPES, TemperatureSchedule
from gumbelcuda._sweep_settings import AMOUNTS, MOST_LAYERS, NETWORKS, NUMBERS, ORDERS, WORDS, simple
from gumbelcuda.sweep_result import OUTCOMES, SweepResult

FORMAT_VERSION = 1  # host/results/sweep_layout.hpp


def sweep_of(file: Any) -> SweepResult:
    form = file.attrs.get("format")
    if (form.decode(errors="replace") if isinstance(form, bytes) else form) != "gumbelcuda sweep":
        raise Damage("it is no file of a sweep")
    if number(file, "format_version", 0, 2**64) != FORMAT_VERSION:
        raise Damage(f"it has another format version than {FORMAT_VERSION}")
    gans, most = number(file, "num_gans", 1, 2**32), number(file, "classes", 2, MOST_CLASSES)
    kept, epochs = number(file, "history_gans", 0, gans), number(file, "epochs_at_most", 1, 2**63)
    classes = whole(file, "gan_classes", gans, 2, most, "int32")
    has_gradients = number(file, "gradient_samples", 0, 4096) > 0

    def values(name: str, *shape: int, there: bool = True) -> Any:
        return array(file, name, "<f4", shape)[:] if there else None

    return SweepResult(
        classes=classes,
        distribution=values("distribution", gans, most),
        logits=values("logits", gans, most),
        outcome=whole(file, "outcome", gans, 0, len(OUTCOMES) - 1, "uint8"),
        epochs=whole(file, "trained_epochs", gans, 0, 2**62, "int64"),
        steps=whole(file, "trained_steps", gans, 0, 2**62, "int64"),
        total_variation=values("total_variation", gans),
        generator_loss=values("generator_loss", gans),
        discriminator_loss=values("discriminator_loss", gans),
        nonzero_gradients=values("nonzero_gradients", gans, there=has_gradients),
        gradient_variance=values("gradient_variance", gans, there=has_gradients),
        history=values("history", kept, epochs, most, there=kept > 0),
        history_total_variation=values("history_total_variation", kept, epochs, there=kept > 0),
        history_generator_loss=values("history_generator_loss", kept, epochs, there=kept > 0),
        history_discriminator_loss=values("history_discriminator_loss", kept, epochs, there=kept > 0),
        settings=settings_of(file, gans, classes),
        axes=axes_of(file, gans),
    )


def whole(file: Any, name: str, gans: int, least: int, most: int, dtype: str) -> np.ndarray:
    """[gan] whole numbers of this range."""
    if file[name].dtype.kind not in "iu":
        raise Damage(f"{name} has another type")
    stored = array(file, name, file[name].dtype, (gans,))[:]
    if stored.min() < least or stored.max() > most:
        raise Damage(f"{name} has a number that is not in {least} … {most}")
    return stored.astype(dtype)


def column(file: Any, name: str, gans: int) -> np.ndarray:
    """One value for all GANs, [1], or one for each, [gan]."""
    return np.atleast_1d(array(file, name, file[name].dtype, () if file[name].shape == () else (gans,))[()])


def word(file: Any, name: str, gans: int, allowed: tuple[str, ...]) -> str | list[str]:
    numbers = column(file, name, gans)
    if numbers.min() < 0 or numbers.max() >= len(allowed):
        raise Damage(f"{name} has a number that is no word")
    return simple([allowed[i] for i in numbers])


def settings_of(file: Any, gans: int, classes: np.ndarray) -> dict[str, Any]:
    settings: dict[str, Any] = {"target": rows(file["target"][()], classes), "data": None}
    settings["data_order"] = ORDERS[number(file, "data_order", 0, len(ORDERS) - 1)]
    settings["hidden"] = hidden_of(file, gans)
    settings |= {name: word(file, name, gans, allowed) for name, allowed in WORDS.items()}
    settings |= {name: column(file, name, gans).astype(of) for name, of in (AMOUNTS | NUMBERS).items()}
    for network in NETWORKS:
        name = f"{network}_learning_rate"
        settings[name] = column(file, name, gans).astype(np.float32)
    settings["temperature"] = temperature_of(file, gans)
    settings["initial_logits"] = (
        rows(file["initial_logits"][()], classes) if "initial_logits" in file else np.empty(0, np.float32)
    )
    until = float(file["until_total_variation"][()])
    settings["until_total_variation"] = None if until == -1 else until
    settings |= {name: int(file.attrs[name]) for name in ("steps_per_epoch", "gradient_samples", "first_gan")}
    return settings


def rows(values: np.ndarray, classes: np.ndarray) -> Any:
    """One row for all GANs, or each GAN's without what lies beyond its classes."""
    return values if values.ndim == 1 else [row[:count] for row, count in zip(values, classes)]


def hidden_of(file: Any, gans: int) -> Any:
    layers = column(file, "hidden_layers", gans)
    widths = [column(file, f"hidden_width_{i + 1}", gans) for i in range(MOST_LAYERS)]
    count = max(map(len, (layers, *widths)))
    table = np.stack([np.broadcast_to(each, count) for each in widths], axis=1)
    return simple([tuple(row[:n].tolist()) for row, n in zip(table, np.broadcast_to(layers, count))])


def temperature_of(file: Any, gans: int) -> Any:
    knots, shape = column(file, "temperature_knots", gans), column(file, "temperature_shape", gans)
    values, steps = (np.atleast_2d(file[name][()]) for name in ("temperature", "temperature_step"))
    if (knots == 1).all():
        return values[:, 0].copy()
    count = max(map(len, (knots, shape, values, steps)))
    knots, shape = np.broadcast_to(knots, count), np.broadcast_to(shape, count)
    values, steps = (np.broadcast_to(each, (count, each.shape[1])) for each in (values, steps))
    return simple(
        [
            TemperatureSchedule(list(zip(at[:n].tolist(), to[:n].tolist())), list(SHAPES)[kind])
            for kind, n, at, to in zip(shape, knots, steps, values)
        ]
    )


def axes_of(file: Any, gans: int) -> dict[str, np.ndarray]:
    """The values of what was varied, numbers or words."""
    text = file["axes"][()]
    axes = {}
    for axis in json.loads(text.decode() if isinstance(text, bytes) else str(text)):
        name = axis["name"]
        values = array(file, f"axis_{name}", file[f"axis_{name}"].dtype, (gans,))[:]
        axes[name] = np.array(axis["words"])[values.astype(int)] if axis["words"] else values
    return axes
