# SPDX-License-Identifier: Apache-2.0
"""A call that is interrupted by Python code which makes another call, as a signal's handler may: each gets its own noise."""
from __future__ import annotations

import signal

import numpy as np
import pytest

import gumbelcuda as g
from gumbelcuda import _binding


def test_a_call_within_a_call_has_memory_of_its_own():
    before = _binding.operation("gumbel_max"), _binding.handle()
    assert (_binding.operation("gumbel_max"), _binding.handle()) == before
    was_busy = _binding.set_busy(True)
    try:
        assert _binding.operation("gumbel_max") is not before[0]
        assert _binding.handle() is not before[1]
    finally:
        _binding.set_busy(was_busy)
    assert (_binding.operation("gumbel_max"), _binding.handle()) == before


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no timers of signals")
def test_a_signal_handler_may_draw():
    logits, wide = np.zeros((3, 4), "float32"), np.zeros((5, 7), "float32")
    expected = g.gumbel_softmax(logits, seed=1)
    handled = []

    def handler(*_):
        handled.append(g.gumbel_softmax(wide, seed=2)[0, 0])

    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)  # a call within a call takes a millisecond
    try:
        calls = 0
        while len(handled) < 100:
            assert np.array_equal(g.gumbel_softmax(logits, seed=1), expected)
            calls += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert calls > 0 and len(set(handled)) == 1
