# SPDX-License-Identifier: Apache-2.0
"""Shapes, strides and types that are allowed, and by a table what is refused, with which exception and words."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import gumbelcuda.torch as gt
import numpy as np
import pytest
import torch
from torch_operations import OPERATIONS, noise

ROWS = torch.zeros(3, 4)
REFUSED: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "a list": (lambda: gt.gumbel_softmax([1.0, 2.0]), TypeError, "logits: expected a torch.Tensor, got list"),
    "integers": (lambda: gt.gumbel_softmax(torch.ones(3, dtype=torch.int64)), TypeError, "logits: torch.int64"),
    "complex numbers": (
        lambda: gt.gumbel_max(torch.ones(3, dtype=torch.complex64)),
        TypeError,
        "logits: torch.complex64",
    ),
    "no dimensions": (lambda: gt.gumbel_softmax(torch.tensor(1.0)), ValueError, "logits: .* no classes"),
    "no classes": (lambda: gt.gumbel_softmax(torch.ones(3, 0)), ValueError, "logits: classes: 0 is not 1 or more"),
    "dim": (lambda: gt.gumbel_softmax(ROWS, dim=2), IndexError, r"dim: 2 is not in \[-2, 1\]"),
    "a negative tau": (lambda: gt.gumbel_softmax(ROWS, -0.5), ValueError, "tau: -0.5 is not 0 or more"),
    "an infinite tau": (lambda: gt.gumbel_softmax(ROWS, float("inf")), ValueError, "tau: inf"),
    "tau NaN": (lambda: gt.gumbel_softmax(ROWS, float("nan")), ValueError, "tau: nan"),
    "a negative tau in a tensor": (
        lambda: gt.gumbel_softmax(ROWS, torch.tensor(-0.5)),
        ValueError,
        "tau: -0.5 of row 0",
    ),
    "tau of a wrong shape": (lambda: gt.gumbel_softmax(ROWS, torch.ones(4)), ValueError, r"tau: \[4\] is neither"),
    "an integer tau": (lambda: gt.gumbel_softmax(ROWS, torch.tensor(1)), TypeError, "tau: torch.int64"),
    "tau of a string": (lambda: gt.gumbel_softmax(ROWS, "1"), TypeError, "tau: expected a number"),
    "tau 0 of a density": (lambda: gt.concrete_log_prob(ROWS, ROWS, 0.0), ValueError, "tau: 0.0 is not above 0"),
    "an offset": (lambda: gt.gumbel_softmax(ROWS, seed=1, offset=3), ValueError, "offset: 3 is not a multiple of 4"),
    "a seed": (lambda: gt.gumbel_softmax(ROWS, seed=2**64), ValueError, "seed: .* is not in"),
    "seed and generator": (
        lambda: gt.gumbel_softmax(ROWS, seed=1, generator=torch.Generator()),
        ValueError,
        "generator: cannot be given together",
    ),
    "seeds of a wrong shape": (lambda: gt.gumbel_max(ROWS, seeds=torch.ones(4).long()), ValueError, r"seeds: \[4\]"),
    "seeds of a wrong type": (lambda: gt.gumbel_max(ROWS, seeds=torch.ones(3)), TypeError, "seeds: torch.float32"),
    "k above": (lambda: gt.gumbel_top_k(ROWS, 5), ValueError, r"k: 5 is not in \[1, 4\]"),
    "k below": (lambda: gt.relaxed_k_hot(ROWS, 0), ValueError, r"k: 0 is not in \[1, 4\]"),
    "k between": (lambda: gt.gumbel_top_k(ROWS, 1.5), TypeError, "k: float is not an integer"),
    "k of floats": (lambda: gt.relaxed_k_hot(ROWS, torch.tensor(2.0)), TypeError, "k: Tensor is not an integer"),
    "draws": (lambda: gt.categorical_sample(ROWS, draws=0), ValueError, "draws: 0 is not 1 or more"),
    "top_p": (lambda: gt.categorical_sample(ROWS, top_p=1.5), ValueError, "top_p: 1.5 is not in"),
    "top_p 0": (lambda: gt.categorical_sample(ROWS, top_p=torch.tensor([0.0])), ValueError, "top_p"),
    "top_k of a wrong shape": (
        lambda: gt.categorical_sample(ROWS, top_k=torch.ones(2).long()),
        ValueError,
        r"top_k: \[2\]",
    ),
    "a fractional top_k": (lambda: gt.categorical_sample(ROWS, top_k=1.5), TypeError, "top_k: float is not an integer"),
    "a fractional top_k in a tensor": (
        lambda: gt.categorical_sample(ROWS, top_k=torch.ones(3)),
        TypeError,
        "top_k: torch.float32 is not a type of whole numbers",
    ),
    "top_k of truth values": (
        lambda: gt.categorical_sample(ROWS, top_k=torch.ones(3, dtype=torch.bool)),
        TypeError,
        "top_k: torch.bool",
    ),
    "a negative top_k": (lambda: gt.categorical_sample(ROWS, top_k=-1), ValueError, "top_k: -1 is not 0 or more"),
    "a negative top_k in a tensor": (
        lambda: gt.categorical_sample(ROWS, top_k=torch.tensor([1, -2, 3])),
        ValueError,
        "top_k: -2 is not 0 or more",
    ),
    "top_p of integers": (
        lambda: gt.categorical_sample(ROWS, top_p=torch.tensor(1)),
        TypeError,
        "top_p: torch.int64 is not a floating-point type",
    ),
    "top_p of a string": (lambda: gt.categorical_sample(ROWS, top_p="1"), TypeError, "top_p: expected a number"),
    "a complex tau": (lambda: gt.gumbel_softmax(ROWS, np.complex64(1)), TypeError, "tau: expected a number"),
    "tau of a truth value": (lambda: gt.gumbel_softmax(ROWS, np.bool_(True)), TypeError, "tau: expected a number"),
    "a negative tau of NumPy": (lambda: gt.gumbel_softmax(ROWS, np.float32(-0.5)), ValueError, "tau: -0.5 is not 0 or"),
    "samples": (lambda: gt.gumbel_rao(ROWS, samples=65), ValueError, r"samples: 65 is not in \[1, 64\]"),
    "two shapes": (lambda: gt.kl_divergence(ROWS, ROWS[:2]), ValueError, r"q_logits: \[2, 4\] is not p_logits's"),
    "two types": (lambda: gt.kl_divergence(ROWS, ROWS.double()), TypeError, "q_logits: torch.float64"),
    "an index of a wrong type": (
        lambda: gt.conditional_gumbel(ROWS, torch.zeros(3)),
        TypeError,
        "index: torch.float32",
    ),
    "a law": (lambda: gt.location_scale_sample(ROWS, 1.0, "normal"), ValueError, "law: 'normal'"),
    "only numbers": (lambda: gt.location_scale_sample(0.0, 1.0), TypeError, "location, scale: one of them"),
    "another device": (
        lambda: gt.gumbel_softmax(torch.zeros(2, 3, device="meta"), torch.ones(2, 1)),
        ValueError,
        "tau: is on cpu, the rows on meta",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused_with_a_clear_exception(what: str) -> None:
    call, exception, words = REFUSED[what]
    state = torch.get_rng_state()
    with pytest.raises(exception, match=words):
        call()
    found_by_c = ("no classes", "a negative tau in a tensor", "top_p 0")  # after the noise was chosen
    assert torch.equal(torch.get_rng_state(), state) or what in found_by_c


def test_shapes_of_results() -> None:
    logits = torch.randn(2, 3, 5)
    assert gt.gumbel_softmax(logits).shape == logits.shape
    assert gt.gumbel_max(logits).shape == (2, 3) and gt.gumbel_max(logits, 1).shape == (2, 5)
    assert gt.gumbel_max(torch.randn(5)).shape == ()
    assert gt.categorical_sample(logits, draws=7).shape == (2, 3, 7)
    assert gt.gumbel_top_k(logits, 2, 0).index.shape == (3, 5, 2)
    assert gt.relaxed_bernoulli(torch.tensor(0.0)).shape == () and gt.gumbel_noise(()).shape == ()
    assert gt.gumbel_noise(2, 3).shape == gt.gumbel_noise((2, 3)).shape == (2, 3)
    assert gt.location_scale_sample(torch.tensor(1.0), 2.0, shape=(4, 5)).shape == (4, 5)


@pytest.mark.parametrize("shape", [(0, 5), (3, 0, 5)])
def test_an_empty_batch(shape: tuple[int, ...]) -> None:
    logits = torch.randn(shape, requires_grad=True)
    y = gt.gumbel_softmax(logits, torch.tensor(0.5, requires_grad=True))
    y.sum().backward()
    assert y.shape == logits.grad.shape == shape
    assert gt.gumbel_max(logits).shape == shape[:-1]


ELEMENT_WISE = ["relaxed_bernoulli", "relaxed_bernoulli_log_prob", "location_scale_sample", "location_scale_log_prob"]


@pytest.mark.parametrize("shape", [(3, 0), (0,), (2, 3, 0), (0, 0)])
@pytest.mark.parametrize("name", ELEMENT_WISE)
def test_elements_may_be_none(name: str, shape: tuple[int, ...]) -> None:
    """Nothing is asked of a row, so an empty last dimension gives an empty result, and sums over it are 0."""
    operation = OPERATIONS[name]
    inputs = {}
    for key in operation.inputs:
        each = torch.ones(*shape[:-1], 1) if key == "tau" else torch.empty(shape)
        inputs[key] = each.requires_grad_()
    result = operation.call(**inputs, **noise(operation, seed=3))
    assert result.shape == shape
    result.sum().backward()
    for key, value in inputs.items():
        assert value.grad.shape == value.shape and torch.equal(value.grad, torch.zeros_like(value)), key
    assert operation.call(**{key: value.detach() for key, value in inputs.items()}, **noise(operation)).shape == shape
    assert gt.gumbel_noise(shape).shape == shape


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_strides_and_dim_change_no_bit(dtype: torch.dtype) -> None:
    """Every permutation of three dimensions, slices with a step, a class axis anywhere: as if contiguous."""
    base = torch.randn(4, 6, 10).to(dtype)[::2, 1::2]
    for order in [(0, 1, 2), (1, 0, 2), (2, 1, 0), (0, 2, 1), (2, 0, 1), (1, 2, 0)]:
        for dim in range(3):
            view = base.permute(order).detach().requires_grad_()
            copy = view.detach().movedim(dim, -1).contiguous().requires_grad_()
            rows = copy.shape[:-1]
            each = torch.linspace(0.5, 1.5, rows.numel()).view(rows)
            seeds = torch.arange(rows.numel()).view(rows)
            y = gt.gumbel_softmax(view, each, dim=dim, seed=3, row=5)
            expected = gt.gumbel_softmax(copy, each, seed=3, row=5)
            assert torch.equal(y.movedim(dim, -1), expected)
            weights = torch.randn(copy.shape).to(dtype)
            y.backward(weights.movedim(-1, dim))
            expected.backward(weights)
            assert torch.equal(view.grad.movedim(dim, -1), copy.grad)
            assert torch.equal(gt.gumbel_max(view, dim, seeds=seeds), gt.gumbel_max(copy, seeds=seeds))
            drawing = {"draws": 3, "top_k": seeds % 4, "seed": 1, "log_prob": True}
            drawn = zip(
                gt.categorical_sample(view, each, dim=dim, **drawing), gt.categorical_sample(copy, each, **drawing)
            )
            assert all(torch.equal(one, other) for one, other in drawn)


def test_expanded_and_overlapping_rows() -> None:
    row = torch.randn(7)
    for view in (
        row.expand(4, 7),
        row[:, None].expand(7, 3),
        row.as_strided((5, 3), (1, 1)),
        row.as_strided((2, 3), (3, 1)),
        row.expand(2, 4, 7).movedim(0, 1),
    ):
        assert torch.equal(gt.gumbel_softmax(view, seed=2), gt.gumbel_softmax(view.contiguous(), seed=2))
        assert torch.equal(gt.gumbel_max(view, seed=2), gt.gumbel_max(view.contiguous(), seed=2))


def test_the_gradient_of_a_sum_is_an_expanded_tensor() -> None:
    logits = torch.randn(4, 6, requires_grad=True)
    gt.gumbel_softmax(logits, seed=1).sum().backward()
    assert logits.grad.abs().max() < 1e-6


def test_temperatures_per_row_have_either_shape() -> None:
    logits = torch.randn(3, 5)
    tau = torch.tensor([0.5, 1.0, 2.0])
    expected = torch.stack([gt.gumbel_softmax(logits[r], float(tau[r]), seed=1, row=r) for r in range(3)])
    for shaped in (tau, tau[:, None], tau.double(), tau[:, None].half()):
        assert torch.equal(gt.gumbel_softmax(logits, shaped, seed=1), expected)
    assert torch.equal(gt.gumbel_softmax(logits.T, tau, dim=0, seed=1).T, expected)


@pytest.mark.parametrize(
    "kind", [float, Fraction, np.float16, np.float32, np.float64, np.longdouble, np.array], ids=lambda kind: kind.__name__
)
def test_numbers_are_of_any_real_kind(kind: Callable[[float], Any]) -> None:
    logits = torch.randn(3, 5)
    tau = kind(0.5)
    assert torch.equal(gt.gumbel_softmax(logits, tau, seed=1), gt.gumbel_softmax(logits, 0.5, seed=1))
    y = torch.softmax(logits, -1)
    assert torch.equal(gt.concrete_log_prob(logits, y, tau), gt.concrete_log_prob(logits, y, 0.5))
    drawn = gt.categorical_sample(logits, tau, top_p=kind(0.75), min_p=kind(0.125), seed=1)
    assert torch.equal(drawn, gt.categorical_sample(logits, 0.5, top_p=0.75, min_p=0.125, seed=1))
    for whole in (np.int32(2), np.uint8(2)):
        assert torch.equal(gt.gumbel_softmax(logits, whole, seed=1), gt.gumbel_softmax(logits, 2, seed=1))
    assert torch.equal(gt.location_scale_sample(logits, tau, seed=1), gt.location_scale_sample(logits, 0.5, seed=1))


def test_numbers_of_classes_do_not_wrap() -> None:
    """top_k has 32 bits in C. What is not below the number of classes is off, and 0 is."""
    logits = torch.zeros(50, 40)
    expected = gt.categorical_sample(logits, seed=3)
    two = gt.categorical_sample(logits.double() + torch.arange(40), top_k=2, seed=3)
    for dtype in (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.uint16, torch.uint32, torch.uint64):
        most = torch.iinfo(dtype).max
        for off in (0, 40, most, 2**32 + 1 if most > 2**32 else 40, 2**32 if most > 2**32 else 41):
            each = torch.tensor([off] * 50, dtype=dtype)
            assert torch.equal(gt.categorical_sample(logits, top_k=each, seed=3), expected), (dtype, off)
            assert torch.equal(gt.categorical_sample(logits, top_k=each[0], seed=3), expected), (dtype, off)
        each = torch.tensor([2] * 50, dtype=dtype)
        assert torch.equal(gt.categorical_sample(logits.double() + torch.arange(40), top_k=each, seed=3), two)
    for off in (0, 40, 2**31, 2**32 + 1, 2**70):
        assert torch.equal(gt.categorical_sample(logits, top_k=off, seed=3), expected)


def negated(values: torch.Tensor) -> torch.Tensor:
    """A view of these numbers whose memory has them with the other sign."""
    view = torch.imag(torch.complex(torch.zeros_like(values), -values).conj())
    assert view.is_neg() and torch.equal(view, values)
    return view


def test_negative_views_are_read_with_their_sign() -> None:
    logits, each = torch.randn(3, 5), torch.tensor([0.25, 0.5, 0.75])
    for name, call in {
        "logits": lambda x: gt.gumbel_softmax(x(logits), 0.5, seed=1),
        "one tau": lambda x: gt.gumbel_softmax(logits, x(each[:1]), seed=1),
        "tau per row": lambda x: gt.gumbel_softmax(logits, x(each), seed=1),
        "top_p": lambda x: gt.categorical_sample(logits, top_p=x(each[1:2]), seed=1),
        "top_p per row": lambda x: gt.categorical_sample(logits, top_p=x(each), seed=1),
        "min_p": lambda x: gt.categorical_sample(logits, min_p=x(each[1:2]), seed=1),
        "min_p per row": lambda x: gt.categorical_sample(logits, min_p=x(each), seed=1),
        "temperature": lambda x: gt.categorical_sample(logits, x(each), seed=1),
        "columns": lambda x: gt.gumbel_max(x(logits), 0, seed=1),
        "value": lambda x: gt.concrete_log_prob(logits, x(torch.softmax(logits, -1)), 0.5),
        "location": lambda x: gt.location_scale_sample(x(logits), x(each)[:, None], seed=1),
        "log_prob": lambda x: gt.location_scale_log_prob(x(logits), 0.0, x(each)[:, None]),
    }.items():
        assert torch.equal(call(negated), call(lambda values: values)), name
    for wrong in (each[:1], each):
        with pytest.raises(ValueError, match="^top_p: -"):
            gt.categorical_sample(logits, top_p=negated(-wrong))


def test_rows_without_a_sample() -> None:
    logits = torch.zeros(4, 3)
    logits[0] = -torch.inf
    logits[1, 1] = torch.nan
    logits[2, 0] = torch.inf
    index, log_prob = gt.gumbel_max(logits, log_prob=True)
    assert index[:3].tolist() == [-1, -1, -1] and index[3] >= 0
    assert log_prob[:3].isnan().all() and log_prob[3].isfinite()
    y = gt.gumbel_softmax(logits)
    assert y[:3].isnan().all() and y[3].isfinite().all()
    assert gt.categorical_sample(logits)[:3].tolist() == [-1, -1, -1]


def test_float16_has_no_zeros_in_its_noise() -> None:
    """torch's own noise of this type has infinities at 1e6 draws."""
    noise = gt.gumbel_noise(1000, 1000, dtype=torch.float16)
    assert noise.isfinite().all() and noise.max() > 9


