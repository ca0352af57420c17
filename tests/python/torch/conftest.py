# SPDX-License-Identifier: Apache-2.0
"""Tests of gumbelcuda.torch need PyTorch, and are left out, with one line that says so, where it is not installed."""

import pytest

torch = pytest.importorskip("torch")


@pytest.fixture(autouse=True)
def same_seed_for_each_test() -> None:
    torch.manual_seed(17)
