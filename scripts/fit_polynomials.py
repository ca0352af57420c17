#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints the polynomial coefficients of include/gumbelcuda/math/elementary.hpp and normal.hpp.

Remez exchange on the weighted error w(x)·(f(x) − p(x)), in 60 digits, then rounding to float.
Needs mpmath (Debian: python3-mpmath). Run it to see where each number comes from.
"""
import struct
from mpmath import mp, mpf, matrix, lu_solve, log, exp, erfc, cos, npdf, pi, sqrt

mp.dps = 60


def to_float(x):
    return struct.unpack("f", struct.pack("f", float(x)))[0]


def remez(f, weight, degree, low, high, rounds=12, grid=2000):
    """Coefficients c0..c_degree that minimise max |weight·(f − p)| on [low, high], and that maximum."""
    n = degree + 2
    x = [(low + high) / 2 + (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * n)) for i in range(n)][::-1]
    points = [low + (high - low) * i / mpf(grid) for i in range(grid + 1)]
    for _ in range(rounds):
        a, b = matrix(n, n), matrix(n, 1)
        for i in range(n):
            for j in range(degree + 1):
                a[i, j] = x[i] ** j
            a[i, n - 1] = (-1) ** i / weight(x[i])
            b[i] = f(x[i])
        c = lu_solve(a, b)[: degree + 1]
        error = [weight(t) * (f(t) - mp.polyval(c[::-1], t)) for t in points]
        extrema = []  # the largest error of each run of equal signs
        for t, e in zip(points, error):
            if extrema and (e > 0) == (extrema[-1][1] > 0):
                if abs(e) > abs(extrema[-1][1]):
                    extrema[-1] = (t, e)
            else:
                extrema.append((t, e))
        while len(extrema) > n:
            extrema.pop(0 if abs(extrema[0][1]) < abs(extrema[-1][1]) else -1)
        if len(extrema) < n:
            break
        x = [t for t, _ in extrema]
    return c, max(abs(e) for e in error)


def show(name, fit):
    c, error = fit
    print(f"{name}: max error {mp.nstr(error, 3)}")
    for i, value in enumerate(c):
        print(f"  c{i} = {to_float(value):.9g}f  // {to_float(value).hex()}")


def log_tail(f):  # (log1p(f) − f + f²/2) / f³
    if abs(f) < mpf("1e-12"):
        return mpf(1) / 3
    return (log(1 + f) - f + f * f / 2) / f**3


low, high = mp.sqrt(mpf(1) / 2) - 1, mp.sqrt(mpf(2)) - 1
for d in (5, 6, 7):
    show(f"log1p(f) = f − f²/2 + f³·P(f), degree {d}, error relative to log1p(f)",
         remez(log_tail, lambda f: abs(f) ** 3 / abs(log(1 + f)) if abs(f) > 1e-9 else mpf("1e-18"), d, low, high))

half = log(mpf(2)) / 2
for d in (3, 4):
    show(f"exp(r) = 1 + r + r²·Q(r), degree {d}, relative error",
         remez(lambda r: (exp(r) - 1 - r) / r**2 if abs(r) > mpf("1e-15") else mpf(1) / 2,
               lambda r: max(r * r, mpf("1e-12")) / exp(r), d, -half, half))


def normal_ratio(w):  # n/x for a standard normal n of P(|N| < n) = x, w = −log(1 − x²)
    if w < mpf("1e-20"):
        return sqrt(pi / 2)
    x = sqrt(-mp.expm1(-w))
    upper_tail = exp(-w) / (2 * (1 + x))
    n = sqrt(-2 * log(2 * upper_tail))
    for _ in range(60):  # Newton's method for the logarithm of the tail, which is concave
        tail = erfc(n / sqrt(2)) / 2
        step = log(tail / upper_tail) * tail / npdf(n)
        n += step
        if abs(step) < mpf("1e-40"):
            break
    return n / x


w_end, split = -log(4 * mpf(2) ** -65), mpf("6.25")
show("n/x = P(w − 3) for w = −log(1 − x²) up to 6.25, degree 9, relative error",
     remez(lambda t: normal_ratio(t + 3), lambda t: 1 / normal_ratio(t + 3), 9, mpf(-3), split - 3, grid=500))
show("n/x = Q(√w − 4) from there to P(N > n) = 2^-65, degree 10, relative error",
     remez(lambda t: normal_ratio((t + 4) ** 2), lambda t: 1 / normal_ratio((t + 4) ** 2), 10, sqrt(split) - 4,
           sqrt(w_end) - 4 + mpf("1e-4"), grid=500))
