# SPDX-License-Identifier: Apache-2.0
"""Every block of Python of the JAX pages runs, from the first to the last, and prints what stands below it."""

import contextlib
import io
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[3] / "docs"
BLOCK = re.compile(r"```python\n(.*?)```\n(?:\n<!-- printed -->\n```text\n(.*?)```\n)?", re.DOTALL)


@pytest.mark.parametrize("page", ["python-jax.md", "python-tfp.md"])
def test_page(page):
    text = (DOCS / page).read_text(encoding="utf-8")
    names, blocks = {}, BLOCK.findall(text)
    assert blocks and text.count("<!-- printed -->") == sum(bool(printed) for _, printed in blocks)
    for code, printed in blocks:
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            exec(compile(code, page, "exec"), names)
        assert output.getvalue() == printed, code
