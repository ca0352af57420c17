# SPDX-License-Identifier: Apache-2.0
"""Finds the shared library and the description of its interface, and makes ctypes of them."""

from __future__ import annotations

import ctypes
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import ERRORS, Error

NUMBERS = {
    "void": None,
    "void*": ctypes.c_void_p,
    "char*": ctypes.c_char_p,
    "int": ctypes.c_int,
    "int32_t": ctypes.c_int32,
    "int64_t": ctypes.c_int64,
    "uint8_t": ctypes.c_uint8,
    "uint32_t": ctypes.c_uint32,
    "uint64_t": ctypes.c_uint64,
    "size_t": ctypes.c_size_t,
    "ptrdiff_t": ctypes.c_ssize_t,
    "float": ctypes.c_float,
    "double": ctypes.c_double,
}
PACKAGE = Path(__file__).parents[1]


@cache
def _description() -> Any:
    """What generate_binding.py found in the headers: written when the wheel was built, or, in a source tree, now."""
    try:
        from . import _generated  # type: ignore[attr-defined]

        return _generated
    except ImportError:
        source = PACKAGE.parent / "generate_binding.py"
        if not source.exists():
            raise
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("gumbelcuda._generate_binding", source)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.describe(PACKAGE.parents[1] / "include")


class Structs(dict[str, type[ctypes.Structure]]):
    """The structs by name, each made when it is first asked for."""

    def __missing__(self, name: str) -> type[ctypes.Structure]:
        fields = [(member, type_of(kind)) for member, kind in _description().structs[name]]
        self[name] = type(name, (ctypes.Structure,), {"_fields_": fields})
        return self[name]


_structs = Structs()


@cache
def type_of(kind: str) -> Any:
    if kind in NUMBERS:
        return NUMBERS[kind]
    if match := re.fullmatch(r"(.+)\[(\d+)\]", kind):
        return type_of(match[1]) * int(match[2])
    if match := re.fullmatch(r"(.+?)\((.*)\)", kind):
        return ctypes.CFUNCTYPE(type_of(match[1]), *map(type_of, filter(None, match[2].split(", "))))
    return _structs[kind]


def structs() -> Structs:
    return _structs


def constants() -> dict[str, int]:
    return _description().constants


class Library(ctypes.CDLL):
    """Gives each function its types when it is first asked for."""

    def __getattr__(self, name: str) -> Any:
        if name not in _description().functions:
            raise AttributeError(f"libgumbelcuda has no function {name}")
        function = super().__getattr__(name)
        result, parameters = _description().functions[name]
        function.restype = type_of(result)
        function.argtypes = tuple(map(type_of, parameters))
        return function


@cache
def library() -> Library:
    path = os.environ.get("GUMBELCUDA_LIBRARY") or str(PACKAGE / "lib" / "libgumbelcuda.so")
    if not os.path.exists(path):
        raise ImportError(
            f"{path}: there is no such library. Install the package (pip install), or name a library of this version "
            "by the environment variable GUMBELCUDA_LIBRARY"
        )
    return Library(path)


def failure(status: int) -> Exception:
    """The exception for a status, with the message of this thread's last call that failed."""
    message = library().gumbelcuda_last_error_message().decode()
    return ERRORS.get(status, Error)(message)


def check(status: int) -> None:
    if status:
        raise failure(status)
