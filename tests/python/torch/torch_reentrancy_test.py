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
