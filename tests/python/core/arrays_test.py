# SPDX-License-Identifier: Apache-2.0
"""Arrays come in by every protocol, without copies, and are let go."""

from __future__ import annotations

import array
import ctypes
import gc
import sys
import weakref

import numpy as np
import pytest

import gumbelcuda as g
from gumbelcuda._arrays import adopt

X = np.random.default_rng(0).normal(size=(6, 9)).astype("float32")
EXPECTED = g.gumbel_softmax(X, seed=1)


class OnlyDLPack:
    """An array that is known by DLPack alone, of the protocol before version 1 or after."""

    def __init__(self, x: np.ndarray, versioned: bool = True) -> None:
        self.x, self.versioned, self.capsule = x, versioned, None

    def __dlpack_device__(self):
        return self.x.__dlpack_device__()

    def __dlpack__(self, *, stream=None, **arguments):
        if arguments and not self.versioned:
            raise TypeError("unexpected keyword")
        self.capsule = self.x.__dlpack__(**arguments)
        return self.capsule


class OnlyInterface:
    def __init__(self, x: np.ndarray) -> None:
        self.x, self.__array_interface__ = x, x.__array_interface__


@pytest.mark.parametrize("versioned", [False, True])
def test_dlpack_strided_and_contiguous(versioned):
    assert np.array_equal(g.gumbel_softmax(OnlyDLPack(X, versioned), seed=1), EXPECTED)
    room = np.zeros((12, 27), "float32")
    room[::2, ::3] = X
    assert np.array_equal(g.gumbel_softmax(OnlyDLPack(room[::2, ::3], versioned), seed=1), EXPECTED)


def test_dlpack_reads_the_very_memory():
    found = adopt("x", OnlyDLPack(X))
    assert (found.pointer, found.shape, found.type) == (X.ctypes.data, X.shape, "float32")


def test_a_capsule_is_dropped_after_the_call_and_then_gives_its_array_back():
    x = X.copy()
    given = OnlyDLPack(x)
    before = sys.getrefcount(x)
    for _ in range(10):
        g.gumbel_max(given, seed=1)
    references = sys.getrefcount(given.capsule)
    assert references == 2  # the attribute's and getrefcount's own
    given.capsule = None
    after = sys.getrefcount(x)
    assert after == before


def test_a_read_only_dlpack_array_is_read_but_not_written():
    x = X.copy()
    x.flags.writeable = False
    assert np.array_equal(g.gumbel_softmax(OnlyDLPack(x), seed=1), EXPECTED)
    with pytest.raises(ValueError, match="out: is read-only"):
        g.gumbel_softmax(X, out=OnlyDLPack(x))


def test_interfaces_and_buffers():
    assert np.array_equal(g.gumbel_softmax(OnlyInterface(X), seed=1), EXPECTED)
    assert np.array_equal(g.gumbel_max(array.array("d", [0.0, 1.0, 2.0]), seed=1), g.gumbel_max(np.arange(3.0), seed=1))
    memory = memoryview(X)
    assert np.array_equal(g.gumbel_softmax(memory, seed=1), EXPECTED)
    c_array = (ctypes.c_float * 9).from_buffer(X[0].copy())
    assert np.array_equal(g.gumbel_softmax(c_array, seed=1), EXPECTED[0])
    assert g.gumbel_softmax([0.0, 1.0, 2.0]).dtype == np.float64
    assert g.gumbel_softmax([[0, 1], [2, 3]], 0).sum() == 2


def test_numbers_that_lie_askew_are_read():
    packed = np.zeros(6, [("tag", "u1"), ("x", "f4", 9)])
    packed["x"] = X
    assert packed["x"].strides[0] % 4
    assert np.array_equal(g.gumbel_softmax(packed["x"], seed=1), EXPECTED)
    with pytest.raises(ValueError, match="out: is read-only"):
        g.gumbel_softmax(X, out=packed["x"])
    shifted = np.frombuffer(b"-" + X.tobytes(), "float32", offset=1).reshape(X.shape)
    assert shifted.ctypes.data % 4
    assert np.array_equal(g.gumbel_softmax(shifted, seed=1), EXPECTED)


