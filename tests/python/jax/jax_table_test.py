# SPDX-License-Identifier: Apache-2.0
"""The table of operations has every function of the module."""

import gumbelcuda.jax as gj
from jax_operations import OPERATIONS


def test_every_function_is_in_the_table():
    functions = {name for name in gj.__all__ if name != "TopKSample"}
    assert functions == {operation.name.split(",")[0] for operation in OPERATIONS}
