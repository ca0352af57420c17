# SPDX-License-Identifier: Apache-2.0
"""The description of the C interface: sizes and places as a C compiler has them, and headers that cannot be
translated."""

from __future__ import annotations

import ctypes
import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

from gumbelcuda import _binding
from gumbelcuda._binding._load import _description

ROOT = Path(__file__).resolve().parents[3]
spec = importlib.util.spec_from_file_location("generate_binding", ROOT / "python/generate_binding.py")
generate_binding = importlib.util.module_from_spec(spec)
spec.loader.exec_module(generate_binding)


def described(text: str):
    description = generate_binding.Description()
    description.read(text)
    return description


def test_the_binding_is_that_of_the_headers():
    headers, found = generate_binding.describe(ROOT / "include"), _description()
    assert found.structs == headers.structs and found.functions == headers.functions
    assert found.constants == headers.constants


@pytest.mark.skipif(not shutil.which("gcc"), reason="there is no gcc")
def test_layouts_and_constants_are_those_of_a_c_compiler(tmp_path):
    lines = []
    for name, members in _description().structs.items():
        lines.append(f'printf("{name} %zu\\n", sizeof({name}));')
        lines += [f'printf("{name}.{member} %zu\\n", offsetof({name}, {member}));' for member, _ in members]
    for name in _description().constants:
        lines.append(f'printf("{name} %llu\\n", (unsigned long long){name});')
    (tmp_path / "layout.c").write_text(
        "#include <stdio.h>\n#include <gumbelcuda/gumbelcuda.h>\nint main(void) {\n" + "\n".join(lines) + "\n}\n"
    )
    subprocess.run(
        ["gcc", "-std=c99", f"-I{ROOT}/include", "-o", tmp_path / "layout", tmp_path / "layout.c"], check=True
    )
    output = subprocess.run([tmp_path / "layout"], check=True, capture_output=True, text=True).stdout
    found = {name: int(number) for name, number in (line.split() for line in output.splitlines())}
    expected = dict(_description().constants)
    for name in _description().structs:
        struct = _binding.structs[name]
        expected[name] = ctypes.sizeof(struct)
        expected |= {f"{name}.{member}": getattr(struct, member).offset for member, *_ in struct._fields_}
    assert len(expected) > 250
    assert found == expected


def test_all_kinds_of_declarations():
    found = described("""
        #pragma once
        typedef enum t_status { T_A = 0, T_B = 5 } t_status;
        #define T_ALL SIZE_MAX
        typedef struct t_handle t_handle;
        struct t_later;
        typedef int (*t_callback)(void* context, uint64_t done);
        typedef struct t_inner {
          float x[3];  // three
          const double *first, *second;
        } t_inner;
        typedef struct t_args {
          size_t struct_size;
          uint64_t rows, classes;
          t_inner inner[2];
          const volatile int* stop;
          const char* name;
          int (*on_progress)(void* context, uint64_t done, uint64_t total);
          t_callback other;
        } t_args;
        GUMBELCUDA_API t_status t_call(t_handle* handle,
                                       const t_args* args);
        GUMBELCUDA_API const char* t_name(void);
        GUMBELCUDA_API t_status t_ask(const struct t_later* later);
        """)
    assert found.constants == {"T_A": 0, "T_B": 5, "T_ALL": 2**64 - 1}
    assert found.structs["t_inner"] == [("x", "float[3]"), ("first", "void*"), ("second", "void*")]
    assert found.structs["t_args"] == [
        ("struct_size", "size_t"),
        ("rows", "uint64_t"),
        ("classes", "uint64_t"),
        ("inner", "t_inner[2]"),
        ("stop", "void*"),
        ("name", "char*"),
        ("on_progress", "int(void*, uint64_t, uint64_t)"),
        ("other", "int(void*, uint64_t)"),
    ]
    assert found.functions == {"t_call": ("int", ["void*", "void*"]), "t_name": ("char*", []), "t_ask": ("int", ["void*"])}


@pytest.mark.parametrize(
    "text",
    [
        "typedef struct a { long x; } a;",
        "typedef struct a { int x : 3; } a;",
        "typedef union a { int x; } a;",
        "GUMBELCUDA_API unknown_t f(void);",
        "enum { A = 1 << 3 };",
        "#define A(x) x",
        "typedef struct a { int x; } b;",
        "int f(void);",
        "typedef struct a { int x; }",
    ],
)
def test_what_is_not_understood_is_an_error(text):
    with pytest.raises((generate_binding.NotUnderstood, ValueError)):
        described(text)


def test_every_field_of_a_packed_call_lies_where_the_struct_has_it():
    for name in _description().functions:
        if f"{name}_args" not in _description().structs:
            continue
        operation = _binding.Operation(name.removeprefix("gumbelcuda_"))
        struct = _binding.structs[f"{name}_args"]
        places = {path: place for place, path in enumerate(operation.kinds) if place}
        for given in (places, dict(list(places.items())[::-2]), dict(list(places.items())[:1]), {}):
            operation.pack(given)
            packed = struct.from_address(operation.address)
            assert packed.struct_size == ctypes.sizeof(struct)
            for path in places:
                value = packed
                for part in filter(None, path.replace("[", ".[").split(".")):
                    value = value[int(part[1:-1])] if part[0] == "[" else getattr(value, part)
                assert (value or 0) == given.get(path, 0), (name, path)
