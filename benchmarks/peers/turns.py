# SPDX-License-Identifier: Apache-2.0
"""A peer's side of cpu_rows.py: a process with one framework in it that waits for its turns. rows_turns.cpp has the
commands; a case of a peer may have several forms, and `open` and `check` name one:

    open CASE ROWS CLASSES FORM     check CASE FORM

A form is make(batch) -> run, and run() -> what the case gives, as arrays of NumPy by as_numpy: noise gives g;
gumbel-max [row] classes; gumbel-softmax (y, d_logits); top-k [row, k] classes, best first.
"""
import importlib
import json
import os
import sys
import time

SKIPPED = 77
TEMPERATURE, TOP_K = .5, 64
CHECK_ROWS, CHECK_LOGITS, CHECK_TOP_K = 100_000, (0, 1, -1, .5, 2), 2


def one_thread():
    """Limits thread pools to one thread; must run before a framework is loaded. cpu_rows.py also pins the process."""
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = "1"
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    os.environ["JAX_PLATFORMS"] = "cpu"


def framework(name):
    one_thread()
    try:
        return importlib.import_module(name)
    except ImportError as error:
        print(f"skipped: {name} is not installed ({error})")
        sys.exit(SKIPPED)


class Batch:
    """The numbers of rows_cases.hpp, for float32."""

    def __init__(self, rows, classes, k=TOP_K):
        self.shape, self.k = (rows, classes), k

    def logits(self):
        import numpy
        i = numpy.arange(self.shape[0] * self.shape[1], dtype=numpy.uint32)
        return ((i * numpy.uint32(2654435761) % 4096).astype(numpy.float32) / 1024).reshape(self.shape)

    def d_y(self):
        import numpy
        i = numpy.arange(self.shape[0] * self.shape[1], dtype=numpy.uint32)
        return ((i * numpy.uint32(40503) % 1024).astype(numpy.float32) / 1024 - .5).reshape(self.shape)


class CheckedBatch(Batch):
    def __init__(self):
        super().__init__(CHECK_ROWS, len(CHECK_LOGITS), CHECK_TOP_K)

    def logits(self):
        import numpy
        return numpy.tile(numpy.array(CHECK_LOGITS, dtype=numpy.float32), (self.shape[0], 1))


def tell(case, batch, result):
    """The facts about an answer that cpu_rows.py checks."""
    import numpy

    def counts(index):
        return numpy.bincount(index, minlength=len(CHECK_LOGITS)).tolist()

    if case == "noise":
        g = result.astype(numpy.float64)
        return {"count": g.size, "mean": g.mean(), "variance": g.var(), "finite": bool(numpy.isfinite(g).all())}
    if case == "gumbel-max":
        return {"counts": counts(result)}
    if case == "top-k":
        return {"counts": counts(result[:, 0]), "distinct": bool((result[:, 0] != result[:, 1]).all())}
    y, d_logits = (x.astype(numpy.float64) for x in result)
    expected = y * (batch.d_y() - (y * batch.d_y()).sum(1, keepdims=True)) / TEMPERATURE
    return {"row_error": abs(y.sum(1) - 1).max(), "gradient_error": abs(d_logits - expected).max(),
            "counts": counts(y.argmax(1))}


def serve(who, version, cases, as_numpy=lambda result: result):
    """cases: {case: {form: make}}"""
    def answer(**values):
        print(json.dumps(values), flush=True)

    answer(who=who, version=version, cases={case: list(forms) for case, forms in cases.items()})
    opened = {}
    for line in sys.stdin:
        command, case, *rest = line.rstrip("\n").split("\t")
        if command == "open":
            rows, classes, form = rest
            opened[form] = cases[case][form](Batch(int(rows), int(classes)))
            opened[form]()
            answer()
        elif command == "run":
            cpu, clock = time.process_time(), time.perf_counter()
            opened[case]()
            answer(cpu=time.process_time() - cpu, clock=time.perf_counter() - clock)
        elif command == "close":
            opened.clear()
            answer()
        elif command == "check":
            batch = CheckedBatch()
            answer(**tell(case, batch, as_numpy(cases[case][rest[0]](batch)())))
