# SPDX-License-Identifier: Apache-2.0
"""Bad input by a table: the exception's type, and a message that begins with the argument's name and says what it
is."""

from __future__ import annotations

import numpy as np
import pytest

import gumbelcuda as g
from gumbelcuda import _binding

X = np.zeros((4, 6), "float32")
Y = np.full((4, 6), 1 / 6, "float32")
READ_ONLY = X.copy()
READ_ONLY.flags.writeable = False
OVERLAPPING = np.zeros((5, 6), "float32")


class OnAnotherDevice:
    def __dlpack_device__(self):
        return 10, 0  # ROCm

    def __dlpack__(self, **arguments):
        raise AssertionError("the device is looked at first")


TABLE = [
    # types of arrays
    (
        lambda: g.gumbel_max(X.astype("int64")),
        TypeError,
        "logits: int64 is not one of float16, bfloat16, float32, float64",
    ),
    (lambda: g.gumbel_max(X.astype("complex64")), TypeError, "logits: complex64 cannot be read"),
    (lambda: g.gumbel_max(X.astype(">f4")), TypeError, "logits: >f4 cannot be read"),
    (lambda: g.gumbel_max("logits"), TypeError, "logits: str is no array"),
    (lambda: g.gumbel_max(np.ma.masked_array(X, X > 0)), TypeError, "logits: a masked array; x.filled(-np.inf)"),
    (lambda: g.gumbel_max(None), TypeError, "logits: NoneType is no array"),
    (lambda: g.kl_divergence(X, b"12345678"), TypeError, "q_logits: uint8, but p_logits has float32"),
    (lambda: g.gumbel_max(object()), TypeError, "logits: object is no array"),
    (lambda: g.kl_divergence(X, X.astype("float64")), TypeError, "q_logits: float64, but p_logits has float32"),
    (lambda: g.gumbel_softmax(X, gumbel=X.astype("float16")), TypeError, "gumbel: float16, but logits has float32"),
    (lambda: g.gumbel_noise((2, 2), "int32"), TypeError, "dtype: int32 is not one of"),
    # devices
    (
        lambda: g.gumbel_max(OnAnotherDevice()),
        ValueError,
        "logits: DLPack device 10 is neither a CPU nor a CUDA device",
    ),
    # shapes and axes
    (lambda: g.gumbel_max(np.float32(1.0)), ValueError, "dim: -1 is no axis of logits, whose shape is ()"),
    (lambda: g.gumbel_max(X, 2), ValueError, "dim: 2 is no axis of logits, whose shape is (4, 6)"),
    (lambda: g.gumbel_max(X, -3), ValueError, "dim: -3 is no axis of logits, whose shape is (4, 6)"),
    (lambda: g.gumbel_max(X[:, :0]), ValueError, "logits: classes: 0 is not 1 or more"),
    (
        lambda: g.kl_divergence(X, X[:, :5]),
        ValueError,
        "shapes do not fit: p_logits (4, 6), q_logits (4, 5); with dim -1 the numbers of classes must be equal",
    ),
    (lambda: g.kl_divergence(X, X[:3]), ValueError, "shapes do not fit: p_logits (4, 6), q_logits (3, 6)"),
    (lambda: g.kl_divergence(X, X[:, :1]), ValueError, "shapes do not fit: p_logits (4, 6), q_logits (4, 1)"),
    (lambda: g.gumbel_noise((2, -1)), ValueError, "shape: -1 is not 0 or more"),
    (lambda: g.gumbel_noise(), ValueError, "shape: give a shape, or an array as like or out"),
    (lambda: g.conditional_gumbel(X, np.zeros(3, "int64")), ValueError, "index: shape (3,) does not fit (4,)"),
    (lambda: g.location_scale_sample(0.0, 1.0), ValueError, "shape: location and scale are single numbers"),
    (lambda: g.location_scale_sample(X, X[:3]), ValueError, "location, scale: the shapes (4, 6), (3, 6) cannot be"),
    (lambda: g.combine_gumbel_max(np.zeros((2, 4, 55), "uint8")), ValueError, "partials: uint8 of shape (2, 4, 55)"),
    # tau and what else has one number or one for each row
    (lambda: g.gumbel_softmax(X, -1.0), ValueError, "tau: -1 of row 0 is not 0 or more and finite"),
    (lambda: g.gumbel_softmax(X, float("nan")), ValueError, "tau: nan of row 0 is not"),
    (lambda: g.gumbel_softmax(X, np.array([1, 1, -2, 1.0])), ValueError, "tau: -2 of row 2 is not"),
    (lambda: g.gumbel_softmax(X, np.ones(3)), ValueError, "tau: shape (3,) does not fit (4,), the shape of the rows"),
    (lambda: g.gumbel_softmax(X, "cold"), TypeError, "tau: "),
    (lambda: g.concrete_log_prob(X, Y, 0.0), ValueError, "tau: 0 of row 0 is not above 0"),
    (lambda: g.categorical_sample(X, top_p=0.0), ValueError, "top_p: 0 of row 0 is not in (0, 1]"),
    (lambda: g.categorical_sample(X, min_p=1.5), ValueError, "min_p: 1.5 of row 0 is not in [0, 1]"),
    (lambda: g.categorical_sample(X, draws=0), ValueError, "draws: 0 is not 1 or more"),
    (lambda: g.gumbel_top_k(X, 0), ValueError, "k: 0 is not in [1, 6]"),
    (lambda: g.gumbel_top_k(X, 7), ValueError, "k: 7 is not in [1, 6]"),
    (lambda: g.relaxed_k_hot(X, 2.0), TypeError, "k: float is not an integer"),
    (lambda: g.relaxed_k_hot(X, np.array(2.5)), TypeError, "k: ndarray is not an integer"),
    (lambda: g.concrete_kl_estimate(X, X, samples=65), ValueError, "samples: 65 is not in [1, 64]"),
    (
        lambda: g.gumbel_rao_vjp(X, X, np.zeros(4, "int64"), inner_samples=0, seed=1),
        ValueError,
        "inner_samples: 0 is not in [1, 64]",
    ),
    (lambda: g.gumbel_max_shard(X, 3, 20), ValueError, "first_class: 3 is not a multiple of 4"),
    (lambda: g.gumbel_max_shard(X, 8, 12), ValueError, "row_classes: 12 is less than first_class + classes, 14"),
    (lambda: g.location_scale_sample(X, 1.0, "laplace"), ValueError, "law: 'laplace' is not 'gumbel' or 'gaussian'"),
    # noise
    (lambda: g.gumbel_max(X, seed=-1), ValueError, "seed: -1 is not in [0, 2**64)"),
    (lambda: g.gumbel_max(X, seed=2**64), ValueError, "seed: 18446744073709551616 is not in"),
    (lambda: g.gumbel_max(X, seed=1.5), TypeError, "seed: float is not an integer"),
    (lambda: g.gumbel_max(X, seed=1, offset=2), ValueError, "offset: 2 is not a multiple of 4"),
    (lambda: g.gumbel_max(X, offset=4), ValueError, "offset: 4 needs a seed"),
    (lambda: g.gumbel_max(X, seed=1, generator=g.Generator(1)), ValueError, "seed: cannot be given with generator"),
    (lambda: g.gumbel_max(X, generator=5), TypeError, "generator: int is none of"),
    (lambda: g.gumbel_max(X, seeds=np.zeros(4)), TypeError, "seeds: float64 is not one of uint64, int64"),
    (lambda: g.gumbel_max(X, seeds=np.zeros(3, "uint64")), ValueError, "seeds: shape (3,) does not fit (4,)"),
    (lambda: g.gumbel_max(X, seed=1, seeds=np.zeros(4, "uint64")), ValueError, "seed: cannot be given with seeds"),
    (lambda: g.gumbel_max(X, offsets=np.zeros(4, "uint64")), ValueError, "offsets: need a seed, or seeds"),
    (
        lambda: g.gumbel_max(X, generator=g.Generator(1), seeds=np.zeros(4, "uint64")),
        ValueError,
        "generator: rows with seeds",
    ),
    (lambda: g.gumbel_softmax_vjp(X, logits=X), ValueError, "seed: a backward pass needs the address"),
    (lambda: g.gumbel_softmax_vjp(X), ValueError, "y: give y, or logits and the noise"),
    (lambda: g.Generator(1, position=3), ValueError, "position: 3 is not a multiple of 4"),
    (
        lambda: g.gumbel_max(X, generator=g.Generator(1, device_position=np.zeros(2, "uint64"))),
        TypeError,
        "device_position: uint64 of shape (2,) is not one",
    ),
    (lambda: g.set_num_threads(5000), ValueError, "threads: 5000 is not in [0, 4096]"),
    # results
    (
        lambda: g.gumbel_max(X, returns="sample"),
        ValueError,
        "returns: 'sample' is not one of 'index', 'log_prob', 'status'",
    ),
    (lambda: g.gumbel_max(X, returns=()), ValueError, "returns: () names nothing"),
    (lambda: g.gumbel_max(X, returns=("index", "index")), ValueError, "returns: ('index', 'index') names nothing, or"),
    (lambda: g.gumbel_max(X, index_dtype="int16"), ValueError, "index_dtype: 'int16' is not"),
    (lambda: g.gumbel_softmax(X, out=X[:3]), ValueError, "out: shape (3, 6) is not (4, 6)"),
    (lambda: g.gumbel_softmax(X, out=X.astype("float64")), TypeError, "out: float64 is not float32"),
    (lambda: g.gumbel_softmax(X, out=READ_ONLY), ValueError, "out: is read-only"),
    (lambda: g.gumbel_softmax(OVERLAPPING[1:], out=OVERLAPPING[:-1]), ValueError, "out: shares memory with logits"),
    (lambda: g.gumbel_softmax(X[:, ::-1], out=X), ValueError, "out: shares memory with logits, but is not the same"),
    (
        lambda: g.gumbel_softmax(X, out=Y[:, ::-1]),
        ValueError,
        "out: strides (6, -1) of shape (4, 6) cannot be written to",
    ),
    (
        lambda: g.gumbel_softmax(X, out=np.lib.stride_tricks.as_strided(Y.copy(), (4, 6), (4, 4))),
        ValueError,
        "out: strides (1, 1) of shape (4, 6) cannot be written to",
    ),
    (lambda: g.gumbel_max(X, out=np.zeros(4, "int32")), TypeError, "out: int32 is not int64"),
    (lambda: g.gumbel_max(X, out=np.zeros(8, "int64")[::2]), ValueError, "out: a result with a number per row must be"),
    (lambda: g.gumbel_softmax(X, returns=("y", "index"), out=(Y,)), ValueError, "out: 1 arrays for 2 results"),
    (lambda: g.relaxed_k_hot(X, 2, returns=("y", "k_hot"), out=(Y, Y)), ValueError, "out: shares memory with another out"),
    # schedules
    (lambda: g.TemperatureSchedule([]), ValueError, "knots: 0 is not in [1, 8]"),
    (lambda: g.TemperatureSchedule([(0, 1.0)], "step"), ValueError, "shape: 'step' is not one of"),
    (lambda: g.TemperatureSchedule([(5, 1.0), (5, 0.5)]), ValueError, "knots[1].step: 5 is not above"),
    (lambda: g.TemperatureSchedule([(0, 1.0)])(-1), ValueError, "step: -1 is not in"),
    (lambda: g.TemperatureSchedule([(0, 1.0)])(np.zeros(2, "uint64")), TypeError, "step: uint64 of shape (2,)"),
    (lambda: g.advance_noise(np.zeros(1), 4), TypeError, "position: float64 is not one of uint64, int64"),
]


