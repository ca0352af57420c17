# SPDX-License-Identifier: Apache-2.0
"""The page docs/python-training.md: its Python runs, in order, as one program."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "python-training.md"
BLOCK = re.compile(r"(<!-- needs the files -->\n)?```(python|sh)\n(.*?)```", re.DOTALL)
COMMAND = os.environ.get("GUMBELCUDA_COMMAND") or shutil.which("gumbelcuda")


def blocks():
    text = PAGE.read_text()
    for match in BLOCK.finditer(text):
        yield bool(match[1]), match[2], match[3], text.count("\n", 0, match.start(3))


def test_the_page_runs(tmp_path, monkeypatch):
    for package in ("matplotlib", "pandas", "tqdm", "h5py"):
        pytest.importorskip(package)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    program, ran = {}, 0
    for needs_files, language, text, line in blocks():
        if language == "sh" and text.startswith("gumbelcuda ") and COMMAND:
            for command in text.splitlines():
                subprocess.run([COMMAND, *command.split()[1:]], check=True, capture_output=True)
        elif language == "python" and (COMMAND or not needs_files):
            exec(compile("\n" * line + text, PAGE, "exec"), program)
            ran += 1
    assert ran >= 12
    assert {"fleet.png", "sweep.png"} <= set(os.listdir(tmp_path))
    assert program["fleet"].num_gans == 300 and program["sweep"].num_gans == 24
