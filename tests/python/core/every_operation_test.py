# SPDX-License-Identifier: Apache-2.0
"""What holds for every operation: it can be reached, and neither strides nor axes nor types nor `out` change what it
does."""

from __future__ import annotations

import re
from pathlib import Path

import every_operation
import numpy as np
import pytest
from every_operation import CASES, CLASSES, LEADING, OTHERS, rows_of, run

import gumbelcuda as g
from gumbelcuda import _binding

ROOT = Path(__file__).resolve().parents[3]
# Of handles, dimensions and the library itself: _binding uses them. Those of training have modules of their own.
INFRASTRUCTURE = re.compile(
    "gumbelcuda_(create|destroy|set_|get_|add_|next_block|status_string|last_error|version|.*(fleet|sweep|kept_run)|"
    "cpu_target|default_threads|xla_ffi)"
)
all_cases = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def test_no_operation_of_c_is_missing():
    symbols = re.findall(r"(?m)^gumbelcuda_\w+$", (ROOT / "tests/package/abi_symbols.txt").read_text())
    operations = {name.removeprefix("gumbelcuda_") for name in symbols if not INFRASTRUCTURE.match(name)}
    assert len(operations) >= 28
    assert operations - set(dir(g)) == set()
    assert operations == {case.name for case in CASES} | OTHERS


def test_all_functions_of_the_symbol_list_are_in_the_binding():
    symbols = re.findall(r"(?m)^gumbelcuda_\w+$", (ROOT / "tests/package/abi_symbols.txt").read_text())
    for name in symbols:
        assert getattr(_binding.library, name).argtypes is not None


@all_cases
def test_strided_rows_give_the_bytes_of_contiguous_ones(case):
    rows = rows_of(case)
    expected = run(case, rows)
    room = {name: np.full((4, 3, 10, CLASSES * 2), np.nan, "float32") for name in rows}
    for name, x in rows.items():
        room[name][::2, :, 1::2, ::2] = x
    assert np.array_equal(run(case, {name: x[::2, :, 1::2, ::2] for name, x in room.items()}), expected)
    backwards = {name: np.ascontiguousarray(x[::-1, :, ::-1])[::-1, :, ::-1] for name, x in rows.items()}
    assert np.array_equal(run(case, backwards), expected)


@all_cases
def test_classes_may_be_on_any_axis(case):
    rows = rows_of(case)
    expected = run(case, rows)
    for axis in (0, 1, 2):
        for layout in (np.ascontiguousarray, lambda x: x):
            moved = {name: layout(np.moveaxis(x, -1, axis)) for name, x in rows.items()}
            found = run(case, moved, axis)
            if found.ndim == 4 and found.shape != expected.shape:  # rows of classes: the result has the axis, too
                found = np.moveaxis(found, axis, -1)
            assert np.array_equal(found, expected), axis


@all_cases
def test_classes_backwards_are_copied(case):
    rows = rows_of(case)
    backwards = {name: np.ascontiguousarray(x[..., ::-1])[..., ::-1] for name, x in rows.items()}
    assert np.array_equal(run(case, backwards), run(case, rows))


@all_cases
def test_out_is_written(case):
    rows = rows_of(case)
    expected = run(case, rows)
    out = np.zeros_like(expected)
    assert run(case, rows, out=out) is out
    assert np.array_equal(out, expected)
    if out.shape == (*LEADING, CLASSES):
        strided = np.zeros((*LEADING, 2 * CLASSES), out.dtype)
        run(case, rows, out=strided[..., 1::2])
        assert np.array_equal(strided[..., 1::2], expected)
        assert not strided[..., ::2].any()


@all_cases
@pytest.mark.parametrize("dtype", ["float16", "float64", "bfloat16"])
def test_types(case, dtype):
    if dtype == "bfloat16":
        dtype = pytest.importorskip("ml_dtypes").bfloat16
    rows = rows_of(case, dtype)
    found = run(case, rows)
    assert found.shape == run(case, rows_of(case)).shape
    if found.dtype.kind == "f" or found.dtype == dtype:
        assert found.dtype in (np.dtype(dtype), np.dtype("float64" if dtype == "float64" else "float32"))
        nearest = run(case, {name: x.astype("float64") for name, x in rows.items()})
        # Noise of float64 is that of float32 up to rounding; drawn again it is the same.
        error = {"float64": 0.0, "float16": 0.02}.get(str(np.dtype(dtype)), 0.1)
        assert np.allclose(found.astype("float64"), nearest, rtol=error, atol=error, equal_nan=True)


@all_cases
def test_results_do_not_depend_on_threads(case):
    rows = rows_of(case)
    try:
        g.set_num_threads(1)
        one = run(case, rows)
        g.set_num_threads(3)
        assert np.array_equal(run(case, rows), one)
    finally:
        g.set_num_threads(0)


@all_cases
def test_no_rows_give_no_results(case):
    if case.name in ("conditional_gumbel", "gumbel_rao_vjp"):
        pytest.skip("its index has the shape of all rows")
    rows = {name: x[:0] for name, x in rows_of(case).items()}
    assert run(case, rows).shape[0] == 0


def test_the_table_names_each_case_once():
    names = [case.name for case in every_operation.CASES]
    assert len(set(names)) == len(names)
