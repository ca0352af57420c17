# SPDX-License-Identifier: Apache-2.0
"""jit, vmap, scan, remat and shard_map change no byte."""

import itertools
import os
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax_operations import DRAWING, OPERATIONS, arrays_of, same_bytes

import gumbelcuda
import gumbelcuda.jax as gj

KEY = jax.random.key(11)


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_jit_gives_the_bytes_of_the_call_outside(operation):
    arguments = [*([KEY] if operation.draws else []), *arrays_of(operation, 3, 7)]
    assert same_bytes(jax.jit(operation.run)(*arguments), operation.run(*arguments))


def calls_one_by_one(function, in_axes, arguments, items):
    results = [
        function(*(x if axis is None else jax.tree.map(lambda a: a[item], x) for x, axis in zip(arguments, in_axes)))
        for item in range(items)
    ]
    return jax.tree.map(lambda *each: jnp.stack(each), *results)


def stacked(operation, rows, items):
    """Arguments with a leading dimension of items; None of them is the same in two items."""
    each = [arrays_of(operation, rows, 7)] + [
        [jnp.flip(a, 0) if a.dtype == jnp.int32 else a * 2.0**-item for a in arrays_of(operation, rows, 7)]
        for item in range(1, items)
    ]
    return [*([jax.random.split(KEY, items)] if operation.draws else []), *(jnp.stack(a) for a in zip(*each))]


# Each combination of what varies and what does not, with one row in an item and with more: groups are worked on
# together in
# some and one by one in others.
@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_vmap_is_the_calls_one_by_one(operation, rows):
    items = 4
    batched = stacked(operation, rows, items)
    for in_axes in itertools.product((0, None), repeat=len(batched)):
        if all(axis is None for axis in in_axes):
            continue
        arguments = [x if axis == 0 else x[1] for x, axis in zip(batched, in_axes)]
        expected = calls_one_by_one(operation.run, in_axes, arguments, items)
        assert same_bytes(jax.vmap(operation.run, in_axes)(*arguments), expected), in_axes


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_nested_vmap_is_the_calls_one_by_one(operation):
    # The outer one maps the first argument, the inner one all others.
    batched = stacked(operation, 2, 3)
    inner_axes = (None, *(0 for _ in batched[1:]))
    inner = jax.vmap(operation.run, inner_axes)
    outer_axes = (0, *(None for _ in batched[1:]))
    expected = calls_one_by_one(lambda *a: calls_one_by_one(operation.run, inner_axes, a, 3), outer_axes, batched, 3)
    assert same_bytes(jax.vmap(inner, outer_axes)(*batched), expected)


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if o.differentiable or o.name == "gumbel_rao"], ids=str)
@pytest.mark.parametrize("rows", [1, 3])
def test_vmap_of_gradients_is_the_gradients_one_by_one(operation, rows):
    first = 1 if operation.draws else 0

    def loss(*arguments):
        result = operation.run(*arguments)
        return (result * jnp.cos(jnp.arange(result.size, dtype=result.dtype).reshape(result.shape))).sum()

    gradient = jax.grad(loss, tuple(first + i for i in operation.differentiable or (0,)))
    batched = stacked(operation, rows, 4)
    for in_axes in itertools.product((0, None), repeat=len(batched)):
        if all(axis is None for axis in in_axes):
            continue
        arguments = [x if axis == 0 else x[1] for x, axis in zip(batched, in_axes)]
        expected = calls_one_by_one(gradient, in_axes, arguments, 4)
        found = jax.vmap(gradient, in_axes)(*arguments)
        for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(expected)):
            np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-5)  # XLA sums over rows in another order


