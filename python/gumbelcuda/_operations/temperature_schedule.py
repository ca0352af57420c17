# SPDX-License-Identifier: Apache-2.0
"""The temperature of a training step (include/gumbelcuda/temperature_schedule.hpp)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from math import prod

from .. import _binding, _names
from .._arrays import adopt
from .._handles import handle_for

SHAPES = {"linear": 0, "exponential": 1, "cosine": 2}


class TemperatureSchedule:
    """How tau goes from knot to knot, (step, tau), at most 8 of them: before the first and after the last it stays.

        schedule = TemperatureSchedule([(0, 2.0), (10_000, 0.1)], "cosine")
        tau = schedule(step)

    shape: "linear", "exponential" (taus above 0) or "cosine".
    """

    def __init__(self, knots: Sequence[tuple[int, float]], shape: str = "linear") -> None:
        if shape not in SHAPES:
            raise ValueError(f"shape: {shape!r} is not one of {', '.join(map(repr, SHAPES))}")
        if not 1 <= len(knots) <= 8:
            raise ValueError(f"knots: {len(knots)} is not in [1, 8]")
        self.knots = tuple((int(step), float(tau)) for step, tau in knots)
        self.shape = shape
        self(0)  # checks the knots

    def __call__(self, step: Any, *, out: Any = None) -> Any:
        """tau at a step, as a float; or, of a step counter in the memory of a device (one uint64 or int64), as an array
        of one float32 there, evaluated on the current stream: neither waits for the other, and both fit in a CUDA
            graph.
        """
        return evaluate_schedule(self, step, out=out)

    def __repr__(self) -> str:
        return f"TemperatureSchedule({list(self.knots)}, {self.shape!r})"


def evaluate_schedule(schedule: TemperatureSchedule, step: Any, *, out: Any = None) -> Any:
    """See TemperatureSchedule.__call__."""
    number = isinstance(step, int)
    if number:
        import numpy

        if not 0 <= step < 2**64:
            raise ValueError(f"step: {step} is not in [0, 2**64)")
        step = numpy.array([step], "uint64")
    array = adopt("step", step)
    if array.type not in ("uint64", "int64") or prod(array.shape) != 1:
        raise TypeError(f"step: {array.type} of shape {array.shape} is not one uint64 or int64")
    result = array.framework.empty((1,), "float32", array.device) if out is None else out
    written = adopt("out", result)
    if written.type != "float32" or prod(written.shape) != 1 or written.device != array.device or written.readonly:
        raise TypeError(f"out: {written.type} of shape {written.shape} is not one float32 where step is")
    fields: dict[str, Any] = {
        "schedule.shape": SHAPES[schedule.shape],
        "schedule.knot_count": len(schedule.knots),
        "device_step": array.pointer,
        "device_temperature": written.pointer,
    }
    for place, (at, tau) in enumerate(schedule.knots):
        fields[f"schedule.knots[{place}].step"] = at
        fields[f"schedule.knots[{place}].temperature"] = tau
    with handle_for(array.framework, array.device) as handle:
        try:
            _binding.call("evaluate_schedule", handle, **fields)
        except _binding.Refused as error:
            raise _names.in_python(error, evaluate_schedule) from None
    return float(result[0]) if number and out is None else result
