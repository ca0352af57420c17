# SPDX-License-Identifier: Apache-2.0
"""docs/python-pytorch.md runs: its blocks one after another, in one program, which prints what the page says."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_page_runs() -> None:
    page = ROOT / "docs" / "python-pytorch.md"
    names: dict[str, object] = {}
    printed = io.StringIO()
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    assert len(blocks) > 5
    for language, text in blocks:
        if language == "text":
            assert printed.getvalue() == text
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(text, str(page), "exec"), names)
