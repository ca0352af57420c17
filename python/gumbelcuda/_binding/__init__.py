# SPDX-License-Identifier: Apache-2.0
"""The C interface (include/gumbelcuda/gumbelcuda.h) in Python: no arrays, no frameworks, only numbers and addresses.

Everything else in this package calls C through here. Not public, but stable for the modules of this package:

    library             the shared library, a ctypes.CDLL whose functions have their types
    structs[name]       a struct of C as a ctypes.Structure; its pointers are c_void_p, but char* c_char_p
    constants[name]     a constant of C
    check(status)       raises what a status means; failure(status) returns it (errors.py)
    operation(name)     gumbelcuda_<name> with its memory of arguments, of this thread (Operation)
    handle(backend)     a handle of this thread (Handle), which keeps its seed, rows and stream from call to call
    call(name, handle, **fields)   one call; what the operation refuses is a ValueError, Refused

Fields have the names of C, those of an inner struct after a dot, and are numbers. A pointer is an address, and what it
leads to must live until the call returns (on a device: until the stream has run it):

    noise = handle()
    noise.set_noise(seed=42, row=0, offset=128)
    call("gumbel_softmax", noise, rows=64, classes=10, type=0, temperature=tau_address,
         **{"logits.data": x_address, "y.data": y_address})

A backward pass is given the noise of its forward pass in this way: the handle's seed and row as they were, and the
field "noise.offset" = the offset as it was.
"""

from __future__ import annotations

from typing import Any

from . import _call, _load
from ._call import CPU, CUDA, Handle, Operation, Refused, call, handle, operation, set_busy
from ._load import check, failure

__all__ = [
    "CPU", "CUDA", "Handle", "Operation", "Refused", "call", "check", "constants", "failure", "handle", "library",
    "operation", "set_busy", "structs",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    # The library is loaded, and the structs are made, at their first use.
    if name in ("library", "structs", "constants"):
        value = globals()[name] = getattr(_load, name)()
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


del _call
