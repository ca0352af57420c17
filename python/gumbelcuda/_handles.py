# SPDX-License-Identifier: Apache-2.0
"""Where the plain functions' calls run: the CPU's threads, or a device on its framework's current stream."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from . import _binding
from ._frameworks import Framework
from ._whole import whole

_threads = 0


def set_num_threads(threads: int) -> None:
    """How many CPU threads a call may use, 1 to 4096; 0, the default: as many as the process may. Results do not depend
    on it. PyTorch's and NumPy's own settings are not read."""
    global _threads
    _threads = whole("threads", threads, 0, 4096)


def get_num_threads() -> int:
    """What set_num_threads set; 0: as many as the process may use."""
    return _threads


def on_cpu() -> _binding.Handle:
    """This thread's handle for the CPU."""
    handle = _binding.handle()
    handle.set_threads(_threads)
    return handle


@contextmanager
def handle_for(framework: Framework, device: int | None) -> Iterator[_binding.Handle]:
    """This thread's handle for a device, which is the current one meanwhile, on the framework's current stream."""
    if device is None:
        yield on_cpu()
        return
    with framework.on(device):
        handle = _binding.handle(_binding.CUDA, device)
        handle.set_stream(framework.stream(device))
        yield handle
