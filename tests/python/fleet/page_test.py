# SPDX-License-Identifier: Apache-2.0
"""The Python of docs/python-training.md and docs/checkpoints.md runs, each page's in its order as one program."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
BLOCK = re.compile(r"(<!-- needs the files -->\n)?```(python|sh)\n(.*?)```", re.DOTALL)
COMMAND = os.environ.get("GUMBELCUDA_COMMAND") or shutil.which("gumbelcuda")


def blocks(page):
    text = page.read_text()
    for match in BLOCK.finditer(text):
        yield bool(match[1]), match[2], match[3], text.count("\n", 0, match.start(3))


def run_page(name, with_commands):
    """Returns what the page's variables are in the end, and how many blocks were run."""
    page, program, ran = ROOT / "docs" / name, {}, 0
    for needs_files, language, text, line in blocks(page):
        if language == "sh" and text.startswith("gumbelcuda ") and with_commands and COMMAND:
            for command in text.splitlines():
                subprocess.run([COMMAND, *command.split()[1:]], check=True, capture_output=True)
        elif language == "python" and (COMMAND or not needs_files):
            exec(compile("\n" * line + text, page, "exec"), program)
            ran += 1
    return program, ran


def test_training(tmp_path, monkeypatch):
    for package in ("matplotlib", "pandas", "tqdm", "h5py"):
        pytest.importorskip(package)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    program, ran = run_page("python-training.md", with_commands=True)
    assert ran >= 12
    assert {"fleet.png", "sweep.png"} <= set(os.listdir(tmp_path))
    assert program["fleet"].num_gans == 300 and program["sweep"].num_gans == 24


def test_checkpoints(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    program, ran = run_page("checkpoints.md", with_commands=False)  # tests/package/pages.py runs those
    assert ran == 2 and program["sweep"].num_gans == 6