def test_read_only_and_broadcast_arrays_are_read():
    x = np.broadcast_to(X[0], (4, 6, 9))
    assert not x.flags.writeable
    assert np.array_equal(g.gumbel_softmax(x, seed=1), g.gumbel_softmax(x.copy(), seed=1))
    one = np.broadcast_to(np.float32(0.25), (6, 9))  # classes that are all one number
    assert np.array_equal(g.gumbel_softmax(one, seed=1), g.gumbel_softmax(one.copy(), seed=1))
    windows = np.lib.stride_tricks.sliding_window_view(X.ravel(), 9)
    assert np.array_equal(g.gumbel_softmax(windows, seed=1), g.gumbel_softmax(windows.copy(), seed=1))


def test_rows_that_are_read_broadcast():
    p, q = X.reshape(2, 3, 9), X[:3].reshape(1, 3, 9)
    assert np.array_equal(g.kl_divergence(p, q), g.kl_divergence(p, np.broadcast_to(q, p.shape).copy()))
    assert np.array_equal(g.kl_divergence(X[0], p), g.kl_divergence(np.broadcast_to(X[0], p.shape).copy(), p))


def test_one_row_needs_no_leading_axis():
    assert g.gumbel_max(X[0], seed=1).shape == ()
    assert g.gumbel_softmax(X[0], seed=1).tolist() == EXPECTED[0].tolist()


@pytest.mark.parametrize("shape", [(6,), (6, 1), (1,), ()])
@pytest.mark.parametrize("kind", ["float64", "float32", "int64"])
def test_tau_of_every_shape_and_type(shape, kind):
    tau = np.full(shape, 2, kind)
    assert np.array_equal(g.gumbel_softmax(X, tau, seed=1), g.gumbel_softmax(X, 2.0, seed=1))


def test_tau_per_row_is_the_rows_own():
    tau = np.linspace(0, 3, 6)
    found = g.gumbel_softmax(X, tau, seed=1)
    for r in range(6):
        assert np.array_equal(found[r], g.gumbel_softmax(X[r], tau[r], seed=1, row=r))
    assert np.array_equal(np.sort(found[0]), [0] * 8 + [1])  # tau 0
    strided = np.repeat(tau, 2)[::2]
    assert np.array_equal(g.gumbel_softmax(X, strided, seed=1), found)


def test_in_place():
    x = X.copy()
    g.gumbel_softmax(x, out=x, seed=1)
    assert np.array_equal(x, EXPECTED)


def test_interleaved_arrays_do_not_overlap():
    room = np.zeros((6, 18), "float32")
    room[:, ::2] = X
    g.gumbel_softmax(room[:, ::2], out=room[:, 1::2], seed=1)
    assert np.array_equal(room[:, 1::2], EXPECTED)


def test_several_results_of_one_pass():
    found = g.gumbel_softmax(X, 0.5, returns=("gumbel", "y", "one_hot", "index"), seed=1)
    assert found._fields == ("gumbel", "y", "one_hot", "index")
    assert np.array_equal(found.gumbel, g.gumbel_noise(like=X, seed=1))
    assert np.array_equal(found.one_hot.argmax(-1), found.index)
    assert np.array_equal(found.index, g.gumbel_max(X, seed=1))
    assert np.array_equal(g.gumbel_softmax(X, 0.5, gumbel=found.gumbel), found.y)
    y = np.zeros_like(X)
    again = g.gumbel_softmax(X, 0.5, returns=("y", "index"), out=(y, None), seed=1)
    assert again.y is y and np.array_equal(y, found.y)


def test_arrays_live_no_longer_than_the_call():
    x = X.copy()
    gone = weakref.ref(x)
    g.gumbel_softmax(x, np.ones(6), returns=("y", "index"))
    del x
    gc.collect()
    assert gone() is None


class OnAGPU:
    """What a CUDA array without a framework looks like."""

    def __dlpack_device__(self):
        return 2, 0

    def __dlpack__(self, **arguments):
        raise AssertionError("there is no framework for its results")


def test_arrays_on_a_device_need_a_framework_for_results():
    if "torch" in sys.modules:
        pytest.skip("PyTorch is loaded, whose tensors results would be")
    with pytest.raises(ImportError, match="arrays on a device: results need PyTorch, imported before, or CuPy"):
        g.gumbel_max(OnAGPU())
