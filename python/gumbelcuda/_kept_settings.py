# SPDX-License-Identifier: Apache-2.0
"""What a checkpoint's run was asked for, from gumbelcuda_kept_run_view to the arguments of train_fleet and train_sweep
that change results."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from gumbelcuda import _binding
from gumbelcuda._operations.temperature_schedule import SHAPES, TemperatureSchedule
from gumbelcuda._sweep_settings import AMOUNTS, NETWORKS, NUMBERS, ORDERS, PROBLEM, SCHEDULE, WORDS, simple
from gumbelcuda.fleet_result import PER_GAN


def copy(address: int | None, count: int, dtype: Any) -> np.ndarray:
    """The numbers at an address."""
    of = np.dtype(dtype)
    if not count:
        return np.empty(0, of)
    return np.frombuffer((ctypes.c_uint8 * (count * of.itemsize)).from_address(address), of).copy()


def array(member: Any, dtype: Any) -> np.ndarray:
    return copy(member.data, member.count, dtype)


def rows(member: Any, dtype: str) -> list[np.ndarray]:
    lengths = copy(member.length, member.count, "int32")
    return np.split(copy(member.data, int(lengths.sum()), dtype), np.cumsum(lengths)[:-1])


def fleet_settings(view: Any) -> dict[str, Any]:
    c = _binding.structs["gumbelcuda_fleet_config"].from_address(view.fleet)
    settings = {"target": array(c.target, "float64"), "seed": int(copy(c.seed, 1, "uint64")[0])}
    settings |= {name: array(getattr(c, name), "float32") for name in PER_GAN}
    numbers = ("epochs", "steps_per_epoch", "batch_size", "generator_steps", "first_gan")
    return settings | {name: getattr(c, name) for name in numbers}


def sweep_settings(view: Any) -> dict[str, Any]:
    """Of data, only the classes' shares are there, as the target."""
    c = _binding.structs["gumbelcuda_sweep_config"].from_address(view.sweep)
    problem = array(c.problem, PROBLEM)
    settings: dict[str, Any] = {"target": simple(rows(c.target, "float64")), "data": None}
    settings["data_order"] = ORDERS[c.order]
    settings["hidden"] = simple([tuple(each["hidden_width"][: each["hidden_layers"]].tolist()) for each in problem])
    for name, words in WORDS.items():
        settings[name] = simple([words[i] for i in one_if_all_have_it(problem[name])])
    settings |= {name: one_if_all_have_it(problem[name]) for name in AMOUNTS}
    settings |= {name: array(getattr(c, name), of) for name, of in NUMBERS.items()}
    settings |= {name: array(getattr(c, name), "float32") for name in (f"{each}_learning_rate" for each in NETWORKS)}
    settings["temperature"] = temperature(array(c.temperature, SCHEDULE))
    settings["initial_logits"] = simple(rows(c.initial_logits, "float32"))
    until = c.until_total_variation
    settings["until_total_variation"] = float(copy(until, 1, "float64")[0]) if until else None
    return settings | {name: getattr(c, name) for name in ("steps_per_epoch", "gradient_samples", "first_gan")}


def one_if_all_have_it(column: np.ndarray) -> np.ndarray:
    """In C a setting of the problem has a value for each GAN wherever another one has."""
    return column[:1].copy() if (column == column[0]).all() else column.copy()


def temperature(schedules: np.ndarray) -> Any:
    """Temperatures that stay as they are; or schedules, one for all GANs or one for each."""
    if (schedules["knot_count"] == 1).all():
        return schedules["knots"]["temperature"][:, 0].copy()
    return simple([schedule(each) for each in schedules])


def schedule(row: Any) -> TemperatureSchedule:
    knots = row["knots"][: row["knot_count"]]
    return TemperatureSchedule(
        list(zip(knots["step"].tolist(), knots["temperature"].tolist())), list(SHAPES)[row["shape"]]
    )


def axes(view: Any) -> dict[str, np.ndarray] | None:
    """What a sweep of the command varies: its value for each GAN, number or word."""
    if not view.axes:
        return None
    gans = _binding.structs["gumbelcuda_sweep_config"].from_address(view.sweep).num_gans
    found = {}
    for axis in (_binding.structs["gumbelcuda_sweep_axis"] * view.axes).from_address(view.axis):
        value = copy(axis.value, gans, "float64")
        if axis.words:
            words = (ctypes.c_char_p * axis.words).from_address(axis.word)
            value = np.array([word.decode() for word in words])[value.astype(int)]
        found[axis.name.decode()] = value
    return found
