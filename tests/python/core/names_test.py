# SPDX-License-Identifier: Apache-2.0
"""Errors name what the caller typed: for every field of every struct of arguments and settings."""

from __future__ import annotations

import inspect
import re

import every_operation
import numpy as np
import pytest
from every_operation import CASES, OTHERS, rows_of, run

import gumbelcuda as g
from gumbelcuda import _binding, _names

CALLED = [case.name for case in CASES] + ["evaluate_schedule"]
# Fields whose argument has another name; all others have their own, or are results.
OTHERWISE = {
    "temperature": "tau",
    "p_temperature": "p_tau",
    "q_temperature": "q_tau",
    "noise.row_seed": "seeds",
    "noise.row_offset": "offsets",
    "noise.offset": "offset",
    "device_step": "step",
    "device_temperature": "out",
}
SETTINGS = {"first_row": "row", "offset": "offset", "seed": "seed", "device_offset": "generator"}  # of the handle


def expected(field: str, parameters) -> str:
    if field == "partial" and "partials" in parameters:
        return "partials"
    return OTHERWISE.get(field, "out")


def fields_of(name: str) -> list[str]:
    return list(_binding.Operation(name).kinds)


@pytest.mark.parametrize("name", CALLED)
def test_every_field_is_an_argument_or_only_ours(name: str) -> None:
    parameters = inspect.signature(getattr(g, name)).parameters
    for field in fields_of(name):
        found = _names.of_field(field, parameters)
        own = field.partition(".")[0]
        if field.rpartition(".")[2] in _names.INTERNAL:
            assert found is None, field
        elif field in _names.SIZES:
            continue
        elif own == "schedule":
            assert re.fullmatch(r"shape|knots|knots\[\d\]\.(step|temperature)", found), field
        elif own in parameters:
            assert found == own, field
        else:
            assert found == expected(field, parameters) and found in parameters, field


def test_settings_of_the_handle_are_arguments_of_what_draws() -> None:
    for case in CASES:
        parameters = inspect.signature(getattr(g, case.name)).parameters
        for field, argument in SETTINGS.items() if case.draws else ():
            is_there = argument in parameters  # a backward pass has no generator
            assert _names.of_field(field, parameters) == argument if is_there else argument == "generator"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_call_says_the_argument_s_name_whatever_field_c_refuses(case, monkeypatch) -> None:
    rows = rows_of(case)
    run(case, rows)
    parameters = inspect.signature(getattr(g, case.name)).parameters
    goes_on = _binding.Operation.run
    for field in fields_of(case.name):

        def refuse(self, handle, field=field):
            if self.name == case.name:
                raise _binding.Refused(f"{field}: 5 is not 6")
            goes_on(self, handle)

        monkeypatch.setattr(_binding.Operation, "run", refuse)
        with pytest.raises((ValueError, g.InternalError)) as raised:
            run(case, rows)
        if type(raised.value) is g.InternalError:
            assert field.rpartition(".")[2] in _names.INTERNAL
            assert str(raised.value) == f"{case.name}: {field}: 5 is not 6"
        else:
            assert type(raised.value) is ValueError
            name, size, text = re.fullmatch(r"(\w+): ((?:rows: |classes: |shards: )?)(.*)", str(raised.value)).groups()
            assert name in parameters and text == "5 is not 6" and bool(size) == (field in _names.SIZES)
            assert size or name in (field.partition(".")[0], expected(field, parameters))


def test_other_fields_in_a_message_are_named_the_same_way() -> None:
    error = _binding.Refused("y.data: is logits.data, which is still read; -0.5 is no name")
    assert str(_names.in_python(error, g.gumbel_softmax)) == "out: is logits, which is still read; -0.5 is no name"


def members(struct: str) -> list[str]:
    return [name for name, *_ in _binding.structs[f"gumbelcuda_{struct}"]._fields_]


@pytest.mark.parametrize("kind", ["fleet", "sweep"])
def test_every_setting_of_training_is_an_argument_or_only_ours(kind: str) -> None:
    parameters = inspect.signature(getattr(g, f"train_{kind}")).parameters
    fields = members(f"{kind}_config") + members("training_execution")
    if kind == "sweep":
        fields.remove("problem")
        fields += [f"{base}.{field}" for base in ("problem", "problem[7]") for field in members("gan_problem")]
        fields += ["target.length[2]", "initial_logits.length[0]", "temperature[2].knots[0].temperature"]
    for field in (*fields, "config.struct_size", "execution.struct_size"):
        name = _names.of_setting(field, dict.fromkeys(parameters, 1))
        if field.rpartition(".")[2] in _names.INTERNAL:
            assert name is None, field
        else:
            assert re.match(r"\w+", name)[0] in parameters, field
            assert ("[7]" in name) == ("[7]" in field)


def test_some_settings_have_the_names_that_were_typed() -> None:
    for field, name in {
        "problem.hidden_width[1]": "hidden[1]",
        "problem[7].hidden_width[1]": "hidden[7][1]",
        "problem[7].hidden_layers": "hidden[7]",
        "problem[3].loss": "loss[3]",
        "target.length[2]": "target[2], length",
        "temperature[2].knots[0].temperature": "temperature[2]",
        "order": "data_order",
        "generator_learning_rate[1]": "learning_rate[1]",
        "discriminator_learning_rate": "discriminator_learning_rate",
    }.items():
        assert _names.of_setting(field, {"discriminator_learning_rate": 0.1}) == name


def test_all_operations_are_here() -> None:
    assert set(CALLED) == {case.name for case in every_operation.CASES} | OTHERS - {"advance_noise", "advance_row_offsets"}


def test_errors_of_training() -> None:
    for settings, message in (
        (dict(learning_rate=[1e-3, -1]), "learning_rate: -1 is not above 0"),
        (dict(hidden=65), r"hidden\[0\]: 65 is not in 1 … 64"),
        (dict(hidden=[[4], [65]]), r"hidden\[1\]\[0\]: 65 is not in 1 … 64"),
        (dict(target=[[0.5, 0.5], [1.0]]), r"target\[1\], length: 1 is not in 2"),
        (dict(data=b"aaa"), "data: 1 class is too few; there must be 2 or more"),
        (dict(temperature=-1), "temperature: -1 is not 0 or more"),
    ):
        with pytest.raises(ValueError, match=f"^{message}"):
            g.train_sweep(epochs=1, **settings)
    with pytest.raises(ValueError, match=r"^learning_rate: -1 is not above 0"):
        g.train_fleet(2, epochs=1, learning_rate=-1, discriminator_learning_rate=1e-3)
    assert np.isfinite(g.train_fleet(2, epochs=1).logits).all()