@pytest.mark.parametrize("operation", [o for o in DRAWING if o.rowwise and o.name != "gumbel_noise"], ids=str)
def test_vmap_over_rows_gives_the_bytes_of_the_whole_batch(operation):
    arrays = arrays_of(operation, 6, 7)
    table = {
        "gumbel_max": gj.gumbel_max,
        "categorical": gj.categorical,
        "conditional_gumbel": gj.conditional_gumbel,
        "gumbel_softmax": gj.gumbel_softmax,
        "gumbel_rao": gj.gumbel_rao,
        "relaxed_bernoulli": gj.relaxed_bernoulli,
        "location_scale_sample": gj.location_scale_sample,
        "concrete_kl_estimate": gj.concrete_kl_estimate,
        "gumbel_top_k": lambda k, x, row=None: gj.gumbel_top_k(k, x, 3, row=row),
        "relaxed_k_hot": lambda k, x, t, row=None: gj.relaxed_k_hot(k, x, 2, t, row=row),
        "categorical_sample": lambda k, x, t, row=None: gj.categorical_sample(k, x, temperature=t, row=row),
    }
    run = table[operation.name.split(",")[0]]
    one_row = jax.vmap(lambda row, *a: run(KEY, *a, row=row))
    assert same_bytes(one_row(jnp.arange(6), *arrays), run(KEY, *arrays))
    # Two rows an item are merged into one call, too, if they follow one another; otherwise they are not.
    two_rows = jax.vmap(lambda row, *a: run(KEY, *a, row=row))
    halves = [a.reshape(3, 2, *a.shape[1:]) for a in arrays]
    whole = jax.tree.map(lambda x: x.reshape(3, 2, *x.shape[1:]), run(KEY, *arrays))
    assert same_bytes(two_rows(jnp.arange(3) * 2, *halves), whole)
    backwards = two_rows(4 - jnp.arange(3) * 2, *(a[::-1] for a in halves))
    assert same_bytes(jax.tree.map(lambda x: x[::-1], backwards), whole)


def test_noise_under_vmap_over_rows():
    by_row = jax.vmap(lambda row: gj.gumbel_noise(KEY, (7,), row=row))(jnp.arange(6))
    assert same_bytes(by_row, gj.gumbel_noise(KEY, (6, 7)))


def test_rows_may_be_beyond_32_bits():
    with jax.enable_x64(True):
        far = gj.gumbel_noise(KEY, (2, 7), row=2**32 - 1)
        assert same_bytes(far[1], gj.gumbel_noise(KEY, (7,), row=2**32))
        assert not same_bytes(far[1], gj.gumbel_noise(KEY, (7,), row=0))


@pytest.mark.parametrize("x64", [False, True])
@pytest.mark.parametrize("row", [2**31, 2**32 - 1, 2**32 + 5, 2**64 - 1])
def test_known_rows_have_64_bits_whatever_jax_integers_have(row, x64):
    expected = gumbelcuda.gumbel_noise((1, 7), seed=11, row=row)[0]
    with jax.enable_x64(x64):
        for number in (row, np.uint64(row), np.array(row, np.uint64)):
            assert same_bytes(gj.gumbel_noise(KEY, (7,), row=number), expected)
        assert same_bytes(jax.jit(lambda key: gj.gumbel_noise(key, (7,), row=row))(KEY), expected)


def test_scan_draws_with_each_key():
    logits = arrays_of(OPERATIONS[1], 3, 7)[0]
    keys = jax.random.split(KEY, 5)
    _, found = jax.lax.scan(lambda carry, key: (carry, gj.gumbel_max(key, logits)), None, keys)
    assert same_bytes(found, jnp.stack([gj.gumbel_max(key, logits) for key in keys]))


def test_remat_draws_the_same_noise_again():
    logits = arrays_of(OPERATIONS[1], 3, 7)[0]

    def loss(x):
        return (gj.gumbel_softmax(KEY, x, 0.5) ** 2).sum()

    assert same_bytes(jax.grad(jax.checkpoint(loss))(logits), jax.grad(loss)(logits))


SHARDED = """
import jax, jax.numpy as jnp, numpy as np
from functools import partial
from jax.sharding import NamedSharding, PartitionSpec as P
import gumbelcuda.jax as gj
mesh = jax.make_mesh((2,), ("data",), axis_types=(jax.sharding.AxisType.Auto,))
key, logits = jax.random.key(3), jax.random.normal(jax.random.key(0), (6, 7))
whole = np.asarray(gj.gumbel_softmax(key, logits, 0.5))

@partial(jax.shard_map, mesh=mesh, in_specs=(P(), P("data")), out_specs=P("data"), check_vma=False)
def by_share(key, share):
    return gj.gumbel_softmax(key, share, 0.5, row=jax.lax.axis_index("data") * share.shape[0])

assert len(jax.devices()) == 2
assert np.asarray(by_share(key, logits)).tobytes() == whole.tobytes()
spread = jax.device_put(logits, NamedSharding(mesh, P("data")))
assert np.asarray(jax.jit(lambda x: gj.gumbel_softmax(key, x, 0.5))(spread)).tobytes() == whole.tobytes()
"""


def test_shards_of_two_devices_give_the_bytes_of_one():
    # Devices have to be there when JAX starts, so in a process of its own.
    flags = {"XLA_FLAGS": "--xla_force_host_platform_device_count=2", "JAX_PLATFORMS": "cpu"}
    done = subprocess.run(
        [sys.executable, "-c", SHARDED], env={**os.environ, **flags}, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