@pytest.mark.parametrize("call, kind, message", TABLE, ids=[entry[2][:50] for entry in TABLE])
def test_bad_input(call, kind, message):
    generator = g.manual_seed(1)
    with pytest.raises(kind) as raised:
        call()
    assert str(raised.value).startswith(message)
    assert generator.position == 0


def test_nothing_is_written_by_a_call_that_is_refused():
    out = np.full_like(X, 7)
    with pytest.raises(ValueError):
        g.gumbel_softmax(X, np.array([1, 1, 1, -1.0]), out=out)
    assert (out == 7).all()


def test_the_library_without_cuda_says_so():
    with pytest.raises((g.NoDeviceError, ValueError)) as raised:
        handle = _binding.handle(_binding.CUDA)
        _binding.call("gumbel_noise", handle, rows=1, classes=4, type=0, **{"out.data": X.ctypes.data})
    assert str(raised.value)


@pytest.mark.parametrize(
    "status, kind",
    [(1, ValueError), (2, g.NoDeviceError), (3, MemoryError), (4, g.DeviceError), (5, g.InternalError), (99, g.Error)],
)
def test_exceptions_by_status(status, kind):
    assert type(_binding.failure(status)) is kind
    assert issubclass(kind, (ValueError, MemoryError, RuntimeError))


