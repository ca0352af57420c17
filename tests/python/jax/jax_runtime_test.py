# SPDX-License-Identifier: Apache-2.0
"""Memory over many calls, threads, and what a build or machine without a part says."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax_operations import OPERATIONS, arrays_of, same_bytes

import gumbelcuda.jax as gj
from gumbelcuda import _binding
from gumbelcuda.jax import _call

KEY = jax.random.key(1)


def resident_bytes():
    with open("/proc/self/statm", encoding="utf-8") as numbers:
        return int(numbers.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="memory is read from /proc")
def test_memory_is_flat_over_100_000_calls():
    logits = arrays_of(OPERATIONS[1], 64, 10)[0]
    gradient = jax.jit(jax.grad(lambda x, key: (gj.gumbel_softmax(key, x, 0.5) ** 2).sum()))

    def calls(count):
        for _ in range(count):
            result = gradient(logits, KEY)
        return jax.block_until_ready(result)

    calls(10_000)
    before = resident_bytes()
    calls(100_000)
    assert resident_bytes() - before < 8 << 20  # 84 bytes a call


def test_threads_give_the_bytes_of_one():
    logits = arrays_of(OPERATIONS[1], 64, 1000)[0]
    keys = jax.random.split(KEY, 32)
    expected = [gj.gumbel_softmax(key, logits, 0.5) for key in keys]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda key: gj.gumbel_softmax(key, logits, 0.5), list(keys)))
    assert all(map(same_bytes, found, expected))


def test_a_library_without_handlers_says_so(monkeypatch):
    class Library:
        @staticmethod
        def gumbelcuda_xla_ffi_handler(operation, backend):
            return None

    monkeypatch.setattr(_binding, "library", Library, raising=False)
    with pytest.raises(RuntimeError, match="no handlers for JAX; build it with -DGUMBELCUDA_XLA_FFI=ON"):
        _call._registered.__wrapped__("gumbel_max")


def test_without_jax_the_import_says_so():
    code = "import sys; sys.modules['jax'] = None; import gumbelcuda; import gumbelcuda.jax"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert "gumbelcuda.jax needs JAX, which is not installed: pip install jax" in done.stderr


def test_every_operation_has_handlers_for_both_backends_and_nothing_else_has():
    handler = _binding.library.gumbelcuda_xla_ffi_handler
    for name in {operation.name.split(",")[0] for operation in OPERATIONS} - {"categorical", "gumbel_rao"}:
        addresses = {handler(name.encode(), backend) for backend in (_binding.CPU, _binding.CUDA)}
        assert None not in addresses and len(addresses) == 2
    assert handler(b"gumbel_max", 0) is None and handler(b"gumbel_min", _binding.CPU) is None


def test_buffers_that_do_not_fit_are_refused():
    # The handler's own check, which keeps a mistake in this package from reading past an array.
    operands = {"seed": jnp.zeros(2, jnp.uint32), "logits": jnp.zeros((3, 5))}
    for rows, classes, changed, text in (
        (4, 5, {}, "logits: its shape or type"),
        (3, 6, {}, "logits: its shape or type"),
        (3, 5, {"logits": jnp.zeros((3, 5), jnp.float16)}, "logits: its shape or type"),
        (3, 5, {"seed": jnp.zeros(4, jnp.uint32)}, "seed: its shape or type"),
        (3, 5, {"seed": None}, "seed: is missing"),
        (3, 5, {"temperature": jnp.ones(1)}, "temperature: is no array of this operation"),
    ):
        with pytest.raises(jax.errors.JaxRuntimeError, match=text):
            result = _call.call(
                "gumbel_max", rows, classes, np.float32, {**operands, **changed}, {"index_int32": ((rows,), jnp.int32)}
            )
            jax.block_until_ready(result)
