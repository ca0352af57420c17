#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The shapes of rows_benchmark.cpp in NumPy, float32, on one thread: what a Python program without this library would do.

    numpy_rows.py [REPETITIONS]   prints classes a second, the median and the best of the repetitions
"""
import os
import sys
import time

for variable in "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS":
    os.environ[variable] = "1"

import numpy as np


def gumbel(rng, shape):
    u = rng.random(shape, dtype=np.float32)
    np.maximum(u, np.float32(2**-25), out=u)  # random() gives 0, and log of it −inf
    return -np.log(-np.log(u))


def noise(rng, logits, d_y):
    return gumbel(rng, logits.shape)


def gumbel_max(rng, logits, d_y):
    return np.argmax(logits + gumbel(rng, logits.shape), axis=-1)


def gumbel_softmax_and_gradient(rng, logits, d_y, temperature=np.float32(0.5)):
    z = (logits + gumbel(rng, logits.shape)) / temperature
    y = np.exp(z - z.max(axis=-1, keepdims=True))
    y /= y.sum(axis=-1, keepdims=True)
    return y * (d_y - (y * d_y).sum(axis=-1, keepdims=True)) / temperature


def main():
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    rng = np.random.Generator(np.random.SFC64(1))
    print(f"NumPy {np.__version__}")
    for run, shape in (noise, (1024, 1024)), (gumbel_max, (16, 131072)), (gumbel_softmax_and_gradient, (4096, 1000)):
        logits, d_y = (rng.random(shape, dtype=np.float32) for _ in range(2))
        run(rng, logits, d_y)
        seconds = []
        for _ in range(repetitions):
            start = time.perf_counter()
            run(rng, logits, d_y)
            seconds.append(time.perf_counter() - start)
        rates = sorted(logits.size / s for s in seconds)
        print(f"{run.__name__:30} {shape!s:15} {rates[len(rates) // 2]:12.4g} {rates[-1]:12.4g}")


if __name__ == "__main__":
    main()
