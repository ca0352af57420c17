# SPDX-License-Identifier: Apache-2.0
"""docs/python.md runs: its blocks one after another, in one program, which prints what the page says."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import gumbelcuda

PAGE = Path(__file__).parents[3] / "docs" / "python.md"
BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_page_runs():
    names: dict[str, object] = {}
    printed = io.StringIO()
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert [language for language, _ in blocks].count("python") >= 8 and blocks[-1][0] == "text"
    try:
        for language, text in blocks:
            if language == "text":
                assert printed.getvalue() == text
                continue
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(text, str(PAGE), "exec"), names)
    finally:
        gumbelcuda.random._forget()  # the page has called manual_seed