def test_numbers_of_classes_do_not_wrap():
    logits = np.zeros((50, 40), "float32")
    expected = g.categorical_sample(logits, 1.0, seed=3)
    for off in (2**32 + 1, 40, np.full(50, 2**32 + 1), np.full(50, 40, "uint8")):
        assert np.array_equal(g.categorical_sample(logits, 1.0, top_k=off, seed=3), expected)
    for wrong in (-1, np.array([-1] * 50), 1.9, np.full(50, 1.9)):
        with pytest.raises((TypeError, ValueError), match="^top_k: "):
            g.categorical_sample(logits, 1.0, top_k=wrong, seed=3)


def test_results_share_no_memory_with_anything_else():
    rows, memory = np.zeros((8, 4), "float32"), np.zeros(9, "int64")
    with pytest.raises(ValueError, match="^out: shares memory with seeds$"):
        g.gumbel_max(rows, seeds=memory[:-1], out=memory[1:])
    both = np.zeros((9, 4), "float32")
    with pytest.raises(ValueError, match="^out: shares memory with another out$"):
        g.gumbel_softmax(rows, seed=1, returns=("y", "gumbel"), out=(both[:8], both[1:]))
    taus = np.ones(9, "float32")
    with pytest.raises(ValueError, match="^out: shares memory with tau$"):
        g.gumbel_softmax_vjp(rows, taus[:-1], y=rows.copy(), returns=("d_logits", "d_tau"), out=(None, taus[1:]))


def test_settings_that_are_no_whole_numbers():
    with pytest.raises(TypeError, match="^threads: float is not an integer"):
        g.set_num_threads(1.5)
    with pytest.raises(ValueError, match="^words: -5 is not 0 or more"):
        g.advance_noise(np.zeros(1, "uint64"), -5)
    with pytest.raises(ValueError, match="^until_total_variation: "):
        g.train_sweep(num_gans=2, until_total_variation=[0.1, 0.2])
    assert np.shape(g.Generator(1).gumbel(size=())) == ()
    assert g.Generator(1).gumbel([0.0, 1.0], 2.0, size=(3, 2)).shape == (3, 2)
