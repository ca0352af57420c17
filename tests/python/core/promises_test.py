# SPDX-License-Identifier: Apache-2.0
"""What README.md and docs/python-checks.md say of the package: the block runs, the named tests are there, and no operation
is left out."""
from __future__ import annotations

import re
from pathlib import Path

import numpy as np

import gumbelcuda

ROOT = Path(__file__).parents[3]
CHECKS = (ROOT / "docs" / "python-checks.md").read_text(encoding="utf-8")
NO_OPERATIONS = {
    "DamagedFileError", "DeviceError", "Error", "FleetResult", "Generator", "Interrupted", "InternalError",
    "NoDeviceError", "RowStatus", "SweepResult", "TemperatureSchedule", "cpu_targets", "default_generator",
    "get_num_threads", "load_fleet", "load_sweep", "manual_seed", "merge", "set_num_threads", "train_fleet",
    "train_sweep",
}  # fmt: skip


def test_the_readme_runs():
    blocks = re.findall(r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    assert blocks
    rows = np.random.default_rng(1).normal(size=(6, 50)).astype("float32")
    for block in blocks:
        names = {"logits": rows, "seeds": np.arange(6, dtype="uint64"), "offsets": np.zeros(6, "uint64"), "np": np}
        exec(compile(block, "README.md", "exec"), names)


def test_the_named_tests_are_there():
    named = set(re.findall(r"[\w/]+_test\.py", CHECKS))
    there = {path.name for path in (ROOT / "tests" / "python").rglob("*_test.py")}
    assert len(named) > 10
    assert {name.rpartition("/")[2] for name in named} <= there


def test_no_operation_is_left_out():
    table = CHECKS[CHECKS.index("## NumPy and CuPy") :]
    rows = " ".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `"))
    missing = {name for name in set(gumbelcuda.__all__) - NO_OPERATIONS if name not in rows and not name.endswith("_vjp")}
    assert missing <= {"relaxed_bernoulli_log_prob"}, missing  # its row says "its _vjp and _log_prob"