def test_default_dtype() -> None:
    torch.set_default_dtype(torch.float64)
    try:
        assert gt.gumbel_noise(3).dtype == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_takes_any_strides(name: str) -> None:
    """Transposed inputs, and an incoming gradient that is: results and gradients are those of contiguous ones."""
    operation = OPERATIONS[name]
    inputs = operation.make(torch.float32)
    strided = {
        key: value.detach().mT.contiguous().mT.requires_grad_() if value.dim() == 2 else value.detach().requires_grad_()
        for key, value in inputs.items()
    }
    results = [operation.call(**given, **noise(operation, seed=3)) for given in (inputs, strided)]
    assert torch.equal(*results)
    weights = torch.randn(results[0].shape)
    results[0].backward(weights)
    results[1].backward(weights.mT.contiguous().mT if weights.dim() == 2 else weights)
    for key in inputs:
        if name == "relaxed_bernoulli_log_prob":  # made of torch's operations, whose sums depend on strides
            torch.testing.assert_close(inputs[key].grad, strided[key].grad)
        else:
            assert torch.equal(inputs[key].grad, strided[key].grad), key


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("name", OPERATIONS)
def test_half_precision_is_float32_rounded_once(name: str, dtype: torch.dtype) -> None:
    operation = OPERATIONS[name]
    halves = operation.make(dtype, False)
    wide = {key: value.float() for key, value in halves.items()}
    found = operation.call(**halves, **noise(operation, seed=3))
    assert torch.equal(found, operation.call(**wide, **noise(operation, seed=3)).to(found.dtype))


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_takes_an_empty_batch(name: str) -> None:
    operation = OPERATIONS[name]
    inputs = {
        key: (value.detach()[:0] if value.dim() == 2 else value.detach()).requires_grad_()
        for key, value in operation.make(torch.float32).items()
    }
    result = operation.call(**inputs, **noise(operation, seed=3))
    result.sum().backward()
    assert result.numel() == 0
    assert all(value.grad.shape == value.shape and not value.grad.any() for value in inputs.values())
