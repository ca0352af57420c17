#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The article's fleet in JAX: one GAN's training as a scan over its steps, vmap over GANs, the whole loop jitted.
Gradients by jax.grad, noise by jax.random; float32."""
import functools
import sys
import time

import common


def make_train(jax, rate):
    jnp = jax.numpy
    log_target = jnp.log(jnp.array(common.TARGET))

    def fake_samples(key, logits):
        noise = jax.random.gumbel(key, (common.BATCH, common.CLASSES))
        return jax.nn.softmax((logits + noise) / common.TEMPERATURE)

    def score(weights, x):
        return x @ weights[:-1] + weights[-1]

    def discriminator_loss(weights, real, fake):
        return jnp.mean(jax.nn.softplus(-score(weights, real))) + jnp.mean(jax.nn.softplus(score(weights, fake)))

    def generator_loss(logits, weights, key):
        return jnp.mean(jax.nn.softplus(-score(weights, fake_samples(key, logits))))

    def adam(state, gradient, t):
        x, m, v = state
        m = common.BETA_1 * m + (1 - common.BETA_1) * gradient
        v = common.BETA_2 * v + (1 - common.BETA_2) * gradient ** 2
        corrected = rate * jnp.sqrt(1 - common.BETA_2 ** t) / (1 - common.BETA_1 ** t)
        return x - corrected * m / (jnp.sqrt(v) + common.EPSILON), m, v

    def step(carry, number):
        key, logits, weights = carry
        key, real_key, fake_key, *generator_keys = jax.random.split(key, 3 + common.GENERATOR_STEPS)
        real = jax.nn.one_hot(jax.random.categorical(real_key, log_target, shape=(common.BATCH,)), common.CLASSES)
        gradient = jax.grad(discriminator_loss)(weights[0], real, fake_samples(fake_key, logits[0]))
        weights = adam(weights, gradient, number + 1.)

        def update(logits, at):
            generator_key, t = at
            return adam(logits, jax.grad(generator_loss)(logits[0], weights[0], generator_key), t), None

        times = number * float(common.GENERATOR_STEPS) + 1 + jnp.arange(common.GENERATOR_STEPS)
        logits, _ = jax.lax.scan(update, logits, (jnp.stack(generator_keys), times))
        return (key, logits, weights), None

    def train_one(key, steps):
        key, weight_key = jax.random.split(key)
        limit = (6 / (common.CLASSES + 1)) ** .5
        weights = jax.random.uniform(weight_key, (common.CLASSES + 1,), minval=-limit, maxval=limit).at[-1].set(0)
        logits = jnp.ones(common.CLASSES)
        state = [(x, jnp.zeros_like(x), jnp.zeros_like(x)) for x in (logits, weights)]
        (_, logits, _), _ = jax.lax.scan(step, (key, *state), jnp.arange(steps, dtype=jnp.float32))
        return jax.nn.softmax(logits[0])

    @functools.partial(jax.jit, static_argnums=(1, 2))
    def train(seed, gans, steps):
        return jax.vmap(lambda key: train_one(key, steps))(jax.random.split(jax.random.key(seed), gans))

    return train


def main():
    arguments = common.arguments(__doc__)
    jax = common.framework("jax")
    if arguments.device == "cpu":
        jax.config.update("jax_platforms", "cpu")
    elif jax.default_backend() != "gpu":
        common.skip(f"this JAX has no GPU, its backend is {jax.default_backend()}")
    gans = 128
    learned = make_train(jax, common.CHECK_RATE)(1, gans, common.CHECK_STEPS)
    common.check_fleet("JAX, vmap + scan", learned.mean(axis=0).tolist(), gans)
    if arguments.device == "cuda":
        train = make_train(jax, common.LEARNING_RATE)
        for gans, steps in common.TIMED:
            train(0, gans, steps).block_until_ready()  # compiles
            seconds = []
            for seed in range(1, 4):
                begin = time.perf_counter()
                train(seed, gans, steps).block_until_ready()
                seconds.append(time.perf_counter() - begin)
            common.rate("JAX, vmap + scan, jitted", gans, steps, seconds)
    return common.exit_code()


if __name__ == "__main__":
    sys.exit(main())
