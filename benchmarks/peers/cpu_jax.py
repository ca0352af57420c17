#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The cases of cpu_rows.py in JAX, each one jitted function, with a fresh key each time."""
import itertools

import turns

jax = turns.framework("jax")
jnp = jax.numpy
numbers = itertools.count()


def jitted(function, *arrays):
    """function(key, *arrays), compiled, on existing arrays."""
    compiled = jax.jit(lambda number, *x: function(jax.random.fold_in(jax.random.key(1), number), *x))
    arrays = [jnp.asarray(x) for x in arrays]
    return lambda: jax.block_until_ready(compiled(next(numbers), *arrays))


def noise(batch):
    return jitted(lambda key: jax.random.gumbel(key, batch.shape))


def gumbel_max(batch):
    return jitted(jax.random.categorical, batch.logits())


def gumbel_softmax(batch):
    def forward_and_backward(key, logits, d_y):
        g = jax.random.gumbel(key, logits.shape)
        y, backward = jax.vjp(lambda x: jax.nn.softmax((x + g) / turns.TEMPERATURE), logits)
        return y, backward(d_y)[0]
    return jitted(forward_and_backward, batch.logits(), batch.d_y())


def top_k(batch):
    return jitted(lambda key, x: jax.lax.top_k(x + jax.random.gumbel(key, x.shape), batch.k)[1], batch.logits())


def as_numpy(result):
    return jax.tree.map(jax.device_get, result)


turns.serve("JAX", jax.__version__, {
    "noise": {"jit(random.gumbel)": noise},
    "gumbel-max": {"jit(random.categorical)": gumbel_max},
    "gumbel-softmax": {"jit(softmax((logits + g)/tau) and its vjp)": gumbel_softmax},
    "top-k": {"jit(lax.top_k(logits + g))": top_k}}, as_numpy)
