# SPDX-License-Identifier: Apache-2.0
"""Compares results, byte for byte."""

from dataclasses import fields

import numpy as np

HOW_IT_RAN = ("backend", "hardware", "threads", "seconds", "lanes_busy", "axes")


def same_bytes(a, b) -> bool:
    if a is None or b is None:
        return a is b
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def expect_alike(a, b) -> None:
    """All arrays of two results, or of two parts of them."""
    assert type(a) is type(b)
    for each in fields(a):
        if each.name not in (*HOW_IT_RAN, "settings", "symbols"):
            assert same_bytes(getattr(a, each.name), getattr(b, each.name)), each.name


def expect_same_settings(a: dict, b: dict) -> None:
    assert a.keys() == b.keys()
    for name, value in a.items():
        np.testing.assert_equal(value, b[name], err_msg=name)
