# SPDX-License-Identifier: Apache-2.0
"""The settings of a sweep, from the arguments of train_sweep to the arrays of gumbelcuda/c/sweep.h."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gumbelcuda._operations.temperature_schedule import SHAPES, TemperatureSchedule
from gumbelcuda._training import Settings, count_of_history, not_zero, per_gan, rate, whole_number, words

ARTICLE_TARGET = (0, 0, 0.1, 0.3, 0.6)
MOST_LAYERS, MOST_KNOTS = 3, 8

# In the order of their numbers in C.
WORDS = {
    "activation": ("leaky_relu", "tanh"),
    "initializer": ("glorot_uniform", "he_uniform"),
    "loss": ("non_saturating", "saturating", "hinge", "wasserstein"),
    "estimator": ("relaxed", "straight_through", "gumbel_rao", "score_function"),
    "optimizer": ("adam", "adam_pytorch", "sgd", "rmsprop"),
    "smoothing": ("none", "gumbel_softmax", "label", "normal"),
}
ORDERS = ("file", "shuffled", "iid")
NUMBERS = {
    "seed": "uint64",
    "beta_1": "float64",
    "beta_2": "float64",
    "epsilon": "float32",
    "batch_size": "int32",
    "generator_steps": "int32",
    "epochs": "int64",
}
NETWORKS = ("generator", "discriminator")
AMOUNTS = {
    "weight_clip": "float32",
    "gradient_penalty": "float32",
    "inner_samples": "int32",
    "smoothing_amount": "float32",
}
# gumbelcuda_gan_problem and gumbelcuda_temperature_schedule.
PROBLEM = np.dtype(
    [
        ("hidden_layers", "i4"),
        ("hidden_width", "i4", MOST_LAYERS),
        ("activation", "i4"),
        ("initializer", "i4"),
        ("loss", "i4"),
        ("weight_clip", "f4"),
        ("gradient_penalty", "f4"),
        ("estimator", "i4"),
        ("inner_samples", "i4"),
        ("optimizer", "i4"),
        ("smoothing", "i4"),
        ("smoothing_amount", "f4"),
        ("reserved", "u4", 2),
    ]
)
KNOT = np.dtype([("step", "u8"), ("temperature", "f4"), ("reserved", "u4")])
SCHEDULE = np.dtype([("shape", "i4"), ("knot_count", "i4"), ("knots", KNOT, MOST_KNOTS)])


@dataclass
class SweepSettings:
    settings: Settings
    in_python: dict[str, Any]  # the arguments that change results
    epochs: np.ndarray  # of all GANs, [1], or of each
    symbols: list | None  # of data that are bytes: each class's


def settings_in_c(arguments: dict[str, Any]) -> SweepSettings:
    arrays: dict[str, np.ndarray] = {name: per_gan(name, arguments[name], of) for name, of in NUMBERS.items()}
    for network in NETWORKS:
        of_network = f"{network}_learning_rate"
        arrays[of_network] = rate(network, arguments[of_network], arguments["learning_rate"])
    arrays["temperature"] = schedules(arguments["temperature"])
    problem = {name: words(name, arguments[name], allowed) for name, allowed in WORDS.items()}
    problem |= {name: per_gan(name, arguments[name], of) for name, of in AMOUNTS.items()}
    layers = layers_of(arguments["hidden"])
    data, symbols = data_of(arguments["data"])
    target = target_of(arguments["target"], data)
    logits = rows_of("initial_logits", arguments["initial_logits"], "float32")

    # For each setting one value for all, or one for each.
    columns: list[Any] = [*arrays.values(), *problem.values(), layers, target, logits]
    lengths = [len(each) for each in columns]
    gans = max(lengths) if arguments["num_gans"] is None else whole_number("num_gans", arguments["num_gans"], "uint64")
    if 0 in problem["inner_samples"]:
        raise ValueError("inner_samples: 0 is not in 1 … 64")
    arrays["problem"] = problems(problem, layers, gans)
    settings = Settings(
        "gumbelcuda_sweep_config",
        num_gans=gans,
        first_gan=whole_number("first_gan", arguments["first_gan"], "uint64"),
        order=words("data_order", arguments["data_order"], ORDERS)[0],
        steps_per_epoch=not_zero("steps_per_epoch", whole_number("steps_per_epoch", arguments["steps_per_epoch"])),
        gradient_samples=whole_number("gradient_samples", arguments["gradient_samples"], "int32"),
        history_gans=count_of_history(arguments["history_gans"], gans),
    )
    for name, array in arrays.items():
        settings.set_array(name, array)
    if data is not None:
        settings.set_array("data", data)
    settings.set_rows("target", target)
    settings.set_rows("initial_logits", logits)
    until = arguments["until_total_variation"]
    if until is not None:
        if np.ndim(until) > 0 or not 0 <= until <= 1:
            raise ValueError(f"until_total_variation: {until!r} is not a number in [0, 1]")
        settings.struct.until_total_variation = settings.address(per_gan("until_total_variation", until, "float64"))
    given = {
        "target": simple(target) if data is None else None,
        "data": None if data is None else arguments["data"],
        "hidden": simple([tuple(map(int, widths)) for widths in layers]),
        "temperature": temperatures(arguments["temperature"]),
        "initial_logits": simple(logits),
    }
    given |= {name: simple(one_or_list(arguments[name])) for name in WORDS}
    rates = {f"{network}_learning_rate": np.array(arrays[f"{network}_learning_rate"]) for network in NETWORKS}
    given |= (
        rates | {name: np.array(arrays[name]) for name in NUMBERS} | {name: np.array(problem[name]) for name in AMOUNTS}
    )
    given |= {name: getattr(settings.struct, name) for name in ("steps_per_epoch", "gradient_samples", "first_gan")}
    given |= {"data_order": arguments["data_order"], "until_total_variation": until}
    return SweepSettings(settings, given, arrays["epochs"], symbols)


def simple(each: list) -> Any:
    """What all GANs have, or a list with what each has."""
    return each[0] if len(each) == 1 else each


def one_or_list(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def temperatures(given: Any) -> Any:
    """As it is given, but numbers are an array."""
    if isinstance(given, TemperatureSchedule) or has_schedules(given):
        return given if isinstance(given, TemperatureSchedule) else list(given)
    return np.array(per_gan("temperature", given, "float32"))


def rows_of(name: str, value: Any, dtype: str) -> list[np.ndarray]:
    """One row for all GANs, or one for each; they may differ in length."""
    if isinstance(value, np.ndarray) and value.ndim == 2:
        return [np.array(per_gan(name, row, dtype)) for row in value]
    if len(value) > 0 and np.ndim(value[0]) == 1:
        return [per_gan(f"{name}[{i}]", row, dtype) for i, row in enumerate(value)]
    return [per_gan(name, value, dtype) if len(value) > 0 else np.empty(0, dtype)]


def data_of(data: Any) -> tuple[np.ndarray | None, list | None]:
    """The data's classes; of bytes, which byte each class is."""
    if data is None:
        return None, None
    if isinstance(data, (bytes, bytearray, memoryview)):
        symbols, classes = np.unique(np.frombuffer(data, np.uint8), return_inverse=True)
        return classes.astype(np.uint32), [bytes([symbol]) for symbol in symbols]
    return per_gan("data", data, "uint32"), None


