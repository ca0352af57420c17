# SPDX-License-Identifier: Apache-2.0
"""Calls in unusual surroundings: within another call, after inference mode, with tensors that are views of others."""
import signal
import threading

import pytest
import torch

import gumbelcuda.torch as gt


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no timers of signals")
def test_a_signal_handler_may_draw():
    logits, wide = torch.zeros(3, 4), torch.zeros(5, 7)
    expected, handled = gt.gumbel_softmax(logits, seed=1), []

    def handler(*_):
        handled.append(float(gt.gumbel_softmax(wide, seed=2)[0, 0]))

    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)  # a call within a call takes a millisecond
    try:
        while len(handled) < 100:
            assert torch.equal(gt.gumbel_softmax(logits, seed=1), expected)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert len(set(handled)) == 1


def test_a_thread_may_begin_in_inference_mode():
    drawn, logits = [], torch.zeros(3, 4)

    def work():
        with torch.inference_mode():
            drawn.append(gt.gumbel_softmax(logits))
        drawn.append(gt.gumbel_softmax(logits))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(drawn) == 2 and not torch.equal(*drawn)


def test_negative_views_are_read_with_their_sign():
    x = torch.randn(4, 3, dtype=torch.complex64, generator=torch.Generator().manual_seed(1)).conj().imag
    assert x.is_neg()
    assert torch.equal(gt.gumbel_softmax(x, seed=1), gt.gumbel_softmax(x.resolve_neg(), seed=1))
    logits = torch.zeros(4, 3, requires_grad=True)
    expected = torch.autograd.grad(gt.gumbel_softmax(logits, seed=1), logits, x.resolve_neg())[0]
    assert torch.equal(torch.autograd.grad(gt.gumbel_softmax(logits, seed=1), logits, x)[0], expected)


def test_addresses_are_whole_numbers_of_any_kind():
    import numpy

    logits = torch.zeros(2, 3)
    expected = gt.gumbel_softmax(logits, seed=5, row=1, offset=4)
    for kind in (numpy.int64, numpy.uint64, torch.tensor):
        assert torch.equal(gt.gumbel_softmax(logits, seed=kind(5), row=kind(1), offset=kind(4)), expected)
    for name, wrong, error in (("seed", -1, ValueError), ("row", 1.5, TypeError), ("offset", 4.0, TypeError)):
        with pytest.raises(error, match=f"^{name}: "):
            gt.gumbel_softmax(logits, **{"seed": 5, name: wrong})
    with pytest.raises(ValueError, match="^seed: cannot be given with seeds"):
        gt.gumbel_softmax(logits, seed=5, seeds=torch.zeros(2, dtype=torch.int64))
    with pytest.raises(TypeError, match="^k: float is not an integer"):
        gt.relaxed_k_hot(logits, 1.5)
    negative = torch.complex(torch.zeros(1), torch.full((1,), -0.5)).conj().imag
    assert negative.is_neg()
    assert torch.equal(gt.gumbel_softmax(logits, negative, seed=5), gt.gumbel_softmax(logits, 0.5, seed=5))
