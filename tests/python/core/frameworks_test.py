# SPDX-License-Identifier: Apache-2.0
"""The plain functions with arrays of PyTorch and JAX, where these are installed: the bytes of NumPy's arrays, results
in the framework of the arguments, whatever the strides. Arrays on a GPU and those of CuPy: not run, no device."""

from __future__ import annotations

import numpy as np
import pytest
from every_operation import CASES, rows_of, run

import gumbelcuda as g

FROM_ROWS = [case for case in CASES if case.name != "combine_gumbel_max"]  # its case stacks NumPy arrays
all_cases = pytest.mark.parametrize("case", FROM_ROWS, ids=lambda case: case.name)


@all_cases
def test_torch_gives_the_bytes_of_numpy(case):
    torch = pytest.importorskip("torch")
    rows = rows_of(case)
    expected = run(case, rows)
    tensors = {name: torch.from_numpy(x) for name, x in rows.items()}
    found = run(case, tensors)
    assert isinstance(found, torch.Tensor) and np.array_equal(found.numpy(), expected)
    permuted = {name: x.permute(3, 1, 0, 2).contiguous().permute(2, 1, 3, 0) for name, x in tensors.items()}
    assert not next(iter(permuted.values())).is_contiguous()
    assert np.array_equal(run(case, permuted).numpy(), expected)
    halves = {name: x.to(torch.bfloat16) for name, x in tensors.items()}
    found = run(case, halves)
    if found.dtype == torch.bfloat16:
        widened = run(case, {name: x.float().numpy() for name, x in halves.items()})
        # In bfloat16 what is read is the same; the result is that of float32, rounded once.
        assert torch.equal(found, torch.from_numpy(widened).to(torch.bfloat16))


@all_cases
def test_jax_gives_the_bytes_of_numpy(case):
    jnp = pytest.importorskip("jax.numpy")
    rows = rows_of(case)
    expected = run(case, rows)
    found = run(case, {name: jnp.asarray(x) for name, x in rows.items()})
    assert type(found) is type(jnp.zeros(1))
    assert np.array_equal(np.asarray(found), expected)


def test_what_goes_with_tensors():
    torch = pytest.importorskip("torch")
    x = torch.randn(4, 6, 10, generator=torch.Generator().manual_seed(1))
    tau = torch.linspace(0.1, 2, 24).reshape(4, 6)
    seeds = torch.arange(24, dtype=torch.int64).reshape(4, 6)
    expected = g.gumbel_softmax(x.numpy(), tau.numpy(), seeds=seeds.numpy())
    for given in (tau, tau[..., None], tau.double(), tau.t().contiguous().t(), tau.numpy()):
        for own in (seeds, seeds.numpy().astype("uint64"), seeds.to(torch.uint64), seeds.to(torch.int32)):
            assert np.array_equal(g.gumbel_softmax(x, given, seeds=own).numpy(), expected)
    drawn = g.categorical_sample(x, top_k=torch.full((4, 6), 3), top_p=0.9, seed=1, returns=("index", "status"))
    assert drawn.index.dtype == torch.int64 and drawn.status.dtype == torch.uint8
    out = torch.empty(4, 6, dtype=torch.int32)
    assert g.gumbel_max(x, index_dtype="int32", out=out, seed=1) is out
    assert np.array_equal(out.numpy(), g.gumbel_max(x.numpy(), seed=1))
    assert g.gumbel_noise(like=x, seed=1).shape == x.shape
    counter = torch.tensor([8], dtype=torch.int64)
    assert torch.equal(
        g.gumbel_noise(like=x, generator=g.Generator(3, device_position=counter)),
        g.gumbel_noise(like=x, seed=3, offset=8),
    )
    assert counter.item() == 20
    schedule = g.TemperatureSchedule([(0, 1.0), (10, 0.5)])
    assert schedule(torch.tensor([5])).item() == schedule(5) == 0.75


def test_a_torch_generator_moves_on_and_decides():
    torch = pytest.importorskip("torch")
    x = torch.zeros(4, 6)
    generator = torch.Generator().manual_seed(5)
    first, second = g.gumbel_noise(like=x, generator=generator), g.gumbel_noise(like=x, generator=generator)
    assert not torch.equal(first, second)
    assert torch.equal(first, g.gumbel_noise(like=x, generator=torch.Generator().manual_seed(5)))
    assert np.array_equal(first, g.gumbel_noise(like=x.numpy(), generator=torch.Generator().manual_seed(5)))


def test_tensors_that_are_refused():
    torch = pytest.importorskip("torch")
    x = torch.zeros(4, 6)
    with pytest.raises(ValueError, match="logits: device meta is neither a CPU nor a CUDA device"):
        g.gumbel_max(x.to("meta"))
    with pytest.raises(TypeError, match="logits: torch.complex64 cannot be read"):
        g.gumbel_max(x.to(torch.complex64))
    with pytest.raises(ValueError, match="out: requires_grad"):
        g.gumbel_softmax(x, out=x.clone().requires_grad_())
    with torch.no_grad():
        assert g.gumbel_softmax(x.clone().requires_grad_()).grad_fn is None


def test_jax_under_tracing_is_sent_to_its_module():
    jax = pytest.importorskip("jax")
    with pytest.raises(TypeError, match="logits: in a function that JAX traces call gumbelcuda.jax"):
        jax.jit(g.gumbel_max)(jax.numpy.zeros((2, 3)))


def test_dlpack_of_other_frameworks():
    torch = pytest.importorskip("torch")

    class Wrapped:
        def __init__(self, x):
            self.__dlpack_device__, self.x = x.__dlpack_device__, x

        def __dlpack__(self, **arguments):
            return self.x.__dlpack__(**arguments)

        def __dlpack_device__(self):  # shadowed by the tensor's own
            raise AssertionError

    x = torch.randn(3, 8, generator=torch.Generator().manual_seed(1))
    assert np.array_equal(g.gumbel_softmax(Wrapped(x), seed=1), g.gumbel_softmax(x, seed=1))
    pytest.importorskip("ml_dtypes")
    half = x.to(torch.bfloat16)[:, ::2]
    found = g.gumbel_softmax(Wrapped(half), seed=1)
    assert found.dtype.name == "bfloat16"
    assert np.array_equal(found.astype("float32"), g.gumbel_softmax(half, seed=1).float())
