# SPDX-License-Identifier: Apache-2.0
"""The package itself: what its import loads, what its library needs, memory that stays flat, stubs that tell the
truth."""

from __future__ import annotations

import ast
import inspect
import resource
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import gumbelcuda as g
from gumbelcuda import _binding

PACKAGE = Path(g.__file__).parent
SYSTEM_LIBRARIES = {"libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1", "libdl.so.2", "libpthread.so.0"}


def imported_by(code: str) -> set[str]:
    ran = subprocess.run([sys.executable, "-X", "importtime", "-c", code], capture_output=True, text=True, check=True)
    return {line.rsplit("|", 1)[1].strip() for line in ran.stderr.splitlines() if line.startswith("import time:")}


def test_import_loads_next_to_nothing():
    loaded = imported_by("import gumbelcuda") - imported_by("import importlib")
    loaded -= {"__future__", "typing"} | imported_by("import typing")
    assert loaded == {"gumbelcuda"}


def test_frameworks_are_loaded_by_none_of_our_calls():
    code = "import gumbelcuda, numpy; gumbelcuda.gumbel_softmax(numpy.zeros((2, 3)))"
    loaded = imported_by(code)
    assert not {"torch", "jax", "cupy", "ml_dtypes"} & loaded
    assert not {name for name in imported_by("import gumbelcuda; gumbelcuda.manual_seed(1)") if name == "numpy"}


@pytest.mark.skipif(not shutil.which("readelf"), reason="there is no readelf")
def test_the_library_needs_nothing_but_the_system():
    listed = subprocess.run(
        ["readelf", "-d", _binding.library._name], capture_output=True, text=True, check=True
    ).stdout
    needed = {line.split("[")[1].rstrip("]") for line in listed.splitlines() if "(NEEDED)" in line}
    assert needed
    assert {name for name in needed if not name.startswith("ld-linux")} <= SYSTEM_LIBRARIES | {"librt.so.1"}


def test_the_version_is_that_of_the_library():
    number = _binding.library.gumbelcuda_version()
    assert g.__version__ == f"{number // 10000}.{number // 100 % 100}.{number % 100}"


def test_memory_stays_flat_over_1e5_calls():
    x, tau = np.zeros((8, 12), "float32"), np.ones(8, "float32")
    strided = np.zeros((4, 2, 24), "float32")[..., ::2]
    seeds = np.arange(8, dtype="uint64")

    def calls(count: int) -> None:
        for _ in range(count):
            g.gumbel_softmax(x, tau)
            g.gumbel_max(x, seeds=seeds, returns=("index", "log_prob"))
            g.gumbel_softmax(strided.swapaxes(0, 1))
            with pytest.raises(ValueError):
                g.gumbel_softmax(x, -1.0)

    calls(2000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    calls(25000)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - before < 1024  # KiB; a leak of 16 bytes a call would be 1,562


def test_handles_of_threads_go_with_them():
    # Each has 24 bytes of working memory for a class: .96 MB, 96 MB of a hundred that stay.
    x, before = np.zeros((1, 40000), "float32"), 0
    for place in range(110):
        thread = threading.Thread(target=lambda: g.relaxed_k_hot(x, 100))
        thread.start()
        thread.join()
        if place == 10:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 8192  # KiB


def test_stubs_have_the_signatures_of_the_functions():
    tree = ast.parse((PACKAGE / "__init__.pyi").read_text())
    stubs = {node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    imported = {
        name.asname or name.name for node in tree.body if isinstance(node, ast.ImportFrom) for name in node.names
    }
    for name in g.__all__:
        value = getattr(g, name)
        assert name in stubs or name in imported, name
        if name in imported:
            continue
        arguments = stubs[name].args
        found = [argument.arg for argument in (*arguments.args, *arguments.kwonlyargs)]
        assert found == list(inspect.signature(value).parameters), name
        defaults = len(arguments.defaults) + sum(default is not None for default in arguments.kw_defaults)
        expected = [p for p in inspect.signature(value).parameters.values() if p.default is not p.empty]
        assert defaults == len(expected), name
    assert (PACKAGE / "py.typed").exists()


def test_everything_public_has_a_description():
    for name in g.__all__:
        assert (getattr(g, name).__doc__ or "").strip(), name
    assert len(g.__doc__) > 1000
    assert set(g.__all__) <= set(dir(g))