def target_of(target: Any, data: np.ndarray | None) -> list[np.ndarray]:
    """With data: the classes' shares."""
    if data is None:
        return rows_of("target", ARTICLE_TARGET if target is None else target, "float64")
    if target is not None:
        raise ValueError("target: must not be given with data, whose classes' shares it is")
    if len(data) == 0:
        raise ValueError("data: there are none")
    if (largest := int(data.max())) >= 1024:
        raise ValueError(f"data: {largest} is no class, 0 … 1023")
    if largest < 1:
        raise ValueError("data: 1 class is too few; there must be 2 or more")
    return [np.bincount(data) / len(data)]


def layers_of(hidden: Any) -> list[Sequence[int]]:
    """The widths of all GANs, or of each. A number is the width of the only layer."""
    if has_items(hidden) and any(map(has_items, hidden)):
        return [_layers(f"hidden[{i}]" if len(hidden) > 1 else "hidden", each) for i, each in enumerate(hidden)]
    return [_layers("hidden", hidden)]


def has_items(value: Any) -> bool:
    return hasattr(value, "__len__") and not isinstance(value, (str, bytes)) and getattr(value, "shape", None) != ()


def _layers(name: str, widths: Any) -> Sequence[int]:
    """The widths of one GAN."""
    if not has_items(widths):
        widths = (whole_number(name, widths, "int32"),)
    if len(widths) > MOST_LAYERS:
        raise ValueError(f"{name}: {len(widths)} layers are more than {MOST_LAYERS}")
    if len(widths) > 0:
        per_gan(name, widths, "int32")
    return widths


def problems(columns: dict[str, np.ndarray], layers: list[Sequence[int]], gans: int) -> np.ndarray:
    """One problem for all GANs, or one for each."""
    counted: dict[str, Any] = columns | {"hidden": layers}
    for name, column in counted.items():
        if len(column) not in (1, gans):
            raise ValueError(f"{name}: {len(column)} values, but 1 or one for each of the {gans} GANs are allowed")
    count = 1 if all(len(column) == 1 for column in counted.values()) else gans
    rows = np.zeros(count, PROBLEM)
    for name, column in columns.items():
        rows[name] = column
    widths = np.zeros((len(layers), MOST_LAYERS), np.int32)
    for i, each in enumerate(layers):
        widths[i, : len(each)] = each
    rows["hidden_width"] = widths
    rows["hidden_layers"] = [len(each) for each in layers]
    return rows


def has_schedules(temperature: Any) -> bool:
    return isinstance(temperature, (list, tuple)) and any(isinstance(each, TemperatureSchedule) for each in temperature)


def schedules(temperature: Any) -> np.ndarray:
    """Temperatures that stay as they are, or schedules: one for all GANs, or one for each."""
    if isinstance(temperature, TemperatureSchedule):
        return np.array([schedule_row(temperature)])
    if has_schedules(temperature):
        return np.array(
            [
                schedule_row(each) if isinstance(each, TemperatureSchedule) else constants(f"temperature[{i}]", each)[0]
                for i, each in enumerate(temperature)
            ]
        )
    return constants("temperature", temperature)


def constants(name: str, temperature: Any) -> np.ndarray:
    values = per_gan(name, temperature, "float32")
    rows = np.zeros(len(values), SCHEDULE)
    rows["knot_count"] = 1
    rows["knots"]["temperature"][:, 0] = values
    return rows


def schedule_row(schedule: TemperatureSchedule) -> np.ndarray:
    row = np.zeros((), SCHEDULE)
    row["shape"], row["knot_count"] = SHAPES[schedule.shape], len(schedule.knots)
    for i, (step, temperature) in enumerate(schedule.knots):
        row["knots"]["step"][i], row["knots"]["temperature"][i] = step, temperature
    return row
