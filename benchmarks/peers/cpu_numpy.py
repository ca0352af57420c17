#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The cases of cpu_rows.py in NumPy: what a Python program without any framework would do."""
import turns

np = turns.framework("numpy")
rng = np.random.default_rng(1)
TINY = np.float32(np.finfo(np.float32).tiny)


def float32_noise(shape):
    g = rng.standard_exponential(shape, dtype=np.float32)
    np.maximum(g, TINY, out=g)  # it may be 0, whose logarithm is not finite
    np.log(g, out=g)
    return np.negative(g, out=g)


def gumbel_noise(batch):
    return lambda: rng.gumbel(size=batch.shape)


def gumbel_max(batch):
    logits = batch.logits()
    return lambda: np.argmax(logits + float32_noise(logits.shape), axis=-1)


def gumbel_softmax(batch):
    logits, d_y, temperature = batch.logits(), batch.d_y(), np.float32(turns.TEMPERATURE)

    def run():
        z = (logits + float32_noise(logits.shape)) / temperature
        y = np.exp(z - z.max(axis=-1, keepdims=True))
        y /= y.sum(axis=-1, keepdims=True)
        return y, y * (d_y - (y * d_y).sum(axis=-1, keepdims=True)) / temperature
    return run


def top_k(batch):
    logits, k = batch.logits(), batch.k

    def run():
        score = logits + float32_noise(logits.shape)
        best = np.argpartition(score, -k, axis=-1)[:, -k:]
        order = np.argsort(-np.take_along_axis(score, best, -1), axis=-1)
        return np.take_along_axis(best, order, -1)
    return run


turns.serve("NumPy", np.__version__, {
    "noise": {"Generator.gumbel (float64)": gumbel_noise,
              "standard_exponential, log": lambda batch: lambda: float32_noise(batch.shape)},
    "gumbel-max": {"standard_exponential, log, argmax": gumbel_max},
    "gumbel-softmax": {"formulas": gumbel_softmax},
    "top-k": {"standard_exponential, log, argpartition": top_k}})
